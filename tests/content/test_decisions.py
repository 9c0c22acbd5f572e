"""DMN decision tables: what is read, what is refused, what each hit policy answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from workflow_server import feel
from workflow_server.content import decisions
from workflow_server.content.refusals import ContentRefused

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = decisions.NAMESPACE


def table(*rules, inputs=("amount",), outputs=("level",), policy="", inside="", around=""):
    """A DMN file of one table; each rule is (tests, values)."""
    columns = "".join(
        f'<input id="i{n}"><inputExpression><text>{text}</text></inputExpression></input>'
        for n, text in enumerate(inputs)
    )
    columns += "".join(f'<output id="o{n}" name="{name}"/>' for n, name in enumerate(outputs))
    for number, (tests, values) in enumerate(rules, 1):
        cells = "".join(f"<inputEntry><text>{_escaped(t)}</text></inputEntry>" for t in tests)
        cells += "".join(f"<outputEntry><text>{_escaped(v)}</text></outputEntry>" for v in values)
        columns += f'<rule id="r{number}">{cells}</rule>'
    return (
        f'<definitions xmlns="{NAMESPACE}" id="d" name="d" namespace="urn:x">{around}'
        f'<decision id="rate" name="Rate">{inside}'
        f'<decisionTable id="t" {policy}>{columns}</decisionTable></decision></definitions>'
    ).encode()


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def decide(data, /, **context):
    return decisions.decide(decisions.parse(data)["rate"], context, NOW)


def refused(data):
    """The faults of a file that is refused, as {pointer: sentence}."""
    with pytest.raises(decisions.DecisionRefused) as caught:
        decisions.parse(data)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


BANDS = [((">= 100",), ('"high"',)), (("< 100",), ('"low"',))]
OVERLAP = [((">= 10",), ('"a"',)), ((">= 20",), ('"b"',)), (("-",), ('"c"',))]
#: Rows whose overlap can't be told from literals: it is found when it happens.
HIDDEN = [((">= 10",), ('"a"',)), (("? > limit",), ('"b"',)), (("null",), ('"c"',))]


def policy(name, aggregation=""):
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return f'hitPolicy="{name}"{more}'


def test_unique_answers_the_one_row():
    assert decide(table(*BANDS), amount=150) == "high"
    assert decide(table(*BANDS), amount=50) == "low"


def test_no_row_is_none():
    assert decide(table(*BANDS[:1]), amount=50) is None
    assert decide(table(*BANDS)) is None


def test_unique_with_two_rows_is_an_error_that_names_them():
    with pytest.raises(decisions.DecisionAmbiguous, match="2 match: rules 1, 2") as caught:
        decide(table(*HIDDEN), amount=15, limit=3)
    assert "第 1 行（文件第 1 行）、第 2 行（文件第 1 行）同时符合" in caught.value.message
    assert "输入：amount = 15" in caught.value.message
    assert [fault.pointer for fault in caught.value.faults] == [":1 r1", ":1 r2"]
    assert decide(table(*HIDDEN), amount=15, limit=30) == "a"


def test_first_answers_the_first_row():
    assert decide(table(*OVERLAP, policy=policy("FIRST")), amount=25) == "a"


def test_any_answers_rows_that_agree_and_refuses_those_that_do_not():
    agreeing = [((">= 10",), ('"a"',)), ((">= 20",), ('"a"',))]
    assert decide(table(*agreeing, policy=policy("ANY")), amount=25) == "a"
    with pytest.raises(decisions.DecisionAmbiguous, match="disagree: rules 1, 2, 3") as caught:
        decide(table(*OVERLAP, policy=policy("ANY")), amount=25)
    assert '结果却不同（["a", "b", "c"]）；输入：amount = 25' in caught.value.message


@pytest.mark.parametrize("name", ["COLLECT", "RULE ORDER"])
def test_collect_and_rule_order_answer_every_row_in_order(name):
    data = table(*OVERLAP, policy=policy(name))
    assert decide(data, amount=25) == ["a", "b", "c"]
    assert decide(table(*BANDS, policy=policy(name))) == []


@pytest.mark.parametrize(
    ("aggregation", "expected", "none"),
    [("SUM", 60, None), ("MIN", 10, None), ("MAX", 30, None), ("COUNT", 3, 0)],
)
def test_collect_aggregates(aggregation, expected, none):
    rules = [((">= 10",), (text,)) for text in ("10", "20", "30")]
    data = table(*rules, policy=policy("COLLECT", aggregation))
    assert decide(data, amount=15) == expected
    assert decide(data, amount=1) == none


def test_only_numbers_are_aggregated():
    data = table((("-",), ('"x"',)), policy=policy("COLLECT", "SUM"))
    with pytest.raises(decisions.DecisionFailed, match="numbers"):
        decide(data, amount=1)


def test_several_inputs_and_outputs_with_dates_and_expressions():
    data = table(
        (('"a","b"', '[date("2026-01-01")..date("2026-06-30")]'), ("days * 2", '"early"')),
        (('not("a")', '> date("2026-06-30")'), ("days", "null")),
        inputs=("kind", "date(day)"), outputs=("amount", "note"),
    )  # fmt: skip
    assert decide(data, kind="b", day="2026-06-30", days=3) == {"amount": 6, "note": "early"}
    assert decide(data, kind="c", day="2026-07-01", days=3) == {"amount": 3, "note": None}
    assert decide(data, kind="a", day="2026-07-01", days=3) is None


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("> 5", 6, True),
        ("> 5", 5, False),
        ('"a","b"', "b", True),
        ("not(1)", 1, False),
        ("-", None, True),
        ("[1..3]", 3, True),
        ('>= date("2026-01-01")', None, False),
        ('not(">")', ">", False),
        ("not(> 5)", None, False),
        ('not("a")', None, True),
        ('not("a")', 5, False),
        ('not("a")', "b", True),
        ("1, 2, [5..7)", 5, True),
        ("1, 2, [5..7)", 7, False),
        ("]5..7[", 5, False),
        ("(5..7]", 7, True),
        ("? > 3 and ? < 6", 5, True),
        ("x = 7", 7, True),
        ("count(?) > 1", [1, 2], True),
        ("list contains(?, 2)", [1, 2], True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("null", None, True),
        ("null", 1, False),
        ("> 5", "6", False),
        ("5", "5", False),
        ('["a", "b"]', "b", True),
        ('< "b"', "a", True),
        ("-1.5", -1.5, True),
        ("(> 3)", 4, True),
        ("not(1, [3..5])", 4, False),
        ("not(1, [3..5])", 2, True),
    ],
)
def test_a_cell_of_a_table_says_whether_a_value_passes(cell, value, passes):
    assert decide(table(((cell,), ("1",)), inputs=("x",)), x=value) == (1 if passes else None)


def test_today_is_known_to_a_table():
    data = table((("< today()",), ('"past"',)), inputs=("date(day)",))
    assert decide(data, day="2026-11-21") == "past"
    assert decide(data, day="2026-11-22") is None


def test_an_output_may_have_a_default():
    data = table(*BANDS[:1]).replace(
        b'<output id="o0" name="level"/>',
        b'<output id="o0" name="level"><defaultOutputEntry><text>"none"</text>'
        b"</defaultOutputEntry></output>",
    )
    assert decide(data, amount=5) == "none"


def test_a_single_output_needs_no_name():
    data = table(*BANDS).replace(b' name="level"', b"")
    assert decide(data, amount=5) == "low"


def test_a_decision_is_one_crossing(monkeypatch):
    from workflow_server.feel import machine

    decision = decisions.parse(table(*OVERLAP, policy=policy("FIRST")))["rate"]
    decisions.decide(decision, {"amount": 1}, NOW)
    asked = []
    ask = machine.ask
    monkeypatch.setattr(machine, "ask", lambda *a: asked.append(1) or ask(*a))
    decisions.decide(decision, {"amount": 25}, NOW)
    assert asked == [1]


def test_other_hit_policies_are_refused():
    assert "不支持命中策略" in refused(table(*BANDS, policy=policy("unique")))[":1 t"]


@pytest.mark.parametrize(
    ("data", "pointer", "sentence"),
    [
        (table(*BANDS, policy=policy("FIRST", "SUM")), ":1 t", "不能汇总"),
        (table((("-",), ("1", "2")), outputs=("a", "b"), policy=policy("COLLECT", "SUM")),
         ":1 t", "只能有一个输出"),
        (table(((">",), ("1",))), ":1 inputEntry", "FEEL 语法错误"),
        (table((("-",), ("1 +",))), ":1 outputEntry", "FEEL 语法错误"),
        (table(inputs=("a +",)), ":1 i0", "FEEL 语法错误"),
        (table(inputs=("",)), ":1 i0", "缺少表达式"),
        (table(outputs=("",) * 2), ":1 o0", "缺少名称"),
        (table(outputs=("a", "a")), ":1 o1", "写了两次"),
        (table(outputs=()), ":1 t", "没有输出列"),
        (table((("-", "-"), ("1",))), ":1 r1", "单元格数与列数不符"),
        (table(*BANDS).replace(b'<rule id="r2">', b'').replace(b"</rule>", b"", 1).replace(
            b'<rule id="r1">', b'<rule id="r1"><rule id="r2">').replace(
            b"</decisionTable>", b"</rule></decisionTable>"), ":1 r2", "放错了位置"),
        (table(*BANDS).replace(b"</decisionTable>", b"<inputEntry id='x'/></decisionTable>"),
         ":1 x", "放错了位置"),
        (table(inside="<informationRequirement><requiredDecision href='#x'/>"
                      "</informationRequirement>"), ":1 requiredDecision", "不在文件里"),
        (table(around="<decisionService id='b'/>"), ":1 b", "不支持 decisionService"),
        (table((("-",), ("x" * 2_001,))), ":1 outputEntry", "超过 2000 个字符"),
        (table(*[(("-",), ("1",))] * 5_001), ":1 t", "超过 5000 行"),
        (table().replace(b"<decisionTable", b"<literalExpression").replace(
            b"</decisionTable", b"</literalExpression"), ":1 t", "缺少表达式"),
        (table(*BANDS).replace(b"<text>amount", b"<text>amount").replace(
            b"<inputExpression>", b"<inputExpression expressionLanguage='juel'>"),
         ":1 i0", None),
        (table().replace(b"20191111", b"20180521"), ":1 d", "不是 DMN 1.3"),
        (f'<definitions xmlns="{NAMESPACE}" id="d"/>'.encode(), ":1 d", "没有决策"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_at_its_place(data, pointer, sentence):
    found = refused(data)
    if sentence is None:
        assert any("只能是 FEEL" in detail for detail in found.values())
    else:
        assert sentence in found[pointer]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b"<definitions/>",
        b" " * 5_000_000,
    ],
)
def test_what_is_no_harmless_xml_is_refused(data):
    with pytest.raises(ContentRefused) as caught:
        decisions.parse(data)
    assert caught.value.faults


def test_a_cell_cannot_take_for_ever():
    data = table((("-",), ("count(for i in 1..1000000000 return i)",)))
    with pytest.raises(feel.FeelError, match="too"):
        decide(data, amount=1)
    assert decide(table(*BANDS), amount=5) == "low"


def test_the_deadline_rules_of_the_shipped_content_can_be_decided():
    rules = decisions.parse((ROOT / "bpmn/_shared/deadlines.dmn").read_bytes())
    decision = next(iter(rules.values()))
    day = {"rule": "R-REPLY-2M", "region": None, "day": "2026-03-01"}
    found = decisions.decide(decision, day, NOW)
    assert isinstance(found, dict)
    assert (found["amount"], found["unit"]) == (2, "month")
    assert decisions.decide(decision, day | {"rule": "R-NONE"}, NOW) is None
