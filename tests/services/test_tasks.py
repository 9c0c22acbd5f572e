"""Persons' tasks: whose they are, and what becomes of their answers."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.conftest import House
from tests.services.drawing import chain, flow, line, node, process, user
from workflow_server.errors import NotFound, WorkflowServerError
from workflow_server.services import access, history, tasks, verifications
from workflow_server.services import process_instances as instances
from workflow_server.services.access import NotYours, Segregated, TaskTaken
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.duties import TaskAlreadyCompleted
from workflow_server.store import organisations
from workflow_server.store.db import db, session


def test_a_completed_task_opens_the_next_and_the_last_ends_the_instance(house: House) -> None:
    house.deploy(line("draft", "check"))
    started = house.start(house.ann)
    assert [task.element_id for task in started.next_tasks] == ["draft"]
    done = house.complete(house.ann, "draft", title="一")
    assert [task.element_id for task in done.next_tasks] == ["check"]
    assert house.complete(house.bob, "check", title="二").instance_status == "completed"
    variables = instances.get_variables(house.ann, started.instance.id)
    assert variables["answers"]["draft"] == [{"title": "一"}]
    ended = instances.get(house.ann, started.instance.id)
    assert (ended.status, ended.ended_at) == ("completed", house.now)


def test_a_task_is_offered_to_its_role_and_nobody_else(house: House) -> None:
    house.deploy(line(user("check", role="checker")))
    house.start(house.ann)
    assert list(house.open_tasks(house.bob)) == ["check"]
    assert not house.open_tasks(house.eve)
    assert not house.open_tasks(house.tom)


def test_who_does_not_see_the_case_is_told_that_there_is_no_such_task(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    for person in (house.tom, house.root):
        with pytest.raises(NotFound):
            tasks.complete(person, task.id, {"title": "一"}, house.now)
    with pytest.raises(NotFound):
        tasks.get(house.tom, task.id)
    with pytest.raises(NotFound):
        tasks.complete(house.ann, uuid4(), {}, house.now)


def test_who_sees_a_task_that_is_not_theirs_is_told_so(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    assert tasks.get(house.eve, task.id).task.id == task.id
    for act in (tasks.claim, tasks.release):
        with pytest.raises(NotYours):
            act(house.eve, task.id, house.now)
    with pytest.raises(NotYours):
        tasks.complete(house.eve, task.id, {"title": "一"}, house.now)
    with pytest.raises(NotYours):
        tasks.save_draft(house.eve, task.id, {"title": "一"}, house.now)
    assert tasks.get(house.eve, task.id).task.assignee_id is None


def test_a_claimed_task_is_another_persons_no_longer(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    assert tasks.claim(house.ann, task.id, house.now).task.assignee_id == house.ann.person_id
    assert tasks.claim(house.ann, task.id, house.now).assignee_name == "安"
    with pytest.raises(TaskTaken):
        tasks.claim(house.bob, task.id, house.now)
    with pytest.raises(TaskTaken):
        tasks.complete(house.bob, task.id, {"title": "一"}, house.now)
    assert not house.open_tasks(house.bob)
    tasks.release(house.ann, task.id, house.now)
    assert house.complete(house.bob, "draft", title="一").instance_status == "completed"


def test_only_a_claimed_task_can_be_given_back(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    with pytest.raises(tasks.TaskNotClaimed):
        tasks.release(house.ann, task.id, house.now)


def test_faults_are_named_and_the_draft_is_kept(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    tasks.save_draft(house.ann, task.id, {"remark": "未完"}, house.now)
    with pytest.raises(AnswersRefused) as refused:
        tasks.complete(house.ann, task.id, {"remark": "未完", "extra": 1}, house.now)
    assert {fault.pointer for fault in refused.value.faults} == {
        "#/answers/title",
        "#/answers/extra",
    }
    assert tasks.get(house.ann, task.id).task.draft == {"remark": "未完"}
    done = tasks.complete(house.ann, task.id, {"title": "一"}, house.now)
    assert done.task.completed_by == house.ann.person_id
    assert tasks.get(house.ann, task.id).task.draft is None


def test_answers_where_there_is_no_form_are_refused(house: House) -> None:
    house.deploy(line("draft"))
    with pytest.raises(AnswersRefused):
        house.start(house.ann, title="一")
    assert instances.list_(house.ann) == ([], 0)


def test_text_that_no_database_holds_is_refused(house: House) -> None:
    house.deploy(line("draft"))
    task = house.start(house.ann).next_tasks[0]
    for text in ("a\x00b", "\ud800"):
        with pytest.raises(WorkflowServerError):
            tasks.save_draft(house.ann, task.id, {"title": text}, house.now)
        with pytest.raises(WorkflowServerError):
            tasks.complete(house.ann, task.id, {"title": text}, house.now)
    assert tasks.get(house.ann, task.id).task.status == "open"


def test_a_second_completion_is_refused_and_harms_nothing(house: House) -> None:
    house.deploy(line("draft", "check"))
    started = house.start(house.ann)
    task = started.next_tasks[0]
    tasks.complete(house.ann, task.id, {"title": "一"}, house.now)
    with pytest.raises(TaskAlreadyCompleted):
        tasks.complete(house.bob, task.id, {"title": "二"}, house.now)
    assert list(house.open_tasks(house.bob)) == ["check"]


def test_the_same_key_gets_the_first_answer_and_serves_no_other_request(house: House) -> None:
    house.deploy(line("draft", "check"))
    task = house.start(house.ann).next_tasks[0]
    first = tasks.complete(house.ann, task.id, {"title": "一"}, house.now, "k-1")
    house.complete(house.ann, "check", title="二")
    again = tasks.complete(house.ann, task.id, {"title": "一"}, house.now, "k-1")
    assert again.next_tasks == first.next_tasks
    assert again.instance_status == first.instance_status == "running"
    with pytest.raises(history.IdempotencyKeyReused):
        tasks.complete(house.ann, task.id, {"title": "三"}, house.now, "k-1")
    with pytest.raises(TaskAlreadyCompleted):
        tasks.complete(house.bob, task.id, {"title": "一"}, house.now, "k-1")


def test_who_did_one_step_is_not_offered_the_step_that_checks_it(house: House) -> None:
    separate = user("check", '<wf:separateFrom tasks="draft"/>', role="checker")
    house.deploy(line("draft", separate))
    house.start(house.ann)
    task = house.complete(house.ann, "draft", title="一").next_tasks[0]
    assert not house.open_tasks(house.ann)
    for refused in (tasks.claim, lambda *a: tasks.complete(a[0], a[1], {"title": "二"}, a[2])):
        with pytest.raises(Segregated):
            refused(house.ann, task.id, house.now)
    assert not tasks.get_desk(house.ann, task.id, house.now).may_complete
    assert house.complete(house.bob, "check", title="二").instance_status == "completed"


def test_an_open_task_closes_to_who_does_the_step_that_it_checks(house: House) -> None:
    both = process(
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        user("draft"),
        user("check", '<wf:separateFrom tasks="draft"/>', role="checker"),
        chain("begin", "split", "draft", "join", "end"),
        chain("split", "check", "join"),
    )
    house.deploy(both)
    house.start(house.ann)
    assert set(house.open_tasks(house.ann)) == {"draft", "check"}
    house.complete(house.ann, "draft", title="一")
    assert not house.open_tasks(house.ann)
    assert set(house.open_tasks(house.bob)) == {"check"}


def test_a_task_goes_to_who_did_an_earlier_one(house: House) -> None:
    again = node(
        "userTask", "again", '<wf:form key="a/note"/><wf:assign strategy="task" task="draft"/>'
    )
    house.deploy(line("draft", again))
    house.start(house.ann)
    task = house.complete(house.bob, "draft", title="一").next_tasks[0]
    assert task.assignee_id == house.bob.person_id
    assert not house.open_tasks(house.ann)


def test_a_task_goes_to_the_person_named_by_an_expression(house: House) -> None:
    named = node(
        "userTask", "do", '<wf:form key="a/note"/><wf:assign strategy="person" value="=handler"/>'
    )
    draft = user("draft", '<wf:output name="handler" value="=this.handler"/>')
    house.deploy(line(draft, named))
    started = house.start(house.ann)
    eve = str(house.eve.person_id)
    done = house.complete(house.ann, "draft", title="一", handler=eve)
    assert done.next_tasks[0].assignee_id == house.eve.person_id
    house.start(house.ann)
    outside = str(house.tom.person_id)
    stuck = house.complete(house.ann, "draft", title="一", handler=outside)
    assert stuck.next_tasks == ()
    assert "本单位" in house.incidents(_instance_of(stuck))[0]
    assert not house.incidents(started.instance.id)


def test_what_stands_beside_the_form_is_read_from_the_case(house: House) -> None:
    check = user("check", '<wf:reads label="题目" value="=answers.draft[1].title"/>')
    house.deploy(line("draft", check))
    house.start(house.ann)
    task = house.complete(house.ann, "draft", title="一").next_tasks[0]
    desk = tasks.get_desk(house.bob, task.id, house.now)
    assert desk.reads == [("题目", "一")]
    assert desk.form is not None
    assert (desk.form.key, desk.may_complete) == ("a/note", True)


def test_tasks_are_narrowed_and_paged(house: House) -> None:
    house.deploy(line("draft"))
    for _ in range(3):
        started = house.start(house.ann)
    assert tasks.list_(house.eve)[1] == 3
    assert tasks.list_(house.tom) == ([], 0)
    page, total = tasks.list_(house.ann, mine=True, page=2, page_size=2)
    assert (len(page), total) == (1, 3)
    mine, _ = tasks.list_(house.ann, instance_id=started.instance.id, process_key="p")
    assert [listed.instance.id for listed in mine] == [started.instance.id]
    assert tasks.list_(house.ann, role="checker")[1] == 0


def test_a_repeated_claim_under_a_key_changes_nothing(house: House) -> None:
    house.deploy(line("draft"))
    started = house.start(house.ann)
    task = started.next_tasks[0]
    tasks.claim(house.ann, task.id, house.now, "c-1")
    tasks.claim(house.ann, task.id, house.now, "c-1")
    acts, _ = history.list_(house.ann, started.instance.id)
    assert [row.act for row in acts] == ["InstanceStarted", "TaskClaimed"]


def test_of_simultaneous_completions_of_one_task_exactly_one_succeeds(
    app: Flask, house: House
) -> None:
    house.deploy(line("draft", "check"))
    started = house.start(house.ann)
    task = started.next_tasks[0]
    outcomes = _at_once(app, [(person, task.id) for person in (house.ann, house.bob) * 3])
    assert sorted(outcomes) == ["TaskAlreadyCompleted"] * 5 + ["done"]
    session().rollback()
    assert list(house.open_tasks(house.bob)) == ["check"]
    assert verifications.find_break(started.instance.id) is None


def test_simultaneous_completions_of_different_tasks_all_succeed(app: Flask, house: House) -> None:
    names = [f"t{number}" for number in range(6)]
    fork = process(
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        *(user(name) for name in names),
        *(chain("split", name, "join") for name in names),
        flow("begin", "split"),
        flow("join", "end"),
    )
    house.deploy(fork)
    started = house.start(house.ann)
    outcomes = _at_once(app, [(house.ann, task.id) for task in started.next_tasks])
    assert outcomes == ["done"] * 6
    session().rollback()
    assert instances.get(house.ann, started.instance.id).status == "completed"
    assert verifications.find_break(started.instance.id) is None


def _at_once(app: Flask, wanted: list[tuple[access.Actor, Any]]) -> list[str]:
    """Complete tasks in as many threads; returns "done" or the name of the refusal of each."""
    outcomes: list[str] = []
    ready = threading.Barrier(len(wanted))
    session().rollback()

    def work(person: access.Actor, task_id: Any) -> None:
        with app.app_context():
            ready.wait()
            try:
                tasks.complete(person, task_id, {"title": "一"}, House().now)
                outcomes.append("done")
            except WorkflowServerError as error:
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=work, args=each) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _instance_of(done: tasks.Completion) -> Any:
    return done.task.instance_id


def test_a_finished_instance_leaves_little_behind(house: House) -> None:
    house.deploy(line(*(f"t{number}" for number in range(10))))
    started = house.start(house.ann)
    for number in range(10):
        house.complete(house.ann, f"t{number}", title="一")
    rows, _ = history.list_(house.ann, started.instance.id)
    tasks_left = tasks.list_(house.ann, status=None, instance_id=started.instance.id)[1]
    assert 1 + tasks_left + len(rows) <= 25
    assert organisations.find_by_key("office") is not None


def test_an_inbox_is_found_by_indexes(house: House) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    house.deploy(line("draft"))
    house.start(house.ann)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        asked.append((text, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert tasks.list_(house.ann, mine=True)[1] == 1
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    for text, parameters in asked:
        plan = session().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
        assert not [step for *_, step in plan if step.startswith("SCAN tasks")]
