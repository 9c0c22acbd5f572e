"""A draft with two small processes more, and much room in them to draw."""

from __future__ import annotations

import json
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.drawing import Draft, modeler

FOLDER = "bpmn/rounds"
ROUND, VISIT, FORM = f"{FOLDER}/round.bpmn", f"{FOLDER}/visit.bpmn", "forms/rounds/note.json"
NOTE = {
    "type": "default",
    "id": "rounds_note",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "Field_1", "key": "note", "label": "意见",
         "validate": {"required": True, "maxLength": 200}},
    ],
}  # fmt: skip
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:wf="urn:workflow-server:bpmn:1" id="{key}_file" targetNamespace="urn:test">\n'
)


def diagram(key: str, start: str) -> bytes:
    """Return a process of one task, with much room between its elements."""
    return f"""{_HEAD.format(key=key)}
<bpmn:process id="{key}" name="走访" isExecutable="true">
  <bpmn:extensionElements><wf:process title="走访" />{start}</bpmn:extensionElements>
  <bpmn:startEvent id="{key}_start" name="开始"><bpmn:extensionElements>
    <wf:output name="units" value='=["a", "b"]' />
  </bpmn:extensionElements><bpmn:outgoing>{key}_a</bpmn:outgoing></bpmn:startEvent>
  <bpmn:userTask id="{key}_task" name="填写意见"><bpmn:extensionElements>
    <wf:assign strategy="role" role="prosecutor" /><wf:form key="rounds/note" />
  </bpmn:extensionElements><bpmn:incoming>{key}_a</bpmn:incoming>
  <bpmn:outgoing>{key}_b</bpmn:outgoing></bpmn:userTask>
  <bpmn:endEvent id="{key}_end" name="结束"><bpmn:incoming>{key}_b</bpmn:incoming></bpmn:endEvent>
  <bpmn:sequenceFlow id="{key}_a" sourceRef="{key}_start" targetRef="{key}_task" />
  <bpmn:sequenceFlow id="{key}_b" sourceRef="{key}_task" targetRef="{key}_end" />
</bpmn:process>
<bpmndi:BPMNDiagram id="{key}_picture"><bpmndi:BPMNPlane id="{key}_plane" bpmnElement="{key}">
  <bpmndi:BPMNShape id="{key}_s1" bpmnElement="{key}_start">
    <dc:Bounds x="150" y="182" width="36" height="36" /></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="{key}_s2" bpmnElement="{key}_task">
    <dc:Bounds x="450" y="160" width="100" height="80" /></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="{key}_s3" bpmnElement="{key}_end">
    <dc:Bounds x="800" y="182" width="36" height="36" /></bpmndi:BPMNShape>
  <bpmndi:BPMNEdge id="{key}_e1" bpmnElement="{key}_a">
    <di:waypoint x="186" y="200" /><di:waypoint x="450" y="200" /></bpmndi:BPMNEdge>
  <bpmndi:BPMNEdge id="{key}_e2" bpmnElement="{key}_b">
    <di:waypoint x="550" y="200" /><di:waypoint x="800" y="200" /></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
""".encode()


class Rounds(Draft):
    """A draft with two small processes more: one is drawn at, the other can be called."""

    @property
    def address(self) -> str:
        return f"/designs/drafts/{self.id}/files/{ROUND}"

    @property
    def file_address(self) -> str:
        return f"/api/drafts/{self.id}/files?path={quote(ROUND, safe='')}"

    def open(self, page: Page) -> Page:
        start = '<wf:start role="prosecutor" label="开始走访" />'
        for path, data in (
            (FORM, json.dumps(NOTE).encode()),
            (VISIT, diagram("visit", "")),
            (ROUND, diagram("round", start)),
        ):
            answer = page.request.put(
                f"/api/drafts/{self.id}/files?path={quote(path, safe='')}",
                data=data,
                headers={"If-Match": "*", "Content-Type": "application/octet-stream"},
            )
            assert answer.ok, answer.text()
        return super().open(page)

    def checked(self, page: Page) -> str:
        """Let the server check; return what was saved, which must have no fault."""
        page.locator("[data-tool=check]").click()
        title = page.locator(".faults-title")
        expect(title).not_to_contain_text("正在检查", timeout=60_000)
        faults = page.locator(".fault").all_inner_texts()
        assert faults == []
        expect(title).to_contain_text("没有发现问题", timeout=60_000)
        saved = self.saved(page).decode()
        again = "m.get('moddle').fromXML(a).then(f => m.get('moddle').toXML(f.rootElement, "
        again += "{format: true})).then(f => f.xml)"
        assert modeler(page, again, saved) == saved
        return saved
