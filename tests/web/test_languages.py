"""Both languages are complete: pages are crawled as several people, the catalogue is held up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server import problems

Browsers = Callable[..., Browser]
WEB = Path(__file__).resolve().parents[2] / "workflow_server" / "web"
PO = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
ISLANDS = WEB / "islands"
READERS = ("congress_clerk", "prosecutor", "unit_clerk", "deputy", "designer", "admin")
#: So many kinds of pages are looked at for each reader; none has more.
MOST = 80

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3,}")
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_READ_OUT = ("aria-label", "title", "alt", "placeholder", "data-label")
#: Names of things that are called so in Chinese, too.
NAMES = {
    *("PDF", "CSV", "XML", "SVG", "BPMN", "DMN", "FEEL", "JSON", "HTML", "CSS", "UTF", "TOTP"),
    *("Word", "Excel", "JavaScript", "Chromium", "SQLite", "PostgreSQL", "Python", "UUID"),
    *("zip", "bpmn", "dmn", "json", "html", "css", "API", "Ctrl", "Tab", "Esc", "Shift", "Enter"),
}
_SKIPPED = {"script", "style", "code", "pre", "textarea", "kbd"}


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    """Yield every text that somebody reads on a page, with the language that it is marked as.

    What is read out of an attribute may name something that stands on the page as content.
    """
    found = list(_standing(page))
    yield from found
    contents = sorted({text for marked, text in found if marked.startswith("zh")}, key=len)
    for element in page.tree.iter():
        marked = _marked(element) if isinstance(element.tag, str) else None
        if marked is not None:
            for name in _READ_OUT:
                text = (element.get(name) or "").strip()
                for content in reversed(contents) if text else ():
                    text = text.replace(content, "") if content else text
                yield marked, text


def _standing(page: Page) -> Iterator[tuple[str, str]]:
    for element in page.tree.iter():
        if not isinstance(element.tag, str):
            continue
        marked = _marked(element)
        if marked is not None:
            yield marked, (element.text or "").strip()
        above = element.getparent()
        below = _marked(above) if above is not None else None
        if below is not None:
            yield below, (element.tail or "").strip()


def _marked(element: Any) -> str | None:
    """Return the language that an element is marked as, "" if it is the page's, None if none."""
    for each in (element, *element.iterancestors()):
        if each.tag in _SKIPPED or each.get("data-island") is not None:
            return None
        if each.tag != "html" and each.get("lang"):
            return str(each.get("lang"))
    return ""


def _pages(someone: Browser) -> Iterator[tuple[str, Page]]:
    """Yield one page of each kind that leads on from home."""
    waiting, seen = ["/", "/account/second-factor", "/account/tokens", "/no/such/page"], set()
    while waiting:
        path = waiting.pop(0)
        kind = _UUID.sub("*", path.partition("#")[0].partition("?")[0])
        if kind in seen or len(seen) >= MOST:
            continue
        seen.add(kind)
        response = someone.open("GET", path.partition("#")[0], follow_redirects=True)
        if response.response.mimetype != "text/html":
            continue
        yield path, response
        found = [str(each.get("href")) for each in response.all("a[href]")]
        found += [str(each.get("hx-get")) for each in response.all("[hx-get]")]
        waiting += [each for each in found if _is_page(each)]


def _is_page(address: str) -> bool:
    if not address.startswith("/") or address.startswith(("/api/", "/static/")):
        return False
    return not re.search(r"\.(pdf|zip|xlsx|csv|svg)\b|/download|/export", address)


@pytest.mark.parametrize("login", READERS)
def test_every_page_speaks_the_readers_language(case: Court, browser: Browsers, login: str) -> None:
    case.play(until="ReviewDraft")
    someone = browser(login)
    foreign = [
        f"zh {path}: {text}"
        for path, page in _pages(someone)
        for marked, text in _texts(page)
        if marked == "" and set(_LATIN.findall(text)) - NAMES
    ]
    someone.post("/language", language="en", back="/")
    foreign += [
        f"en {path}: {text}"
        for path, page in _pages(someone)
        for marked, text in _texts(page)
        if not marked.startswith("zh") and _CHINESE.search(text)
    ]
    assert not foreign, "\n".join(sorted(set(foreign)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_title_names_what_the_page_shows(case: Court, browser: Browsers, language: str) -> None:
    case.play(until="DraftSuggestion")
    head = browser("prosecutor")
    head.post("/language", language=language, back="/")
    task = head.get("/").link("起草检察建议书")
    (title,) = head.get(task).all("title")
    assert title.text.startswith("起草检察建议书 · ")
    assert title.get("lang") == "zh-CN"
    path = head.get(task).all(".page-pretitle a")[0].get("href")
    (named,) = head.get(path).all("title")
    assert re.match(r"\S+〔2026〕1号 · ", named.text)


def test_the_sign_in_speaks_both_languages(case: Court, browser: Browsers) -> None:
    someone = browser()
    asked = someone.get("/sign-in")
    logins = {each.get("data-login") for each in asked.all("[data-login]")}
    words = {word for login in logins for word in login.split("_")} | logins
    assert not [
        text
        for marked, text in _texts(asked)
        if marked == "" and set(re.findall(r"[a-z_A-Z]{3,}", text)) - NAMES - words
    ]
    english = someone.post("/language", language="en", back="/sign-in")
    assert not [text for marked, text in _texts(english) if not marked and _CHINESE.search(text)]
    assert english.tree.get("lang") == "en"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return pofile.read_po(file, abort_invalid=True)


def test_every_text_has_english(catalogue: Catalog) -> None:
    ways = [("**.py", "python"), ("templates/**.html", "jinja2")]
    marked = {
        message: f"{path}:{line}"
        for path, line, message, *_ in extract_from_dir(WEB, ways, keywords={"_": None, "_l": None})
        if isinstance(message, str)
    }
    assert len(marked) > 500
    silent = [
        f"{where}: {text}"
        for text, where in marked.items()
        if text not in catalogue or not catalogue[text].string  # type: ignore[union-attr]
    ]
    assert silent == []


def test_every_error_is_called_something_in_english(catalogue: Catalog) -> None:
    kinds = problems.catalogue().values()
    assert [each.title for each in kinds if each.title not in catalogue] == []


def test_english_keeps_what_is_put_in_and_is_no_chinese(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            text, given = str(message.string), str(message.id)
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(given)), given
            assert not _CHINESE.search(text), text


def test_no_text_stands_twice_in_the_catalogue() -> None:
    ids = re.findall(r'^msgid "(.+)"$', PO.read_text(encoding="utf-8"), re.M)
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


def _tables() -> list[Path]:
    own = [path for path in ISLANDS.rglob("*.js") if "node_modules" not in path.parts]
    return [path for path in own if re.search(r"^\s*zh: \{", path.read_text("utf-8"), re.M)]


@pytest.mark.parametrize("path", _tables(), ids=lambda path: str(path.relative_to(ISLANDS)))
def test_the_tables_of_an_island_have_the_same_texts_in_both_languages(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tables = {name: _keys(text, name) for name in ("zh", "en")}
    assert tables["zh"] == tables["en"]
    assert tables["zh"]


def _keys(text: str, language: str) -> set[str]:
    """Return the keys of the object `zh: { … }` of a script, those of its own level."""
    begin = re.search(rf"^\s*{language}: \{{", text, re.M)
    assert begin is not None
    depth, keys, at = 1, set(), begin.end()
    while depth:
        token = re.compile(r"""`[^`]*`|"(?:\\.|[^"\\])*"|([{(\[])|([})\]])|(\w+)(?=\s*:)""")
        match = token.search(text, at)
        assert match is not None
        at = match.end()
        depth += bool(match[1]) - bool(match[2])
        if depth == 1 and match[3]:
            keys.add(match[3])
    return keys
