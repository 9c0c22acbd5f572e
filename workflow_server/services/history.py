"""The audit trail: what was done, and the first answer for who asks twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidInput
from workflow_server.events import Event
from workflow_server.services import access
from workflow_server.services.actors import Actor
from workflow_server.store import acts, history
from workflow_server.store.history import REQUESTS, Act, HistoryRow
from workflow_server.store.process_instances import InstanceInHand
from workflow_server.store.types import canonical


class IdempotencyKeyReused(InvalidInput):
    """同一个幂等键用于了不同的请求"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked, and under which key."""

    key: UUID
    request: bytes

    def answered(self, act: Act, answer: Any) -> Act:
        """Return the act with the answer that a repetition gets."""
        return replace(act, idempotency_key=self.key, request=self.request, answer=answer)


def asked(actor: Actor | None, key: str | None, route: str, *request: Any) -> Asked | None:
    """Return what was asked under an Idempotency-Key; keys of different persons never meet."""
    if key is None:
        return None
    person = str(actor.person_id) if actor is not None else ""
    digest = hashlib.sha256(f"{person}\n{key}".encode()).digest()
    body = hashlib.sha256(canonical([route, *request])).digest()
    return Asked(UUID(bytes=digest[:16]), body[:16])


def first_answer(asked: Asked | None) -> Any | None:
    """Return what was answered when this was asked first; None if it is new.

    Call it inside the transaction, after the lock. The same key for another request is refused.
    """
    row = history.find_by_key(asked.key) if asked is not None else None
    if row is None or asked is None:
        return None
    if row.request != asked.request:
        raise IdempotencyKeyReused(
            "该幂等键已用于另一请求，请换一个新的。"
            " Expected a fresh Idempotency-Key, but it was used for another request."
        )
    return row.answer


def append(instance: InstanceInHand, act: Act) -> dict[str, Any]:
    """Write an act into an instance's chain; returns the chain's head, to be saved with it."""
    head = history.append(instance.id, instance.history_length, instance.history_hash, act)
    return {"history_length": instance.history_length + 1, "history_hash": head}


def append_to_area(area: str, act: Act, asked: Asked | None = None, answer: Any = None) -> None:
    """Write an act outside any instance, with the answer that a repetition gets."""
    history.append_to_area(area, act if asked is None else asked.answered(act, answer or {}))


def append_all_to_area(area: str, acts: Sequence[Act]) -> None:
    """Write many acts outside any instance in one go."""
    history.append_all_to_area(area, acts)


def append_to_chain(chain_id: UUID, name: str, instance_id: UUID, act: Act) -> None:
    """Write an act into a chain beside an instance's own, such as that of its views."""
    history.append_to_chain(chain_id, name, instance_id, act)


def note_nothing_changed(
    actor: Actor | None, asked: Asked | None, answer: Any, at: datetime
) -> None:
    """Keep the key of a request that found done what it asked for, for whoever repeats it."""
    if asked is not None:
        act = Act(at=at, act=Event.NOTHING_CHANGED, by=actor.stamp() if actor is not None else None)
        append_to_area(REQUESTS, act, asked, answer)


def named(rows: Sequence[HistoryRow]) -> list[dict[str, Any]]:
    """Return acts with what people and their positions are called."""
    posts, people = acts.list_names(
        {row.position_id for row in rows if row.position_id is not None},
        {id_ for row in rows for id_ in (row.person_id, row.on_behalf_of) if id_ is not None},
    )
    return [_named(row, posts.get(row.position_id), people) for row in rows]


def _named(row: HistoryRow, post: Any, people: Mapping[UUID | None, str]) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in _SHOWN}
    called = {name: getattr(post, name, None) for name in _CALLED}
    return {
        **shown,
        **called,
        "person_name": people.get(row.person_id),
        "on_behalf_of_name": people.get(row.on_behalf_of),
    }


_SHOWN = (
    *("seq", "at", "act", "person_id", "position_id", "on_behalf_of"),
    *("element_id", "task_id", "data"),
)
_CALLED = ("role", "title", "organisation_id", "organisation_name")


def list_(
    actor: Actor, instance_id: UUID, page: int = 1, page_size: int = 50
) -> tuple[Sequence[HistoryRow], int]:
    """Return the acts of an instance, oldest first, and how many there are."""
    access.see_instance(actor, instance_id)
    return history.list_(instance_id, page_size, (page - 1) * page_size)
