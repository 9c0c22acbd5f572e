"""Forms, templates and other files of a draft, edited in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site

Open = Callable[..., Page]
FORM = "forms/congress_lead_transfer/ask_progress.json"
TEMPLATE = "documents/lead_feedback/template.html"
SAVED = re.compile("已保存")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
#: Names of things that are no words of the interface.
_NAMES = re.compile(
    r"FEEL|HTML|JSON|CSS|PDF|BPMN|URL|Form_\w+|\w+_\w+|[\w/.]+\.(?:json|html|css|bpmn|dmn)"
)

#: What the palette and the panel say, without what stands in the content.
_TEXTS = """() => {
    const found = [];
    const places = ".fjs-palette-container, .fjs-properties-container";
    document.querySelectorAll(places).forEach((all) => {
        const walker = document.createTreeWalker(all, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            const isTyped = node.parentElement.closest("select, textarea, .cm-content");
            if (!isTyped) found.push(node.nodeValue.trim());
        }
    });
    return found.filter(Boolean);
}"""


@pytest.fixture
def draft(site: Site) -> str:
    made: Any = site.api("designer").post("/api/drafts", {"name": "改表单"})
    return str(made["id"])


def opened(page: Page, draft: str, path: str) -> Page:
    page.goto(f"/designs/drafts/{draft}/files/{path}")
    page.wait_for_selector("[data-ready=true]")
    return page


def chosen(page: Page, component: str) -> None:
    """Select a component of the form and open everything that can be set."""
    page.locator(f'.drafting-form [data-id="{component}"]').click()
    page.wait_for_timeout(300)
    closed = ".bio-properties-panel-group-header:not(.open)"
    page.evaluate(f"() => document.querySelectorAll('{closed}').forEach((each) => each.click())")
    page.wait_for_timeout(300)


def stored(page: Page, draft: str, path: str) -> str:
    answer = page.request.get(f"/api/drafts/{draft}/files?path={path}")
    assert answer.ok
    return answer.text()


def test_a_form_that_is_only_opened_stays_as_it_is(page_of: Open, site: Site, draft: str) -> None:
    page = opened(page_of("designer"), draft, FORM)
    page.wait_for_timeout(2500)
    files = site.api("designer").get(f"/api/drafts/{draft}")["files"]
    assert {each["change"] for each in files} == {"same"}


def test_a_label_is_changed_shown_beside_and_saved(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer"), draft, FORM)
    chosen(page, "Textfield_counterpart")
    label = (
        page.locator("[data-entry-id=label]")
        .locator("textarea, input, [contenteditable=true]")
        .first
    )
    label.fill("接待人姓名")
    expect(page.locator("[data-saving]")).to_have_text(SAVED)
    expect(page.locator(".drafting-aside")).to_contain_text("接待人姓名")
    components = json.loads(stored(page, draft, FORM))["components"]
    assert "接待人姓名" in {each.get("label") for each in components}
    # The check reads the whole draft.
    expect(page.locator(".drafting-checks")).to_contain_text("没有发现问题", timeout=20_000)


def test_our_own_settings_are_chosen_from_what_the_content_has(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer"), draft, FORM)
    chosen(page, "Radio_mode")
    source = page.get_by_label("选项来源")
    expect(source).to_have_value("vocabulary")
    expect(page.get_by_label("哪个词表")).to_have_value("contact_mode")
    source.select_option("people")
    expect(page.locator("[data-saving]")).to_have_text(SAVED)
    page.get_by_label("只列此角色").select_option(index=1)
    page.get_by_label("数据类别").select_option(index=1)
    page.wait_for_timeout(2500)
    (mode,) = [
        each
        for each in json.loads(stored(page, draft, FORM))["components"]
        if each.get("key") == "mode"
    ]
    assert mode["properties"].keys() == {"source", "source.role", "class"}
    assert mode["properties"]["source"] == "people"


def test_the_editor_speaks_chinese(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer"), draft, FORM)
    found = set()
    for field in ("Datetime_asked_on", "Radio_mode", "Textfield_counterpart", "Textarea_note"):
        chosen(page, field)
        found |= set(page.evaluate(_TEXTS))
    page.locator("[data-entry-id=disabled] label").first.hover()
    said = page.locator(".bio-properties-panel-tooltip-content")
    expect(said).to_contain_text("停用后不能填写")
    found.add(said.inner_text())
    assert {text for text in found if _ENGLISH.search(_NAMES.sub("", text))} == set()


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    page_of: Open, site: Site, draft: str
) -> None:
    page = opened(page_of("designer", expects=(409,)), draft, "documents/base/grid.css")
    address = f"/api/drafts/{draft}/files?path=documents/base/grid.css"
    answer = page.request.put(address, data=b"/* theirs */", headers={"If-Match": "*"})
    assert answer.ok
    page.locator(".cm-content").click()
    page.keyboard.type("/* mine */")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("刚刚保存了这个文件")
    dialog.locator("[data-way=keepMine]").click()
    expect(page.locator("[data-saving]")).to_have_text(SAVED)
    assert "/* mine */" in stored(page, draft, "documents/base/grid.css")


def test_a_template_is_seen_on_paper_while_it_is_written(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer"), draft, TEMPLATE)
    expect(page.locator(".drafting-aside canvas").first).to_be_visible(timeout=30_000)
    page.locator(".cm-line", has_text="特此函告").click()
    page.keyboard.press("End")
    page.keyboard.type("<p>另请告知</p>")
    expect(page.locator(".drafting-aside .textLayer").last).to_contain_text(
        re.compile("另请告知"), timeout=30_000
    )
    assert "另请告知" in stored(page, draft, TEMPLATE)


def test_a_fault_of_a_template_is_named_with_its_line(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer", expects=(422,)), draft, TEMPLATE)
    page.locator(".cm-line", has_text="特此函告").click()
    page.keyboard.press("End")
    page.keyboard.type("{{ d.nothing }}")
    problem = page.locator(".drafting-problem")
    expect(problem).to_contain_text(re.compile(rf"{TEMPLATE}:\d+"), timeout=30_000)
    expect(page.locator(".drafting-aside canvas").first).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)


def test_words_far_down_in_a_long_text_are_found(page_of: Open, draft: str) -> None:
    page = opened(page_of("designer"), draft, "bpmn/_shared/deadlines.dmn")
    words, last = page.get_by_label("查找"), "R-ANNOUNCE"
    expect(page.locator(".cm-line", has_text=last)).to_have_count(0)
    page.locator(".cm-content").press("ControlOrMeta+f")
    words.fill(last)
    words.press("Enter")
    expect(page.locator(".cm-activeLine")).to_contain_text(last)
    expect(page.locator(".drafting-find [role=status]")).to_have_text(
        re.compile(r"第 1 处，共 \d+ 处")
    )
    words.fill("没有这样的话")
    words.press("Enter")
    expect(page.locator(".drafting-find [role=status]")).to_have_text("第 0 处，共 0 处")


def test_the_check_leads_to_the_line(page_of: Open, site: Site, draft: str) -> None:
    page = page_of("designer")
    broken = json.dumps(
        {"type": "default", "components": [{"type": "strange", "id": "a"}]}, indent=1
    )
    address = f"/api/drafts/{draft}/files?path={FORM}"
    assert page.request.put(address, data=broken.encode(), headers={"If-Match": "*"}).ok
    page.goto(f"/designs/drafts/{draft}/files/{FORM}?as=text&at=/components/0")
    page.wait_for_selector("[data-ready=true]")
    found = page.locator(".drafting-faults li").first
    expect(found).to_contain_text("#/components/0", timeout=20_000)
    expect(page.locator(".cm-activeLine")).to_contain_text("{")


def test_on_a_phone_nothing_of_the_editor_is_cut(page_of: Open, draft: str) -> None:
    page = page_of("designer")
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, draft, FORM)
    for part in ("palette", "form", "properties"):
        box = page.locator(f".drafting-form .fjs-{part}-container").first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert 300 <= box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
