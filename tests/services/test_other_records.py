"""An effect may be about a record that another case opened: of this organisation only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import process_instances as instances
from workflow_server.services import records
from workflow_server.store import organisations, process_instances
from workflow_server.store import records as rows
from workflow_server.store.db import transaction
from workflow_server.store.records import Record
from workflow_server.store.types import new_id

KEEP = (
    '<wf:output name="street" value="=this.title"/><wf:output name="other" value="=this.remark"/>'
)
OPEN = (
    '<wf:record operation="open" kind="permit" title="=street">'
    '<wf:field name="street" value="=street"/></wf:record>'
)
OTHER = line(user("draft", KEEP + OPEN), "after", key="q")


def changing(ours: str, *more: str) -> str:
    """Draw a process that changes a record whose id stands in the remark."""
    return line(user("name", KEEP), node("intermediateThrowEvent", "change", ours), *more, "wait")


def opened(house: House, drawn: str) -> Record:
    """Let another case open a permit, and return it."""
    house.deploy(drawn, OTHER)
    house.start(house.ann, "q")
    house.complete(house.ann, "draft", title="东大街")
    (found,), _ = records.list_(house.ann, kind="permit")
    return found


def change(house: House, record_id: str | None, title: str = "西大街") -> UUID:
    case = house.start(house.bob).instance.id
    given = {"remark": record_id} if record_id is not None else {}
    house.complete(house.bob, "name", title=title, **given)
    return case


UPDATE = (
    '<wf:record operation="update" kind="permit" of="=other" state="办结">'
    '<wf:field name="street" value="=street"/></wf:record>'
)


def test_another_cases_record_is_changed_and_stays_that_cases(house: House) -> None:
    record = opened(house, changing(UPDATE))
    case = change(house, str(record.id))
    after = records.get(house.ann, record.id)
    assert (after.fields["street"], after.state) == ("西大街", "办结")
    assert after.instance_id == record.instance_id != case
    assert "permit" not in instances.get_variables(house.bob, case).get("records", {})
    assert house.incidents(case) == []


def test_the_history_names_the_record_that_was_changed(house: House) -> None:
    record = opened(house, changing(UPDATE))
    case = change(house, str(record.id))
    rows_of, _ = instances.list_history(house.bob, case)
    (told,) = [each.data["records"] for each in rows_of if "records" in (each.data or {})]
    assert told == [
        {
            "id": str(record.id),
            "kind": "permit",
            "operation": "update",
            "instance_id": str(record.instance_id),
            "element_id": "change",
        }
    ]


def test_a_state_is_put_on_another_cases_record(house: House) -> None:
    record = opened(house, changing('<wf:state record="permit" label="办结" of="=other"/>'))
    change(house, str(record.id))
    assert records.get(house.ann, record.id).state == "办结"


def test_with_its_own_record_named_what_it_shows_follows(house: House) -> None:
    own = '<wf:state record="permit" label="办结" of="=records.permit.id"/>'
    opened(house, line(user("name", KEEP + OPEN), node("intermediateThrowEvent", "c", own), "w"))
    case = change(house, "")
    assert instances.get_variables(house.bob, case)["records"]["permit"]["state"] == "办结"


def closed(house: House, record: Record) -> str:
    with transaction():
        rows.get(record.id).closed_at = house.now
    return str(record.id)


def of_another_organisation(house: House, record: Record) -> str:
    with transaction():
        rows.get(record.id).organisation_id = house.organisation("town")
    return str(record.id)


def of_another_kind(house: House, record: Record) -> str:
    with transaction():
        rows.get(record.id).kind = "note"
    return str(record.id)


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (closed, "已办结"),
        (of_another_organisation, "本单位没有业务记录"),
        (of_another_kind, "种类是“note”"),
        (lambda house, record: str(new_id()), "本单位没有业务记录"),
        (lambda house, record: "甲乙", "应为业务记录的标识"),
        (lambda house, record: None, "应为业务记录的标识"),
    ],
)
def test_what_names_no_record_of_ours_is_an_incident(house: House, named: Any, reason: str) -> None:
    record = opened(house, changing(UPDATE))
    case = change(house, named(house, record))
    (incident,) = house.incidents(case)
    assert "change wf:record of" in incident
    assert reason in incident
    assert rows.get(record.id).fields["street"] == "东大街"


def test_of_a_predecessor_it_is_ours(house: House) -> None:
    record = opened(house, changing(UPDATE))
    with transaction():
        rows.get(record.id).organisation_id = house.organisation("town")
        organisation = organisations.get(house.organisation("office"))
        organisation.predecessors = [str(house.organisation("town"))]
    case = change(house, str(record.id))
    assert house.incidents(case) == []
    assert rows.get(record.id).state == "办结"


READ = node(
    "serviceTask",
    "read",
    '<wf:operation name="read_record" result="found"><wf:parameter name="id" value="=other"/>'
    '<wf:parameter name="kind" value="permit"/></wf:operation>',
)
MERGE = node(
    "intermediateThrowEvent",
    "merge",
    '<wf:record operation="update" kind="permit" of="=other">'
    '<wf:field name="street" value="=found.street + &quot;、&quot; + street"/></wf:record>',
)


def reading(*after: str) -> str:
    return line(user("name", KEEP), READ, *after, "wait")


def test_a_record_is_read_and_merged_into(house: House) -> None:
    record = opened(house, reading(MERGE))
    case = change(house, str(record.id))
    assert records.get(house.ann, record.id).fields["street"] == "东大街、西大街"
    found = instances.get_variables(house.bob, case)["found"]
    assert (found["street"], found["number"], found["closed"]) == ("东大街", record.number, False)


def test_what_is_more_secret_than_the_case_is_not_read(house: House) -> None:
    record = opened(house, reading())
    assert record.instance_id is not None
    with transaction():
        case_row = process_instances.get(record.instance_id)
        case_row.secrecy = 2
    case = change(house, str(record.id))
    (incident,) = house.incidents(case)
    assert "比本案保密" in incident


def test_a_refused_reading_may_be_caught(house: House) -> None:
    refused = node(
        "boundaryEvent", "no", "", '<b:errorEventDefinition id="ed"/>', attachedToRef="read"
    )
    drawn = process(
        user("name", KEEP),
        READ,
        refused,
        user("alone"),
        chain("begin", "name", "read", "end"),
        chain("no", "alone", "end"),
    )
    opened(house, drawn)
    change(house, str(new_id()))
    assert "alone" in house.open_tasks(house.bob)
