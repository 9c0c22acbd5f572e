"""Values that an office sets for itself: read, judged, and seen by expressions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.content.content_building import faults, node, sealed
from workflow_server.content import shared

PATH = "bpmn/_shared/parameters.json"


def parameter(**more: Any) -> dict[str, Any]:
    row = {"key": "urge", "label": "催办", "type": "boolean", "value": True, "basis": "规定"}
    return {**row, **more}


def said(*rows: dict[str, Any]) -> list[str]:
    _, found = shared.read_with_faults(sealed({PATH: json.dumps({"parameters": rows})}))
    return [each.detail for each in found]


def test_the_longest_beginning_of_a_region_counts() -> None:
    regions = [{"region": "23", "value": 2}, {"region": "2302", "value": 3}]
    row = parameter(type="number", value=1, regions=regions)
    found, _ = shared.read_with_faults(sealed({PATH: json.dumps({"parameters": [row]})}))
    (read,) = found.parameters.values()
    asked = ("230203", "230900", "370000", None)
    assert [read.in_region(each) for each in asked] == [3, 2, 1, 1]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"value": 1}, "true 或 false"),
        ({"type": "number", "value": True}, "数字"),
        ({"type": "number", "value": "1"}, "数字"),
        ({"type": "text", "value": None}, "文字"),
        ({"type": "moon"}, "只能是"),
        ({"basis": ""}, "须填写文字"),
        ({"surprise": 1}, "没有这一项"),
        ({"regions": [{"region": "23", "value": "x"}]}, "true 或 false"),
    ],
)
def test_a_faulty_parameter_is_refused(more: dict[str, Any], says: str) -> None:
    assert says in said(parameter(**more))[0]


def test_an_expression_names_only_what_there_is() -> None:
    files = {PATH: json.dumps({"parameters": [parameter()]})}
    good = node("task", '<wf:output name="x" value="=parameters.urge"/>')
    assert faults(good, files=files) == []
    bad = node("task", '<wf:output name="x" value="=parameters.ghost"/>')
    assert any("没有参数“ghost”" in each for each in faults(bad, files=files))
    kept = node("task", '<wf:output name="parameters" value="=1"/>')
    assert any("系统保留" in each for each in faults(kept, files=files))
