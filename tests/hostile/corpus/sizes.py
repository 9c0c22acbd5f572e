"""Files that are right in each of their parts and too much in the whole."""

from __future__ import annotations

import json
from functools import partial

from tests.hostile.corpus.case import (
    DIAGRAM,
    MARK,
    Case,
    chain,
    diagram,
    drawn,
    file,
    flow,
    laid,
    node,
    sub,
    tasks,
    user,
)

A = user("a")
LINE = chain("begin", "a", "end")
TOO_MANY = "超过"


def large(name: str, *parts: str, word: str = TOO_MANY, element: str = "") -> Case:
    """Draw much, only when it is wanted."""
    return file(name, partial(diagram, *parts), word, element)


def repeated(text: str, count: int) -> str:
    """Write a text again and again, each time with its number."""
    return "".join(text.replace("#", str(n)) for n in range(count))


def lines(text: str) -> str:
    """Push a fault beyond the lines that can be counted."""
    return diagram(A, LINE, "\n" * 70_000 + text)


OURS = "<b:extensionElements>{}</b:extensionElements>"
EFFECTS = '<wf:state record="permit" label="x#"/>'
ELEMENTS = [
    file("fifty thousand tasks in a row", lambda: diagram(tasks(16_000)), TOO_MANY),
    file("a thousand and one tasks in a row", lambda: diagram(tasks(1_001)), TOO_MANY),
    file(
        "fifty thousand tasks apart",
        lambda: diagram(repeated('<b:manualTask id="t#"/>', 50_000), A, LINE),
        TOO_MANY,
    ),
    file(
        "fifty thousand flows between two tasks",
        lambda: diagram(
            A, LINE, repeated('<b:sequenceFlow id="f#" sourceRef="a" targetRef="end"/>', 49_900)
        ),
        TOO_MANY,
    ),
    file(
        "nine thousand ways out of a choice",
        lambda: diagram(
            A,
            '<b:exclusiveGateway id="g" default="no"/>',
            chain("begin", "g"),
            chain("a", "end"),
            flow("g", "end", key="no"),
            repeated(flow("g", "a", "=n = #", key="f#"), 9_000),
        ),
        TOO_MANY,
    ),
    file(
        "every task with every other",
        lambda: diagram(
            *(user(f"t{n}") for n in range(150)),
            chain("begin", "t0"),
            "".join(flow(f"t{n}", f"t{m}") for n in range(150) for m in range(150)),
            chain("t1", "end"),
        ),
        TOO_MANY,
    ),
    file(
        "every gateway with every other",
        lambda: diagram(
            *(f'<b:parallelGateway id="t{n}"/>' for n in range(150)),
            chain("begin", "t0"),
            "".join(flow(f"t{n}", f"t{m}") for n in range(150) for m in range(150)),
            chain("t1", "end"),
        ),
        TOO_MANY,
    ),
    file(
        "nine hundred choices in one circle",
        lambda: diagram(
            *(f'<b:exclusiveGateway id="t{n}" default="d{n}"/>' for n in range(900)),
            chain("begin", "t0"),
            *(flow(f"t{n}", f"t{(n + 1) % 900}", key=f"d{n}") for n in range(900)),
            flow("t0", "end", "=1 = 1"),
        ),
        "循环|空转",
    ),
    file(
        "nine hundred joins one behind the other",
        lambda: diagram(
            *(f'<b:parallelGateway id="t{n}"/>' for n in range(900)),
            chain("begin", "t0"),
            *(flow(f"t{n}", f"t{n + 1}") for n in range(899)),
            *(flow(f"t{n + 1}", f"t{n}") for n in range(899)),
            chain("t899", "end"),
        ),
        "等待|超过|空转|循环",
    ),
    large("a hundred thousand data objects", repeated('<b:dataObject id="x#"/>', 100_000), A, LINE),
    large("a hundred thousand comments of nothing", repeated("<b:group/>", 60_000), A, LINE),
    large("sixty thousand strangers", OURS.format("<x:x/>" * 60_000), A, LINE),
    file(
        "ten thousand processes",
        lambda: diagram(
            A, LINE, beside=repeated('<b:process id="p#" isExecutable="true"/>', 10_000)
        ),
        "超过",
    ),
    file(
        "twenty thousand messages without a name",
        lambda: diagram(A, LINE, before=repeated('<b:message id="m#"/>', 20_000)),
        "消息",
    ),
    file(
        "twenty thousand lanes of one element",
        lambda: diagram(
            A,
            LINE,
            '<b:laneSet id="ls">'
            + repeated('<b:lane id="l#"><b:flowNodeRef>a</b:flowNodeRef></b:lane>', 20_000)
            + "</b:laneSet>",
        ),
        "泳道",
    ),
    file(
        "twenty thousand ways to start",
        lambda: diagram(A, LINE, ours=repeated('<wf:start role="drafter" label="新建"/>', 20_000)),
        TOO_MANY,
    ),
    file(
        "twenty thousand flags of one name",
        lambda: diagram(
            A,
            LINE,
            ours='<wf:start role="drafter" label="新建"/>'
            + '<wf:flag name="x" value="=1"/>' * 20_000,
        ),
        TOO_MANY,
    ),
    file(
        "twenty thousand outputs of one name",
        lambda: diagram(user("a", '<wf:output name="x" value="=1"/>' * 20_000), LINE),
        TOO_MANY,
    ),
    file(
        "a separation of five thousand tasks",
        lambda: diagram(
            A,
            LINE,
            ours='<wf:start role="drafter" label="新建"/>'
            f'<wf:separate tasks="{" ".join(f"t{n}" for n in range(1_500))}" label="x"/>',
        ),
        "separate",
    ),
    file(
        "twenty thousand expressions with an error",
        lambda: diagram(
            *(
                user(f"t{m}", repeated(f'<wf:output name="x#" value="=1 + {m} + # +"/>', 250))
                for m in range(80)
            )
        ),
        "FEEL",
    ),
    file(
        "twenty thousand expressions of nothing",
        lambda: diagram(
            *(
                user(f"t{m}", repeated(f'<wf:output name="x#" value="={m} + # + y"/>', 250))
                for m in range(80)
            )
        ),
        "没有名为",
    ),
]


def echoing() -> dict[str, bytes]:
    """Declare many states, and name one that there isn't very often."""
    states = [f"状态{n}" for n in range(40_000)]
    kinds = {"kinds": [{"key": "permit", "label": "许可", "fields": [], "states": states}]}
    opened = '<wf:record operation="open" kind="permit" title="x"/>'
    written = [user(f"t{n}", opened + repeated(EFFECTS, 250)) for n in range(40)]
    return {
        "bpmn/_shared/records.json": json.dumps(kinds, ensure_ascii=False).encode(),
        DIAGRAM: diagram(*written).encode(),
    }


LONG = [
    laid("ten thousand wrong states of forty thousand", echoing, DIAGRAM, "状态"),
    file(
        "an attribute of three megabytes",
        lambda: (
            diagram(A, LINE)
            .replace('name="a"', f'name="{"x" * 3_000_000}"')
            .replace("<b:userTask", f"{MARK}<b:userTask")
        ),
        TOO_MANY,
    ),
    file(
        "a name of a million letters",
        lambda: diagram(A, LINE, f"<b:{'x' * 1_000_000}/>"),
        "语法|超过|不支持",
    ),
    file(
        "a prefix of a million letters",
        lambda: (
            diagram(A, LINE)
            .replace("b:", f"{'b' * 49_000}:")
            .replace("xmlns:b=", f"xmlns:{'b' * 49_000}=")
        ),
        "语法|超过",
    ),
    file(
        "ten thousand attributes",
        lambda: diagram(A, LINE).replace('name="a"', "name='a'" + repeated(' y#="1"', 100_000)),
        "超过|属性",
    ),
    file(
        "ten thousand namespaces",
        lambda: diagram(A, LINE).replace(
            "xmlns:xsi=", repeated('xmlns:n#="urn:#" ', 30_000) + "xmlns:xsi="
        ),
        "命名空间|超过",
    ),
    file("a file of more than four megabytes", lambda: diagram(A, LINE) + " " * 4_100_000, "MB"),
    file(
        "text of three megabytes in a task",
        lambda: diagram('<b:userTask id="a">' + "x" * 3_000_000 + "</b:userTask>", LINE),
        "文字|超过|wf:form",
    ),
    file("a fault behind seventy thousand lines", lambda: lines('<b:task id="x"/>'), "行"),
    file(
        "a condition of three megabytes",
        lambda: diagram(
            A,
            '<b:exclusiveGateway id="g" default="no"/>',
            chain("begin", "g"),
            chain("a", "end"),
            flow("g", "a", f"={'1 + ' * 700_000}1 = 2", key="f"),
            flow("g", "end", key="no"),
        ),
        "10000",
    ),
    file(
        "an attribute whose faults repeat it",
        lambda: diagram(
            user("a", repeated(f'<wf:output name="{"!" * 9_000}#" value="=1"/>', 290)), LINE
        ),
        "output",
    ),
    file(
        "a subprocess of nine hundred elements, refused",
        lambda: diagram(
            sub("s", "".join(f'<b:task id="t{n}"/>' for n in range(2_000))),
            chain("begin", "s", "end"),
        ),
        "任务",
    ),
    drawn(
        "a lane by a name of nine thousand letters",
        "a",
        "roles.json",
        '<b:laneSet id="ls">'
        f'<b:lane id="l"><b:extensionElements><wf:lane role="{"r" * 9_000}"/>'
        "</b:extensionElements><b:flowNodeRef>a</b:flowNodeRef></b:lane></b:laneSet>",
        A,
        LINE,
    ),
    drawn(
        "an operation with a thousand parameters",
        "x",
        TOO_MANY,
        A,
        ""
        + node(
            "serviceTask",
            "x",
            '<wf:operation name="ghost">'
            + repeated('<wf:parameter name="p#" value="=1"/>', 1_000)
            + "</wf:operation>",
        ),
        chain("begin", "a", "x", "end"),
    ),
]

CASES: list[Case] = [*ELEMENTS, *LONG]
