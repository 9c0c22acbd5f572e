"""Moves an office in from a file: who is what in which organisation, checked as a whole first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_server.content import reading
from workflow_server.content.reading import Place
from workflow_server.content.shared import Shared
from workflow_server.errors import Fault, InvalidInput, InvalidState
from workflow_server.services import definition_cache, organisations
from workflow_server.store import deployments, people
from workflow_server.store import organisations as store


class OfficeRefused(InvalidInput):
    """单位与人员文件有误"""


class NothingDeployed(InvalidState):
    """尚未部署任何内容"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file describes, and who of it cannot sign in yet."""

    organisations: int
    people: int
    positions: int
    without_password: tuple[str, ...]


def load(path: str, data: bytes, now: datetime) -> Loaded:
    """Move in the organisations, people and posts of a file; what exists is left alone.

    Refused as a whole when anything is wrong with it, each fault with file and JSON pointer.
    Who gets no password in the file has none: an existing one is never changed.
    """
    newest = deployments.find_newest()
    if newest is None:
        raise NothingDeployed(
            "请先部署内容（workflow-server deploy 或 serve）。"
            " Expected a deployment that says which roles there are, but there is none."
        )
    faults: list[Fault] = []
    office = reading.parse(path, data, faults)
    if office is not None:
        _Check(definition_cache.content_of(newest.id).shared).check(office)
    if office is None or faults:
        raise OfficeRefused(
            f"Expected an office that can move in, but {path} has {len(faults)} faults.", faults
        )
    organisations.load_office(office.value, now)
    logins = [given["login"] for given in office.value.get("people", ())]
    return Loaded(
        organisations=len(office.value.get("organisations", ())),
        people=len(logins),
        positions=len(organisations.positions_in(office.value)),
        without_password=tuple(login for login in logins if not _has_password(login)),
    )


class _Check:
    """Judges a file by itself, by the newest deployment and by who is here already."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._places = {row.key for row in store.list_()}
        self._people: set[str] = set()

    def check(self, office: Place) -> None:
        """Gather the faults of the file."""
        if not office.only("organisations", "people", "positions"):
            return
        listed: set[str] = set()
        for place in office.items("organisations"):
            if isinstance(place.value, dict):
                self._organisation(place, listed)
            else:
                place.only()
        self._places |= listed
        for place in office.items("people"):
            if place.only("login", "name", "password", "administration", "positions"):
                self._person(place)
        for place in office.items("positions"):
            if place.only("person", "organisation", "role", "title"):
                self._position(place)
                login = place.text("person")
                if login and login not in self._people and not _is_here(login):
                    place.refuse(f"文件和服务器里都没有登录名为“{login}”的人员", "person")

    def _organisation(self, place: Place, listed: set[str]) -> None:
        key, party = place.key("key"), place.key("party")
        if key in listed:
            place.refuse(f"“{key}”出现了两次", "key")
        listed.add(key)
        if party and party not in self._shared.parties:
            known = "、".join(sorted(self._shared.parties))
            place.refuse(f"最新部署里没有单位类别“{party}”，有：{known}", "party")
        place.text("name")
        place.flag("on_server")
        # Other members are kept as fields of the organisation, for numbers and papers.
        for name in place.value:
            if not reading.KEY.fullmatch(name):
                place.refuse("须由小写字母、数字和下划线组成，以字母开头", name)
            elif name not in ("key", "party", "name", "on_server"):
                place.text_or_none(name)

    def _person(self, place: Place) -> None:
        login = place.text("login")
        if login in self._people:
            place.refuse(f"登录名“{login}”出现了两次", "login")
        self._people.add(login)
        place.text("name")
        place.text_or_none("password")
        place.choice_or_none("administration", ("system", "security", "audit"))
        for post in place.items("positions"):
            if post.only("organisation", "role", "title"):
                self._position(post)

    def _position(self, place: Place) -> None:
        organisation, role = place.text("organisation"), place.text("role")
        place.text_or_none("title")
        if organisation and organisation not in self._places:
            place.refuse(f"文件和服务器里都没有单位“{organisation}”", "organisation")
        if role and role not in self._shared.roles:
            known = "、".join(sorted(self._shared.roles))
            place.refuse(f"最新部署里没有角色“{role}”，有：{known}", "role")


def _is_here(login: str) -> bool:
    return people.find_person_by_login(login) is not None


def _has_password(login: str) -> Any:
    person = people.find_person_by_login(login)
    return person is not None and person.password_hash
