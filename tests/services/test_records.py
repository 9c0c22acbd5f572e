"""Records are opened, updated, closed and listed as their kind declares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.services.stage import Stage, counting
from workflow_server.content.elements import NamedValue, RecordEffect, StateEffect
from workflow_server.errors import NotFound
from workflow_server.services import records
from workflow_server.services.records import RecordNotOpen, RecordRefused, UnknownRecordKind


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def effect(operation: Any = "open", kind: str = "permit", **more: Any) -> RecordEffect:
    fields = tuple(NamedValue(name, value) for name, value in more.pop("fields", {}).items())
    title = more.pop("title", "=street" if operation == "open" else None)
    return RecordEffect(operation, kind, title=title, fields=fields, **more)


def apply(stage: Stage, *effects: RecordEffect | StateEffect, **facts: Any) -> dict[str, Any]:
    with stage.acting({"street": "东大街", **facts}) as situation:
        for each in effects:
            records.apply(each, situation)
    shown: dict[str, Any] = stage.variables()["records"]["permit"]
    return shown


def test_opening_gives_number_first_state_and_facts(stage: Stage) -> None:
    shown = apply(stage, effect(fields={"street": "=street", "places": "=1+2"}))
    assert shown["number"] == "甲许〔2026〕1号"
    assert (shown["title"], shown["state"], shown["street"]) == ("东大街", "待审", "东大街")
    assert shown["places"] == 3
    assert shown["opened_on"] == "2026-03-16"
    record = records.get(stage.clerk, UUID(shown["id"]))
    assert (record.number, record.fields["places"]) == ("甲许〔2026〕1号", 3)


def test_updating_keeps_the_other_fields(stage: Stage) -> None:
    apply(stage, effect(fields={"street": "=street", "fee": "=500"}))
    shown = apply(stage, effect("update", state="已受理", fields={"fee": "=700"}))
    assert (shown["street"], shown["fee"], shown["state"]) == ("东大街", 700, "已受理")


def test_closing_ends_it_for_good(stage: Stage) -> None:
    shown = apply(stage, effect(), effect("close", state="已办结"))
    assert shown["closed"] is True
    with pytest.raises(RecordNotOpen, match="已办结"):
        apply(stage, effect("update"))


def test_the_token_puts_a_record_into_a_state(stage: Stage) -> None:
    shown = apply(stage, effect(), StateEffect("permit", "已受理"))
    assert shown["state"] == "已受理"


def test_a_state_that_stands_already_costs_nothing(stage: Stage) -> None:
    apply(stage, effect())
    with stage.acting() as situation, counting() as counted:
        records.apply(StateEffect("permit", "待审"), situation)
    assert counted.count == 0


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"colour": "red"}, "permit/colour"),
        ({"places": "three"}, "permit/places"),
        ({"fee": "=1.5"}, "permit/fee"),
        ({"applied_on": "=12"}, "permit/applied_on"),
        ({"applied_on": "yesterday"}, "permit/applied_on"),
        ({"zone": "west"}, "permit/zone"),
        ({"street": "=[1]"}, "permit/street"),
    ],
)
def test_a_field_that_does_not_fit_its_kind_is_refused_by_name(
    stage: Stage, fields: dict[str, str], pointer: str
) -> None:
    with pytest.raises(RecordRefused) as refusal:
        apply(stage, effect(fields=fields))
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


def test_null_is_a_value_every_field_may_have(stage: Stage) -> None:
    shown = apply(stage, effect(fields={"applied_on": "=null", "zone": "north"}))
    assert (shown["applied_on"], shown["zone"]) == (None, "north")


def test_an_undeclared_kind_or_state_and_a_missing_title_are_refused(stage: Stage) -> None:
    with pytest.raises(UnknownRecordKind, match="ghost"):
        apply(stage, effect(kind="ghost"))
    with pytest.raises(RecordRefused, match="没有状态"):
        apply(stage, effect(state="飞行中"))
    with pytest.raises(RecordRefused, match="缺少标题"):
        apply(stage, effect(title="=missing"))
    with pytest.raises(RecordNotOpen, match="尚未建立"):
        apply(stage, effect("update"))


def test_a_refused_record_leaves_nothing_behind(stage: Stage) -> None:
    with pytest.raises(RecordRefused):
        apply(stage, effect(fields={"colour": "red"}))
    assert records.list_(stage.clerk) == ([], 0)
    assert apply(stage, effect())["number"] == "甲许〔2026〕1号"


def test_lists_filter_and_page_in_a_stable_order(stage: Stage) -> None:
    for street in ("东大街", "西大街", "南_门"):
        apply(stage, effect(), street=street)
    titles = [row.title for row in records.list_(stage.clerk)[0]]
    assert titles == ["南_门", "西大街", "东大街"]
    first, total = records.list_(stage.clerk, page=1, page_size=2)
    second, _ = records.list_(stage.clerk, page=2, page_size=2)
    assert [row.title for row in (*first, *second)] == titles
    assert total == 3
    assert records.list_(stage.clerk, text="大街")[1] == 2
    assert records.list_(stage.clerk, text="_")[1] == 1
    assert records.list_(stage.clerk, text="2026〕2号")[1] == 1
    assert records.list_(stage.clerk, kind="note")[1] == 0
    assert records.list_(stage.clerk, state="待审", closed=False)[1] == 3
    assert records.list_(stage.clerk, organisation_id=stage.shop)[1] == 0


def test_another_organisation_sees_none_of_it(stage: Stage) -> None:
    shown = apply(stage, effect())
    assert records.list_(stage.outsider) == ([], 0)
    with pytest.raises(NotFound):
        records.get(stage.outsider, UUID(shown["id"]))


def test_opening_costs_few_statements(stage: Stage) -> None:
    with stage.acting({"street": "东大街"}) as situation, counting() as counted:
        records.apply(effect(), situation)
    # The series, the register and the record itself.
    assert counted.count == 3, counted.sent
