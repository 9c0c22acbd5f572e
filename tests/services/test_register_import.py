"""An old register comes in whole or not at all, again without doubling, by who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.api.conftest import statements as statements
from tests.court import court_databases as court_databases
from tests.court import databases_of_court as databases_of_court
from tests.processes.registers import NOW, lines, person, take_over, workbook
from workflow_server.errors import Forbidden, InvalidInput, NotFound
from workflow_server.services import cells, ledgers, register_import, register_template
from workflow_server.services.csv_files import CsvFile
from workflow_server.services.register_import import RegisterRefused
from workflow_server.services.workbooks import Workbook, WorkbookRefused
from workflow_server.store.db import session
from workflow_server.store.history import HistoryRow
from workflow_server.store.links import Link
from workflow_server.store.numbers import Number, next_number
from workflow_server.store.organisations import find_by_key
from workflow_server.store.records import Record

HEAD = ["编号", "标题", "状态", "建立日期", "线索来源", "移送单位", "收件日期", "并入线索"]
ONE = ["齐建检线〔2024〕7号", "旧线索一", "已办结", "2024-03-01", "移送", "", "2024-03-01", ""]
TWO = ["旧-2", "旧线索二", "已并案", "2024/3/5", "网格", "建华区人大常委会", "2024-03-05", ONE[0]]


def faults(rows: list[list[Any]], **more: Any) -> list[str]:
    with pytest.raises(RegisterRefused) as refused:
        take_over("leads", rows, **more)
    return [f"{each.pointer} {each.detail}" for each in refused.value.faults]


def count(model: Any) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_register_comes_in_and_comes_again_without_doubling(app: Flask) -> None:
    two = list(TWO)
    dry = take_over("leads", [HEAD, ONE, two], dry_run=True)
    assert (dry.dry_run, dry.added, count(Record)) == (True, 2, 0)
    done = take_over("leads", [["线索台账"], [], HEAD, ONE, two])
    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    rows = {row.number: row for row in session().scalars(sa.select(Record))}
    merged, kept = rows["旧-2"], rows[ONE[0]]
    assert merged.instance_id is None
    assert merged.fields["merged_into_no"] == ONE[0]
    sender = find_by_key("congress")
    assert sender is not None
    assert merged.fields["sender"] == str(sender.id)
    (link,) = session().scalars(sa.select(Link)).all()
    assert (link.from_id, link.relation, link.to_id) == (merged.id, "merged_into", kept.id)
    again = take_over("leads", [HEAD, ONE, two])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    two[1], two[7] = "旧线索二（改）", ""
    changed = take_over("leads", [HEAD, two])
    assert (changed.changed, changed.changes[0].after["title"]) == (1, "旧线索二（改）")
    session().expire_all()
    assert (count(Record), count(Link), merged.title) == (2, 0, "旧线索二（改）")
    acts = list(session().scalars(sa.select(HistoryRow.act)))
    assert acts.count("RegisterTakenOver") == 3


def test_later_numbers_go_on_after_those_taken_over(app: Flask) -> None:
    take_over("leads", [HEAD, ONE])
    (number,) = session().scalars(sa.select(Number)).all()
    assert (number.year, number.n, number.text) == (2024, 7, ONE[0])
    assert next_number(number.organisation_id, number.series, 2024) == 8
    session().rollback()


@pytest.mark.parametrize(
    ("changed", "place", "sentence"),
    [
        ({0: ""}, "台账!A2", "不能空着"),
        ({2: "未知"}, "台账!C2", "应为以下之一"),
        ({3: "2024-02-30"}, "台账!D2", "应为日期"),
        ({3: "2030-01-01"}, "台账!D2", "不能晚于今天"),
        ({4: "道听途说"}, "台账!E2", "应为以下之一"),
        ({5: "没有的单位"}, "台账!F2", "系统里没有这个单位"),
        ({7: "没有的编号"}, "台账!H2", "没有编号为“没有的编号”的记录"),
        ({7: ONE[0]}, "台账!H2", "不能指向自己"),
    ],
)
def test_a_fault_names_row_and_column(
    app: Flask, changed: dict[int, Any], place: str, sentence: str
) -> None:
    row = [changed.get(index, cell) for index, cell in enumerate(ONE)]
    (found,) = faults([HEAD, row])
    assert found.startswith(f"{place} “台账”表第2行“{HEAD[next(iter(changed))]}”列：")
    assert sentence in found
    assert count(Record) == 0


@pytest.mark.parametrize("cell", ["25-3-18", "0001-01-01", date(1, 1, 1), "2024年2月30日", "九月"])
def test_no_day_is_of_a_year_that_nobody_meant(cell: Any) -> None:
    with pytest.raises(ValueError, match="应为日期"):
        cells.day(cell)
    assert cells.day("2025年3月18日") == cells.day("2025/03/18") == "2025-03-18"


@pytest.mark.parametrize("reader", [cells.number, cells.money, cells.whole, cells.text])
def test_no_number_is_larger_than_what_can_be_kept(reader: Callable[[object], Any]) -> None:
    for cell in (1e300, -1e19, 10**40, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="应为"):
            reader(cell)


def test_headers_are_judged_first(app: Flask) -> None:
    assert "不认识这一列" in faults([[*HEAD, "备注"], ONE])[0]
    assert "出现了两次" in faults([[*HEAD, "标题"], ONE])[0]
    assert "缺少这一列" in faults([HEAD[:2], ONE[:2]])[0]
    assert "没有“编号”一栏" in faults([["甲", "乙"]])[0]


def test_one_fault_and_nothing_comes_in(app: Flask) -> None:
    assert "与第2行相同" in faults([HEAD, ONE, ONE])[0]
    assert len(faults([HEAD, *([f"n{n}", "", "?", "x", *ONE[4:]] for n in range(900))])) == 500
    assert count(Record) == 0


def test_a_case_is_never_written_over(app: Flask) -> None:
    take_over("leads", [HEAD, ONE])
    session().execute(sa.update(Record).values(instance_id=None, number="x"))
    session().commit()
    assert "本系统已给出这一编号" in faults([HEAD, ONE])[0]
    # Nor is a number given twice that the office wrote in another way then.
    session().execute(sa.update(Number).values(text="建检线（2024）7"))
    session().commit()
    assert "本系统已给出这一编号" in faults([HEAD, ONE])[0]


def test_who_may(app: Flask) -> None:
    data = workbook([HEAD, ONE])

    def by(login: str, **more: Any) -> Any:
        return register_import.take_over(
            person(login), "leads", None, "a.xlsx", data, NOW, dry_run=False, **more
        )

    with pytest.raises(NotFound):
        by("congress_head")
    with pytest.raises(Forbidden):
        by("prosecutor")
    first = by("case_mgmt", idempotency_key="one")
    assert (first.added, by("case_mgmt", idempotency_key="one").added) == (1, 1)
    actor = person("case_mgmt")
    found, total = ledgers.read(actor, ledgers.get(actor, "leads"), ledgers.Wanted())
    assert (total, found[0].record.number) == (1, ONE[0])
    for login in ("prosecutor", "neighbour_case_mgmt"):
        other = person(login)
        assert ledgers.read(other, ledgers.get(other, "leads"), ledgers.Wanted())[1] == 0
    city = find_by_key("city_procuratorate")
    assert city is not None
    with pytest.raises(Forbidden):
        register_import.take_over(actor, "leads", city.id, "a.xlsx", data, NOW, dry_run=True)


def test_the_template_is_taken_as_it_is_handed_out(app: Flask) -> None:
    sheet = ledgers.get(None, "suggestions")
    book = Workbook("a.xlsx", register_template.template(sheet))
    head = next(iter(book.rows(book.titles[0])))
    assert [str(cell).rstrip("*") for cell in head] == lines("f2-suggestions")[0]
    data = register_template.template(sheet)
    host = find_by_key("procuratorate")
    assert host is not None
    done = register_import.take_over(
        None, "suggestions", host.id, "a.xlsx", data, NOW, dry_run=True
    )
    assert (done.added, done.changes) == (0, [])


def test_csv_is_read_in_both_encodings() -> None:
    text = "编号,标题\r\n1,甲\r\n"
    for data in (text.encode("utf-8-sig"), text.encode("gb18030")):
        assert list(CsvFile(data).rows("CSV")) == [["编号", "标题"], ["1", "甲"]]
    with pytest.raises(WorkbookRefused):
        CsvFile(b"\xff\xfe\x00\x00")
    with pytest.raises(InvalidInput):
        list(CsvFile(b"a\n" * 30_000).rows("CSV"))


def test_more_rows_take_no_more_statements(app: Flask, statements: Callable[[], list[str]]) -> None:
    def rows(begin: int, end: int) -> list[list[Any]]:
        return [[f"旧-{n}", *ONE[1:7], "旧-0" if n else ""] for n in range(begin, end)]

    take_over("leads", [HEAD, *rows(0, 1)])
    statements()
    take_over("leads", [HEAD, *rows(1, 2)])
    few = len(statements())
    take_over("leads", [HEAD, *rows(2, 200)])
    assert len(statements()) == few <= 20
