"""Decisions that loop, allocate, or use the names of JavaScript hurt nobody but themselves."""

from __future__ import annotations

import time

import pytest

from tests.dmn.dmn_building import decision, given, knowledge, literal, model, needs, table
from workflow_server import feel
from workflow_server.content import decisions
from workflow_server.errors import InvalidInput

FOREVER = "count(for i in 1..1000000000 return i)"
RECURSION = (
    "<context><contextEntry><variable name='f'/><functionDefinition>"
    "<formalParameter name='g'/><formalParameter name='n'/>" + literal("g(g, n + 1)") +
    "</functionDefinition></contextEntry><contextEntry>" + literal("f(f, 1)") +
    "</contextEntry></context>"
)  # fmt: skip


@pytest.mark.parametrize(
    "logic",
    [
        literal(FOREVER),
        RECURSION,
        table(["1"], ([f"{FOREVER} > 1"], ["1"])),
        table([FOREVER], (["-"], ["1"])),
        "<list>" + literal(f"for i in 1..1000 return {FOREVER}") * 5 + "</list>",
        literal(
            'string join(for i in 1..100000 return string join(for j in 1..1000 return "abc"))'
        ),
    ],
)
def test_it_is_stopped_and_the_next_decision_works(logic: str) -> None:
    found = decisions.parse(model(decision("d", logic)))["d"]
    before = time.process_time()
    with pytest.raises(feel.FeelError, match="too"):
        decisions.decide(found, {}, None)
    assert time.process_time() - before < 8
    assert decisions.decide(decisions.parse(model(decision("d", literal("1"))))["d"], {}, None) == 1


@pytest.mark.parametrize("name", ["constructor", "toString", "hasOwnProperty", "valueOf"])
def test_names_of_javascript_are_only_names(name: str) -> None:
    data = model(
        given(name),
        decision("d", literal(name), needs(name)),
        decision("called", literal(f'{name}("return 1")'), needs(name)),
    )
    found = decisions.parse(data)
    assert decisions.decide(found["d"], {}, None) is None
    assert decisions.decide(found["d"], {name: 5}, None) == 5
    assert decisions.decide(found["called"], {}, None) is None


def test_parts_of_types_are_only_names() -> None:
    person = (
        '<itemDefinition name="tPerson"><itemComponent name="constructor">'
        "<typeRef>string</typeRef></itemComponent></itemDefinition>"
    )
    data = model(person, given("p", "tPerson"), decision("d", literal("p.constructor"), needs("p")))
    found = decisions.parse(data)["d"]
    assert decisions.decide(found, {"p": {}}, None) is None
    assert decisions.decide(found, {"p": {"constructor": "Ann"}}, None) == "Ann"


def test_a_function_is_no_answer() -> None:
    data = model(
        knowledge("k", literal("x"), "x"), decision("d", literal("k"), needs("k", "Knowledge"))
    )
    with pytest.raises(InvalidInput, match="function"):
        decisions.decide(decisions.parse(data)["d"], {}, None)


def test_a_large_answer_is_refused() -> None:
    found = decisions.parse(
        model(given("x"), decision("d", literal("[x, x, x, x, x]"), needs("x")))
    )
    with pytest.raises(feel.FeelError, match="too large"):
        decisions.decide(found["d"], {"x": "x" * 1_000_000}, None)
