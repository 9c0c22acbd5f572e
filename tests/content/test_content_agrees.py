"""Shared content, documents and forms agree with each other and with what names them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.content.content_building import (
    DOCUMENT,
    FORM,
    MESSAGE,
    SEND,
    SHARED,
    diagram,
    faults,
    judge,
    node,
)


@pytest.mark.parametrize(
    ("file", "data", "says"),
    [
        ("records", {"kinds": [{**SHARED["records"]["kinds"][0], "series": "x"}]}, "“x”"),
        ("records", {"kinds": [{**SHARED["records"]["kinds"][0], "states": ["新", "新"]}]}, "两次"),
        ("series", {"series": [{"key": "permit_no", "label": "号", "pattern": "{n}"}]}, "{year}"),
        ("messages", {"types": [{"key": "M-A", "label": "甲", "from": "x", "to": "town"}]}, "“x”"),
        ("office", {"positions": ["x"]}, "应当是一个对象"),
        ("office", {"people": {}}, "须是列表"),
    ],
)
def test_shared_content_must_agree_with_itself(file: str, data: Any, says: str) -> None:
    found = faults(files={f"bpmn/_shared/{file}.json": data})
    assert found[0].startswith(f"bpmn/_shared/{file}.json#/")
    assert says in found[0]


def test_the_vocabulary_of_a_field_must_exist() -> None:
    field = {"key": "street", "label": "街道", "type": "choice", "vocabulary": "x"}
    kind = {**SHARED["records"]["kinds"][0], "fields": [field]}
    assert "没有“x”" in faults(files={"bpmn/_shared/records.json": {"kinds": [kind]}})[0]


def test_a_message_that_starts_a_process_must_be_awaited_there() -> None:
    types = {**SHARED["messages"]["types"][0], "starts": "one"}
    messages = {"bpmn/_shared/messages.json": {"types": [types]}}
    assert "没有由它触发的消息开始事件" in faults(files=messages)[0]
    assert faults(node("startEvent", "", MESSAGE), files=messages) == []
    types["starts"] = "nowhere"
    assert "“nowhere”不在流程包里" in faults(files=messages)[0]


def test_what_a_letter_shows_must_be_sent_by_somebody() -> None:
    types = {**SHARED["messages"]["types"][0], "shows": [{"part": "why", "label": "理由"}]}
    messages = {"bpmn/_shared/messages.json": {"types": [types]}}
    sending = SEND.format('<wf:payload name="{}" value="=title"/>')
    right = node("endEvent", sending.format("why"), MESSAGE)
    assert faults(right, files=messages) == []
    wrong = node("endEvent", sending.format("what"), MESSAGE)
    assert "没有流程在这种消息里发送“why”" in faults(wrong, files=messages)[0]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"series": "x"}, "#/series"),
        ({"series": "=("}, "#/series"),
        ({"series": "=nowhere.set"}, "#/series"),
        ({"data": {"x": "=("}}, "#/data/x"),
        ({"required": [{"part": "a", "value": "=(", "message": "b"}]}, "#/required/0/value"),
        ({"filename": "=("}, "#/filename"),
    ],
)
def test_a_document_kind_is_checked(changes: dict[str, Any], place: str) -> None:
    found = faults(files={"documents/letter/document.json": {**DOCUMENT, **changes}})
    assert [fault.split()[0] for fault in found] == [f"documents/letter/document.json{place}"]


def test_the_series_of_a_document_may_depend_on_the_case() -> None:
    series = '=if title = "急" then "permit_no" else "permit_no"'
    assert faults(files={"documents/letter/document.json": {**DOCUMENT, "series": series}}) == []


def test_a_document_reads_only_what_the_processes_that_make_it_set() -> None:
    data = {"x": "=titel", "y": "=this.title", "z": "=documents.x.number"}
    letter = {"documents/letter/document.json": {**DOCUMENT, "data": data}}
    assert [fault.split()[0].split("#")[1] for fault in faults(files=letter)] == [
        "/data/x",
        "/data/z",
    ]
    unused = {f"documents/other/{path}": data for path, data in (
        ("document.json", {**DOCUMENT, "data": {"x": "=titel"}}),
        ("template.html", "<p></p>"),
    )}  # fmt: skip
    assert faults(files=unused) == []


def test_a_process_id_is_a_key_and_stands_once() -> None:
    assert "流程标识“One”" in judge({"bpmn/one.bpmn": diagram(key="One")})[0]
    both = {"bpmn/a.bpmn": diagram(), "bpmn/b.bpmn": diagram()}
    assert "在 bpmn/a.bpmn 里已用" in judge(both)[0]


def test_faulty_forms_and_decisions_are_told_with_their_file() -> None:
    found = judge({"forms/a/two.json": "{", "bpmn/one/other.dmn": "<x/>"})
    assert {fault.split("#")[0].split(":")[0].split()[0] for fault in found} == {
        "forms/a/two.json",
        "bpmn/one/other.dmn",
    }


@pytest.mark.parametrize(
    ("source", "name", "good"),
    [
        ("vocabulary", "vocabulary", "size"),
        ("people", "role", "clerk"),
        ("organisations", "party", "town"),
        ("records", "kind", "permit"),
    ],
)
def test_what_a_picker_asks_for_must_exist(source: str, name: str, good: str) -> None:
    def form(value: str) -> dict[str, Any]:
        picker = {
            "type": "select",
            "id": "f3",
            "key": "picked",
            "label": "选",
            "properties": {"source": source, f"source.{name}": value},
        }
        return {**FORM, "components": [*FORM["components"], picker]}

    assert faults(files={"forms/a/one.json": form(good)}) == []
    assert faults(files={"forms/a/one.json": form("=title")}) == []
    found = faults(files={"forms/a/one.json": form("nothing")})
    assert [fault.split()[:2] for fault in found] == [["forms/a/one.json", "picked"]]
    assert "“nothing”" in found[0]


def test_a_form_with_faults_of_its_own_is_not_also_called_missing() -> None:
    assert not any("没有表单" in fault for fault in faults(files={"forms/a/one.json": "{"}))
