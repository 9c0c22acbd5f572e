"""Whether the demo office of a bundle can move in: everybody it names is in it."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_server.content.reading import Place
from workflow_server.content.shared import FOLDER, Shared
from workflow_server.errors import Fault

PATH = f"{FOLDER}office.json"


def check(shared: Shared) -> list[Fault]:
    """Return the faults of office.json, each with its JSON pointer; none without the file."""
    faults: list[Fault] = []
    if shared.office is not None:
        _Check(shared).check(Place(PATH, "", shared.office, faults))
    return faults


class _Check:
    """Judges an office by itself and by the roles of its bundle."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._organisations: set[str] = set()
        self._logins: set[str] = set()

    def check(self, office: Place) -> None:
        """Gather the faults of the file."""
        for place in _objects(office, "organisations"):
            self._organisation(place)
        people = list(_objects(office, "people"))
        for place in people:
            self._person(place)
        for place in people:
            for post in _objects(place, "positions"):
                self._position(post)
        for place in _objects(office, "positions"):
            login = place.text("person")
            if login and login not in self._logins:
                place.refuse(f"office.json 里没有登录名为“{login}”的人员", "person")
            self._position(place)

    def _organisation(self, place: Place) -> None:
        key, party = place.key("key"), place.key("party")
        place.text("name")
        _once(place, "key", key, self._organisations)
        if party and party not in self._shared.parties:
            place.refuse(f"roles.json 里没有角色属于“{party}”", "party")

    def _person(self, place: Place) -> None:
        login = place.text("login")
        place.text("name")
        place.text_or_none("password")
        place.choice_or_none("administration", ("system", "security", "audit"))
        _once(place, "login", login, self._logins)

    def _position(self, place: Place) -> None:
        organisation, role = place.text("organisation"), place.text("role")
        place.text_or_none("title")
        if organisation and organisation not in self._organisations:
            place.refuse(f"office.json 里没有单位“{organisation}”", "organisation")
        if role and role not in self._shared.roles:
            place.refuse(f"roles.json 里没有角色“{role}”", "role")


def _objects(place: Place, key: str) -> Iterator[Place]:
    for item in place.items(key):
        if isinstance(item.value, dict):
            yield item
        else:
            item.refuse("这里应当是一个对象 { … }")


def _once(place: Place, name: str, value: str, seen: set[str]) -> None:
    if value in seen:
        place.refuse(f"“{value}”出现了两次", name)
    elif value:
        seen.add(value)
