"""Messages that come before anybody waits for them are used once, as long as the case runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from workflow_server.services import advance
from workflow_server.services import process_instances as instances
from workflow_server.store import subscriptions

FIRST = user("draft", '<wf:output name="letter" value="=this.title"/>')


def catch(key: str, kind: str) -> str:
    """Draw a catch event in the case's conversation."""
    return node(
        "intermediateCatchEvent",
        key,
        f'<wf:message type="{kind}" conversation="=letter"/>',
        f'<b:messageEventDefinition messageRef="{kind.lower().replace("-", "_")}"/>',
    )


def receive(house: House, kind: str, **payload: Any) -> UUID:
    """Let a message reach the office early."""
    delivery, office = uuid4(), house.organisation("office")
    assert advance.receive(kind, "甲", office, payload, delivery, house.now).outcome == "waiting"
    return delivery


def outcome(delivery: UUID) -> str:
    found = subscriptions.find_received(delivery)
    assert found is not None
    return found.outcome


def heard(house: House, instance_id: UUID, kind: str) -> list[Any]:
    messages = instances.get_variables(house.ann, instance_id).get("messages", {})
    return list(messages.get(kind, []))


def test_of_two_at_an_event_gateway_the_first_may_end_the_case(house: House) -> None:
    house.deploy(
        process(
            FIRST,
            node("eventBasedGateway", "either"),
            catch("asked", "M-ASK"),
            catch("told", "M-TELL"),
            node("endEvent", "over"),
            chain("begin", "draft", "either", "asked", "end"),
            chain("either", "told", "over"),
        )
    )
    first, second = receive(house, "M-ASK"), receive(house, "M-TELL")
    house.start(house.ann)
    done = house.complete(house.ann, "draft", title="甲")
    assert done.task.status == "completed"
    assert not house.open_tasks(house.ann)
    assert sorted([outcome(first), outcome(second)]) == ["correlated", "waiting"]


def parallel() -> str:
    return process(
        FIRST,
        node("parallelGateway", "both"),
        catch("one", "M-ASK"),
        catch("two", "M-ASK"),
        node("parallelGateway", "join"),
        user("check"),
        chain("begin", "draft", "both", "one", "join", "check", "end"),
        flow("both", "two"),
        flow("two", "join"),
    )


def test_one_message_is_not_given_to_two_that_wait(house: House) -> None:
    house.deploy(parallel())
    receive(house, "M-ASK", n=1)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    assert heard(house, started.instance.id, "M-ASK") == [{"n": 1}]
    assert not house.open_tasks(house.ann)
    office = house.organisation("office")
    later = advance.receive("M-ASK", "甲", office, {"n": 2}, uuid4(), house.now)
    assert later.instance_id == started.instance.id
    assert list(house.open_tasks(house.ann)) == ["check"]


def test_two_messages_are_given_to_two_that_wait(house: House) -> None:
    house.deploy(parallel())
    receive(house, "M-ASK", n=1)
    receive(house, "M-ASK", n=2)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    given = heard(house, started.instance.id, "M-ASK")
    assert sorted(each["n"] for each in given) == [1, 2]
    assert list(house.open_tasks(house.ann)) == ["check"]


def test_one_message_is_not_given_to_two_that_wait_one_after_the_other(house: House) -> None:
    house.deploy(line(FIRST, catch("one", "M-ASK"), catch("two", "M-ASK"), "check"))
    receive(house, "M-ASK", n=1)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    assert heard(house, started.instance.id, "M-ASK") == [{"n": 1}]
    assert instances.get_diagram(house.ann, started.instance.id).current == ["two"]
