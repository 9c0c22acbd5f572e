"""Inquiries about cases from outside (过问记录, 三个规定): recorded once, changed by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from workflow_server.errors import Fault, Forbidden, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, audits, history
from workflow_server.services.actors import Actor
from workflow_server.store import inquiries as store
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.inquiries import Inquiry
from workflow_server.store.types import new_id


class NotOfThisOffice(Forbidden):
    """只能在本人任职的单位登记"""


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody asked or said about a case, as who heard it notes it down."""

    organisation_id: UUID
    inquirer: str
    inquirer_unit: str
    manner: str
    content: str
    occurred_at: datetime
    inquirer_post: str | None = None
    instance_id: UUID | None = None
    #: The record that this one sets right.
    corrects_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A record, and whether its reader sees who asked and what they said."""

    inquiry: Inquiry
    is_whole: bool


def record(
    actor: Actor, noted: Noted, now: datetime, idempotency_key: str | None = None
) -> Inquiry:
    """Record an inquiry in an organisation of the actor's; nothing takes it back.

    A case that is named must be one that they see, a record that is set right one that they
    may read.
    """
    asked = history.asked(actor, idempotency_key, "inquiries.record", noted)
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return _get(UUID(first["inquiry_id"]))
        _check(actor, noted, now)
        inquiry = Inquiry(
            id=new_id(),
            organisation_id=noted.organisation_id,
            instance_id=noted.instance_id,
            inquirer=noted.inquirer.strip(),
            inquirer_unit=noted.inquirer_unit.strip(),
            inquirer_post=noted.inquirer_post,
            manner=noted.manner,
            content=noted.content.strip(),
            occurred_at=noted.occurred_at.astimezone(UTC),
            recorded_by=actor.person_id,
            recorded_at=now,
            corrects_id=noted.corrects_id,
        )
        store.add(inquiry)
        data = {
            "inquiry_id": str(inquiry.id),
            "organisation_id": str(inquiry.organisation_id),
            "sha256": store.digest_of(inquiry),
        }
        if inquiry.instance_id is not None:
            data["instance_id"] = str(inquiry.instance_id)
        if inquiry.corrects_id is not None:
            data["corrects_id"] = str(inquiry.corrects_id)
        by = actor.stamp(noted.organisation_id)
        act = Act(at=now, act=Event.INQUIRY_RECORDED, by=by, data=data)
        history.append_to_area(store.AREA, act, asked, {"inquiry_id": str(inquiry.id)})
    return inquiry


def get(actor: Actor, inquiry_id: UUID, now: datetime) -> View:
    """Return a record of the actor's own, or of an organisation whose inquiries they read."""
    inquiry = _find_seen(actor, inquiry_id)
    _note_auditor(actor, {"inquiry_id": inquiry_id}, now)
    return View(inquiry, not access.administers(actor))


def list_(
    actor: Actor,
    now: datetime,
    *,
    organisation_id: UUID | None = None,
    instance_id: UUID | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[View], int]:
    """Return the records that the actor may read, newest first, and how many there are.

    The audit administrator sees that they are there, not who asked and what was said.
    """
    _note_auditor(actor, {"inquiries": "list", "page": page}, now)
    seen = store.readable(actor.person_id, _read_in(actor), everywhere=_is_auditor(actor))
    rows, total = store.list_(seen, organisation_id, instance_id, page_size, (page - 1) * page_size)
    return [View(row, not access.administers(actor)) for row in rows], total


def _check(actor: Actor, noted: Noted, now: datetime) -> None:
    if noted.organisation_id not in {each.organisation_id for each in actor.positions}:
        raise NotOfThisOffice(
            "只能在本人任职的单位登记过问记录。 Expected an organisation of your own."
        )
    if noted.instance_id is not None and not access.sees_instance(actor, noted.instance_id):
        raise NotFound(f"Expected process instance {noted.instance_id}, but there is none")
    if noted.corrects_id is not None:
        before = _find_seen(actor, noted.corrects_id)
        if before.organisation_id != noted.organisation_id:
            raise _fault("corrects_id", "更正须登记在原单位", "a record of the same organisation")
    for name in ("inquirer", "inquirer_unit", "content"):
        if not getattr(noted, name).strip():
            raise _fault(name, "请填写", f"'{name}'")
    if noted.occurred_at > now:
        raise _fault("occurred_at", "过问时间不能晚于现在", "a moment that has come")


def _fault(name: str, detail: str, expected: str) -> InvalidInput:
    message = f"{detail}。 Expected {expected}."
    return InvalidInput(message, [Fault(f"#/{name}", detail)])


def _find_seen(actor: Actor, inquiry_id: UUID) -> Inquiry:
    inquiry = store.find(inquiry_id)
    if inquiry is not None and (
        inquiry.recorded_by == actor.person_id
        or inquiry.organisation_id in _read_in(actor)
        or _is_auditor(actor)
    ):
        return inquiry
    raise NotFound(f"未找到过问记录。 Expected inquiry {inquiry_id}, but there is none.")


def _get(inquiry_id: UUID) -> Inquiry:
    found = store.find(inquiry_id)
    assert found is not None
    return found


def _read_in(actor: Actor) -> frozenset[UUID]:
    """Return the organisations whose inquiries the actor reads by right."""
    return frozenset(
        organisation
        for each in actor.positions
        if Right.READ_INQUIRIES in each.rights
        for organisation in {each.organisation_id} | each.predecessors
    )


def _is_auditor(actor: Actor) -> bool:
    return access.administers(actor, "audit")


def _note_auditor(actor: Actor, what: dict[str, object], now: datetime) -> None:
    if _is_auditor(actor):
        audits.note_read(actor, what, now)
