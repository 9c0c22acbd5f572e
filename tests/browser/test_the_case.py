"""THE case: the court's scenario played by its people through the pages, from letter to close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.filling import Filler
from tests.browser.site import Site
from tests.court import office, scenario
from workflow_server.cli.paper import one_page
from workflow_server.cli.player import Player
from workflow_server.services.organisations import DEMO_PASSWORD


class Stage:
    """The people of a scenario, each before a browser of their own."""

    def __init__(self, page_of: Callable[..., Page], site: Site) -> None:
        self.page_of = page_of
        self.site = site
        self.pages: dict[str, Page] = {}
        given = office()
        self.names = {each["key"]: each["name"] for each in given["organisations"]}
        self.names |= {each["login"]: each["name"] for each in given["people"]}

    def play(self, act: Mapping[str, Any]) -> None:
        """Let an act's person do it, at its time."""
        self.site.go_to(act["at"])
        page = self.page(act["person"])
        page.goto("/")
        if act["act"] == "start":
            page.locator(".site-header, header").get_by_role("button", name="发起").click()
            page.locator(f'.dropdown-menu.show a[href*="/start/{act["process"]}"]').click()
        else:
            page.locator(f'#worklist a[href$="/tasks/{self.task(act)}"]').click()
        files = [
            (each["field"], each["name"], one_page(each["text"])) for each in act.get("attach", ())
        ]
        filler = Filler(page, self.name_of)
        filler.fill(act["answers"], files)
        filler.complete()
        self.site.settle()

    def page(self, login: str) -> Page:
        """Return somebody's page; they sign in by the form when they first come."""
        if login not in self.pages:
            page = self.page_of(None, "/")
            page.fill("#login", login)
            page.fill("#password", DEMO_PASSWORD)
            page.click("form.card button.btn-primary")
            page.wait_for_url("**/")
            self.pages[login] = page
        return self.pages[login]

    def task(self, act: Mapping[str, Any]) -> str:
        """Return which of somebody's tasks is meant by its element."""
        offered = self.site.api(act["person"]).all("/api/tasks", mine="true")
        found = [each["id"] for each in offered if each["element_id"] == act["task"]]
        assert found, (act["task"], [each["element_id"] for each in offered])
        return str(found[-1])

    def name_of(self, value: Any) -> str:
        """Return what an answer is called where people choose it."""
        if isinstance(value, Mapping):
            return self.names[next(iter(value.values()))]
        return self._labels().get(value, str(value))

    def _labels(self) -> dict[Any, str]:
        """Return the labels of all words that vocabularies offer."""
        if not hasattr(self, "_known"):
            api, known = self.site.api("admin"), {}
            for each in api.all("/api/vocabularies"):
                known.update({it["value"]: it["label"] for it in each["entries"]})
            self._known: dict[Any, str] = known
        return self._known


class _Begun(Player):
    """Some acts of a scenario."""

    def _compare_end(self, result: Any) -> None:
        pass


def begin(site: Site, acts: int, folder: Path, done: int = 0) -> None:
    """Play acts of the scenario without browsers, after those that are done."""
    told = scenario()
    told["acts"], told["result"] = told["acts"][done:acts], {}
    _Begun(site.address, office(), told, folder).play()


def test_the_case_is_played_through_the_pages(page_of: Callable[..., Page], site: Site) -> None:
    told = scenario()
    stage = Stage(page_of, site)
    for act in told["acts"]:
        stage.play(act)
    logins = {act["person"] for act in told["acts"]}
    _compare(told["result"], site, logins)


def _compare(result: Mapping[str, Any], site: Site, logins: set[str]) -> None:
    """Hold the end to what the scenario says of it."""

    def rows(path: str) -> list[dict[str, Any]]:
        found = {row["id"]: row for login in logins for row in site.api(login).all(path)}
        return list(found.values())

    ends = {row["process_key"]: row["outcome"] for row in rows("/api/process-instances")}
    assert ends == result["instances"]
    states = {row["kind"]: row["state"] for row in rows("/api/records")}
    assert states == result["records"]
    papers = Counter(row["kind"] for row in rows("/api/documents"))
    assert papers == Counter(result["documents"])
    letters = Counter(row["type"] for row in rows("/api/deliveries"))
    assert letters == Counter(result["deliveries"])
    assert rows("/api/tasks") == []
