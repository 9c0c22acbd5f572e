"""Statements that go to the driver as they stand: what SQLAlchemy's execution gave, they give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from workflow_server.store.db import run, savepoint, session, table, transaction
from workflow_server.store.history import HistoryRow
from workflow_server.store.organisations import Organisation
from workflow_server.store.ready import Ready
from workflow_server.store.types import new_id

_ROWS = table(HistoryRow)
_INSERT = Ready(sa.insert(_ROWS))
_BY_CHAIN = sa.select(_ROWS).where(_ROWS.c.chain_id == sa.bindparam("chain")).order_by(_ROWS.c.seq)
_HOSTS = table(Organisation)
_FOUND = Ready(sa.insert(_HOSTS))
_MOVE = Ready(
    sa.update(_HOSTS).where(_HOSTS.c.party == sa.bindparam("of"), _HOSTS.c.region.is_(None))
)
NOW = datetime(2026, 7, 1, 1, 0, 0, 123, tzinfo=UTC)


def _row(seq: int) -> dict[str, object]:
    return {
        "chain_id": _CHAIN,
        "seq": seq,
        "at": NOW,
        "act": "许可 100% :a %(b)s ?",
        "task_id": new_id(),
        "data": {"z": [1, None, "一"], "a": True},
        "hash": bytes(range(32)),
        "answer": None,
    }


_CHAIN = new_id()


def test_rows_read_as_by_sqlalchemy_and_in_its_types(app: Flask) -> None:
    written = [_row(1), _row(2)]
    with transaction():
        _INSERT.write_all(written[:1])
        _INSERT.write_all(written[1:])
        _INSERT.write_all([])
    found = Ready(_BY_CHAIN).rows({"chain": _CHAIN})
    assert found == [list(row) for row in run(_BY_CHAIN, {"chain": _CHAIN})]
    names = [column.name for column in _ROWS.c]
    asked = [{key: dict(zip(names, row, strict=True))[key] for key in _row(1)} for row in found]
    assert asked == written


def _host(key: str) -> dict[str, object]:
    row = {"id": new_id(), "key": key, "name": "名", "short_name": "名", "party": "office"}
    return {**row, "fields": {}, "predecessors": []}


def test_a_write_tells_how_many_rows_it_changed_whichever_columns_it_sets(app: Flask) -> None:
    with transaction():
        _FOUND.write_all([_host("a"), _host("b")])
        assert _MOVE.write({"of": "office", "name": "甲"}) == 2
        assert _MOVE.write({"of": "office", "name": "乙", "region": "1"}) == 2
        assert _MOVE.write({"of": "office", "name": "丙"}) == 0
    assert session().scalars(sa.select(Organisation.name)).all() == ["乙", "乙"]


def test_a_column_that_is_not_given_has_its_default(app: Flask) -> None:
    with transaction():
        _FOUND.write(_host("a"))
    made = session().scalars(sa.select(Organisation)).one()
    assert (made.key, made.path, made.on_server, made.level) == ("a", "", True, None)


def test_a_refusal_keeps_its_meaning_and_only_what_it_was_part_of_is_undone(app: Flask) -> None:
    with transaction():
        _INSERT.write(_row(1))
        with pytest.raises(sa.exc.IntegrityError), savepoint():
            _INSERT.write(_row(1))
        _INSERT.write(_row(2))
    assert [row[1] for row in Ready(_BY_CHAIN).rows({"chain": _CHAIN})] == [1, 2]


def test_who_listens_for_statements_hears_of_it(
    app: Flask, statements: Callable[[], list[str]]
) -> None:
    statements()
    assert Ready(_BY_CHAIN).row({"chain": _CHAIN}) is None
    (sent,) = statements()
    assert "FROM history" in sent


def test_a_statement_whose_text_its_values_change_is_none(app: Flask) -> None:
    several = Ready(sa.select(_ROWS.c.seq).where(_ROWS.c.seq.in_(sa.bindparam("some"))))
    with pytest.raises(TypeError, match="a text that no value changes"):
        several.rows({"some": [1, 2]})
