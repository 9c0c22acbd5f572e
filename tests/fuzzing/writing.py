"""Writes a diagram as BPMN."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from tests.fuzzing.model import Diagram, Element, Flow, Loop

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:wf="urn:workflow-server:bpmn:1" '
    'id="defs" targetNamespace="http://example.org/fuzz">\n'
)
#: Kind of event -> the attribute its declaration is named by.
_DECLARED = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}


def write(diagram: Diagram) -> bytes:
    """Return a file with the process and all it calls."""
    processes = [diagram, *diagram.called]
    declared = {
        (event, name)
        for process in processes
        for each in process.elements.values()
        if (event := _event(each)) in _DECLARED and (name := each.name) is not None
    }
    lines = [
        _tag(event, "", id=f"{event}_{name}", **{_DECLARED[event]: name})
        for event, name in sorted(declared)
    ]
    for process in processes:
        lines.append(_tag("process", _inside(process, None), id=process.key, isExecutable="true"))
    return (_HEAD + "\n".join(lines) + "\n</bpmn:definitions>\n").encode()


def _event(each: Element) -> str:
    return "message" if each.kind in ("sendTask", "receiveTask") else each.event


def _tag(tag: str, inner: str, **attributes: object) -> str:
    named = "".join(
        f" {name}={quoteattr(str(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    return f"<bpmn:{tag}{named}>{inner}</bpmn:{tag}>"


def _inside(diagram: Diagram, scope: str | None) -> str:
    inside = diagram.inside(scope)
    here = {each.id for each in inside}
    lines = [_element(diagram, each) for each in inside]
    lines += [_flow(flow) for flow in diagram.flows if flow.source in here]
    return "\n" + "\n".join(lines) + "\n"


def _flow(flow: Flow) -> str:
    inner = _feel("conditionExpression", flow.condition) if flow.condition else ""
    return _tag("sequenceFlow", inner, id=flow.id, sourceRef=flow.source, targetRef=flow.target)


def _feel(tag: str, text: object) -> str:
    return f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape(str(text))}</bpmn:{tag}>'


def _element(diagram: Diagram, each: Element) -> str:
    more: dict[str, object] = {"id": each.id, "default": each.default}
    inner = ""
    if each.kind in ("sendTask", "receiveTask"):
        more["messageRef"] = f"message_{each.name}"
    elif each.kind == "callActivity":
        more["calledElement"] = each.name
    elif each.kind == "boundaryEvent":
        more |= {
            "attachedToRef": each.attached,
            "cancelActivity": str(each.interrupting).lower(),
        }
    elif each.kind == "startEvent" and not each.interrupting:
        more["isInterrupting"] = "false"
    if each.kind.endswith("Event"):
        inner += _definition(each)
    if each.loop is not None:
        inner += _loop(each.loop)
    if each.kind == "subProcess":
        more["triggeredByEvent"] = "true" if each.triggered else None
        inner += _inside(diagram, each.id)
    return _tag(each.kind, inner, **more)


def _definition(each: Element) -> str:
    if each.event == "none":
        return ""
    inner, more = "", {}
    if each.event in _DECLARED and each.name is not None:
        more[f"{each.event}Ref"] = f"{each.event}_{each.name}"
    elif each.event == "link":
        more["name"] = str(each.name)
    elif each.event == "conditional":
        inner = _feel("condition", each.condition)
    elif each.event == "timer":
        text = str(each.timer)
        kind = {"R": "timeCycle", "P": "timeDuration"}.get(text[0], "timeDate")
        inner = _feel(kind, text)
    return _tag(f"{each.event}EventDefinition", inner, **more)


def _loop(loop: Loop) -> str:
    if loop.kind == "standard":
        inner = _feel("loopCondition", loop.condition)
        before = "true" if loop.before else None
        return _tag(
            "standardLoopCharacteristics", inner, testBefore=before, loopMaximum=loop.maximum
        )
    inner = ""
    each = {
        "items": None if loop.counted else f"={loop.items}",
        "as": loop.name,
        "result": f"={loop.result}" if loop.result else None,
        "into": loop.into,
    }
    named = "".join(f" {name}={quoteattr(value)}" for name, value in each.items() if value)
    if named:
        inner += f"<bpmn:extensionElements><wf:each{named}/></bpmn:extensionElements>"
    if loop.counted:
        inner += _feel("loopCardinality", loop.items)
    if loop.condition:
        inner += _feel("completionCondition", loop.condition)
    sequential = "true" if loop.kind == "sequential" else "false"
    return _tag("multiInstanceLoopCharacteristics", inner, isSequential=sequential)
