"""Messages reach who waits for them, or start an instance, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import advance
from workflow_server.services import process_instances as instances
from workflow_server.services.advance import Received

BY_MESSAGE = node(
    "startEvent",
    "begin",
    '<wf:output name="matter" value="=this.matter"/>',
    '<b:messageEventDefinition id="bm" messageRef="m_ask"/>',
)
ANSWERED = process(BY_MESSAGE, user("draft"), chain("begin", "draft", "end"), start="")


def waiting_for(conversation: str) -> str:
    """Draw a catch event that waits for M-TELL."""
    return node(
        "intermediateCatchEvent",
        "hear",
        f'<wf:message type="M-TELL" conversation="{conversation}"/>',
        '<b:messageEventDefinition id="hm" messageRef="m_tell"/>',
    )


def receive(
    house: House, kind: str, conversation: str, delivery: UUID | None = None, **payload: Any
) -> Received:
    """Let a message reach the office."""
    office = house.organisation("office")
    return advance.receive(kind, conversation, office, payload, delivery or uuid4(), house.now)


def test_a_message_starts_an_instance_in_the_organisation_that_it_reaches(house: House) -> None:
    house.deploy(ANSWERED)
    received = receive(house, "M-ASK", "letter 1", matter="停车场")
    assert received.outcome == "started"
    assert received.instance_id is not None
    variables = instances.get_variables(house.ann, received.instance_id)
    assert variables["matter"] == "停车场"
    assert variables["messages"]["M-ASK"] == [{"matter": "停车场"}]
    assert list(house.open_tasks(house.ann)) == ["draft"]
    assert not house.open_tasks(house.tom)


def test_a_message_of_another_partys_process_starts_nothing(house: House) -> None:
    house.deploy(ANSWERED)
    town = house.organisation("town")
    received = advance.receive("M-ASK", "letter 1", town, {}, uuid4(), house.now)
    assert received == Received("waiting", None)


def test_a_conversation_starts_one_instance_however_often_it_comes(house: House) -> None:
    house.deploy(ANSWERED)
    delivery = uuid4()
    first = receive(house, "M-ASK", "letter 1", delivery, matter="一")
    assert receive(house, "M-ASK", "letter 1", delivery, matter="一") == first
    assert receive(house, "M-ASK", "letter 1", matter="二") == first
    assert instances.list_(house.ann)[1] == 1
    assert receive(house, "M-ASK", "letter 2", matter="三").instance_id != first.instance_id


def test_the_newest_deployment_is_started_and_running_instances_keep_theirs(house: House) -> None:
    house.deploy(ANSWERED)
    old = receive(house, "M-ASK", "letter 1").instance_id
    changed = process(BY_MESSAGE, user("revise"), chain("begin", "revise", "end"), start="")
    house.deploy(changed)
    new = receive(house, "M-ASK", "letter 2").instance_id
    assert old is not None
    assert new is not None
    versions = [
        instances.get_definition(instances.get(house.ann, each)).version for each in (old, new)
    ]
    assert versions == [1, 2]
    assert set(house.open_tasks(house.ann)) == {"draft", "revise"}
    assert house.complete(house.ann, "draft", title="一").instance_status == "completed"


def test_a_message_reaches_who_waits_in_its_conversation(house: House) -> None:
    first = user("draft", '<wf:output name="letter" value="=this.title"/>')
    house.deploy(line(first, waiting_for("=letter"), "check"))
    for letter in ("甲", "乙"):
        house.start(house.ann)
        house.complete(house.ann, "draft", title=letter)
    received = receive(house, "M-TELL", "乙", result="可")
    assert received.outcome == "correlated"
    assert received.instance_id is not None
    variables = instances.get_variables(house.ann, received.instance_id)
    assert (variables["letter"], variables["messages"]["M-TELL"]) == ("乙", [{"result": "可"}])
    assert list(house.open_tasks(house.ann)) == ["check"]


def test_a_message_that_comes_again_moves_nothing_twice(house: House) -> None:
    house.deploy(line(waiting_for("x"), "check"))
    started = house.start(house.ann)
    delivery = uuid4()
    first = receive(house, "M-TELL", "x", delivery)
    assert receive(house, "M-TELL", "x", delivery) == first
    assert first.instance_id == started.instance.id
    assert len(instances.get_variables(house.ann, started.instance.id)["messages"]["M-TELL"]) == 1


def test_a_message_that_comes_too_early_waits_for_who_will_wait_for_it(house: House) -> None:
    first = user("draft", '<wf:output name="letter" value="=this.title"/>')
    house.deploy(line(first, waiting_for("=letter"), "check"))
    assert receive(house, "M-TELL", "甲", result="早").outcome == "waiting"
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    assert list(house.open_tasks(house.ann)) == ["check"]
    variables = instances.get_variables(house.ann, started.instance.id)
    assert variables["messages"]["M-TELL"] == [{"result": "早"}]
    house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    assert len(house.open_tasks(house.ann)) == 1


def test_a_wait_whose_conversation_is_unknown_becomes_an_incident(house: House) -> None:
    first = user("draft", '<wf:output name="letter" value="=this.remark"/>')
    house.deploy(line(first, waiting_for("=letter"), "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    assert instances.get_diagram(house.ann, started.instance.id).current == ["hear"]
    _exhaust(house)
    assert "往来" in house.incidents(started.instance.id)[0]


def _exhaust(house: House) -> None:
    for hours in range(1, 8):
        house.run_jobs(timedelta(hours=hours))


def test_who_waits_goes_before_a_process_that_the_message_would_start(house: House) -> None:
    begun = BY_MESSAGE.replace("m_ask", "m_tell")
    answered = process(begun, user("draft"), chain("begin", "draft", "end"), start="", key="q")
    house.deploy(line(waiting_for("letter 1"), "after"), answered)
    waiting = house.start(house.ann).instance.id
    assert receive(house, "M-TELL", "letter 1") == Received("correlated", waiting)
    assert instances.list_(house.ann)[1] == 1
    assert receive(house, "M-TELL", "letter 2").outcome == "started"
    assert instances.list_(house.ann)[1] == 2
