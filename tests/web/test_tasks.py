"""A task's page: what stands beside the form, who holds it, taking it and giving it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.services import tasks

Browsers = Callable[..., Browser]

SCRIPT = "<script>alert('x')</script>"


def task_of(case: Court, login: str) -> UUID:
    """Return the task that waits for somebody."""
    found, _ = tasks.list_(case.people[login], mine=True)
    return found[0].task.id


def told(page: Page) -> dict[str, Any]:
    """Return what the page tells its form."""
    (block,) = page.all("[data-island=form] script")
    answer: dict[str, Any] = json.loads(block.text)
    return answer


def test_the_page_brings_the_form_and_the_case_beside_it(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    page = browser("prosecutor").get(f"/tasks/{task_of(case, 'prosecutor')}")
    assert page.status == 200
    assert page.all("h1")[0].text_content() == "起草检察建议书"
    form = told(page)
    assert form["schema"]["components"]
    assert not form["read_only"]
    facts = page.all(".task-facts")[0].text_content()
    assert "研判理由" in facts
    assert not [each for each in page.all(".task-facts > dd") if each.text_content() == "无"]
    assert page.all("#pane-facts details:not([open]) li"), "what has nothing in it, folded"
    assert "True" not in facts
    assert "None" not in facts
    assert page.all("[data-island=paper][data-kind]"), "the paper that the step makes"
    assert page.all(".page-pretitle")[0].text_content().count(" · ") == 2, "which case it is"
    enclosed = page.all("#pane-papers h3 ~ ul a[href$='/file']")
    assert [each.text_content().strip() for each in enclosed] == ["案件线索移送函"]


def test_a_form_gets_the_facts_that_its_expressions_name_and_no_others(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    form = told(browser("prosecutor").get(f"/tasks/{task_of(case, 'prosecutor')}"))
    assert form["context"]["suggestion_type"]
    assert "answers" not in form["context"]
    assert "names" not in form["context"]


def test_a_free_task_is_taken_and_given_back(case: Court, browser: Browsers) -> None:
    case.play(until="ApproveTransfer")
    head, task_id = browser("congress_head"), task_of(case, "congress_head")
    assert head.get(f"/tasks/{task_id}").all(f"form[action='/tasks/{task_id}/claim']")
    taken = head.post(f"/tasks/{task_id}/claim")
    assert "由我办理" in taken.text
    given_back = head.post(f"/tasks/{task_id}/release")
    assert given_back.response.request.path == "/"
    assert "可领取" in head.get(f"/tasks/{task_id}").text


def test_who_sees_a_task_but_may_not_do_it_reads_who_does(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    task_id = task_of(case, "prosecutor")
    page = browser("dept_head").get(f"/tasks/{task_id}")
    assert page.status == 200
    assert told(page)["read_only"]
    assert "您可以查看，不能填写" in page.text
    assert "沈立言" in page.text


def test_a_task_that_one_may_not_see_is_not_there(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    task_id = task_of(case, "prosecutor")
    outsider = browser("outsider")
    for path in ("", "/history", "/diagram"):
        refused = outsider.get(f"/tasks/{task_id}{path}")
        assert refused.status == 404
        assert "起草" not in refused.text
    assert outsider.post(f"/tasks/{task_id}/claim").status == 404


def test_a_completed_task_shows_what_was_answered_by_whom_and_when(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    task_id = task_of(case, "prosecutor")
    case.act()
    page = browser("prosecutor").get(f"/tasks/{task_id}")
    form = told(page)
    assert form["read_only"]
    assert form["data"]["violation"]
    assert "已办结" in page.text
    assert "沈立言" in page.text
    assert form["data"]["addressee"] in form["names"]


def test_a_draft_comes_back(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    prosecutor, task_id = browser("prosecutor"), task_of(case, "prosecutor")
    path = f"/api/tasks/{task_id}/draft"
    saved = prosecutor.open("PUT", path, json={"answers": {"violation": SCRIPT}})
    assert saved.status == 200
    page = prosecutor.get(f"/tasks/{task_id}")
    assert told(page)["data"] == {"violation": SCRIPT}
    assert SCRIPT not in page.response.text, "a script in an answer stays text"


def test_the_history_is_read_page_by_page_the_newest_first(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    prosecutor, task_id = browser("prosecutor"), task_of(case, "prosecutor")
    page = prosecutor.get(f"/tasks/{task_id}/history")
    acts = [each.text_content() for each in page.all(".timeline-event")]
    assert "决定是否转化" in acts[0]
    assert "系统" in page.text
    assert not page.all("nav.navbar"), "a part of a page"


def test_completing_leads_to_the_next_task_or_home(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    task_id = task_of(case, "prosecutor")
    led = browser("prosecutor").get("/tasks/next?notice=completed")
    assert led.response.request.path == f"/tasks/{task_id}"
    assert "下一项待办" in led.text
    home = browser("unit_leader").get("/tasks/next?notice=completed")
    assert home.response.request.path == "/"
    assert "任务已办结" in home.text


def test_a_page_never_writes_in_the_name_of_who_signed_in_later(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    prosecutor, task_id = browser("prosecutor"), task_of(case, "prosecutor")
    mine = str(case.people["prosecutor"].person_id)
    other = str(case.people["assistant"].person_id)
    path, body = f"/api/tasks/{task_id}/draft", {"answers": {"violation": "甲"}}
    accept = {"Accept": "application/json"}
    for person, status in ((other, 401), (mine, 200)):
        headers = {**accept, "Person": person}
        assert prosecutor.open("PUT", path, json=body, headers=headers).status == status


def test_a_name_with_a_script_is_text(case: Court, browser: Browsers) -> None:
    case.play(until="AssessLead")
    login = next(each for each in ("prosecutor", "assistant") if case.open_tasks(each))
    task_id = task_of(case, login)
    act = next(each for each in case.acts if each.get("task") == "AssessLead")
    text = next(
        key for key, value in act["answers"].items() if isinstance(value, str) and len(value) > 12
    )
    case.act(**{text: act["answers"][text] + SCRIPT})
    page = browser(login).get(f"/tasks/{task_id}")
    assert SCRIPT not in page.response.text
    assert told(page)["data"][text].endswith(SCRIPT)
