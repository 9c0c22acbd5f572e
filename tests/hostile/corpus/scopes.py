"""Subprocesses in themselves, with nothing in them, or nested beyond reason."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, chain, drawn, flow, message, node, sub, user

A = user("a")


def inside(depth: int) -> str:
    """Nest subprocesses."""
    text = chain(f"s{depth}_s", f"s{depth}_e")
    for level in reversed(range(1, depth + 1)):
        text = sub(
            f"s{level}",
            text + (chain(f"s{level}_s", f"s{level + 1}", f"s{level}_e") if level < depth else ""),
        )
    return text


SCOPES = [
    drawn(
        "a subprocess in itself by its id",
        "s",
        "重复",
        sub("s", sub("s", "").replace('<b:subProcess id="s"', f'\n{MARK}<b:subProcess id="s"', 1)),
    ),
    drawn(
        "a subprocess that leads into itself",
        "s",
        "循环|空转|走不到|没有",
        f"{MARK}{sub('s', chain('s_s', 's_e'))}",
        chain("begin", "s"),
        flow("s", "s"),
        flow("begin", "end"),
    ),
    drawn(
        "a subprocess with nothing in it",
        "s",
        "开始",
        f"{MARK}{node('subProcess', 's')}",
        chain("begin", "s", "end"),
    ),
    drawn(
        "a subprocess without an end",
        "s",
        "结束",
        f'{MARK}<b:subProcess id="s"><b:startEvent id="i"/></b:subProcess>',
        chain("begin", "s", "end"),
    ),
    drawn(
        "a subprocess that a message starts",
        "i",
        "子流程",
        node(
            "subProcess",
            "s",
            inner=f'{MARK}<b:startEvent id="i">{message()}</b:startEvent>'
            '<b:endEvent id="e2"/>' + flow("i", "e2"),
        ),
        chain("begin", "s", "end"),
    ),
    drawn("subprocesses nested beyond reason", "", "嵌套", inside(80), chain("begin", "s1", "end")),
    drawn(
        "subprocesses nested by the thousand",
        "",
        "嵌套|语法",
        "<b:subProcess>" * 5_000 + "</b:subProcess>" * 5_000,
        chain("begin", "end"),
    ),
    drawn(
        "lanes nested by the hundred",
        "",
        "嵌套",
        '<b:laneSet id="ls">'
        + "".join(f'<b:lane id="l{n}"><b:childLaneSet id="c{n}">' for n in range(100))
        + "</b:childLaneSet></b:lane>" * 100
        + "</b:laneSet>",
        A,
        chain("begin", "a", "end"),
    ),
    drawn(
        "strangers nested by the hundred thousand",
        "",
        "嵌套|语法",
        "<x:x>" * 100_000 + "</x:x>" * 100_000,
        chain("begin", "end"),
    ),
    drawn(
        "documentation nested by the hundred",
        "",
        "嵌套|语法",
        "<b:documentation>" + "<x:p>" * 300 + "</x:p>" * 300 + "</b:documentation>",
        A,
        chain("begin", "a", "end"),
    ),
]
CASES: list[Case] = SCOPES
