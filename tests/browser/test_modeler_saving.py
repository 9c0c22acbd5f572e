"""What is drawn is saved, and nothing of it is lost: to others, to a bad network, to a bad file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, Route, expect

from tests.browser.drawing import (
    DRAWN,
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
from tests.court import ROOT, court_content


def test_who_saves_second_chooses_and_nothing_is_lost(page_of: PEOPLE, draft: Draft) -> None:
    page = draft.open(page_of("designer", expects=(409, 412)))
    theirs = DRAWN.read_text().replace("<bpmn:definitions", "<!-- theirs --><bpmn:definitions", 1)
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
    return {path for path in court_content().files if path.endswith(".bpmn")}


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
    theirs = DRAWN.read_text().replace("<bpmn:definitions", "<!-- theirs --><bpmn:definitions", 1)
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
    assert page.request.get(draft.file_address).body() == DRAWN.read_bytes()
