"""Drawing a process in the browser: nothing is lost, faults are told, in the language of choice."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import etree
from playwright.sync_api import Page, expect

from tests.browser.drawing import (
    DRAWN,
    HAN,
    ISLAND,
    PATH,
    PEOPLE,
    Draft,
    entry,
    first,
    modeler,
    select,
)
from tests.browser.drawing import draft as draft
from workflow_server.content import extensions

#: A diagram with a subprocess that has a screen of its own.
NESTED = "bpmn/lead_to_reply/unit_suggestion_reply.bpmn"
_PLACES = (
    ".djs-palette [title], .djs-context-pad [title], .modeler-bar [title], "
    ".modeler-panel [title], .modeler-bar button, .modeler-bar summary"
)
_TITLES = """(places) => [...document.querySelectorAll(places)]
    .filter(e => !e.closest('[lang]:not(html)'))
    .map(e => (e.title || e.textContent).trim()).filter(Boolean)"""


def plain(value: Any) -> Any:
    """Take the lines out of what the reader read: only they may change."""
    if dataclasses.is_dataclass(value):
        parts = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return {name: plain(part) for name, part in parts.items() if name != "line"}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def parts(data: bytes) -> Counter[str]:
    """Count everything that is in a file, whatever the order of attributes and the blanks."""
    found: Counter[str] = Counter()
    for each in etree.fromstring(data).iter():
        attributes = sorted(each.attrib.items())
        # What BPMN takes for granted is not written.
        attributes = [pair for pair in attributes if pair != ("cancelActivity", "true")]
        found[repr((each.tag, attributes, (each.text or "").strip()))] += 1
    return found


def test_a_diagram_comes_back_whole(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    page.evaluate(f"document.querySelector('{ISLAND}').saving.changed()")
    saved, drawn = draft.saved(page), DRAWN.read_bytes()
    assert saved != drawn
    assert parts(saved) == parts(drawn)
    mine, faults = extensions.read_with_faults(PATH, saved)
    assert plain(mine) == plain(extensions.read_with_faults(PATH, drawn)[0])
    assert faults == ()
    expect(page.locator(".faults-title")).to_contain_text("没有发现问题", timeout=60_000)
    assert page.locator(".bjs-powered-by").is_visible()


def test_a_review_step_is_added_with_person_form_and_paper(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    flow = first(
        page,
        "e.type === 'bpmn:SequenceFlow' && e.source.type === 'bpmn:SendTask' "
        "&& e.waypoints.length === 2",
    )
    before = modeler(page, "m.get('elementRegistry').getAll().length")
    drop_on(page, "create.user", flow)
    made = modeler(page, "m.get('selection').get().map(e => [e.id, e.incoming.length, "
                   "e.outgoing.length])")  # fmt: skip
    ((task, came, went),) = made
    assert (came, went) == (1, 1)
    assert modeler(page, "m.get('elementRegistry').getAll().length") > before
    assert _overlaps(page, task) == []
    page.keyboard.press("Escape")
    entry(page, "name").fill("复核移送函")
    entry(page, "name").press("Tab")
    entry(page, "assign-strategy").select_option("role")
    entry(page, "assign-role").select_option(index=1)
    page.get_by_role("button", name="新建表单").click()
    page.locator("[name=form-name]").fill("second_look")
    page.locator(".new-form .btn-primary").click()
    expect(entry(page, "form-key")).to_have_value(re.compile("/second_look$"), timeout=20_000)
    page.locator("[data-group-id=group-document] .bio-properties-panel-add-entry").click()
    page.locator("[data-group-id=group-document] select").first.select_option(
        "case_transfer_letter"
    )
    saved = draft.saved(page).decode()
    (written,) = re.findall(rf'<bpmn:userTask id="{task}".*?</bpmn:userTask>', saved, re.DOTALL)
    assert 'name="复核移送函"' in written
    assert re.search(r'<wf:assign strategy="role" role="\w+" />', written)
    assert re.search(r'<wf:form key="\w+/second_look" />', written)
    assert re.search(r'<wf:document kind="\w+" moment="draft" />', written)
    page.locator("[data-tool=check]").click()
    expect(page.locator(".faults-title")).to_contain_text("没有发现问题", timeout=60_000)


def test_what_is_dropped_on_a_flow_of_a_subprocess_gets_room(page_of: PEOPLE, draft: Draft) -> None:
    page = page_of("designer")
    page.goto(draft.address.replace(PATH, NESTED))
    page.wait_for_selector(f"{ISLAND}[data-ready]")
    modeler(
        page,
        "m.get('canvas').setRootElement(m.get('canvas').getRootElements()"
        ".find(each => each.id.endsWith('_plane')))",
    )
    flow = first(
        page,
        "e.type === 'bpmn:SequenceFlow' && e.waypoints.length === 2 && "
        "m.get('canvas').findRoot(e) === m.get('canvas').getRootElement()",
    )
    drop_on(page, "create.user", flow)
    (task,) = modeler(page, "m.get('selection').get().map(e => e.id)")
    assert _overlaps(page, task) == []


def drop_on(page: Page, action: str, flow: str) -> None:
    select(page, flow)
    middle = modeler(
        page,
        "(f => { const v = m.get('canvas').viewbox(), [p, q] = f.waypoints, "
        "c = document.querySelector('.modeler-canvas').getBoundingClientRect(); return ["
        "c.x + ((p.x + q.x) / 2 - v.x) * v.scale, c.y + ((p.y + q.y) / 2 - v.y) * v.scale]; })"
        "(m.get('elementRegistry').get(a))",
        flow,
    )
    box = page.locator(f'[data-action="{action}"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    page.mouse.move(*middle, steps=8)
    page.mouse.up()
    expect(page.locator(".djs-context-pad")).to_be_visible()


def _overlaps(page: Page, identity: str) -> list[str]:
    found: list[str] = modeler(
        page,
        "(s => m.get('elementRegistry').filter(e => e !== s && e.type.endsWith('Task') && "
        "m.get('canvas').findRoot(e) === m.get('canvas').findRoot(s) && "
        "e.x < s.x + s.width && s.x < e.x + e.width && e.y < s.y + s.height && "
        "s.y < e.y + e.height).map(e => e.id))(m.get('elementRegistry').get(a))",
        identity,
    )
    return found


def test_an_expression_is_checked_and_completed_while_it_is_typed(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer"))
    flow = first(page, "e.businessObject.conditionExpression")
    select(page, flow)
    entry(page, "condition").click()
    editor = page.locator(".feel-editor .cm-content")
    editor.press("ControlOrMeta+a")
    editor.press_sequentially("if 1 = 1 then")
    expect(page.locator(".feel-field .bio-properties-panel-error")).to_contain_text(
        "没有写完，缺少if … then … else …"
    )
    editor.press("ControlOrMeta+a")
    editor.press_sequentially("records.")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_be_visible()
    editor.press("Escape")
    editor.press("ControlOrMeta+a")
    editor.press_sequentially("1 = 1")
    expect(page.locator(".feel-field .bio-properties-panel-error")).to_have_count(0)
    entry(page, "name").focus()
    assert re.search(rb"conditionExpression[^>]*>1 = 1<", draft.saved(page))


def test_a_value_without_its_sign_of_equality_is_hinted_at(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "assign-strategy").select_option("expression")
    entry(page, "assign-value").fill("actor.id")
    entry(page, "assign-value").press("Tab")
    hint = page.locator(".value-hint")
    expect(hint).to_contain_text("前面没有 =")
    hint.get_by_role("button").click()
    assert b'strategy="expression" value="=actor.id"' in draft.saved(page)


def test_a_fault_is_marked_on_the_canvas_and_the_list_leads_to_it(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "assign-strategy").select_option("person")
    expect(page.locator(".fault-badge")).to_be_visible(timeout=60_000)
    expect(page.locator(".faults-title")).to_contain_text("1 个在本图")
    modeler(page, "m.get('selection').select([])")
    row = page.locator(f".fault[data-element='{task}']")
    row.focus()
    row.press("Enter")
    assert modeler(page, "m.get('selection').get().map(e => e.id)") == [task]
    page.locator("[data-tool=undo]").click()
    expect(page.locator(".fault-badge")).to_have_count(0, timeout=60_000)


def test_only_what_runs_is_offered(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    offered = page.locator(".djs-palette [data-action]").evaluate_all(
        "all => all.map(each => each.dataset.action)"
    )
    assert {"create.user", "create.call", "create.inclusive", "create.data"} <= set(offered)
    assert not {"create.task", "create.data-store"} & set(offered)
    select(page, first(page, "e.type === 'bpmn:UserTask'"))
    page.locator(".djs-context-pad [data-action=replace]").click()
    menu = page.locator(".djs-popup").inner_text()
    assert "自动任务" in menu
    assert "调用活动" in menu
    marks = page.locator(".djs-popup .entry-header, .djs-popup [data-id^=toggle]")
    titles = marks.evaluate_all("all => all.map(each => each.title).join()")
    assert "并行多实例" in titles
    for refused in ("脚本", "即席", "事务"):
        assert refused not in menu
    page.keyboard.press("Escape")
    select(page, first(page, "e.type === 'bpmn:ExclusiveGateway'"))
    page.locator(".djs-context-pad [data-action=replace]").click()
    menu = page.locator(".djs-popup").inner_text()
    assert "包容" in menu
    assert "复杂" not in menu


def test_changing_the_type_leaves_behind_what_may_not_stand_there(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer"))
    task = first(
        page,
        "e.type === 'bpmn:UserTask' && "
        "e.businessObject.extensionElements.values.some(v => v.$type === 'wf:Output')",
    )
    select(page, task)
    page.locator(".djs-context-pad [data-action=replace]").click()
    page.locator(".djs-popup [data-id=replace-with-service-task]").click()
    words = modeler(
        page, "m.get('selection').get()[0].businessObject.extensionElements.values.map(v=>v.$type)"
    )
    assert "wf:Output" in words
    assert not {"wf:Form", "wf:Assign", "wf:Reads", "wf:FieldAccess"} & set(words)


def test_the_interface_is_chinese_and_on_demand_english(page_of: PEOPLE, draft: Draft) -> None:
    for english in (False, True):
        page = draft.open(page_of("designer", english=english))
        select(page, first(page, "e.type === 'bpmn:UserTask'"))
        titles = page.evaluate(_TITLES, _PLACES)
        assert len(titles) > 30
        wrong = [each for each in titles if bool(HAN.search(each)) == english and each != "ƒx"]
        assert wrong == []


def test_the_keyboard_does_and_undoes(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    old = entry(page, "name").input_value()
    entry(page, "name").fill("改过的名称")
    entry(page, "name").press("Tab")
    canvas = page.locator(".djs-container svg").first
    canvas.focus()
    page.keyboard.press("ControlOrMeta+z")
    expect(entry(page, "name")).to_have_value(old)
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog")).to_contain_text("撤销 / 重做")


def test_choosing_a_message_names_it_in_bpmn_as_well(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:SendTask'")
    select(page, task)
    group = page.locator("[data-group-id=group-message]")
    group.locator(".bio-properties-panel-collapsible-entry-header").first.click()
    chosen = entry(page, f"{task}-message-0-type")
    other = chosen.locator("option").evaluate_all(
        "all => all.map(each => each.value).filter(Boolean)"
    )[-1]
    chosen.select_option(other)
    named = modeler(page, "m.get('elementRegistry').get(a).businessObject.messageRef.name", task)
    assert named == other
    page.locator("[data-tool=undo]").click()
    named = modeler(page, "m.get('elementRegistry').get(a).businessObject.messageRef.name", task)
    assert named != other


def test_a_timer_is_a_time_or_follows_a_deadline_never_both(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    event = first(
        page,
        "e.businessObject.extensionElements && "
        "e.businessObject.extensionElements.values.some(v => v.$type === 'wf:Timer')",
    )
    select(page, event)
    entry(page, "timer-kind").select_option("duration")
    entry(page, "timer-text").fill("P5D")
    entry(page, "timer-text").press("Tab")
    saved = draft.saved(page).decode()
    (written,) = re.findall(rf'<bpmn:(\w+Event) id="{event}"(.*?)</bpmn:\1>', saved, re.DOTALL)
    assert ">P5D</bpmn:timeDuration>" in written[1]
    assert "wf:timer" not in written[1]


def test_a_copy_has_all_words_of_what_was_copied(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:UserTask'")
    words = modeler(
        page,
        "(e => { m.get('copyPaste').copy([e]); const [n] = m.get('copyPaste').paste("
        "{element: e.parent, point: {x: e.x + 400, y: e.y + 40}}); return [e, n].map("
        "each => JSON.stringify(each.businessObject.extensionElements.values)); })"
        "(m.get('elementRegistry').get(a))",
        task,
    )
    assert words[0] == words[1] != "[]"


def test_a_new_pool_has_a_process_that_runs_with_a_key_that_fits(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer"))
    key, runs = modeler(
        page,
        "(n => [n.businessObject.processRef.id, n.businessObject.processRef.isExecutable])"
        "(m.get('modeling').createShape(m.get('elementFactory').createParticipantShape(), "
        "{x: 500, y: 3000}, m.get('canvas').getRootElement()))",
    )
    assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
    assert runs is True


def test_what_is_typed_is_taken_along_to_the_next_element(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task, other = (
        modeler(page, "m.get('elementRegistry').filter(e => e.type === 'bpmn:UserTask')[a].id", at)
        for at in (0, 1)
    )
    select(page, task)
    entry(page, "name").fill("打到一半")
    select(page, other)
    names = [
        modeler(page, "m.get('elementRegistry').get(a).businessObject.name", each)
        for each in (task, other)
    ]
    assert names[0] == "打到一半"
    assert names[1] != "打到一半"


def test_removing_what_is_being_named_goes_well(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "name").fill("打到一半")
    modeler(page, "void m.get('modeling').removeElements([m.get('elementRegistry').get(a)])", task)
    expect(entry(page, "name")).not_to_have_value("打到一半")
    page.locator("[data-tool=undo]").click()
    assert modeler(page, "Boolean(m.get('elementRegistry').get(a))", task)
