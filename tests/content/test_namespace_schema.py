"""The schema for other tools and the grammar of our reader refuse and accept the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from workflow_server.content.extensions import grammar_faults
from workflow_server.content.grammar import NAMESPACE, WORDS, Type

SCHEMA = etree.XMLSchema(
    etree.parse(Path(__file__).parents[2] / "docs" / "extension-namespace.xsd")
)
GOOD = {
    "text": "中文 words",
    "key": "some_key1",
    "name": "Some_name",
    "path": "list_a.name_b",
    "id": "Activity_1.a-b",
    "ids": "Activity_a Activity_b",
    "formKey": "folder/form-1",
    "messageType": "M-LEAD-2",
    "offset": "-P15D",
    "keys": "phone id_number",
    "when": "enter",
    "access": "hidden",
    "strategy": "task",
    "level": "2",
    "until": "top",
    "signals": "called",
    "onEmpty": "role",
    "selfRule": "exclude",
    "recordOperation": "open",
    "deadlineOperation": "stop",
    "endedAs": "cancelled",
    "moment": "issue",
}
TRIED = (
    "", " ", "\t\n", "\u3000", "a", "A", "_", "a_1", "1a", "a-b", "a.b", "a..b", ".a",
    "a b", "a  b", " a", "a ",
    "ä", "文", "a/b", "a/b/c", "/a", "a/", "A/b", "M", "M-A", "M-", "M-a", "m-A", "MA1-2", "P1D",
    "-P1D", "P1W", "PT5H", "P1DT2H", "P", "PT", "P1M", "P٣D", "enter", "leave", "Enter", "read",
    "write", "hidden", "required", "role", "task", "person", "open", "update", "close", "start",
    "stop", "extend", "cancelled", "draft", "issue", "serve", "none", "department", "group", "top",
    "incident", "exclude", "head_above", "1", "12", "0", "100", "1.5", "=", "=a.b", "=\"x\"\n+ 1",
    "true",
)  # fmt: skip


def element(name: str, attributes: dict[str, str]) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", attributes)


def full(name: str) -> etree._Element:
    word = WORDS[name]
    kinds = {**word.required, **word.optional}
    return element(name, {key: GOOD[kind.name] for key, kind in kinds.items()})


def with_children(name: str) -> etree._Element:
    made = full(name)
    for child in WORDS[name].children:
        made.append(full(child))
    return made


def reader_accepts(made: etree._Element) -> bool:
    word = WORDS.get(etree.QName(made).localname)
    return word is not None and not list(grammar_faults(made, word))


def agree(made: etree._Element) -> bool:
    """Both must say the same of the element as a file would hold it; return what they say."""
    read = etree.fromstring(etree.tostring(made))
    verdict = reader_accepts(read)
    assert SCHEMA.validate(read) is verdict, etree.tostring(made, encoding="unicode")
    return verdict


def slots() -> Iterator[tuple[str, str, Type]]:
    for name, word in WORDS.items():
        for key, kind in {**word.required, **word.optional}.items():
            yield name, key, kind


@pytest.mark.parametrize("name", WORDS)
def test_a_full_element_is_accepted_by_both(name: str) -> None:
    assert agree(with_children(name))


@pytest.mark.parametrize("name", WORDS)
def test_an_element_without_its_optional_attributes_is_accepted_by_both(name: str) -> None:
    kinds = WORDS[name].required
    assert agree(element(name, {key: GOOD[kind.name] for key, kind in kinds.items()}))


@pytest.mark.parametrize("name", WORDS)
def test_an_attribute_nobody_declared_is_refused_by_both(name: str) -> None:
    made = full(name)
    made.set("surprise", "1")
    assert not agree(made)


@pytest.mark.parametrize("name", WORDS)
def test_a_missing_required_attribute_is_refused_by_both(name: str) -> None:
    for key in WORDS[name].required:
        made = full(name)
        del made.attrib[key]
        assert not agree(made)


def test_both_judge_every_text_in_every_attribute_alike() -> None:
    verdicts = []
    for name, key, _ in slots():
        for text in TRIED:
            made = full(name)
            made.set(key, text)
            verdicts.append(agree(made))
    assert True in verdicts
    assert False in verdicts


def test_both_judge_every_child_in_every_element_alike() -> None:
    accepted = set()
    for name in WORDS:
        for child in WORDS:
            made = full(name)
            made.append(full(child))
            if agree(made):
                accepted.add((name, child))
    assert accepted == {
        ("record", "field"),
        ("message", "payload"),
        ("message", "enclose"),
        ("operation", "parameter"),
        ("call", "parameter"),
    }


def test_children_of_a_message_may_come_in_any_order() -> None:
    made = full("message")
    for child in ("enclose", "payload", "enclose", "payload"):
        made.append(full(child))
    assert agree(made)


@pytest.mark.parametrize("name", WORDS)
def test_text_and_strange_children_are_refused_by_both(name: str) -> None:
    texted = full(name)
    texted.text = "hello"
    assert not agree(texted)
    strange = full(name)
    strange.append(etree.Element("{urn:other}thing"))
    assert not agree(strange)


@pytest.mark.parametrize("name", WORDS)
def test_attributes_of_other_namespaces_are_left_alone_by_both(name: str) -> None:
    made = full(name)
    made.set("{urn:other}colour", "red")
    assert agree(made)
    made.set(f"{{{NAMESPACE}}}extra", "red")
    assert not agree(made)


def test_an_element_nobody_declared_is_refused_by_both() -> None:
    assert not agree(element("surprise", {}))
