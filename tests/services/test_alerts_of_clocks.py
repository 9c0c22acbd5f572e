"""The ladder of warnings: when, whom, and what a warning may say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services import stage as stages
from tests.services.stage import NOW, Stage
from tests.services.test_changes_of_clocks import day, do, table
from workflow_server.content import bundle, content
from workflow_server.errors import NotFound
from workflow_server.services import calendars, deadlines, definition_cache, jobs, notices
from workflow_server.services.calendars import DayChange
from workflow_server.store import access, process_instances, roles
from workflow_server.store.db import session, transaction
from workflow_server.store.notices import Notice

LADDER = {
    "start": True,
    "before": [15, 7, 3],
    "short": {"days": 5, "shares": [50], "before": [1]},
    "overdue": {"workdays": 3, "every_days": 7, "most": 2},
    "receivers": [
        {"who": "handler", "from": "start"},
        {"who": "role", "role": "clerk", "from": -3},
    ],
    "copies": [{"role": "owner", "from": 3}],
}


@pytest.fixture
def stage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Stage:
    more = {
        "bpmn/_shared/deadlines.dmn": table().replace('"7,3"', "null").encode(),
        "bpmn/_shared/alerts.json": json.dumps(LADDER).encode(),
    }
    loaded = content.load(bundle.from_files({**stages.SEALED.files, **more}))
    monkeypatch.setattr(stages, "CONTENT", loaded)
    monkeypatch.setattr(definition_cache, "content_of", lambda _: loaded)
    built = Stage().build()
    with transaction():
        access.replace_team(built.instance_id, [(built.clerk.person_id, "handler")])
        instance = process_instances.get(built.instance_id)
        instance.business_key = "甲许〔2026〕1号"
    return built


def ring(now: datetime) -> None:
    """Let everything ring that is due by a moment, one after the other."""
    moment = NOW
    while moment <= now:
        jobs.run_due(moment, 50, moment)
        moment += timedelta(days=1)


def told(person_id: UUID) -> list[Notice]:
    query = sa.select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
    return list(session().scalars(query))


def given(stage: Stage) -> list[int]:
    (clock,) = deadlines.list_(stage.clerk, NOW)[0]
    return [each.days_before for each in deadlines.list_alerts(stage.clerk, clock.deadline.id)]


def test_the_ladder_from_the_start_to_long_after_the_end(stage: Stage) -> None:
    do(stage, "start", rule="R-SOFT", start="2026-03-16")
    ring(day("2026-07-20"))
    assert given(stage) == [92, 15, 7, 3, 0, -1, -2, -3, -4, -5]
    first, *_, last = told(stage.clerk.person_id)
    assert first.text == "甲许〔2026〕1号：“办理期限”开始计算，2026年6月16日届满。"
    assert (first.kind, last.kind) == ("begun", "overdue")
    assert "尚未办结" in last.text


def test_a_short_clock_warns_half_way_and_a_day_before(stage: Stage) -> None:
    do(stage, "start", rule="R-OPEN", start="2026-03-16", amount="=5")
    ring(day("2026-03-26"))
    assert given(stage)[:4] == [7, 3, 1, 0]


def test_a_clock_that_is_a_right_warns_nobody(stage: Stage) -> None:
    do(stage, "start", rule="R-MUTE", start="2026-03-16")
    ring(day("2026-05-01"))
    assert given(stage) == []


def test_later_steps_reach_further_up_and_beside(stage: Stage) -> None:
    with transaction():
        access.replace_team(stage.instance_id, [])
        roles.replace_all([{**each, "rights": []} for each in stages.ROLES["roles"]])
    copied = f'="{stage.shop}"'
    do(stage, "start", rule="R-SOFT", start="2026-03-16", copy_to=copied)
    ring(day("2026-06-18"))
    assert told(stage.clerk.person_id) == []
    assert [each.kind for each in told(stage.owner.person_id)] == ["urgent", "overdue"]
    ring(day("2026-06-25"))
    (third, *_) = told(stage.clerk.person_id)
    assert third.kind == "overdue"


@pytest.mark.parametrize("mark", [{"secrecy": 2}, {"minor": True}])
def test_of_a_case_that_is_kept_close_only_the_number_is_told(
    stage: Stage, mark: dict[str, Any]
) -> None:
    do(stage, "start", rule="R-SOFT", start="2026-03-16", copy_to=f'="{stage.shop}"')
    with transaction():
        instance = process_instances.get(stage.instance_id)
        for name, value in mark.items():
            setattr(instance, name, value)
    ring(day("2026-06-18"))
    assert told(stage.owner.person_id) == []
    assert all("办理期限" not in each.text for each in told(stage.clerk.person_id))


def test_a_met_clock_drops_its_warning_and_a_paused_one_gives_none(stage: Stage) -> None:
    do(stage, "start", rule="R-SOFT", start="2026-03-16")
    jobs.run_due(NOW, 10, NOW)
    do(stage, "pause", reason="鉴定")
    ring(day("2026-08-01"))
    assert given(stage) == [92]
    assert told(stage.clerk.person_id)[-1].text.endswith("“办理期限”已中止计算：中止：鉴定。")
    do(stage, "resume", day("2026-08-01"))
    do(stage, "stop", day("2026-08-02"))
    late = datetime(2027, 1, 1, tzinfo=UTC)
    jobs.run_due(late, 10, late)
    assert given(stage) == [92]


def test_the_notice_of_a_year_makes_provisional_clocks_certain_and_tells(stage: Stage) -> None:
    start = {"rule": "R-FIRM", "start": "2026-11-23"}
    before = do(stage, "start", datetime(2026, 11, 23, 2, tzinfo=UTC), **start)
    assert (before["raw_due"], before["due"]) == ("2027-01-23", "2027-01-25")
    assert before["provisional"] is True
    announced = datetime(2026, 11, 30, 2, tzinfo=UTC)
    working_saturday = DayChange(day("2027-01-23").date(), True, "调休上班")
    calendars.override(
        stage.root,
        [working_saturday],
        "国办发明电〔2026〕1号",
        announced,
        known_until=day("2027-12-31").date(),
    )
    after = stage.variables()["deadlines"]["reply"]
    assert (after["due"], after["provisional"]) == ("2027-01-23", False)
    (clock,) = deadlines.list_(stage.clerk, announced)[0]
    assert clock.deadline.revisions[0]["due"] == "2027-01-25"
    jobs.run_due(announced, 10, announced)
    assert told(stage.clerk.person_id)[-1].text == (
        "甲许〔2026〕1号：“答复期限”有变化：工作日历更新至第2版；"
        "现于2027年1月23日届满（原为2027年1月25日）。"
    )


def test_a_clock_whose_day_is_now_certain_says_so(stage: Stage) -> None:
    began = datetime(2026, 11, 23, 2, tzinfo=UTC)
    do(stage, "start", began, rule="R-FIRM", start="2026-11-23")
    announced = datetime(2026, 11, 30, 2, tzinfo=UTC)
    holiday = DayChange(day("2027-01-01").date(), False, "元旦")
    until = day("2027-12-31").date()
    calendars.override(stage.root, [holiday], "国办发明电〔2026〕1号", announced, known_until=until)
    jobs.run_due(announced, 10, announced)
    assert told(stage.clerk.person_id)[-1].text.endswith(
        "工作日历更新至第2版；届满日已确定，仍为2027年1月25日，不再暂定。"
    )


def test_notices_are_read_one_by_one_or_all(stage: Stage) -> None:
    do(stage, "start", rule="R-SOFT", start="2026-03-16")
    ring(day("2026-06-18"))
    count = notices.count_unread(stage.clerk)
    found, total = notices.list_(stage.clerk, unread=True, page_size=2)
    assert (len(found), total) == (2, count)
    first = found[0].notice.id
    assert notices.read(stage.clerk, NOW, [first]) == count - 1
    assert notices.read(stage.clerk, NOW, [first]) == count - 1
    assert notices.read(stage.owner, NOW, [found[1].notice.id]) == 0
    assert notices.count_unread(stage.clerk) == count - 1
    with pytest.raises(NotFound):
        notices.open_(stage.owner, first, NOW)
    assert notices.open_(stage.clerk, found[1].notice.id, NOW) == stage.instance_id
    assert notices.read(stage.clerk, NOW) == 0
