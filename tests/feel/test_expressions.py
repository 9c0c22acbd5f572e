"""What evaluation answers, and what it refuses."""

from datetime import UTC, datetime

import pytest

from workflow_server import feel

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def test_expressions_are_answered_in_order():
    assert feel.evaluate_all(["a + 1", '"停" + b', "a > 1"], {"a": 1, "b": "车场"}) == [
        2,
        "停车场",
        False,
    ]


def test_no_expressions_make_no_crossing():
    assert feel.evaluate_all([], {}) == []


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("missing", None),
        ("missing.deeper.still", None),
        ("missing > 3", None),
        ("missing = null", True),
        ("missing + 1", None),
        ('if missing then "a" else "b"', "b"),
        ("count(missing)", None),
        ("not(missing)", None),
        ("missing and false", False),
    ],
)
def test_a_missing_variable_is_null(expression, value):
    assert feel.evaluate(expression, {}) == value


def test_a_syntax_error_names_expression_and_position():
    with pytest.raises(feel.FeelError, match=r"'1 \+ \)' has a syntax error at character 5"):
        feel.evaluate_all(["1", "1 + )"], {})


def test_check_answers_none_or_the_message():
    assert feel.check('a > 1 and b = "中"') is None
    assert "第 2 个字符" in (feel.check("1+") or "") or "character" in (feel.check("1+") or "")
    assert feel.check('"a","b"', unary=True) is None
    assert feel.check("> ", unary=True) is not None


@pytest.mark.parametrize(
    ("expression", "character", "hint"),
    [
        ('decision == "agree"', 10, "比较相等用一个 ="),
        ("a === b", 3, "比较相等用一个 ="),
        ("decision = = 1", 10, "比较相等用一个 ="),
        ("if a == 1 then 2 else 3", 6, "比较相等用一个 ="),
        ("[1, 2][item == 1]", 13, "比较相等用一个 ="),
        ("a <> b", 3, "不等用 !="),
        ("a !== b", 3, "不等用 !="),
        ("a => 1", 3, "大于等于用 >="),
        ("a =< 1", 3, "小于等于用 <="),
        ("a > > 1", 3, "两个比较符不能连用"),
        ("= 1", 1, "= 的左边没有值"),
        ("not decision = 1", 1, "not(...)"),
        ("a = 1 and not b", 11, "not(...)"),
    ],
)
def test_what_other_languages_write_is_a_syntax_error_with_a_hint(expression, character, hint):
    message = feel.check(expression) or ""
    assert f"第 {character} 个字符" in message
    assert message.endswith(hint)
    with pytest.raises(feel.FeelError, match="syntax error"):
        feel.evaluate(expression, {"a": 1, "b": 1, "decision": "agree"})


@pytest.mark.parametrize("cell", ["== 1", "<> 1", "> = 1", "? == 1"])
def test_a_cell_with_two_operators_is_a_syntax_error(cell):
    assert "语法错误" in (feel.check(cell, unary=True) or "")


@pytest.mark.parametrize(
    "expression",
    [
        "a = b",
        "a != -1",
        "a >= 1 and a <= 2",
        "not(a = 1)",
        "not (a)",
        "a = not(b)",
        "a in > 1",
        "a in (< 1, >= 5)",
        "a = (> 1)",
        '"a == b"',
        "a // is a == b\n = 1",
        "notice = 1",
        "{not: 1}.not",
    ],
)
def test_what_looks_like_it_is_no_syntax_error(expression):
    assert feel.check(expression) is None


def test_chinese_names_and_texts_work():
    context = {"送达日期": "2026-11-02", "单位": {"名称": "建华停车场"}}
    assert feel.evaluate('单位.名称 + "：" + 送达日期', context) == "建华停车场：2026-11-02"


def test_names_with_spaces_and_hyphens_are_read_when_the_context_has_them():
    assert feel.evaluate("first name + x", {"first name": "a", "x": "b"}) == "ab"
    assert feel.evaluate("docs.lead-letter.id", {"docs": {"lead-letter": {"id": 7}}}) == 7
    assert feel.evaluate("lead-letter", {"lead": 9, "letter": 4}) == 5


def test_one_text_is_read_anew_when_other_names_are_known():
    assert feel.evaluate("a-b", {"a": 3, "b": 1}) == 2
    assert feel.evaluate("a-b", {"a-b": "joined"}) == "joined"
    assert feel.evaluate("a-b", {"a": 3, "b": 1}) == 2


def test_a_variable_does_not_hide_a_function():
    assert feel.evaluate("string(today())", {"today": "x"}, now=NOW) == "2026-11-22"


def test_today_without_a_known_now_is_refused():
    with pytest.raises(feel.FeelError, match="not known"):
        feel.evaluate("today()", {})


def test_explain_tells_why_a_value_is_null():
    value, notices = feel.explain("servedAt > 3", {"served_at": 4})
    assert value is None
    assert [n.kind for n in notices] == ["NO_VARIABLE_FOUND"]
    assert "servedAt" in notices[0].message


def test_a_function_is_no_result():
    with pytest.raises(feel.FeelError, match="function"):
        feel.evaluate("function(x) x", {})


def test_values_that_json_cannot_carry_are_refused():
    with pytest.raises(feel.FeelError):
        feel.evaluate("a", {"a": object()})
    with pytest.raises(feel.FeelError):
        feel.evaluate("a", {"a": 2**80})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][> 1]", [2, 3]),
        ("[1, 2, 3][2]", 2),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][9]", None),
        ("m[done]", [{"n": 1, "done": True}]),
        ("m[item.done].n", [1]),
        ("m[not(item.done)].n", [2]),
        ("m[not(done)].n", [2]),
        ("m[done = false].n", [2]),
        ("m[which].n", 2),
        ("m[flag].n", [1, 2]),
        ("m[not(flag)]", []),
        ("[true, false][item = false]", [False]),
        ("[1, null][item = null]", [None]),
        ('["a", "b"][contains(item, "b")]', ["b"]),
        ("missing[item > 1]", None),
        ("if 1 then 2 else 3", 3),
        ('some x in [1] satisfies "a"', False),
        ("every x in [] satisfies x > 1", True),
        ("every x in m satisfies x.n > 0", True),
    ],
)
def test_filters_and_conditions_hold_where_they_are_true(expression, value):
    context = {
        "m": [{"n": 1, "done": True}, {"n": 2, "done": False}],
        "which": 2,
        "flag": True,
    }
    assert feel.evaluate(expression, context) == value


_SIMPLE = [
    "a", "this.decision", "date_of", "ifs = 1", 'a.b != "如, if"', "x < 3 and y >= 4 or z",
    "a + b = c", "true and null", "a = true", "in_time", "d.day", "a.date", "for", "a and and b",
    "time = 3", "x.or = 1", "not", "a = = b", "1a", "a..b", "a.", '"open', "a  = 1",
]  # fmt: skip


@pytest.mark.parametrize("expression", _SIMPLE)
def test_what_is_known_as_right_without_the_machine_is_right_for_it(expression: str):
    known = feel.check(expression)
    # Names that are no plain word send it to the machine.
    assert (known is None) == (feel.check(expression, names='{"甲 乙":1}') is None)
