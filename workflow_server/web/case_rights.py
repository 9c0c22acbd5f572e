"""Who may look into a case: secrecy and flags by hand, recusals, emergency access."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.errors import InvalidInput, InvalidState, NotFound, WorkflowServerError
from workflow_server.rules.access import Marks, Right
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

#: So many posts stand in the list of whom to recuse; others are searched for.
MOST_PEOPLE = 50
LONGEST_SEARCH = 60
_BETWEEN_FLAGS = re.compile(r"[\s,，、]+")


@pages.get("/cases/<uuid:instance_id>/rights")
def show_rights(instance_id: UUID) -> Response:
    """Show a case's secrecy, flags and recusals, and let who may change them."""
    return _rights(instance_id)


@pages.get("/cases/<uuid:instance_id>/people")
def show_people(instance_id: UUID) -> Response:
    """Offer the colleagues whom a search finds, to be recused; a part of the page of rights."""
    organisation_id = process_instances.get(door.actor(), instance_id).organisation_id
    access.check_right(door.actor(), Right.RECUSE, organisation_id)
    return door.render("cases/people.html", **_people(organisation_id, request.args))


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
    try:
        instance_id = emergency_accesses.find_case(door.actor(), request.form.get("case", ""))
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
    """Read what a case is to be marked with; the service judges it."""
    given = request.form
    flags = frozenset(_BETWEEN_FLAGS.split(given.get("flags", "").strip())) - {""}
    return Marks(given.get("secrecy", -1, type=int), "minor" in given, flags)


def _reason() -> str:
    return request.form.get("reason", "")


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
    return door.render(
        "cases/rights.html",
        200 if error is None else 422,
        instance=instance,
        definition=process_instances.get_definition(instance),
        recusals=cases.list_recusals(actor, instance_id),
        **(_people(instance.organisation_id, request.form) if may_recuse else {}),
        may_recuse=may_recuse,
        may_restrict=_may(Right.RESTRICT, instance_id, instance.organisation_id),
        faulty=form,
        fault=None if error is None else error.message,
    )


def _people(organisation_id: UUID, given: Mapping[str, str]) -> dict[str, Any]:
    """Return whom of the hosting office a search finds, whoever is chosen already among them."""
    actor, sought = door.actor(), given.get("text", "").strip()[:LONGEST_SEARCH]
    found, total = organisations.list_people(
        actor, organisation_id, text=sought or None, page_size=MOST_PEOPLE
    )
    chosen = _id(given.get("person"))
    kept = () if chosen is None else organisations.list_people(actor, person_id=chosen)[0]
    names: dict[UUID, str] = {}
    for person, post in (*kept, *found):
        named = f"{person.name} · {post.title}" if post.title else person.name
        names.setdefault(person.id, named)
    return {
        "people": names,
        "people_total": total,
        "people_more": total > len(found),
        "people_most": MOST_PEOPLE,
        "chosen_person": chosen,
        "sought": sought,
    }


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _may(right: Right, instance_id: UUID, organisation_id: UUID) -> bool:
    actor = door.actor()
    return actor.may(right, organisation_id) and access.sees_to_act(actor, instance_id)
