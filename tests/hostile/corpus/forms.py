"""Forms that are no forms, that ask for ever, or whose parts depend on themselves."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.corpus.case import FORM, Case, laid

TEXT: dict[str, Any] = {"type": "textfield", "key": "t", "label": "x"}


def form(*components: Any, **more: Any) -> dict[str, bytes]:
    """Write a form of these components."""
    given = [
        {"id": f"f{index}", **each} if isinstance(each, dict) else each
        for index, each in enumerate(components)
    ]
    whole = {"type": "default", "id": "F", "schemaVersion": 18, "components": given, **more}
    return {FORM: json.dumps(whole).encode()}


def raw(text: str | bytes) -> dict[str, bytes]:
    """Give the text of a form."""
    return {FORM: text if isinstance(text, bytes) else text.encode()}


def nested(kind: str, depth: int) -> dict[str, Any]:
    """Nest a container in itself."""
    part: dict[str, Any] = {**TEXT, "id": "leaf"}
    for level in range(depth):
        part = {
            "type": kind,
            "id": f"g{level}",
            "path": f"p{level}",
            "label": "x",
            "components": [part],
        }
    return part


def computed(key: str, text: str) -> dict[str, Any]:
    """Compute a field."""
    return {"type": "expression", "key": key, "expression": text, "computeOn": "change"}


JSON = {
    "nothing": ("", "JSON"),
    "half a form": ('{"type": "default", "components": [', "JSON"),
    "a list": ("[]", "对象"),
    "a number": ("1", "对象"),
    "XML": ("<form/>", "JSON"),
    "JavaScript": ("{type: 'default'}", "JSON"),
    "a comment": ('{"type": "default" /* x */}', "JSON"),
    "a comma too many": ('{"type": "default",}', "JSON"),
    "NaN": ('{"type": NaN}', "NaN"),
    "a number beyond all": ('{"type": 1e999}', "保存|JSON"),
    "a number of ten thousand digits": ('{"type": ' + "9" * 10_000 + "}", "JSON|位数"),
    "lists by the ten thousand": ("[" * 50_000 + "]" * 50_000, "嵌套"),
    "objects by the ten thousand": ('{"a":' * 50_000 + "1" + "}" * 50_000, "嵌套"),
    "a name twice": ('{"type": "default", "type": "x"}', "两次"),
    "half a character": ('{"type": "\\ud800"}', "保存"),
    "NUL": ('{"type": "\\u0000"}', "保存"),
    "a form of more than a megabyte": (" " * 1_100_000, "MB"),
}
FILES = [
    laid(f"a form that is {name}", raw(text), FORM, word) for name, (text, word) in JSON.items()
]
FILES += [
    laid("a form in UTF-16", raw('{"type": "default"}'.encode("utf-16")), FORM, "UTF-8"),
    laid("a form in GBK", raw('{"type": "表单"}'.encode("gbk")), FORM, "UTF-8"),
    laid("a form with a byte order mark", raw(b"\xef\xbb\xbf{}"), FORM, "JSON|看不见"),
]
BACKTRACKING = [
    "^(a+)+$",
    "(a|a)*b",
    r"(\w+\s?)+x",
    "(?=x)",
    "a{1,60000}{1,60000}",
    "(" * 400,
    "(a*)*",
    "(?:a?){60}a{60}",
    "(.*)(.*)(.*)(.*)(.*)x",
    "[",
    "a" * 501,
    r"(a)\1",
]
FIELDS = [
    laid(f"a field {name}", form({**TEXT, **changed}), FORM, word)
    for name, changed, word in (
        ("of a kind that there is not", {"type": "password"}, "组件"),
        ("of no kind", {"type": None}, "组件"),
        ("that is a program", {"type": "script"}, "组件"),
        ("without a key", {"key": ""}, "key"),
        ("with a key of JavaScript", {"key": "__proto__"}, "__proto__|key"),
        ("with a constructor", {"key": "constructor"}, "constructor|key"),
        ("with a key of FEEL", {"key": "for"}, "for|key"),
        ("with a key of the server", {"key": "answers"}, "answers|key"),
        ("with a key of a path", {"key": "a..b"}, "key|标识|名"),
        ("with a key of a thousand letters", {"key": "a" * 1_000}, "key|标识|名"),
        ("with a key of a hundred steps", {"key": ".".join("a" * 100)}, "key|层|名"),
        ("with an unknown attribute", {"onclick": "alert(1)"}, "不认识"),
        ("with a label that is a list", {"label": ["x"]}, "文字"),
        (
            "with a minimum above the maximum",
            {"validate": {"minLength": 9, "maxLength": 1}},
            "minLength|大于|小于",
        ),
        ("with a length that is negative", {"validate": {"minLength": -1}}, "minLength|负|整数"),
        ("hidden by half an expression", {"conditional": {"hide": "=1 +"}}, "FEEL|语法"),
        ("hidden by Python", {"conditional": {"hide": "=__import__('os')"}}, "FEEL|语法"),
        (
            "hidden by thousands of brackets",
            {"conditional": {"hide": "=" + "(" * 4_000 + ")" * 4_000}},
            "FEEL|语法|deep|深",
        ),
    )
]
FIELDS += [
    laid(
        f"a field with the pattern {pattern[:20]}",
        form({**TEXT, "validate": {"pattern": pattern}}),
        FORM,
        "正则",
    )
    for pattern in BACKTRACKING
]
PARTS = [
    laid("a form of no kind", form(TEXT, type="x"), FORM, "default"),
    laid("a form of a later time", form(TEXT, schemaVersion=99), FORM, "schemaVersion"),
    laid(
        "a form whose version is a list", form(TEXT, schemaVersion=[]), FORM, "schemaVersion|整数"
    ),
    laid("a form whose parts are no list", form(components={"a": 1}), FORM, "列表"),
    laid("a form with a part that is a text", form("x"), FORM, "对象"),
    laid("two fields of one key", form(TEXT, TEXT), FORM, "t|重复|两次"),
    laid(
        "two fields of one id",
        form({**TEXT, "id": "f"}, {**TEXT, "key": "u", "id": "f"}),
        FORM,
        "id",
    ),
    laid("a field within another", form(TEXT, {**TEXT, "key": "t.u"}), FORM, "t"),
    laid("groups by the hundred", form(nested("group", 100)), FORM, "嵌套"),
    laid("lists in lists by the hundred", form(nested("dynamiclist", 100)), FORM, "嵌套"),
    laid(
        "a list without fields",
        form({"type": "dynamiclist", "path": "r", "components": []}),
        FORM,
        "没有字段",
    ),
    laid(
        "a list of a billion rows",
        form(
            {
                "type": "dynamiclist",
                "path": "r",
                "components": [{**TEXT, "id": "q"}],
                "properties": {"maxRows": "1000000000"},
            }
        ),
        FORM,
        "maxRows",
    ),
    laid(
        "ten thousand fields", form(*({**TEXT, "key": f"t{n}"} for n in range(8_000))), FORM, "超过"
    ),
    laid(
        "a choice of nothing",
        form({"type": "select", "key": "s", "label": "x"}),
        FORM,
        "选项|values",
    ),
    laid(
        "a choice without end",
        form({"type": "select", "key": "s", "label": "x", "valuesExpression": "=1 +"}),
        FORM,
        "FEEL|语法",
    ),
    laid("a field computed of nothing", form(computed("a", "")), FORM, "expression|FEEL"),
    laid("a field computed of itself", form(computed("a", "=a + 1")), FORM, "循环|自己"),
    laid(
        "two fields computed of each other",
        form(computed("a", "=b + 1"), computed("b", "=a + 1")),
        FORM,
        "循环|自己",
    ),
    laid(
        "three fields computed in a circle",
        form(computed("a", "=b + 1"), computed("b", "=c + 1"), computed("c", "=a + 1")),
        FORM,
        "循环|自己",
    ),
    laid(
        "five hundred fields without an end",
        form(*(computed(f"a{n}", f"=1 + {n} +") for n in range(500))),
        FORM,
        "FEEL|语法",
    ),
    laid(
        "a picker of a vocabulary that there is not",
        form(
            {
                "type": "select",
                "key": "s",
                "label": "x",
                "properties": {"source": "vocabulary", "vocabulary": "ghost"},
            }
        ),
        FORM,
        "vocabulary|source|词表",
    ),
]

CASES: list[Case] = [*FILES, *FIELDS, *PARTS]
