"""What a person may do to a case that its diagram didn't foresee."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.errors import InvalidInput, InvalidState, WorkflowServerError
from workflow_server.services import process_instances, repairs
from workflow_server.services.repairs import Repair
from workflow_server.web import door
from workflow_server.web.cases import pages


@pages.get("/cases/<uuid:instance_id>/repairs")
def show_repairs(instance_id: UUID) -> Response:
    """Show where a case stands, and let who may hold, end, move or set it right."""
    return _repairs(instance_id)


@pages.post("/cases/<uuid:instance_id>/suspension")
def suspend(instance_id: UUID) -> ResponseReturnValue:
    """Hold a case."""
    return _done(instance_id, "suspend", "case_suspended", repairs.suspend)


@pages.post("/cases/<uuid:instance_id>/resumption")
def resume(instance_id: UUID) -> ResponseReturnValue:
    """Let a case go on."""
    return _done(instance_id, "resume", "case_resumed", repairs.resume)


@pages.post("/cases/<uuid:instance_id>/cancellation")
def cancel(instance_id: UUID) -> ResponseReturnValue:
    """End a case before its time."""
    return _done(instance_id, "cancel", "case_cancelled", repairs.cancel)


@pages.post("/cases/<uuid:instance_id>/moves/<uuid:visit_id>")
def move(instance_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Take a branch to another element."""
    target = request.form.get("target", "")
    besides = request.form.getlist("besides", type=UUID)

    def act(repair: Repair) -> Any:
        return repairs.move(repair, visit_id, target, besides)

    return _done(instance_id, str(visit_id), "case_moved", act)


@pages.post("/cases/<uuid:instance_id>/variable")
def set_variable(instance_id: UUID) -> ResponseReturnValue:
    """Set a fact."""
    name, text = request.form.get("name", ""), request.form.get("value", "")

    def act(repair: Repair) -> Any:
        return repairs.set_variable(repair, name, _value(text))

    return _done(instance_id, "variable", "variable_set", act)


@pages.post("/cases/<uuid:instance_id>/incidents/<uuid:incident_id>/skip")
def skip(instance_id: UUID, incident_id: UUID) -> ResponseReturnValue:
    """Go on from a failed element as if it were done."""

    def act(repair: Repair) -> Any:
        return repairs.skip(repair, incident_id)

    return _done(instance_id, str(incident_id), "element_skipped", act)


def _done(
    instance_id: UUID, form: str, notice: str, act: Callable[[Repair], Any]
) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        act(Repair(door.actor(), instance_id, reason, door.now()))
    except (InvalidInput, InvalidState) as error:
        return _repairs(instance_id, form, error)
    ended = process_instances.get(door.actor(), instance_id).ended_at is not None
    page = "web.cases.show_case" if ended else "web.cases.show_repairs"
    return door.to(page, notice=notice, instance_id=instance_id)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidInput(
            '值须写成 JSON：文字加双引号，如 "同意"；数字、true、false、null 直接写。'
            f" Expected JSON, but {text!r:.80} is none."
        ) from error


def _repairs(
    instance_id: UUID, form: str | None = None, error: WorkflowServerError | None = None
) -> Response:
    bench = repairs.look(door.actor(), instance_id, door.now())
    return door.render(
        "cases/repairs.html",
        200 if error is None else 422,
        bench=bench,
        instance=bench.instance,
        definition=process_instances.get_definition(bench.instance),
        facts={name: json.dumps(value, ensure_ascii=False) for name, value in bench.facts.items()},
        faulty=form,
        fault=None if error is None else error.message,
    )
