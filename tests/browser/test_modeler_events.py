"""Calls, repeated tasks, signals, conditions, handlers: drawn and set up in the browser alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import HAN, ISLAND, PEOPLE, Draft, entry, first, modeler, select
from tests.browser.rounds import Rounds
from tests.browser.site import Site


@pytest.fixture
def drawn(page_of: PEOPLE, site: Site) -> tuple[Rounds, Page]:
    draft = Rounds(site)
    page = draft.open(page_of("designer"))
    modeler(page, "m.get('canvas').zoom(1)")
    return draft, page


def drag(page: Page, action: str, x: int, y: int) -> str:
    """Drag something from the palette to a place of the diagram; return the new element's id."""
    modeler(
        page,
        "(c => { const v = c.viewbox(); c.viewbox({ ...v, x: a[0] - v.width * 0.55, "
        "y: a[1] - v.height / 2 }); })(m.get('canvas'))",
        [x, y],
    )
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
    offered = entry(page, "called").locator("option").evaluate_all("all => all.map(e => e.value)")
    assert "visit" in offered
    assert "round" not in offered
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
    page.goto(draft.address)
    page.wait_for_selector(f"{ISLAND}[data-ready]")
    assert modeler(page, "m.saveXML({format: true}).then(found => found.xml)") == saved


def menu(page: Page, action: str) -> None:
    """Change the selected element by its menu."""
    page.locator(".djs-context-pad [data-action=replace]").click()
    page.locator(f".djs-popup [data-id={action}]").click()


def test_what_happens_beside_is_drawn_as_an_event_subprocess(drawn: tuple[Rounds, Page]) -> None:
    draft, page = drawn
    drag(page, "event_subprocess", 500, 480)
    (start,) = modeler(
        page,
        "m.get('elementRegistry').filter(e => e.type === 'bpmn:StartEvent' && "
        "e.parent.businessObject.triggeredByEvent).map(e => e.id)",
    )
    select(page, start)
    menu(page, "replace-with-non-interrupting-timer-start")
    (start,) = modeler(page, "m.get('selection').get().map(e => e.id)")
    expect(entry(page, "interrupting")).not_to_be_checked()
    entry(page, "timer-kind").select_option("cycle")
    fill(page, "timer-text", "R3/10H")
    wrong = page.locator("[data-entry-id=timer-text] .bio-properties-panel-error")
    expect(wrong).to_contain_text("应为循环")
    fill(page, "timer-text", "R3/PT10H")
    expect(wrong).to_have_count(0)
    page.locator("[data-action='append.end-event']").click()
    saved = element(draft.checked(page), start)
    assert 'isInterrupting="false"' in saved
    assert ">R3/PT10H</bpmn:timeCycle>" in saved


def test_what_people_may_do_beside_is_offered_with_a_form(drawn: tuple[Rounds, Page]) -> None:
    _, page = drawn
    drag(page, "event_subprocess", 500, 480)
    (start,) = modeler(
        page,
        "m.get('elementRegistry').filter(e => e.type === 'bpmn:StartEvent' && "
        "e.parent.businessObject.triggeredByEvent).map(e => e.id)",
    )
    select(page, start)
    menu(page, "replace-with-non-interrupting-message-start")
    (start,) = modeler(page, "m.get('selection').get().map(e => e.id)")
    expect(page.locator("[data-group-id=group-reads]")).to_have_count(0)
    group(page, "act")
    fill(page, "act-label", "登记来电")
    role, form = entry(page, "act-role"), entry(page, "act-form")
    role.select_option(index=1)
    form.select_option(index=1)
    feel(page, "act-condition", "today() != null")
    expect(page.locator("[data-group-id=group-reads]")).to_have_count(1)
    page.locator("[data-action='append.end-event']").click()
    saved = element(modeler(page, "m.saveXML({format: true}).then(found => found.xml)"), start)
    assert 'label="登记来电"' in saved
    assert 'condition="=today() != null"' in saved
    named = modeler(
        page,
        "m.get('elementRegistry').get(a).businessObject.eventDefinitions[0].messageRef.name",
        start,
    )
    assert named == f"ACT-{start}"


def test_errors_ways_out_loops_and_data_are_set_up_and_undone(drawn: tuple[Rounds, Page]) -> None:
    draft, page = drawn
    before = modeler(page, "m.saveXML({format: true}).then(found => found.xml)")
    select(page, "round_task")
    group(page, "repeating")
    entry(page, "loop-kind").select_option("standard")
    feel(page, "loop-while", 'this.note = "again"')
    fill(page, "loop-maximum", "3")

    call = drag(page, "call", 680, 200)
    entry(page, "called").select_option("visit")
    x, bottom = modeler(
        page, "(e => [e.x + 30, e.y + e.height])(m.get('elementRegistry').get(a))", call
    )
    drag(page, "signal", x, bottom)
    menu(page, "replace-with-error-boundary")
    (failed,) = modeler(page, "m.get('selection').get().map(e => e.id)")
    expect(entry(page, "interrupting")).to_have_count(0)
    make_new(page, "error", "refused")
    page.locator("[data-action='append.end-event']").click()

    (flow,) = modeler(page, "m.get('elementRegistry').get('round_task').outgoing.map(e => e.id)")
    select(page, "round_task")
    page.locator("[data-action='append.end-event']").click()
    (other,) = modeler(
        page,
        "m.get('elementRegistry').get('round_task').outgoing.map(e => e.id).filter(e => e !== a)",
        flow,
    )
    select(page, other)
    feel(page, "condition", 'answers.round_task[-1].note = "stop"')
    select(page, flow)
    entry(page, "default").check()

    kept = drag(page, "data", 500, 60)
    fill(page, "data-id", "opinion")
    arrow = modeler(
        page,
        "m.get('modeling').connect(m.get('elementRegistry').get('round_task'), "
        "m.get('elementRegistry').get(a)).id",
        kept,
    )
    select(page, arrow)
    feel(page, f"data-{arrow}", "this.note")

    saved = draft.checked(page)
    task = element(saved, "round_task")
    assert f'default="{flow}"' in task
    assert re.search(r'<bpmn:standardLoopCharacteristics[^>]* loopMaximum="3"', task)
    assert '>this.note = "again"</bpmn:loopCondition>' in task
    assert ">this.note</bpmn:transformation>" in task
    assert '<bpmn:dataObject id="opinion" />' in saved
    assert '<bpmn:error id="Error_refused" errorCode="refused" />' in saved
    assert 'errorRef="Error_refused"' in element(saved, failed)
    stop = '>answers.round_task[-1].note = "stop"</bpmn:conditionExpression>'
    assert stop in element(saved, other)

    modeler(page, "(s => { while (s.canUndo()) s.undo(); })(m.get('commandStack'))")
    assert modeler(page, "m.saveXML({format: true}).then(found => found.xml)") == before


def test_parts_of_a_word_are_shown_added_and_taken_away(page_of: PEOPLE, site: Site) -> None:
    page = Draft(site).open(page_of("designer"))
    task = first(
        page,
        "e.type === 'bpmn:SendTask' && e.businessObject.extensionElements.values"
        ".some(v => v.$type === 'wf:Message' && (v.parts || []).length > 1)",
    )
    select(page, task)
    counted = (
        "m.get('elementRegistry').get(a).businessObject.extensionElements.values"
        ".find(v => v.$type === 'wf:Message').parts.filter(p => p.$type === 'wf:Payload').length"
    )
    before = modeler(page, counted, task)
    header = "[data-group-id=group-message] .bio-properties-panel-collapsible-entry-header"
    page.locator(header).first.click()
    parts = page.locator(f"[data-entry-id='{task}-message-0-payload']")
    expect(parts.locator("> details")).to_have_count(before)
    parts.locator(".parts-add").click()
    expect(parts.locator("> details")).to_have_count(before + 1)
    parts.locator(".part-remove").last.click()
    expect(parts.locator("> details")).to_have_count(before)
    assert modeler(page, counted, task) == before


def test_nothing_is_offered_that_comes_back_to_the_caller(drawn: tuple[Rounds, Page]) -> None:
    found = drawn[1].evaluate(f"""() => {{
        const [of, b] = [(key, calls, is_callable = true) => ({{ key, calls, is_callable }}), 'b'];
        const Known = document.querySelector('{ISLAND}').panel.vocabulary.constructor;
        const known = new Known({{ processes: [of('a', []), of(b, ['c']), of('c', ['a']),
            of('d', ['e']), of('e', ['d']), of('f', [], false)] }});
        return ['a', b, 'c', 'd', 'f', 'g'].filter(each => known.mayCall('a', each));
    }}""")
    assert found == ["d"]


_LABELS = """() => [...document.querySelectorAll('.modeler-panel :is(.bio-properties-panel-label, '
    + '.bio-properties-panel-description, .bio-properties-panel-group-header-title, option, '
    + '.bio-properties-panel-error, .bio-properties-panel-header-type)')]
    .filter(e => !e.closest('[lang]:not(html)')).map(e => e.textContent.trim()).filter(Boolean)"""
#: What is drawn by commands, to look at what the panel says of it.
_ALL = """(() => {
    const [modeling, factory, moddle] = ['modeling', 'elementFactory', 'moddle'].map(n => m.get(n));
    const root = m.get('canvas').getRootElement(), made = [];
    const put = (type, event, more, parent = root) => made.push(modeling.createShape(
        factory.createShape({ type: `bpmn:${type}`, ...more,
            ...(event && { eventDefinitionType: `bpmn:${event}EventDefinition` }) }),
        { x: 200 + 50 * made.length, y: 600 }, parent).id);
    for (const event of ['Message', 'Timer', 'Signal', 'Conditional', 'Link'])
        put('IntermediateCatchEvent', event);
    for (const event of ['Signal', 'Escalation', 'Link']) put('IntermediateThrowEvent', event);
    for (const event of ['Error', 'Escalation', 'Signal', 'Terminate']) put('EndEvent', event);
    for (const mark of ['MultiInstance', 'Standard']) {
        put('UserTask');
        modeling.updateProperties(m.get('elementRegistry').get(made.at(-1)),
            { loopCharacteristics: moddle.create(`bpmn:${mark}LoopCharacteristics`) });
    }
    put('CallActivity');
    put('DataObjectReference');
    put('SubProcess', null, { isExpanded: true, triggeredByEvent: true });
    const around = m.get('elementRegistry').get(made.at(-1));
    for (const event of ['Timer', 'Conditional', 'Error']) put('StartEvent', event, {}, around);
    return made;
})()"""


def test_the_panel_speaks_the_language_of_the_page_of_everything_that_runs(
    page_of: PEOPLE, site: Site
) -> None:
    for english in (False, True):
        page = Rounds(site).open(page_of("designer", english=english))
        made = modeler(page, _ALL)
        assert len(made) == 20
        for identity in made:
            select(page, identity)
            said = page.evaluate(_LABELS)
            assert len(said) > 3
            # Signs, ids and expressions are the same in both languages.
            words = [each for each in said if re.search(r"[a-z]{3} [a-z]{2}|[\u4e00-\u9fff]", each)]
            assert [each for each in words if bool(HAN.search(each)) == english] == []
