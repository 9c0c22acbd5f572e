"""How days, moments and addresses are written in pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for

from workflow_server import arrivals
from workflow_server.config import CHINA
from workflow_server.services import due_days
from workflow_server.services.due_days import DueDay

#: What another page of a list does not take over from the address of this one.
_NOT_KEPT = ("notice", "page")


def register(app: Flask) -> None:
    """Give templates the filters `day` and `moment`, and `page_address`."""
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["thousands"] = thousands
    app.jinja_env.filters["filesizeformat"] = size
    app.jinja_env.globals["page_address"] = page_address
    app.jinja_env.globals["due_day"] = due_day
    app.jinja_env.globals["filter_address"] = filter_address


def day(value: date | None) -> str:
    """Write a day as 2026-04-07."""
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
    return value.isoformat() if value is not None else ""


def moment(value: datetime | None) -> str:
    """Write a moment as 2026-04-07 09:30, in China's time."""
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if value is not None else ""


def thousands(value: Decimal) -> str:
    """Write a number as 12,345 or 0.5, without zeros behind it."""
    return f"{value.normalize():,f}"


def day_told(text: str) -> str:
    """Write a day that is held as ISO text; what is none (masked, mostly) stands for itself."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return text


def moment_told(text: str) -> str:
    """Write a moment that is held as ISO text; without a zone it is China's time already."""
    try:
        held = datetime.fromisoformat(text)
        return moment(held if held.tzinfo is not None else held.replace(tzinfo=CHINA))
    except (ValueError, OverflowError):
        return text


def size(value: int, _binary: bool = False) -> str:
    """Write how large a file is as 69 B or 1.4 MB, in both languages alike."""
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"


def due_day(value: date) -> DueDay:
    """Return how near a day is on which something is due, by working days."""
    return due_days.look_at(value, arrivals.now())


def filter_address(**changed: Any) -> str:
    """Return the address of this page with other values in its query; None takes one away."""
    return _address(changed)


def page_address(number: int) -> str:
    """Return the address of another page of the list that is shown."""
    return _address({"page": number})


def _address(changed: Mapping[str, Any]) -> str:
    assert request.endpoint is not None
    place: dict[str, Any] = request.view_args or {}
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    # Of what somebody wrote into the address, nothing is taken for a part of it.
    kept = {name: value for name, value in asked.items() if name not in _NOT_KEPT}
    given = {name: value for name, value in {**kept, **changed}.items() if value is not None}
    query = urlencode(given, doseq=True)
    return url_for(request.endpoint, **place) + (f"?{query}" if query else "")
