"""Elements that are refused, events in places where they mean nothing, and endless repetition."""

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

#: What can never run here, and a word of what a designer is told.
REFUSED = {
    "task": "任务",
    "scriptTask": "脚本",
    "transaction": "事务",
    "adHocSubProcess": "即席",
    "complexGateway": "复杂",
    "choreographyTask": "编排",
    "subChoreography": "编排",
    "callChoreography": "编排",
    "implicitThrowEvent": "不支持",
    "conversation": "不支持",
    "globalUserTask": "全局|不支持",
    "eventDefinition": "不支持",
    "flowNode": "不支持",
    "activity": "不支持",
}
KINDS = [
    drawn(
        f"{kind} in the way",
        "x",
        word,
        A,
        f'{MARK}<b:{kind} id="x"/>',
        chain("begin", "a", "x", "end"),
    )
    for kind, word in REFUSED.items()
] + [
    drawn(
        "a script of Python",
        "s",
        "脚本",
        f'{MARK}<b:scriptTask id="s" scriptFormat="python">'
        "<b:script>import os; os.system('id')</b:script></b:scriptTask>",
        chain("begin", "s", "end"),
    ),
    drawn(
        "a script before a task",
        "a",
        "脚本",
        f'{MARK}<b:userTask id="a"><b:extensionElements>'
        '<s:preScript xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">import os'
        "</s:preScript></b:extensionElements></b:userTask>",
        chain("begin", "a", "end"),
    ),
    drawn(
        "a script in a task of persons",
        "a",
        "不支持|脚本",
        f'{MARK}<b:userTask id="a"><b:script>1</b:script></b:userTask>',
        chain("begin", "a", "end"),
    ),
    drawn(
        "a task for compensation",
        "a",
        "补偿",
        f"{MARK}{node('manualTask', 'a')}".replace('name="a"', 'isForCompensation="true"'),
        chain("begin", "a", "end"),
    ),
    drawn(
        "a task that needs three tokens",
        "a",
        "数量",
        f'{MARK}<b:manualTask id="a" startQuantity="3"/>',
        chain("begin", "a", "end"),
    ),
    drawn(
        "a task that gives a billion tokens",
        "a",
        "数量",
        f'{MARK}<b:manualTask id="a" completionQuantity="1000000000"/>',
        chain("begin", "a", "end"),
    ),
    drawn(
        "a receiving task that starts the process",
        "a",
        "启动",
        f'{MARK}<b:receiveTask id="a" messageRef="m_ask" instantiate="true"/>',
        chain("begin", "a", "end"),
    ),
]

#: Where an event means nothing: what is drawn, about what, and a word of the refusal.
PLACES = {
    "a start of terminating": ("startEvent", "terminate"),
    "a start of a link": ("startEvent", "link"),
    "a start of an error": ("startEvent", "error"),
    "a start of an escalation": ("startEvent", "escalation"),
    "a start of compensation": ("startEvent", "compensate"),
    "a start of cancelling": ("startEvent", "cancel"),
    "an end of a timer": ("endEvent", "timer"),
    "an end of a condition": ("endEvent", "conditional"),
    "an end of a link": ("endEvent", "link"),
    "an end of compensation": ("endEvent", "compensate"),
    "an end of cancelling": ("endEvent", "cancel"),
    "catching nothing": ("intermediateCatchEvent", ""),
    "catching an error in the way": ("intermediateCatchEvent", "error"),
    "catching an escalation in the way": ("intermediateCatchEvent", "escalation"),
    "catching a termination": ("intermediateCatchEvent", "terminate"),
    "catching what was compensated": ("intermediateCatchEvent", "compensate"),
    "throwing a timer": ("intermediateThrowEvent", "timer"),
    "throwing a condition": ("intermediateThrowEvent", "conditional"),
    "throwing a termination in the way": ("intermediateThrowEvent", "terminate"),
    "throwing an error in the way": ("intermediateThrowEvent", "error"),
    "throwing compensation": ("intermediateThrowEvent", "compensate"),
    "an event about a wish": ("intermediateCatchEvent", "wish"),
}
PLACED = (
    [
        drawn(
            name,
            "x",
            "不支持|不能|只能",
            A,
            f'{MARK}<b:{kind} id="x">'
            + (f"<b:{event}EventDefinition/>" if event else "")
            + f"</b:{kind}>",
            chain("begin", "a", *(["x"] if kind == "endEvent" else ["x", "end"])),
            *([flow("a", "end")] if kind == "endEvent" else []),
        )
        for name, (kind, event) in PLACES.items()
    ]
    + [
        drawn(
            f"a boundary event of {event or 'nothing'}",
            "x",
            "不支持|不能|只能",
            A,
            f"{MARK}{boundary('x', 'a', inner or ' ')}",
            chain("begin", "a", "end"),
            flow("x", "end"),
        )
        for event, inner in (
            ("", ""),
            ("terminating", "<b:terminateEventDefinition/>"),
            ("a link", '<b:linkEventDefinition name="l"/>'),
            ("compensation", "<b:compensateEventDefinition/>"),
            ("cancelling", "<b:cancelEventDefinition/>"),
        )
    ]
    + [
        drawn(
            "an event about two things",
            "x",
            "只能有一种|一种",
            A,
            f"{MARK}" + node("intermediateCatchEvent", "x", inner=message() + timer("P1D")),
            chain("begin", "a", "x", "end"),
        ),
        drawn(
            "an event about two things at once",
            "x",
            "一种|并行",
            A,
            f"{MARK}"
            + node(
                "intermediateCatchEvent",
                "x",
                inner=message() + timer("P1D"),
                parallelMultiple="true",
            ),
            chain("begin", "a", "x", "end"),
        ),
        drawn(
            "an error that doesn't interrupt",
            "x",
            "错误",
            sub("s", chain("s_s", "s_e")),
            f"{MARK}"
            + boundary("x", "s", '<b:errorEventDefinition errorRef="e"/>', cancelActivity="false"),
            chain("begin", "s", "end"),
            flow("x", "end"),
            before='<b:error id="e" errorCode="E"/>',
        ),
    ]
)
LINK = '<b:{} id="{}"><b:linkEventDefinition name="{}"/></b:{}>'


def link(kind: str, key: str, name: str) -> str:
    """Draw one end of a link."""
    whole = f"intermediate{kind}Event"
    return LINK.format(whole, key, name, whole)


LINKS = [
    drawn(
        "a link that leads nowhere",
        "out",
        "链接",
        A,
        f"{MARK}{link('Throw', 'out', 'x')}",
        chain("begin", "a", "out"),
        flow("a", "end"),
    ),
    drawn(
        "a link that nothing leads to",
        "in",
        "走不到",
        A,
        f"{MARK}{link('Catch', 'in', 'x')}",
        chain("begin", "a", "end"),
        flow("in", "end"),
    ),
    drawn(
        "a link with two other ends",
        "out",
        "链接",
        A,
        f"{MARK}{link('Throw', 'out', 'x')}",
        link("Catch", "i1", "x"),
        link("Catch", "i2", "x"),
        chain("begin", "a", "out"),
        chain("i1", "end"),
        chain("i2", "end"),
    ),
    drawn(
        "a link into a subprocess",
        "out",
        "链接",
        A,
        f"{MARK}{link('Throw', 'out', 'x')}",
        sub("s", link("Catch", "in", "x") + chain("in", "s_e")),
        chain("begin", "a", "out"),
        chain("a", "s", "end"),
    ),
    drawn(
        "a link without a name",
        "out",
        "链接",
        A,
        f"{MARK}{link('Throw', 'out', '')}",
        link("Catch", "in", ""),
        chain("begin", "a", "out"),
        flow("in", "end"),
    ),
    drawn(
        "a circle of links alone",
        "",
        "循环|空转|链接|走不到",
        A,
        link("Throw", "out", "x"),
        link("Catch", "in", "x"),
        chain("begin", "a", "out"),
        flow("in", "out"),
        flow("a", "end"),
    ),
]
MANY = "<b:multiInstanceLoopCharacteristics {}>{}</b:multiInstanceLoopCharacteristics>"
TIMES = "<b:loopCardinality>{}</b:loopCardinality>"
EACH = '<b:extensionElements><wf:each items="{}" as="{}"/></b:extensionElements>'
LOOP = "<b:standardLoopCharacteristics {}>{}</b:standardLoopCharacteristics>"
UNTIL = "<b:loopCondition>{}</b:loopCondition>"

REPEATED = {
    "a billion times": MANY.format("", TIMES.format("1000000000")),
    "ten to the hundredth times": MANY.format("", TIMES.format("1" + "0" * 100)),
    "minus one times": MANY.format("", TIMES.format("-1")),
    "one and a half times": MANY.format("", TIMES.format("1.5")),
    "no times said": MANY.format("", TIMES.format("")),
    "for nothing": MANY.format("", ""),
    "by a count and a list": MANY.format("", EACH.format("=[1]", "one") + TIMES.format("2")),
    "for each of a list with an error": MANY.format("", EACH.format("=[1,", "one")),
    "with some event of it thrown": MANY.format('behavior="Complex"', TIMES.format("3")),
    "for each under a name of JavaScript": MANY.format("", EACH.format("=[1]", "__proto__")),
    "for each under a name of the server": MANY.format("", EACH.format("=[1]", "answers")),
    "for each under a word of FEEL": MANY.format("", EACH.format("=[1]", "for")),
    "until what can't be read": MANY.format(
        "", TIMES.format("3") + "<b:completionCondition>=1 +</b:completionCondition>"
    ),
    "in an order that is none": MANY.format('isSequential="perhaps"', TIMES.format("3")),
    "by a data object": MANY.format("", "<b:loopDataInputRef>ghost</b:loopDataInputRef>"),
    "as a loop by nothing": LOOP.format("", ""),
    "as a loop with an error": LOOP.format("", UNTIL.format("=1 +")),
    "as a loop of minus three turns": LOOP.format('loopMaximum="-3"', UNTIL.format("=1 = 1")),
    "as a loop of a billion turns": LOOP.format('loopMaximum="1000000000"', UNTIL.format("=1 = 1")),
    "as a loop of turns in words": LOOP.format('loopMaximum="viele"', UNTIL.format("=1 = 1")),
    "both as a loop and many times": LOOP.format("", UNTIL.format("=1 = 1"))
    + MANY.format("", TIMES.format("3")),
}
REPETITION = [
    drawn(
        f"a task repeated {name}",
        "x",
        "多实例|循环|次|each|FEEL|标记|isSequential",
        A,
        f"{MARK}{node('manualTask', 'x', inner=inner)}",
        chain("begin", "a", "x", "end"),
    )
    for name, inner in REPEATED.items()
] + [
    drawn(
        "a gateway repeated",
        "g",
        "不支持|循环|多实例",
        A,
        f"{MARK}{node('exclusiveGateway', 'g', inner=REPEATED['a billion times'])}",
        chain("begin", "a", "g", "end"),
    ),
    drawn(
        "an event repeated",
        "end",
        "不支持|循环|多实例",
        A,
        f"{MARK}{node('endEvent', 'end', inner=REPEATED['a billion times'])}",
        chain("begin", "a", "end"),
    ),
]
INNER = '<b:startEvent id="es"{}>{}</b:startEvent><b:endEvent id="ee"/>' + flow("es", "ee")
HANDLERS = [
    drawn(
        f"a subprocess of events {name}",
        place,
        word,
        A,
        f"{MARK}" + node("subProcess", "h", inner=inner, triggeredByEvent="true"),
        chain("begin", "a", "end"),
        *more,
    )
    for name, place, word, inner, more in (
        ("without a start", "h", "事件子流程|开始", '<b:endEvent id="ee"/>', ()),
        ("with a plain start", "", "事件子流程|开始", INNER.format("", ""), ()),
        (
            "with a flow into it",
            "h",
            "事件子流程|流",
            INNER.format("", message()),
            (flow("a", "h"),),
        ),
        (
            "with a flow out of it",
            "h",
            "事件子流程|流",
            INNER.format("", message()),
            (flow("h", "end"),),
        ),
        (
            "with two starts",
            "",
            "事件子流程|开始",
            INNER.format("", message())
            + f'<b:startEvent id="e2">{message("m_tell")}</b:startEvent>'
            + flow("e2", "ee"),
            (),
        ),
        (
            "that goes off in no time for ever",
            "",
            "事件子流程|定时|循环",
            INNER.format(' isInterrupting="false"', timer("R/PT0S", "timeCycle")),
            (),
        ),
    )
]

HANDLERS += [
    drawn(
        "a subprocess of events with a boundary event",
        "late",
        "边界",
        A,
        node("subProcess", "h", inner=INNER.format("", message()), triggeredByEvent="true"),
        chain("begin", "a", "end"),
        f"{MARK}{boundary('late', 'h')}",
        flow("late", "end"),
    ),
]

CASES: list[Case] = [*KINDS, *PLACED, *LINKS, *REPETITION, *HANDLERS]
