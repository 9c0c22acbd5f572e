"""What is refused in a form's JSON, each with its pointer."""

import json

import pytest

from tests.content.form_building import form, rows, source, text
from workflow_server.content import forms


def refused(data):
    """The faults of a form that is refused, as {pointer: sentence}."""
    with pytest.raises(forms.FormRefused) as caught:
        forms.parse("test/form", data)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("component", "pointer", "sentence"),
    [
        ({"type": "iframe"}, "/type", "不支持的组件“iframe”"),
        ({"type": None}, "/type", "不支持的组件“None”"),
        ({"type": ["text"]}, "/type", "不支持的组件"),
        (text(colour="red"), "/colour", "不认识的属性“colour”"),
        (text(label=7), "/label", "label 应为文字"),
        (text(validate=[]), "/validate", "应为对象"),
        (text(validate={"requird": True}), "/validate/requird", "不认识的属性"),
        (text(validate={"required": "yes"}), "/validate/required", "true、false 或 FEEL"),
        (text(validate={"min": 3}), "/validate/min", "没有意义"),
        (text(validate={"maxLength": "x"}), "/validate/maxLength", "数字或 FEEL"),
        (text(validate={"pattern": "("}), "/validate/pattern", "正则表达式有误"),
        (text(validate={"pattern": "(a+)+$"}), "/validate/pattern", "耗时过长"),
        (text(validate={"validationType": "fax"}), "/validate/validationType", "email、phone"),
        (text(conditional={"hide": "=a >"}), "/conditional/hide", "FEEL 语法错误"),
        (text(conditional={"hide": "a > 1"}), "/conditional/hide", "以 = 开头"),
        (text(conditional={"hide": 5}), "/conditional/hide", "以 = 开头"),
        (text(conditional={"show": "=a"}), "/conditional/show", "不认识的属性"),
        (text(readonly="=("), "/readonly", "FEEL 语法错误"),
        (text(properties={"colour": "x"}), "/properties/colour", "不认识的属性"),
        (text(properties={"source": "../people"}), "/properties/source", "不认识的来源"),
        (text(properties={"source": ["people"]}), "/properties/source", "应为文字"),
        (text(properties={"source.role": "x"}), "/properties", "没有 source"),
        (text(key="today"), "/key", "保留的名字"),
        (text(key="if"), "/key", "保留的名字"),
        (text(key="a b"), "/key", "只能由字母"),
        (text(key="a-b"), "/key", "只能由字母"),
        (text(key="1a"), "/key", "只能由字母"),
        (text(key="a..b"), "/key", "只能由字母"),
        (text(key="_schema"), "/key", "保留的名字"),
        (text(key=""), "/key", "缺少 key"),
        ({"type": "datetime", "key": "d", "subtype": "week"}, "/subtype", "date、time"),
        ({"type": "select", "key": "s"}, "/values", "选项应出自"),
        ({"type": "select", "key": "s", "values": [{"label": "a"}]}, "/values/0", "label 和 value"),
        ({"type": "select", "key": "s", "values": ["a", "a"]}, "/values/1", "写了两次"),
        ({"type": "select", "key": "s", "valuesExpression": "a"}, "/valuesExpression", "以 = 开头"),
        ({"type": "expression", "key": "e"}, "", "缺少 expression"),
        ({"type": "expression", "key": "e", "expression": "=1+"}, "/expression", "FEEL 语法错误"),
        (rows(path="r"), "", "没有字段"),
        (rows(text(), path="r", properties={"maxRows": "x"}), "/properties/maxRows", "整数"),
        (rows(text(), properties={"minRows": "3", "maxRows": "2"}), "/properties/minRows", "大于"),
        ({"type": "number", "key": "n", "properties": {"money": "y"}}, "/properties/money", "分"),
        ("text", "", "组件应为对象"),
    ],
)  # fmt: skip
def test_a_wrong_component_is_refused_at_its_place(component, pointer, sentence):
    found = refused(source(component))
    assert sentence in found["#/components/0" + pointer]


def test_all_faults_are_told_at_once():
    assert len(refused(source(text(key=""), {"type": "x"}, text(label=3)))) == 3


def test_a_key_is_used_once_at_each_level():
    assert "用了两次" in refused(source(text(), text()))["#/components/1"]
    assert form(text(), rows(text())).fields.keys() == {"title", "rows", "rows.title"}
    assert form(text("a.title"), text("b.title"))


def test_a_field_is_no_group():
    group = {"type": "group", "path": "title", "components": [text("x")]}
    assert "不能再是分组" in refused(source(text(), group))["#/components/1"]


def test_groups_with_the_same_path_share_their_object():
    group = {"type": "group", "path": "g", "components": [text("x")]}
    assert form(group, group | {"components": [text("y")]}).fields.keys() == {"g.x", "g.y"}
    assert refused(source(group, group))


def test_an_id_is_used_once():
    assert "#/components/1/id" in refused(source(text("a", id="f"), text("b", id="f")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"type": "default", "type": "default"}',
        b'{"a": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * 1_000_001,
    ],
)
def test_what_is_no_json_object_is_refused(data):
    assert list(refused(data)) == ["#"]


def test_the_root_is_a_form_of_a_known_version():
    assert refused(b'{"components": []}') == {"#/type": "表单的 type 应为 default"}
    assert "#/schemaVersion" in refused(source(schemaVersion=99))
    assert "#/colour" in refused(source(colour="red"))
    assert "#/components" in refused(source(components={"a": 1}))


def test_too_many_components_and_too_deep_groups_are_refused():
    assert refused(source(*[text(f"k{i}") for i in range(501)]))
    deep = text()
    for _ in range(10):
        deep = {"type": "group", "components": [deep]}
    assert refused(source(deep))


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"when": "=true", "field": "title"}, ""),
        ({"when": "=true", "field": "other", "message": "x"}, "/field"),
        ({"when": "true", "field": "title", "message": "x"}, "/when"),
        ({"when": "=1 +", "field": "title", "message": "x"}, "/when"),
        ({"when": "=true", "field": "title", "message": ""}, ""),
        ("x", ""),
    ],
)
def test_a_wrong_rule_is_refused(rule, pointer):
    assert list(refused(source(text(), properties={"rules": [rule]}))) == [
        "#/properties/rules/0" + pointer
    ]


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+", r"(a|a)*", r"(a*)*b", r"([a-z]+)*$", r"(a?){40}a{40}", r"(.*)\1", r"(?=a)b",
     r".*.*.*.*", "a?" * 40, r"(a|b|ab)*c", r"\d{1,200}\d{1,200}\d{1,200}\d{1,200}", "x" * 501],
)  # fmt: skip
def test_patterns_that_may_take_for_ever_are_refused(pattern):
    assert refused(source(text(validate={"pattern": pattern})))


@pytest.mark.parametrize(
    "pattern",
    [r"^\d{17}[\dXx]$", r"^[\u4e00-\u9fa5]{2,20}$", r"^(甲|乙)第\d{1,4}号$", r"^\d+-\d+$",
     r"^(?:\d{4}-){2}\d{4}$"],
)  # fmt: skip
def test_ordinary_patterns_are_taken(pattern):
    assert form(text(validate={"pattern": pattern}))


def test_what_only_shows_holds_no_answer():
    shown = [
        {"type": "text", "text": "# 说明"}, {"type": "html", "content": "<b>x</b>"},
        {"type": "separator"}, {"type": "spacer", "height": 20},
        {"type": "image", "source": "x.png", "alt": "图"},
        {"type": "button", "action": "submit", "label": "提交"},
    ]  # fmt: skip
    assert form(*shown).fields == {}


def test_fields_are_described_for_others():
    people = {
        "type": "select", "key": "who", "label": "承办人", "validate": {"required": "=n > 1"},
        "properties": {"source": "people", "source.role": "clerk", "class": "name"},
    }  # fmt: skip
    radio = {"type": "radio", "key": "r", "values": [{"label": "是", "value": "yes"}]}
    info = form(people, rows(radio)).fields
    assert (info["who"].required, info["who"].source) == ("=n > 1", "people")
    assert info["who"].source_parameters == {"role": "clerk"}
    assert info["who"].personal_class == "name"
    assert [(o.value, o.label) for o in info["rows.r"].options] == [("yes", "是")]
    assert info["rows.r"].repeated
    assert info["rows.r"].label == "rows.r"


def test_the_source_stays_as_it_was_written_for_the_browser():
    data = source(text(), id="f1", title="登记表")
    compiled = forms.parse("a/b", data)
    assert compiled.source == json.loads(data)
    assert (compiled.key, compiled.title) == ("a/b", "登记表")
