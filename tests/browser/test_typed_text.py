"""What somebody typed is never lost: to another computer, to a sign-out, to a row that goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.site import Site
from tests.browser.test_form_island import (
    PDF,
    REASON,
    answer,
    is_open,
    opened,
    sign_out,
    start,
)
from tests.browser.test_form_island import task as task

Pages = Callable[..., Page]


def written(site: Site, task: str, comment: str) -> None:
    """Save a draft from another computer."""
    body = {"answers": {"comment": comment}}
    site.api("congress_head").put(f"/api/tasks/{task}/draft", body)


def drafted(site: Site, task: str) -> Any:
    return site.api("congress_head").get(f"/api/tasks/{task}")["draft"]


def left_offline(page_of: Pages, task: str, text: str) -> Page:
    """Type without network and close the window; returns a new one of the same browser."""
    page = opened(page_of("congress_head", expects=(0,)), f"/tasks/{task}")
    page.context.set_offline(True)
    page.get_by_label("审批意见").fill(text)
    expect(page.locator(".form-state")).to_contain_text("未能保存到服务器")
    context = page.context
    page.close()
    context.set_offline(False)
    return context.new_page()


@pytest.mark.parametrize("way", ["mine", "theirs"])
def test_what_was_left_here_never_beats_what_was_written_elsewhere_since(
    page_of: Pages, task: str, site: Site, way: str
) -> None:
    again = left_offline(page_of, task, "先写在这台电脑上")
    written(site, task, "后写在另一台电脑上")
    opened(again, f"/tasks/{task}")
    dialog = again.get_by_role("dialog")
    expect(dialog).to_contain_text("另一处")
    comment = again.get_by_label("审批意见")
    expect(comment).to_have_value("后写在另一台电脑上")
    assert drafted(site, task) == {"comment": "后写在另一台电脑上"}
    dialog.locator(f"[data-way={way}]").click()
    if way == "theirs":
        expect(comment).to_have_value("后写在另一台电脑上")
        again.get_by_role("button", name="改用本机的内容").click()
    expect(comment).to_have_value("先写在这台电脑上")
    expect(again.locator(".form-state")).to_contain_text("已保存")
    assert drafted(site, task) == {"comment": "先写在这台电脑上"}
    again.get_by_role("button", name="改用服务器上的内容").click()
    expect(comment).to_have_value("后写在另一台电脑上")


@pytest.mark.parametrize("way", ["mine", "theirs"])
def test_of_two_windows_the_second_to_save_is_told_and_takes_either_text(
    page_of: Pages, task: str, site: Site, way: str
) -> None:
    page = opened(page_of("congress_head", expects=(409,)), f"/tasks/{task}")
    comment, here = page.get_by_label("审批意见"), "这里写的"
    written(site, task, "另一台电脑先保存的")
    comment.fill(here)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("另一台设备保存了新的草稿")
    page.wait_for_timeout(2_000)
    assert drafted(site, task) == {"comment": "另一台电脑先保存的"}, "neither is touched before"
    dialog.locator(f"[data-way={way}]").click()
    taken = {"mine": here, "theirs": "另一台电脑先保存的"}
    expect(comment).to_have_value(taken[way])
    back = {"mine": "改用服务器上的内容", "theirs": "改用本机的内容"}
    page.get_by_role("button", name=back[way]).click()
    other = taken["theirs" if way == "mine" else "mine"]
    expect(comment).to_have_value(other)
    expect(page.locator(".form-state")).to_contain_text("已保存")
    assert drafted(site, task) == {"comment": other}
    comment.fill("再写一句")
    expect(page.locator(".form-state")).to_contain_text("有改动")
    expect(page.locator(".form-state")).to_contain_text("已保存")
    assert drafted(site, task) == {"comment": "再写一句"}


def test_a_draft_that_went_out_with_the_closing_window_is_no_other_one(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    context = page.context
    page.get_by_label("审批意见").fill("关窗之前")
    page.goto("/account")
    page.wait_for_function("true")
    for _ in range(50):
        if drafted(site, task) == {"comment": "关窗之前"}:
            break
        page.wait_for_timeout(100)
    written(site, task, "在别处接着写")
    again = opened(context.new_page(), f"/tasks/{task}")
    again.get_by_role("dialog").locator("[data-way=theirs]").click()
    expect(again.get_by_label("审批意见")).to_have_value("在别处接着写")


def test_signing_out_while_saving_fails_asks_before_the_only_copy_goes(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head", expects=(503,)), f"/tasks/{task}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/draft", lambda route: route.fulfill(status=503, json={}))
    comment = page.get_by_label("审批意见")
    comment.fill("还没有保存到服务器")
    sign_out(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("退出后将从本机删除")
    dialog.locator("[data-way=stay]").click()
    expect(comment).to_have_value("还没有保存到服务器")
    page.unroute("**/draft")
    expect(page.locator(".form-state")).to_contain_text("已保存", timeout=12_000)
    sign_out(page)
    page.wait_for_url("**/sign-in*")
    assert drafted(site, task) == {"comment": "还没有保存到服务器"}


def test_what_others_left_here_goes_after_a_week_with_the_next_sign_out(page_of: Pages) -> None:
    page = page_of("congress_clerk", "/")
    page.evaluate(
        """() => {
          const day = 24 * 3600 * 1000, put = (key, text) => localStorage.setItem(key, text);
          put("draft:another:start:p:s", JSON.stringify({ answers: {}, at: Date.now() - day }));
          put("draft:another:start:p:t", JSON.stringify({ answers: {}, at: Date.now() - 8 * day }));
          put("draft:another:broken", "{");
        }"""
    )
    sign_out(page)
    page.wait_for_url("**/sign-in*")
    assert page.evaluate("Object.keys(localStorage)") == ["draft:another:start:p:s"]


def test_what_is_typed_last_is_kept_and_nothing_is_typed_while_it_is_sent(
    page_of: Pages, task: str, site: Site
) -> None:
    page = opened(page_of("congress_head"), f"/tasks/{task}")
    answer(page, "")
    held: list[Route] = []
    page.route("**/completion", lambda route: held.append(route))
    comment = page.get_by_label("审批意见")
    comment.click()
    page.keyboard.insert_text(REASON)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".island-box").first).to_have_attribute("inert", "")
    page.keyboard.insert_text("多写的")
    expect(comment).to_have_value(REASON)
    held[0].continue_()
    page.wait_for_url(lambda url: task not in url)
    assert not is_open(site, task)


def pdf(name: str) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def test_a_file_on_its_way_goes_with_its_row_and_into_no_other(page_of: Pages) -> None:
    page = start(page_of, expects=(0,))
    held: list[Route] = []
    page.route("**/api/attachments", lambda route: held.append(route))
    for number in (1, 2, 3):
        if number > 1:
            page.get_by_role("button", name="添加一项").first.click()
        rows = page.locator(".row-item")
        expect(rows).to_have_count(number)
        rows.nth(number - 1).get_by_label("材料名称").fill(f"第{number}份")
        files = rows.nth(number - 1).locator("input[type=file]")
        files.set_input_files([pdf(f"{number}.pdf")])
    page.get_by_role("button", name="删除第 1 项").click()
    expect(rows).to_have_count(2)
    for route in held:
        with contextlib.suppress(Error):
            route.continue_()
    for at, number in ((0, 2), (1, 3)):
        expect(rows.nth(at).get_by_label("材料名称")).to_have_value(f"第{number}份")
        expect(rows.nth(at).locator(".file a")).to_have_text(f"{number}.pdf")
