"""Hands every refusal to the trail, once the answer stands."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from flask import Response, g, request

from workflow_server.services import refusals

log = structlog.get_logger(__name__)


def note(response: Response) -> Response:
    """Keep who was refused what; what cannot be kept is logged, and the answer stands."""
    error = g.get("refused")
    visitor = g.get("visitor") if error is not None else None
    if visitor is None or request.endpoint is None:
        return response
    given = {**_body(), **request.args.to_dict()}
    ids = {name: value for name, value in given.items() if name.endswith("_id")}
    ids |= request.view_args or {}
    route = f"{request.method} {request.url_rule}"
    try:
        refusals.note(visitor.actor, error, route, ids, visitor.now)
    except Exception:
        log.exception("refusal_not_kept", route=route)
    return response


def _body() -> dict[str, Any]:
    """Return the body, if it was read: who is refused before is not waited for."""
    data = getattr(request, "_cached_data", None)
    try:
        found = orjson.loads(data) if data and request.is_json else None
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
