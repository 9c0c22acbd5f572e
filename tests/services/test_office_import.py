"""Offices from Excel: judged whole, told by sheet, row and column, taken in or left as they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import xlsxwriter

from tests.services.administering import NOW, TODAY, acts, administrator, again
from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.errors import Forbidden
from workflow_server.rules.passwords import LOGIN_RULE
from workflow_server.services import office_export, office_import, workbooks
from workflow_server.services.actors import actor_of
from workflow_server.services.office_import import Imported, ImportRefused
from workflow_server.services.workbooks import WorkbookRefused
from workflow_server.store import organisations as rows
from workflow_server.store import people as people_rows
from workflow_server.store.db import transaction

Sheets = Mapping[str, Sequence[Sequence[Any]]]

OFFICE: dict[str, list[list[Any]]] = {
    "单位": [
        ["标识", "名称", "代字", "类别", "层级", "地区代码", "上级单位标识", "phone"],
        ["lower", "区局", "区", "office", 4, 230203, "upper", "123"],
        ["upper", "市局", "市", "office", 3, "230200", None, None],
    ],
    "部门": [
        ["单位标识", "部门标识", "部门名称", "上级部门标识"],
        ["lower", "team", "一组", "section"],
        ["lower", "section", "一科", None],
    ],
    "人员": [
        ["登录名", "姓名", "密级", "可办未成年人案件"],
        ["mia", "米娅", "工作秘密", "是"],
        ["ned", "内德", None, None],
    ],
    "岗位": [
        ["登录名", "单位标识", "部门标识", "角色", "职务", "负责人", "任职日期"],
        ["mia", "lower", "section", "drafter", "科长", "是", "2026-01-01"],
        ["ned", "lower", "team", "checker", None, "否", None],
        ["ned", "lower", "section", "checker", None, None, None],
    ],
}


def excel(sheets: Sheets) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for title, lines in sheets.items():
            page = book.add_worksheet(title)
            for row, cells in enumerate(lines):
                for column, cell in enumerate(cells):
                    page.write(row, column, cell)
    return out.getvalue()


def changed(sheet: str, row: int, column: int, value: Any) -> dict[str, list[list[Any]]]:
    office = {title: [list(cells) for cells in lines] for title, lines in OFFICE.items()}
    office[sheet][row - 1][column] = value
    return office


def take_in(data: bytes, *, dry_run: bool = False, actor: Any = None) -> Imported:
    return office_import.take_in(actor, "office.xlsx", data, NOW, dry_run=dry_run)


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft")))
    return house


def test_a_file_is_taken_in_whole(deployed: House) -> None:
    done = take_in(excel(OFFICE))
    assert (done.added, done.changed, done.left) == (9, 1, 0)
    upper, lower = rows.find_by_key("upper"), rows.find_by_key("lower")
    assert upper is not None
    assert lower is not None
    assert lower.path == f"{upper.id.hex}/{lower.id.hex}/"
    assert (lower.region, lower.fields, lower.level) == ("230203", {"phone": "123"}, 4)
    mia = people_rows.find_person_by_login("mia")
    assert mia is not None
    assert (mia.clearance, mia.minors_certified, mia.password_hash) == (2, True, None)
    (position,) = actor_of(mia.id).positions
    assert (position.role, position.is_head, position.title) == ("drafter", True, "科长")
    assert acts()[-1] == "OfficeImported"


def test_a_dry_run_says_the_same_and_writes_nothing(deployed: House) -> None:
    before = acts()
    done = take_in(excel(OFFICE), dry_run=True)
    assert (done.dry_run, done.added, len(done.changes)) == (True, 9, 10)
    assert (rows.find_by_key("upper"), acts()) == (None, before)


def test_what_is_exported_comes_in_unchanged(deployed: House) -> None:
    take_in(excel(OFFICE))
    # The office of the tests has regions and a post that no file could bring.
    with transaction():
        for row in rows.list_():
            row.region = row.region if row.region != "1" else None
        (post,) = people_rows.list_positions(deployed.tom.person_id)
        post.role = "town_clerk"
    data = office_export.export(deployed.root, NOW)
    before = acts()
    done = take_in(data)
    assert (done.added, done.changed, done.changes) == (0, 0, [])
    assert done.unchanged > 10
    assert acts()[:-1] == before


def test_the_template_holds_nothing_and_can_be_read(deployed: House) -> None:
    done = take_in(office_export.template())
    assert (done.added, done.changed, done.unchanged) == (0, 0, 0)


def test_each_administrator_takes_in_their_own_part(deployed: House) -> None:
    security = administrator()
    with pytest.raises(ImportRefused) as refused:
        take_in(excel(OFFICE), actor=security)
    assert "请先由系统管理员导入" in refused.value.faults[0].detail
    first = take_in(excel(OFFICE), actor=deployed.root)
    assert (first.added, first.left) == (6, 4)
    second = take_in(excel(OFFICE), actor=security)
    assert (second.added, second.changed, second.left) == (3, 1, 0)
    for actor in (deployed.ann, administrator("audit")):
        with pytest.raises(Forbidden):
            take_in(excel(OFFICE), actor=actor)
    with pytest.raises(Forbidden):
        office_export.export(deployed.ann, NOW)


def test_what_waits_for_the_other_administrator_is_told_once(deployed: House) -> None:
    security = administrator()
    with pytest.raises(ImportRefused) as refused:
        take_in(excel(OFFICE), actor=security, dry_run=True)
    (fault,) = refused.value.faults
    assert fault.pointer == "岗位!A2"
    assert "请先由系统管理员导入单位和人员，5行" in fault.detail
    with pytest.raises(ImportRefused) as refused:
        take_in(excel(changed("岗位", 2, 3, "king")), actor=security, dry_run=True)
    assert [each.pointer for each in refused.value.faults] == ["岗位!D2"]


@pytest.mark.parametrize("login", ["LS 02", "Mia", "x", "mia."])
def test_a_malformed_login_is_refused_in_its_cell(deployed: House, login: str) -> None:
    office = changed("人员", 3, 0, login)
    office["岗位"][2][0] = office["岗位"][3][0] = login
    for dry_run in (True, False):
        with pytest.raises(ImportRefused) as refused:
            take_in(excel(office), dry_run=dry_run)
        (fault,) = refused.value.faults
        assert (fault.pointer, LOGIN_RULE in fault.detail) == ("人员!A3", True)
    assert people_rows.find_person_by_login(login) is None


def test_who_is_here_keeps_a_login_of_before(deployed: House) -> None:
    take_in(excel(OFFICE))
    with transaction():
        person = people_rows.find_person_by_login("ned")
        assert person is not None
        person.login = "NED 1"
    assert take_in(excel({"人员": [["登录名", "姓名"], ["NED 1", "内德"]]})).unchanged == 1


def test_a_key_takes_a_file_in_once(deployed: House) -> None:
    data = excel(OFFICE)
    for _ in range(2):
        done = office_import.take_in(
            deployed.root, "a.xlsx", data, NOW, dry_run=False, idempotency_key="k"
        )
        assert done.added == 6


def test_changes_are_done_by_the_acts_of_persons(deployed: House) -> None:
    take_in(excel(OFFICE))
    office = changed("单位", 2, 5, "230204")
    office["单位"][1][6] = None
    office["部门"][1][2] = "二组"
    office["人员"][2][1] = "内德二"
    office["人员"][1][2] = "内部"
    office["岗位"][0].append("免职日期")
    office["岗位"][1] += [TODAY.isoformat()]
    office["岗位"][2][4] = "组长"
    done = take_in(excel(office))
    assert (done.added, done.changed) == (0, 6)
    lower = rows.find_by_key("lower")
    assert lower is not None
    assert (lower.region, lower.parent_id) == ("230204", None)
    mia, ned = (people_rows.find_person_by_login(login) for login in ("mia", "ned"))
    assert mia is not None
    assert ned is not None
    assert (ned.name, mia.clearance, actor_of(mia.id).positions) == ("内德二", 1, ())
    assert {each.title for each in actor_of(ned.id).positions} == {"组长", None}


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "cell", "says"),
    [
        ("单位", 2, 3, "moon", "单位!D2", "没有角色属于“moon”"),
        ("单位", 2, 5, "2302", "单位!F2", "6、9或12位"),
        ("单位", 2, 4, 7, "单位!E2", "1至4"),
        ("单位", 2, 4, 1.5, "单位!E2", "应为整数"),
        ("单位", 2, 2, "市", "单位!C3", "代字“市”已由“lower”使用"),
        ("单位", 2, 2, "许", "单位!C2", "代字“许”已由“office”使用"),
        ("单位", 3, 0, "lower", "单位!A3", "出现了两次"),
        ("单位", 2, 6, "nowhere", "单位!G2", "没有上级单位“nowhere”"),
        ("单位", 2, 1, None, "单位!B2", "须填写文字"),
        ("单位", 2, 1, "x" * 501, "单位!B2", "超过500个字"),
        ("单位", 2, 1, "#REF!", "单位!B2", "错误值"),
        ("部门", 2, 0, "nowhere", "部门!A2", "没有单位“nowhere”"),
        ("部门", 2, 3, "none", "部门!D2", "没有上级部门“none”"),
        ("部门", 3, 3, "team", "部门!D2", "成环"),
        ("部门", 3, 1, "team", "部门!B3", "出现了两次"),
        ("人员", 3, 0, "mia", "人员!A3", "出现了两次"),
        ("人员", 2, 2, "绝密", "人员!C2", "应为以下之一"),
        ("人员", 2, 3, "也许", "人员!D2", "应为“是”或“否”"),
        ("岗位", 2, 0, "nobody", "岗位!A2", "没有登录名为“nobody”的人员"),
        ("岗位", 2, 0, "root", "岗位!D2", "三员不得担任业务岗位"),
        ("岗位", 2, 3, "king", "岗位!D2", "没有角色“king”"),
        ("岗位", 2, 3, "town_clerk", "岗位!D2", "属于“town”类单位"),
        ("岗位", 2, 2, "none", "岗位!C2", "没有部门“none”"),
        ("岗位", 2, 6, "昨天", "岗位!G2", "应为日期"),
        ("岗位", 4, 2, "team", "岗位!D4", "出现了两次"),
        ("岗位", 1, 4, "工资", "岗位!E1", "不认识这一列"),
        ("岗位", 1, 3, None, "岗位!1", "缺少这一列"),
    ],
)
def test_a_fault_is_named_by_sheet_row_and_column_and_nothing_is_written(
    deployed: House, sheet: str, row: int, column: int, value: Any, cell: str, says: str
) -> None:
    data = excel(changed(sheet, row, column, value))
    before = acts()
    for dry_run in (True, False):
        with pytest.raises(ImportRefused) as refused:
            take_in(data, dry_run=dry_run)
        found = {fault.pointer: fault.detail for fault in refused.value.faults}
        assert cell in found, found
        assert says in found[cell]
        assert f"“{sheet}”表第" in found[cell]
    assert acts() == before


def test_a_name_is_not_changed_by_a_file(deployed: House) -> None:
    with pytest.raises(ImportRefused) as refused:
        take_in(excel({"单位": [["标识", "名称", "类别"], ["office", "新名称", "office"]]}))
    found = {fault.pointer: fault.detail for fault in refused.value.faults}
    assert "须用“更名”改变" in found["单位!B2"]


def test_a_cycle_of_parents_is_refused_at_each_of_its_rows(deployed: House) -> None:
    with pytest.raises(ImportRefused) as refused:
        take_in(excel(changed("单位", 3, 6, "lower")))
    assert [fault.pointer for fault in refused.value.faults] == ["单位!G2", "单位!G3"]
    assert all("成环" in fault.detail for fault in refused.value.faults)


def test_a_cycle_with_what_is_here_is_refused(deployed: House) -> None:
    take_in(excel(OFFICE))
    with pytest.raises(ImportRefused, match="1处错误"):
        take_in(
            excel(
                {
                    "单位": [
                        ["标识", "名称", "类别", "上级单位标识"],
                        ["upper", "市局", "office", "lower"],
                    ]
                }
            )
        )


def test_an_unknown_sheet_is_refused(deployed: House) -> None:
    with pytest.raises(ImportRefused):
        take_in(excel({"工资": [["登录名"]]}))


def repacked(data: bytes, change: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for info in old.infolist():
            if info.filename not in change:
                new.writestr(info.filename, old.read(info))
        for name, part in change.items():
            new.writestr(name, part)
    return out.getvalue()


def sheet_of(cells: str) -> dict[str, bytes]:
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return {"xl/worksheets/sheet1.xml": f"{head}{cells}</sheetData></worksheet>".encode()}


HOSTILE: dict[str, Mapping[str, bytes]] = {
    "formula": sheet_of('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'),
    "far row": sheet_of('<row r="1048576"><c r="A1048576"><v>2</v></c></row>'),
    "far column": sheet_of('<row r="1"><c r="XFD1"><v>2</v></c></row>'),
    "odd reference": sheet_of('<row r="1"><c r="../1"><v>2</v></c></row>'),
    "endless number": sheet_of(f'<row r="{"9" * 5000}"/>'),
    "too many rows": sheet_of("".join("<row><c><v>1</v></c></row>" for _ in range(20_003))),
    "entities": {
        "xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    },
    "broken": {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"},
    "no workbook": {"xl/workbook.xml": b""},
    "macros": {"xl/vbaProject.bin": b"macro"},
    "bomb": {"xl/sharedStrings.xml": b" " * (workbooks._MOST_UNPACKED + 1)},
    "many parts": {f"xl/worksheets/s{number}.xml": b"<x/>" for number in range(300)},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_before_it_is_read(deployed: House, kind: str) -> None:
    with pytest.raises(WorkbookRefused):
        take_in(repacked(excel(OFFICE), HOSTILE[kind]), dry_run=True)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 99, b"login,name"])
def test_what_is_no_workbook_is_refused(deployed: House, data: bytes) -> None:
    with pytest.raises(WorkbookRefused):
        take_in(data)


def test_names_and_sizes_are_looked_at_first(deployed: House) -> None:
    for name, data in (
        ("office.xlsm", excel(OFFICE)),
        ("office.xls", excel(OFFICE)),
        ("office.xlsx", b"0" * (workbooks.MOST_BYTES + 1)),
    ):
        with pytest.raises(WorkbookRefused):
            office_import.take_in(None, name, data, NOW, dry_run=True)


def test_a_part_that_says_it_is_shorter_than_it_is_is_refused(deployed: House) -> None:
    data = bytearray(repacked(excel(OFFICE), {"xl/sharedStrings.xml": b" " * 100_000}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/sharedStrings.xml"))
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(WorkbookRefused):
        take_in(bytes(data), dry_run=True)


def test_text_that_looks_like_a_formula_stays_text(deployed: House) -> None:
    office = {**OFFICE, "人员": [["登录名", "姓名"], ["mia", "米娅"], ["ned", "内德"]]}
    take_in(excel(office))
    ned = people_rows.find_person_by_login("ned")
    assert ned is not None
    ned.name = "=1+1"
    data = office_export.export(None, NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist())
    assert again(deployed.ann).name == "安"
