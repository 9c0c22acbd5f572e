"""Ledgers in the browser: who has which, narrowed, sorted, handed out and printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextvars import Context

import pytest
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from tests.api.conftest import statements as statements
from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.services import ledgers
from workflow_server.store.db import session, transaction
from workflow_server.store.records import Record

Browsers = Callable[..., Browser]


@pytest.fixture
def played(case: Court) -> Court:
    case.play(until="ServeSuggestion")
    return case


def heads(page: Page) -> list[str]:
    return [each.text_content().strip(" ↓↑") for each in page.all("thead th")]


def rows(page: Page) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in page.all("tbody tr")]


def test_each_party_has_its_own_ledgers(case: Court, browser: Browsers) -> None:
    def had(login: str) -> list[str]:
        return [each.text for each in browser(login).get("/ledgers").all(".card-title")]

    assert "案件线索台账" in had("case_mgmt")
    assert "双向转化台账" in had("congress_clerk")
    theirs = ["收到的检察建议台账", "抄送收件台账", "承办代表建议台账"]
    assert had("unit_clerk") == theirs
    assert "没有台账" in browser("designer").get("/ledgers").text
    assert browser("unit_clerk").get("/ledgers/leads").status == 404
    assert browser("case_mgmt").get("/ledgers/nothing").status == 404


def test_a_ledger_shows_the_declared_columns_in_words(played: Court, browser: Browsers) -> None:
    page = browser("case_mgmt").get("/ledgers/leads")
    line = dict(zip(heads(page), rows(page)[0], strict=True))
    assert line["承办检察官"] == "沈立言"
    assert line["移送单位"].endswith("常务委员会")
    assert line["建立日期"] == "2026-04-09"
    assert line["标题"].startswith("关于规范")
    assert page.all("tbody a[href^='/cases/']")
    assert "共 1 行" in page.text


NARROWINGS = [
    ("text=停车", 1),
    ("text=齐建检线", 1),
    ("text=第37号", 1),
    ("text=%25", 0),
    ("state=立案", 1),
    ("state=草稿", 0),
    ("from=2026-04-08&to=2026-04-08", 1),
    ("from=2026-04-09", 0),
    ("from=0001-01-01&to=9999-12-31", 1),
    ("from=9999-12-31&to=0001-01-01", 0),
    ("year=2026", 1),
    ("year=2025", 0),
    ("year=x", 1),
    ("closed=open", 1),
    ("closed=closed", 0),
    ("organisation=00000000-0000-7000-8000-000000000000", 0),
    ("field-region_code=x", 0),
    ("field-handler=x&field-nothing=y&key=z&_external=1&sort=nothing&page=x", 1),
]


def test_a_ledger_is_narrowed(played: Court, browser: Browsers) -> None:
    clerk = browser("case_mgmt")
    for asked, found in NARROWINGS:
        page = clerk.get(f"/ledgers/leads?{asked}")
        assert (page.status, len(page.all("tbody tr"))) == (200, found), asked
        assert found or "没有符合条件的记录" in page.text


def test_a_wrong_day_is_told_of_and_kept(played: Court, browser: Browsers) -> None:
    page = browser("case_mgmt").get("/ledgers/leads?from=gestern")
    assert page.status == 422
    assert "请填写日期" in page.all("#from-fault")[0].text
    assert page.all("#from")[0].get("value") == "gestern"


def _handed_out(browser: Browser, path: str) -> TestResponse:
    return Context().run(browser.client.get, path)


def _add(title: str, **more: object) -> None:
    """Put a record down that no process would: hostile, or one of many."""
    with transaction():
        first = session().query(Record).filter_by(kind="lead").first()
        assert first is not None
        values = {
            name: getattr(first, name)
            for name in ("kind", "organisation_id", "instance_id", "opened_at", "updated_at")
        }
        session().add(Record(**(values | {"title": title, "fields": {}} | more)))


def test_a_ledger_is_sorted_by_its_heads(played: Court, browser: Browsers) -> None:
    _add("甲", number="001")
    clerk = browser("case_mgmt")
    page = clerk.get("/ledgers/leads")
    by_number = next(each for each in page.all("thead a") if "编号" in each.text_content())
    there = clerk.get(by_number.get("href"))
    first = [row[0] for row in rows(there)]
    back = next(each for each in there.all("thead a") if "编号" in each.text_content())
    assert [row[0] for row in rows(clerk.get(back.get("href")))] == first[::-1]
    assert there.all("th[aria-sort=descending]")


def test_what_is_handed_out_is_what_was_narrowed_and_no_formula(
    played: Court, browser: Browsers
) -> None:
    _add(
        '=HYPERLINK("http://evil.example")', number="+1", fields={"domain": "@x", "category": "-2"}
    )
    clerk = browser("case_mgmt")
    narrowed = clerk.get("/ledgers/leads?text=HYPERLINK")
    links = {each.text_content().strip(): each.get("href") for each in narrowed.all("a[download]")}
    given = _handed_out(clerk, links["CSV"])
    assert given.data.startswith(b"\xef\xbb\xbf")
    head, line = csv.reader(io.StringIO(given.data.decode("utf-8-sig")))
    assert head[:2] == ["编号", "标题"]
    assert line[:2] == ["'+1", '\'=HYPERLINK("http://evil.example")']
    assert "'@x" in line
    book = _handed_out(clerk, links["Excel"])
    assert "filename*=UTF-8''" in book.headers["Content-Disposition"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0)
    told = sheet.to_python()
    assert told[0][0] == "案件线索台账"
    assert told[3][1] == '=HYPERLINK("http://evil.example")'
    assert b"<f>" not in book.data


def test_a_file_holds_no_more_than_is_said(
    played: Court, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        _add(f"第{number}件")
    monkeypatch.setattr(ledgers, "MOST_ROWS", 4)
    monkeypatch.setattr(ledgers, "_TOGETHER", 2)
    clerk = browser("case_mgmt")
    given = _handed_out(clerk, "/ledgers/leads.csv").data.decode("utf-8-sig")
    assert len(given.splitlines()) == 1 + 4
    book = _handed_out(clerk, "/ledgers/leads.xlsx").data
    told = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert "共 6 行，只含前 4 行" in told[1][0]
    assert len(told) == 3 + 4


def test_a_printed_ledger_names_who_printed_it_and_has_all_rows(
    played: Court, browser: Browsers
) -> None:
    for number in range(60):
        _add(f"第{number}件")
    clerk = browser("case_mgmt")
    assert len(clerk.get("/ledgers/leads").all("tbody tr")) == 50
    page = clerk.get("/ledgers/leads/print")
    assert len(page.all("tbody tr")) == 61
    assert "孟庆瑶" in page.all(".print-head")[0].text_content()
    assert page.all("body.ledger-page")


def test_every_ledger_can_be_printed_also_one_whose_parts_do_not_foot(
    played: Court, browser: Browsers
) -> None:
    clerk = browser("congress_clerk")
    kept = [each.get("href") for each in clerk.get("/ledgers").all("main a[href^='/ledgers/']")]
    assert {f"{each}/print": clerk.get(f"{each}/print").status for each in kept} == {
        f"{each}/print": 200 for each in kept
    }
    # The court's case says no direction, which the figures of this ledger count by.
    assert "分项相加不等于总数" in clerk.get("/ledgers/conversions/print").text


def test_a_ledger_is_masked_as_lists_are_and_not_searched_where_it_is(
    played: Court, browser: Browsers
) -> None:
    sheet = ledgers.get(played.people["congress_clerk"], "deputy_suggestions")
    assert "deputy" not in sheet.searched
    assert "deputy" not in sheet.choices
    for each in (sheet.kind.fields[key] for key in sheet.searched):
        assert each.data_class is None


def test_a_ledger_takes_the_same_few_statements_however_long_it_is(
    played: Court, browser: Browsers, statements: Callable[[], list[str]]
) -> None:
    clerk = browser("case_mgmt")
    clerk.get("/ledgers/leads")
    statements()
    clerk.get("/ledgers/leads")
    few = len(statements())
    for number in range(30):
        _add(f"第{number}件")
    statements()
    page = clerk.get("/ledgers/leads")
    assert len(page.all("tbody tr")) == 31
    assert len(statements()) == few <= 18


def test_hostile_text_is_shown_as_text(played: Court, browser: Browsers) -> None:
    _add("<img src=x onerror=alert(1)>")
    page = browser("case_mgmt").get("/ledgers/leads")
    assert "<img src=x" in page.text
    assert not page.all("tbody img")
