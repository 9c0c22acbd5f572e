"""The browser judges a form as the server does, in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.site import BEGINNING, Site
from workflow_server.content import forms

Pages = Callable[..., Page]


def field(type_: str, key: str, **more: Any) -> dict[str, Any]:
    label = {"dateLabel": f"栏{key}"} if type_ == "datetime" else {"label": f"栏{key}"}
    return {"type": type_, "key": key, "id": f"F_{key}", **label, **more}


SCHEMA: dict[str, Any] = {
    "type": "default",
    "id": "f",
    "schemaVersion": 18,
    "components": [
        field("textfield", "line", validate={"required": True, "minLength": 2, "maxLength": 4}),
        field("textarea", "text", validate={"maxLength": 5}),
        field("textfield", "code", validate={"pattern": "^[A-Z]{2}$"}),
        field("textfield", "mail", validate={"validationType": "email"}),
        field("textfield", "phone", validate={"validationType": "phone"}),
        field("number", "count", decimalDigits=0, validate={"min": 1, "max": 9}),
        field("number", "share", decimalDigits=2),
        field("datetime", "day", subtype="date", validate={"required": True}),
        field("datetime", "end", subtype="date", disallowPassedDates=True),
        field("datetime", "hour", subtype="time"),
        field("checkbox", "sure", validate={"required": True}),
        field("radio", "kind", validate={"required": True},
              values=[{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]),
        field("textfield", "why", validate={"required": True},
              conditional={"hide": '=kind != "b"'}),
        field("number", "most", validate={"max": "=count + 1"}),
        {"type": "dynamiclist", "id": "L", "path": "rows", "label": "清单", "isRepeating": True,
         "allowAddRemove": True, "defaultRepetitions": 0, "properties": {"minRows": "2"},
         "components": [field("textfield", "name", validate={"required": True})]},
    ],
    "properties": {"rules": [
        {"when": "=date(end) < date(day)", "field": "end", "message": "结束日期不能早于开始日期"},
    ]},
}  # fmt: skip
GOOD = {
    "line": "甲乙", "day": "2026-04-02", "sure": True, "kind": "a",
    "rows": [{"name": "一"}, {"name": "二"}],
}  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "nothing is wrong": {},
    "all is missing": {"line": " ", "day": None, "sure": False, "kind": None, "rows": []},
    "too short": {"line": "甲"},
    "characters, not units": {"line": "𠮷𠮷𠮷𠮷", "text": "𠮷𠮷𠮷𠮷𠮷𠮷"},
    "too long": {"line": "甲乙丙丁戊"},
    "a control character": {"line": "甲\u0007乙"},
    "a pattern": {"code": "ab"},
    "addresses": {"mail": "a@b", "phone": "123"},
    "good addresses": {"mail": "a.b@c.cn", "phone": "0452-2123456"},
    "numbers": {"count": 10, "share": 1.234},
    "no whole number": {"count": 1.5},
    "too small": {"count": 0},
    "by another field": {"count": 3, "most": 5},
    "days": {"day": "2026-02-30", "end": "2026-03-31", "hour": "25:00"},
    "a year far off": {"day": "1900-01-01"},
    "a rule over two fields": {"day": "2026-05-02", "end": "2026-05-01"},
    "what a condition shows": {"kind": "b"},
    "a row": {"rows": [{"name": "一"}, {"name": ""}]},
}


def by_server(answers: dict[str, Any]) -> set[tuple[str, str]]:
    form = forms.parse("probe/probe", json.dumps(SCHEMA).encode())
    now = datetime.fromisoformat(BEGINNING)
    found = forms.check(form, answers, {}, now=now, sources=lambda *_: True)
    return {(fault.pointer, fault.detail) for fault in found.faults}


@pytest.fixture
def probe(page_of: Pages, site: Site) -> Page:
    """A page with nothing but the form."""
    page = page_of("congress_clerk", "/")
    link = page.locator('a[href*="/start/"]').first.get_attribute("href")
    page.goto(str(link))
    page.locator("[data-island=form][data-ready]").wait_for()
    return page


_PUT = """async ([block, now]) => {
  const old = document.querySelector("[data-island=form]");
  const element = document.createElement("div");
  element.dataset.island = "form";
  element.dataset.now = now;
  const script = document.createElement("script");
  script.type = "application/json";
  script.textContent = block;
  element.append(script);
  old.replaceWith(element);
  const ready = new Promise((done) => element.addEventListener("island:ready", done));
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: element } }));
  await ready;
  await new Promise((done) => setTimeout(done, 50));
}"""
_FAULTS = """() => {
  const { form } = document.querySelector("[data-island=form]");
  form.validate();
  const { errors } = form._getState();
  const said = [];
  for (const { id, indexes, valuePath } of form.get("formFieldInstanceRegistry").getAll()) {
    let list = errors[id];
    for (const index of Object.values(indexes ?? {})) list = list?.[index];
    for (const each of Array.isArray(list) ? list : []) {
      if (typeof each === "string") said.push(["#/answers/" + valuePath.join("/"), each]);
    }
  }
  return said;
}"""
#: Somebody's input, as programs that fill in forms give it: all within one turn.
_TYPE_BOTH = """() => {
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  for (const [end, value] of [["date", "2026-04-07"], ["time", "14:30"]]) {
    const box = document.querySelector(`[data-island=form] input[id$="-${end}"]`);
    write.call(box, value);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("blur"));
  }
}"""


def put(probe: Page, schema: dict[str, Any], data: dict[str, Any]) -> None:
    """Show another form on the page."""
    block = json.dumps({"schema": schema, "data": data}).replace("<", "\\u003c")
    probe.evaluate(_PUT, [block, BEGINNING])


def test_the_browser_finds_what_the_server_finds(probe: Page) -> None:
    found, expected = {}, {}
    for name, more in CASES.items():
        put(probe, SCHEMA, {**GOOD, **more})
        found[name] = {(pointer, detail) for pointer, detail in probe.evaluate(_FAULTS)}
        expected[name] = by_server({**GOOD, **more})
    assert found == expected


def test_a_day_and_a_time_of_one_turn_do_not_forget_each_other(probe: Page) -> None:
    schema = {**SCHEMA, "components": [field("datetime", "at", subtype="datetime")]}
    put(probe, schema, {})
    probe.evaluate(_TYPE_BOTH)
    probe.wait_for_timeout(400)
    answers = probe.evaluate("document.querySelector('[data-island=form]').form.answers")
    assert answers["at"].startswith("2026-04-07T14:30")


def test_an_hour_is_read_as_people_write_it(probe: Page) -> None:
    put(probe, {**SCHEMA, "components": [field("datetime", "at", subtype="time")]}, {})
    hour = probe.locator("[data-island=form] input.clock")
    assert hour.get_attribute("type") == "text"
    read = []
    for typed in ("14：30", "0905", "9点", "下午2点半", "14时5分", "25:00", "2点一刻"):
        hour.fill(typed)
        hour.blur()
        read.append(hour.input_value())
    assert read == ["14:30", "09:05", "09:00", "14:30", "14:05", "25:00", "2点一刻"]


def test_a_condition_that_is_plainly_true_counts(probe: Page) -> None:
    shut = {"readonly": "=true", "conditional": {"hide": "=false"}}
    parts = [
        field("textfield", "seen", **shut),
        field("textarea", "gone", conditional={"hide": "=sure"}),
    ]
    put(probe, {**SCHEMA, "components": parts, "properties": {}}, {"seen": "甲", "sure": True})
    form = probe.locator("[data-island=form]")
    assert form.locator(".is-readonly input").get_attribute("readonly") is not None
    assert form.locator("textarea").count() == 0
