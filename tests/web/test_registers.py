"""An old register in the browser: the page, the look before, the take-over, who sees the way in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.processes.registers import lines, workbook
from tests.web.conftest import Browser, Page

Browsers = Callable[..., Browser]
ADDRESS = "/ledgers/handled_cases/import"


@pytest.fixture
def clerk(browser: Browsers) -> Browser:
    return browser("case_mgmt")


def send(browser: Browser, rows: list[list[Any]], name: str = "a.xlsx", **form: Any) -> Page:
    file = (io.BytesIO(workbook(rows)), name)
    return browser.post(ADDRESS, file=file, **form)


def test_a_register_is_judged_and_taken_over(clerk: Browser) -> None:
    ledger = clerk.get("/ledgers/handled_cases")
    page = clerk.get(ledger.link("导入旧台账"))
    assert page.link("下载模板") == "/ledgers/handled_cases/template.xlsx"
    rows = lines("f7-handled-cases")
    wrong = [rows[0], [*rows[1][:2], "未知", *rows[1][3:]]]
    refused = send(clerk, wrong, **{"try": "1"})
    assert refused.status == 422
    (line,) = refused.all(".register-faults tbody tr")
    assert [each.text_content().strip() for each in line][:2] == ["2", "C 状态"]
    assert "应为以下之一" in line.text_content()
    judged = send(clerk, rows, **{"try": "1"})
    assert "新增 115 条" in judged.text
    done = send(clerk, rows, key="00000000-0000-4000-8000-000000000001")
    assert "旧台账已导入" in done.text
    assert "共 115 行" in done.text
    assert len(done.all("tbody .badge")) == 50
    figures = " ".join(each.text_content() for each in done.all(".ledger-figures"))
    for told in ("审结件数87 75.7 %", "= 27 + 60", "审结人数125 57.1 %", "= 47 + 78"):
        assert told in figures
    assert "共 0 行" in clerk.get("/ledgers/handled_cases?year=2024").text
    gap = [rows[0], [*rows[1][:9], "", *rows[1][10:]]]
    assert "旧台账已导入" in send(clerk, gap).text
    told = clerk.get("/ledgers/handled_cases").all(".ledger-figures .text-red")
    assert [each.text_content().strip() for each in told] == [
        "分项相加不等于总数，相差 1（26 + 60）",
        "分项相加不等于总数，相差 2（45 + 78）",
    ]


def test_what_cannot_be_read_is_told_in_the_page(clerk: Browser) -> None:
    part = {"HX-Request": "true"}
    given = {"file": (io.BytesIO(b"MZ"), "a.xlsx"), "try": "1"}
    page = clerk.open("POST", ADDRESS, data=given, headers=part)
    assert (page.status, "不是可以读取的 Excel 文件" in page.text) == (200, True)
    assert "请选择要导入的文件" in clerk.post(ADDRESS).text


def test_who_may_not_sees_no_way_in(clerk: Browser, browser: Browsers) -> None:
    other = browser("prosecutor")
    assert "导入旧台账" not in other.get("/ledgers/handled_cases").text
    assert other.get(ADDRESS).status == 403
    assert other.get("/ledgers/handled_cases/template.xlsx").status == 403
    assert browser("unit_clerk").get(ADDRESS).status == 404
    assert clerk.get("/ledgers/replies/import").status == 404
