"""Fields of records in words: organisations and people by name, choices by their label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.rules.masking import HIDDEN
from workflow_server.store import attachments, directory, organisations

if TYPE_CHECKING:
    from workflow_server.content.shared import Field, Option, Shared
    from workflow_server.store.records import Record

#: The type of a value that nobody declared one for: what a letter brought.
UNDECLARED = ""
#: Types of fields whose values are ids of something that has a name.
_NAMED = ("organisation", "person", "file")


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of a record as a reader reads it; `type` says how the value is to be written."""

    key: str
    label: str
    type: str
    #: Text, number, true or false, or a list of these; ISO text for days and moments.
    value: Any


@dataclass(frozen=True, slots=True)
class Words:
    """What the values of some records are called, looked up for all of them at once."""

    shared: Shared
    names: Mapping[UUID, str]

    def facts(self, record: Record) -> list[Fact]:
        """Return the fields of a record that say something, in the order of its kind."""
        return [
            fact
            for field in self._fields(record).values()
            if (fact := self.fact(record, field.key)).value not in (None, "", [], {})
        ]

    def fact(self, record: Record, key: str) -> Fact:
        """Return one field of a record, also an empty one."""
        field = self._fields(record).get(key)
        if field is None:
            return Fact(key, key, "text", record.fields.get(key))
        return Fact(key, field.label, field.type, self._value(field, record.fields.get(key)))

    def _fields(self, record: Record) -> Mapping[str, Field]:
        kind = self.shared.records.get(record.kind)
        return kind.fields if kind is not None else {}

    def _value(self, field: Field, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(field, each) for each in value]
        if field.type in _NAMED and isinstance(value, str) and value:
            id_ = _id(value)
            # What was masked is no id any more, and what is left of one says nothing.
            return self.names.get(id_, value) if id_ is not None else HIDDEN
        if field.vocabulary is not None:
            return _label(self.shared.vocabularies.get(field.vocabulary, ()), value)
        return value


def of(records: Sequence[Record], shared: Shared) -> Words:
    """Look up what the values of these records are called: a statement for each sort of name."""
    kinds = [(shared.records.get(record.kind), record) for record in records]
    return Words(
        shared,
        named(
            (field, record.fields.get(field.key))
            for kind, record in kinds
            for field in (kind.fields.values() if kind is not None else ())
        ),
    )


def named(values: Iterable[tuple[Field, Any]]) -> dict[UUID, str]:
    """Return what the people, organisations and files in some fields are called, by id."""
    asked: dict[str, set[UUID]] = {name: set() for name in _NAMED}
    for field, value in values:
        if field.type in _NAMED:
            asked[field.type].update(_ids(value))
    names: dict[UUID, str] = {}
    if asked["organisation"]:
        names |= organisations.list_names(asked["organisation"])
    if asked["person"]:
        names |= directory.list_names(asked["person"])
    if asked["file"]:
        names |= {row.id: row.name for row in attachments.list_by_id(asked["file"])}
    return names


def _ids(value: Any) -> Iterator[UUID]:
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    for each in values:
        id_ = _id(each)
        if id_ is not None:
            yield id_


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _label(options: Sequence[Option], value: Any) -> Any:
    return next((option.label for option in options if option.value == value), value)
