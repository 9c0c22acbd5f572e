"""Diagrams that are drawn well and can't run: stuck, endless, tangled, or nested in themselves."""

from __future__ import annotations

from tests.hostile.corpus.case import (
    MARK,
    Case,
    boundary,
    chain,
    drawn,
    flow,
    node,
    sub,
    timer,
    user,
)

A, B = user("a"), user("b")
SPLIT = '<b:parallelGateway id="split"/>'
WAY = '<b:exclusiveGateway id="g" default="no"/>'
BACK = (flow("g", "a", "=1 = 1", key="yes"), flow("g", "end", key="no"))

OPERATION = '<wf:operation name="x"/>'

EDGES = [
    drawn("no end", "bad", "结束", A, flow("begin", "a"), '<!-- id="end" -->'),
    drawn("no start", "bad", "开始", A, flow("a", "end"), '<!-- id="begin" -->'),
    drawn(
        "two plain starts",
        "s2",
        "只能有一个|开始",
        A,
        f'{MARK}<b:startEvent id="s2"/>',
        chain("begin", "a", "end"),
        flow("s2", "a"),
    ),
    drawn(
        "a flow into the start", "begin", "流入", A, chain("begin", "a", "end"), flow("a", "begin")
    ),
    drawn("a flow out of the end", "end", "流出", A, chain("begin", "a", "end"), flow("end", "a")),
    drawn(
        "an end that leads to itself",
        "end",
        "流出",
        A,
        chain("begin", "a", "end"),
        flow("end", "end"),
    ),
    drawn(
        "a start that leads to itself",
        "begin",
        "流入",
        A,
        chain("begin", "a", "end"),
        flow("begin", "begin"),
    ),
    drawn(
        "a task that only leads to itself",
        "end",
        "没有流向",
        A,
        chain("begin", "a"),
        flow("a", "a"),
    ),
    drawn(
        "a gateway that leads to itself",
        "g",
        "循环|空转|条件",
        f"{MARK}{WAY}",
        chain("begin", "g"),
        flow("g", "g", "=1 = 1"),
        flow("g", "end", key="no"),
    ),
    drawn(
        "a task that nothing leads to",
        "b",
        "走不到|没有流向",
        A,
        f"{MARK}{B}",
        chain("begin", "a", "end"),
        flow("b", "end"),
    ),
    drawn(
        "a task that leads nowhere",
        "a",
        "断了|流出",
        f"{MARK}{A}",
        chain("begin", "a"),
        flow("begin", "end"),
    ),
    drawn(
        "an island",
        "b",
        "走不到|没有",
        A,
        f"{MARK}{B}",
        user("c"),
        chain("begin", "a", "end"),
        chain("b", "c", "b"),
    ),
    drawn(
        "nothing but a start and an end apart",
        "begin",
        "断了|流出",
        f'{MARK}<b:startEvent id="begin"/>',
    ),
    drawn("a process of nothing", "bad", "开始", '<!-- id="begin" id="end" -->'),
]
TANGLED = [
    drawn(
        "a join that waits for what comes after it",
        "f",
        "等待",
        A,
        B,
        SPLIT,
        '<b:parallelGateway id="join"/>',
        chain("begin", "split", "a", "join"),
        chain("split", "join", "b", "g", "end"),
        '<b:exclusiveGateway id="g" default="g-end"/>',
        f"{MARK}{flow('g', 'join', '=1 = 1', key='f')}",
    ),
    drawn(
        "two joins that wait for each other",
        "",
        "等待|走不到|到达",
        SPLIT,
        '<b:parallelGateway id="j1"/><b:parallelGateway id="j2"/>',
        A,
        chain("begin", "a", "split", "j1", "j2", "end"),
        chain("split", "j2"),
        chain("j2", "j1"),
    ),
    drawn(
        "a circle of gateways",
        "g",
        "循环|空转",
        f"{MARK}{WAY}",
        '<b:exclusiveGateway id="h"/>',
        chain("begin", "g"),
        flow("g", "h", "=1 = 1"),
        flow("h", "g"),
        flow("g", "end", key="no"),
    ),
    drawn(
        "a circle of services",
        "s",
        "循环|空转",
        f"{MARK}{node('serviceTask', 's', OPERATION)}",
        WAY,
        chain("begin", "s", "g"),
        flow("g", "s", "=1 = 1"),
        flow("g", "end", key="no"),
    ),
    drawn(
        "a circle through an empty subprocess",
        "s",
        "循环|空转",
        f"{MARK}{sub('s', chain('s_s', 's_e'))}",
        WAY,
        chain("begin", "s", "g"),
        flow("g", "s", "=1 = 1"),
        flow("g", "end", key="no"),
    ),
    drawn(
        "a circle of throwing events",
        "t",
        "循环|空转|wf:message",
        f"{MARK}{node('intermediateThrowEvent', 't')}",
        WAY,
        chain("begin", "t", "g"),
        flow("g", "t", "=1 = 1"),
        flow("g", "end", key="no"),
    ),
    drawn(
        "a circle out of which no way leads",
        "b",
        "结束|走不到",
        A,
        B,
        chain("begin", "a", "b", "a"),
        chain("begin", "end"),
    ),
    drawn(
        "parallel tokens without end",
        "split",
        "循环|空转|等待|走不到|条",
        f"{MARK}{SPLIT}",
        chain("begin", "split", "end"),
        flow("split", "split"),
    ),
    drawn(
        "a choice whose ways say nothing",
        "f",
        "条件",
        A,
        '<b:exclusiveGateway id="g"/>',
        chain("begin", "g", "a", "end"),
        f"{MARK}{flow('g', 'end', key='f')}",
    ),
    drawn(
        "a default with a condition",
        "no",
        "默认",
        A,
        WAY,
        chain("begin", "g"),
        flow("g", "a", "=1 = 1"),
        f"{MARK}{flow('g', 'end', '=1 = 2', key='no')}",
        chain("a", "end"),
    ),
    drawn(
        "a condition behind a split",
        "f",
        "条件",
        A,
        SPLIT,
        '<b:parallelGateway id="join"/>',
        chain("begin", "split", "a", "join", "end"),
        f"{MARK}{flow('split', 'join', '=1 = 1', key='f')}",
    ),
]
EVENT_GATEWAY = '<b:eventBasedGateway id="eg"/>'
HEAR = node(
    "receiveTask", "hear", '<wf:message type="M-ASK" conversation="x"/>', messageRef="m_ask"
)
OFFERS = [
    drawn(
        "a gateway of events with one way",
        "eg",
        "事件网关",
        f"{MARK}{EVENT_GATEWAY}",
        HEAR,
        chain("begin", "eg", "hear", "end"),
    ),
    drawn(
        "a gateway of events before a task",
        "eg",
        "事件网关",
        f"{MARK}{EVENT_GATEWAY}",
        HEAR,
        A,
        chain("begin", "eg", "hear", "end"),
        chain("eg", "a", "end"),
    ),
    drawn(
        "a gateway of events before an end",
        "eg",
        "事件网关",
        f"{MARK}{EVENT_GATEWAY}",
        HEAR,
        chain("begin", "eg", "hear", "end"),
        chain("eg", "end"),
    ),
    drawn(
        "a gateway of events that starts the process",
        "eg",
        "网关",
        f'{MARK}<b:eventBasedGateway id="eg" instantiate="true"/>',
        HEAR,
        chain("begin", "eg", "hear", "end"),
        flow("eg", "end"),
    ),
    drawn(
        "an event of a gateway that others reach too",
        "hear",
        "事件网关",
        EVENT_GATEWAY,
        f"{MARK}{HEAR}",
        A,
        node("intermediateCatchEvent", "t", inner=timer("P1D")),
        chain("begin", "a", "eg", "hear", "end"),
        chain("eg", "t", "hear"),
    ),
]


BOUND = [
    drawn(
        "a boundary event on an end of its own way",
        "late",
        "边界事件",
        A,
        f"{MARK}{boundary('late', 'end')}",
        chain("begin", "a", "end"),
        flow("late", "end"),
    ),
    drawn(
        "a boundary event of a subprocess drawn inside it",
        "late",
        "边界事件",
        sub(
            "s",
            user("in")
            + f"\n{MARK}"
            + boundary("late", "s")
            + chain("s_s", "in", "s_e")
            + chain("late", "s_e"),
        ),
        chain("begin", "s", "end"),
    ),
    drawn(
        "a boundary event that comes back before it",
        "late",
        "走不到|结束|流入",
        A,
        f"{MARK}{boundary('late', 'a')}",
        chain("begin", "a", "end"),
        node("exclusiveGateway", "g"),
        chain("late", "g", "late"),
    ),
]

CASES: list[Case] = [*EDGES, *TANGLED, *OFFERS, *BOUND]
