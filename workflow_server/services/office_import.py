"""Takes an office in from an Excel file: judged whole first, then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow_server.errors import Fault, InvalidInput
from workflow_server.events import Event
from workflow_server.rules.passwords import LOGIN_RULE, is_login
from workflow_server.services import (
    access,
    administration,
    departments,
    history,
    office_sheets,
    offices,
)
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting
from workflow_server.services.office_plans import Change, Register, compare
from workflow_server.services.office_sheets import Sheets
from workflow_server.services.office_taking import Taker
from workflow_server.services.workbooks import Workbook

#: So many faults and changes are told one by one.
_MOST_TOLD = 500


class ImportRefused(InvalidInput):
    """导入文件有误"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done, or would be: `left` waits for the other administrator."""

    dry_run: bool
    added: int
    changed: int
    unchanged: int
    left: int
    changes: Sequence[Change]


def take_in(
    actor: Actor | None,
    name: str,
    data: bytes,
    now: datetime,
    *,
    dry_run: bool,
    idempotency_key: str | None = None,
) -> Imported:
    """Take a file in, or say what that would do; `now` is real time.

    The system administrator's part are organisations, departments and people, the security
    administrator's are positions, clearance and certificates; each takes in their own part and
    is told what is left. The command line takes in all.
    """
    part = _part(actor)
    asked = history.asked(
        actor, idempotency_key, "office_import", hashlib.sha256(data).hexdigest(), dry_run
    )
    sheets = office_sheets.read(Workbook(name, data))
    if dry_run:
        here = Register.read(now)
        return _result(sheets, _judge(sheets, part, here, now), part, dry_run=True)
    with acting(actor, part or "system"):
        first = history.first_answer(asked)
        if first is not None:
            return Imported(dry_run=False, changes=(), **{each: first[each] for each in _COUNTS})
        here = Register.read(now)
        changes = _judge(sheets, part, here, now)
        result = _result(sheets, changes, part, dry_run=False)
        with administration.gathering():
            Taker(actor, here, now).take_in([each for each in changes if _is_ours(each, part)])
        counts = {each: getattr(result, each) for each in _COUNTS}
        administration.note(actor, Event.OFFICE_IMPORTED, now, counts, None, asked)
    return result


_COUNTS = ("added", "changed", "unchanged", "left")


def _part(actor: Actor | None) -> str | None:
    if actor is None:
        return None
    access.check_administers(actor, "system", "security")
    return actor.administration


def _is_ours(change: Change, part: str | None) -> bool:
    return part in (None, change.administration)


def _judge(sheets: Sheets, part: str | None, here: Register, now: datetime) -> list[Change]:
    if not sheets.faults:
        sheets.check(administration.newest_shared(), offices.here(now))
        _check_new_logins(sheets, here)
    changes = [] if sheets.faults else compare(sheets, here)
    if not sheets.faults:
        _check_new_positions(sheets, here, administration.day_of(now))
        if part == "security":
            _check_all_here(sheets, here)
    if sheets.faults:
        told: list[Fault] = sheets.faults[:_MOST_TOLD]
        raise ImportRefused(
            f"文件有{len(sheets.faults)}处错误，什么也没有导入。"
            f" Expected a file without faults, but there are {len(sheets.faults)}.",
            told,
        )
    return changes


def _check_new_positions(sheets: Sheets, here: Register, today: date) -> None:
    """Refuse what only a look at the day and at who is active can."""
    said = {
        given["login"]: given.get("active") for _, given in office_sheets.listed(sheets, "people")
    }
    for number, given in office_sheets.listed(sheets, "positions"):
        login, place, department = (given["person"], given["organisation"], given.get("department"))
        if (login, place, department, given["role"]) in here.positions:
            continue
        person = here.people.get(login)
        active = said.get(login)
        if not (active if active is not None else person is None or person.active):
            sheets.refuse("positions", number, "person", "人员已停用，不能任职 · Not active")
        section = here.departments.get((place, department)) if department else None
        if section is not None and departments.is_closed(section, today):
            sheets.refuse("positions", number, "department", "部门已撤销 · It is closed")
        until = given.get("until")
        if until is not None and until <= (given.get("since") or today.isoformat()):
            sentence = "免职日期应晚于任职日期和今天 · It ends before it begins"
            sheets.refuse("positions", number, "until", sentence)


def _check_new_logins(sheets: Sheets, here: Register) -> None:
    """Refuse logins that nobody could be added with; who is here keeps theirs."""
    for number, given in office_sheets.listed(sheets, "people"):
        login = given.get("login")
        if login and login not in here.people and not is_login(login):
            sheets.refuse("people", number, "login", LOGIN_RULE)


def _check_all_here(sheets: Sheets, here: Register) -> None:
    """Refuse once, at the first cell, that rows wait for the system administrator's part."""
    waiting = [
        ("positions", number, name)
        for number, given in office_sheets.listed(sheets, "positions")
        if (name := _not_here(given, here)) is not None
    ]
    waiting += [
        ("people", number, "login")
        for number, given in office_sheets.listed(sheets, "people")
        if given["login"] not in here.people
    ]
    if waiting:
        count = len(waiting)
        sentence = (
            f"请先由系统管理员导入单位和人员，{count}行所写的尚未录入"
            f" · The system administrator goes first: {count} rows name what is not here yet"
        )
        sheets.refuse(*waiting[0], sentence)


def _not_here(given: dict[str, Any], here: Register) -> str | None:
    """Return the column of a position that names what is not here yet; None when all is."""
    place, department = given["organisation"], given.get("department")
    if given["person"] not in here.people:
        return "person"
    if place not in here.organisations:
        return "organisation"
    is_known = department is None or (place, department) in here.departments
    return None if is_known else "department"


def _result(
    sheets: Sheets, changes: Sequence[Change], part: str | None, *, dry_run: bool
) -> Imported:
    ours = [each for each in changes if _is_ours(each, part)]
    count = Counter(each.what for each in ours)
    touched = {(each.sheet, each.row) for each in changes}
    return Imported(
        dry_run=dry_run,
        added=count["added"],
        changed=count["changed"],
        unchanged=len(sheets.rows) - len(touched),
        left=len(changes) - len(ours),
        changes=ours[:_MOST_TOLD],
    )
