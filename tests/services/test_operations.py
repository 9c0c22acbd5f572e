"""Operations do what service tasks name, and refuse what they cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.stage import NOW, Stage, counting
from workflow_server.content.elements import NamedValue, Operation, RecordEffect
from workflow_server.services import ledgers, operations, records
from workflow_server.services.operations import OperationRefused, UnknownOperation
from workflow_server.store.db import session, transaction
from workflow_server.store.people import Person
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record

LONG_AGO = NOW - timedelta(days=95)
TITLES = ("某商业停车场占用人行道", "商业停车场占用人行道问题", "河道排污口水质超标", "人行道")


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def perform(stage: Stage, name: str, **parameters: str) -> Any:
    given = tuple(NamedValue(key, value) for key, value in parameters.items())
    with stage.acting() as situation:
        return operations.perform(Operation(name, "found", given), situation)


def open_records(stage: Stage) -> None:
    with stage.acting() as situation:
        for title in TITLES:
            records.apply(RecordEffect("open", "permit", title=title), situation)


def test_similar_records_are_found_likest_first(stage: Stage) -> None:
    open_records(stage)
    found = perform(
        stage, "find_similar", kind="permit", title="商业停车场占用人行道", threshold="=0.3"
    )
    assert [row["title"] for row in found] == [TITLES[0], TITLES[1]]
    assert found[0]["number"] == "甲许〔2026〕1号"
    assert 0.8 < found[0]["score"] <= 1
    one = perform(
        stage,
        "find_similar",
        kind="permit",
        title="商业停车场占用人行道",
        threshold="=0.3",
        limit="=1",
    )
    assert len(one) == 1


@pytest.mark.parametrize(
    ("same", "days", "found"),
    [
        ('={street: "中华路"}', "=90", [TITLES[1]]),
        ('={street: ["和平街", "中华路"]}', "=90", [TITLES[1]]),
        ('={street: ["和平街", "中华路"]}', "=100", [TITLES[1], TITLES[2]]),
        ('={street: ["和平街", "中华路"]}', "=null", [TITLES[1], TITLES[2]]),
        ('=[{street: "无"}, {street: "和平街"}]', "=100", [TITLES[2]]),
        ('={street: "中华路", zone: "north"}', "=90", []),
        ('={street: "中华路", zone: null}', "=90", []),
        ("={}", "=90", []),
        ("=null", "=90", []),
    ],
)
def test_what_has_the_same_values_is_found_whatever_its_title(
    stage: Stage, same: str, days: str, found: list[str]
) -> None:
    open_records(stage)
    for title, street, at in ((TITLES[1], "中华路", NOW), (TITLES[2], "和平街", LONG_AGO)):
        changed = {"fields": {"street": street}, "opened_at": at}
        with transaction():
            session().execute(sa.update(Record).where(Record.title == title).values(**changed))
    given = {"kind": "permit", "title": "另一件事", "same": same, "days": days}
    rows = perform(stage, "find_similar", **given)
    assert [row["title"] for row in rows] == found
    assert all(row["same"] for row in rows)


def test_the_instances_own_record_is_not_similar_to_itself(stage: Stage) -> None:
    open_records(stage)
    assert perform(stage, "find_similar", kind="permit", title=TITLES[3]) == []


@pytest.mark.parametrize("kept", [{"secrecy": 2}, {"minor": True}])
@pytest.mark.parametrize("by", ["clerk", None])
def test_cases_above_internal_and_of_minors_are_never_similar(
    stage: Stage, kept: dict[str, Any], by: str | None
) -> None:
    open_records(stage)
    clearing = sa.update(Person).values(clearance=2, minors_certified=True)
    with transaction():
        session().execute(clearing)
        session().execute(sa.update(ProcessInstance).values(**kept))
    actor = replace(stage.clerk, clearance=2, minors_certified=True) if by else None
    given = (NamedValue("kind", "permit"), NamedValue("title", TITLES[0]))
    with stage.acting() as situation:
        # A timer or a letter is nobody.
        moved = replace(situation, actor=actor)
        assert operations.perform(Operation("find_similar", None, given), moved) == []


def test_finding_costs_one_statement(stage: Stage) -> None:
    open_records(stage)
    with counting() as counted, stage.acting() as situation:
        before = counted.count
        operations.perform(
            Operation(
                "find_similar", None, (NamedValue("kind", "permit"), NamedValue("title", "x"))
            ),
            situation,
        )
        assert counted.count - before == 1


def test_values_that_records_often_have_are_found_in_one_statement(stage: Stage) -> None:
    open_records(stage)
    streets = ("中华路", "和平街", "和平街", None)
    for title, street in zip(TITLES, streets, strict=True):
        changed = {"fields": {"street": street, "zone": "north"}}
        with transaction():
            session().execute(sa.update(Record).where(Record.title == title).values(**changed))
    given = {"kind": "permit", "by": "street", "since": "2026-03-16"}
    with counting() as statements:
        (found,) = perform(stage, "find_frequent", **given)
    assert len([each for each in statements.sent if "records.fields" in each]) == 1
    assert (found["value"], found["count"], len(found["ids"])) == ("和平街", 2, 2)
    each = perform(stage, "find_frequent", **given, at_least="=1")
    assert [(row["value"], row["count"]) for row in each] == [("和平街", 2), ("中华路", 1)]
    both = perform(stage, "find_frequent", **{**given, "by": '=["street", "zone"]'})
    assert [row["value"] for row in both] == [{"street": "和平街", "zone": "north"}]
    assert perform(stage, "find_frequent", **given, closed="=true") == []
    assert perform(stage, "find_frequent", **{**given, "since": "2026-03-17"}) == []
    assert perform(stage, "find_frequent", **given, filled="places") == []
    assert perform(stage, "find_frequent", **given, but_states='=["", "待审"]') == []


def test_what_is_frequent_has_no_class_and_counts_a_record_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_records(stage)
    streets = {"fields": {"street": ["和平街", "和平街", {"name": "中华路"}], "zone": "north"}}
    with transaction():
        session().execute(sa.update(Record).values(**streets))
    given = {"kind": "permit", "by": "street", "at_least": "=1"}
    found = perform(stage, "find_frequent", **given)
    assert [(row["value"], row["count"]) for row in found] == [("和平街", 4)]
    monkeypatch.setattr(ledgers, "classed", lambda *_: frozenset({"street"}))
    with pytest.raises(OperationRefused):
        perform(stage, "find_frequent", **given)


def test_records_are_counted_by_state_day_and_end(stage: Stage) -> None:
    open_records(stage)
    assert perform(stage, "count", kind="permit") == 4
    assert perform(stage, "count", kind="permit", state="已受理") == 0
    assert perform(stage, "count", kind="permit", since="2026-03-16", closed="=false") == 4
    assert perform(stage, "count", kind="permit", since="2026-03-17") == 0


def test_a_number_is_drawn(stage: Stage) -> None:
    assert perform(stage, "draw_number", series="letter_no") == "甲函〔2026〕1号"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("launch_rocket", {}),
        ("count", {}),
        ("count", {"kind": "permit", "colour": "red"}),
        ("find_similar", {"kind": "permit"}),
    ],
)
def test_an_unknown_operation_or_parameter_is_refused(
    stage: Stage, name: str, parameters: dict[str, str]
) -> None:
    assert operations.check(name, parameters) is not None
    with pytest.raises(UnknownOperation):
        perform(stage, name, **parameters)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("count", {"kind": "ghost"}),
        ("count", {"kind": "permit", "since": "soon"}),
        ("count", {"kind": "permit", "since": "=12"}),
        ("find_frequent", {"kind": "permit", "by": "colour"}),
        ("find_frequent", {"kind": "permit", "by": "=null"}),
        ("find_similar", {"kind": "permit", "title": "=null"}),
        ("find_similar", {"kind": "permit", "title": "x", "threshold": "much"}),
        ("find_similar", {"kind": "permit", "title": "x", "same": "=12"}),
        ("find_similar", {"kind": "permit", "title": "x", "same": "={a: 1}", "days": "=99999999"}),
        ("find_similar", {"kind": "permit", "title": "x", "same": "={a: 1}", "days": "=-1"}),
        ("draw_number", {"series": "=null"}),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(
    stage: Stage, name: str, parameters: dict[str, str]
) -> None:
    with pytest.raises(OperationRefused):
        perform(stage, name, **parameters)


def test_the_registry_is_what_a_deployment_checks_against() -> None:
    assert {"find_similar", "count", "draw_number"} <= operations.NAMES
    assert operations.check("draw_number", ["series"]) is None
