"""Writes down what an office from a file adds and changes, each by the act of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from workflow_server.services import departments, groups, people, positions, structures
from workflow_server.services.actors import Actor
from workflow_server.services.office_plans import Change, Register, fields_of
from workflow_server.services.positions import Post
from workflow_server.services.structures import Described, Particulars
from workflow_server.store.db import session


class Taker:
    """Does each change by the act that a person would do it with, inside an open act.

    What is new was judged as a whole before; what is here was read once.
    """

    def __init__(self, actor: Actor | None, here: Register, now: datetime) -> None:
        self._actor = actor
        self._here = here
        self._now = now

    def take_in(self, changes: Sequence[Change]) -> None:
        """Do the changes in their order."""
        table = ""
        for change in changes:
            if change.table != table:
                session().flush()  # what follows points to what was before
            table = change.table
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
        above = given.get("parent")
        parent = None if above is None else self._here.organisations[above]
        row = structures.write_row(self._actor, described, parent, self._now)
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
        row = departments.write_row(
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
        row = people.add_row(
            self._actor,
            given["login"],
            given["name"],
            self._now,
            kind=given.get("administration"),
            active=given.get("active") is not False,
            password=given.get("password"),
        )
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
        positions.check_not_oneself(self._actor, person.id)
        positions.check_may_hold(person)
        post = Post(
            organisation_id=self._here.organisations[given["organisation"]].id,
            role=given["role"],
            title=given.get("title"),
            department_id=self._department(given["organisation"], given.get("department")),
            is_head=given.get("is_head") or False,
            acting_for_id=self._person(given.get("acting_for")),
            since=_day(given.get("since")),
            until=_day(given.get("until")),
        )
        positions.give_row(self._actor, person.id, post, self._now)

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

    def _added_groups(self, change: Change) -> None:
        given = change.given
        place = self._organisation(given.get("organisation"))
        group = groups.add(self._actor, given["key"], given["name"], place, self._now).group
        members = [self._here.people[login].id for login in given.get("members", ())]
        groups.change(self._actor, group.id, group.name, members, self._now)

    def _organisation(self, key: str | None) -> UUID | None:
        return None if key is None else self._here.organisations[key].id

    def _department(self, place: str, key: str | None) -> UUID | None:
        return None if key is None else self._here.departments[place, key].id

    def _person(self, login: str | None) -> UUID | None:
        return None if login is None else self._here.people[login].id


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
