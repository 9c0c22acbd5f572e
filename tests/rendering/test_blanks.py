"""A paper that is only looked at leaves blank what nobody knows yet, in every shipped kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workflow_server.rendering import templates
from workflow_server.rendering.blanks import BLANK, blanked
from workflow_server.rendering.sources import RenderFailed, TemplateSource

DOCUMENTS = Path(__file__).parents[2] / "documents"
#: What no paper may say of itself while nobody has decided.
DECISIONS = ("不予采纳", "未采纳", "不予转送", "确有不当，指令", "作出说明。")
KINDS = sorted(each.parent.name for each in DOCUMENTS.glob("*/document.json"))


def source(kind: str) -> TemplateSource:
    base = {f"base/{each.name}": each.read_bytes() for each in (DOCUMENTS / "base").iterdir()}
    own = {each.name: each.read_bytes() for each in (DOCUMENTS / kind).iterdir()}
    return TemplateSource(kind, {**own, **base})


def template(text: str) -> TemplateSource:
    return TemplateSource("one", {"template.html": text.encode()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_which_nothing_is_known_yet_can_be_looked_at(kind: str) -> None:
    names = json.loads((DOCUMENTS / kind / "document.json").read_text())["data"]
    data: dict[str, Any] = dict.fromkeys(names)
    common = {"organisation": {"name": "某区人民检察院"}, "title": kind, "number": None}
    html = templates.fill(
        source(kind), {**common, "issued_on": None, "seal": False, **data, "preview": True}
    )
    assert "None" not in html
    assert "预览" in html
    assert not [words for words in DECISIONS if words in html], "nothing is decided yet"


def test_what_is_blank_prints_nothing_and_is_neither_more_nor_less() -> None:
    text = "[{{ d.a }}{{ d.a.b }}{{ d.a | chinese_number }}{% for x in d.a %}x{% endfor %}]"
    assert templates.fill(template(text), {"a": None, "preview": True}) == "[]"
    day = "{{ d.a | chinese_date }}前"
    assert templates.fill(template(day), {"a": None, "preview": True}) == "　　年　月　日前"
    assert templates.fill(template("{{ d.a > 0 }}{{ 0 < d.a }}"), {"a": None, "preview": True}) == (
        "FalseFalse"
    )
    assert blanked({"a": [None, {"b": None}], "c": 0}) == {"a": [BLANK, {"b": BLANK}], "c": 0}


def test_a_paper_that_is_issued_still_fails_where_a_value_is_lacking() -> None:
    with pytest.raises(RenderFailed):
        templates.fill(template("{{ d.a > 0 }}"), {"a": None})
