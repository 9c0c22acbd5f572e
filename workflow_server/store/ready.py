"""Statements of the hot paths: written once for each kind of database, and sent to its driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from workflow_server.store.db import connection, run

_Convert = Callable[[Any], Any]


class _Text(NamedTuple):
    """A statement as one kind of database takes it, for values of certain names."""

    sql: str
    #: The names of its values in the order of their places; a name may come again.
    places: Sequence[str]
    #: Values that are written in the statement, or that a column has unless it is given one.
    fixed: Mapping[str, Any]
    #: At which places values are written, and in which columns read, by their types.
    writers: Sequence[tuple[int, _Convert]]
    readers: Sequence[tuple[int, _Convert]]

    def given(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return values as the driver takes them."""
        known = {**self.fixed, **values} if self.fixed else values
        given = list(map(known.__getitem__, self.places))
        for place, convert in self.writers:
            given[place] = convert(given[place])
        return tuple(given)

    def read(self, row: Sequence[Any]) -> list[Any]:
        """Return a row of the driver as the types of its columns read it."""
        found = list(row)
        for column, convert in self.readers:
            found[column] = convert(found[column])
        return found


class Ready:
    """A statement that is made once and finds its rows by keys, whatever its values.

    SQLAlchemy writes it and knows its types; what it does besides at each execution (looking
    for the text, sorting values, a context and a result) is most of what it costs. PostgreSQL
    keeps it prepared, and soon its plan. Lists are planned each time, by their values: a plan
    made for anybody would be a bad one for somebody.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self._statement: Any = statement
        # By kind of database: the engines of one kind are all made alike.
        self._texts: dict[tuple[str, tuple[str, ...]], _Text] = {}

    def rows(self, values: Mapping[str, Any] = {}) -> list[list[Any]]:
        """Return the rows that it finds."""
        text, cursor = self._send(values)
        return [text.read(row) for row in cursor.fetchall()]

    def row(self, values: Mapping[str, Any] = {}) -> list[Any] | None:
        """Return the one row that it finds, if it finds one."""
        found = self.rows(values)
        return found[0] if found else None

    def write(self, values: Mapping[str, Any]) -> int:
        """Write, and return how many rows that changed."""
        count: int = self._send(values)[1].rowcount
        return count

    def write_all(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of the same columns, all in one go."""
        if len(rows) == 1:
            self.write(rows[0])
        elif rows:
            run(self._statement, rows)

    def _send(self, values: Mapping[str, Any]) -> tuple[_Text, Any]:
        asked = connection()
        key = asked.dialect.name, tuple(values)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _written(self._statement, asked.dialect, key[1])
        given = text.given(values)
        cursor = _cursor(asked, text.sql)
        for heard in asked.dispatch.before_cursor_execute:
            heard(asked, cursor, text.sql, given, None, False)
        try:
            if key[0] == "postgresql":
                cursor.execute(text.sql, given, prepare=True)
            else:
                cursor.execute(text.sql, given)
        except Exception as error:
            # As SQLAlchemy would tell it, to whoever listens; a lost connection is given up.
            asked._handle_dbapi_exception(error, text.sql, given, None, None)
        return text, cursor


def _cursor(asked: sa.Connection, sql: str) -> Any:
    # One for each text, as long as the driver's connection lives: psycopg remembers there how
    # it sends these values and reads these columns, which is half of what it does.
    kept: dict[str, Any] = asked.connection.info.setdefault("ready", {})
    cursor = kept.get(sql)
    if cursor is None:
        cursor = kept[sql] = asked.connection.cursor()
    return cursor


def _written(statement: Any, dialect: Dialect, names: Sequence[str]) -> _Text:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.post_compile_params or compiled.literal_execute_params:
        raise TypeError(f"Expected a text that no value changes, but: {compiled.string}")
    fixed = {name: value for name, value in compiled.params.items() if name not in names}
    fixed |= {column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())}
    places = compiled.positiontup
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    columns = statement.selected_columns if isinstance(statement, sa.SelectBase) else ()
    found = [column.type.dialect_impl(dialect) for column in columns]
    return _Text(
        sql=compiled.string,
        places=places,
        fixed=fixed,
        writers=_needed(types[name].bind_processor(dialect) for name in places),
        readers=_needed(each.result_processor(dialect, None) for each in found),
    )


def _needed(converts: Iterable[_Convert | None]) -> list[tuple[int, _Convert]]:
    return [(place, each) for place, each in enumerate(converts) if each is not None]
