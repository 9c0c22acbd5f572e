"""Minimal diagrams with one construct x each, for the table of what runs."""

from __future__ import annotations

from collections.abc import Callable

from tests.engine.builder import Process, line
from tests.engine.shapes import TEXTS, again, body, multi

KINDS = (
    "none",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "link",
    "terminate",
    "compensation",
    "cancel",
    "multiple",
    "parallel multiple",
)
#: Activities that boundary events are attached to.
HOSTS = (
    "userTask",
    "manualTask",
    "receiveTask",
    "serviceTask",
    "businessRuleTask",
    "sendTask",
    "callActivity",
    "subProcess",
)

CALLED = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()


def about(process: Process, kind: str) -> tuple[str, dict[str, str]]:
    """Return the event definitions of a kind, and the attributes of its event."""
    several = process.about("message", "M-A") + process.about("timer", "P1D")
    special = {
        "link": process.about("link", "L"),
        "terminate": "<bpmn:terminateEventDefinition/>",
        "compensation": "<bpmn:compensateEventDefinition/>",
        "cancel": "<bpmn:cancelEventDefinition/>",
        "multiple": several,
        "parallel multiple": several,
        "none": "",
    }
    more = {"parallelMultiple": "true"} if kind == "parallel multiple" else {}
    if kind in special:
        return special[kind], more
    return process.about(kind, TEXTS[kind]), more


def _event(process: Process, element: str, kind: str, **more: str) -> Process:
    inner, marks = about(process, kind)
    return process.element(element, "x", inner, **more, **marks)


def _start(kind: str) -> Process:
    return _event(Process().end().user("a"), "startEvent", kind).chain("x", "a", "end")


def _sub_start(kind: str) -> Process:
    inner = _event(Process("in").user("a").end("e"), "startEvent", kind).chain("x", "a", "e")
    return Process().start().end().sub("sub", inner).chain("start", "sub", "end")


def _handler_start(kind: str, stop: str) -> Process:
    inner = Process("in").user("h").end("e")
    _event(inner, "startEvent", kind, isInterrupting=stop).chain("x", "h", "e")
    return line("a").sub("handler", inner, triggeredByEvent="true")


def _caught(kind: str) -> Process:
    process = Process().start().end().user("a").flow("start", "a")
    _event(process, "intermediateCatchEvent", kind).flow("x", "end")
    if kind != "link":
        return process.flow("a", "x")
    return process.element("intermediateThrowEvent", "t", process.about("link", "L")).flow("a", "t")


def _offered(kind: str) -> Process:
    process = Process().start().end().event_gateway("g").receive("other", "M-OTHER")
    process.flow("start", "g").chain("g", "other", "end")
    return _event(process, "intermediateCatchEvent", kind).chain("g", "x", "end")


def _thrown(kind: str) -> Process:
    process = Process().start().end().user("a").chain("start", "a", "x")
    _event(process, "intermediateThrowEvent", kind)
    if kind != "link":
        return process.flow("x", "end")
    process.element("intermediateCatchEvent", "c", process.about("link", "L"))
    return process.flow("c", "end")


def _attached(kind: str, stop: str, host: str = "subProcess") -> Process:
    process = Process().start().end().chain("start", "host", "end").flow("x", "end")
    message = process._ref("M-HOST") if host in ("receiveTask", "sendTask") else None
    inner = process.inside(body("in", "a")) if host == "subProcess" else ""
    called = "q" if host == "callActivity" else None
    process.element(host, "host", inner, messageRef=message, calledElement=called)
    return _event(process, "boundaryEvent", kind, attachedToRef="host", cancelActivity=stop)


def _ended(kind: str) -> Process:
    return _event(Process().start().user("a"), "endEvent", kind).chain("start", "a", "x")


#: Where an event stands -> draws one of a kind there.
PLACES: dict[str, Callable[[str], Process]] = {
    "process start": _start,
    "subprocess start": _sub_start,
    "event subprocess start, interrupting": lambda kind: _handler_start(kind, "true"),
    "event subprocess start, non-interrupting": lambda kind: _handler_start(kind, "false"),
    "intermediate catch": _caught,
    "behind event gateway": _offered,
    "intermediate throw": _thrown,
    "boundary, interrupting": lambda kind: _attached(kind, "true"),
    "boundary, non-interrupting": lambda kind: _attached(kind, "false"),
    "end": _ended,
}
ATTACHED = ("message", "timer", "signal", "conditional", "error", "escalation")


def attached(host: str, kind: str) -> Process:
    """Draw an interrupting boundary event on an activity of a kind."""
    return _attached(kind, "true", host)


# Elements


def _flowing(kind: str, inner: str = "", **more: str) -> Callable[[], Process]:
    """Return what draws one element x between a start and an end."""
    return lambda: (
        Process().start().end().element(kind, "x", inner, **more).chain("start", "x", "end")
    )


def _with_message(kind: str, **more: str) -> Callable[[], Process]:
    def draw() -> Process:
        process = Process().start().end()
        process.element(kind, "x", messageRef=process._ref("M-X"), **more)
        return process.chain("start", "x", "end")

    return draw


def _sub(kind: str, **more: str) -> Callable[[], Process]:
    def draw() -> Process:
        process = Process().start().end()
        process.element(kind, "x", process.inside(body("in", "a")), **more)
        return process.chain("start", "x", "end")

    return draw


def _gateway(kind: str, when: str | None = None, **more: str) -> Callable[[], Process]:
    def draw() -> Process:
        process = Process().start().end().user("a", "b").element(kind, "x", default="d", **more)
        process.flow("start", "x").flow("x", "a", when).flow("x", "b", id="d")
        return process.flow("a", "end").flow("b", "end")

    return draw


def _plain_gateway(kind: str, **more: str) -> Callable[[], Process]:
    def draw() -> Process:
        process = Process().start().end().user("a", "b").element(kind, "x", **more)
        return process.flow("start", "x").chain("x", "a", "end").chain("x", "b", "end")

    return draw


def _events_gateway(**more: str) -> Callable[[], Process]:
    def draw() -> Process:
        process = Process().start().end().element("eventBasedGateway", "x", **more)
        process.receive("r", "M-X").catch("t", timer="P1D").flow("start", "x")
        return process.chain("x", "r", "end").chain("x", "t", "end")

    return draw


def _conditional_flow(source: str, target: str) -> Callable[[], Process]:
    """Return what draws the flow x with a condition, in the line from start to a to end."""
    flows = [("start", "a"), ("a", "end")]

    def draw() -> Process:
        process = Process().start().end().user("a").flow(source, target, "=c", id="x")
        return process.chain(*next(each for each in flows if each != (source, target)))

    return draw


def _default_flow() -> Process:
    process = Process().start().end().element("userTask", "a", default="x").user("b")
    return process.flow("start", "a").flow("a", "b", "=c").flow("a", "end", id="x").flow("b", "end")


def _beside(xml: str) -> Callable[[], Process]:
    return lambda: line("a").raw(xml)


def _handled() -> Process:
    inner = Process("in").user("h").end("e").start("hs", message="M-H").chain("hs", "h", "e")
    return line("a").sub("x", inner, triggeredByEvent="true")


def _data(arrow: str) -> Callable[[], Process]:
    objects = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
    return lambda: (
        Process()
        .start()
        .end()
        .raw(objects)
        .element("userTask", "a", arrow)
        .chain("start", "a", "end")
    )


#: What stands beside a process in its file, by element.
BESIDE = {
    "pool (participant)": '<bpmn:collaboration id="x"><bpmn:participant id="pp" processRef="p"/>'
    "</bpmn:collaboration>",
    "several pools, one executable process each": CALLED
    + '<bpmn:collaboration id="x"><bpmn:participant id="pp" processRef="p"/>'
    '<bpmn:participant id="pq" processRef="q"/></bpmn:collaboration>',
    "black-box pool": '<bpmn:collaboration id="x"><bpmn:participant id="pp"/></bpmn:collaboration>',
    "message flow": '<bpmn:collaboration id="x"><bpmn:participant id="pp" processRef="p"/>'
    '<bpmn:participant id="pb"/><bpmn:messageFlow id="mf" sourceRef="a" targetRef="pb"/>'
    "</bpmn:collaboration>",
    "process with isExecutable false": '<bpmn:process id="x" isExecutable="false">'
    '<bpmn:task id="any"/></bpmn:process>',
    "global task": '<bpmn:globalUserTask id="x"/>',
    "data store": '<bpmn:dataStore id="x"/>',
    "conversation, choreography": '<bpmn:choreography id="x"/><bpmn:collaboration id="y">'
    '<bpmn:conversation id="z"/></bpmn:collaboration>',
    "call activity": CALLED,
}

_OUT = (
    '<bpmn:dataOutputAssociation id="x"><bpmn:targetRef>r</bpmn:targetRef>'
    "</bpmn:dataOutputAssociation>"
)
_IN = (
    '<bpmn:property id="pr" name="__targetRef_placeholder"/>'
    '<bpmn:dataInputAssociation id="x"><bpmn:sourceRef>r</bpmn:sourceRef>'
    "<bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>"
)
_LANE = '<bpmn:laneSet id="ls"><bpmn:lane id="x"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
_NOTE = '<bpmn:textAnnotation id="{}"><bpmn:text>see</bpmn:text></bpmn:textAnnotation>'

#: Element -> draws one as x.
ELEMENTS: dict[str, Callable[[], Process]] = {
    "task (without a kind)": _flowing("task"),
    "user task": _flowing("userTask"),
    "manual task": _flowing("manualTask"),
    "service task": _flowing("serviceTask"),
    "send task": _with_message("sendTask"),
    "receive task": _with_message("receiveTask"),
    "receive task, instantiating": _with_message("receiveTask", instantiate="true"),
    "business rule task": _flowing("businessRuleTask"),
    "script task": _flowing("scriptTask", "<bpmn:script>1</bpmn:script>"),
    "call activity": _flowing("callActivity", calledElement="q"),
    "call activity of a global task": _flowing("callActivity", calledElement="gt"),
    "global task": lambda: line("a"),
    "embedded subprocess": _sub("subProcess"),
    "event subprocess": _handled,
    "transaction": _sub("transaction"),
    "ad-hoc subprocess": _sub("adHocSubProcess"),
    "multi-instance, parallel": _flowing("userTask", multi("=items")),
    "multi-instance, sequential": _flowing("userTask", multi("=items", sequential=True)),
    "multi-instance by loopDataInputRef": _flowing(
        "userTask",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "<bpmn:loopDataInputRef>r</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>",
    ),
    "multi-instance, behavior not All": _flowing(
        "userTask", multi("=items").replace(" isS", ' behavior="One" isS')
    ),
    "standard loop": _flowing("userTask", again("=c")),
    "compensation marker": _flowing("userTask", isForCompensation="true"),
    "start or completion quantity above 1": _flowing("userTask", startQuantity="2"),
    "exclusive gateway": _gateway("exclusiveGateway", "=c"),
    "inclusive gateway": _gateway("inclusiveGateway", "=c"),
    "parallel gateway": _plain_gateway("parallelGateway"),
    "event-based gateway": _events_gateway(),
    "event-based gateway, parallel": _events_gateway(eventGatewayType="Parallel"),
    "event-based gateway, instantiating": _events_gateway(instantiate="true"),
    "complex gateway": _plain_gateway("complexGateway"),
    "sequence flow": lambda: line("a"),
    "several flows out of an activity": lambda: line("a").flow("a", "end", id="x"),
    "several flows into an activity": lambda: line("a").flow("start", "a", id="x"),
    "conditional flow out of an activity": _conditional_flow("a", "end"),
    "conditional flow out of an event": _conditional_flow("start", "a"),
    "default flow": _default_flow,
    "message flow": lambda: line("a"),
    "data object, data object reference": _data(""),
    "data association out of an activity": _data(_OUT),
    "data association into an activity": _data(_IN),
    "data association to anything else": _flowing("userTask", _OUT.replace(' id="x"', "")),
    "data input, data output": _flowing("userTask", "<bpmn:ioSpecification/>"),
    "property": _flowing("userTask", '<bpmn:property name="sum"/>'),
    "data store": lambda: line("a"),
    "data store reference": _beside('<bpmn:dataStoreReference id="x"/>'),
    "pool (participant)": lambda: line("a"),
    "several pools, one executable process each": lambda: line("a"),
    "black-box pool": lambda: line("a"),
    "process with isExecutable false": lambda: line("a"),
    "process without isExecutable": lambda: Process("x", executable=None).start().end(),
    "lane": _beside(f"{_LANE}</bpmn:lane></bpmn:laneSet>"),
    "nested lanes": _beside(
        '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:childLaneSet id="cs"><bpmn:lane id="x">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"
        "</bpmn:laneSet>"
    ),
    "text annotation": _beside(_NOTE.format("x")),
    "association with a text annotation": _beside(
        _NOTE.format("n") + '<bpmn:association id="x" sourceRef="a" targetRef="n"/>'
    ),
    "association between work": _beside(
        '<bpmn:association id="x" sourceRef="start" targetRef="end"/>'
    ),
    "group": _beside('<bpmn:group id="x"/>'),
    "rendering of a user task": _flowing("userTask", "<bpmn:rendering/>"),
    "loop mark of another kind": _flowing("userTask", "<bpmn:loopCharacteristics/>"),
    "documentation, auditing, monitoring": _flowing(
        "userTask", "<bpmn:documentation>why</bpmn:documentation><bpmn:auditing/><bpmn:monitoring/>"
    ),
    "resource role, performer": _flowing("userTask", "<bpmn:performer/>"),
    "human performer, potential owner": _flowing("userTask", "<bpmn:potentialOwner/>"),
    "correlation subscription": _beside('<bpmn:correlationSubscription id="x"/>'),
    "event definition by reference": _flowing(
        "intermediateThrowEvent", "<bpmn:eventDefinitionRef>ed</bpmn:eventDefinitionRef>"
    ),
    "boundary event on a gateway or an event": lambda: (
        line("a").boundary("x", on="start", timer="P1D").flow("x", "end")
    ),
    "choreography task": _flowing("choreographyTask"),
    "sub-choreography": _flowing("subChoreography"),
    "call choreography": _flowing("callChoreography"),
    "conversation, choreography": lambda: line("a"),
}
