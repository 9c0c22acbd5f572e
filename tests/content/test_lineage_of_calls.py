"""A class of data goes with a value into called processes and iterations, and comes back."""

from __future__ import annotations

from dataclasses import replace

from workflow_server.content import lineage
from workflow_server.content.elements import (
    ElementExtensions,
    Loop,
    NamedValue,
    Output,
    ProcessExtensions,
)
from workflow_server.content.forms import parse
from workflow_server.content.lineage import Lineage

FORM = b"""{"type": "default", "id": "Form_f", "schemaVersion": 18, "components": [
 {"type": "textfield", "id": "f1", "key": "phone", "label": "p", "properties": {"class": "phone"}},
 {"type": "textfield", "id": "f2", "key": "title", "label": "t"}]}"""
PHONE = frozenset({"phone"})


def process(key: str, *elements: ElementExtensions) -> ProcessExtensions:
    """Return a process of these elements."""
    named = {each.id: each for each in elements}
    return ProcessExtensions(key, key, f"{key}.bpmn", 1, key, None, elements=named)


def traced(*processes: ProcessExtensions) -> dict[str, Lineage]:
    """Return their lineages, with a form that asks for a phone number."""
    forms = {"a/f": parse("a/f", FORM)}
    return lineage.trace({each.process_id: each for each in processes}, forms, {})


ASK = ElementExtensions(
    "ask", "userTask", "", 1, form="a/f", outputs=(Output("number", "=this.phone"),)
)


def test_a_class_goes_into_what_is_called_and_comes_back() -> None:
    call = ElementExtensions(
        *("call", "callActivity", "", 1),
        called="q",
        call=(NamedValue("given", "=number"),),
        outputs=(Output("back", "=this.kept"), Output("said", "=results.call[-1].told")),
    )
    copied = ElementExtensions(
        *("copy", "userTask", "", 1),
        outputs=(Output("kept", "=given"), Output("told", '="Tel. " + given')),
    )
    found = traced(process("p", ASK, call), process("q", copied))
    assert found["q"].facts["given"][""] == PHONE
    assert found["p"].facts["back"][""] == PHONE
    assert found["p"].facts["said"][""] == PHONE
    assert found["p"].made_of("=this.told + 1", "call") == PHONE


def test_a_class_goes_with_each_item_and_into_the_list_of_results() -> None:
    loop = Loop("multi", items="=answers.ask", item="one", result="one.phone", into="all")
    each = ElementExtensions("each", "userTask", "", 1, loop=loop)
    found = traced(process("p", ASK, each))
    assert found["p"].facts["one"]["phone"] == PHONE
    assert found["p"].facts["all"][""] == PHONE


def test_a_class_goes_into_data_objects_and_out_of_them() -> None:
    held = (Output("Draft", "=this"), Output("Told", '="Tel. " + this.phone'))
    ask = replace(ASK, outputs=(), data=held)
    copied = ElementExtensions(
        *("copy", "userTask", "", 1), outputs=(Output("number", "=data.Draft.phone"),)
    )
    found = traced(process("p", ask, copied))["p"]
    assert found.facts["number"][""] == PHONE
    assert found.of("=data.Draft.title") == {}
    assert found.made_of("=data.Told") == PHONE


def test_what_is_not_classed_stays_open() -> None:
    call = ElementExtensions(
        "call",
        "callActivity",
        "",
        1,
        called="q",
        call=(NamedValue("given", "=answers.ask[1].title"),),
    )
    found = traced(process("p", ASK, call), process("q"))
    assert found["q"].marks == frozenset()
    assert found["p"].results["call"] == {}
