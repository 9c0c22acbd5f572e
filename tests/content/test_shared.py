"""Shared content and document kinds: what is read, and where a refusal points."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from workflow_server.content import bundle, documents, shared
from workflow_server.content.refusals import ContentRefused
from workflow_server.content.shared import (
    Field,
    MessageType,
    Option,
    RecordKind,
    Relation,
    Role,
    Series,
)


def sealed(files: Mapping[str, Any]) -> bundle.Bundle:
    return bundle.from_files(
        {
            path: data if isinstance(data, bytes) else json.dumps(data).encode()
            for path, data in files.items()
        }
    )


def read(name: str, data: Any) -> shared.Shared:
    return shared.read(sealed({f"bpmn/_shared/{name}": data}))


def refusals(name: str, data: Any) -> dict[str, str]:
    _, faults = shared.read_with_faults(sealed({f"bpmn/_shared/{name}": data}))
    return {fault.pointer.removeprefix("bpmn/_shared/"): fault.detail for fault in faults}


def table(*rows: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="deadlines" name="d"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1"><inputExpression id="e1"><text>region</text></inputExpression></input>
<input id="i2"><inputExpression id="e2"><text>rule</text></inputExpression></input>
<input id="i3"><inputExpression id="e3"><text>date(day)</text></inputExpression></input>
<output id="o1" name="amount" typeRef="number"/><output id="o2" name="unit" typeRef="string"/>
{"".join(rows)}</decisionTable></decision></definitions>""".encode()


def row(number: int, *cells: str) -> str:
    entries = [
        f'<{"in" if index < 3 else "out"}putEntry id="r{number}_{index}"><text>{cell}</text>'
        f"</{'in' if index < 3 else 'out'}putEntry>"
        for index, cell in enumerate(cells)
    ]
    return f'<rule id="r{number}">{"".join(entries)}</rule>'


RULES = table(
    row(1, '"33"', '"R-1"', "-", "10", '"day"'),
    row(2, "-", '"R-1"', '&gt;= date("2025-01-01")', "3", '"month"'),
    row(3, "-", '"R-1"', "-", "2", '"month"'),
    row(4, "-", '"R-2", "R-3"', "-", "5", '"workday"'),
)


def test_everything_shared_is_read_by_key() -> None:
    found = shared.read(
        sealed(
            {
                "bpmn/_shared/roles.json": {
                    "roles": [{"key": "clerk", "label": "经办人", "party": "office"}]
                },
                "bpmn/_shared/records.json": {
                    "kinds": [
                        {
                            "key": "permit",
                            "label": "许可",
                            "series": "permit_no",
                            "fields": [
                                {"key": "street", "label": "街道", "type": "text"},
                                {
                                    "key": "size",
                                    "label": "大小",
                                    "type": "choice",
                                    "vocabulary": "sizes",
                                    "class": "internal",
                                },
                            ],
                            "states": ["新", "办结"],
                        }
                    ]
                },
                "bpmn/_shared/series.json": {
                    "series": [{"key": "permit_no", "label": "号", "pattern": "{year}-{n}"}]
                },
                "bpmn/_shared/messages.json": {
                    "types": [
                        {"key": "M-A", "label": "甲", "from": "office", "to": ["unit", "office"]}
                    ]
                },
                "bpmn/_shared/vocabularies.json": {
                    "vocabularies": {"sizes": [{"value": "s", "label": "小"}]}
                },
                "bpmn/_shared/relations.json": {"relations": [{"key": "of", "label": "属于"}]},
                "bpmn/_shared/office.json": {"organisations": []},
                "bpmn/_shared/scenarios/one.json": {"steps": []},
                "bpmn/_shared/deadlines.dmn": RULES,
            }
        )
    )
    assert found.roles == {"clerk": Role("clerk", "经办人", "office")}
    assert found.parties == {"office"}
    fields = {
        "street": Field("street", "街道", "text"),
        "size": Field("size", "大小", "choice", "sizes", "internal"),
    }
    assert found.records == {
        "permit": RecordKind("permit", "许可", "permit_no", fields, ("新", "办结"))
    }
    assert found.series == {"permit_no": Series("permit_no", "号", "{year}-{n}")}
    assert found.messages == {"M-A": MessageType("M-A", "甲", ("office",), ("unit", "office"))}
    assert found.vocabularies == {"sizes": (Option("s", "小"),)}
    assert found.relations == {"of": Relation("of", "属于")}
    assert (found.office, found.scenarios) == ({"organisations": []}, {"one": {"steps": []}})
    assert found.rule_codes == {"R-1", "R-2", "R-3"}


def test_nothing_shared_is_fine() -> None:
    found = shared.read(sealed({"forms/a.json": {}}))
    assert (found.roles, found.rules, found.office) == ({}, None, None)
    assert found.rule("R-1", None, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("code", "region", "day", "amount"),
    [
        ("R-1", "33", date(2026, 1, 1), 10),
        ("R-1", "11", date(2026, 1, 1), 3),
        ("R-1", None, date(2025, 1, 1), 3),
        ("R-1", "11", date(2024, 12, 31), 2),
        ("R-3", "11", date(2024, 12, 31), 5),
    ],
)
def test_a_rule_is_the_row_in_force_in_the_region_on_the_day(
    code: str, region: str | None, day: date, amount: int
) -> None:
    found = read("deadlines.dmn", RULES).rule(code, region, day)
    assert found is not None
    assert found["amount"] == amount


def test_a_rule_that_nobody_wrote_is_none() -> None:
    assert read("deadlines.dmn", RULES).rule("R-9", None, date(2026, 1, 1)) is None


def test_a_rule_is_resolved_once_per_region_and_day(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read("deadlines.dmn", RULES)
    first = found.rule("R-1", "33", date(2026, 1, 1))
    monkeypatch.setattr(shared.decisions, "decide", None)
    assert found.rule("R-1", "33", date(2026, 1, 1)) is first


NAMED = {"key": "a", "label": "b"}


def roles(**changes: Any) -> dict[str, Any]:
    return {"roles": [{**NAMED, "party": "c", **changes}]}


def kinds(**changes: Any) -> dict[str, Any]:
    return {"kinds": [{**NAMED, **changes}]}


def types(**changes: Any) -> dict[str, Any]:
    return {"types": [{**NAMED, "from": "c", **changes}]}


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("roles.json", roles(party=None), "#/roles/0/party"),
        ("roles.json", roles(key="A b"), "#/roles/0/key"),
        ("roles.json", roles(key=[]), "#/roles/0/key"),
        ("roles.json", roles(colour="red"), "#/roles/0/colour"),
        ("roles.json", {"roles": [7]}, "#/roles/0"),
        ("roles.json", {"roles": {}}, "#/roles"),
        ("roles.json", {}, "#/roles"),
        ("roles.json", {"roles": [], "rolls": []}, "#/rolls"),
        ("roles.json", [], "#"),
        ("roles.json", b"{", ":1"),
        ("roles.json", b"\xff", ""),
        ("roles.json", b'{"roles": [], "roles": []}', ""),
        ("roles.json", b"[" * 100_000, ""),
        ("records.json", kinds(states=[1]), "#/kinds/0/states/0"),
        ("records.json", kinds(states="x"), "#/kinds/0/states"),
        ("records.json", kinds(fields=[{**NAMED, "type": "blob"}]), "#/kinds/0/fields/0/type"),
        ("series.json", {"series": [{**NAMED, "pattern": " "}]}, "#/series/0/pattern"),
        ("messages.json", types(), "#/types/0/to"),
        ("messages.json", types(to=1), "#/types/0/to"),
        ("vocabularies.json", {"vocabularies": {"a/b": [1]}}, "#/vocabularies/a~1b/0"),
        ("vocabularies.json", {"vocabularies": []}, "#/vocabularies"),
        ("relations.json", {"relations": [{"key": "of"}]}, "#/relations/0/label"),
        ("office.json", [], "#"),
        ("scenarios/x.json", 1, "#"),
        ("surprise.json", {}, ""),
    ],
)
def test_a_refusal_names_file_and_place(name: str, data: Any, place: str) -> None:
    assert list(refusals(name, data)) == [f"{name}{place}"]


def test_a_key_that_occurs_twice_is_refused() -> None:
    one = {"key": "a", "label": "b", "party": "c"}
    assert "两次" in refusals("roles.json", {"roles": [one, one]})["roles.json#/roles/1/key"]


def test_a_rule_table_that_is_no_table_is_refused() -> None:
    (pointer,) = refusals("deadlines.dmn", b"<x/>")
    assert pointer.startswith("deadlines.dmn:1")


def test_there_is_one_rule_table() -> None:
    two = RULES.replace(b"</definitions>", RULES[RULES.index(b"<decision ") :])
    two = two.replace(b'id="deadlines" name="d"', b'id="others" name="e"', 1)
    assert "一个决策表" in " ".join(refusals("deadlines.dmn", two).values())


def test_all_refusals_come_at_once() -> None:
    with pytest.raises(ContentRefused) as caught:
        read("roles.json", {"roles": [{}, {"key": "a"}]})
    assert len(caught.value.faults) == 5


LETTER = {
    "title": "函",
    "layout": "letter",
    "series": "letter_no",
    "required": [{"part": "正文", "value": "=body", "message": "请填写正文"}],
    "data": {"body": "=body"},
    "seal": True,
    "filename": "=title",
}


def letter(**changes: Any) -> dict[str, Any]:
    return {
        "documents/letter/document.json": {**LETTER, **changes},
        "documents/letter/template.html": b"<p></p>",
        "documents/letter/own.css": b"",
        "documents/base/letter.css": b"p {}",
    }


def document_refusals(files: Mapping[str, Any]) -> list[str]:
    return [fault.pointer for fault in documents.read_with_faults(sealed(files))[1]]


def test_a_document_kind_has_its_description_and_its_files() -> None:
    kind = documents.read(sealed(letter()))["letter"]
    assert (kind.title, kind.layout, kind.series, kind.seal) == ("函", "letter", "letter_no", True)
    assert kind.required == (documents.RequiredPart("正文", "=body", "请填写正文"),)
    assert (kind.data, kind.filename) == ({"body": "=body"}, "=title")
    assert set(kind.files) == {"template.html", "own.css", "base/letter.css"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"layout": "poster"}, "#/layout"),
        ({"title": ""}, "#/title"),
        ({"seal": "yes"}, "#/seal"),
        ({"data": {"a": 1}}, "#/data/a"),
        ({"data": []}, "#/data"),
        ({"required": [{"part": "a", "value": "=a"}]}, "#/required/0/message"),
        ({"colour": "red"}, "#/colour"),
    ],
)
def test_a_document_refusal_names_its_place(changes: dict[str, Any], pointer: str) -> None:
    assert document_refusals(letter(**changes)) == [f"documents/letter/document.json{pointer}"]


def test_a_document_needs_a_template_a_description_and_a_plain_name() -> None:
    assert document_refusals({"documents/a/own.css": b""}) == [
        "documents/a/template.html",
        "documents/a/document.json",
    ]
    odd = {path.replace("letter/", "a-b/"): data for path, data in letter().items()}
    assert "documents/a-b" in document_refusals(odd)
    with pytest.raises(ContentRefused):
        documents.read(sealed({"documents/a/own.css": b""}))


LEDGER: Mapping[str, Any] = {
    "key": "permits",
    "label": "许可台账",
    "kind": "permit",
    "parties": ["office"],
    "roles": ["clerk"],
    "columns": ["number", "street"],
    "filters": ["state", "text"],
}


def test_a_ledger_is_read_as_declared() -> None:
    found = read("ledgers.json", {"ledgers": [LEDGER]}).ledgers["permits"]
    assert found.columns == ("number", "street")
    assert found.is_for("office", "anybody")
    assert found.is_for("other", "clerk")
    assert not found.is_for("other", "anybody")


def test_a_ledger_for_nobody_in_particular_is_everybodys() -> None:
    plain = {name: LEDGER[name] for name in ("key", "label", "kind", "columns")}
    assert read("ledgers.json", {"ledgers": [plain]}).ledgers["permits"].is_for("x", "y")


def test_a_ledger_of_no_shape_is_refused_where_it_stands() -> None:
    wrong = {**LEDGER, "columns": [], "filters": "text", "colour": "red"}
    assert set(refusals("ledgers.json", {"ledgers": [wrong, LEDGER]})) == {
        "ledgers.json#/ledgers/0/colour",
        "ledgers.json#/ledgers/0/columns",
        "ledgers.json#/ledgers/0/filters",
        "ledgers.json#/ledgers/1/key",
    }
