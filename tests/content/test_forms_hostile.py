"""Whatever JSON comes in, a check answers; it never raises and never lets a stranger in."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.form_building import check, faults, form, rows, text

EVERYTHING = form(
    text("t", validate={"required": True, "pattern": r"^\w+$"}),
    {"type": "textarea", "key": "a", "conditional": {"hide": "=n > 3"}},
    {"type": "number", "key": "n", "validate": {"min": "=k"}},
    {"type": "number", "key": "k", "serializeToString": True},
    {"type": "datetime", "key": "d", "subtype": "datetime", "disallowPassedDates": True},
    {"type": "datetime", "key": "h", "subtype": "time"},
    {"type": "select", "key": "s", "values": ["x", "y", 1, True]},
    {"type": "taglist", "key": "g", "valuesExpression": "=this.tags"},
    {"type": "checkbox", "key": "b", "validate": {"required": "=s = \"x\""}},
    {"type": "filepicker", "key": "f", "multiple": True},
    {"type": "group", "path": "o", "components": [text("t", conditional={"hide": "=b"})]},
    rows(
        {"type": "number", "key": "n"},
        {"type": "expression", "key": "e", "expression": "=this.n * 2"},
        rows(text("t", readonly="=this.t = \"ro\""), path="inner"),
    ),
    {"type": "expression", "key": "sum", "expression": "=sum(rows.e)"},
    properties={"rules": [{"when": "=sum > 5", "field": "rows", "message": "太多"}]},
)  # fmt: skip
NAMES = st.sampled_from(
    [*"tankdhsgbfo", "rows", "inner", "e", "sum", "x", "__proto__", "_schema", ""]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["x", "2026-01-01T10:00", "10:00", "2026-01-01", "ro", "\ud800", "\x00"])
)  # fmt: skip
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)  # fmt: skip
ROW = st.dictionaries(NAMES, JSON, max_size=4)
NEAR = st.fixed_dictionaries(
    {}, optional={"t": JSON, "n": JSON, "rows": st.lists(ROW, max_size=3), "o": ROW, "x": JSON}
)


def known(answers, names):
    for key, value in answers.items():
        assert key in names, key
        if key == "o":
            known(value, {"t"})
        if key == "rows":
            for row in value:
                known(row, {"n", "e", "inner"})
                for inner in row.get("inner", []):
                    known(inner, {"t"})


@given(JSON | NEAR)
@settings(max_examples=200, deadline=None)
def test_a_check_always_answers_and_keeps_only_what_the_form_knows(answers):
    checked = check(EVERYTHING, answers)
    assert checked.faults or checked.answers
    assert not (checked.faults and checked.answers)
    assert all(f.pointer.startswith("#/answers") and f.detail for f in checked.faults)
    known(checked.answers, {*"tankdhsgbfo", "rows", "sum"})


@pytest.mark.parametrize("answers", [None, [], "x", 7, {1: 2}, {"a": {("x",): 1}}, {"t": b"x"}])
def test_what_is_no_json_object_is_told(answers):
    assert faults(form(text()), answers)


def test_ten_megabytes_of_text_are_refused_at_once():
    before = time.process_time()
    assert "答案太大" in faults(form(text()), {"title": "字" * 3_500_000})["#/answers"]
    assert time.process_time() - before < 0.5


def test_deep_nesting_is_told():
    deep = []
    for _ in range(5_000):
        deep = [deep]
    assert list(faults(form(text()), {"title": deep})) == ["#/answers"]


def test_many_faults_are_cut_short():
    found = check(form(text()), {f"k{i}": 1 for i in range(10_000)})
    assert len(found.faults) == 100


def test_many_rows_with_formulas_stay_within_bounds():
    compiled = form(rows({"type": "number", "key": "n", "conditional": {"hide": "=this.n > 1"}}))
    assert check(compiled, {"rows": [{"n": i} for i in range(200)]}).faults == ()


def test_what_a_person_types_is_never_read_as_feel():
    compiled = form(text(), {"type": "expression", "key": "e", "expression": "=title"})
    kept = check(compiled, {"title": "=1 + 1"}).answers
    assert kept == {"title": "=1 + 1", "e": "=1 + 1"}
