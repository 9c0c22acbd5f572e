"""Calls, repeated tasks, signals, conditions, handlers: drawn and set up in the browser alone."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import PEOPLE, Draft, entry, modeler, select
from tests.browser.site import Site

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
        expect(title).not_to_contain_text("正在检查", timeout=20_000)
        faults = page.locator(".fault").all_inner_texts()
        assert faults == []
        expect(title).to_contain_text("没有发现问题", timeout=20_000)
        return self.saved(page).decode()


@pytest.fixture
def drawn(page_of: PEOPLE, site: Site) -> tuple[Rounds, Page]:
    draft = Rounds(site)
    page = draft.open(page_of("designer"))
    modeler(page, "m.get('canvas').zoom(1)")
    return draft, page


def drag(page: Page, action: str, x: int, y: int) -> str:
    """Drag something from the palette to a place of the diagram; return the new element's id."""
    place = modeler(
        page,
        "(v => { const c = document.querySelector('.modeler-canvas').getBoundingClientRect(); "
        "return [c.x + (a[0] - v.x) * v.scale, c.y + (a[1] - v.y) * v.scale]; })"
        "(m.get('canvas').viewbox())",
        [x, y],
    )
    box = page.locator(f'[data-action="create.{action}"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    page.mouse.move(*place, steps=8)
    page.mouse.up()
    expect(page.locator(".djs-context-pad")).to_be_visible()
    page.keyboard.press("Escape")
    ((found, _),) = modeler(page, "m.get('selection').get().map(e => [e.id, e.type])")
    return str(found)


def fill(page: Page, name: str, text: str) -> None:
    entry(page, name).fill(text)
    entry(page, name).press("Tab")


def feel(page: Page, name: str, text: str) -> None:
    """Type an expression as a person does."""
    entry(page, name).click()
    editor = page.locator(f"[data-entry-id='{name}'] .cm-content")
    editor.press("ControlOrMeta+a")
    editor.press_sequentially(text)
    editor.press("Escape")
    editor.press("Tab")


def group(page: Page, name: str) -> None:
    """Open a group of the panel."""
    title = page.locator(f"[data-group-id=group-{name}] .bio-properties-panel-group-header")
    opened = title.evaluate("each => each.classList.contains('open')")
    title.click(click_count=0 if opened else 1)


def make_new(page: Page, kind: str, key: str) -> None:
    entry(page, f"{kind}-ref").select_option("=new")
    page.locator("[name=declared-key]").fill(key)
    page.locator(".new-form .btn-primary").click()


def element(saved: str, identity: str) -> str:
    found = re.search(rf'<bpmn:(\w+) id="{identity}".*?</bpmn:\1>', saved, re.DOTALL)
    assert found is not None, saved
    return found[0]


def test_a_call_a_repeated_task_a_signal_and_a_condition_are_drawn_and_have_no_fault(
    drawn: tuple[Rounds, Page],
) -> None:
    draft, page = drawn
    call = drag(page, "call", 320, 200)
    fill(page, "name", "踏勘现场")
    entry(page, "called").select_option("visit")
    page.locator("[data-entry-id=call-parameter] .parts-add").click()
    fill(page, "call-parameter-0-name", "street")
    fill(page, "call-parameter-0-value", "南街")

    (task,) = modeler(page, "m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask')"
                      ".map(e => e.id)")  # fmt: skip
    select(page, task)
    group(page, "repeating")
    entry(page, "loop-kind").select_option("parallel")
    feel(page, "each-items", "units")
    fill(page, "each-as", "unit")
    feel(page, "each-result", "this.note")
    fill(page, "each-into", "notes")
    feel(page, "loop-until", "nrOfCompletedInstances >= 1")

    x, bottom = modeler(page, "(e => [e.x + 50, e.y + e.height])(m.get('elementRegistry').get(a))",
                        task)  # fmt: skip
    boundary = drag(page, "signal", x, bottom)
    make_new(page, "signal", "stop_round")
    fill(page, "name", "走访取消")
    page.locator("[data-action='append.end-event']").click()

    middle = modeler(
        page,
        "(f => [(f[0].x + f[1].x) / 2, f[0].y])(m.get('elementRegistry')"
        ".filter(e => e.target && e.target.id === 'round_end')[0].waypoints)",
    )
    waiting = drag(page, "conditional", *middle)
    fill(page, "name", "意见已到")
    feel(page, "event-condition", "count(notes) > 0")

    saved = draft.checked(page)
    assert 'calledElement="visit"' in saved
    assert '<wf:parameter name="street" value="南街" />' in element(saved, call)
    words = '<wf:each items="=units" as="unit" result="=this.note" into="notes" />'
    assert words in element(saved, task)
    assert "nrOfCompletedInstances &gt;= 1</bpmn:completionCondition>" in element(saved, task)
    (signal,) = re.findall(r'<bpmn:signal id="(\w+)" name="stop_round" />', saved)
    assert f'signalRef="{signal}"' in element(saved, boundary)
    assert f'attachedToRef="{task}"' in element(saved, boundary)
    assert "count(notes) &gt; 0</bpmn:condition>" in element(saved, waiting)
