"""Tells persons what there is to know of their cases: number, clock and day, nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from workflow_server.content.alerts import Ladder, Receiver
from workflow_server.errors import NotFound
from workflow_server.services import access, actors
from workflow_server.services.due_days import today
from workflow_server.store import directory, process_instances
from workflow_server.store import notices as store
from workflow_server.store.db import transaction
from workflow_server.store.directory import Holder, Wanted
from workflow_server.store.notices import Notice

if TYPE_CHECKING:
    from workflow_server.services.actors import Actor
    from workflow_server.store.deadlines import Deadline
    from workflow_server.store.process_instances import ProcessInstance

#: From this degree on a notice tells only the number of its case.
_SILENT_FROM = 2
#: What a warning is called, by the days that are left; further away it is `near`.
_NEARNESS = ((3, "urgent"), (7, "soon"))


@dataclass(frozen=True, slots=True)
class Line:
    """A notice, and whether its reader may open the case."""

    notice: Notice
    is_seen: bool


def list_(
    actor: Actor, *, unread: bool = False, page: int = 1, page_size: int = 20
) -> tuple[list[Line], int]:
    """Return the actor's own notices, the newest first, and how many there are."""
    rows, total = store.list_(
        actor.person_id, access.sight(actor), unread=unread, page=page, page_size=page_size
    )
    return [Line(notice, is_seen) for notice, is_seen in rows], total


def count_unread(actor: Actor) -> int:
    """Return how many of their notices the actor has not read."""
    return store.count_unread(actor.person_id)


def read(actor: Actor, now: datetime, notice_ids: Sequence[UUID] | None = None) -> int:
    """Mark the actor's notices as read, those named or all; return how many are left unread."""
    with transaction():
        store.read(actor.person_id, now, notice_ids)
        return store.count_unread(actor.person_id)


def open_(actor: Actor, notice_id: UUID, now: datetime) -> UUID | None:
    """Mark one of the actor's notices as read, with those of its clock that came before.

    Return its case where they may see that.
    """
    with transaction():
        notice = store.find(actor.person_id, notice_id)
        if notice is None:
            raise NotFound(f"没有这条提醒。 Expected notice {notice_id}, but there is none.")
        store.read_up_to(notice, now)
        seen = access.sees_instance(actor, notice.instance_id)
        return notice.instance_id if seen else None


def warn(deadline: Deadline, ladder: Ladder, days: int | None, text: str, now: datetime) -> None:
    """Tell whoever the ladder names at a step of a clock; None is its start."""
    hearers = [each for each in ladder.receivers if each.hears(days)]
    copies = [each for each in ladder.copies if each.hears(days)]
    _give(deadline, hearers, copies, _kind(deadline, days, now), text, now)


def _kind(deadline: Deadline, days: int | None, now: datetime) -> str:
    if now >= deadline.due_at:
        return "overdue"
    if days is None:
        return "begun"
    return next((kind for most, kind in _NEARNESS if days <= most), "near")


def tell(deadline: Deadline, ladder: Ladder, text: str, now: datetime) -> None:
    """Tell those who work on a case, and who is warned beside them, of a changed clock."""
    hearers = [each for each in ladder.receivers if each.hears(None)]
    _give(deadline, hearers, list(ladder.copies), "changed", text, now)


def _give(
    deadline: Deadline,
    receivers: Sequence[Receiver],
    copies: Sequence[Receiver],
    kind: str,
    text: str,
    now: datetime,
) -> None:
    instance = process_instances.get(deadline.instance_id)
    hidden = instance.secrecy >= _SILENT_FROM or instance.minor
    number = instance.business_key or store.number_of(deadline.record_id) or ""
    said = f"{number}：{text.replace(f'“{deadline.label}”', '期限') if hidden else text}"
    people = dict.fromkeys(_receiving(instance, receivers, now))
    own = [each for each in people if access.sees_instance(actors.actor_of(each), instance.id)]
    others = [] if hidden else _copied(deadline, copies, now)
    store.add_all(
        [
            Notice(
                person_id=person_id,
                organisation_id=deadline.organisation_id,
                instance_id=instance.id,
                deadline_id=deadline.id,
                kind=kind,
                text=said.removeprefix("："),
                given_at=now,
            )
            for person_id in dict.fromkeys([*own, *others])
        ]
    )


def _receiving(
    instance: ProcessInstance, receivers: Sequence[Receiver], now: datetime
) -> Iterator[UUID]:
    for receiver in receivers:
        if receiver.who == "handler":
            found = store.list_handlers(instance.id)
            starter = [instance.started_by] if instance.started_by else []
            yield from found or starter
        elif receiver.who == "department_head":
            for post in _posts(instance.organisation_id, instance.id, now, None):
                if post.is_head and post.department_id == instance.department_id is not None:
                    yield post.person_id
        else:
            for post in _posts(instance.organisation_id, instance.id, now, receiver.role):
                yield post.person_id


def _copied(deadline: Deadline, copies: Sequence[Receiver], now: datetime) -> list[UUID]:
    if deadline.copy_to_id is None:
        return []
    return [
        post.person_id
        for each in copies
        for post in _posts(deadline.copy_to_id, deadline.instance_id, now, each.role)
    ]


def _posts(
    organisation_id: UUID, instance_id: UUID, now: datetime, role: str | None
) -> list[Holder]:
    wanted = Wanted(organisation_id, instance_id, today(now), role=role, heads=role is None)
    return [each for each in directory.list_holders(wanted) if not each.recused]
