"""Column types and ids, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, SafeUUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from workflow_server.errors import InvalidInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: NUL as JSON writes it; after an odd number of backslashes it is only text that looks so.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class _Ids:
    """Time-ordered ids (UUID version 7), strictly rising within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> UUID:
        # 48 bits of milliseconds and 12 of a counter, so that two ids of one
        # millisecond, or of a clock that went back, still rise.
        with self._lock:
            ticks = max((time.time_ns() // 1_000_000) << 12, self._last + 1)
            self._last = ticks
        high = (ticks >> 12) << 16 | 0x7000 | (ticks & 0xFFF)
        low = 0x8000000000000000 | int.from_bytes(os.urandom(8)) >> 2
        return UUID(int=high << 64 | low)


new_id = _Ids().next


class UuidColumn(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, native on PostgreSQL."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    # Both ways go past the types underneath, which have nothing to add: ids are half of all
    # that is read and written.

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else _bytes_of

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return None if dialect.name == "postgresql" else _uuid_of


def _bytes_of(value: UUID | None) -> bytes | None:
    return None if value is None else value.int.to_bytes(16)


def _uuid_of(value: bytes | None) -> UUID | None:
    # What UUID(int=…) does, without its many ways to be called.
    if value is None:
        return None
    made = UUID.__new__(UUID)
    _set(made, "int", int.from_bytes(value))
    _set(made, "is_safe", _UNKNOWN)
    return made


_set, _UNKNOWN = object.__setattr__, SafeUUID.unknown


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: microseconds since 1970 on SQLite, timestamptz on PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Expected an aware datetime, but it has no time zone")
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


class Unstorable(InvalidInput, sa.exc.DontWrapMixin):
    """内容含有无法保存的字符"""


def dumps(value: Any) -> str:
    """Write JSON as the database stores it; refuses what PostgreSQL could not hold."""
    try:
        data = orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise Unstorable(
            f"内容无法保存为 JSON。 Expected data that JSON can hold, but {error}."
        ) from error
    if b"\\u0000" in data and _NUL.search(data):
        raise Unstorable(
            "内容含有空字符（NUL），请删去。"
            " Expected text without NUL characters, but there is one."
        )
    return data.decode()


def canonical(value: Any) -> bytes:
    """Write JSON so that equal values give equal bytes (for hashes and fingerprints)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


#: JSON that can be searched: text on SQLite, jsonb on PostgreSQL.
JsonColumn = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

#: JSON kept to the letter, key order included (history): text on SQLite, json on PostgreSQL.
ExactJsonColumn = sa.JSON(none_as_null=True)
