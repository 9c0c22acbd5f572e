"""The server knows no process by name: no word of the shipped content stands in its code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from workflow_server.content import bundle, content

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "workflow_server"
WRITTEN = {".py", ".html", ".js", ".css", ".json", ".txt", ".sql", ".mako", ".ini"}
#: Built from other people's packages; nobody here writes in them.
BROUGHT = {"feelin.bundle.js", "feelin.licences.txt"}
BUILT_OR_FETCHED = {"vendor", "__pycache__", "node_modules", "built", "package-lock.json"}


@cache
def shipped() -> content.Content:
    return content.load(bundle.read_folder(ROOT))


def sources() -> list[Path]:
    return sorted(
        path
        for path in SERVER.rglob("*")
        if path.suffix in WRITTEN
        and path.name not in BROUGHT
        and not BUILT_OR_FETCHED & set(path.parts)
    )


@cache
def identifiers() -> set[str]:
    """Gather the keys that content alone may know."""
    known = shipped()
    shared = known.shared
    return {
        *known.processes,
        *known.forms,
        *(part for key in known.forms for part in key.split("/")[:-1]),
        *known.documents,
        *shared.records,
        *shared.series,
        *shared.messages,
        *shared.rule_codes,
        *(role for role in shared.roles),
        *shared.parties,
        *shared.scenarios,
    }


@cache
def titles() -> set[str]:
    """Gather the Chinese words by which persons know the things of the domain."""
    known = shipped()
    shared = known.shared
    return {
        *(process.title for process in known.processes.values()),
        *(process.name for process in known.processes.values()),
        *(start.label for process in known.processes.values() for start in process.starts),
        *(kind.title for kind in known.documents.values()),
        *(kind.label for kind in shared.records.values()),
        *(role.label for role in shared.roles.values()),
        *(message.label for message in shared.messages.values()),
        *(series.label for series in shared.series.values()),
        *(organisation["name"] for organisation in (shared.office or {})["organisations"]),
        *(person["name"] for person in (shared.office or {})["people"]),
    } - {""}


#: Keys that are plain English words which the server uses in their plain sense.
PLAIN_ENGLISH = {
    "copy": "another one of the same",
    "designer": "who draws diagrams: the reader of the messages of content and engine",
    "inspection": "looking at a template before it is used",
    "lead": "to lead somewhere; a CSS class of the first paragraph",
    "public": "not internal; a folder of a font package",
    "reply": "the answer to any letter",
    "unit": "what an amount is counted in",
}
#: Titles that are plain Chinese words which any office software shows.
PLAIN_CHINESE = {
    "抄送": "to send somebody a copy",
    "系统管理员": "who looks after the server, whatever runs on it",
}
#: Columns of the rule table, degrees of secrecy: plain words that are names of the server's own.
FIELD_NAMES = {"public", "unit"}


def lines_with(pattern: re.Pattern[str], path: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def one_of(words: set[str], *, whole: bool) -> re.Pattern[str]:
    joined = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    edges = r"(?<![A-Za-z0-9_])(?:{})(?![A-Za-z0-9_])" if whole else "(?:{})"
    return re.compile(edges.format(joined))


@cache
def words_of_keys() -> re.Pattern[str]:
    return one_of(identifiers() - set(PLAIN_ENGLISH), whole=True)


@cache
def words_of_titles() -> re.Pattern[str]:
    return one_of(titles() - set(PLAIN_CHINESE), whole=False)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_of_the_server_names_nothing_of_the_content(path: Path) -> None:
    assert lines_with(words_of_keys(), path) == []
    assert lines_with(words_of_titles(), path) == []


@pytest.mark.parametrize(
    "path",
    [path for path in sources() if path.suffix == ".py"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_plain_word_is_no_key_in_the_code(path: Path) -> None:
    """What reads as English may be said, but `kind == "lead"` is knowledge of the content."""
    words = "|".join(sorted(set(PLAIN_ENGLISH) - FIELD_NAMES))
    assert lines_with(re.compile(f"""(["'])(?:{words})\\1"""), path) == []


def test_the_words_come_from_the_content() -> None:
    assert len(identifiers()) > 20
    assert len(titles()) > 20


def test_the_excepted_words_are_still_words_of_the_content() -> None:
    assert set(PLAIN_ENGLISH) <= identifiers()
    assert set(PLAIN_CHINESE) <= titles()
    assert set(PLAIN_ENGLISH) >= FIELD_NAMES


def test_the_guard_would_find_a_word(tmp_path: Path) -> None:
    word = min(shipped().processes)
    (tmp_path / "x.py").write_text(f'key = "{word}"\nother = "{word}s"\n')
    found = [
        line
        for line in (tmp_path / "x.py").read_text().splitlines()
        if one_of({word}, whole=True).search(line)
    ]
    assert found == [f'key = "{word}"']
