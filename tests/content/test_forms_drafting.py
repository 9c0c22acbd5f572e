"""Answers that are being typed: shown as far as they go, and never refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from workflow_server.content import forms

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
COMPONENTS: list[dict[str, Any]] = [
    {"type": "textarea", "id": "a", "key": "note", "label": "说明", "validate": {"minLength": 10}},
    {"type": "number", "id": "b", "key": "amount", "label": "数量"},
    {
        "type": "textfield",
        "id": "c",
        "key": "why",
        "label": "理由",
        "conditional": {"hide": "=amount = null"},
    },
    {"type": "expression", "id": "d", "key": "twice", "expression": "=amount * 2"},
    {
        "type": "select",
        "id": "e",
        "key": "who",
        "label": "人员",
        "properties": {"source": "people"},
    },
    {
        "type": "dynamiclist",
        "id": "f",
        "path": "rows",
        "label": "事项",
        "components": [
            {
                "type": "textfield",
                "id": "g",
                "key": "text",
                "label": "内容",
                "validate": {"minLength": 5},
            }
        ],
    },
]


def drafted(answers: Any, picks: tuple[str, ...] = (), **access: str) -> dict[str, Any]:
    source = {"type": "default", "schemaVersion": 18, "components": COMPONENTS}
    form = forms.parse("a/one", json.dumps(source).encode())
    return forms.drafted(
        form, answers, {}, now=NOW, sources=lambda _s, value, _p: value in picks, access=access
    )


def test_a_text_is_shown_while_it_is_still_too_short() -> None:
    assert drafted({"note": "刚开始"})["note"] == "刚开始"
    assert drafted({"rows": [{"text": "一"}, {"text": "长度已经足够"}]})["rows"] == [
        {"text": "一"},
        {"text": "长度已经足够"},
    ]


def test_what_is_computed_and_hidden_is_so_as_on_completion() -> None:
    found = drafted({"amount": 3, "why": "有", "twice": 99})
    assert (found["twice"], found["why"]) == (6, "有")
    assert "why" not in drafted({"why": "没有数量"})
    assert "note" not in drafted({"note": "只读"}, note="read")


def test_what_cannot_be_is_left_out_and_nothing_is_refused() -> None:
    for answers in ({"amount": "三"}, {"rows": 7}, {"other": 1}, {"note": "a\x00b"}, [], None):
        assert drafted(answers).get("amount") is None
        assert "other" not in drafted(answers)
        assert "\x00" not in str(drafted(answers))
