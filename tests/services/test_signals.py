"""A thrown signal reaches every case of its organisation that waits for it, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import incidents
from workflow_server.services import process_instances as instances
from workflow_server.services.advance import signals
from workflow_server.store import process_instances as rows
from workflow_server.store.db import session
from workflow_server.store.process_instances import ProcessInstance

BELL = '<b:signalEventDefinition id="sd" signalRef="sg"/>'
THROW = node("intermediateThrowEvent", "ring", "", BELL.replace("sd", "st"))
WAIT = node("intermediateCatchEvent", "listen", "", BELL)


def started_by_signal() -> list[str]:
    """Return the organisations of what nobody started."""
    query = sa.select(ProcessInstance.organisation_id).where(ProcessInstance.started_by.is_(None))
    return [str(each) for each in session().scalars(query)]


def test_all_others_that_wait_hear_it_and_nobody_else(house: House) -> None:
    house.deploy(line(THROW, "after", key="q"), line(WAIT, "heard"))
    waiting = [house.start(house.ann).instance.id for _ in range(2)]
    assert instances.get_diagram(house.ann, waiting[0]).current == ["listen"]
    house.start(house.ann, "q")
    assert house.run_jobs() == 2
    assert instances.get_diagram(house.ann, waiting[0]).current == ["heard"]
    assert instances.get_diagram(house.ann, waiting[1]).current == ["heard"]
    assert house.run_jobs() == 0


def test_a_case_may_speak_to_what_it_has_called_alone(house: House) -> None:
    calls = node("callActivity", "ask", calledElement="q")
    parts = (
        node("parallelGateway", "fork"),
        calls,
        THROW,
        chain("begin", "fork", "ask", "end"),
        chain("fork", "speak", "ring", "end"),
        user("speak"),
    )
    caller = process(*parts).replace('party="office"', 'party="office" signals="called"')
    begin = node("startEvent", "begin", "", BELL)
    woken = process(begin, user("look"), chain("begin", "look", "end"), start="", key="r")
    house.deploy(caller, line(WAIT, "heard", key="q"), woken)
    alone = house.start(house.ann, "q").instance.id
    (called,) = rows.list_called(house.start(house.ann).instance.id)
    house.complete(house.ann, "speak", title="一")
    assert house.run_jobs() == 1
    assert instances.get_diagram(house.ann, called).current == ["heard"]
    assert instances.get_diagram(house.ann, alone).current == ["listen"]
    assert started_by_signal() == []


def test_who_begins_to_wait_after_it_was_thrown_does_not_hear_it(house: House) -> None:
    house.deploy(line(THROW, key="q"), line(user("draft"), WAIT, "heard"))
    house.start(house.ann)
    house.start(house.ann, "q")
    house.complete(house.ann, "draft", title="一")
    assert house.run_jobs() == 0
    assert house.open_tasks(house.ann) == {}


def test_what_threw_it_hears_it_at_once_and_not_again(house: House) -> None:
    forked = process(
        node("parallelGateway", "fork"),
        WAIT,
        user("before"),
        THROW,
        user("heard"),
        chain("begin", "fork", "listen", "heard", "end"),
        chain("fork", "before", "ring", "end"),
    )
    house.deploy(forked)
    house.start(house.ann)
    house.complete(house.ann, "before", title="一")
    assert list(house.open_tasks(house.ann)) == ["heard"]
    assert house.run_jobs() == 0


def test_a_signal_starts_the_newest_version_where_it_was_thrown(house: House) -> None:
    begin = node("startEvent", "begin", "", BELL)
    first = process(begin, user("look"), chain("begin", "look", "end"), start="", key="r")
    house.deploy(line(THROW, key="q"), first)
    house.deploy(line(THROW, key="q"), first.replace('"look"', '"see"').replace("-look", "-see"))
    house.start(house.ann, "q")
    assert started_by_signal() == []
    house.run_jobs()
    assert started_by_signal() == [str(house.organisation("office"))]
    assert list(house.open_tasks(house.ann)) == ["see"]


def test_a_case_that_is_over_hears_nothing(house: House) -> None:
    house.deploy(line(THROW, key="q"), line(WAIT))
    started = house.start(house.ann)
    house.start(house.ann, "q")
    house.start(house.ann, "q")
    house.run_jobs()
    assert rows.get(started.instance.id).status == "completed"
    assert house.incidents(started.instance.id) == []


def test_signals_that_lead_to_one_another_for_ever_are_stopped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "MOST_RELAYS", 5)
    woken = node("startEvent", "begin", "", BELL)
    house.deploy(
        line(THROW, key="q"), process(woken, THROW, chain("begin", "ring", "end"), start="")
    )
    house.start(house.ann, "q")
    for hours in range(1, 12):
        house.run_jobs(timedelta(hours=hours))
    assert len(started_by_signal()) == 5
    failed, _ = incidents.list_(house.root, is_open=True)
    assert [each.instance_id for each in failed] == [None]
