"""Starters: the smallest diagram, form, document or decision that passes the check."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import quoteattr

from workflow_server.content import reading, shared
from workflow_server.content.bundle import Bundle
from workflow_server.content.documents import LAYOUTS as LAYOUTS
from workflow_server.errors import Fault, InvalidInput
from workflow_server.services import draft_files, drafts
from workflow_server.services.actors import Actor
from workflow_server.store.db import transaction

KINDS = ("process", "form", "document", "decision")


def add(
    actor: Actor,
    draft_id: UUID,
    kind: str,
    key: str,
    title: str,
    now: datetime,
    *,
    role: str | None = None,
    layout: str | None = None,
) -> list[str]:
    """Put a starter into a draft; returns the paths of its files, the one to be edited first.

    `key` is the process's, form's (`folder/name`) or document's; `role` starts a process.
    """
    _check(kind, key, title)
    with transaction():
        draft = drafts.hold(actor, draft_id)
        there = draft_files.contents(draft)
        made: Mapping[str, bytes] = {
            "process": lambda: _process(key, title, _role(there, role)),
            "form": lambda: {f"forms/{key}.json": _form(key, title)},
            "document": lambda: _document(key, title, layout or LAYOUTS[0]),
            "decision": lambda: {f"bpmn/{key}/{key}.dmn": _decision(key, title)},
        }[kind]()
        for path in made:
            draft_files.check_path(path)
            draft_files.check_expected(path, "there" if path in there else None, None)
        drafts.put_all(actor, draft, made, now)
    return list(made)


def _check(kind: str, key: str, title: str) -> None:
    parts = key.split("/") if kind == "form" else [key]
    wanted = 2 if kind == "form" else 1
    faults = []
    if len(parts) != wanted or not all(reading.KEY.fullmatch(part) for part in parts):
        form = "目录/名称，各" if kind == "form" else ""
        faults.append(Fault("#/key", f"标识应为{form}由小写字母、数字和下划线组成，以字母开头"))
    if not title.strip():
        faults.append(Fault("#/title", "请填写名称"))
    if faults:
        raise InvalidInput(
            f"{faults[0].detail}。 Expected a key and a title, but {faults[0].pointer} is wrong.",
            faults,
        )


def _role(files: Mapping[str, bytes], wanted: str | None) -> shared.Role:
    """Return who starts a new process: the role asked for, or the first there is."""
    roles = shared.read_with_faults(Bundle(files, ""))[0].roles
    found = roles.get(wanted) if wanted else next(iter(roles.values()), None)
    if found is None:
        raise InvalidInput(
            "没有这个角色。 Expected a role of the content.", [Fault("#/role", "没有这个角色")]
        )
    return found


def _process(key: str, title: str, role: shared.Role) -> dict[str, bytes]:
    diagram = _DIAGRAM.format(
        key=key,
        title=quoteattr(title),
        party=quoteattr(role.party),
        role=quoteattr(role.key),
        form=quoteattr(f"{key}/first"),
    )
    form = f"forms/{key}/first.json"
    return {f"bpmn/{key}/{key}.bpmn": diagram.encode(), form: _form(f"{key}/first", "办理")}


def _form(key: str, title: str) -> bytes:
    note = {
        "type": "textarea",
        "id": "Field_note",
        "key": "note",
        "label": title,
        "validate": {"required": True, "maxLength": 2000},
        "layout": {"row": "Row_1", "columns": None},
    }
    return _json(
        {
            "schemaVersion": 18,
            "type": "default",
            "id": f"Form_{key.replace('/', '_')}",
            "components": [note],
        }
    )


def _document(key: str, title: str, layout: str) -> dict[str, bytes]:
    if layout not in LAYOUTS:
        raise InvalidInput(
            "没有这种版式。 Expected a layout that there is.",
            [Fault("#/layout", f"版式只能是 {'、'.join(LAYOUTS)}")],
        )
    # What is typed is text: it neither ends a tag nor begins an expression.
    plain = html.escape(title).replace("{", "&#123;")
    described = {"title": title, "layout": layout, "data": {"content": "=this.note"}}
    return {
        f"documents/{key}/template.html": _TEMPLATES[layout == "form"]
        .replace("LAYOUT", layout)
        .replace("TITLE", plain)
        .encode(),
        f"documents/{key}/document.json": _json(described),
    }


def _decision(key: str, title: str) -> bytes:
    return _DECISION.format(key=key, title=quoteattr(title)).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:wf="urn:workflow-server:bpmn:1" id="Definitions_{key}" \
targetNamespace="urn:workflow-server:content">
  <bpmn:process id="{key}" name={title} isExecutable="true">
    <bpmn:extensionElements>
      <wf:process title={title} party={party} />
      <wf:start role={role} label={title} />
    </bpmn:extensionElements>
    <bpmn:startEvent id="Start" name="开始">
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="First" name="办理">
      <bpmn:extensionElements>
        <wf:assign strategy="role" role={role} />
        <wf:form key={form} />
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming>
      <bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="End" name="结束">
      <bpmn:incoming>Flow_2</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="First" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="First" targetRef="End" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_{key}">
    <bpmndi:BPMNPlane id="Plane_{key}" bpmnElement="{key}">
      <bpmndi:BPMNShape id="Start_di" bpmnElement="Start">
        <dc:Bounds x="180" y="162" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="187" y="205" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="First_di" bpmnElement="First">
        <dc:Bounds x="280" y="140" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="End_di" bpmnElement="End">
        <dc:Bounds x="442" y="162" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="449" y="205" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="Flow_1_di" bpmnElement="Flow_1">
        <di:waypoint x="216" y="180" />
        <di:waypoint x="280" y="180" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="Flow_2_di" bpmnElement="Flow_2">
        <di:waypoint x="380" y="180" />
        <di:waypoint x="442" y="180" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

_TEXT_TEMPLATE = """{% extends "base/LAYOUT.html" %}
{% import "base/parts.html" as parts %}
{% block title %}TITLE{% endblock %}
{% block body %}
{{ parts.text(d.content) }}
{% endblock %}
"""
_TABLE_TEMPLATE = """{% extends "base/LAYOUT.html" %}
{% import "base/parts.html" as parts %}
{% block title %}TITLE{% endblock %}
{% block body %}
{% call parts.table([28, 50, 28, 50]) %}
{{ parts.area("内容", d.content, rows=6) }}
{% endcall %}
{% endblock %}
"""
_TEMPLATES = {False: _TEXT_TEMPLATE, True: _TABLE_TEMPLATE}

_DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="Definitions_{key}" \
name={title} namespace="urn:workflow-server:content">
  <decision id="{key}" name={title}>
    <variable id="{key}_variable" name="{key}" />
    <decisionTable id="{key}_table" hitPolicy="FIRST">
      <input id="{key}_input_1">
        <inputExpression id="{key}_expression_1" typeRef="string"><text>value</text>\
</inputExpression>
      </input>
      <output id="{key}_output_1" name="result" typeRef="string" />
      <rule id="{key}_rule_1">
        <inputEntry id="{key}_rule_1_in_1"><text>-</text></inputEntry>
        <outputEntry id="{key}_rule_1_out_1"><text>"是"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""
