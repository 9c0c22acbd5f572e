"""Records that a case did not open itself: which it may change or read, and the trace of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput
from workflow_server.services import record_words
from workflow_server.services.situation import Situation
from workflow_server.store import organisations, process_instances
from workflow_server.store import records as store
from workflow_server.store.records import Record


class RecordNotYours(InvalidInput):
    """不是本单位可用的业务记录"""


def find(given: Any, kind: str, place: str, situation: Situation) -> Record:
    """Return the record of a kind that an id names, held until the end; `place` names it so.

    It must be of the case's organisation or of one that this succeeded: RecordNotYours.
    """
    record_id = _id(given)
    if record_id is None:
        raise _refusal(place, f"应为业务记录的标识，得到的是 {given!r:.60}", given)
    record = store.lock(record_id)
    host = situation.instance.organisation_id
    if record is None or not _is_of(record, host):
        raise _refusal(place, f"本单位没有业务记录 {given}", given)
    if record.kind != kind:
        raise _refusal(place, f"业务记录 {given} 的种类是“{record.kind}”，不是“{kind}”", given)
    return record


def read(given: Any, kind: str, situation: Situation) -> dict[str, Any]:
    """Return what expressions may read of a record, as `records` shows it.

    Never of a case that is kept from more people than this one: what is read stays here. The
    `names` are those of the people and organisations in it, but for what bears a class.
    """
    place = f"{situation.visit.element_id} wf:parameter id"
    record = find(given, kind, place, situation)
    if record.instance_id not in (None, situation.instance.id) and _is_stricter(record, situation):
        raise _refusal(place, f"业务记录 {given} 所在的案件比本案保密", given)
    return {**as_variables(record), "names": _names(record, situation)}


def _names(record: Record, situation: Situation) -> dict[str, str]:
    kind = situation.content.shared.records[record.kind]
    open_ = {key: each for key, each in kind.fields.items() if each.data_class is None}
    said = record_words.named([(each, record.fields.get(key)) for key, each in open_.items()])
    return {str(id_): name for id_, name in said.items()}


def as_variables(record: Record) -> dict[str, Any]:
    """Return what expressions may read of a record."""
    return {
        **record.fields,
        "id": str(record.id),
        "number": record.number,
        "title": record.title,
        "state": record.state,
        "opened_on": record.opened_at.astimezone(CHINA).date().isoformat(),
        "closed": record.closed_at is not None,
    }


def touch(record: Record, operation: str, situation: Situation) -> None:
    """Leave a trace of a case's change to a record that another case opened."""
    situation.touched.append(
        {
            "id": str(record.id),
            "kind": record.kind,
            "operation": operation,
            "instance_id": None if record.instance_id is None else str(record.instance_id),
            "element_id": situation.visit.element_id,
        }
    )


def _is_of(record: Record, host: UUID) -> bool:
    if record.organisation_id == host:
        return True
    return str(record.organisation_id) in organisations.get(host).predecessors


def _is_stricter(record: Record, situation: Situation) -> bool:
    assert record.instance_id is not None
    case, here = process_instances.get(record.instance_id), situation.instance
    return case.secrecy > here.secrecy or (case.minor and not here.minor)


def _id(given: Any) -> UUID | None:
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError):
        return None


def _refusal(place: str, reason: str, given: Any) -> RecordNotYours:
    return RecordNotYours(
        f"{place}：{reason}。"
        f" Expected a record of this organisation at {place}, but got {given!r:.60}.",
        [Fault(place, reason)],
    )
