"""FEEL that is no FEEL, that never ends or that takes the memory, wherever FEEL may stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from tests.hostile.corpus.case import (
    MARK,
    Case,
    chain,
    diagram,
    file,
    flow,
    message,
    node,
    timer,
    user,
)

A = user("a")
LINE = chain("begin", "a", "end")


def condition(text: str) -> str:
    """Put an expression onto a way out of a choice."""
    written = f"={text}"
    return diagram(
        A,
        '<b:exclusiveGateway id="g" default="no"/>',
        chain("begin", "g"),
        f"{MARK}{flow('g', 'a', escape(written), key='f')}",
        flow("g", "end", key="no"),
        chain("a", "end"),
    )


def attributed(before: str, text: str, after: str = "/>", element: str = "userTask") -> str:
    """Put an expression into an attribute of ours."""
    ours = f"{before}{quoteattr('=' + text)}{after}"
    if element == "userTask":
        return diagram(f"{MARK}{user('a', ours)}", LINE)
    return diagram(A, f"{MARK}{node(element, 'x', ours)}", chain("begin", "a", "x", "end"))


def timed(text: str) -> str:
    """Put an expression into a timer."""
    inner = timer(escape(f"={text}"))
    return diagram(
        A,
        f"{MARK}{node('intermediateCatchEvent', 'x', inner=inner)}",
        chain("begin", "a", "x", "end"),
    )


def awaited(text: str) -> str:
    """Put an expression into what a message is found by."""
    ours = f'<wf:message type="M-ASK" conversation={quoteattr("=" + text)}/>'
    return diagram(
        A,
        f"{MARK}{node('receiveTask', 'x', ours, messageRef='m_ask')}",
        chain("begin", "a", "x", "end"),
    )


def sent(text: str) -> str:
    """Put an expression into a payload."""
    ours = (
        '<wf:message type="M-ASK" to="x" conversation="x"><wf:payload name="n" '
        f"value={quoteattr('=' + text)}/></wf:message>"
    )
    return diagram(
        A,
        f"{MARK}{node('intermediateThrowEvent', 'x', ours, inner=message())}",
        chain("begin", "a", "x", "end"),
    )


def flagged(text: str) -> str:
    """Put an expression into a flag of the process."""
    flag = f'<wf:start role="drafter" label="x"/>{MARK}<wf:flag name="minor" value='
    return (
        diagram(A, LINE, ours=flag + quoteattr(f"={text}") + "/>")
        .replace(MARK, "")
        .replace("<b:process", f"{MARK}<b:process")
    )


def joined(text: str) -> str:
    """Put an expression into who belongs to the team."""
    return flagged(text).replace('<wf:flag name="minor"', '<wf:team role="drafter"')


Placed = tuple[Callable[[str], str], str]
RECORD = '<wf:record operation="open" kind="permit" title='
PLACES: dict[str, Placed] = {
    "a condition": (condition, "f"),
    "an output": (partial(attributed, '<wf:output name="o" value='), "a"),
    "what is read": (partial(attributed, '<wf:reads label="x" value='), "a"),
    "the title of a record": (partial(attributed, RECORD), "a"),
    "a field of a record": (
        partial(attributed, f'{RECORD}"x"><wf:field name="street" value=', after="/></wf:record>"),
        "a",
    ),
    "the start of a deadline": (
        partial(attributed, '<wf:deadline name="d" rule="R-REPLY" start='),
        "a",
    ),
    "the rule of a deadline": (
        partial(attributed, '<wf:deadline name="d" start="=today" rule='),
        "a",
    ),
    "a link": (partial(attributed, '<wf:link relation="r" to="x" from='), "a"),
    "the name of a document": (
        partial(attributed, '<wf:document kind="letter" moment="issue" name='),
        "a",
    ),
    "a parameter": (
        partial(
            attributed,
            '<wf:operation name="x"><wf:parameter name="p" value=',
            after="/></wf:operation>",
            element="serviceTask",
        ),
        "x",
    ),
    "a timer": (timed, "x"),
    "a conversation": (awaited, "x"),
    "a payload": (sent, "x"),
    "a flag": (flagged, "bad"),
    "the team": (joined, "bad"),
}
HALF = [
    file(f"half an expression in {name}", partial(draw, "1 +"), "FEEL", element)
    for name, (draw, element) in PLACES.items()
]
#: What never ends, or takes all memory, whatever the case holds.
ENDLESS = {
    "a count to a billion": "count(for i in 1..1000000000 return i)",
    "a list of a billion": "1..1e9",
    "loops in loops": "for a in 1..9999, b in 1..9999, c in 1..9999 return a * b * c",
    "some of a billion": "some i in 1..1000000000 satisfies i < 0",
    "every one of a billion": "every i in 1..1000000000 satisfies i > 0",
    "a function of itself": "{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r",
    "two functions of each other": (
        "{f: function(g, h) h(h, g), g: function(h, f) f(f, h), r: f(g, f)}.r"
    ),
    "a tree of functions": "{f: function(g, n) g(g, n + 1) + g(g, n + 1), r: f(f, 1)}.r",
    "a text that doubles": "{"
    + 'a0: "xxxxxxxx", '
    + ", ".join(f"a{n}: a{n - 1} + a{n - 1}" for n in range(1, 60))
    + "}.a59",
    "a list that doubles": "{a0: [1, 2], "
    + ", ".join(f"a{n}: concatenate(a{n - 1}, a{n - 1})" for n in range(1, 60))
    + "}.a59",
    "a text joined of many": 'string join(for i in 1..30000000 return "xxxxxxxxxxxxxxxx")',
    "a pattern that backtracks": f'matches("{"a" * 40}b", "^(a+)+$")',
    "a pattern that backtracks in a replacement": f'replace("{"a" * 40}b", "(a|aa)+$", "x")',
    "a pattern that backtracks in a split": f'split("{"a" * 40}b", "(a*)*c")',
    "a list sorted by a loop": (
        "sort(1..5000, function(x, y) count(for i in 1..100000 return i) > x)"
    ),
    "a product of ranges": "count(for i in 1..100000, j in 1..100000 return i * j)",
    "days without end": 'count(for i in 1..1000000000 return date("2026-01-01"))',
}
STOPPED = [
    file(f"{name} in {where}", partial(PLACES[where][0], text), "停不下来|FEEL", PLACES[where][1])
    for index, (name, text) in enumerate(ENDLESS.items())
    for where in list(PLACES)[index % 3 :: 5]
]
#: What is no FEEL, though somebody might think so.
WRITTEN = {
    "Python": "__import__('os').system('id')",
    "a list of Python": "[c for c in ().__class__.__bases__]",
    "Java": "${''.getClass().forName('java.lang.Runtime')}",
    "JavaScript": "(() => { while (true) {} })()",
    "a statement": "x = 1; y = 2",
    "two equals signs": "x == 1",
    "an and of other houses": "x = 1 && y = 2",
    "a text without an end": '"abc',
    "escapes without an end": '"' + '\\"' * 4_900,
    "a bracket too many": "(1 + 2))",
    "brackets by the thousand": "(" * 4_000 + "1" + ")" * 4_000,
    "lists by the thousand": "[" * 4_000 + "]" * 4_000,
    "contexts by the thousand": "{a:" * 2_500 + "1" + "}" * 2_500,
    "choices by the thousand": "if true then " * 700 + "1" + " else 2" * 700,
    "brackets without an end": "(" * 9_000,
    "minus signs by the thousand": "-" * 9_000,
    "ten thousand and one letters": "1 + " * 2_500 + "12",
    "a sum of words": "a b c d " * 1_000,
    "a full stop": "1.",
    "wide brackets": "count（[1]）",
    "typographic quotes": "x = “是”",
    "a comment without an end": "1 /* 2",
    "nothing": " ",
    "nothing but a comment": "/* later */",
}
WRONG = [
    file(f"an expression that is {name}", partial(condition, text), "FEEL|停不下来|空", "f")
    for name, text in WRITTEN.items()
]
UNKNOWN = [
    file("a fact that nobody sets", partial(condition, "ghost = 1"), "没有名为", "f"),
    file(
        "an answer of a task that is not there",
        partial(condition, "answers.ghost[1].x = 1"),
        "没有元素",
        "f",
    ),
    file("a record of no kind", partial(condition, "records.ghost.id != null"), "台账种类", "f"),
    file(
        "a document of no kind", partial(condition, "documents.ghost.id != null"), "没有文书", "f"
    ),
    file(
        "a deadline that never began",
        partial(condition, "deadlines.ghost.due != null"),
        "期限",
        "f",
    ),
    file(
        "a field that the form hasn't",
        partial(PLACES["an output"][0], "this.ghost"),
        "没有字段",
        "a",
    ),
    file(
        "a hundred expressions without end",
        lambda: diagram(
            user(
                "a",
                "".join(
                    f'<wf:output name="o{n}" value="=count(for i in 1..1000000{n:03} return i)"/>'
                    for n in range(100)
                ),
            ),
            LINE,
        ).replace("<b:userTask", f"{MARK}<b:userTask"),
        "停不下来",
        "a",
    ),
    file(
        "three hundred expressions that are hard to read",
        lambda: diagram(
            user(
                "a",
                "".join(
                    f'<wf:output name="o{n}" value="={"(" * 1_000}{n}{")" * 1_000}"/>'
                    for n in range(290)
                ),
            ),
            LINE,
        ),
        "FEEL|深|停不下来",
    ),
    file(
        "a hundred texts of escapes without an end",
        lambda: diagram(
            user(
                "a",
                "".join(
                    f'<wf:output name="o{n}" value="=&quot;{n}' + "\\&quot;" * 4_900 + '"/>'
                    for n in range(100)
                ),
            ),
            LINE,
        ),
        "FEEL",
    ),
]

CASES: list[Case] = [*HALF, *STOPPED, *WRONG, *UNKNOWN]
