"""References that lead nowhere, to the wrong thing, or back to themselves."""

from __future__ import annotations

from tests.hostile.corpus.case import (
    MARK,
    Case,
    boundary,
    chain,
    drawn,
    flow,
    message,
    node,
    sub,
    timer,
    user,
)

A = user("a")
LINE = (A, chain("begin", "a", "end"))
OTHER = '<b:process id="other" isExecutable="false"><b:userTask id="o"/></b:process>'
POOLS = (
    '<b:collaboration id="c"><b:participant id="pool" processRef="bad"/>'
    '<b:participant id="far" name="对方"/></b:collaboration>'
)
NOTE = '<b:textAnnotation id="note"><b:text>x</b:text></b:textAnnotation>'
LANES = '<b:laneSet id="ls"><b:lane id="lane" name="甲">{}</b:lane></b:laneSet>'

#: What a flow may lead to that is no element of the same process.
NOWHERE = {
    "nothing": "",
    "something unknown": "ghost",
    "another process": "other",
    "an element of another process": "o",
    "its own process": "bad",
    "a pool": "pool",
    "a pool without a process": "far",
    "a note": "note",
    "a lane": "lane",
    "a flow": "begin-a",
    "itself": "f",
    "a message": "m_ask",
    "the root": "d",
    "an id in other letters": "A",
    "an id with a space": "a ",
    "an id with a prefix": "b:a",
    "an id that looks the same": "\u0430",
    "all of JavaScript": "__proto__",
}
FLOWS = (
    [
        drawn(
            f"a flow to {name}",
            "f",
            "终点",
            *LINE,
            NOTE,
            LANES.format(""),
            f'{MARK}<b:sequenceFlow id="f" sourceRef="a" targetRef="{target}"/>',
            beside=OTHER + POOLS,
        )
        for name, target in NOWHERE.items()
    ]
    + [
        drawn(
            f"a flow from {name}",
            "f",
            "起点",
            *LINE,
            NOTE,
            LANES.format(""),
            f'{MARK}<b:sequenceFlow id="f" sourceRef="{source}" targetRef="end"/>',
            beside=OTHER + POOLS,
        )
        for name, source in list(NOWHERE.items())[:8]
    ]
    + [
        drawn("a flow without ends", "f", "起点", *LINE, f'{MARK}<b:sequenceFlow id="f"/>'),
        drawn(
            "a flow without an id",
            "",
            "流向须有标识",
            A,
            chain("begin", "a"),
            f'{MARK}<b:sequenceFlow sourceRef="a" targetRef="end"/>',
        ),
        drawn(
            "a flow into a subprocess",
            "f",
            "边框",
            sub("s", user("in") + chain("s_s", "in", "s_e")),
            chain("begin", "s", "end"),
            f"{MARK}{flow('begin', 'in', key='f')}",
        ),
        drawn(
            "a flow out of a subprocess",
            "f",
            "边框",
            sub("s", user("in") + chain("s_s", "in", "s_e")),
            chain("begin", "s", "end"),
            f"{MARK}{flow('in', 'end', key='f')}",
        ),
        drawn(
            "a flow from one subprocess into another",
            "f",
            "边框",
            sub("s", chain("s_s", "s_e")),
            sub("t", chain("t_s", "t_e")),
            chain("begin", "s", "t", "end"),
            f"{MARK}{flow('s_s', 't_e', key='f')}",
        ),
        drawn(
            "a flow into a subprocess by its start",
            "f",
            "边框",
            sub("s", chain("s_s", "s_e")),
            A,
            chain("begin", "a"),
            chain("s", "end"),
            f"{MARK}{flow('a', 's_s', key='f')}",
        ),
        drawn(
            "a flow of messages where a token should go",
            "a",
            "走不到|断了|没有流",
            A,
            flow("begin", "end"),
            beside='<b:collaboration id="c"><b:messageFlow id="mf" sourceRef="begin" '
            'targetRef="a"/></b:collaboration>',
        ),
    ]
)


def gateway(default: str) -> tuple[str, ...]:
    """Draw a choice with a default."""
    return (
        A,
        f'{MARK}<b:exclusiveGateway id="g" default="{default}"/>',
        chain("begin", "g"),
        flow("g", "a", "=1 = 1", key="yes"),
        flow("g", "end", key="no"),
        chain("a", "end"),
    )


DEFAULTS = [
    drawn(f"a default that is {name}", "g", "默认流向", *gateway(default))
    for name, default in {
        "unknown": "ghost",
        "an element": "a",
        "itself": "g",
        "the flow into it": "begin-g",
        "a flow of another element": "a-end",
        "two flows": "yes no",
        "empty": "",
    }.items()
]
HOSTS = {
    "unknown": "ghost",
    "itself": "late",
    "an element of a subprocess": "in",
    "another boundary event": "other_late",
    "a start": "begin",
    "an end": "end",
    "a flow": "begin-a",
    "a gateway": "g",
    "a pool": "pool",
    "its process": "bad",
    "a lane": "lane",
    "two elements": "a s",
    "nothing": "",
}
BOUNDARIES = [
    drawn(
        f"a boundary event on {name}",
        "late",
        "边界事件",
        *LINE[:1],
        LANES.format(""),
        '<b:exclusiveGateway id="g"/>',
        sub("s", user("in") + chain("s_s", "in", "s_e")),
        boundary("other_late", "a"),
        f"{MARK}{boundary('late', host)}",
        chain("begin", "a", "g", "s", "end"),
        chain("late", "end"),
        chain("other_late", "end"),
        beside=POOLS,
    )
    for name, host in HOSTS.items()
] + [
    drawn(
        "a boundary event without a host",
        "late",
        "边界事件",
        *LINE,
        f"{MARK}{node('boundaryEvent', 'late', inner=timer('P1D'))}",
        flow("late", "end"),
    ),
    drawn(
        "a boundary event that leads into itself",
        "late",
        "流入",
        *LINE,
        f"{MARK}{boundary('late', 'a')}",
        flow("late", "late"),
    ),
    drawn(
        "a boundary event that leads nowhere",
        "late",
        "断了|流出",
        *LINE,
        f"{MARK}{boundary('late', 'a')}",
    ),
    drawn(
        "boundary events upon each other",
        "one",
        "边界事件",
        *LINE,
        f"{MARK}{boundary('one', 'two')}",
        boundary("two", "one"),
        chain("one", "end"),
        chain("two", "end"),
    ),
    drawn(
        "a chain of boundary events",
        "e1",
        "边界事件",
        *LINE,
        boundary("e0", "a"),
        f"{MARK}{boundary('e1', 'e0')}",
        *(boundary(f"e{n}", f"e{n - 1}") for n in range(2, 40)),
        *(flow(f"e{n}", "end") for n in range(40)),
    ),
]
UNKNOWN = {
    "unknown": "ghost",
    "empty": "",
    "a process": "bad",
    "a task": "a",
    "an event of itself": "hear",
    "a signal": "sig",
    "a name instead of an id": "M-ASK",
    "in other letters": "M_ask",
    "a name that looks the same": "m_\u0430sk",
}
BESIDE = (
    '<b:signal id="sig" name="S"/><b:error id="err" errorCode="E"/>'
    '<b:escalation id="esc" escalationCode="C"/><b:message id="silent"/>'
)
MESSAGES = (
    [
        drawn(
            f"a message that is {name}",
            "hear",
            "消息",
            A,
            f"{MARK}{node('intermediateCatchEvent', 'hear', inner=message(given))}",
            chain("begin", "a", "hear", "end"),
            before=BESIDE,
        )
        for name, given in UNKNOWN.items()
    ]
    + [
        drawn(
            f"{kind} without a message",
            "x",
            "消息",
            A,
            f'{MARK}<b:{kind} id="x"/>',
            chain("begin", "a", "x", "end"),
        )
        for kind in ("sendTask", "receiveTask")
    ]
    + [
        drawn(
            "a message without a name",
            "silent",
            "消息",
            *LINE,
            before=f'{MARK}<b:message id="silent"/>',
        ),
        drawn(
            "a message without an id", "", "消息", *LINE, before=f'{MARK}<b:message name="M-X"/>'
        ),
        drawn(
            "a message whose name is blank",
            "silent",
            "消息",
            *LINE,
            before=f'{MARK}<b:message id="silent" name=" &#10; "/>',
        ),
        drawn(
            "a message that nobody declared in the content",
            "hear",
            "messages.json",
            A,
            f"{MARK}{node('receiveTask', 'hear', messageRef='m_far')}",
            chain("begin", "a", "hear", "end"),
            before='<b:message id="m_far" name="M-FAR"/>',
        ),
    ]
)


def thrown(kind: str, attribute: str, value: str) -> str:
    """Draw an end that throws something."""
    given = f'{attribute}="{value}"' if attribute else ""
    return f'{MARK}<b:endEvent id="x"><b:{kind}EventDefinition {given}/></b:endEvent>'


EVENTS = [
    drawn(
        f"{kind}: a reference that is {name}",
        "x",
        sentence,
        A,
        thrown(kind, f"{kind}Ref", value),
        chain("begin", "a", "x"),
        before=BESIDE,
    )
    for kind, sentence in (("signal", "信号"), ("error", "错误"), ("escalation", "升级"))
    for name, value in (("unknown", "ghost"), ("a message", "m_ask"), ("empty", ""))
]
CASES: list[Case] = [*FLOWS, *DEFAULTS, *BOUNDARIES, *MESSAGES, *EVENTS]
