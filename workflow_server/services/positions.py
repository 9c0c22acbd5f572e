"""Positions: who is what in which organisation and department; security administrators' acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Forbidden, InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.services import administration, departments, handovers, history, structures
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, day_of, fault
from workflow_server.store import organisations, people
from workflow_server.store.db import session
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.types import new_id


class DutiesExclusive(InvalidState):
    """三员不得兼任，也不得担任业务岗位"""


class OwnRights(Forbidden):
    """不能给自己授权"""


class PersonInactive(InvalidState):
    """人员已停用"""


class PositionOver(InvalidState):
    """岗位已终止"""


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is to be, where, and from when until when."""

    organisation_id: UUID
    role: str
    title: str | None = None
    department_id: UUID | None = None
    is_head: bool = False
    acting_for_id: UUID | None = None
    since: date | None = None
    until: date | None = None


def list_of(person_id: UUID) -> Sequence[PositionRow]:
    """Return all positions of a person, ended ones included."""
    return people.list_positions(people.get_person(person_id).id)


def give(
    actor: Actor | None,
    person_id: UUID,
    post: Post,
    now: datetime,
    idempotency_key: str | None = None,
) -> PositionRow:
    """Give a person a position; the very same one in force twice stays one. `now` is real time."""
    asked = history.asked(actor, idempotency_key, "positions.give", person_id, asdict(post))
    with acting(actor, "security"):
        known = administration.answered_id(asked, "position_id")
        if known is not None:
            return people.get_position(known)
        check_not_oneself(actor, person_id)
        check(people.get_person(person_id), post, day_of(now))
        held = find_same(person_id, post, day_of(now))
        if held is not None:
            subject = {"position_id": str(held.id)}
            history.note_nothing_changed(actor, asked, subject, now)
            return held
        return give_row(actor, person_id, post, now, asked)


def give_row(
    actor: Actor | None,
    person_id: UUID,
    post: Post,
    now: datetime,
    asked: history.Asked | None = None,
) -> PositionRow:
    """Write a position down inside an open act; what it needs was judged before."""
    row = PositionRow(id=new_id(), person_id=person_id, **asdict(post))
    session().add(row)
    if post.until is not None:
        handovers.plan(person_id, post.until, now)
    subject = {"position_id": str(row.id), "person_id": str(person_id)}
    administration.note(actor, Event.POSITION_GIVEN, now, subject, (None, shown(row)), asked)
    return row


def end(
    actor: Actor | None,
    position_id: UUID,
    until: date | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> PositionRow:
    """End a position: from `until` on (today when not given) it is held no more.

    What its holder may then no longer do goes back to its role on that day.
    """
    asked = history.asked(actor, idempotency_key, "positions.end", position_id, until)
    with acting(actor, "security"):
        row = people.get_position(position_id)
        if history.first_answer(asked) is not None:
            return row
        check_not_oneself(actor, row.person_id)
        today = day_of(now)
        if row.until is not None and row.until <= today:
            raise PositionOver(
                f"该岗位已于{row.until}终止。 Expected a position in force, but it has ended."
            )
        end_row(actor, row, until or today, now, asked)
        if row.until is not None and row.until <= today:
            handovers.give_back(row.person_id, actor, "position_ended")
        else:
            handovers.plan(row.person_id, until or today, now)
    return row


def end_row(
    actor: Actor | None,
    row: PositionRow,
    until: date,
    now: datetime,
    asked: history.Asked | None = None,
) -> None:
    """Write down inside an open act that a position ends; its tasks are the caller's matter."""
    if row.since is not None and until < row.since:
        raise fault("#/until", f"不能早于任职日期{row.since}", "It ends before it begins")
    before, row.until = row.until, until
    session().flush()
    subject = {"position_id": str(row.id), "person_id": str(row.person_id)}
    change = ({"until": before and before.isoformat()}, {"until": until.isoformat()})
    administration.note(actor, Event.POSITION_ENDED, now, subject, change, asked)


def change_row(
    actor: Actor | None, row: PositionRow, changes: dict[str, Any], now: datetime
) -> None:
    """Write down inside an open act that a position has another title, head or the like."""
    before = shown(row)
    check_not_oneself(actor, row.person_id)
    for name, value in changes.items():
        setattr(row, name, False if name == "is_head" and value is None else value)
    if shown(row) != before:
        subject = {"position_id": str(row.id), "person_id": str(row.person_id)}
        administration.note(actor, Event.POSITION_GIVEN, now, subject, (before, shown(row)))


def find_same(person_id: UUID, post: Post, today: date) -> PositionRow | None:
    """Return the position of the same role in the same department that overlaps a new one."""
    for row in people.list_positions(person_id):
        is_same = (row.organisation_id, row.department_id, row.role) == (
            post.organisation_id,
            post.department_id,
            post.role,
        )
        begins = post.since or today
        overlaps = (row.until is None or row.until > begins) and (
            post.until is None or row.since is None or row.since < post.until
        )
        if is_same and overlaps:
            return row
    return None


def holds_any(person_id: UUID, today: date) -> bool:
    """Tell whether a person holds a position, or will."""
    return any(row.until is None or row.until > today for row in people.list_positions(person_id))


def check_not_oneself(actor: Actor | None, person_id: UUID) -> None:
    """Refuse rights that somebody gives themselves."""
    if actor is not None and actor.person_id == person_id:
        raise OwnRights("不能给自己授权或撤权，请由另一名管理员办理。 Expected somebody else.")


def shown(row: PositionRow) -> dict[str, Any]:
    """Return what history keeps of a position."""
    return {
        "organisation_id": str(row.organisation_id),
        "department_id": row.department_id and str(row.department_id),
        "role": row.role,
        "title": row.title,
        "is_head": row.is_head,
        "acting_for_id": row.acting_for_id and str(row.acting_for_id),
        "since": row.since and row.since.isoformat(),
        "until": row.until and row.until.isoformat(),
    }


def check_may_hold(person: Person) -> None:
    """Refuse a position for who is no longer active, or is an administrator."""
    if not person.active:
        raise PersonInactive(
            f"“{person.name}”已停用，不能任职。 Expected an active person, but they are not."
        )
    if person.administration is not None:
        raise DutiesExclusive(
            f"“{person.name}”是三员之一，不能担任业务岗位；请先撤销其管理员身份。"
            " Expected somebody without an administration, but they have one."
        )


def check(person: Person, post: Post, today: date) -> None:
    """Refuse a position that cannot be."""
    check_may_hold(person)
    organisation = organisations.find(post.organisation_id)
    if organisation is None:
        raise fault("#/organisation_id", "没有这个单位", "There is no such organisation")
    structures.check_open(organisation, today)
    parties = administration.roles()
    if post.role not in parties:
        known = "、".join(sorted(parties))
        raise fault("#/role", f"最新部署里没有角色“{post.role}”，有：{known}", "Unknown role")
    if parties[post.role] != organisation.party:
        raise fault(
            "#/role",
            f"角色“{post.role}”属于“{parties[post.role]}”类单位，“{organisation.name}”是"
            f"“{organisation.party}”",
            "The role belongs to another kind of organisation",
        )
    _check_details(person, post, today)


def _check_details(person: Person, post: Post, today: date) -> None:
    if post.department_id is not None:
        known = {each.id: each for each in organisations.list_departments(post.organisation_id)}
        found = known.get(post.department_id)
        if found is None or departments.is_closed(found, today):
            raise fault("#/department_id", "该单位没有这个部门", "No such open department there")
    if post.acting_for_id is not None:
        try:
            people.get_person(post.acting_for_id)
        except NotFound as error:
            raise fault("#/acting_for_id", "没有这个人员", "There is no such person") from error
        if post.acting_for_id == person.id:
            raise fault("#/acting_for_id", "不能代理自己", "Nobody stands in for themselves")
    if post.until is not None and post.until <= (post.since or today):
        raise fault("#/until", "终止日期应在任职日期之后，并晚于今天", "It ends before it begins")
