"""Renamed, merged and split: what is running goes over, what has ended is still seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from tests.services.administering import NOW, TODAY, acts, administrator, again, written
from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.errors import Forbidden
from workflow_server.services import (
    deliveries,
    departments,
    positions,
    process_instances,
    structures,
    successions,
)
from workflow_server.services.administration import DayRefused, OfficeFault
from workflow_server.services.positions import Post
from workflow_server.services.structures import Described, OrganisationClosed
from workflow_server.services.successions import Ending, Names, Part, SuccessorRefused
from workflow_server.store import deliveries as letters
from workflow_server.store import organisations as rows
from workflow_server.store import process_instances as instance_rows
from workflow_server.store import tasks as task_rows
from workflow_server.store.db import session, transaction
from workflow_server.store.organisations import Organisation

ENDING = Ending(TODAY, "机构改革")


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft"), user("check", role="checker")))
    return house


def office(house: House) -> Organisation:
    return rows.get(house.organisation("office"))


def add(house: House, key: str, parent_id: UUID | None = None) -> Organisation:
    described = Described(key=key, name=f"{key} 局", party="office", parent_id=parent_id)
    return structures.add(house.root, described, NOW)


def hosts(instance_ids: Sequence[UUID]) -> list[UUID]:
    return [instance_rows.get(each).organisation_id for each in instance_ids]


def test_a_renamed_organisation_stays_the_same_one(deployed: House) -> None:
    names = Names("审批局", "审批局", "审")
    (row,) = successions.rename(deployed.root, office(deployed).id, names, TODAY, None, NOW, "k")
    assert (row.kind, row.successor_id) == ("rename", row.organisation_id)
    assert row.names["before"]["name"] == "许可办公室"
    assert (office(deployed).name, office(deployed).code) == ("审批局", "审")
    assert written()["after"]["code"] == "审"
    assert (
        len(successions.rename(deployed.root, row.successor_id, names, TODAY, None, NOW, "k")) == 1
    )


def test_a_name_does_not_take_another_ones_code(deployed: House) -> None:
    names = Names("审批局", "审批局", "镇")
    with pytest.raises(OfficeFault):
        successions.rename(deployed.root, office(deployed).id, names, TODAY, None, NOW)


def test_running_cases_go_over_with_their_tasks_and_people(deployed: House) -> None:
    old, new = office(deployed), add(deployed, "new")
    child = add(deployed, "child", old.id)
    section = departments.add(deployed.root, old.id, "one", "一科", None, NOW)
    departments.add(deployed.root, new.id, "one", "一科", None, NOW)
    ended = deployed.start(deployed.ann).instance.id
    deployed.complete(deployed.ann, "draft", title="甲")
    deployed.complete(deployed.bob, "check", title="甲")
    running = deployed.start(deployed.ann).instance.id
    deployed.complete(deployed.ann, "draft", title="乙")

    successions.merge(deployed.root, old.id, new.id, ENDING, NOW, "k")
    successions.merge(deployed.root, old.id, new.id, ENDING, NOW, "k")

    assert hosts([ended, running]) == [old.id, new.id]
    assert rows.get(new.id).predecessors == [str(old.id)]
    assert (rows.get(old.id).closed_on, rows.get(child.id).path) == (
        TODAY,
        f"{new.id.hex}/{child.id.hex}/",
    )
    assert rows.get_department(section.id).key == "one_office"
    assert acts(running)[-1] == "CaseTakenOver"
    bob = again(deployed.bob)
    assert {each.organisation_id for each in bob.positions} == {new.id}
    assert process_instances.get(bob, ended).id == ended
    deployed.people["bob"] = bob
    assert deployed.complete(bob, "check", title="乙").instance_status == "completed"


def test_people_who_do_not_move_leave_their_tasks_to_the_role(deployed: House) -> None:
    old, new = office(deployed), add(deployed, "new")
    positions.give(administrator(), deployed.eve.person_id, Post(new.id, "drafter"), NOW)
    instance_id = deployed.start(deployed.ann).instance.id
    (task_id,) = deployed.open_tasks(deployed.ann).values()
    with transaction():
        task = session().get_one(task_rows.Task, task_id)
        task.assignee_id, task.draft = deployed.ann.person_id, {"title": "半份"}
    stay = Ending(TODAY, None, move_positions=False)
    successions.merge(deployed.root, old.id, new.id, stay, NOW)
    assert again(deployed.ann).positions == ()
    assert deployed.open_tasks(again(deployed.eve)) == {"draft": task_id}
    assert task_rows.list_by_id([task_id])[0].assignee_id is None
    assert "CaseTakenOver" in acts(instance_id)


def test_a_split_gives_each_what_it_was_named_for(deployed: House) -> None:
    old, first = office(deployed), add(deployed, "first")
    section = departments.add(deployed.root, old.id, "two", "二科", None, NOW)
    security = administrator()
    post = Post(old.id, "reader", department_id=section.id)
    positions.give(security, deployed.bob.person_id, post, NOW)
    cases = [deployed.start(deployed.ann).instance.id for _ in range(3)]
    with transaction():
        row = session().get_one(instance_rows.ProcessInstance, cases[1])
        row.department_id = section.id
    second = Part(
        described=Described(key="second", name="第二局", party="office", code="许"),
        department_ids=(section.id,),
        instance_ids=(cases[2],),
    )
    parts = [Part(successor_id=first.id), second]
    written_down = successions.split(deployed.root, old.id, parts, ENDING, NOW)
    other = rows.find_by_key("second")
    assert other is not None
    assert [row.successor_id for row in written_down] == [first.id, other.id]
    assert hosts(cases) == [first.id, other.id, other.id]
    assert (rows.get(first.id).predecessors, other.predecessors) == ([str(old.id)], [])
    assert rows.get_department(section.id).organisation_id == other.id
    assert {(each.organisation_id, each.role) for each in again(deployed.bob).positions} == {
        (first.id, "drafter"),
        (first.id, "checker"),
        (other.id, "reader"),
    }


def test_predecessors_of_predecessors_are_handed_on(deployed: House) -> None:
    old, middle, last = office(deployed), add(deployed, "middle"), add(deployed, "last")
    successions.merge(deployed.root, old.id, middle.id, ENDING, NOW)
    successions.merge(deployed.root, middle.id, last.id, ENDING, NOW)
    assert rows.get(last.id).predecessors == [str(old.id), str(middle.id)]
    assert [row.key for row in successions.heirs_of(rows.get(old.id))] == ["last"]


def test_who_cannot_succeed_is_refused(deployed: House) -> None:
    old, new = office(deployed), add(deployed, "new")
    below = add(deployed, "below", old.id)
    closed = add(deployed, "closed")
    structures.close(deployed.root, closed.id, TODAY, NOW)
    refusals = {
        old.id: SuccessorRefused,
        below.id: SuccessorRefused,
        deployed.organisation("town"): SuccessorRefused,
        closed.id: OrganisationClosed,
        UUID(int=7): OfficeFault,
    }
    for successor_id, refusal in refusals.items():
        with pytest.raises(refusal):
            successions.merge(deployed.root, old.id, successor_id, ENDING, NOW)
    assert rows.get(old.id).closed_on is None
    successions.merge(deployed.root, old.id, new.id, ENDING, NOW)
    for pair in ((new.id, old.id), (old.id, new.id)):
        with pytest.raises((SuccessorRefused, OrganisationClosed)):
            successions.merge(deployed.root, *pair, ENDING, NOW)


def test_a_succession_is_for_today_or_before_and_for_administrators(deployed: House) -> None:
    old, new = office(deployed), add(deployed, "new")
    ahead = Ending(TODAY + timedelta(days=1))
    with pytest.raises(DayRefused):
        successions.merge(deployed.root, old.id, new.id, ahead, NOW)
    for actor in (deployed.ann, administrator()):
        with pytest.raises(Forbidden):
            successions.merge(actor, old.id, new.id, ENDING, NOW)


@pytest.mark.parametrize("wrong", ["one", "twice", "case", "department", "both"])
def test_a_split_that_does_not_add_up_changes_nothing(deployed: House, wrong: str) -> None:
    old, first, second = office(deployed), add(deployed, "first"), add(deployed, "second")
    case = deployed.start(deployed.ann).instance.id
    parts = {
        "one": [Part(successor_id=first.id)],
        "twice": [Part(successor_id=first.id)] * 2,
        "case": [Part(successor_id=first.id), Part(second.id, instance_ids=(UUID(int=7),))],
        "department": [Part(first.id), Part(second.id, department_ids=(UUID(int=7),))],
        "both": [Part(first.id, instance_ids=(case,)), Part(second.id, instance_ids=(case,))],
    }
    with pytest.raises(OfficeFault):
        successions.split(deployed.root, old.id, parts[wrong], ENDING, NOW)
    assert (rows.get(old.id).closed_on, hosts([case])) == (None, [old.id])


def test_letters_to_a_predecessor_reach_who_waits_for_them(house: House) -> None:
    office_id = house.organisation("office")
    wait = node(
        "intermediateCatchEvent",
        "wait",
        '<wf:message type="M-TELL" conversation="=about"/>',
        inner='<b:messageEventDefinition id="md" messageRef="m_tell"/>',
    )
    asks = process(
        user("draft", '<wf:output name="about" value="=this.title"/>'),
        wait,
        user("read", role="reader"),
        chain("begin", "draft", "wait", "read", "end"),
    )
    tell = node(
        "intermediateThrowEvent",
        "tell",
        f'<wf:message type="M-TELL" to="{office_id}" conversation="=about"/>',
        inner='<b:messageEventDefinition id="md" messageRef="m_tell"/>',
    )
    tells = process(
        user("write", '<wf:output name="about" value="=this.title"/>', role="town_clerk"),
        tell,
        chain("begin", "write", "tell", "end"),
        key="q",
        start='<wf:start role="town_clerk" label="新建"/>',
    ).replace('party="office"', 'party="town"')
    house.deploy(asks, tells)
    positions.give(
        administrator(),
        house.tom.person_id,
        Post(house.organisation("town"), "town_clerk"),
        NOW,
    )
    house.people["tom"] = again(house.tom)
    house.start(house.ann)
    house.complete(house.ann, "draft", title="来文")
    first, second = add(house, "first"), add(house, "second")
    (case,) = [each for each, _ in instance_rows_running(office_id)]
    parts = [Part(first.id), Part(second.id, instance_ids=(case,))]
    successions.split(house.root, office_id, parts, ENDING, NOW)
    house.start(house.tom, "q")
    house.complete(house.tom, "write", title="来文")
    house.run_jobs()
    ((letter,), total) = letters_of(house)
    assert (total, letter.delivery.recipient_id) == (1, second.id)
    assert letter.delivery.received_instance_id == case


def instance_rows_running(organisation_id: UUID) -> Sequence[tuple[UUID, UUID | None]]:
    from workflow_server.store import handovers

    return handovers.list_running(organisation_id)


def letters_of(house: House) -> tuple[list[deliveries.Letter], int]:
    return deliveries.list_(house.tom, direction="sent")


def test_a_letter_on_its_way_goes_to_the_successor(deployed: House) -> None:
    old, new = office(deployed), add(deployed, "new")
    case = deployed.start(deployed.ann).instance.id
    with transaction():
        letter = letters.Delivery(
            type="M-TELL",
            label="复函",
            conversation="来文",
            sender_id=deployed.organisation("town"),
            recipient_id=old.id,
            instance_id=case,
            element_id="tell",
            payload={},
            sent_at=deployed.now,
        )
        letters.add(letter, [])
    successions.merge(deployed.root, old.id, new.id, ENDING, NOW)
    with transaction():
        deliveries.deliver({"delivery_id": str(letter.id)}, deployed.now)()  # type: ignore[misc]
    assert letters.get(letter.id).recipient_id == new.id
