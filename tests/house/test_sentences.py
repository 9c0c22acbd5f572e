"""Guards of what persons are told: refusals speak Chinese first, rights have a name, links lead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow_server.errors import Forbidden
from workflow_server.rules.access import Right
from workflow_server.services import access
from workflow_server.services.actors import Actor
from workflow_server.store.types import new_id

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workflow_server"

#: Signs or punctuation: a sentence may begin with what was found out elsewhere, in Chinese.
CHINESE = re.compile(r"[\u4e00-\u9fff。：]")

LINK = re.compile(r"(?<=\]\()[^)\s]+|(?<=<img src=\")[^\"]+")
FENCED = re.compile(r"^ *```.*?^ *```$", re.S | re.M)
HEADING = re.compile(r"^#+ (.+)$", re.M)

#: Raised with words that no person reads, or that the door puts in Chinese. Say why here.
INTERNAL = {
    # What is not there and what may not be seen are told alike: the title stands before both.
    "NotFound",
    # Tried again by the job that carries the letter.
    "CameTogether",
    # Told at the start, to who runs the server.
    "SettingRefused",
    # The door makes it a 429 with the seconds to wait.
    "TryLater",
    # Puts its Chinese sentence before the reason.
    "_away",
    # marshmallow's own, in the words of its field.
    "self.make_error",
    # Python's own: a mistake in the code, not a refusal.
    "AssertionError",
    "LookupError",
    "TypeError",
    "ValueError",
    "RuntimeError",
}


def _raised() -> Iterator[tuple[str, ast.Call]]:
    for floor in ("store", "services", "api"):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.exc


def _words(call: ast.Call) -> str:
    """Return the literal words of the sentence itself, not of the faults beside it."""
    return "".join(
        part.value
        for part in (ast.walk(call.args[0]) if call.args else ())
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_every_refusal_written_out_speaks_chinese_first() -> None:
    silent = []
    for place, call in _raised():
        words = _words(call).strip()
        if ast.unparse(call.func) in INTERNAL or not re.search(r"[A-Za-z]{3}.* ", words):
            continue
        chinese, english = CHINESE.search(words), re.search(r"\bExpected\b", words)
        if chinese is None or (english is not None and english.start() < chinese.start()):
            silent.append(f"{place} {words}")
    assert silent == []


def test_the_guard_finds_refusals_to_look_at() -> None:
    assert sum(ast.unparse(call.func) not in INTERNAL for _, call in _raised()) > 100


@pytest.mark.parametrize("right", list(Right))
def test_who_lacks_a_right_is_told_its_name(right: Right) -> None:
    assert CHINESE.search(access.without(right).message)


@pytest.mark.parametrize("kind", ["system", "security", "audit"])
def test_who_is_no_such_administrator_is_told_who_is(kind: str) -> None:
    nobody = Actor(person_id=new_id(), name="无关人员")
    with pytest.raises(Forbidden, match=r"^只有.+可以这样做。 Expected"):
        access.check_administers(nobody, kind)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    lost = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
        if not _leads(page, target)
    ]
    assert lost == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        text = FENCED.sub("", page.read_text(encoding="utf-8"))
        targets = [each.partition("#")[0] for each in LINK.findall(text) if "://" not in each]
        found = [(page.parent / each).resolve() for each in targets if each]
        waiting += [each for one in found for each in ([one] if one.is_file() else one.rglob("*"))]
    lost = set((ROOT / "docs").rglob("*.md")) - reached
    assert {str(page.relative_to(ROOT)) for page in lost} == set()


def _leads(page: Path, target: str) -> bool:
    if "://" in target or target.startswith("mailto:"):
        return True
    path, _, part = target.partition("#")
    wanted = (page.parent / path).resolve() if path else page
    if not wanted.exists() or not part:
        return wanted.exists()
    return part in {_anchor(each) for each in HEADING.findall(wanted.read_text(encoding="utf-8"))}


def _anchor(heading: str) -> str:
    """Return what a page's heading is called in a link, as code hosts make it."""
    bare = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", bare).strip().replace(" ", "-")
