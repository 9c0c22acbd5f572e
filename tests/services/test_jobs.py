"""Jobs are done once, in order, retried with pauses, and left to a person at last."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.services.conftest import House
from tests.services.drawing import line, node, user
from workflow_server.errors import Forbidden, InvalidState, NotFound
from workflow_server.services import incidents, jobs
from workflow_server.store import jobs as rows
from workflow_server.store.db import session, transaction
from workflow_server.store.types import new_id

DONE: list[str] = []


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that note what they did, and one that fails."""
    DONE.clear()
    monkeypatch.setitem(jobs.HANDLERS, "note", lambda job, now: lambda: DONE.append(job["name"]))
    monkeypatch.setitem(jobs.HANDLERS, "fail", _fail)


def _fail(payload: Mapping[str, Any], now: datetime) -> None:
    raise InvalidState("Expected luck, but there was none")


def enqueue(house: House, kind: str, name: str, **more: Any) -> Any:
    with transaction():
        return jobs.enqueue(kind, {"name": name}, now=house.now, **more)


def test_jobs_run_once_in_the_order_of_their_dates(house: House) -> None:
    enqueue(house, "note", "second", due_at=house.now + timedelta(hours=1))
    enqueue(house, "note", "first")
    assert house.run_jobs() == 1
    house.now += timedelta(hours=1)
    assert house.run_jobs() == 1
    assert house.run_jobs() == 0
    assert DONE == ["first", "second"]


def test_a_limit_is_kept(house: House) -> None:
    for name in "abc":
        enqueue(house, "note", name)
    assert jobs.run_due(house.now, 2) == 2
    assert DONE == ["a", "b"]


def test_a_failing_job_is_tried_again_after_growing_pauses(house: House) -> None:
    job_id = enqueue(house, "fail", "x")
    real = datetime.now(UTC)
    assert jobs.run_due(house.now, 10, real) == 1
    assert jobs.run_due(house.now, 10, real + timedelta(seconds=1)) == 0
    assert jobs.run_due(house.now, 10, real + timedelta(seconds=3)) == 1
    assert jobs.run_due(house.now, 10, real + timedelta(seconds=6)) == 0
    job = jobs.get(house.root, job_id)
    assert (job.status, job.attempts, job.error) == (
        "ready",
        2,
        "InvalidState",
    )


def test_a_job_that_never_succeeds_becomes_an_incident_and_can_be_retried(house: House) -> None:
    job_id = enqueue(house, "fail", "x")
    _exhaust(house)
    assert jobs.get(house.root, job_id).status == "failed"
    incident = incidents.list_(house.root, is_open=True)[0][0]
    assert incident.job_id == job_id
    assert incident.message.startswith("内容属于案件")
    jobs.HANDLERS["fail"] = jobs.HANDLERS["note"]
    incidents.resolve(house.root, incident.id, house.now)
    assert incidents.list_(house.root, is_open=True)[1] == 0
    house.run_jobs()
    assert DONE == ["x"]


def test_jobs_of_an_instance_keep_their_order_and_others_pass_by(house: House) -> None:
    instance = new_id()
    enqueue(house, "fail", "a", instance_id=instance)
    enqueue(house, "note", "b", instance_id=instance)
    enqueue(house, "note", "timer", instance_id=instance, in_line=False)
    enqueue(house, "note", "other", instance_id=new_id())
    house.run_jobs()
    assert DONE == ["timer", "other"]
    _exhaust(house)
    assert DONE == ["timer", "other"]
    jobs.HANDLERS["fail"] = jobs.HANDLERS["note"]
    failed, _ = jobs.list_(house.root, status="failed")
    jobs.retry(house.root, failed[0].id, house.now)
    house.run_jobs()
    assert DONE == ["timer", "other", "a", "b"]


def test_only_failed_jobs_are_retried_and_only_by_administrators(house: House) -> None:
    job_id = enqueue(house, "note", "a")
    with pytest.raises(InvalidState):
        jobs.retry(house.root, job_id, house.now)
    with pytest.raises(NotFound):
        jobs.retry(house.root, new_id(), house.now)
    for look in (jobs.list_, lambda person: jobs.get(person, job_id)):
        with pytest.raises(Forbidden):
            look(house.ann)


def test_a_worker_that_lost_its_lease_writes_nothing(house: House) -> None:
    job_id = enqueue(house, "note", "a")
    real = datetime.now(UTC)
    with transaction():
        lost = rows.lease_next(house.now, real, real + jobs.LEASE, new_id())
    assert lost is not None
    assert jobs.run_due(house.now, 10, real + timedelta(seconds=1)) == 0
    assert jobs.run_due(house.now, 10, real + timedelta(seconds=121)) == 1
    with transaction():
        assert not rows.finish(job_id, new_id(), house.now)
    assert DONE == ["a"]
    assert jobs.get(house.root, job_id).attempts == 2


def test_a_job_that_kills_its_workers_is_given_up(house: House) -> None:
    job_id = enqueue(house, "note", "a")
    real = datetime.now(UTC)
    for _ in range(jobs.ATTEMPTS):
        with transaction():
            rows.lease_next(house.now, real, real + timedelta(seconds=1), new_id())
        real += timedelta(seconds=2)
    jobs.run_due(house.now, 10, real)
    assert jobs.get(house.root, job_id).status == "failed"
    assert DONE == []


def test_what_is_written_down_and_the_end_of_the_job_are_one(house: House) -> None:
    def half(payload: Mapping[str, Any], now: datetime) -> jobs.WriteDown:
        def write_down() -> None:
            jobs.enqueue("note", {"name": "never"}, now=now)
            raise InvalidState("Expected the end, but it failed half way")

        return write_down

    jobs.HANDLERS["fail"] = half
    enqueue(house, "fail", "x")
    house.run_jobs()
    house.run_jobs()
    assert DONE == []
    assert jobs.list_(house.root)[1] == 1


def test_two_workers_do_every_job_once(app: Flask, house: House) -> None:
    for number in range(40):
        enqueue(house, "note", str(number))
    session().rollback()

    def work() -> None:
        with app.app_context():
            while jobs.run_due(house.now, 5):
                pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(DONE, key=int) == [str(number) for number in range(40)]


def _exhaust(house: House) -> None:
    for hours in range(1, 8):
        house.run_jobs(timedelta(hours=hours))


def test_the_clock_is_asked_for_each_job_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_payload: Mapping[str, Any], now: datetime) -> None:
        DONE.append(f"{now - start}")
        house.now += timedelta(hours=1)

    start = house.now
    monkeypatch.setitem(jobs.HANDLERS, "slow", slow)
    for name in "ab":
        enqueue(house, "slow", name)
    assert jobs.run_due(lambda: house.now, 10) == 2
    assert DONE == ["0:00:00", "1:00:00"]


def test_a_failed_job_that_is_no_longer_needed_takes_its_incident_along(house: House) -> None:
    boundary = node(
        "boundaryEvent",
        "late",
        "",
        '<b:timerEventDefinition id="td"><b:timeDate>=letter</b:timeDate></b:timerEventDefinition>',
        attachedToRef="check",
        cancelActivity="true",
    )
    first = user("draft", '<wf:output name="letter" value="=this.title"/>')
    flows = '<b:endEvent id="over"/><b:sequenceFlow id="lo" sourceRef="late" targetRef="over"/>'
    drawn = line(first, "check").replace("</b:process>", f"{boundary}{flows}</b:process>")
    house.deploy(drawn)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="明天")
    for hours in range(1, 8):
        house.run_jobs(timedelta(hours=hours))
    assert house.incidents(started.instance.id)
    house.complete(house.ann, "check", title="甲")
    assert house.incidents(started.instance.id) == []
