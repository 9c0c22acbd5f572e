"""What came on paper from who is not on this server is entered, and the case goes on with it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import files_of, line, node, user
from workflow_server.content import bundle as bundles
from workflow_server.errors import NotFound
from workflow_server.services import (
    actors,
    attachments,
    case_chains,
    deliveries,
    deployments,
    paper_answers,
)
from workflow_server.services import process_instances as instances
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.letters import Letter
from workflow_server.services.paper_answers import AnswerNotAwaited
from workflow_server.store import organisations
from workflow_server.store.db import session, transaction
from workflow_server.store.types import new_id

TYPES = {
    "types": [
        {"key": "M-ASK", "label": "征求意见函", "from": "office", "to": "town"},
        {
            "key": "M-TELL",
            "label": "复函",
            "from": "town",
            "to": "office",
            "shows": [{"part": "opinion", "label": "意见"}, {"part": "by", "label": "署名"}],
        },
    ]
}
KEEP = '<wf:output name="towns" value="=split(string(this.remark), &quot; &quot;)"/>'
ASK = node(
    "intermediateThrowEvent",
    "ask",
    '<wf:message type="M-ASK" to="=towns" conversation="=&quot;函1&quot;">'
    '<wf:payload name="topic" value="=&quot;道路&quot;"/></wf:message>',
    '<b:messageEventDefinition id="ma" messageRef="m_ask"/>',
)


def told(key: str) -> str:
    """Draw a catch event for an answer in that conversation."""
    ours = (
        '<wf:message type="M-TELL" conversation="=&quot;函1&quot;"/>'
        f'<wf:output name="{key}" value="=this"/>'
    )
    inner = f'<b:messageEventDefinition id="m{key}" messageRef="m_tell"/>'
    return node("intermediateCatchEvent", key, ours, inner)


def deploy(house: House, *answers: str) -> None:
    drawn = line(user("name", KEEP), ASK, *(told(key) for key in answers), "after")
    files = files_of([drawn]) | {
        "bpmn/_shared/messages.json": json.dumps(TYPES, ensure_ascii=False).encode()
    }
    deployments.deploy(None, bundles.from_files(files), house.now, "api")
    house.people = {key: actors.actor_of(each.person_id) for key, each in house.people.items()}


def off_server(house: House) -> UUID:
    town = house.organisation("town")
    with transaction():
        organisations.get(town).on_server = False
    return town


def sent(house: House, *answers: str, to: str | None = None) -> Letter:
    """Send a letter that goes on paper, and wait for the answer."""
    deploy(house, *(answers or ("answer",)))
    towns = to or str(off_server(house))
    house.start(house.ann)
    house.complete(house.ann, "name", title="一", remark=towns)
    house.run_jobs()
    (letter, *_), _total = deliveries.list_(house.ann, direction="sent")
    return letter


def scan(house: House) -> str:
    office = house.organisation("office")
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    row = attachments.add(house.bob, [pdf], "答复.pdf", house.now, organisation_id=office)
    return str(row.id)


def enter(house: House, letter: Letter, key: str | None = None, **more: Any) -> Letter:
    given = {"paper_received_on": "2026-06-30", "paper_files": [scan(house)], "opinion": "同意"}
    answers = {**given, **more}
    return paper_answers.enter(house.bob, letter.delivery.id, "M-TELL", answers, house.now, key)


def test_the_waiting_case_goes_on_with_what_the_paper_said(house: House) -> None:
    letter = sent(house)
    assert letter.delivery.status == "paper"
    (awaited,) = paper_answers.list_(house.bob, letter.delivery.id)
    keys = [each["key"] for each in awaited.form.source["components"]]
    assert keys == ["paper_received_on", "opinion", "by", "paper_files", "paper_remark"]
    answer = enter(house, letter, paper_remark="原件存档")
    case = letter.delivery.instance_id
    assert instances.get_diagram(house.ann, case).current == ["after"]
    came = instances.get_variables(house.ann, case)["answer"]
    assert (came["paper"], came["opinion"], came["paper_received_on"]) == (
        True,
        "同意",
        "2026-06-30",
    )
    assert "by" not in came
    assert came["sender"]["name"] == "镇政府"
    assert came["conversation"] == "函1"
    assert (answer.delivery.status, answer.delivery.note) == ("entered", "原件存档")
    assert [each.name for each in answer.attachments] == ["答复.pdf"]


def test_it_is_a_letter_received_and_not_one_sent(house: House) -> None:
    letter = sent(house)
    answer = enter(house, letter)
    received, _ = deliveries.list_(house.ann, direction="received")
    went, _ = deliveries.list_(house.ann, direction="sent")
    assert [each.delivery.id for each in received] == [answer.delivery.id]
    assert [each.delivery.id for each in went] == [letter.delivery.id]
    thread = case_chains.of(house.ann, letter.delivery.instance_id)
    assert [each.is_sent for each in thread.letters] == [True, False]


def test_the_history_says_who_entered_it(house: House) -> None:
    letter = sent(house)
    enter(house, letter)
    rows, _ = instances.list_history(house.ann, letter.delivery.instance_id)
    (act,) = [each for each in rows if each.act == "MessageCorrelated"]
    assert act.person_id == house.bob.person_id


def test_asked_twice_under_one_key_it_is_entered_once(house: House) -> None:
    letter = sent(house, "one", "two")
    file = scan(house)
    first = enter(house, letter, "k", paper_files=[file])
    again = enter(house, letter, "k", paper_files=[file])
    assert first.delivery.id == again.delivery.id
    assert instances.get_diagram(house.ann, letter.delivery.instance_id).current == ["two"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"paper_received_on": None}, "#/answers/paper_received_on"),
        ({"paper_received_on": "2026-07-02"}, "#/answers/paper_received_on"),
        ({"paper_files": []}, "#/answers/paper_files"),
        ({"paper_files": ["01a204d4-1063-7000-ad36-9e40e0f68e5b"]}, "#/answers/paper_files"),
        ({"opinion": "字" * 5001}, "#/answers/opinion"),
        ({"other": "x"}, "#/answers/other"),
    ],
)
def test_faults_are_told_one_by_one(house: House, more: dict[str, Any], pointer: str) -> None:
    letter = sent(house)
    with pytest.raises(AnswersRefused) as refused:
        enter(house, letter, **more)
    assert [each.pointer for each in refused.value.faults] == [pointer]
    assert instances.get_diagram(house.ann, letter.delivery.instance_id).current == ["answer"]


def test_what_nobody_waits_for_is_not_entered(house: House) -> None:
    letter = sent(house)
    enter(house, letter)
    assert paper_answers.list_(house.bob, letter.delivery.id) == []
    with pytest.raises(AnswerNotAwaited):
        enter(house, letter)


def test_who_does_not_see_the_letter_learns_nothing(house: House) -> None:
    letter = sent(house)
    with pytest.raises(NotFound):
        paper_answers.list_(house.tom, letter.delivery.id)
    with pytest.raises(NotFound):
        paper_answers.enter(house.tom, letter.delivery.id, "M-TELL", {}, house.now)


def test_a_letter_that_goes_over_the_server_has_none(house: House) -> None:
    letter = sent(house, to=str(house.organisation("town")))
    assert letter.delivery.status == "delivered"
    assert paper_answers.list_(house.bob, letter.delivery.id) == []


def test_each_of_several_recipients_has_a_letter_and_may_answer(house: House) -> None:
    first = off_server(house)
    other = new_id()
    named = {"name": "村委会", "short_name": "村", "code": "村"}
    row = organisations.Organisation(
        id=other, key="village", party="town", on_server=False, **named
    )
    with transaction():
        session().add(row)
    sent(house, "one", "two", to=f"{first} {other}")
    letters, total = deliveries.list_(house.ann, direction="sent")
    assert total == 2
    assert {each.recipient.name for each in letters} == {"镇政府", "村委会"}
    assert [each.delivery.status for each in letters] == ["paper", "paper"]
    for letter in letters:
        enter(house, letter)
    assert "after" in house.open_tasks(house.ann)
    received, _ = deliveries.list_(house.ann, direction="received")
    assert {each.sender.name for each in received} == {"镇政府", "村委会"}
