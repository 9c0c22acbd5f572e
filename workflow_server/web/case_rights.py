"""Who may look into a case: secrecy and flags by hand, recusals, emergency access."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.errors import InvalidInput, InvalidState, NotFound, WorkflowServerError
from workflow_server.rules.access import WORK_SECRET, Marks, Right
from workflow_server.services import (
    access,
    cases,
    emergency_accesses,
    organisations,
    process_instances,
    recusals,
    restrictions,
)
from workflow_server.web import door
from workflow_server.web.cases import pages

#: So many colleagues stand in the list of whom to recuse.
MOST_PEOPLE = 500
LONGEST_REASON, LONGEST_FLAG = 500, 60
_BETWEEN_FLAGS = re.compile(r"[\s,，、]+")
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@pages.get("/cases/<uuid:instance_id>/rights")
def show_rights(instance_id: UUID) -> Response:
    """Show a case's secrecy, flags and recusals, and let who may change them."""
    return _rights(instance_id)


@pages.post("/cases/<uuid:instance_id>/restrictions")
def restrict(instance_id: UUID) -> ResponseReturnValue:
    """Set a case's secrecy and flags by hand."""
    try:
        restrictions.set_(door.actor(), instance_id, _marks(), _reason(), door.now())
    except (InvalidInput, InvalidState) as error:
        return _rights(instance_id, "restrict", error)
    if not access.sees_instance(door.actor(), instance_id):
        return door.to("web.cases.show", notice="restricted")
    return door.to("web.cases.show_rights", notice="restricted", instance_id=instance_id)


@pages.post("/cases/<uuid:instance_id>/recusals")
def recuse(instance_id: UUID) -> ResponseReturnValue:
    """Keep somebody from a case from now on."""
    actor, given = door.actor(), request.form
    person_id = given.get("person", type=UUID)
    try:
        if person_id is None:
            raise InvalidInput(
                "请选择回避的人员。 Expected a person to recuse, but none is chosen."
            )
        recusals.order(actor, instance_id, person_id, _reason(), door.now())
    except (InvalidInput, InvalidState) as error:
        return _rights(instance_id, "recuse", error)
    if person_id == actor.person_id:
        return door.to("web.cases.show", notice="recused")
    return door.to("web.cases.show_rights", notice="recused", instance_id=instance_id)


@pages.post("/cases/<uuid:instance_id>/recusals/<uuid:recusal_id>/lifting")
def lift_recusal(instance_id: UUID, recusal_id: UUID) -> ResponseReturnValue:
    """Let a recused person come back to a case."""
    try:
        recusals.lift(door.actor(), instance_id, recusal_id, _reason(), door.now())
    except (InvalidInput, InvalidState) as error:
        return _rights(instance_id, str(recusal_id), error)
    return door.to("web.cases.show_rights", notice="recusal_lifted", instance_id=instance_id)


@pages.get("/cases/emergency")
def show_emergency() -> Response:
    """Ask for which case, and why, somebody must look into it against the rules."""
    access.check_right(door.actor(), Right.BREAK_GLASS)
    return _emergency()


@pages.post("/cases/emergency")
def take_emergency() -> ResponseReturnValue:
    """Let somebody read a case for a day."""
    access.check_right(door.actor(), Right.BREAK_GLASS)
    named = _ID.search(request.form.get("case", ""))
    try:
        if named is None:
            raise InvalidInput(
                "请填写案件页的地址或案件标识。"
                " Expected the address of a case or its id, but there is none."
            )
        instance_id = UUID(named.group())
        emergency_accesses.take(door.actor(), instance_id, _reason(), door.now())
    except (InvalidInput, InvalidState) as error:
        return _emergency(error)
    except NotFound:
        # The same for a case that there is not and for one out of reach.
        return _emergency(
            NotFound("没有您可以紧急查阅的这一案件。 Expected a case within reach, but it is not.")
        )
    return door.to("web.cases.show_case", notice="emergency_taken", instance_id=instance_id)


def _marks() -> Marks:
    """Read what a case is marked with, like the API does."""
    given = request.form
    secrecy = given.get("secrecy", type=int)
    flags = frozenset(_BETWEEN_FLAGS.split(given.get("flags", "").strip())) - {""}
    if secrecy is None or secrecy not in range(WORK_SECRET + 1):
        raise InvalidInput("请选择密级。 Expected a degree of secrecy, but there is none.")
    if any(len(each) > LONGEST_FLAG for each in flags):
        raise InvalidInput(
            f"标识最多{LONGEST_FLAG}个字。"
            f" Expected flags of at most {LONGEST_FLAG} characters, but one is longer."
        )
    return Marks(secrecy, "minor" in given, flags)


def _reason() -> str:
    reason = request.form.get("reason", "")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            f"理由最多{LONGEST_REASON}个字。"
            f" Expected a reason of at most {LONGEST_REASON} characters, but it is longer."
        )
    return reason


def _emergency(error: WorkflowServerError | None = None) -> Response:
    shown = {
        "fault": None if error is None else error.message,
        "shortest": emergency_accesses.SHORTEST_REASON,
        "hours": int(emergency_accesses.LASTS.total_seconds() // 3600),
    }
    return door.render("cases/emergency.html", 200 if error is None else 422, **shown)


def _rights(
    instance_id: UUID, form: str | None = None, error: WorkflowServerError | None = None
) -> Response:
    actor = door.actor()
    instance = process_instances.get(actor, instance_id)
    may_recuse = _may(Right.RECUSE, instance_id, instance.organisation_id)
    people = (
        organisations.list_people(actor, instance.organisation_id, page_size=MOST_PEOPLE)[0]
        if may_recuse
        else ()
    )
    return door.render(
        "cases/rights.html",
        200 if error is None else 422,
        instance=instance,
        definition=process_instances.get_definition(instance),
        recusals=cases.list_recusals(actor, instance_id),
        people={person.id: person.name for person, _post in people},
        may_recuse=may_recuse,
        may_restrict=_may(Right.RESTRICT, instance_id, instance.organisation_id),
        faulty=form,
        fault=None if error is None else error.message,
    )


def _may(right: Right, instance_id: UUID, organisation_id: UUID) -> bool:
    actor = door.actor()
    return actor.may(right, organisation_id) and access.sees_to_act(actor, instance_id)
