"""Cases in the browser: the list, one case from every side, and who may look into it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.api.conftest import statements as statements
from tests.court import Court
from tests.web.conftest import Browser
from workflow_server.services import process_instances as instances
from workflow_server.services import records

Browsers = Callable[..., Browser]


def address_of(case: Court, login: str, path: str = "") -> str:
    """Return the address of the newest case that somebody sees."""
    ((instance, _definition), *_), _total = instances.list_(case.people[login])
    return f"/cases/{instance.id}{path}"


def test_a_list_says_where_each_case_stands_and_what_is_due(case: Court, browser: Browsers) -> None:
    case.play(until="ReviewDraft")
    page = browser("prosecutor").get("/cases")
    (row,) = page.all("tbody tr")
    text = row.text_content()
    assert "审核检察建议书" in text
    assert "待领取" in text or "纪文翰" in text
    assert "办理中" in text
    assert "停车场" in text
    assert re.search(r"还有 \d+ 天|已逾期|今天届满", text)


def test_a_list_is_searched_by_record_and_narrowed_by_state(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    prosecutor = browser("prosecutor")
    assert len(prosecutor.get("/cases?text=停车场").all("tbody tr")) == 1
    nothing = prosecutor.get("/cases?text=没有这样的案件")
    assert not nothing.all("tbody tr")
    assert "没有符合条件的案件" in nothing.text
    assert len(prosecutor.get("/cases?status=running&sort=due").all("tbody tr")) == 1
    assert not prosecutor.get("/cases?status=completed&sort=number").all("tbody tr")
    assert prosecutor.get("/cases?status=x&organisation=x&process=x&page=0&sort=x").status == 200


def test_a_case_shows_facts_tasks_deadlines_and_papers(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    page = browser("prosecutor").get(address_of(case, "prosecutor"))
    facts = {
        each.find("dt").text_content(): each.find("dd").text_content()
        for each in page.all("#facts .case-facts > div")
    }
    assert facts["承办检察官"] == "沈立言"
    assert facts["移送单位"].endswith("人民代表大会常务委员会")
    assert "起草检察建议书" in page.all("#tasks")[0].text_content()
    assert "届满日为" in page.all("#deadlines")[0].text_content()
    assert page.all("#papers a[href$='/file'][download]")
    assert page.all("#papers a[href^='/documents/']")
    lazy = [each.get("hx-get") for each in page.all("[hx-trigger=load], [hx-trigger=revealed]")]
    assert [each.rsplit("/", 1)[1] for each in lazy] == ["thread", "diagram", "history"]


def test_the_thread_names_letters_both_ways_and_what_is_linked(
    case: Court, browser: Browsers
) -> None:
    case.play()
    page = browser("prosecutor").get(address_of(case, "prosecutor", "/thread"))
    assert page.all(".is-sent")
    assert page.all(".is-received")
    assert "转化自" in page.text
    for each in page.all(".case-thread a"):
        assert browser("prosecutor").get(each.get("href")).status == 200


def test_a_part_comes_alone_for_htmx_and_as_a_page_without(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    prosecutor = browser("prosecutor")
    for part in ("thread", "history", "diagram"):
        path = address_of(case, "prosecutor", f"/{part}")
        assert prosecutor.get(path).all("header.site-header")
        alone = prosecutor.get(path, headers={"HX-Request": "true"})
        assert not alone.all("header")
        assert alone.text


def test_a_history_goes_by_days_and_is_narrowed(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    prosecutor = browser("prosecutor")
    path = address_of(case, "prosecutor", "/history")
    newest = [each.text for each in prosecutor.get(path).all(".case-day")]
    oldest = [each.text for each in prosecutor.get(f"{path}?order=oldest").all(".case-day")]
    assert newest == sorted(newest, reverse=True)
    assert oldest == sorted(newest)
    letters = prosecutor.get(f"{path}?group=letters")
    assert {each.text for each in letters.all(".case-acts strong")} == {"收到函件"} or not (
        letters.all(".case-acts")
    )
    told = prosecutor.get(f"{path}?group=tasks").text
    assert "办结 研判线索" in told
    assert "沈立言" in told


def test_a_diagram_is_also_told_in_words(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    page = browser("prosecutor").get(address_of(case, "prosecutor", "/diagram"))
    assert page.all("[data-island=diagram] script[type='application/json']")
    listed = page.all("details")[0].text_content()
    assert "正在办理" in listed
    assert "起草检察建议书" in listed
    assert "研判线索" in listed


def test_a_case_that_one_may_not_see_is_not_there(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    outsider = browser("outsider")
    nothing = outsider.get("/cases/00000000-0000-7000-8000-000000000000")
    for path in ("", "/thread", "/history", "/diagram", "/print", "/rights"):
        hidden = outsider.get(address_of(case, "prosecutor", path))
        assert hidden.status == 404
        assert hidden.text == nothing.text
    assert not outsider.get("/cases").all("tbody tr")


def test_what_is_typed_is_shown_as_text(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    page = browser("prosecutor").get("/cases?text=<script>alert(1)</script>")
    assert page.all("#text")[0].get("value") == "<script>alert(1)</script>"
    assert "<script>alert" not in page.response.text


def test_only_who_has_the_right_recuses_and_a_reason_is_asked_for(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    path, chief = address_of(case, "prosecutor"), browser("chief")
    assert not browser("prosecutor").get(f"{path}/rights").all("form[action$=recusals]")
    person = str(case.people["prosecutor"].person_id)
    refused = chief.post(f"{path}/recusals", person=person, reason=" ")
    assert refused.status == 422
    assert "请填写理由" in refused.text
    assert refused.all("#person option[selected]")[0].get("value") == person
    done = chief.post(f"{path}/recusals", person=person, reason="与当事人有亲属关系")
    assert done.status == 200
    assert "回避中" in done.text
    assert "与当事人有亲属关系" in done.text
    assert browser("prosecutor").get(path).status == 404
    lifting = done.all("form[action$=lifting]")[0].get("action")
    assert "已解除" in chief.post(lifting, reason="经查无此关系").text


def test_a_case_is_restricted_by_hand_with_a_reason(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    path, chief = address_of(case, "prosecutor"), browser("chief")
    refused = chief.post(f"{path}/restrictions", secrecy="1", minor="on", reason="")
    assert refused.status == 422
    assert refused.all("input[name=minor][checked]")
    for wrong in ({"secrecy": "9"}, {"secrecy": "x"}, {"secrecy": "1", "flags": "长" * 61}):
        assert chief.post(f"{path}/restrictions", reason="试", **wrong).status == 422
    assert chief.post(f"{path}/restrictions", secrecy="1", reason="长" * 501).status == 422
    assert (
        browser("prosecutor").post(f"{path}/restrictions", secrecy="1", reason="试").status == 403
    )
    flagged = chief.post(f"{path}/restrictions", secrecy="1", flags="甲 乙", reason="代表要求")
    assert flagged.status == 200
    assert "甲" in flagged.text
    assert "甲" in browser("prosecutor").get(path).all("h1")[0].text_content()


def test_emergency_access_is_for_who_has_the_right_and_says_nothing_of_other_cases(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    assert browser("prosecutor").get("/cases/emergency").status == 403
    chief = browser("chief")
    reason = "领导外出，须立即查看本案的办理情况"
    path = address_of(case, "prosecutor")
    assert "无需紧急查阅" in chief.post("/cases/emergency", case=path, reason=reason).text
    lost = chief.post(
        "/cases/emergency", case="00000000-0000-7000-8000-000000000000", reason=reason
    )
    elsewhere = chief.post(
        "/cases/emergency", case=address_of(case, "congress_clerk"), reason=reason
    )
    assert lost.status == elsewhere.status == 422
    assert lost.all(".alert-danger")[0].text == elsewhere.all(".alert-danger")[0].text
    assert chief.post("/cases/emergency", case="?", reason="短").all("#reason")[0].text == "短"


def test_an_emergency_names_its_case_by_number_too_and_gives_no_number_away(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    chief, reason = browser("chief"), "领导外出，须立即查看本案的办理情况"
    own = browser("prosecutor").get(address_of(case, "prosecutor")).all("h1 > span")[0].text
    (record, *_), _total = records.list_(case.people["congress_clerk"])
    others = str(record.number or record.fields["suggestion_no"])

    def said(named: str) -> tuple[int, str]:
        page = chief.post("/cases/emergency", case=named, reason=reason)
        return page.status, page.all(".alert-danger")[0].text

    assert "无需紧急查阅" in said(f" {own} ")[1], "found, and seen without"
    assert said("没有这个编号") == said(others) == said(str(uuid4()))
    assert "请填写案件编号" in said("  ")[1]


def test_whom_to_recuse_is_searched_for_among_many(
    case: Court, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow_server.web.case_rights.MOST_PEOPLE", 2)
    case.play(until="DraftSuggestion")
    path, chief = address_of(case, "prosecutor"), browser("chief")
    person = str(case.people["prosecutor"].person_id)

    def offered(query: str) -> list[str]:
        found = chief.get(f"{path}/people?{query}").all("#person option")
        return [each.text for each in found[1:]]

    page = chief.get(f"{path}/rights")
    assert len(page.all("#person option")) == 3
    assert "只列出前 2 个" in page.all("#people-found")[0].text
    assert [each.split(" ")[0] for each in offered("text=沈立言")] == ["沈立言"]
    assert offered("text=没有此人") == []
    kept = chief.get(f"{path}/people?text=没有此人&person={person}").all("option[selected]")
    assert [each.get("value") for each in kept] == [person], "who is chosen stays chosen"
    assert chief.get(f"{path}/people?person=x").status == 200
    assert browser("prosecutor").get(f"{path}/people").status == 403
    assert browser("outsider").get(f"{path}/people").status == 404


def test_pages_ask_the_database_little_and_no_more_for_more_cases(
    case: Court, browser: Browsers, statements: Callable[[], list[str]]
) -> None:
    case.play()
    clerk, prosecutor = browser("congress_clerk"), browser("prosecutor")
    asked = {}
    for name, person, path in (
        ("list", prosecutor, "/cases"),
        ("other list", clerk, "/cases?text=停车&sort=due"),
        ("case", prosecutor, address_of(case, "prosecutor")),
        ("thread", prosecutor, address_of(case, "prosecutor", "/thread")),
        ("history", prosecutor, address_of(case, "prosecutor", "/history")),
        ("diagram", prosecutor, address_of(case, "prosecutor", "/diagram")),
    ):
        person.get(path)
        statements()
        assert person.get(path).status == 200
        asked[name] = len(statements())
    most = {"list": 10, "other list": 10, "case": 26, "thread": 30, "history": 14, "diagram": 20}
    assert {name: asked[name] for name in asked if asked[name] > most[name]} == {}, asked


def test_of_very_many_tasks_the_last_are_listed_and_the_history_has_all(
    case: Court, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.play(until="DraftSuggestion")
    prosecutor, path = browser("prosecutor"), address_of(case, "prosecutor")
    assert "只列出未办的" not in prosecutor.get(path).all("#tasks")[0].text_content()
    monkeypatch.setattr("workflow_server.services.cases.MOST", 2)
    tasks = prosecutor.get(path).all("#tasks")[0]
    assert "起草检察建议书" in tasks.text_content(), "what is open stands there first"
    assert "只列出未办的和最近的 2 项" in tasks.text_content()
    (history,) = tasks.cssselect("a[href*='group=tasks']")
    assert prosecutor.get(history.get("href")).status == 200


def test_a_case_with_all_acts_is_shown_in_time(case: Court, browser: Browsers) -> None:
    case.play()
    prosecutor, path = browser("prosecutor"), address_of(case, "prosecutor")
    prosecutor.get(path)
    assert min(_spent(prosecutor, path) for _ in range(3)) < 150


def _spent(somebody: Browser, path: str) -> float:
    """Return how many milliseconds a page takes of a processor, however busy the machine is."""
    began = time.thread_time()
    answer = somebody.get(path)
    assert answer.response.headers["Server-Timing"].startswith("page;dur=")
    return (time.thread_time() - began) * 1000


def test_a_printed_case_holds_everything_on_one_page(case: Court, browser: Browsers) -> None:
    case.play()
    page = browser("prosecutor").get(address_of(case, "prosecutor", "/print"))
    for word in ("案情", "期限", "任务", "文书", "往来和关联", "办理记录", "沈立言"):
        assert word in page.text
    assert not page.all("[hx-trigger]")
