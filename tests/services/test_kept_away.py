"""Who loses a case loses its tasks, at once and in a race; nobody's task asks for somebody."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.administering import NOW, TODAY
from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from tests.services.test_case_standing import REASON, START, acts, begun, grant, sees, with_rights
from tests.services.test_messages import ANSWERED, receive
from workflow_server.errors import NotFound, WorkflowServerError
from workflow_server.rules.access import Marks
from workflow_server.services import (
    advance,
    emergency_accesses,
    recusals,
    restrictions,
    structures,
    tasks,
)
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.services.advance import standings
from workflow_server.services.process_instances import HostClosed
from workflow_server.store import history as history_rows
from workflow_server.store import process_instances as rows
from workflow_server.store import tasks as task_rows
from workflow_server.store.access import Recusal
from workflow_server.store.db import db, session, transaction
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id

NAMED = '<wf:assign strategy="person" value="{}"/>'
SECRECY = '<wf:flag name="secrecy" value="=secrecy_now"/>'


def row_of(task_id: UUID) -> task_rows.TaskInHand:
    (found,) = task_rows.list_by_id([task_id])
    return found


@pytest.mark.parametrize("act", ["claim", "save_draft", "complete"])
def test_who_waited_for_the_case_while_being_recused_is_refused(
    app: Flask, house: House, act: str
) -> None:
    case = begun(house, "")
    task_id = house.open_tasks(house.ann)["draft"]
    more: tuple[Any, ...] = () if act == "claim" else ({"title": "甲"},)
    outcomes: list[str] = []

    def work() -> None:
        with app.app_context():
            try:
                getattr(tasks, act)(house.ann, task_id, *more, house.now)
                outcomes.append("done")
            except WorkflowServerError as error:
                outcomes.append(type(error).__name__)

    waiting = threading.Thread(target=work)
    with transaction():
        rows.lock(case)
        waiting.start()
        _wait_until_it_queues()
        row = Recusal(
            id=new_id(),
            person_id=house.ann.person_id,
            instance_id=case,
            reason="近亲属",
            ordered_by=house.bob.person_id,
            ordered_at=house.now,
        )
        session().add(row)
    waiting.join()
    assert outcomes == ["NotFound"]
    assert (row_of(task_id).status, row_of(task_id).assignee_id) == ("open", None)


def _wait_until_it_queues() -> None:
    """Let the other one come as far as the lock; on SQLite it waits for its turn to write."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(0.1)
        return
    query = sa.text("select count(*) from pg_locks where not granted")
    with db.engine.connect() as connection:
        for _ in range(500):
            if connection.execute(query).scalar_one():
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_role_whose_only_holder_is_recused_asks_for_somebody(house: House) -> None:
    house.deploy(line(user("draft"), user("read", role="reader")))
    case = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="甲")
    assert house.incidents(case) == []
    recusals.order(with_rights(house.bob), case, house.eve.person_id, "近亲属", house.now)
    (told,) = house.incidents(case)
    assert "没有其他可以办理的人" in told
    recusals.order(with_rights(house.bob), case, house.tom.person_id, "近亲属", house.now)
    assert len(house.incidents(case)) == 1


def test_what_a_recused_person_had_is_given_back_without_their_draft(house: House) -> None:
    case = begun(house, "")
    task_id = house.open_tasks(house.ann)["draft"]
    tasks.save_draft(house.ann, task_id, {"title": "半"}, house.now)
    recusals.order(with_rights(house.bob), case, house.ann.person_id, "近亲属", house.now)
    found = tasks.get(house.bob, task_id).task
    assert (found.assignee_id, found.draft, found.draft_by) == (None, None, None)
    assert acts(case)[-2:] == ["PersonRecused", "TaskReleased"]
    data = history_rows.list_data(case)[-1]
    assert data == {"from": str(house.ann.person_id), "reason": "recused"}
    assert house.incidents(case) == []


def test_a_restriction_takes_tasks_from_whom_it_keeps_away(house: House) -> None:
    case = begun(house, "")
    chief = with_rights(grant(house.bob, clearance=2))
    task_id = house.open_tasks(house.ann)["draft"]
    tasks.save_draft(house.ann, task_id, {"title": "半"}, house.now)
    restrictions.set_(chief, case, Marks(2), "涉密", house.now)
    found = tasks.get(chief, task_id).task
    assert (found.assignee_id, found.draft) == (None, {"title": "半"})
    assert acts(case)[-2:] == ["CaseRestricted", "TaskReleased"]
    assert house.incidents(case) == []
    restrictions.set_(chief, case, Marks(2, True), "涉未成年人", house.now)
    assert len(house.incidents(case)) == 1


def test_a_flag_of_the_same_step_takes_the_task_that_it_opened(house: House) -> None:
    output = '<wf:output name="secrecy_now" value="=this.title"/>'
    named = user("check", NAMED.format(house.ann.person_id), role=None)
    case = begun(house, SECRECY, user("draft", output), named)
    task = house.complete(house.ann, "draft", title="work_secret").next_tasks
    assert house.open_tasks(house.ann) == {}
    assert [row_of(each.id).assignee_id for each in task] == [None]
    assert acts(case)[-2:] == ["TaskCompleted", "TaskReleased"]
    (told,) = house.incidents(case)
    assert "原由安办理" in told


def test_a_separated_task_is_given_back_with_an_act(house: House) -> None:
    drawn = process(
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        user("draft"),
        user("check", '<wf:separateFrom tasks="draft"/>', role="checker"),
        chain("begin", "split", "draft", "join", "end"),
        flow("split", "check"),
        flow("check", "join"),
    )
    house.deploy(drawn)
    case = house.start(house.ann).instance.id
    tasks.save_draft(house.ann, house.open_tasks(house.ann)["check"], {"title": "x"}, house.now)
    house.complete(house.ann, "draft", title="甲")
    assert acts(case)[-2:] == ["TaskReleased", "TaskCompleted"]
    listed = tasks.get(house.bob, house.open_tasks(house.bob)["check"])
    assert listed.task.draft is None


def closed(house: House, key: str = "office") -> None:
    with transaction():
        found = sa.update(Organisation).where(Organisation.key == key)
        session().execute(found.values(closed_on=TODAY))


def test_nothing_is_started_in_a_closed_organisation(house: House) -> None:
    house.deploy(line("draft"))
    closed(house)
    with pytest.raises(HostClosed):
        house.start(house.ann)
    assert session().scalars(sa.select(ProcessInstance.id)).all() == []


def test_no_letter_starts_a_case_in_a_closed_organisation(house: House) -> None:
    house.deploy(ANSWERED)
    closed(house)
    assert receive(house, "M-ASK", "letter 1") == advance.Received("waiting", None)


def test_an_organisation_is_not_closed_while_a_case_is_started_there(
    app: Flask, house: House
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time
    house.deploy(line("draft"))
    with transaction():
        session().execute(sa.text("update positions set until = '2020-01-01'"))
    outcomes: list[str] = []
    office = house.organisation("office")

    def close() -> None:
        with app.app_context():
            try:
                structures.close(house.root, office, TODAY, NOW)
                outcomes.append("done")
            except WorkflowServerError as error:
                outcomes.append(type(error).__name__)

    with transaction():
        house.start(house.ann)
        waiting = threading.Thread(target=close)
        waiting.start()
        _wait_until_it_queues()
    waiting.join()
    assert outcomes == ["StillInUse"]


def test_a_repetition_tells_nothing_to_who_lost_the_case(house: House) -> None:
    house.deploy(line("draft", "check"))
    given = (house.ann, "p", {}, None, house.now, "key")
    case = instances.start(*given).instance.id
    chief = with_rights(house.ann)
    order = (chief, case, house.eve.person_id, "近亲属", house.now, "order")
    lift = (chief, case, recusals.order(*order).id, "没有了", house.now, "lift")
    recusals.lift(*lift)
    restrict = (chief, case, Marks(2), "依规", house.now, "restrict")
    restrictions.set_(*restrict)
    emergency = (chief, case, REASON, house.now, "emergency")
    emergency_accesses.take(*emergency)
    other = with_rights(grant(house.bob, clearance=2))
    recusals.order(other, case, house.ann.person_id, "近亲属", house.now)
    assert not sees(house.ann, case)
    for again, asked in (
        (instances.start, given),
        (restrictions.set_, restrict),
        (recusals.order, order),
        (recusals.lift, lift),
        (emergency_accesses.take, emergency),
    ):
        with pytest.raises(NotFound):
            again(*asked)


def test_who_may_not_is_refused_before_the_case_is_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begun(house, "")
    held: list[UUID] = []
    monkeypatch.setattr(rows, "lock", held.append)
    stranger: Actor = house.tom
    for act in (
        lambda: restrictions.set_(stranger, case, Marks(), "x", house.now),
        lambda: recusals.order(stranger, case, house.eve.person_id, "x", house.now),
        lambda: recusals.lift(stranger, case, new_id(), "x", house.now),
        lambda: emergency_accesses.take(stranger, case, REASON, house.now),
    ):
        with pytest.raises(NotFound):
            act()
    assert held == []


def test_flags_that_cannot_be_evaluated_at_first_are_taken_as_the_strictest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = '<wf:flag name="secrecy" value="internal"/><wf:flag name="minor" value="=false"/>'
    house.deploy(line("draft", start=START + flags))

    def failing(*_: object) -> list[Any]:
        raise WorkflowServerError("断")

    with monkeypatch.context() as patch:
        patch.setattr(standings, "_evaluated", failing)
        case = house.start(house.ann).instance.id
    found = rows.get(case)
    assert (found.secrecy, found.minor) == (2, True)
    assert "断" in str(history_rows.list_data(case)[-1]["standing_taken_strictest"])
    chief = with_rights(grant(house.bob, clearance=2, minors_certified=True))
    house.complete(chief, "draft", title="甲")
    assert (rows.get(case).secrecy, rows.get(case).minor) == (1, False)
