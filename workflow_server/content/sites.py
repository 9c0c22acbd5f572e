"""What a site is called and how newcomers are welcomed: bpmn/_shared/site.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow_server.content.reading import Place


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages of the interface."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody of the demo office whom a newcomer may try, and what they do."""

    login: str
    words: Words


@dataclass(frozen=True, slots=True)
class Site:
    """The name on every page, and what the first page of a demo says."""

    title: Words
    short_title: Words
    newcomer: tuple[Words, ...] = ()
    accounts: tuple[DemoAccount, ...] = ()


def read(place: Place | None, office: Mapping[str, Any] | None) -> Site | None:
    """Read the site's file; its accounts must be people of the demo office."""
    if place is None or not place.only("title", "short_title", "newcomer", "accounts"):
        return None
    title = _words(place, "title")
    return Site(
        title=title,
        short_title=_words(place, "short_title") if "short_title" in place.value else title,
        newcomer=tuple(_both(item) for item in place.items("newcomer") if item.only("zh", "en")),
        accounts=tuple(_account(item, office) for item in _accounts(place)),
    )


def _words(place: Place, key: str) -> Words:
    if key not in place.value:
        place.refuse("须填写 zh 和 en 两种文字", key)
        return Words("", "")
    below = place.step(key)
    return _both(below) if below.only("zh", "en") else Words("", "")


def _both(item: Place) -> Words:
    return Words(item.text("zh"), item.text("en"))


def _accounts(place: Place) -> list[Place]:
    return [item for item in place.items("accounts") if item.only("login", "zh", "en")]


def _account(item: Place, office: Mapping[str, Any] | None) -> DemoAccount:
    login = item.text("login")
    people = (office or {}).get("people")
    known = {each.get("login") for each in people or () if isinstance(each, dict)}
    if login and login not in known:
        item.refuse(f"演示单位里没有登录名为“{login}”的人员", "login")
    return DemoAccount(login, _both(item))
