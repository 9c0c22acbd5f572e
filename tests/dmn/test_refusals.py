"""What is not run is refused when it is deployed, with file, line, element and reason."""

from __future__ import annotations

import time

import pytest

from tests.dmn.dmn_building import (
    decision,
    given,
    knowledge,
    literal,
    model,
    needs,
    refused,
    table,
)
from workflow_server.content import decisions

PLAIN = decision("d", literal("1"))


def boxed(inside: str) -> bytes:
    return model(decision("d", inside))


def entry(logic: str, name: str = "x") -> str:
    return f'<contextEntry><variable name="{name}"/>{logic}</contextEntry>'


def binding(name: str) -> str:
    return f'<binding><parameter name="{name}"/>{literal("1")}</binding>'


def item(name: str, inside: str) -> str:
    return f'<itemDefinition id="{name}" name="{name}">{inside}</itemDefinition>'


@pytest.mark.parametrize(
    ("data", "place", "sentence"),
    [
        (model('<import namespace="x"/>', PLAIN), "a.dmn:2 import", "不支持 import"),
        (model('<decisionService id="s"/>', PLAIN), "a.dmn:2 s", "不支持 decisionService"),
        (boxed("<conditional/>"), "a.dmn:2 conditional", "里不支持 conditional"),
        (boxed(""), "a.dmn:2 d", "缺少逻辑"),
        (boxed(literal("1") + literal("2")), "a.dmn:2 d", "有几个逻辑"),
        (boxed("<literalExpression><importedValues/></literalExpression>"),
         "a.dmn:2 literalExpression", "importedValues"),
        (boxed(literal("1 +")), "a.dmn:2 literalExpression", "FEEL 语法错误"),
        (boxed('<literalExpression expressionLanguage="python"><text>1</text>'
               "</literalExpression>"), "a.dmn:2 literalExpression", "只能是 FEEL"),
        (boxed("<list><filter/></list>"), "a.dmn:2 filter", "不支持 filter"),
        (boxed("<context>" + entry(literal("1")) * 2 + "</context>"),
         "a.dmn:2 contextEntry", "名称重复"),
        (boxed(f"<context><contextEntry>{literal('1')}</contextEntry>{entry(literal('1'))}"
               "</context>"), "a.dmn:2 contextEntry", "只有上下文的最后一项可以没有名称"),
        (boxed("<context>" + entry(literal("1"), "__proto__") + "</context>"),
         "a.dmn:2 variable", "__proto__"),
        (boxed('<relation><column name="a"/><column name="b"/><row>' + literal("1")
               + "</row></relation>"), "a.dmn:2 row", "第 1 行的单元格数与列数不符"),
        (boxed('<relation><column name="a"/><column name="a"/></relation>'),
         "a.dmn:2 column", "名称重复"),
        (boxed('<functionDefinition kind="Java">' + literal("1") + "</functionDefinition>"),
         "a.dmn:2 functionDefinition", "只能是 FEEL，不能是 Java"),
        (boxed(f"<invocation>{binding('x')}</invocation>"), "a.dmn:2 invocation", "没有写明函数"),
        (model(knowledge("k", literal("x"), "x"),
               decision("d", f"<invocation>{literal('k')}{binding('y')}</invocation>",
                        needs("k", "Knowledge"))),
         "a.dmn:3 invocation", "“k”的参数是：x；这里给的是：y"),
        (model(knowledge("k", literal("x"), "x", "x")), "a.dmn:2 formalParameter", "名称重复"),
        (model(given("between"), PLAIN), "a.dmn:2 between", "是 FEEL 的关键字"),
        (model(given("a"), given("a"), PLAIN), "a.dmn:3 a", "写了两次"),
        (model(given("a", "tNone"), PLAIN), "a.dmn:2 variable", "类型“tNone”没有定义"),
        (model(given("a", "integer"), PLAIN), "a.dmn:2 variable", "类型“integer”没有定义"),
        (model(item("t", "<typeRef>t</typeRef>"), PLAIN), "a.dmn:2 t", "包含它自己"),
        (model(item("t", ""), PLAIN), "a.dmn:2 t", "没有组成部分"),
        (model(item("number", "<typeRef>string</typeRef>"), PLAIN), "a.dmn:2 number", "已经有了"),
        (model(decision("d", literal("1"), needs("x"))), "a.dmn:2 requiredInput", "不在文件里"),
        (model(given("x"), decision("d", literal("1"), needs("x", "Decision"))),
         "a.dmn:3 requiredDecision", "“x”是 inputData，这里须是 decision"),
        (model(decision("d", literal("1"), '<informationRequirement><requiredDecision '
                        'href="other.dmn#d"/></informationRequirement>')),
         "a.dmn:2 requiredDecision", "同一个文件"),
        (model(decision("a", literal("b"), needs("b", "Decision")),
               decision("b", literal("a"), needs("a", "Decision"))),
         "a.dmn:2 a", "依赖成环：a → b → a"),
        (model(decision("a", literal("1"), needs("a", "Decision"))), "a.dmn:2 a", "a → a"),
        (model(knowledge("k", literal("k(1)"), "x", requires=needs("k", "Knowledge")), PLAIN),
         "a.dmn:2 k", "k → k"),
        (model(given("x"), decision("d", literal("x + 1"))),
         "a.dmn:3 literalExpression", "用到了“x”，但“d”没有声明依赖它"),
        (model(knowledge("k", literal("1")), decision("d", literal("k()"))),
         "a.dmn:3 literalExpression", "用到了“k”"),
        (model(decision("d", table(["x"], (["-"], ["1"]), policy="PRIORITY"))),
         "a.dmn:2 decisionTable", "至少一个输出列写明允许值"),
        (model(decision("d", table(["x"], (["-"], ['"a"']), types=' typeRef="number"'))),
         "a.dmn:3 outputEntry", "类型是 number，这里是 string"),
        (model(decision("d", table(["x"], (["[5..1]"], ["1"])))),
         "a.dmn:3 inputEntry", "没有值能符合 [5..1]"),
        (model(decision("d", table(["x"], (["(5..5]"], ["1"])))),
         "a.dmn:3 inputEntry", "没有值能符合 (5..5]"),
        (model(decision("d", table(["x"], (['"c"'], ["1"]),
                                   values='<inputValues><text>"a","b"</text></inputValues>'))),
         "a.dmn:3 inputEntry", "“c”不在输入列“x”的允许值里"),
    ],
)  # fmt: skip
def test_it_is_refused_at_its_place(data: bytes, place: str, sentence: str) -> None:
    assert [found for found in refused(data) if found[0] == place and sentence in found[1]]


@pytest.mark.parametrize(
    "text",
    ['"x is a word here"', "{x: 1}.x", "y.x", "for x in [1] return x", "some x in [1] satisfies x"],
)
def test_a_name_that_means_something_else_needs_no_requirement(text: str) -> None:
    assert decisions.parse(model(given("x"), given("y"), decision("d", literal(text), needs("y"))))


def test_values_of_a_type_are_told_apart_at_the_check() -> None:
    level = (
        '<itemDefinition name="tLevel"><typeRef>string</typeRef>'
        '<allowedValues><text>"high","low"</text></allowedValues></itemDefinition>'
    )
    rows = table(["x"], (["-"], ['"mid"']), types=' typeRef="tLevel"')
    data = model(level, given("x"), decision("d", rows, needs("x")))
    assert refused(data) == [("a.dmn:5 outputEntry", '"mid" 不在输出列“输出”的允许值里')]


def test_every_fault_is_told_at_once() -> None:
    data = model(*[decision(f"d{n}", literal("1 +")) for n in range(30)])
    assert len(refused(data)) == 30


def test_types_that_multiply_are_refused_in_time() -> None:
    parts = [item("t0", "<typeRef>number</typeRef>")]
    for n in range(1, 60):
        inside = "".join(
            f'<itemComponent name="{name}"><typeRef>t{n - 1}</typeRef></itemComponent>'
            for name in "ab"
        )
        parts.append(item(f"t{n}", inside))
    before = time.process_time()
    assert "超过 2000 个部分" in str(refused(model(*parts, PLAIN)))
    assert time.process_time() - before < 2


def test_a_file_of_very_many_parts_is_refused() -> None:
    parts = [decision(f"d{n}", literal("1")) for n in range(600)]
    assert "超过 500 个" in refused(model(*parts))[0][1]


def test_a_long_chain_of_requirements_is_decided() -> None:
    chain = [decision("d0", literal("1"))]
    chain += [
        decision(f"d{n}", literal(f"d{n - 1} + 1"), needs(f"d{n - 1}", "Decision"))
        for n in range(1, 150)
    ]
    found = decisions.parse(model(*reversed(chain)))["d149"]
    assert decisions.decide(found, {}, None) == 150


def test_what_a_decision_does_not_require_it_does_not_see() -> None:
    found = decisions.parse(model(given("x"), decision("d", literal("secret"), needs("x"))))["d"]
    assert found.inputs == ("x",)
    assert decisions.decide(found, {"x": 1, "secret": 2}, None) is None
