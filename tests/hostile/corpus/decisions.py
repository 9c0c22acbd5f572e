"""Decision tables that are none, that never end, or that are too much."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.hostile.corpus.case import MARK, TABLE, Case, file

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
INPUT = '<input id="i"><inputExpression id="ie"><text>n</text></inputExpression></input>'
OUTPUT = '<output id="o" name="out"/>'


def row(test: str, value: str, key: str = "r") -> str:
    """Draw one row."""
    return (
        f'<rule id="{key}"><inputEntry id="{key}i"><text>{escape(test)}</text></inputEntry>'
        f'<outputEntry id="{key}o"><text>{escape(value)}</text></outputEntry></rule>'
    )


def decisions(*parts: str) -> str:
    """Draw a file of decisions."""
    body = "\n".join(parts)
    return f'<?xml version="1.0"?>\n<definitions xmlns="{DMN}" id="d" name="d">{body}</definitions>'


def table(
    *rows: str, policy: str = 'hitPolicy="FIRST"', columns: Sequence[str] = (INPUT, OUTPUT)
) -> str:
    """Draw one decision table."""
    inner = "\n".join([*columns, *rows])
    head = f'<decision id="x" name="x"><decisionTable id="t" {policy}>\n'
    return f"{'' if MARK in inner else MARK}{head}{inner}\n</decisionTable></decision>"


def ruled(text: str, word: str, name: str, unary: bool = True) -> Case:
    """Draw a table with one cell that is wrong."""
    cells = (text, "1") if unary else ("1", text)
    return at(name, table(f"{MARK}{row(*cells)}"), word)


def at(name: str, given: str, word: str, element: str = "") -> Case:
    """Draw a file whose fault has a line."""
    return file(name, decisions(given), word, element, TABLE)


def whole(name: str, data: str | bytes, word: str) -> Case:
    """Give a whole file."""
    return file(name, data, word, path=TABLE)


SOUND = decisions(table(row("1", "2"))).replace(MARK, "")
FILES = [
    whole("a table that is empty", b"", "语法"),
    whole("a table cut off", SOUND.encode()[:200], "语法"),
    whole("a table in UTF-16", SOUND.encode("utf-16"), "UTF-8"),
    whole(
        "a table with a bomb",
        SOUND.replace("<definitions", '<!DOCTYPE d [<!ENTITY a "b">]><definitions'),
        "DOCTYPE",
    ),
    whole(
        "a table of an older DMN",
        SOUND.replace(DMN, "http://www.omg.org/spec/DMN/20151101/dmn.xsd"),
        "DMN 1.3",
    ),
    whole(
        "a table of a newer DMN",
        SOUND.replace(DMN, "https://www.omg.org/spec/DMN/20230324/MODEL/"),
        "DMN 1.3",
    ),
    whole("a table without a namespace", SOUND.replace(f' xmlns="{DMN}"', ""), "DMN 1.3"),
    whole(
        "a diagram for a table",
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        "DMN 1.3",
    ),
    whole("a file without a table", decisions(""), "没有决策"),
    whole("a table of JSON", '{"rules": []}', "语法"),
    whole("a table nested by the thousand", decisions("<x>" * 3_000 + "</x>" * 3_000), "嵌套|语法"),
    whole("a table of a hundred thousand parts", decisions("<x/>" * 100_000), "超过"),
]
SHAPES = [
    at(
        "a decision twice",
        table(row("1", "2")).replace(MARK, "")
        + "\n"
        + table(row("1", "2")).replace('id="t"', 'id="t2"'),
        "两次",
        "x",
    ),
    at("a decision without an id", table(row("1", "2")).replace(' id="x"', ""), "缺少 id"),
    at("a decision of nothing", f'{MARK}<decision id="x"/>', "缺少逻辑", "x"),
    at(
        "a decision by a program",
        f'{MARK}<decision id="x"><literalExpression><text>__import__('
        "'os')</text></literalExpression></decision>",
        "FEEL",
        "literalExpression",
    ),
    at(
        "a decision that needs itself",
        table(row("1", "2")).replace(
            "<decisionTable",
            '<informationRequirement><requiredDecision href="#x"/>'
            "</informationRequirement><decisionTable",
        ),
        "依赖",
        "x",
    ),
    at("knowledge of a business", f'{MARK}<businessKnowledgeModel id="k"/>', "缺少逻辑", "k"),
    at("a service of decisions", f'{MARK}<decisionService id="k"/>', "不支持", "k"),
    at("a policy that there is not", table(row("1", "2"), policy='hitPolicy="RANDOM"'), "命中策略"),
    at(
        "a sum of the first",
        table(row("1", "2"), policy='hitPolicy="FIRST" aggregation="SUM"'),
        "汇总",
    ),
    at(
        "an aggregation that there is not",
        table(row("1", "2"), policy='hitPolicy="COLLECT" aggregation="MEDIAN"'),
        "汇总",
    ),
    at(
        "a sum of two columns",
        table(
            policy='hitPolicy="COLLECT" aggregation="SUM"',
            columns=(INPUT, OUTPUT, '<output id="o2" name="two"/>'),
        ),
        "一个输出",
    ),
    at("a table without outputs", table(columns=(INPUT,)), "没有输出"),
    at(
        "an output without a name",
        table(columns=(INPUT, OUTPUT, f'{MARK}<output id="o2"/>')),
        "名称",
        "o2",
    ),
    at(
        "two outputs of one name",
        table(columns=(INPUT, OUTPUT, MARK + OUTPUT.replace('id="o"', 'id="o2"'))),
        "两次",
        "o2",
    ),
    at(
        "an input without an expression",
        table(columns=(f'{MARK}<input id="i"/>', OUTPUT)),
        "表达式",
        "i",
    ),
    at("a row with a cell too few", table(f'{MARK}<rule id="r"/>'), "单元格数", "r"),
    at(
        "a row with a cell too many",
        table(
            MARK
            + row("1", "2").replace("</rule>", "<outputEntry><text>3</text></outputEntry></rule>")
        ),
        "单元格数",
        "r",
    ),
    at(
        "a table of six thousand rows",
        table(*(row("1", "2", f"r{n}") for n in range(6_000))).replace(MARK, ""),
        "超过",
    ),
    at(
        "a table of a hundred columns",
        table(columns=[INPUT, *(f'<output id="o{n}" name="o{n}"/>' for n in range(100))]),
        "超过",
    ),
    at(
        "a cell in JavaScript",
        table(
            MARK
            + row("1", "2").replace(
                "<outputEntry", '<outputEntry expressionLanguage="text/javascript"'
            )
        ),
        "FEEL",
        "ro",
    ),
    at(
        "an output of JavaScript's",
        table(row("1", "2"), columns=(INPUT, f'{MARK}<output id="o" name="__proto__"/>')),
        "__proto__",
        "o",
    ),
]
CELLS = [
    ruled(text, word, f"a test that is {name}")
    for name, text, word in (
        ("half an expression", "> ", "FEEL"),
        ("a text without an end", '"abc', "FEEL"),
        ("Python", "__import__('os')", "FEEL|停不下来"),
        ("a range without an end", "[1..", "FEEL"),
        ("brackets by the thousand", "(" * 900 + ")" * 900, "FEEL"),
        ("two thousand letters and more", "1, " * 700, "字符"),
        ("a statement", "x = 1; y", "FEEL"),
    )
] + [
    ruled(text, word, f"a value that is {name}", unary=False)
    for name, text, word in (
        ("half an expression", "1 +", "FEEL"),
        ("a text without quotes and an end", "“是", "FEEL"),
        ("brackets by the thousand", "[" * 900 + "]" * 900, "FEEL"),
        ("two thousand letters and more", "1 + " * 600 + "1", "字符"),
        ("a function without an end", "function(x", "FEEL"),
    )
]


def rows(count: int, test: str, value: str) -> str:
    """Draw a table of many rows; # is the number of each."""
    made = (
        row(test.replace("#", str(n)), value.replace("#", str(n)), f"r{n}") for n in range(count)
    )
    return decisions(table(*made)).replace(MARK, "")


HARD = "(" * 300 + "#" + ")" * 300
MUCH = [
    file("ten thousand cells with an error", lambda: rows(4_990, "# +", "# +"), "超过", path=TABLE),
    file("a thousand cells with an error", lambda: rows(500, "# +", "# +"), "FEEL", path=TABLE),
    file("a thousand cells hard to read", lambda: rows(500, HARD, "# +"), "FEEL", path=TABLE),
]

CASES: list[Case] = [*FILES, *SHAPES, *CELLS, *MUCH]
