"""A ledger lists what its reader sees, narrowed and sorted alike on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage
from workflow_server.content.ledgers import Figure
from workflow_server.errors import NotFound
from workflow_server.services import ledgers
from workflow_server.services.ledgers import Amount, Wanted
from workflow_server.store.db import session, transaction
from workflow_server.store.records import Record


@pytest.fixture
def stage(app: Flask) -> Stage:
    made = Stage().build()
    with transaction():
        for days, (title, number, fields, state) in enumerate(
            (
                ("东大街", "甲许1号", {"street": "东大街", "zone": "north", "fee": 1250}, "待审"),
                ("西大街", "甲许2号", {"street": "西_街", "zone": "south"}, "已办结"),
                ("南巷", None, {}, "已受理"),
            )
        ):
            session().add(
                Record(
                    kind="permit",
                    organisation_id=made.office,
                    instance_id=made.instance_id,
                    number=number,
                    title=title,
                    fields=fields,
                    state=state,
                    opened_at=NOW + timedelta(days=days),
                    updated_at=NOW,
                    closed_at=NOW if state == "已办结" else None,
                )
            )
    return made


def titles(stage: Stage, **wanted: Any) -> list[str]:
    sheet = ledgers.get(stage.clerk, "permits")
    rows, total = ledgers.read(stage.clerk, sheet, Wanted(**wanted))
    assert total == len(rows)
    return [row.record.title for row in rows]


def test_cells_stand_in_the_declared_columns_in_words(stage: Stage) -> None:
    sheet = ledgers.get(stage.clerk, "permits")
    rows, _ = ledgers.read(stage.clerk, sheet, Wanted(text="东大街"))
    assert [(cell.key, cell.value) for cell in rows[0].cells] == [
        ("number", "甲许1号"),
        ("title", "东大街"),
        ("zone", "北区"),
        ("fee", 1250),
        ("opened", "2026-03-16"),
        ("organisation", "甲单位"),
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["南巷", "西大街", "东大街"]),
        ({"descending": False}, ["东大街", "西大街", "南巷"]),
        ({"sort": "number", "descending": True}, ["西大街", "东大街", "南巷"]),
        ({"sort": "number", "descending": False}, ["东大街", "西大街", "南巷"]),
        ({"sort": "street", "descending": False}, ["东大街", "西大街", "南巷"]),
        ({"text": "许2"}, ["西大街"]),
        ({"text": "西_"}, ["西大街"]),
        ({"text": "%"}, []),
        ({"state": "已受理"}, ["南巷"]),
        ({"closed": True}, ["西大街"]),
        ({"closed": False}, ["南巷", "东大街"]),
        ({"opened_from": date(2026, 3, 17)}, ["南巷", "西大街"]),
        ({"opened_to": date(2026, 3, 17)}, ["西大街", "东大街"]),
        ({"chosen": (("zone", "north"),)}, ["东大街"]),
        ({"chosen": (("street", "东大街"),)}, ["南巷", "西大街", "东大街"]),
    ],
)
def test_a_ledger_is_narrowed_and_sorted(stage: Stage, wanted: Any, found: list[str]) -> None:
    assert titles(stage, **wanted) == found


def test_who_has_no_ledger_does_not_learn_that_there_is_one(stage: Stage) -> None:
    assert ledgers.list_(stage.owner) == []
    for actor, key in ((stage.owner, "permits"), (stage.clerk, "nothing")):
        with pytest.raises(NotFound):
            ledgers.get(actor, key)


def test_a_ledger_shows_nothing_of_cases_that_one_does_not_see(stage: Stage) -> None:
    sheet = ledgers.get(stage.clerk, "permits")
    assert ledgers.read(stage.outsider, sheet, Wanted()) == ([], 0)


def test_all_rows_come_in_pieces_and_no_more_than_a_file_holds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "_TOGETHER", 1)
    monkeypatch.setattr(ledgers, "MOST_ROWS", 2)
    sheet = ledgers.get(stage.clerk, "permits")
    rows, total = ledgers.read_all(stage.clerk, sheet, Wanted())
    assert ([row.record.title for row in rows], total) == (["南巷", "西大街"], 3)


def test_more_rows_take_no_more_statements(
    stage: Stage, statements: Callable[[], list[str]]
) -> None:
    titles(stage, text="南巷")
    statements()
    titles(stage, text="南巷")
    few = len(statements())
    titles(stage)
    assert len(statements()) == few


def test_figures_count_and_share_what_the_ledger_is_narrowed_to(stage: Stage) -> None:
    sheet = ledgers.get(stage.clerk, "permits")
    figures = {
        each.key: each
        for each in (
            Figure("all", "全部"),
            Figure("open", "在办", except_states=("已办结",), over="all"),
            Figure("north", "北区", fields={"zone": ("north",)}, over="all"),
            Figure("street", "有街道", filled=("street",)),
            Figure("west", "西街", holds={"street": ("西_", "没有")}),
            Figure("fees", "收费", sum="fee"),
            Figure("none", "没有", states=("已受理",), filled=("street",)),
            Figure("share", "无母", over="none"),
            Figure("by_zone", "分区收费", sum="fee", per="zone"),
        )
    }
    sheet = replace(sheet, ledger=replace(sheet.ledger, figures=figures))
    told = ledgers.figures(stage.clerk, sheet, Wanted())
    assert [(each.label, int(each.value), each.share) for each in told] == [
        ("全部", 3, None),
        ("在办", 2, Decimal("66.7")),
        ("北区", 1, Decimal("33.3")),
        ("有街道", 2, None),
        ("西街", 1, None),
        ("收费", 1250, None),
        ("没有", 0, None),
        ("无母", 3, None),
        ("分区收费", 1250, None),
    ]
    assert told[-1].amounts == (Amount("north", Decimal(1250)),)
    narrowed = ledgers.figures(stage.clerk, sheet, Wanted(state="已办结"))
    assert [each.value for each in narrowed[:2]] == [1, 0]


def test_figures_count_only_what_their_reader_sees(stage: Stage) -> None:
    sheet = ledgers.get(stage.clerk, "permits")
    sheet = replace(sheet, ledger=replace(sheet.ledger, figures={"all": Figure("all", "全部")}))
    assert [each.value for each in ledgers.figures(stage.outsider, sheet, Wanted())] == [0]
