"""A diagram as plain data: what the generator draws, the writer writes, the reference plays."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Elements a token stays at, or passes, and which events may be attached to.
TASKS = ("userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask")
WORK = ("serviceTask", "businessRuleTask", "sendTask")
ACTIVITIES = (*TASKS, "callActivity", "subProcess")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")


@dataclass
class Loop:
    """Marks of an activity that runs several times."""

    kind: str  # "parallel", "sequential" or "standard"
    items: str | None = None  # FEEL for a list, or for a number if `counted`
    counted: bool = False
    name: str | None = None  # how an item is called inside
    result: str | None = None
    into: str | None = None
    condition: str | None = None  # completion, or going on for a standard loop
    before: bool = False
    maximum: int | None = None


@dataclass
class Element:
    """A flow node; `kind` is its name in BPMN, `scope` the element it is drawn in."""

    id: str
    kind: str
    scope: str | None = None
    event: str = "none"
    name: str | None = None  # of the message, signal, link, error, escalation or called process
    timer: str | None = None
    condition: str | None = None
    attached: str | None = None
    interrupting: bool = True
    default: str | None = None
    triggered: bool = False  # an event subprocess
    loop: Loop | None = None


@dataclass
class Flow:
    id: str
    source: str
    target: str
    condition: str | None = None


@dataclass
class Diagram:
    """One process; elements and flows stand in the order of the file."""

    key: str = "p"
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    called: list[Diagram] = field(default_factory=list)
    compiled: bytes | None = None  # what the engine made of it, once it has

    def inside(self, scope: str | None) -> list[Element]:
        """What is drawn directly in a scope."""
        return [each for each in self.elements.values() if each.scope == scope]

    def out(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == element]

    def into(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == element]

    def attached(self, element: str) -> list[Element]:
        return [each for each in self.elements.values() if each.attached == element]

    def ordered(self, scope: str | None = None) -> list[Element]:
        """All elements as they stand in the file: what is drawn in one follows it at once."""
        found: list[Element] = []
        for each in self.inside(scope):
            found += [each, *self.ordered(each.id)]
        return found

    def partner(self, link: Element) -> Element:
        """The place where a link goes on."""
        return next(
            each
            for each in self.inside(link.scope)
            if each.kind == "intermediateCatchEvent"
            and each.event == "link"
            and each.name == link.name
        )


def kinds(diagram: Diagram) -> list[str]:
    """Name every construct that occurs, for counting them."""
    found = []
    for each in diagram.elements.values():
        name = each.kind
        if each.kind.endswith("Event"):
            name = _event(diagram, each)
            if each.timer and each.timer.startswith("R"):
                found.append(f"cycle {each.kind}")
        elif each.triggered:
            within = diagram.elements.get(each.scope or "")
            name = "eventSubprocess nested" if within else "eventSubprocess"
        elif each.kind.endswith("Gateway"):
            name += " join" if len(diagram.into(each.id)) > 1 else " split"
        found.append(name)
        found += _marks(diagram, each)
    return found + [name for other in diagram.called for name in kinds(other)]


def _event(diagram: Diagram, each: Element) -> str:
    within = diagram.elements.get(each.scope or "")
    starts = each.kind == "startEvent" and within is not None and within.triggered
    mode = " interrupting" if each.interrupting else " beside"
    if starts:
        return f"eventSubprocess start {each.event}{mode}"
    return f"{each.kind} {each.event}{mode if each.kind == 'boundaryEvent' else ''}"


def _marks(diagram: Diagram, each: Element) -> list[str]:
    found = []
    if each.loop is not None:
        found.append(f"{each.loop.kind} {each.kind}")
        if each.loop.kind != "standard" and each.loop.condition:
            found.append(f"completion {each.loop.kind}")
    if each.attached is not None:
        host = diagram.elements[each.attached]
        found.append(f"boundary on {host.kind}" + (" looped" if host.loop else ""))
    out = diagram.out(each.id)
    if not each.kind.endswith("Gateway") and len(out) > 1:
        found.append("several flows")
        if any(flow.condition for flow in out):
            found.append("conditional flows")
    return found
