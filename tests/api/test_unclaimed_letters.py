"""Letters that come before their case waits for them, and those that come when it is over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import NOW, Caller, Office
from tests.services.drawing import chain, files_of, flow, node, process, user
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments

TYPES = [
    {"key": "M-ASK", "label": "征询函", "from": "office", "to": "town"},
    {"key": "M-TELL", "label": "复函", "from": "town", "to": "office"},
]
ABOUT = '<wf:output name="about" value="=this.title"/>'
STOP = '<wf:output name="way" value="=this.title"/>'


def _throw(key: str, kind: str, to: str, conversation: str) -> str:
    letter = f'<wf:message type="{kind}" to="{to}" conversation="={conversation}"/>'
    ref = f'<b:messageEventDefinition id="{key}_d" messageRef="m_{kind[2:].lower()}"/>'
    return node("intermediateThrowEvent", key, letter, inner=ref)


def _asking(town: str) -> str:
    """Draw the office's case: it asks, then prepares, then stops or waits for the reply."""
    hear = node(
        "intermediateCatchEvent",
        "hear",
        '<wf:message type="M-TELL" conversation="=about"/>',
        '<b:messageEventDefinition id="hear_d" messageRef="m_tell"/>',
    )
    return process(
        user("draft", ABOUT),
        _throw("ask", "M-ASK", town, "about"),
        user("prepare", STOP),
        node("exclusiveGateway", "which", default="stay"),
        node("endEvent", "stopped"),
        hear,
        user("check", role="checker"),
        chain("begin", "draft", "ask", "prepare", "which"),
        flow("which", "stopped", when='=way = "stop"'),
        flow("which", "hear", key="stay"),
        chain("hear", "check", "end"),
    )


def _replying(office: str) -> str:
    """Draw the town's case: it begins with the letter, and a clerk replies."""
    begin = node(
        "startEvent",
        "begin",
        '<wf:output name="about" value="=this.conversation"/>',
        '<b:messageEventDefinition id="begin_d" messageRef="m_ask"/>',
    )
    reply, tell = user("reply", role="town_clerk"), _throw("tell", "M-TELL", office, "about")
    flows = chain("begin", "reply", "tell", "end")
    return process(begin, reply, tell, flows, key="q", start="").replace(
        '<wf:process title="许可" party="office"/>', '<wf:process title="答复" party="town"/>'
    )


def _telling(office: str) -> str:
    """Draw a town's case that writes to the office of its own accord."""
    start = '<wf:start role="town_clerk" label="新建"/>'
    note, tell = user("note", ABOUT, "town_clerk"), _throw("tell", "M-TELL", office, "about")
    return process(note, tell, chain("begin", "note", "tell", "end"), key="r", start=start).replace(
        '<wf:process title="许可" party="office"/>', '<wf:process title="主动函" party="town"/>'
    )


@pytest.fixture
def letters(app: Flask, office: Office) -> Office:
    town, home = office.organisation("town"), office.organisation("office")
    files = files_of([_asking(town), _replying(home), _telling(home)]) | {
        "bpmn/_shared/messages.json": json.dumps({"types": TYPES}).encode()
    }
    with app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")
    return office


def do(person: Caller, element_id: str, title: str = "一") -> None:
    query = {"mine": "true", "element_id": element_id}
    (task,) = person.get("/tasks", query_string=query).json["items"]
    done = person.post(f"/tasks/{task['id']}/completion", json={"answers": {"title": title}})
    assert done.status_code == 200, done.text


def ask(office: Office) -> str:
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    do(office.ann, "draft")
    office.run_jobs()
    return str(begun["id"])


def reply_of(office: Office) -> dict[str, Any]:
    (letter,) = office.ann.get("/deliveries", query_string={"direction": "received"}).json["items"]
    found: dict[str, Any] = letter
    return found


def incidents(office: Office, person: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/incidents?open=true").json["items"]
    return found


def test_an_early_letter_bears_its_case_once_that_takes_it(letters: Office) -> None:
    case = ask(letters)
    do(letters.tom, "reply")
    letters.run_jobs()
    early = reply_of(letters)
    assert (early["status"], early["received_instance_id"]) == ("unclaimed", None)
    assert incidents(letters, letters.root) == []  # the case runs on and may still take it
    do(letters.ann, "prepare")
    taken = reply_of(letters)
    assert (taken["status"], taken["received_instance_id"]) == ("delivered", case)
    assert letters.ann.get("/tasks?element_id=check").json["total"] == 1
    of_case = letters.ann.get("/deliveries", query_string={"instance_id": case}).json["items"]
    assert {letter["type"] for letter in of_case} == {"M-ASK", "M-TELL"}


def test_a_reply_to_a_case_that_is_over_is_unclaimed_and_an_incident(letters: Office) -> None:
    case = ask(letters)
    do(letters.ann, "prepare", "stop")
    do(letters.tom, "reply")
    letters.run_jobs()
    letter = reply_of(letters)
    assert (letter["status"], letter["received_instance_id"]) == ("unclaimed", None)
    (hidden,) = incidents(letters, letters.root)
    (incident,) = incidents(letters, letters.ann)
    assert (incident["delivery_id"], incident["instance_id"]) == (letter["id"], case)
    assert (hidden["id"], "复函" in hidden["message"]) == (incident["id"], False)
    assert "复函" in incident["message"]
    # Who can see the case sees it too; the town does not.
    assert [each["id"] for each in incidents(letters, letters.ann)] == [incident["id"]]
    assert incidents(letters, letters.tom) == []
    unclaimed = letters.ann.get("/deliveries", query_string={"status": "unclaimed"}).json
    assert unclaimed["total"] == 1
    seen = letters.ann.post(f"/deliveries/{letter['id']}/acknowledgement")
    assert seen.json["status"] == "acknowledged"
    closed = letters.root.post(f"/incidents/{incident['id']}/resolution")
    assert closed.json["resolved_at"]
    assert letters.root.post(f"/incidents/{incident['id']}/resolution").status_code == 409
    assert incidents(letters, letters.root) == []


def test_a_letter_whose_case_ends_without_it_becomes_an_incident(letters: Office) -> None:
    case = ask(letters)
    do(letters.tom, "reply")
    letters.run_jobs()
    assert incidents(letters, letters.root) == []
    do(letters.ann, "prepare", "stop")
    letters.run_jobs()
    (incident,) = incidents(letters, letters.root)
    assert incident["instance_id"] == case
    assert letters.run_jobs() == 0
    assert len(incidents(letters, letters.root)) == 1


def test_an_incident_of_a_letter_ends_when_a_case_takes_it_after_all(letters: Office) -> None:
    assert letters.tom.post("/process-instances", json={"process_key": "r"}).status_code == 201
    do(letters.tom, "note", "一")
    letters.run_jobs()
    (incident,) = incidents(letters, letters.root)
    assert incident["instance_id"] is None
    case = ask(letters)
    do(letters.ann, "prepare")
    assert incidents(letters, letters.root) == []
    assert reply_of(letters)["received_instance_id"] == case


def test_an_acknowledged_letter_stays_so_when_it_is_taken(letters: Office) -> None:
    case = ask(letters)
    do(letters.tom, "reply")
    letters.run_jobs()
    path = f"/deliveries/{reply_of(letters)['id']}/acknowledgement"
    assert letters.ann.post(path).status_code == 200
    do(letters.ann, "prepare")
    taken = reply_of(letters)
    assert (taken["status"], taken["received_instance_id"]) == ("acknowledged", case)
