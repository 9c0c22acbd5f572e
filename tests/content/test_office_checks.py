"""The office of a bundle is judged with it: everybody it names is there, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.content.content_building import (
    SHARED,
    faults,
)


@pytest.mark.parametrize(
    ("part", "change", "pointer", "says"),
    [
        ("positions", {"role": "x"}, "positions/0/role", "没有角色“x”"),
        ("positions", {"role": {}}, "positions/0/role", "须填写文字"),
        ("positions", {"person": "x"}, "positions/0/person", "没有登录名为“x”的人员"),
        ("positions", {"organisation": "x"}, "positions/0/organisation", "没有单位“x”"),
        ("people", {"name": None}, "people/0/name", "须填写文字"),
        (
            "people",
            {"positions": [{"organisation": "x", "role": "clerk"}]},
            "people/0/positions/0/organisation",
            "没有单位“x”",
        ),
        ("organisations", {"party": "x"}, "organisations/0/party", "没有角色属于“x”"),
        ("organisations", {"name": ""}, "organisations/0/name", "须填写文字"),
    ],
)
def test_the_office_must_name_only_whom_it_brings(
    part: str, change: Mapping[str, Any], pointer: str, says: str
) -> None:
    office = {**SHARED["office"], part: [{**SHARED["office"][part][0], **change}]}
    (found,) = faults(files={"bpmn/_shared/office.json": office})
    assert found.startswith(f"bpmn/_shared/office.json#/{pointer} ")
    assert says in found


@pytest.mark.parametrize(("part", "key"), [("people", "login"), ("organisations", "key")])
def test_nobody_is_in_an_office_twice(part: str, key: str) -> None:
    office = {**SHARED["office"], part: SHARED["office"][part] * 2}
    (found,) = faults(files={"bpmn/_shared/office.json": office})
    assert found.startswith(f"bpmn/_shared/office.json#/{part}/1/{key} ")
