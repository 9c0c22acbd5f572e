"""Opens, updates and closes business records as diagrams ask, and lists them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.elements import StateEffect
from workflow_server.content.forms import copies_shut
from workflow_server.errors import Fault, InvalidInput, InvalidState, NotFound
from workflow_server.services import (
    access,
    masking,
    numbers,
    open_words,
    other_records,
    record_fields,
    views,
)
from workflow_server.services.situation import Situation
from workflow_server.store import records as store
from workflow_server.store.records import Record
from workflow_server.store.types import new_id

if TYPE_CHECKING:
    from workflow_server.content.elements import RecordEffect
    from workflow_server.content.shared import RecordKind
    from workflow_server.services.actors import Actor


class UnknownRecordKind(InvalidInput):
    """未声明的业务记录类型"""


class RecordRefused(InvalidInput):
    """业务记录内容有误"""


class RecordNotOpen(InvalidState):
    """业务记录尚未建立或已办结"""


def apply(effect: RecordEffect | StateEffect, situation: Situation) -> None:
    """Open, update or close the instance's record of a kind, or put it into a state.

    An instance acts on the record of that kind which it opened last. Fields and states must
    be declared by the kind.
    """
    if isinstance(effect, StateEffect):
        _set_state(effect, situation)
    else:
        _APPLY[effect.operation](effect, situation)


def get(actor: Actor, record_id: UUID) -> Record:
    """Return a record that the actor may see."""
    record = store.find_seen(access.sight(actor), record_id)
    if record is None:
        raise NotFound(f"未找到业务记录。 Expected record {record_id}, but there is none.")
    if record.instance_id is None:
        return record
    veil = masking.informed(actor, [record.instance_id])[record.instance_id]
    shown = replace(record, fields=veil.record(record.kind, record.fields))
    views.note(actor, record.instance_id, "record", record.id, masking.shown_sensitive(veil))
    return shown


def list_(
    actor: Actor,
    *,
    kind: str | None = None,
    state: str | None = None,
    organisation_id: UUID | None = None,
    instance_id: UUID | None = None,
    instance_ids: Collection[UUID] | None = None,
    text: str | None = None,
    closed: bool | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Record], int]:
    """Return the records that the actor may see, newest first, and how many there are."""
    found, total = store.list_(
        access.sight(actor),
        organisation_id=organisation_id,
        kind=kind,
        state=state,
        instance_ids=instance_ids if instance_id is None else [instance_id],
        text=text,
        closed=closed,
        page=page,
        page_size=page_size,
    )
    return masking.records(actor, found), total


def _open(effect: RecordEffect, situation: Situation) -> None:
    kind = _kind(effect.kind, situation)
    title, state, fields = _values(effect, kind, situation)
    record_id = new_id()
    record = Record(
        id=record_id,
        kind=kind.key,
        organisation_id=situation.instance.organisation_id,
        instance_id=situation.instance.id,
        number=_number(kind, record_id, situation),
        title=_title(title, kind, situation),
        state=state or (kind.states[0] if kind.states else ""),
        fields=fields,
        opened_at=situation.now,
        updated_at=situation.now,
    )
    store.add(record)
    _show(record, situation)


def _update(effect: RecordEffect, situation: Situation) -> None:
    record = _meant(effect.kind, effect.of, "wf:record", situation)
    _write(effect, record, situation)
    _written(record, effect.operation, situation)


def _close(effect: RecordEffect, situation: Situation) -> None:
    record = _meant(effect.kind, effect.of, "wf:record", situation)
    _write(effect, record, situation)
    record.closed_at = situation.now
    _written(record, effect.operation, situation)


_APPLY = {"open": _open, "update": _update, "close": _close}


def _set_state(effect: StateEffect, situation: Situation) -> None:
    shown = situation.variables.get("records", {}).get(effect.record)
    if effect.of is None and shown is not None and shown.get("state") == effect.label:
        return
    _check_state(effect.label, _kind(effect.record, situation))
    record = _meant(effect.record, effect.of, "wf:state", situation)
    if record.state != effect.label:
        record.state = effect.label
        record.updated_at = situation.now
        _written(record, "state", situation)


def _write(effect: RecordEffect, record: Record, situation: Situation) -> None:
    kind = _kind(effect.kind, situation)
    title, state, fields = _values(effect, kind, situation)
    if effect.title is not None:
        record.title = _title(title, kind, situation)
    if state:
        record.state = state
    record.fields = {**record.fields, **fields}
    record.updated_at = situation.now


def _values(
    effect: RecordEffect, kind: RecordKind, situation: Situation
) -> tuple[Any, str | None, dict[str, Any]]:
    access = situation.element.field_access if situation.element is not None else {}
    written = [each for each in effect.fields if not copies_shut(each.value, access)]
    title, state, *values = situation.feel(
        [effect.title, effect.state, *(each.value for each in written)]
    )
    if state is not None:
        _check_state(state, kind)
    fields = dict(zip((each.name for each in written), values, strict=True))
    faults = record_fields.check(kind, fields, situation.content.shared.vocabularies)
    if faults:
        raise RecordRefused(
            f"{kind.label}：{faults[0].detail}"
            f" Expected fields of record kind '{kind.key}', but some are not.",
            faults,
        )
    return title, state, fields


def _title(title: Any, kind: RecordKind, situation: Situation) -> str:
    if isinstance(title, str) and title.strip():
        return open_words.masked(title.strip(), situation)
    raise RecordRefused(
        f"{kind.label}缺少标题。 Expected a title for record '{kind.key}', but it is {title!r}.",
        [Fault(f"{kind.key}/title", "标题不能为空")],
    )


def _number(kind: RecordKind, record_id: UUID, situation: Situation) -> str | None:
    if kind.series is None:
        return None
    return numbers.draw(situation, kind.series, given_to="record", given_to_id=record_id).text


def _kind(key: str, situation: Situation) -> RecordKind:
    kind = situation.content.shared.records.get(key)
    if kind is None:
        raise UnknownRecordKind(
            f"未声明业务记录类型“{key}”。 Expected record kind '{key}' to be declared,"
            " but it is not."
        )
    return kind


def _check_state(state: Any, kind: RecordKind) -> None:
    if kind.states and state not in kind.states:
        raise RecordRefused(
            f"{kind.label}没有状态“{state}”。"
            f" Expected a state of record kind '{kind.key}', but got '{state}'.",
            [Fault(f"{kind.key}/state", f"状态应为：{'、'.join(kind.states)}")],
        )


def _meant(key: str, of: str | None, word: str, situation: Situation) -> Record:
    """Return the open record that an effect is about: the one named, else the instance's."""
    if of is None:
        return _current(key, situation)
    given = situation.feel([of])[0]
    place = f"{situation.visit.element_id} {word} of"
    record = other_records.find(given, key, place, situation)
    if record.closed_at is not None:
        raise RecordNotOpen(
            f"{place}：“{record.title}”已办结，不能再修改。"
            f" Expected record {given} to be open, but it is closed."
        )
    return record


def _current(key: str, situation: Situation) -> Record:
    shown: Mapping[str, Any] | None = situation.variables.get("records", {}).get(key)
    if shown is None:
        raise RecordNotOpen(
            f"本案尚未建立“{_kind(key, situation).label}”。"
            f" Expected an open record '{key}', but this instance has opened none."
        )
    record = store.lock(UUID(shown["id"]))
    if record is None:
        raise NotFound(f"未找到业务记录。 Expected record {shown['id']}, but there is none.")
    if record.closed_at is not None:
        raise RecordNotOpen(
            f"“{record.title}”已办结，不能再修改。"
            f" Expected record '{key}' to be open, but it is closed."
        )
    return record


def _written(record: Record, operation: str, situation: Situation) -> None:
    """Show a record that was changed, if it is the instance's last; trace it if another's."""
    shown = situation.variables.get("records", {}).get(record.kind)
    if shown is not None and shown["id"] == str(record.id):
        _show(record, situation)
    if record.instance_id != situation.instance.id:
        other_records.touch(record, operation, situation)


def _show(record: Record, situation: Situation) -> None:
    """Put what expressions may read of the record among the instance's variables."""
    found = other_records.as_variables(record)
    situation.variables.setdefault("records", {})[record.kind] = found
