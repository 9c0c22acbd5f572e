"""Whether an office can move in: everybody and everything it names is there, once, in a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow_server.content.reading import KEY, Place
from workflow_server.content.shared import FOLDER, Shared
from workflow_server.errors import Fault

PATH = f"{FOLDER}office.json"
LISTS = ("organisations", "departments", "people", "positions", "groups")
ORGANISATION = (
    "key",
    "name",
    "short_name",
    "code",
    "party",
    "region",
    "level",
    "parent",
    "on_server",
    "opened_on",
    "departments",
)
DEPARTMENT = ("organisation", "key", "name", "parent")
PERSON = ("login", "name", "password", "administration", "clearance", "minors_certified", "active")
POSITION = (
    "person",
    "organisation",
    "department",
    "role",
    "title",
    "is_head",
    "acting_for",
    "since",
    "until",
)
ADMINISTRATIONS = ("system", "security", "audit")
#: Six digits of GB/T 2260, or nine or twelve where it goes on below the county.
_REGION = re.compile(r"\d{6}(\d{3}){0,2}")
_LEVELS = range(1, 5)
_CLEARANCES = range(3)


@dataclass(frozen=True, slots=True)
class Here:
    """What is there before the office moves in; `where` and `roles_in` say where one looked."""

    where: str = "office.json 里"
    roles_in: str = "roles.json 里"
    #: Organisations by key: party, parent, whether closed.
    parties: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str | None] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    #: Codes of open organisations, and whose they are.
    codes: Mapping[str, str] = field(default_factory=dict)
    #: (organisation, department) and the department above.
    departments: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    #: Logins, and which administration somebody has.
    logins: Mapping[str, str | None] = field(default_factory=dict)
    #: Logins of those who hold a position.
    holders: frozenset[str] = frozenset()


def check(shared: Shared) -> list[Fault]:
    """Return the faults of office.json, each with its JSON pointer; none without the file."""
    faults: list[Fault] = []
    if shared.office is not None:
        check_office(Place(PATH, "", shared.office, faults), shared, Here())
    return faults


def check_office(office: Place, shared: Shared, here: Here) -> None:
    """Gather the faults of an office, by itself, by the roles and by what is here already."""
    if office.only(*LISTS):
        _Check(shared, here).check(office)


class _Check:
    def __init__(self, shared: Shared, here: Here) -> None:
        self._shared = shared
        self._here = here
        self._parties = dict(here.parties)
        self._parents = dict(here.parents)
        self._codes = dict(here.codes)
        self._departments = dict(here.departments)
        self._logins = dict(here.logins)
        self._listed: dict[str, set[Any]] = {name: set() for name in LISTS}

    def check(self, office: Place) -> None:
        organisations = list(_objects(office, "organisations"))
        for place in organisations:
            self._organisation(place)
        for place in organisations:
            self._parent(place)
        departments = [
            (place, each, _text(place, "key"))
            for place in organisations
            for each in _objects(place, "departments")
            if each.only(*DEPARTMENT[1:])
        ]
        for place in _objects(office, "departments"):
            if place.only(*DEPARTMENT):
                departments.append((place, place, self._known_organisation(place)))
        for _, place, organisation in departments:
            self._department(place, organisation)
        known: dict[str, dict[str, str | None]] = {}
        for (organisation, key), above in self._departments.items():
            known.setdefault(organisation, {})[key] = above
        for _, place, organisation in departments:
            self._upper_department(place, known.get(organisation, {}))
        people = list(_objects(office, "people"))
        for place in people:
            self._person(place)
        for place in people:
            for post in _objects(place, "positions"):
                if post.only(*POSITION[1:]):
                    self._position(post, place, "login")
        for place in _objects(office, "positions"):
            if place.only(*POSITION):
                self._known_person(place, "person", required=True)
                self._position(place, place, "person")
        for place in _objects(office, "groups"):
            self._group(place)

    def _organisation(self, place: Place) -> None:
        key, party = place.key("key"), place.key("party")
        place.text("name")
        self._once(place, "key", key, "organisations", key)
        if party and party not in self._shared.parties:
            known = "、".join(sorted(self._shared.parties))
            place.refuse(f"{self._here.roles_in}没有角色属于“{party}”，有：{known}", "party")
        elif key in self._here.parties and party != self._here.parties[key]:
            place.refuse("单位类别不能更改 · The party of an organisation cannot change", "party")
        place.flag("on_server")
        _whole(place, "level", _LEVELS)
        _day(place, "opened_on")
        region = place.text_or_none("region")
        if region and not _REGION.fullmatch(region):
            place.refuse("地区代码应为6、9或12位数字 · Region: 6, 9 or 12 digits", "region")
        code = place.text_or_none("code") if place.value.get("code") != "" else None
        if code and self._codes.setdefault(code, key) != key:
            place.refuse(f"代字“{code}”已由“{self._codes[code]}”使用 · Code is taken", "code")
        # Other members are kept as fields of the organisation, for numbers and papers.
        for name in place.value:
            if not KEY.fullmatch(name):
                place.refuse("须由小写字母、数字和下划线组成，以字母开头", name)
            elif name not in ORGANISATION:
                place.text_or_none(name)
        if key:
            self._parties[key] = party
            if key not in self._here.parents or "parent" in place.value:
                self._parents[key] = place.text_or_none("parent")

    def _parent(self, place: Place) -> None:
        parent = place.value.get("parent")
        if not isinstance(parent, str):
            return
        if parent not in self._parties:
            place.refuse(f"{self._here.where}没有上级单位“{parent}” · Unknown parent", "parent")
        elif parent in self._here.closed:
            place.refuse(f"上级单位“{parent}”已撤销 · The parent is closed", "parent")
        elif _is_circular(_text(place, "key"), self._parents):
            place.refuse(
                "上级关系成环：单位不能隶属于自己或自己的下级 · The tree has a cycle", "parent"
            )

    def _department(self, place: Place, organisation: str) -> None:
        key = place.key("key")
        place.text("name")
        self._once(place, "key", key, "departments", (organisation, key))
        if key and organisation:
            self._departments[organisation, key] = place.text_or_none("parent")

    def _upper_department(self, place: Place, known: Mapping[str, str | None]) -> None:
        parent = place.value.get("parent")
        if not isinstance(parent, str):
            return
        if parent not in known:
            place.refuse(f"本单位没有上级部门“{parent}” · Unknown department above", "parent")
        elif _is_circular(_text(place, "key"), known):
            place.refuse("上级部门成环 · The departments have a cycle", "parent")

    def _person(self, place: Place) -> None:
        if not place.only(*PERSON, "positions"):
            return
        login = place.text("login")
        place.text("name")
        place.text_or_none("password")
        place.flag("minors_certified")
        place.flag("active")
        _whole(place, "clearance", _CLEARANCES)
        administration = place.choice_or_none("administration", ADMINISTRATIONS)
        self._once(place, "login", login, "people", login)
        if login:
            self._logins[login] = self._here.logins.get(login, administration)
            if administration is not None and login in self._here.holders:
                self._refuse_both(place, "administration")

    def _position(self, place: Place, holder: Place, name: str) -> None:
        organisation, role = self._known_organisation(place), place.text("role")
        place.text_or_none("title")
        place.flag("is_head")
        since, until = _day(place, "since"), _day(place, "until")
        if since and until and until <= since:
            place.refuse("应在任职日期之后 · It ends before it begins", "until")
        self._role(place, role, organisation)
        department = place.text_or_none("department")
        if department and organisation and (organisation, department) not in self._departments:
            place.refuse(f"单位“{organisation}”没有部门“{department}”", "department")
        login = _text(holder, name)
        stand_in = self._known_person(place, "acting_for")
        if stand_in and stand_in == login:
            place.refuse("不能代理自己 · Nobody stands in for themselves", "acting_for")
        if self._logins.get(login) is not None:
            self._refuse_both(place, "role")
        if login and organisation and role:
            post = (login, organisation, department, role)
            self._once(place, "role", role, "positions", post)

    def _role(self, place: Place, role: str, organisation: str) -> None:
        if not role:
            return
        if role not in self._shared.roles:
            known = "、".join(sorted(self._shared.roles))
            place.refuse(f"{self._here.roles_in}没有角色“{role}”，有：{known}", "role")
            return
        needed, party = self._shared.roles[role].party, self._parties.get(organisation)
        if party in self._shared.parties and needed != party:
            place.refuse(f"角色“{role}”属于“{needed}”类单位，“{organisation}”是“{party}”", "role")

    def _group(self, place: Place) -> None:
        if not place.only("key", "name", "organisation", "members"):
            return
        key = place.key("key")
        place.text("name")
        self._once(place, "key", key, "groups", key)
        if place.value.get("organisation") is not None:
            self._known_organisation(place)
        for member in place.items("members"):
            if not isinstance(member.value, str) or member.value not in self._logins:
                member.refuse(f"{self._here.where}没有登录名为“{member.value}”的人员")

    def _known_organisation(self, place: Place) -> str:
        key = place.text("organisation")
        if key and key not in self._parties:
            place.refuse(
                f"{self._here.where}没有单位“{key}” · Unknown organisation", "organisation"
            )
            return ""
        if key in self._here.closed:
            place.refuse(f"单位“{key}”已撤销 · The organisation is closed", "organisation")
        return key

    def _known_person(self, place: Place, name: str, *, required: bool = False) -> str | None:
        login = place.text(name) if required else place.text_or_none(name)
        if login and login not in self._logins:
            place.refuse(f"{self._here.where}没有登录名为“{login}”的人员 · Unknown person", name)
        return login

    def _once(self, place: Place, name: str, shown: str, table: str, found: Any) -> None:
        if shown and found in self._listed[table]:
            place.refuse(f"“{shown}”出现了两次 · It is there twice", name)
        self._listed[table].add(found)

    def _refuse_both(self, place: Place, name: str) -> None:
        place.refuse("三员不得担任业务岗位 · An administrator holds no position", name)


def _objects(place: Place, key: str) -> Iterator[Place]:
    for item in place.items(key):
        if isinstance(item.value, dict):
            yield item
        else:
            item.refuse("这里应当是一个对象 { … }")


def _text(place: Place, name: str) -> str:
    """Return a text that was judged elsewhere, or nothing."""
    found = place.value.get(name)
    return found if isinstance(found, str) else ""


def _whole(place: Place, name: str, within: range) -> None:
    found = place.value.get(name)
    if found is not None and (type(found) is not int or found not in within):
        place.refuse(f"应为{within[0]}至{within[-1]}的整数", name)


def _day(place: Place, name: str) -> date | None:
    found = place.value.get(name)
    if found is None:
        return None
    try:
        return date.fromisoformat(found)
    except (TypeError, ValueError):
        place.refuse("应为日期，如 2026-07-01 · A day such as 2026-07-01", name)
        return None


def _is_circular(key: str, parents: Mapping[str, str | None]) -> bool:
    seen = {key}
    above = parents.get(key)
    while above is not None:
        if above in seen:
            return above == key
        seen.add(above)
        above = parents.get(above)
    return False
