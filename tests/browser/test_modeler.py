"""Drawing a process in the browser: nothing is lost, faults are told, in the language of choice."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.site import Site
from workflow_server.content import extensions

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = next(path for path in sorted((ROOT / "bpmn").rglob("*.bpmn")))
PATH = SHIPPED.relative_to(ROOT).as_posix()
HAN = re.compile(r"[\u4e00-\u9fff]")
ISLAND = "[data-island=modeler]"
PEOPLE = Callable[..., Page]


class Draft:
    """A draft of the designer's, and its diagram in a page."""

    def __init__(self, site: Site) -> None:
        self.site, self.api = site, site.api("designer")
        made = self.api.post("/api/drafts", {"name": "试画", "note": ""})
        self.id = made["id"]

    @property
    def address(self) -> str:
        return f"/designs/drafts/{self.id}/files/{PATH}"

    @property
    def file_address(self) -> str:
        return f"/api/drafts/{self.id}/files?path={quote(PATH, safe='')}"

    def open(self, page: Page) -> Page:
        page.goto(self.address)
        page.wait_for_selector(f"{ISLAND}[data-ready]")
        return page

    def saved(self, page: Page) -> bytes:
        """Wait until everything is saved, and return what the server has."""
        expect(page.locator(".modeler-status[data-state=saved]")).to_be_visible(timeout=20_000)
        answer = page.request.get(self.file_address)
        assert answer.ok
        return answer.body()


@pytest.fixture
def draft(site: Site) -> Draft:
    return Draft(site)


def modeler(page: Page, script: str, argument: Any = None) -> Any:
    """Ask the modeler itself; `m` is bpmn-js."""
    body = f"(a) => {{ const m = document.querySelector('{ISLAND}').modeler; return {script}; }}"
    return page.evaluate(body, argument)


def select(page: Page, identity: str) -> None:
    modeler(
        page,
        "(e => { m.get('canvas').zoom(1); m.get('canvas').scrollToElement(e, "
        "{left: 200, top: 90, right: 90, bottom: 90}); m.get('selection').select(e); })"
        "(m.get('elementRegistry').get(a))",
        identity,
    )
    expect(page.locator("#bio-properties-panel-id")).to_have_value(identity)


def entry(page: Page, name: str) -> Locator:
    return page.locator(f"[id='bio-properties-panel-{name}']")


def first(page: Page, condition: str) -> str:
    """Return the id of the first element of which a condition holds."""
    found = modeler(page, f"m.get('elementRegistry').filter(e => {condition}).map(e => e.id)")
    assert found, condition
    return str(found[0])


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


def test_the_shipped_diagram_comes_back_whole(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    page.evaluate(f"document.querySelector('{ISLAND}').saving.changed()")
    saved, shipped = draft.saved(page), SHIPPED.read_bytes()
    assert saved != shipped
    assert parts(saved) == parts(shipped)
    mine, faults = extensions.read_with_faults(PATH, saved)
    assert plain(mine) == plain(extensions.read_with_faults(PATH, shipped)[0])
    assert faults == ()
    expect(page.locator(".faults-title")).to_contain_text("没有发现问题", timeout=20_000)
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
    expect(entry(page, "form-key")).to_have_value(re.compile("/second_look$"))
    page.locator("[data-group-id=group-document] .bio-properties-panel-add-entry").click()
    page.locator("[data-group-id=group-document] select").first.select_option(index=1)
    saved = draft.saved(page).decode()
    (written,) = re.findall(rf'<bpmn:userTask id="{task}".*?</bpmn:userTask>', saved, re.DOTALL)
    assert 'name="复核移送函"' in written
    assert re.search(r'<wf:assign strategy="role" role="\w+" />', written)
    assert re.search(r'<wf:form key="\w+/second_look" />', written)
    assert re.search(r'<wf:document kind="\w+" moment="draft" />', written)
    page.locator("[data-tool=check]").click()
    expect(page.locator(".faults-title")).to_contain_text("没有发现问题", timeout=20_000)


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
    expect(page.locator(".fault-badge")).to_be_visible(timeout=20_000)
    expect(page.locator(".faults-title")).to_contain_text("1 个在本图")
    modeler(page, "m.get('selection').select([])")
    row = page.locator(f".fault[data-element='{task}']")
    row.focus()
    row.press("Enter")
    assert modeler(page, "m.get('selection').get().map(e => e.id)") == [task]
    page.locator("[data-tool=undo]").click()
    expect(page.locator(".fault-badge")).to_have_count(0, timeout=20_000)


def test_who_saves_second_chooses_and_nothing_is_lost(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer", expects=(409, 412)))
    theirs = SHIPPED.read_text().replace("<bpmn:definitions", "<!-- theirs --><bpmn:definitions", 1)
    put = page.request.put(draft.file_address, data=theirs.encode(), headers={
        "If-Match": "*", "Content-Type": "application/octet-stream"})  # fmt: skip
    assert put.ok
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "name").fill("我的名称")
    entry(page, "name").press("Tab")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("别人刚刚保存了", timeout=20_000)
    dialog.locator("[data-way=keepBoth]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".modeler-status[data-state=saved]")).to_be_visible(timeout=20_000)
    files = {each["path"]: each for each in draft.api.get(f"/api/drafts/{draft.id}")["files"]}
    (mine,) = [path for path in files if path.endswith(".bpmn") and path not in (PATH, *_given())]
    kept = page.request.get(f"/api/drafts/{draft.id}/files?path={quote(mine, safe='')}").text()
    assert "我的名称" in kept
    assert page.request.get(draft.file_address).text() == theirs


def _given() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "bpmn").rglob("*.bpmn")}


def test_what_could_not_be_saved_is_there_again(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer", expects=(503,)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(
        "**/api/drafts/*/files?*",
        lambda route: (
            route.fulfill(status=503, body="{}")
            if route.request.method == "PUT"
            else route.fallback()
        ),
    )
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "name").fill("还没有保存")
    entry(page, "name").press("Tab")
    expect(page.locator(".modeler-status[data-state=notSaved]")).to_be_visible(timeout=20_000)
    page.unroute("**/api/drafts/*/files?*")
    page.goto("/")
    page.goto(draft.address)
    page.locator("[data-way=restore]").click()
    assert "还没有保存".encode() in draft.saved(page)


def test_a_closed_draft_is_told_once_and_what_was_drawn_can_be_taken_away(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer", expects=(409,)))
    page.on("dialog", lambda dialog: dialog.accept())
    tried: list[str] = []
    page.on("request", lambda each: tried.append(each.url) if each.method == "PUT" else None)
    draft.api.post(f"/api/drafts/{draft.id}/closure", {})
    select(page, first(page, "e.type === 'bpmn:UserTask'"))
    entry(page, "name").fill("关闭之后画的")
    entry(page, "name").press("Tab")
    expect(page.locator(".modeler-notice")).to_contain_text("本草稿已关闭", timeout=20_000)
    page.wait_for_timeout(3_000)
    assert len(tried) == 1
    assert page.get_by_role("dialog").count() == 0
    with page.expect_download() as waited:
        page.get_by_role("button", name="下载我的修改").click()
    assert "关闭之后画的" in Path(waited.value.path()).read_text()


def test_what_was_left_here_never_beats_what_another_window_saved_since(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer", expects=(0, 409)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/api/drafts/*/files?*", _no_saving)
    select(page, first(page, "e.type === 'bpmn:UserTask'"))
    entry(page, "name").fill("留在本机的")
    entry(page, "name").press("Tab")
    expect(page.locator(".modeler-status[data-state=notSaved]")).to_be_visible(timeout=20_000)
    page.unroute("**/api/drafts/*/files?*")
    page.goto("/")
    theirs = SHIPPED.read_text().replace("<bpmn:definitions", "<!-- theirs --><bpmn:definitions", 1)
    headers = {"If-Match": "*", "Content-Type": "application/octet-stream"}
    assert page.request.put(draft.file_address, data=theirs.encode(), headers=headers).ok
    page.goto(draft.address)
    page.locator("[data-way=restore]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("别人刚刚保存了", timeout=20_000)
    assert page.request.get(draft.file_address).text() == theirs
    dialog.locator("[data-way=keepMine]").click()
    assert "留在本机的".encode() in draft.saved(page)


def _no_saving(route: Route) -> None:
    route.abort() if route.request.method == "PUT" else route.fallback()


def test_a_sign_in_that_ran_out_is_renewed_in_the_page_and_the_saving_goes_on(
    page_of: PEOPLE, draft: Draft
) -> None:
    page = draft.open(page_of("designer", expects=(401,)))
    page.context.clear_cookies()
    select(page, first(page, "e.type === 'bpmn:UserTask'"))
    entry(page, "name").fill("登录过期后画的")
    entry(page, "name").press("Tab")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("登录名")).to_have_value("designer", timeout=20_000)
    dialog.get_by_label("口令").fill("demo")
    dialog.get_by_role("button", name="登录").click()
    assert "登录过期后画的".encode() in draft.saved(page)


def _throw(page: Page, name: str, text: str) -> None:
    page.evaluate(
        "([name, text]) => { const data = new DataTransfer(); data.items.add(new File([text], name)"
        f"); document.querySelector('{ISLAND}').dispatchEvent(new DragEvent('drop', "
        "{dataTransfer: data, bubbles: true, cancelable: true})); }",
        [name, text],
    )


def test_a_broken_file_is_explained_and_changes_nothing(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    before = modeler(page, "m.get('elementRegistry').getAll().length")
    _throw(page, "broken.bpmn", "<?xml version='1.0'?>\n<a>\n<b></a>")
    expect(page.get_by_role("alert")).to_contain_text("“broken.bpmn”")
    expect(page.get_by_role("alert")).to_contain_text("第 3 行")
    _throw(page, "other.bpmn", "<a/>")
    expect(page.get_by_role("alert")).to_contain_text("里面不是 BPMN 2.0")
    _throw(page, "picture.png", "x")
    expect(page.get_by_role("alert")).to_contain_text(".bpmn")
    assert modeler(page, "m.get('elementRegistry').getAll().length") == before
    assert page.locator(".modeler-status").get_attribute("data-state") == "opened"


def test_a_dropped_diagram_is_taken_and_can_be_taken_back(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    before = modeler(page, "m.get('elementRegistry').getAll().length")
    tutorial = next((ROOT / "docs" / "tutorial").rglob("*.bpmn")).read_text()
    _throw(page, "tutorial.bpmn", tutorial)
    expect(page.locator(".modeler-notice")).to_contain_text("tutorial.bpmn")
    assert modeler(page, "m.get('elementRegistry').getAll().length") < before
    page.get_by_role("button", name="换回原图").click()
    page.wait_for_function(
        f"n => document.querySelector('{ISLAND}').modeler.get('elementRegistry').getAll().length"
        " === n",
        arg=before,
    )


def test_only_what_runs_is_offered(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    offered = page.locator(".djs-palette [data-action]").evaluate_all(
        "all => all.map(each => each.dataset.action)"
    )
    assert "create.user" in offered
    assert not {"create.task", "create.data-object", "create.data-store"} & set(offered)
    select(page, first(page, "e.type === 'bpmn:UserTask'"))
    page.locator(".djs-context-pad [data-action=replace]").click()
    menu = page.locator(".djs-popup").inner_text()
    assert "自动任务" in menu
    for refused in ("脚本", "调用活动", "即席", "事务", "循环", "多实例"):
        assert refused not in menu
    page.keyboard.press("Escape")
    select(page, first(page, "e.type === 'bpmn:ExclusiveGateway'"))
    page.locator(".djs-context-pad [data-action=replace]").click()
    assert "包容" not in page.locator(".djs-popup").inner_text()


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


_PLACES = (
    ".djs-palette [title], .djs-context-pad [title], .modeler-bar [title], "
    ".modeler-panel [title], .modeler-bar button, .modeler-bar summary"
)
_TITLES = """(places) => [...document.querySelectorAll(places)]
    .filter(e => !e.closest('[lang]:not(html)'))
    .map(e => (e.title || e.textContent).trim()).filter(Boolean)"""


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


def test_the_picture_and_the_file_can_be_taken_away(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer"))
    for tool, beginning in (("asBpmn", b"<?xml"), ("asSvg", b"<?xml"), ("asPng", b"\x89PNG")):
        page.locator("[data-tool=exportAs]").click()
        with page.expect_download() as waited:
            page.locator(f"[data-tool={tool}]").click()
        assert Path(waited.value.path()).read_bytes().startswith(beginning)


def test_somebody_elses_draft_is_only_looked_at(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("case_mgmt"))
    expect(page.locator(".modeler-status")).to_contain_text("只读")
    assert not page.locator(".djs-palette").is_visible()
    task = first(page, "e.type === 'bpmn:UserTask'")
    select(page, task)
    entry(page, "name").fill("不该能改")
    entry(page, "name").press("Tab")
    assert modeler(page, "m.get('elementRegistry').get(a).businessObject.name", task) != "不该能改"
    assert page.request.get(draft.file_address).body() == SHIPPED.read_bytes()


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
