"""The measured process: ten user tasks in a row, each with a form of three fields."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

LENGTH = 10
PASSWORD = "bench-worker-1"
ANSWERS = {"subject": "占用人行道的停车场", "amount": 128, "decision": "agree"}

FORM = {
    "schemaVersion": 18,
    "type": "default",
    "id": "step",
    "components": [
        {
            "type": "textfield",
            "key": "subject",
            "label": "Subject",
            "validate": {"required": True, "maxLength": 100},
        },
        {"type": "number", "key": "amount", "label": "Amount", "validate": {"min": 0}},
        {
            "type": "select",
            "key": "decision",
            "label": "Decision",
            "values": [
                {"label": "Agree", "value": "agree"},
                {"label": "Refuse", "value": "refuse"},
            ],
            "validate": {"required": True},
        },
    ],
}

OFFICE = {
    "organisations": [
        {
            "key": "office",
            "code": "B1",
            "name": "Bench office",
            "short_name": "Bench",
            "party": "office",
            "on_server": True,
        }
    ],
    "people": [
        {
            "login": "worker",
            "name": "Worker",
            "password": PASSWORD,
            "positions": [{"organisation": "office", "role": "worker", "title": "Worker"}],
        }
    ],
}

ROLES = {"roles": [{"key": "worker", "label": "Worker", "party": "office", "sees": "organisation"}]}


def diagram(length: int = LENGTH) -> str:
    """A start event, `length` user tasks and an end event, with a layout."""
    names = ["Start", *(f"Task_{n}" for n in range(1, length + 1)), "End"]
    nodes, flows, shapes, edges = [], [], [], []
    for n, name in enumerate(names):
        kind = {"Start": "startEvent", "End": "endEvent"}.get(name, "userTask")
        extension = (
            '<bpmn:extensionElements><wf:assign strategy="role" role="worker"/>'
            '<wf:form key="bench/step"/></bpmn:extensionElements>'
            if kind == "userTask"
            else ""
        )
        nodes.append(f'<bpmn:{kind} id="{name}" name="{name}">{extension}</bpmn:{kind}>')
        shapes.append(
            f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">'
            f'<dc:Bounds x="{100 + 150 * n}" y="100" width="100" height="80"/></bpmndi:BPMNShape>'
        )
    for n, (a, b) in enumerate(itertools.pairwise(names), 1):
        flows.append(f'<bpmn:sequenceFlow id="Flow_{n}" sourceRef="{a}" targetRef="{b}"/>')
        edges.append(
            f'<bpmndi:BPMNEdge id="Flow_{n}_di" bpmnElement="Flow_{n}">'
            f'<di:waypoint x="{50 + 150 * n}" y="140"/><di:waypoint x="{100 + 150 * n}" y="140"/>'
            "</bpmndi:BPMNEdge>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
        ' xmlns:wf="urn:workflow-server:bpmn:1" id="Bench" targetNamespace="urn:bench">'
        '<bpmn:process id="ten_tasks" name="Ten tasks" isExecutable="true">'
        '<bpmn:extensionElements><wf:process title="Ten tasks" party="office"/>'
        '<wf:start role="worker" label="Ten tasks"/></bpmn:extensionElements>'
        + "".join(nodes)
        + "".join(flows)
        + '</bpmn:process><bpmndi:BPMNDiagram id="Diagram_1">'
        '<bpmndi:BPMNPlane id="Plane_1" bpmnElement="ten_tasks">'
        + "".join(shapes)
        + "".join(edges)
        + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )


def write(folder: Path, length: int = LENGTH) -> Path:
    """Write the content folders and return where they stand."""
    files = {
        "bpmn/bench/ten_tasks.bpmn": diagram(length),
        "bpmn/_shared/roles.json": json.dumps(ROLES),
        "bpmn/_shared/office.json": json.dumps(OFFICE),
        "forms/bench/step.json": json.dumps(FORM),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "documents").mkdir(exist_ok=True)
    return folder
