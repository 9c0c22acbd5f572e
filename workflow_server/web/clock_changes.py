"""A single clock changed by hand from the page of its case: what it would come to, then done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from workflow_server.errors import InvalidInput, InvalidState, WorkflowServerError
from workflow_server.services import clock_changes, process_instances
from workflow_server.services.clock_changes import Change, Outlook
from workflow_server.web import door
from workflow_server.web.cases import pages

#: What may be done to a clock, in words.
OPERATIONS: Mapping[str, Any] = {
    "extend": _l("延长"),
    "pause": _l("中止"),
    "resume": _l("恢复"),
    "exclude": _l("扣除天数"),
    "revise": _l("更正起算日"),
}


@pages.get("/deadlines/<uuid:deadline_id>/change")
def show_clock_change(deadline_id: UUID) -> Response:
    """Show a clock, and ask how it is to be changed, why and on which ground."""
    return _shown(deadline_id, request.args.get("operation", ""))


@pages.post("/deadlines/<uuid:deadline_id>/change")
def change_clock(deadline_id: UUID) -> ResponseReturnValue:
    """Say what a change would come to; made once that has been seen."""
    actor, now, given = door.actor(), door.now(), request.form
    operation = given.get("operation", "")
    try:
        change = _read(operation, given)
        if given.get("do") != "change":
            outlook = clock_changes.preview(actor, deadline_id, change, now)
            return _shown(deadline_id, operation, outlook=outlook)
        changed = clock_changes.make(actor, deadline_id, change, now, door.key())
    except (InvalidInput, InvalidState) as error:
        return _shown(deadline_id, operation, error)
    instance_id = changed.deadline.instance_id
    return door.to("web.cases.show_case", notice="clock_changed", instance_id=instance_id)


def _read(operation: str, given: Mapping[str, str]) -> Change:
    return Change(
        operation=operation,
        reason=given.get("reason", ""),
        basis=given.get("basis", ""),
        day=_day(given.get("day", "")),
        days=_number(given.get("days", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(
            f"“{text[:40]}”不是日期。 Expected a date, but got '{text[:40]}'."
        ) from error


def _number(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError as error:
        raise InvalidInput(
            f"“{text[:40]}”不是天数。 Expected a number of days, but got '{text[:40]}'."
        ) from error


def _shown(
    deadline_id: UUID,
    operation: str,
    error: WorkflowServerError | None = None,
    outlook: Outlook | None = None,
) -> Response:
    actor, now = door.actor(), door.now()
    view, allowed = clock_changes.open_to(actor, deadline_id, now)
    instance = process_instances.get(actor, view.deadline.instance_id)
    return door.render(
        "cases/clock.html",
        200 if error is None else 422,
        view=view,
        instance=instance,
        definition=process_instances.get_definition(instance),
        allowed=allowed,
        operations=OPERATIONS,
        operation=operation if operation in allowed else next(iter(allowed), None),
        needs=clock_changes.NEEDS,
        longest_basis=clock_changes.LONGEST_BASIS,
        outlook=outlook,
        key=uuid4(),
        fault=None if error is None else error.message,
    )
