"""Every name in a form's FEEL is a field, the case's, or a fact of a process that uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.content.content_building import FORM, faults, node

FIELDS = FORM["components"]


def form(hide: str, **more: Any) -> dict[str, Any]:
    first = {**FIELDS[0], "conditional": {"hide": hide}}
    return {"forms/a/one.json": json.dumps({**FORM, "components": [first, *FIELDS[1:]], **more})}


def test_an_unknown_name_in_a_condition_of_a_form_is_a_fault() -> None:
    (found,) = faults(files=form('=handlr != "refuse"'))
    assert found.startswith("forms/a/one.json#/components/0/conditional/hide ")
    assert "没有名为“handlr”的字段" in found


def test_an_unknown_name_in_a_rule_is_a_fault() -> None:
    rule = {"when": "=titel = null", "field": "title", "message": "请填写"}
    (found,) = faults(files=form("", properties={"rules": [rule]}))
    assert "没有名为“titel”的字段" in found


@pytest.mark.parametrize(
    "hide",
    [
        '=handler != "refuse"',
        "=this.handler = null",
        '=string(handler) = "handlr"',
        "=count(answers.task.rows) > 1",
        "=today > date(title)",
        "=parent = null or i = null",
        "=some row in records satisfies row.x = 1",
        '=count(records[kind = "permit"]) > 0',
    ],
)
def test_known_names_in_a_form_are_no_fault(hide: str) -> None:
    assert faults(files=form(hide)) == []


def test_a_fact_is_known_to_the_forms_of_its_process() -> None:
    body = node("task", '<wf:number series="permit_no" name="running"/>')
    assert faults(body, files=form("=running = null")) == []
    assert len(faults(files=form("=running = null"))) == 1
