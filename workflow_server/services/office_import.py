"""Takes an office in from an Excel file: judged whole first, then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import Fault, InvalidInput
from workflow_server.events import Event
from workflow_server.services import (
    access,
    administration,
    departments,
    history,
    office_sheets,
    offices,
    people,
    positions,
    structures,
)
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting
from workflow_server.services.office_plans import Change, Register, compare, fields_of
from workflow_server.services.office_sheets import Sheets
from workflow_server.services.positions import Post
from workflow_server.services.structures import Described, Particulars
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
        return _result(sheets, _judge(sheets, part, now), part, dry_run=True)
    with acting(actor, part or "system"):
        first = history.first_answer(asked)
        if first is not None:
            return Imported(dry_run=False, changes=(), **{each: first[each] for each in _COUNTS})
        changes = _judge(sheets, part, now)
        result = _result(sheets, changes, part, dry_run=False)
        _Taker(actor, now).take_in([each for each in changes if _is_ours(each, part)])
        counts = {each: getattr(result, each) for each in _COUNTS}
        administration.note(actor, Event.OFFICE_IMPORTED, now, counts, None, asked)
    return result


_NOT_HERE = "尚未录入，请先由系统管理员导入 · Not here yet: the system administrator goes first"
_COUNTS = ("added", "changed", "unchanged", "left")


def _part(actor: Actor | None) -> str | None:
    if actor is None:
        return None
    access.check_administers(actor, "system", "security")
    return actor.administration


def _is_ours(change: Change, part: str | None) -> bool:
    return part in (None, change.administration)


def _judge(sheets: Sheets, part: str | None, now: datetime) -> list[Change]:
    if not sheets.faults:
        sheets.check(administration.newest_shared(), offices.here(now))
    here = Register.read(now)
    changes = [] if sheets.faults else compare(sheets, here)
    if part == "security" and not sheets.faults:
        for number, given in office_sheets.listed(sheets, "positions"):
            _check_is_here(sheets, number, given, here)
        for number, given in office_sheets.listed(sheets, "people"):
            if given["login"] not in here.people:
                sheets.refuse("people", number, "login", _NOT_HERE)
    if sheets.faults:
        told: list[Fault] = sheets.faults[:_MOST_TOLD]
        raise ImportRefused(
            f"文件有{len(sheets.faults)}处错误，什么也没有导入。"
            f" Expected a file without faults, but there are {len(sheets.faults)}.",
            told,
        )
    return changes


def _check_is_here(sheets: Sheets, number: int, given: dict[str, Any], here: Register) -> None:
    place, department = given["organisation"], given.get("department")
    if given["person"] not in here.people:
        sheets.refuse("positions", number, "person", _NOT_HERE)
    if place not in here.organisations:
        sheets.refuse("positions", number, "organisation", _NOT_HERE)
    elif department is not None and (place, department) not in here.departments:
        sheets.refuse("positions", number, "department", _NOT_HERE)


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


class _Taker:
    """Does each change by the act that a person would do it with."""

    def __init__(self, actor: Actor | None, now: datetime) -> None:
        self._actor = actor
        self._now = now
        self._here = Register.read(now)

    def take_in(self, changes: Sequence[Change]) -> None:
        """Do the changes in their order."""
        for change in changes:
            getattr(self, f"_{change.what}_{change.table}")(change)

    def _added_organisations(self, change: Change) -> None:
        given = change.given
        described = Described(
            key=given["key"],
            name=given["name"],
            party=given["party"],
            short_name=given.get("short_name"),
            code=given.get("code") or "",
            region=given.get("region"),
            level=given.get("level"),
            parent_id=self._organisation(given.get("parent")),
            on_server=given.get("on_server", True),
            opened_on=_day(given.get("opened_on")),
            fields=fields_of(given),
        )
        row = structures.add_row(self._actor, described, self._now)
        self._here.organisations[row.key] = row

    def _changed_organisations(self, change: Change) -> None:
        row = self._here.organisations[change.given["key"]]
        after = dict(change.after)
        if "parent" in after:
            parent_id = self._organisation(after.pop("parent"))
            structures.move(self._actor, row.id, parent_id, self._now)
        if after:
            fields = {**row.fields, **fields_of(after)}
            particulars = Particulars(
                region=after.get("region", row.region),
                level=after.get("level", row.level),
                on_server=after.get("on_server", row.on_server),
                opened_on=_day(after["opened_on"]) if "opened_on" in after else row.opened_on,
                fields={name: value for name, value in fields.items() if value is not None},
            )
            structures.change(self._actor, row.id, particulars, self._now)

    def _added_departments(self, change: Change) -> None:
        given = change.given
        place = given["organisation"]
        row = departments.add(
            self._actor,
            self._here.organisations[place].id,
            given["key"],
            given["name"],
            self._department(place, given.get("parent")),
            self._now,
        )
        self._here.departments[place, row.key] = row

    def _changed_departments(self, change: Change) -> None:
        place = change.given["organisation"]
        row = self._here.departments[place, change.given["key"]]
        if "name" in change.after:
            departments.rename(self._actor, row.id, change.after["name"], self._now)
        if "parent" in change.after:
            parent_id = self._department(place, change.after["parent"])
            departments.move(self._actor, row.id, parent_id, self._now)

    def _added_people(self, change: Change) -> None:
        given = change.given
        row = people.add_row(self._actor, given["login"], given["name"], self._now)
        if given.get("active") is False:
            people.change_row(self._actor, row, row.name, False, self._now)
        self._here.people[row.login] = row

    def _changed_people(self, change: Change) -> None:
        row = self._here.people[change.given["login"]]
        active = change.after.get("active")
        name, is_active = (
            change.after.get("name", row.name),
            row.active if active is None else active,
        )
        people.change_row(self._actor, row, name, is_active, self._now)

    def _changed_grants(self, change: Change) -> None:
        row = self._here.people[change.given["login"]]
        positions.check_not_oneself(self._actor, row.id)
        people.grant_row(self._actor, row, dict(change.after), self._now)

    def _added_positions(self, change: Change) -> None:
        given = change.given
        person = self._here.people[given["person"]]
        post = Post(
            organisation_id=self._here.organisations[given["organisation"]].id,
            role=given["role"],
            title=given.get("title"),
            department_id=self._department(given["organisation"], given.get("department")),
            is_head=given.get("is_head", False),
            acting_for_id=self._person(given.get("acting_for")),
            since=_day(given.get("since")),
            until=_day(given.get("until")),
        )
        positions.give(self._actor, person.id, post, self._now)

    def _changed_positions(self, change: Change) -> None:
        given = change.given
        key = (given["person"], given["organisation"], given.get("department"), given["role"])
        row = self._here.positions[key]
        after = dict(change.after)
        if "acting_for" in after:
            after["acting_for_id"] = self._person(after.pop("acting_for"))
        if "since" in after:
            after["since"] = _day(after["since"])
        until = _day(after.pop("until")) if "until" in after else row.until
        positions.change_row(self._actor, row, after, self._now)
        if until is not None and until != row.until:
            positions.end(self._actor, row.id, until, self._now)
        elif until is None and row.until is not None:
            positions.change_row(self._actor, row, {"until": None}, self._now)

    def _organisation(self, key: str | None) -> UUID | None:
        return None if key is None else self._here.organisations[key].id

    def _department(self, place: str, key: str | None) -> UUID | None:
        return None if key is None else self._here.departments[place, key].id

    def _person(self, login: str | None) -> UUID | None:
        return None if login is None else self._here.people[login].id


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
