"""A class of data stays with a record, whichever process writes it and whichever reads it."""

from __future__ import annotations

from tests.content.test_lineage_of_calls import FORM, PHONE, process
from workflow_server.content import lineage
from workflow_server.content.elements import (
    ElementExtensions,
    NamedValue,
    Operation,
    Output,
    ProcessExtensions,
    RecordEffect,
)
from workflow_server.content.forms import parse
from workflow_server.content.lineage import Lineage
from workflow_server.content.shared import Field, RecordKind

KIND = RecordKind(
    key="lead",
    label="l",
    series=None,
    fields={
        "tel": Field("tel", "t", "text", data_class="phone"),
        "note": Field("note", "n", "text"),
    },
    states=(),
)


def traced(*processes: ProcessExtensions) -> dict[str, Lineage]:
    """Return their lineages, with a kind of record one of whose fields is classed."""
    forms = {"a/f": parse("a/f", FORM)}
    return lineage.trace({each.process_id: each for each in processes}, forms, {"lead": KIND})


def reading(kind: str = "lead") -> ElementExtensions:
    """Read a record whoever opened it."""
    given = (NamedValue("id", "=id"), NamedValue("kind", kind))
    return ElementExtensions(
        *("read", "serviceTask", "", 1), operation=Operation("read_record", "found", given)
    )


COPY = ElementExtensions(
    *("copy", "userTask", "", 1), outputs=(Output("kept", "=found.tel"), Output("n", "=found.note"))
)


def test_what_is_read_keeps_the_classes_of_its_kind() -> None:
    found = traced(process("p", reading(), COPY))
    assert found["p"].facts["found"]["tel"] == PHONE
    assert found["p"].facts["kept"][""] == PHONE
    assert "n" not in found["p"].facts


def test_where_the_kind_is_an_expression_any_may_be_read() -> None:
    assert traced(process("p", reading("=which")))["p"].facts["found"]["tel"] == PHONE


def test_what_one_process_writes_another_reads_with_its_class() -> None:
    write = ElementExtensions(
        *("ask", "userTask", "", 1),
        form="a/f",
        effects=(
            RecordEffect("update", "lead", of="=id", fields=(NamedValue("note", "=this.phone"),)),
        ),
    )
    found = traced(process("p", write), process("q", reading(), COPY))
    assert found["q"].records["lead"]["note"] == PHONE
    assert found["q"].facts["n"][""] == PHONE
