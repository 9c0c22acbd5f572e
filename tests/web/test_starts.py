"""The page that begins a process, and the one that says what came of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.court import Court
from tests.web.conftest import Browser
from tests.web.test_tasks import told

Browsers = Callable[..., Browser]


def test_the_menu_leads_to_the_form_that_begins_a_process(case: Court, browser: Browsers) -> None:
    clerk = browser("congress_clerk")
    link = next(
        each.get("href") for each in clerk.get("/").all("a") if "/start/" in each.get("href")
    )
    page = clerk.get(link)
    assert page.status == 200
    form = told(page)
    assert form["start"]["element"]
    assert form["organisation_id"]
    assert form["schema"]["components"]
    assert page.all("[data-island=paper]")[0].get("data-element") == form["start"]["element"]


def test_who_may_not_start_a_process_finds_no_page(case: Court, browser: Browsers) -> None:
    clerk = browser("congress_clerk")
    link = next(
        each.get("href") for each in clerk.get("/").all("a") if "/start/" in each.get("href")
    )
    assert browser("outsider").get(link).status == 404
    assert clerk.get("/start/nothing").status == 404
    assert clerk.get(f"{link.split('?')[0]}?element=nothing").status == 404


def test_what_was_started_is_said_with_who_has_it_next(case: Court, browser: Browsers) -> None:
    case.play(until="ApproveTransfer")
    clerk = browser("congress_clerk")
    listed = clerk.open("GET", "/api/process-instances", headers={"Accept": "application/json"})
    (instance,) = listed.response.json["items"]
    page = clerk.get(f"/started/{instance['id']}")
    assert "已提交" in page.text
    assert "审批案件线索移送函" in page.text
    assert browser("outsider").get(f"/started/{instance['id']}").status == 404
