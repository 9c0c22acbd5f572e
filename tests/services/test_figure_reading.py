"""A diagram reads a ledger's figures of all that its office has, in groups if it asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.stage import Stage, counting
from workflow_server.content.elements import NamedValue, Operation, RecordEffect
from workflow_server.content.ledgers import Figure
from workflow_server.errors import NotFound
from workflow_server.services import ledgers, operations, records
from workflow_server.services.actors import Actor
from workflow_server.services.figure_reading import FiguresRefused
from workflow_server.services.ledgers import Sheet
from workflow_server.store.db import session, transaction
from workflow_server.store.records import Record

TITLES = {"东大街": "north", "西大街": "south", "南巷": "south"}


@pytest.fixture
def stage(app: Flask) -> Stage:
    made = Stage().build()
    with made.acting() as situation:
        for title in TITLES:
            records.apply(RecordEffect("open", "permit", title=title), situation)
    for title, zone in TITLES.items():
        with transaction():
            changed = sa.update(Record).where(Record.title == title)
            session().execute(changed.values(fields={"zone": zone, "fee": 1200, "unit": "元"}))
    return made


@pytest.fixture(autouse=True)
def figures_of_permits(monkeypatch: pytest.MonkeyPatch) -> None:
    get = ledgers.get

    def with_figures(actor: Actor | None, key: str) -> Sheet:
        sheet = get(actor, key)
        figures = {
            "all": Figure("all", "全部"),
            "fees": Figure("fees", "收费", sum="fee", per="unit"),
        }
        return replace(sheet, ledger=replace(sheet.ledger, figures=figures))

    monkeypatch.setattr(ledgers, "get", with_figures)


def perform(stage: Stage, name: str, **parameters: str) -> Any:
    given = tuple(NamedValue(key, value) for key, value in parameters.items())
    with stage.acting() as situation:
        return operations.perform(Operation(name, "found", given), situation)


def test_figures_are_read_of_a_span_and_in_groups(stage: Stage) -> None:
    with counting() as statements:
        found = perform(stage, "read_figures", ledger="permits", by="zone")
    # The whole and its groups; the groups of a figure with units.
    assert len([each for each in statements.sent if "records.fields" in each]) == 3
    assert found["figures"]["all"] == {"label": "全部", "value": 3, "share": None}
    assert [
        (each["value"], each["label"], each["figures"]["all"]["value"]) for each in found["groups"]
    ] == [("north", "north", 1), ("south", "south", 2)]
    north, south = (each["figures"]["fees"]["amounts"] for each in found["groups"])
    assert (north, south) == (
        [{"unit": "元", "value": 1200}],
        [{"unit": "元", "value": 2400}],
    )
    later = perform(stage, "read_figures", ledger="permits", **{"from": "2099-01-01"})
    assert later["figures"]["all"]["value"] == 0
    assert "groups" not in later


def test_a_span_is_refused_where_the_ledger_has_no_days_to_narrow_by(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = ledgers.get

    def without_days(actor: Actor | None, key: str) -> Sheet:
        sheet = get(actor, key)
        return replace(sheet, ledger=replace(sheet.ledger, filters=("state",)))

    monkeypatch.setattr(ledgers, "get", without_days)
    with pytest.raises(FiguresRefused):
        perform(stage, "read_figures", ledger="permits", to="2026-12-31")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"ledger": "none"}, NotFound),
        ({"ledger": "permits", "by": "nothing"}, FiguresRefused),
        ({"ledger": "permits", "from": "soon"}, FiguresRefused),
    ],
)
def test_what_cannot_be_read_is_refused(
    stage: Stage, given: dict[str, str], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        perform(stage, "read_figures", **given)


def test_what_is_in_a_state_left_out_is_not_similar(stage: Stage) -> None:
    with transaction():
        session().execute(sa.update(Record).where(Record.title == "东大街").values(state="已办结"))
    given = {"kind": "permit", "title": "大街", "threshold": "=0.3"}
    assert len(perform(stage, "find_similar", **given)) == 2
    left = perform(stage, "find_similar", but_states='=["已办结"]', **given)
    assert [each["title"] for each in left] == ["西大街"]
