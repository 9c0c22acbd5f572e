"""People with real browsers at a real server: the demo office, each in a context of their own.

`page_of("login")` opens a page in which somebody has signed in. Nothing may go wrong on it: an
error in the console, a breach of the content security policy or an exception fails the test.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.site import Site
from tests.conftest import Databases
from tests.court import court_databases as court_databases
from workflow_server.services.organisations import DEMO_PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
#: Handed out first, in this order: what comes last to one of two workers must be short.
_LONGEST = (
    "test_every_page",
    "test_modeler",
    "test_modeler_saving",
    "test_the_case",
    "test_form_island",
)
_STATUS = re.compile(r"the server responded with a status of (\d+)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; all else stays in its order."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    is_long = item.path.parent == Path(__file__).parent and item.path.stem in _LONGEST
    return _LONGEST.index(item.path.stem) if is_long else len(_LONGEST)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that `make test` finds or installs."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program is not None, "there is no chromium: python scripts/setup.py browser"
    with sync_playwright() as play:
        # As root, in containers too; shared memory is scarce there.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = play.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(court_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the module's own; nothing was started in its office yet."""
    url = court_databases.fresh()
    made = Site(url, tmp_path_factory.mktemp("site"))
    made.start()
    yield made
    made.stop()
    court_databases.give_back(url)


@pytest.fixture(scope="module")
def server(site: Site) -> str:
    """Where the server is, for tests that only want its address."""
    return site.address


@dataclass
class People:
    """Opens pages for people; keeps what went wrong on them."""

    browser: Browser
    address: str
    wrong: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        login: str | None = None,
        path: str | None = None,
        *,
        phone: bool = False,
        english: bool = False,
        expects: tuple[int, ...] = (),
    ) -> Page:
        """Open a page in a context of its own; `expects`: refusals that the test is about;
        0 is a network that fails."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        if english:
            name = "workflow_server_language"
            context.add_cookies([{"name": name, "value": "en", "url": self.address}])
        if login is not None:
            form = {"login": login, "password": DEMO_PASSWORD}
            answer = context.request.post("/sign-in", form=form, max_redirects=0)
            assert answer.status == 303, f"{login} cannot sign in"
        context.on("page", lambda page: self._listen(page, expects))
        page = context.new_page()
        if path is not None:
            page.goto(path)
        return page

    def _listen(self, page: Page, expects: tuple[int, ...]) -> None:
        page.on("console", lambda said: self._hear(said, expects))
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))

    def _hear(self, said: ConsoleMessage, expects: tuple[int, ...]) -> None:
        if said.type != "error" or is_harmless(said):
            return
        if "net::ERR_" in said.text and 0 in expects:
            return
        status = _STATUS.search(said.text)
        if status is None or int(status[1]) not in expects:
            self.wrong.append(f"{said.page.url if said.page else ''}: {said.text} {said.location}")


def is_harmless(said: ConsoleMessage) -> bool:
    """Tell whether a complaint belongs to work as it should be.

    pdf.js tries out whether an image may hold styles. A paper to be looked at is refused while
    something is missing (the page says what), when the task was completed meanwhile, or when
    others keep the renderer busy.
    """
    if said.location["url"].endswith("/document-preview"):
        status = _STATUS.search(said.text)
        return status is not None and status[1] in ("409", "422", "503")
    return said.text.startswith("Applying inline style")


@pytest.fixture
def page_of(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`page_of("login")` opens a page; the test fails if anything went wrong on one."""
    people = People(chromium, site.address)
    yield people
    for context in people.contexts:
        context.close()
    assert people.wrong == []
