"""A designer adds a review step, somebody else approves it, and the next case goes through it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.drawing import ISLAND, PATH, entry, first, modeler
from tests.browser.filling import FORM, Filler
from tests.browser.site import Site
from tests.browser.test_modeler import drop_on
from tests.browser.test_the_case import Stage, begin
from tests.court import scenario

STEP = "复核移送函"
NOTE = "发出后由经办人复核一次。"


def test_the_next_case_goes_through_a_new_step(
    page_of: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    stage, (start, approve) = Stage(page_of, site), scenario()["acts"][:2]
    begin(site, 1, tmp_path)
    (old,) = _cases(site)
    _draw(page_of("designer", "/designs/drafts/new"), site)
    _decide(page_of("legal_policy", "/designs/proposals"))
    stage.play(start)
    (new,) = set(_cases(site)) - {old}
    for case in (old, new):
        _do(stage, approve["person"], case, approve["answers"])
    assert STEP not in _open(site, old)
    assert STEP in _open(site, new)
    # What is in force came from the browser, and a start from the same folder leaves it so.
    site.restart()
    stage.pages.clear()
    _do(stage, start["person"], new, {}, STEP)
    assert STEP not in _open(site, new)
    assert _papers(site, new) > _papers(site, old)
    versions = {it["id"]: it["version"] for it in _definitions(site)}
    assert versions[_cases(site)[new]] == versions[_cases(site)[old]] + 1
    shown = page_of("designer", "/designs").locator("main")
    expect(shown).to_contain_text(re.compile(r"第 2 版\s*现行"))


def _draw(page: Page, site: Site) -> None:
    """Draw the step, say who does it, with a form and a paper; check it and propose it."""
    page.locator("main [name=name]").fill("加一道复核")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/designs/drafts/[0-9a-f-]{36}"))
    draft = page.url
    page.locator(f'main a[href$="{PATH}"]').click()
    page.wait_for_selector(f"{ISLAND}[data-ready]")
    flow = first(
        page,
        "e.type === 'bpmn:SequenceFlow' && e.source.type === 'bpmn:SendTask' "
        "&& e.waypoints.length === 2",
    )
    kind = modeler(
        page,
        "m.get('elementRegistry').get(a).source.businessObject.extensionElements.values"
        ".find(each => /^wf:document$/i.test(each.$type)).kind",
        flow,
    )
    drop_on(page, "create.user", flow)
    page.keyboard.press("Escape")
    entry(page, "name").fill(STEP)
    entry(page, "name").press("Tab")
    entry(page, "assign-strategy").select_option("role")
    role = site.api(scenario()["acts"][0]["person"]).me["positions"][0]["role"]
    entry(page, "assign-role").select_option(role)
    page.get_by_role("button", name="新建表单").click()
    page.locator("[name=form-name]").fill("second_look")
    page.locator(".new-form .btn-primary").click()
    expect(entry(page, "form-key")).to_have_value(re.compile("/second_look$"), timeout=20_000)
    page.locator("[data-group-id=group-document] .bio-properties-panel-add-entry").click()
    page.locator("[data-group-id=group-document] select").first.select_option(kind)
    expect(page.locator(".modeler-status[data-state=saved]")).to_be_visible(timeout=20_000)
    page.locator("[data-tool=check]").click()
    expect(page.locator(".faults-title")).to_contain_text("没有发现问题", timeout=20_000)
    page.goto(draft)
    page.locator("#propose-note").fill(NOTE)
    page.locator("#propose-note ~ .btn-primary").click()
    page.wait_for_url("**/designs/proposals/*")
    assert page.locator("[name=decision]").count() == 0


def _decide(page: Page) -> None:
    page.get_by_role("link", name=NOTE).click()
    expect(page.locator("main")).to_contain_text("second_look")
    page.locator("[name=decision][value=approve]").click()
    expect(page.locator("main")).to_contain_text("已部署")


def _do(
    stage: Stage, login: str, case: str, answers: dict[str, Any], name: str | None = None
) -> None:
    """Let somebody complete their task of a case; lines that nobody answers get some text."""
    offered = stage.site.api(login).all("/api/tasks", mine="true")
    (task,) = (
        each["id"] for each in offered
        if each["instance_id"] == case and name in (None, each["name"])
    )  # fmt: skip
    page = stage.page(login)
    page.goto(f"/tasks/{task}")
    filler = Filler(page, stage.name_of)
    filler.fill(answers)
    if not answers:
        page.locator(f"{FORM} :is(input[type=text], textarea)").first.fill("已复核，无误。")
    filler.complete()
    stage.site.settle()


def _cases(site: Site) -> dict[str, str]:
    rows = site.api(scenario()["acts"][0]["person"]).all("/api/process-instances")
    return {row["id"]: row["process_definition_id"] for row in rows}


def _definitions(site: Site) -> list[dict[str, Any]]:
    key = scenario()["acts"][0]["process"]
    return site.api("designer").all("/api/process-definitions", key=key)


def _open(site: Site, case: str) -> list[str]:
    rows = site.api(scenario()["acts"][0]["person"]).all("/api/tasks", instance_id=case)
    return [row["name"] for row in rows]


def _papers(site: Site, case: str) -> int:
    rows = site.api(scenario()["acts"][0]["person"]).all("/api/documents", instance_id=case)
    return len(rows)
