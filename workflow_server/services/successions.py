"""Successions: organisations renamed, merged and split, and what goes over to who comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import administration, departments, estates, history, structures
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, day_of, fault
from workflow_server.services.structures import Described
from workflow_server.store import organisations as store
from workflow_server.store import subscriptions
from workflow_server.store.db import session
from workflow_server.store.organisations import Organisation, Succession
from workflow_server.store.types import new_id


class SuccessorRefused(InvalidState):
    """该单位不能作为承继单位"""


@dataclass(frozen=True, slots=True)
class Names:
    """What an organisation is called from a day on."""

    name: str
    short_name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One successor of a split: one that there is or a new one, and what goes to it.

    The running cases of the departments and the cases named go to it; all that no part names
    goes to the first.
    """

    successor_id: UUID | None = None
    described: Described | None = None
    department_ids: tuple[UUID, ...] = ()
    instance_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How and when an organisation is succeeded."""

    on: date
    reason: str | None = None
    #: Whether its people keep their roles in the successor; else their positions end.
    move_positions: bool = True


def list_(organisation_id: UUID) -> Sequence[Succession]:
    """Return what became of an organisation and what it came from, oldest first."""
    return store.list_successions(store.get(organisation_id).id)


def rename(
    actor: Actor | None,
    organisation_id: UUID,
    names: Names,
    on: date,
    reason: str | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Sequence[Succession]:
    """Give an organisation other names; it stays the same one. `now` is real time."""
    asked = history.asked(
        actor, idempotency_key, "successions.rename", organisation_id, asdict(names), on, reason
    )
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is None:
            _check_ending(row, on, now)
            structures.check_code(names.code, day_of(now), but=row.id)
            change = (_names(row), asdict(names))
            row.name, row.short_name, row.code = names.name, names.short_name, names.code
            _write_down(actor, "rename", row, row, Ending(on, reason), change, now)
            _note(actor, "rename", row, [row], change, now, asked)
    return store.list_successions(organisation_id)


def merge(
    actor: Actor | None,
    organisation_id: UUID,
    successor_id: UUID,
    ending: Ending,
    now: datetime,
    idempotency_key: str | None = None,
) -> Sequence[Succession]:
    """Let another organisation go on in the place of one, which is closed.

    Running cases with their open tasks, records and clocks, departments and people go over;
    what has ended stays where it was and is seen by the successor.
    """
    request = ("successions.merge", organisation_id, successor_id, asdict(ending))
    asked = history.asked(actor, idempotency_key, *request)
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is None:
            part = Part(successor_id=successor_id)
            _succeed(actor, "merge", row, [part], ending, now, asked)
    return store.list_successions(organisation_id)


def split(
    actor: Actor | None,
    organisation_id: UUID,
    parts: Sequence[Part],
    ending: Ending,
    now: datetime,
    idempotency_key: str | None = None,
) -> Sequence[Succession]:
    """Let several organisations go on in the place of one, which is closed.

    The first takes over what no part names, and sees what has ended before.
    """
    asked = history.asked(
        actor,
        idempotency_key,
        "successions.split",
        organisation_id,
        [asdict(part) for part in parts],
        asdict(ending),
    )
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is None:
            if len(parts) < 2:
                raise fault("#/successors", "拆分须有两个以上承继单位", "A split has two or more")
            _succeed(actor, "split", row, parts, ending, now, asked)
    return store.list_successions(organisation_id)


def heirs_of(row: Organisation) -> list[Organisation]:
    """Return who does an organisation's work now: itself while open, else its successors.

    The first successor comes first; none when it was closed without one.
    """
    if row.closed_on is None:
        return [row]
    return [heir for each in store.list_successors(row.id) for heir in heirs_of(store.get(each))]


def receiver(row: Organisation, message_type: str, conversation: str) -> Organisation | None:
    """Return who gets a letter to an organisation: of its heirs who waits for it, or the first."""
    if row.closed_on is None:
        return row
    heirs = heirs_of(row)
    waiting = (
        heir
        for heir in heirs
        if subscriptions.find_waiting(message_type, conversation, heir.id) is not None
    )
    return next(waiting, heirs[0] if heirs else None)


def _succeed(
    actor: Actor | None,
    kind: str,
    row: Organisation,
    parts: Sequence[Part],
    ending: Ending,
    now: datetime,
    asked: history.Asked | None,
) -> None:
    _check_ending(row, ending.on, now)
    before = _names(row)
    # Closed first: a new successor may write its numbers with the same code.
    row.closed_on = ending.on
    session().flush()
    successors = [_successor(actor, row, part, index, now) for index, part in enumerate(parts)]
    if len({each.id for each in successors}) < len(successors):
        raise fault("#/successors", "同一承继单位出现了两次", "A successor is named twice")
    estate = estates.divide(row, [_share(row, part, index) for index, part in enumerate(parts)])
    first = successors[0]
    first.predecessors = list(dict.fromkeys([*first.predecessors, *row.predecessors, str(row.id)]))
    for successor in successors:
        change = (before, _names(successor))
        _write_down(actor, kind, row, successor, ending, change, now)
    structures.adopt_children(actor, row, first, now)
    estates.hand_over(actor, row, successors, estate, ending.move_positions, ending.on, now)
    _note(actor, kind, row, successors, None, now, asked, estate.shown())


def _share(row: Organisation, part: Part, index: int) -> estates.Share:
    known = {each.id: each for each in store.list_departments(row.id)}
    chosen: set[UUID] = set()
    for position, department_id in enumerate(part.department_ids):
        if department_id not in known:
            pointer = f"#/successors/{index}/department_ids/{position}"
            raise fault(pointer, "该单位没有这个部门", "There is no such department")
        chosen |= {each.id for each in departments.branch(known[department_id])}
    return estates.Share(frozenset(chosen), frozenset(part.instance_ids))


def _successor(
    actor: Actor | None, row: Organisation, part: Part, index: int, now: datetime
) -> Organisation:
    if part.described is not None:
        return structures.add_row(actor, part.described, now)
    found = store.find(part.successor_id) if part.successor_id is not None else None
    if found is None:
        raise fault(f"#/successors/{index}", "没有这个承继单位", "There is no such organisation")
    if found.id == row.id or str(found.id) in row.predecessors:
        raise SuccessorRefused(
            f"“{row.name}”不能并入自己或自己承继过的单位。"
            " Expected another organisation as successor, but it is the same or one before it."
        )
    structures.check_open(found, day_of(now))
    if found.party != row.party:
        raise SuccessorRefused(
            f"“{found.name}”与“{row.name}”不是同类单位。"
            f" Expected a successor of party '{row.party}', but it is '{found.party}'."
        )
    if found.path.startswith(row.path):
        raise SuccessorRefused(
            f"“{found.name}”是“{row.name}”的下级，请先把它移到别的上级。"
            " Expected a successor outside its branch, but it lies within; move it first."
        )
    return found


def _check_ending(row: Organisation, on: date, now: datetime) -> None:
    structures.check_open(row, day_of(now))
    administration.check_not_ahead(on, day_of(now))
    structures.check_lifetime(row, on, "on")


def _write_down(
    actor: Actor | None,
    kind: str,
    row: Organisation,
    successor: Organisation,
    ending: Ending,
    names: tuple[dict[str, Any], dict[str, Any]],
    now: datetime,
) -> None:
    session().add(
        Succession(
            id=new_id(),
            kind=kind,
            organisation_id=row.id,
            successor_id=successor.id,
            on=ending.on,
            names={"before": names[0], "after": names[1]},
            reason=ending.reason,
            person_id=actor.person_id if actor is not None else None,
        )
    )
    session().flush()


def _note(
    actor: Actor | None,
    kind: str,
    row: Organisation,
    successors: Sequence[Organisation],
    change: tuple[Any, Any] | None,
    now: datetime,
    asked: history.Asked | None,
    moved: dict[str, Any] | None = None,
) -> None:
    subject = {
        "organisation_id": str(row.id),
        "kind": kind,
        "successors": [str(each.id) for each in successors],
        **(moved or {}),
    }
    administration.note(actor, Event.ORGANISATION_SUCCEEDED, now, subject, change, asked)


def _names(row: Organisation) -> dict[str, Any]:
    return {"name": row.name, "short_name": row.short_name, "code": row.code}
