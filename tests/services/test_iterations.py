"""Work done once for each item of a list sees its own item, and nobody else's."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, user
from workflow_server.services import tasks
from workflow_server.services.deployments import BundleRefused
from workflow_server.store import process_instances as rows
from workflow_server.store.db import session
from workflow_server.store.subscriptions import Subscription

DRAFT = user(
    "draft", '<wf:output name="streets" value="=[this.title, this.title + &quot;二&quot;]"/>'
)


def each(ours: str = "", sequential: str = "false", condition: str = "") -> str:
    """Draw the mark of what is done for each of the streets."""
    done = f"<b:completionCondition>{condition}</b:completionCondition>" if condition else ""
    word = f'<wf:each items="=streets" as="street" {ours}/>'
    return (
        f'<b:multiInstanceLoopCharacteristics isSequential="{sequential}"><b:extensionElements>'
        f"{word}</b:extensionElements>{done}</b:multiInstanceLoopCharacteristics>"
    )


def look(ours: str = "", mark: str = "", role: str = "checker") -> str:
    """Draw a person's task that is done for each street."""
    words = (
        f'<wf:form key="a/note"/><wf:assign strategy="role" role="{role}"/>'
        f'<wf:reads label="街道" value="=street"/>{ours}'
    )
    return node("userTask", "look", words, mark or each('result="=said" into="all"'))


SAID = '<wf:output name="said" value="=street + this.title"/>'
KEPT = node(
    "userTask", "last", '<wf:form key="a/note"/><wf:assign strategy="role" role="drafter"/>'
)


def deployed(house: House, *parts: str) -> None:
    """Deploy and play a case until each street is looked at."""
    house.deploy(line(DRAFT, *(parts or (look(SAID), KEPT))))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="东街")


def desks(house: House) -> list[tasks.Desk]:
    """Return the open tasks with what is shown beside each, oldest first."""
    listed, _ = tasks.list_(house.bob, mine=True)
    ids = sorted(one.task.id for one in listed)
    return [tasks.get_desk(house.bob, id_, house.now) for id_ in ids]


def test_each_task_shows_its_own_item(house: House) -> None:
    deployed(house)
    assert [desk.reads for desk in desks(house)] == [[("街道", "东街")], [("街道", "东街二")]]


def test_what_is_written_within_stays_within_and_the_results_are_collected(house: House) -> None:
    deployed(house)
    for desk in reversed(desks(house)):
        tasks.complete(house.bob, desk.listed.task.id, {"title": "好"}, house.now)
    (last,) = [desk.listed for desk in desks(house)]
    variables = rows.get_variables(last.instance.id)
    assert variables["all"] == ["东街好", "东街二好"]
    assert "said" not in variables
    assert len(variables["answers"]["look"]) == 2


def test_one_after_the_other_until_it_is_enough(house: House) -> None:
    mark = each(sequential="true", condition="=nrOfCompletedInstances = 1")
    deployed(house, look(mark=mark), KEPT)
    (only,) = desks(house)
    assert only.reads == [("街道", "东街")]
    tasks.complete(house.bob, only.listed.task.id, {"title": "够"}, house.now)
    assert [desk.listed.task.element_id for desk in desks(house)] == ["last"]


def test_what_waits_for_a_letter_within_an_iteration_sees_its_item(house: House) -> None:
    inside = chain("in", "wait", "out")
    caught = node(
        *("intermediateCatchEvent", "wait", '<wf:message type="M-ASK" conversation="=street"/>'),
        '<b:messageEventDefinition id="md" messageRef="m_ask"/>',
    )
    body = f'{each()}<b:startEvent id="in"/>{caught}<b:endEvent id="out"/>{inside}'
    deployed(house, node("subProcess", "for_each", "", body))
    found = session().scalars(sa.select(Subscription).order_by(Subscription.id))
    assert [each.conversation for each in found] == ["东街", "东街二"]


@pytest.mark.parametrize(
    "word",
    [
        '<wf:number series="permit_no" name="no"/>',
        '<wf:record operation="open" kind="permit" title="=street"/>',
        '<wf:deadline name="reply" rule="=street" start="=today"/>',
        '<wf:document kind="slip" moment="draft"/>',
    ],
)
def test_what_would_collide_is_refused_with_a_way_out(house: House, word: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        house.deploy(line(DRAFT, look(word)))
    said = [fault.detail for fault in refused.value.faults]
    assert any("不能写在多实例“look”里" in each and "调用活动" in each for each in said)


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (line(look(SAID), DRAFT.replace("this.title,", "said,")), "没有名为“said”的事实"),
        (line(DRAFT, look(SAID), user("b", '<wf:reads label="a" value="=street"/>')), "“street”"),
        (line(DRAFT, look('<wf:output name="loopCounter" value="=1"/>')), "系统保留"),
        (line(DRAFT, look('<wf:output name="results" value="=1"/>')), "系统保留"),
        (line(DRAFT, look(SAID, each('as="x"').replace('as="street" ', ""))), "“street”"),
    ],
)
def test_names_of_an_iteration_are_known_within_and_not_outside(
    house: House, drawn: str, says: str
) -> None:
    with pytest.raises(BundleRefused) as refused:
        house.deploy(drawn)
    assert any(says in fault.detail for fault in refused.value.faults)
