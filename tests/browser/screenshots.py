"""`make screenshots`: a picture of each kind of page, at a desk and on a phone.

A server of its own plays the demo case act by act; at a few moments people walk through all pages
that they can reach. In Chinese, and what is looked at most in English too.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import workflow_server.app  # noqa: F401 (everything below is loaded in its order)
from tests.browser.conftest import NAMES, People
from tests.browser.site import Site
from tests.browser.test_the_case import begin
from tests.browser.walking import settle, walk

OUT = Path("out/screenshots")
#: After so many acts these people walk through their pages.
MOMENTS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ("deputy", "designer", "admin")),
    (6, ("prosecutor", "case_mgmt")),
    (15, ("unit_clerk", "congress_clerk")),
    (19, ("deputy",)),
    (25, ("case_mgmt", "auditor")),
)
#: What is looked at for each person anew, and what in English too.
AGAIN = {"/", "/tasks/~", "/letters", "/letters/own", "/letters/~", "/cases", "/cases/~"} | {
    "/ledgers/~",
    "/ledgers/~/print",
}
ENGLISH = {"/", "/tasks/~", "/cases/~", "/cases/~/repairs"}


def main() -> None:
    """Take all pictures; say what went wrong on a page."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    program = next(filter(None, map(shutil.which, NAMES)))
    with _served() as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        people = People(browser, site.address)
        _stranger(people)
        _designer(people, site)
        done, known = 0, set[str]()
        for number, logins in MOMENTS:
            _play(site, done, number)
            done = number
            for login in logins:
                known |= _take(people, login, number, known - AGAIN)
        browser.close()
    for each in people.wrong:
        print(each, file=sys.stderr)
    print(f"{len(list(OUT.glob('*.png')))} → {OUT}/")


def _take(people: People, login: str, number: int, known: set[str]) -> set[str]:
    """Let somebody walk, and take what others did not see; return what was seen."""
    desk, phone, english = people(login), people(login, phone=True), people(login, english=True)
    seen = set()
    for kind in walk(desk, known=known):
        seen.add(kind)
        _shoot(desk, number, login, kind, "desk")
        address = desk.url
        phone.goto(address)
        _shoot(phone, number, login, kind, "phone")
        if kind in ENGLISH:
            english.goto(address)
            _shoot(english, number, login, kind, "desk-en")
    for context in people.contexts:
        context.close()
    people.contexts.clear()
    return seen


def _stranger(people: People) -> None:
    for phone in (False, True):
        size = "phone" if phone else "desk"
        page = people(None, "/sign-in", phone=phone)
        _shoot(page, 0, "nobody", "/sign-in", size)
        lost = "/cases/00000000-0000-7000-8000-000000000000"
        page = people("prosecutor", lost, phone=phone, expects=(404,))
        _shoot(page, 0, "nobody", "/problem", size)


def _designer(people: People, site: Site) -> None:
    """Open one file of each kind of a draft, which is put away again."""
    api = site.api("designer")
    draft = api.post("/api/drafts", {"name": "增加复核环节", "note": "立案前由部门负责人复核"})
    files = {each["kind"]: each["path"] for each in api.get(f"/api/drafts/{draft['id']}")["files"]}
    address = f"/designs/drafts/{draft['id']}"
    opened = {f"designs-{kind}": f"{address}/files/{path}" for kind, path in files.items()}
    for kind, place in {"designs-draft": address, **opened}.items():
        for phone in (False, True):
            page = people("designer", place, phone=phone)
            _shoot(page, 0, "designer", kind, "phone" if phone else "desk")
    api.post(f"/api/drafts/{draft['id']}/closure", {})


def _shoot(page: Page, number: int, login: str, kind: str, size: str) -> None:
    settle(page)
    # What comes only when somebody scrolls down to it is to be seen, too.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    settle(page)
    page.evaluate("scrollTo(0, 0)")
    name = kind.strip("/").replace("/", "-").replace("~", "x") or "home"
    page.screenshot(path=OUT / f"{name}-{login}-{number:02d}-{size}.png", full_page=True)


def _play(site: Site, begun: int, end: int) -> None:
    if begun == end:
        return
    with tempfile.TemporaryDirectory() as folder:
        begin(site, end, Path(folder), begun)


@contextmanager
def _served() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="workflow-server-screenshots-") as folder:
        site = Site("", Path(folder))
        site.start()
        try:
            yield site
        finally:
            site.stop()


if __name__ == "__main__":
    main()
