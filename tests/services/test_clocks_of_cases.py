"""Clocks in whole cases: what a person did in time stays in time, whatever happens after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import files_of, line, node, user
from tests.services.stage import RULES
from workflow_server.content import bundle as bundles
from workflow_server.services import calendars, deadlines, deployments, incidents, jobs, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.calendars import DayChange
from workflow_server.services.deadlines import DeadlineView
from workflow_server.store import deadlines as rows
from workflow_server.store import history
from workflow_server.store.db import session

CLOCK = '<wf:deadline name="reply" rule="R-REPLY" start="=today" stopOn="check"/>'


def deploy(house: House, drawn: str) -> None:
    files = files_of([drawn]) | {"bpmn/_shared/deadlines.dmn": RULES.encode()}
    deployments.deploy(None, bundles.from_files(files), house.now, "api")


def clock(house: House) -> DeadlineView:
    session().expire_all()
    (found,), _ = deadlines.list_(house.ann, house.now)
    return found


def resolve(house: House) -> None:
    (incident,), _ = incidents.list_(house.root, is_open=True)
    incidents.resolve(house.root, incident.id, house.now)


def test_a_clock_met_in_time_stays_met_when_a_later_effect_is_tried_again(house: House) -> None:
    failing = '<wf:record operation="open" kind="permit" title="=this.remark" state="新"/>'
    deploy(house, line(user("draft", CLOCK), user("check", failing)))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    house.complete(house.ann, "check", title="甲")
    assert house.incidents(started.instance.id)
    stopped_at = clock(house).deadline.stopped_at
    assert (clock(house).light, stopped_at) == ("met", house.now)
    house.now += timedelta(days=120)
    resolve(house)
    assert (clock(house).light, clock(house).deadline.stopped_at) == ("met", stopped_at)


def test_a_clock_is_met_even_when_an_output_fails(house: House) -> None:
    many = "(if this.title = &quot;甲&quot; then 100000000 else 0)"
    failing = f'<wf:output name="n" value="=count(for i in 1..{many} return i)"/>'
    deploy(house, line(user("draft", CLOCK), user("check", failing)))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    house.complete(house.ann, "check", title="甲")
    assert house.incidents(started.instance.id)
    assert clock(house).light == "met"
    shown = instances.get_variables(house.ann, started.instance.id)["deadlines"]["reply"]
    assert shown["due"] == clock(house).deadline.due.isoformat()


def announce(house: House) -> None:
    """Announce that the day on which the clocks of these cases end is a day off."""
    calendars.override(
        house.root, [DayChange(date(2026, 9, 1), False, "停电")], "甲号文", house.now
    )


def test_a_clock_that_stops_while_the_calendar_changes_is_not_revised(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(house, line(user("draft", CLOCK), "check", "last"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    listed = rows.list_running

    def meanwhile() -> list[tuple[UUID, UUID]]:
        found = listed()
        house.complete(house.ann, "check", title="甲")
        return found

    monkeypatch.setattr(rows, "list_running", meanwhile)
    announce(house)
    assert (clock(house).light, clock(house).deadline.revisions) == ("met", [])
    shown = instances.get_variables(house.ann, started.instance.id)["deadlines"]["reply"]
    assert (shown["status"], shown["due"]) == ("met", "2026-09-01")


def test_a_clock_that_cannot_be_counted_holds_up_no_other(house: House) -> None:
    deploy(house, line(user("draft", CLOCK), "check"))
    for _ in range(2):
        house.start(house.ann)
        house.complete(house.ann, "draft", title="甲")
    broken, _ = (rows.get(deadline) for _, deadline in rows.list_running())
    broken.rule_row = {**broken.rule_row, "unit": "moon"}
    broken_id = broken.id
    session().commit()
    announce(house)
    session().expire_all()
    found, _ = deadlines.list_(house.ann, house.now)
    assert {each.deadline.id == broken_id: each.deadline.due.day for each in found} == {
        True: 1,
        False: 2,
    }
    (data,) = history.list_data(history.area("calendar"))
    assert data["deadlines_revised"] == 1
    assert list(data["deadlines_not_revised"]) == [str(broken_id)]


def test_tasks_and_timers_follow_a_revised_clock(house: House) -> None:
    late = node(
        "boundaryEvent",
        "late",
        '<wf:timer deadline="reply" offset="P1D"/>',
        '<b:timerEventDefinition id="td"/>',
        attachedToRef="check",
        cancelActivity="true",
    )
    drawn = line(user("draft", CLOCK), "check").replace(
        "</b:process>",
        late + '<b:endEvent id="over"/><b:sequenceFlow id="lo" sourceRef="late" targetRef="over"/>'
        "</b:process>",
    )
    deploy(house, drawn)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    check = house.open_tasks(house.ann)["check"]
    assert tasks.get(house.ann, check).task.due_on == date(2026, 9, 1)
    announce(house)
    session().expire_all()
    assert tasks.get(house.ann, check).task.due_on == date(2026, 9, 2)
    (timer,), _ = jobs.list_(house.root, kind="fire_timer", instance_id=started.instance.id)
    assert timer.due_at == datetime(2026, 9, 3, 16, tzinfo=UTC)
