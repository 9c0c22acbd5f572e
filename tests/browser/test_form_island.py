"""Filling in a form in a real browser: drafts, faults, files, two windows, a lost sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.site import Site
from tests.court import office, scenario
from workflow_server.cli.player import Player

Pages = Callable[..., Page]
FORM = '[data-island="form"][data-ready]'
BUTTON = ".form-bar .btn-primary"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REASON = "线索清楚，属于移送范围，同意移送。"
DROP = """([selector, files]) => {
  const drop = new DataTransfer();
  for (const [name, type, size] of files)
    drop.items.add(new File([new Uint8Array(size)], name, { type }));
  const at = document.querySelector(selector);
  at.dispatchEvent(new DragEvent("drop", { dataTransfer: drop, bubbles: true, cancelable: true }));
}"""


class Part(Player):
    """Plays the beginning of a scenario, as often as it is wanted."""

    def _compare(self, *_: Any) -> None:
        pass

    def _compare_end(self, *_: Any) -> None:
        pass


@pytest.fixture
def task(site: Site) -> str:
    """A fresh task of the congress's head: to approve or to send back, with a reason."""
    known = {each["id"] for each in site.api("congress_head").all("/api/tasks", mine="true")}
    part = deepcopy(scenario())
    part["acts"], part["result"] = part["acts"][:1], {}
    Part(site.address, office(), part, site.folder / "played").play()
    open_ = site.api("congress_head").all("/api/tasks", mine="true")
    (fresh,) = (each["id"] for each in open_ if each["id"] not in known)
    return str(fresh)


def opened(page: Page, path: str) -> Page:
    page.goto(path)
    page.locator(FORM).wait_for()
    return page


def is_open(site: Site, task: str) -> bool:
    return any(
        each["id"] == task for each in site.api("congress_head").all("/api/tasks", mine="true")
    )


def answer(page: Page, text: str = REASON) -> None:
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("审批意见").fill(text)


def answered_and_saved(page: Page) -> None:
    """Answer, with no save still to come: it would find out by itself that the sign-in is gone."""
    answer(page)
    page.keyboard.press("Control+s")
    expect(page.locator(".form-state")).to_have_text(re.compile("已保存 \\d\\d:\\d\\d"))


def press(page: Page) -> None:
    """Press the button, though a preview may have found out first and asks to sign in above it."""
    page.locator(BUTTON).dispatch_event("click")


def sign_out(page: Page) -> None:
    page.evaluate("document.querySelector('[data-sign-out]').click()")


def test_what_is_missing_stands_at_the_fields_and_in_a_list_that_leads_there(
    page_of: Pages, task: str
) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    page.locator(BUTTON).click()
    faults = page.locator(".form-faults")
    expect(faults).to_be_focused()
    expect(faults.locator("li")).to_have_count(2)
    faults.get_by_text("请填写审批意见").click()
    comment = page.get_by_label("审批意见")
    expect(comment).to_be_focused()
    expect(comment).to_have_attribute("aria-invalid", "true")
    (told,) = [
        page.locator(f"#{each}").inner_text()
        for each in (comment.get_attribute("aria-describedby") or "").split()
        if each.endswith("-error-message")
    ]
    assert told == "请填写审批意见"
    comment.fill("同")
    comment.blur()
    expect(page.locator(f"#{comment.get_attribute('id')}-error-message")).to_be_empty()


def test_a_draft_is_saved_while_typing_and_is_there_in_the_next_window(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    page.get_by_label("审批意见").fill("拟同意")
    expect(page.locator(".form-state")).to_have_text(re.compile("已保存 \\d\\d:\\d\\d"))
    expect(page.get_by_text("本任务已由您领取")).to_be_visible()
    assert site.api("congress_head").get(f"/api/tasks/{task}")["draft"] == {"comment": "拟同意"}
    page.close()
    again = opened(page_of("congress_head"), f"/tasks/{task}")
    expect(again.get_by_label("审批意见")).to_have_value("拟同意")
    assert again.evaluate("Object.keys(localStorage).length") == 0


def test_what_the_server_never_got_is_restored_from_this_device(page_of: Pages, task: str) -> None:
    page = opened(page_of("congress_head", expects=(0,)), f"/tasks/{task}")
    page.context.set_offline(True)
    page.get_by_label("审批意见").fill("没有网络时写的")
    expect(page.locator(".form-state")).to_contain_text("未能保存到服务器")
    context = page.context
    page.close()
    context.set_offline(False)
    again = opened(context.new_page(), f"/tasks/{task}")
    expect(again.get_by_label("审批意见")).to_have_value("没有网络时写的")
    expect(again.get_by_text("已恢复上次未保存到服务器的内容")).to_be_visible()
    expect(again.locator(".form-state")).to_contain_text("已保存")


def test_a_double_click_completes_once_and_leads_on(page_of: Pages, task: str, site: Site) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if "completion" in each.url else None)
    answer(page)
    page.locator(BUTTON).dblclick()
    page.wait_for_url(lambda url: task not in url)
    assert len(sent) == 1
    assert not is_open(site, task)
    page.go_back()
    expect(page.locator(".task-line")).to_contain_text("已办结")
    expect(page.locator(BUTTON)).to_have_count(0)
    expect(page.get_by_label("审批意见")).to_have_value(REASON)


def test_without_network_nothing_is_lost_and_the_same_key_goes_out_again(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head", expects=(0,)), f"/tasks/{task}")
    keys: list[str] = []

    def fail(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort()

    page.route("**/completion", fail)
    answer(page)
    page.locator(BUTTON).click()
    expect(page.locator(".form-faults")).to_contain_text("网络不通")
    expect(page.get_by_label("审批意见")).to_have_value(REASON)
    page.unroute("**/completion")
    page.on(
        "request",
        lambda each: (
            keys.append(each.headers["idempotency-key"]) if "completion" in each.url else None
        ),
    )
    page.locator(BUTTON).click()
    page.wait_for_url(lambda url: task not in url)
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_faults_that_only_the_server_finds_stand_at_their_fields(page_of: Pages, task: str) -> None:
    page = opened(page_of("congress_head", expects=(422,)), f"/tasks/{task}")
    faults = [
        {"pointer": "#/answers/comment", "detail": "审批意见不能这样写"},
        {"pointer": "#/answers/elsewhere/0", "detail": "别处有误"},
    ]
    problem = {"status": 422, "code": "answers-refused", "title": "填写内容有误", "errors": faults}
    page.route("**/completion", lambda route: route.fulfill(status=422, json=problem))
    answer(page)
    page.locator(BUTTON).click()
    expect(page.locator(".form-faults li")).to_have_count(2)
    expect(page.locator(".field-textarea .field-faults")).to_have_text("审批意见不能这样写")
    expect(page.locator(".form-faults")).to_contain_text("别处有误")


def test_a_second_window_learns_that_the_task_is_done_and_keeps_what_was_typed(
    page_of: Pages, task: str
) -> None:
    first = opened(page_of("congress_head"), f"/tasks/{task}")
    second = opened(first.context.new_page(), f"/tasks/{task}")
    expect(first.get_by_text("也在另一窗口打开")).to_be_visible()
    answer(first)
    first.locator(BUTTON).click()
    first.wait_for_url(lambda url: task not in url)
    expect(second.get_by_text("本任务在另一窗口已办结")).to_be_visible()
    expect(second.locator(BUTTON)).to_be_disabled()
    second.get_by_role("link", name="查看办理结果").click()
    expect(second.locator(".task-line")).to_contain_text("已办结")


def test_a_task_done_on_another_computer_is_told_at_the_next_save(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head", expects=(409,)), f"/tasks/{task}")
    body = {"answers": {"decision": "同意", "comment": REASON}}
    site.api("congress_head").post(f"/api/tasks/{task}/completion", body)
    page.get_by_label("审批意见").fill("迟到的意见")
    expect(page.get_by_text("本任务在另一窗口已办结")).to_be_visible()
    expect(page.get_by_label("审批意见")).to_have_value("迟到的意见")
    expect(page.get_by_role("button", name="复制已填内容")).to_be_visible()


def test_a_sign_in_that_ran_out_is_renewed_in_the_page_and_the_act_goes_on(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head", expects=(401, 403)), f"/tasks/{task}")
    answered_and_saved(page)
    page.context.clear_cookies()
    press(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("登录名")).to_have_value("congress_head")
    dialog.get_by_label("口令").fill("wrong")
    dialog.get_by_role("button", name="登录").click()
    expect(dialog.get_by_role("alert")).to_contain_text("不正确")
    dialog.get_by_label("口令").fill("demo")
    dialog.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: task not in url)
    assert not is_open(site, task)


def test_nothing_goes_out_in_the_name_of_somebody_who_signed_in_meanwhile(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head", expects=(401,)), f"/tasks/{task}")
    answered_and_saved(page)
    other = {"login": "congress_clerk", "password": "demo"}
    page.context.request.post("/sign-in", form=other, max_redirects=0)
    press(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert is_open(site, task)
    dialog.get_by_label("口令").fill("demo")
    dialog.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: task not in url)
    assert not is_open(site, task)


def test_keys_save_and_submit(page_of: Pages, task: str, site: Site) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    answer(page)
    page.keyboard.press("Control+s")
    expect(page.locator(".form-state")).to_contain_text("已保存", timeout=1_400)
    page.get_by_label("审批意见").press("Control+Enter")
    page.wait_for_url(lambda url: task not in url)
    assert not is_open(site, task)


def start(page_of: Pages, **more: Any) -> Page:
    page = page_of("congress_clerk", "/", **more)
    link = page.locator('a[href*="/start/"]').first.get_attribute("href")
    assert link is not None
    return opened(page, link)


def test_rows_are_added_moved_removed_and_brought_back_by_keyboard(page_of: Pages) -> None:
    page = start(page_of)
    names = page.get_by_label("材料名称")
    names.nth(0).fill("甲")
    page.get_by_role("button", name="添加一项").press("Enter")
    expect(names).to_have_count(2)
    expect(names.nth(1)).to_be_focused()
    names.nth(1).fill("乙")
    page.get_by_role("button", name="上移第 2 项").press("Enter")
    expect(names.nth(0)).to_have_value("乙")
    expect(names.nth(1)).to_have_value("甲")
    page.get_by_role("button", name="删除第 1 项").press("Enter")
    expect(names).to_have_count(1)
    expect(names.nth(0)).to_have_value("甲")
    page.get_by_role("button", name="撤销").press("Enter")
    expect(names.nth(0)).to_have_value("乙")


def test_a_picker_is_searched_and_chosen_from_by_keyboard(page_of: Pages) -> None:
    page = start(page_of)
    box = page.get_by_role("combobox", name="反映单位")
    box.press_sequentially("执法")
    options = page.locator(".picker-list [role=option]")
    expect(options.first).to_contain_text("执法")
    box.press("Enter")
    expect(box).to_have_value(re.compile("执法"))
    expect(page.locator(".picker-list")).to_have_count(0)
    deputy = page.get_by_role("combobox", name="领衔代表")
    deputy.press("ArrowDown")
    expect(options.first).to_contain_text("代表")
    deputy.press("Escape")
    expect(page.locator(".picker-list")).to_have_count(0)
    assert deputy.input_value() == ""


def test_days_are_typed_as_people_write_them(page_of: Pages) -> None:
    page = start(page_of)
    day = page.get_by_label("决定移送日期")
    for written in ("2026-04-07", "2026年4月7日", "20260407", "4月7日", "2026/4/7"):
        day.fill(written)
        day.blur()
        expect(day).to_have_value("2026-04-07")
    expect(page.locator(".day-read")).to_have_text("星期二")
    day.fill("三月底")
    day.blur()
    expect(page.get_by_text("应为日期，例如2026-03-01")).to_be_visible()


def test_files_are_refused_before_they_are_sent(page_of: Pages) -> None:
    page = start(page_of)
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if "attachments" in each.url else None)
    page.evaluate(DROP, [".drop", [["大.pdf", "application/pdf", 200 * 2**20]]])
    expect(page.get_by_text(re.compile("“大.pdf”有 200 MB，超过上限 50 MB"))).to_be_visible()
    page.evaluate(DROP, [".drop", [["病毒.exe", "application/x-msdownload", 10]]])
    expect(page.get_by_text(re.compile("“病毒.exe”的类型不能上传，只接受 .pdf"))).to_be_visible()
    page.evaluate(DROP, [".drop", [["空.pdf", "application/pdf", 0]]])
    expect(page.get_by_text("“空.pdf”是空文件")).to_be_visible()
    assert sent == []


def test_a_file_is_uploaded_tried_again_and_removed_and_its_name_is_text(page_of: Pages) -> None:
    page = start(page_of, expects=(0,))
    name = "<img src=x onerror=alert(1)>.pdf"
    file = {"name": name, "mimeType": "application/pdf", "buffer": PDF}
    page.route("**/api/attachments", lambda route: route.abort())
    page.set_input_files("input[type=file]", [file])
    expect(page.get_by_text("上传失败，网络不通")).to_be_visible()
    page.unroute("**/api/attachments")
    page.get_by_role("button", name="重试").click()
    link = page.locator(".file a")
    expect(link).to_have_text(name)
    assert page.locator(".file img").count() == 0
    page.get_by_role("button", name=re.compile("^移除")).click()
    expect(link).to_have_count(0)


def test_a_start_is_kept_on_the_device_until_it_is_sent_or_its_person_signs_out(
    page_of: Pages,
) -> None:
    page = start(page_of)
    page.get_by_label("建议标题").fill("关于占道停车的建议")
    expect(page.locator(".form-state")).to_contain_text("已保存在本机")
    again = opened(page.context.new_page(), page.url)
    expect(again.get_by_label("建议标题")).to_have_value("关于占道停车的建议")
    page.close()
    sign_out(again)
    dialog = again.get_by_role("dialog")
    expect(dialog).to_contain_text("退出后将从本机删除")
    dialog.locator("[data-way=stay]").click()
    expect(again.get_by_label("建议标题")).to_have_value("关于占道停车的建议")
    sign_out(again)
    dialog.locator("[data-way=leave]").click()
    again.wait_for_url("**/sign-in*")
    assert (
        again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    )


@pytest.mark.parametrize("english", [False, True])
def test_a_phone_is_wide_enough(page_of: Pages, english: bool) -> None:
    page = start(page_of, phone=True, english=english)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(BUTTON).click()
    expect(page.locator(".form-faults")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
