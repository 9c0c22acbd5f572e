"""What a form begins with is FEEL over the case, on fields and on lists of rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workflow_server.content import forms
from workflow_server.content.forms import FormRefused


def form(*components: dict[str, Any]) -> forms.Form:
    source = {"type": "default", "schemaVersion": 18, "components": list(components)}
    return forms.parse("a/one", json.dumps(source).encode())


def field(key: str, initial: Any = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "textfield", "id": f"F_{key}", "key": key, "label": key, **more}
    if initial is not None:
        made["properties"] = {"initial": initial}
    return made


def test_fields_groups_and_lists_begin_with_what_they_say() -> None:
    rows = {
        "type": "dynamiclist",
        "id": "L",
        "path": "rows",
        "label": "行",
        "components": [field("text")],
        "properties": {"initial": "=for each in items return {text: each}"},
    }
    group = {"type": "group", "id": "G", "path": "person", "components": [field("name", "=who")]}
    found = {".".join(each.path): each.expression for each in form(group, rows).initials}
    assert found == {"person.name": "who", "rows": "for each in items return {text: each}"}


@pytest.mark.parametrize(
    ("component", "says"),
    [
        (field("a", "今天"), "以 = 开头"),
        (field("a", "=("), "FEEL 语法错误"),
        ({"type": "text", "id": "T", "text": "x", "properties": {"initial": "=1"}}, "只有填写的"),
        (
            {
                "type": "dynamiclist",
                "id": "L",
                "path": "rows",
                "label": "行",
                "components": [field("text", "=1")],
            },
            "请写在重复列表上",
        ),
    ],
)
def test_what_it_cannot_begin_with_is_refused_with_its_place(
    component: dict[str, Any], says: str
) -> None:
    with pytest.raises(FormRefused) as refused:
        form(component)
    (fault,) = refused.value.faults
    assert says in fault.detail
    assert fault.pointer.endswith("/properties/initial")
