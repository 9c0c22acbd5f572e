"""What a ledger names must be declared, and a class of data is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.content.content_building import SHARED, diagram, judge

LEDGER: Mapping[str, Any] = {
    "key": "permits",
    "label": "许可台账",
    "kind": "permit",
    "columns": ["number", "title", "street", "state", "opened"],
    "filters": ["state", "opened", "text", "size"],
}
FIELDS = [
    {"key": "street", "label": "街道", "type": "text"},
    {"key": "size", "label": "大小", "type": "choice", "vocabulary": "size"},
    {"key": "lane", "label": "街道", "type": "text"},
    {"key": "length", "label": "长度", "type": "number"},
    {"key": "begun", "label": "日期", "type": "date"},
    {"key": "closed", "label": "关闭", "type": "date"},
    {"key": "secret", "label": "密", "type": "choice", "vocabulary": "size", "class": "quiet"},
]
QUIET = {"key": "quiet", "label": "内情", "readers": ["clerk"]}


def found(**changed: Any) -> list[str]:
    (kind,) = SHARED["records"]["kinds"]
    return judge(
        {
            "bpmn/one/one.bpmn": diagram(),
            "bpmn/_shared/records.json": {"kinds": [{**kind, "fields": FIELDS}]},
            "bpmn/_shared/data_classes.json": {"classes": [QUIET]},
            "bpmn/_shared/ledgers.json": {"ledgers": [{**LEDGER, **changed}]},
        }
    )


def test_a_sound_ledger_has_no_fault() -> None:
    assert found(parties=["office"], roles=["guest"]) == []


@pytest.mark.parametrize(
    ("member", "given", "place", "sentence"),
    [
        ("kind", "nothing", "/kind", "没有台账种类“nothing”"),
        ("parties", ["office", "moon"], "/parties/1", "没有哪个角色属于“moon”"),
        ("roles", ["moon"], "/roles/0", "没有角色“moon”"),
        ("columns", ["number", "colour"], "/columns/1", "“colour”"),
        ("columns", ["number", "number"], "/columns/1", "写了两次"),
        ("filters", ["street"], "/filters/0", "不能按“street”筛选"),
        ("filters", ["secret"], "/filters/0", "不能按“secret”筛选"),
        ("due", {"begun": "closed"}, "/due/begun", "“begun”不是这个台账的日期栏"),
    ],
)
def test_what_nobody_declared_is_named_where_it_stands(
    member: str, given: Any, place: str, sentence: str
) -> None:
    (fault,) = found(**{member: given})
    assert fault.startswith(f"bpmn/_shared/ledgers.json#/ledgers/0{place} ")
    assert sentence in fault


def test_a_column_that_is_due_names_the_field_that_says_it_is_done() -> None:
    columns = ["number", "begun"]
    assert found(columns=columns, due={"begun": "closed"}) == []
    (fault,) = found(columns=columns, due={"begun": "nothing"})
    assert "没有字段“nothing”" in fault


def test_a_figure_with_units_is_added_up_in_words_and_is_no_whole_of_others() -> None:
    lengths = {"key": "a", "label": "甲", "sum": "length", "per": "street"}
    assert found(figures=[lengths]) == []
    (fault,) = found(figures=[{**lengths, "per": "begun"}])
    assert "不能作为单位" in fault
    for member in ({"over": "a"}, {"parts": ["a"]}):
        (fault,) = found(figures=[lengths, {"key": "b", "label": "乙", **member}])
        assert "不能作为总数或分项" in fault


@pytest.mark.parametrize(
    ("changed", "place", "sentence"),
    [
        ({"states": ["没有"]}, "/states/0", "没有状态"),
        ({"filled": ["colour"]}, "", "没有字段“colour”"),
        ({"fields": {"secret": ["a"]}}, "", "属于数据类别"),
        ({"sum": "street"}, "/sum", "不是数字"),
        ({"over": "nothing"}, "/over", "没有另一个指标"),
        ({"over": "all"}, "/over", "没有另一个指标"),
        ({"colour": "red"}, "/colour", "没有这一项"),
    ],
)
def test_a_figure_names_what_is_there_and_may_be_counted(
    changed: Mapping[str, Any], place: str, sentence: str
) -> None:
    (fault,) = found(figures=[{"key": "all", "label": "全部", **changed}])
    assert fault.startswith(f"bpmn/_shared/ledgers.json#/ledgers/0/figures/0{place} ")
    assert sentence in fault


def test_a_figure_is_named_once() -> None:
    figure = {"key": "all", "label": "全部"}
    (fault,) = found(figures=[figure, figure])
    assert "写了两次" in fault


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"columns": ["nothing"]}, "没有字段“nothing”"),
        ({"columns": ["secret"]}, "不能从旧台账接管"),
        ({"columns": ["street", "street"]}, "写了两次"),
        ({"columns": [], "links": [{"relation": "x", "kind": "no", "label": "a"}]}, "没有台账种类"),
        (
            {"columns": [], "links": [{"relation": "x", "kind": "permit", "field": "size"}]},
            "应为不在栏里的文字字段",
        ),
        ({"columns": [], "links": [{"relation": "x", "kind": "permit"}]}, "须填写文字"),
        ({"columns": [], "rows": 1}, "没有这一项"),
        ({"columns": ["street", "lane"]}, "“街道”是两栏的名称"),
        ({"columns": ["begun"]}, "“日期”是两栏的名称"),
        ({"columns": ["closed"]}, "“closed”不能是栏的标识"),
        (
            {"columns": [], "links": [{"relation": "x", "kind": "permit", "label": "编号"}]},
            "“编号”是两栏的名称",
        ),
    ],
)
def test_what_a_register_cannot_bring_is_named(given: Any, sentence: str) -> None:
    (fault,) = found(take_over=given)
    assert "take_over" in fault
    assert sentence in fault


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"parts": ["no"]}, "没有另一个指标“no”"),
        ({"linked": {"relation": "x", "kind": "no"}}, "没有台账种类“no”"),
        ({"linked": {"relation": "x", "kind": "permit", "filled": ["secret"]}}, "属于数据类别"),
        ({"linked": {"relation": "x", "kind": "permit", "states": ["没有"]}}, "没有状态“没有”"),
        ({"distinct": "secret"}, "属于数据类别"),
        ({"distinct": "street", "sum": "street"}, "只能写一个"),
        ({"per": "street"}, "须与 sum 同时使用"),
    ],
)
def test_what_a_figure_cannot_count_is_named(given: Any, sentence: str) -> None:
    faults = found(figures=[{"key": "a", "label": "甲", **given}])
    assert sentence in faults[0]


def test_a_year_is_told_by_a_day() -> None:
    (fault,) = found(cohort="street")
    assert "日期字段" in fault
