"""What diagrams do to a running clock, whom that is refused, and how the clock explains it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.services import stage as stages
from tests.services.stage import NOW, Stage
from workflow_server.content import bundle, content
from workflow_server.content.elements import DeadlineEffect
from workflow_server.services import deadline_changes, deadlines, jobs
from workflow_server.services.deadline_changes import (
    DeadlineNotExcludable,
    DeadlineNotExtendable,
    DeadlineNotPausable,
    DeadlineNotPaused,
)
from workflow_server.services.deadline_rules import DeadlineRefused
from workflow_server.services.deadlines import DeadlineNotRunning, DeadlineView

COLUMNS = (
    *("amount", "unit", "label", "basis", "extendable", "max_extension", "pausable"),
    *("excludable", "counts_from", "min_amount", "max_amount", "warn", "version"),
)
ROWS: dict[str, dict[str, Any]] = {
    "R-FIRM": {"amount": 2, "unit": "month", "label": "答复期限", "basis": "规定第十九条"},
    "R-SOFT": {
        **{"amount": 3, "unit": "month", "label": "办理期限", "extendable": True},
        **{"max_extension": "P3M", "pausable": True, "excludable": True},
    },
    "R-LONGER": {"amount": 6, "unit": "month", "label": "延长后的期限", "basis": "代表法"},
    "R-MORE": {"amount": 1, "unit": "month", "counts_from": "due", "label": "再延长"},
    "R-MINOR": {"amount": 1, "unit": "month", "label": "未成年人期限", "basis": "未保法"},
    "R-DAYS": {"amount": 10, "unit": "workday", "pausable": True, "label": "审查期限"},
    "R-OPEN": {"amount": 15, "unit": "day", "min_amount": 5, "max_amount": 30, "label": "异议"},
    "R-MUTE": {"amount": 9, "unit": "day", "label": "异议", "warn": "none"},
    "R-BACK": {"amount": 3, "unit": "day", "label": "会前材料"},
}


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def table() -> str:
    """Draw the rules of this module as a decision table."""
    outputs = "".join(f'<output id="o{n}" name="{n}"/>' for n in COLUMNS)
    rows = ""
    for code, row in ROWS.items():
        cells = {"warn": "7,3", **row, "version": "v1"}
        rows += f'<rule id="{code}"><inputEntry id="{code}i"><text>"{code}"</text></inputEntry>'
        for name in COLUMNS:
            text = _cell(cells.get(name))
            rows += f'<outputEntry id="{code}-{name}"><text>{text}</text></outputEntry>'
        rows += "</rule>"
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        'namespace="urn:test"><decision id="deadlines" name="deadlines">'
        '<decisionTable id="t" hitPolicy="FIRST"><input id="i1"><inputExpression id="e1">'
        f"<text>rule</text></inputExpression></input>{outputs}{rows}"
        "</decisionTable></decision></definitions>"
    )


@pytest.fixture
def stage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Stage:
    files = {**stages.SEALED.files, "bpmn/_shared/deadlines.dmn": table().encode()}
    loaded = content.load(bundle.from_files(files))
    monkeypatch.setattr(stages, "CONTENT", loaded)
    return Stage().build()


def do(stage: Stage, operation: Any, now: datetime = NOW, **more: Any) -> dict[str, Any]:
    with stage.acting(now=now) as situation:
        deadline_changes.apply(DeadlineEffect(operation, "reply", **more), situation)
    shown: dict[str, Any] = stage.variables()["deadlines"]["reply"]
    return shown


def start(stage: Stage, rule: str, day: str = "2026-03-16", **more: Any) -> dict[str, Any]:
    return do(stage, "start", rule=rule, start=day, **more)


def clocks(stage: Stage, now: datetime = NOW) -> list[DeadlineView]:
    return deadlines.list_(stage.clerk, now)[0]


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:00:00+08:00")


def test_an_extension_moves_the_end_and_is_told(stage: Stage) -> None:
    start(stage, "R-SOFT")
    shown = do(stage, "extend", until="2026-08-01", reason="案情复杂")
    assert (shown["raw_due"], shown["due"]) == ("2026-08-01", "2026-08-03")
    assert shown["explanation"] == (
        "自2026年3月16日起算三个月，2026年3月16日延长至2026年8月1日（案情复杂），"
        "届满日2026年8月1日为星期六，顺延至2026年8月3日。"
    )
    (clock,) = clocks(stage)
    (before,) = clock.deadline.revisions
    assert (before["due"], before["reason"]) == ("2026-06-16", "延长：案情复杂")
    assert before["by"] == stage.clerk.name


def test_an_extension_by_rule_counts_from_the_start_or_from_the_end(stage: Stage) -> None:
    start(stage, "R-SOFT")
    by_start = do(stage, "extend", by="R-LONGER", reason="同意延期")
    assert by_start["raw_due"] == "2026-09-16"
    assert "依代表法延长六个月（同意延期）" in by_start["explanation"]
    start(stage, "R-SOFT")
    assert do(stage, "extend", by="R-MORE", reason="甲")["raw_due"] == "2026-07-16"
    assert do(stage, "extend", by="R-MORE", reason="乙")["raw_due"] == "2026-08-16"


@pytest.mark.parametrize(
    ("rule", "until", "says"),
    [
        ("R-FIRM", "2026-08-01", "规则不允许延长"),
        ("R-SOFT", "2026-09-17", "最迟可以延长至2026年9月16日"),
        ("R-SOFT", "2026-06-16", "应晚于2026年6月16日"),
        ("R-SOFT", "2026-05-01", "应晚于"),
    ],
)
def test_an_extension_that_the_rule_does_not_allow_is_refused(
    stage: Stage, rule: str, until: str, says: str
) -> None:
    before = start(stage, rule)
    with pytest.raises(DeadlineNotExtendable, match=says) as refused:
        do(stage, "extend", until=until, reason="甲")
    assert refused.value.code == "deadline-not-extendable"
    assert stage.variables()["deadlines"]["reply"] == before


def test_an_extension_asked_after_the_end_or_after_the_answer_is_refused(stage: Stage) -> None:
    start(stage, "R-SOFT")
    with pytest.raises(DeadlineNotExtendable, match="已于2026年6月16日届满"):
        do(stage, "extend", day("2026-06-17"), until="2026-08-01", reason="甲")
    do(stage, "stop")
    with pytest.raises(DeadlineNotExtendable, match="已经办结"):
        do(stage, "extend", until="2026-08-01", reason="甲")


def test_a_paused_clock_stands_still_and_goes_on_after_the_day_of_resuming(stage: Stage) -> None:
    start(stage, "R-SOFT")
    paused = do(stage, "pause", day("2026-04-01"), reason="等待鉴定")
    assert (paused["status"], paused["due"]) == ("paused", "2026-06-16")
    assert "，2026年4月1日起中止（等待鉴定），暂停计算，" in paused["explanation"]
    (clock,) = clocks(stage, day("2026-07-01"))
    assert clock.light == "paused"
    resumed = do(stage, "resume", day("2026-04-11"))
    assert (resumed["status"], resumed["raw_due"], resumed["due"]) == (
        *("running", "2026-06-26"),
        "2026-06-26",
    )
    assert "2026年4月1日至2026年4月11日中止（等待鉴定）" in resumed["explanation"]


def test_working_days_that_remain_go_on_from_the_next_one(stage: Stage) -> None:
    assert start(stage, "R-DAYS", "2026-03-09")["due"] == "2026-03-23"
    do(stage, "pause", day("2026-03-14"), reason="甲")
    # Six working days remained on that Saturday; Monday the 16th is the day of resuming.
    assert do(stage, "resume", day("2026-03-16"))["due"] == "2026-03-24"


def test_a_pause_that_the_rule_does_not_allow_is_refused(stage: Stage) -> None:
    start(stage, "R-FIRM")
    with pytest.raises(DeadlineNotPausable, match="规则不允许中止"):
        do(stage, "pause", reason="甲")
    start(stage, "R-SOFT")
    with pytest.raises(DeadlineNotPausable, match="届满"):
        do(stage, "pause", day("2026-06-20"), reason="甲")
    with pytest.raises(DeadlineNotPaused) as refused:
        do(stage, "resume")
    assert refused.value.code == "deadline-not-paused"
    do(stage, "pause", reason="甲")
    with pytest.raises(DeadlineNotRunning):
        do(stage, "pause", reason="乙")


def test_what_is_awaited_while_a_clock_is_paused_comes_in_time(stage: Stage) -> None:
    start(stage, "R-SOFT")
    do(stage, "pause", day("2026-04-01"), reason="甲")
    assert do(stage, "stop", day("2026-12-01"))["status"] == "met"


def test_days_are_excluded_by_number_or_between_two_days(stage: Stage) -> None:
    start(stage, "R-SOFT")
    by_days = do(stage, "exclude", days="=10", reason="鉴定")
    assert by_days["raw_due"] == "2026-06-26"
    assert "，扣除十日（鉴定），" in by_days["explanation"]
    span = {"from_": "2026-04-01", "to": "2026-04-06"}
    between = do(stage, "exclude", day("2026-04-07"), **span)
    assert between["raw_due"] == "2026-07-01"
    assert "扣除2026年4月1日至2026年4月6日" in between["explanation"]


@pytest.mark.parametrize(
    "more",
    [
        {"days": "=0"},
        {"days": "=2.5"},
        {"days": '="ten"'},
        {"from_": "2026-03-10", "to": "2026-03-01"},
        {"from_": "2026-03-10", "to": "2026-03-17"},
    ],
)
def test_days_that_cannot_be_excluded_are_refused(stage: Stage, more: dict[str, Any]) -> None:
    start(stage, "R-SOFT")
    with pytest.raises(DeadlineRefused):
        do(stage, "exclude", **more)
    start(stage, "R-FIRM")
    with pytest.raises(DeadlineNotExcludable):
        do(stage, "exclude", days="=3")


def test_a_changed_letter_ends_the_old_clock_and_begins_a_new_one(stage: Stage) -> None:
    first = start(stage, "R-FIRM", stop_on=("Activity_reply",))
    shown = do(stage, "restart", start="2026-04-20", reason="建议书变更")
    assert (shown["due"], shown["status"]) == ("2026-06-22", "running")
    assert "原自2026年3月16日起算的期限因变更取消（建议书变更）" in shown["explanation"]
    old, new = sorted(clocks(stage), key=lambda each: each.deadline.id)
    assert (str(old.deadline.id), old.deadline.status) == (first["id"], "cancelled")
    assert old.deadline.stopped_for == "变更：建议书变更"
    assert new.deadline.stop_on == ["Activity_reply"]


def test_a_met_clock_stays_met_and_a_new_one_begins(stage: Stage) -> None:
    first = start(stage, "R-FIRM")
    do(stage, "stop")
    shown = do(stage, "restart", start="2026-04-20", reason="建议书变更")
    assert (shown["due"], shown["status"]) == ("2026-06-22", "running")
    old = min(clocks(stage), key=lambda each: each.deadline.id)
    assert (str(old.deadline.id), old.deadline.status) == (first["id"], "met")


def test_a_cancelled_clock_is_not_restarted(stage: Stage) -> None:
    start(stage, "R-FIRM")
    do(stage, "stop", ended_as="cancelled")
    with pytest.raises(DeadlineNotRunning):
        do(stage, "restart", start="2026-03-16")
    assert stage.variables()["deadlines"]["reply"]["status"] == "cancelled"


def test_a_corrected_start_is_revised_and_told(stage: Stage) -> None:
    start(stage, "R-FIRM")
    shown = do(stage, "revise", start="2026-03-10", reason="回证日期有误")
    assert (shown["due"], shown["start"]) == ("2026-05-11", "2026-03-10")
    assert "起算日原为2026年3月16日，2026年3月16日更正（回证日期有误）" in shown["explanation"]
    (clock,) = clocks(stage)
    assert clock.deadline.revisions[0]["started_at"] == "2026-03-16"
    with pytest.raises(DeadlineRefused, match="还没有到"):
        do(stage, "revise", start="2026-03-17", reason="甲")


def test_a_corrected_start_decides_anew_whether_an_answer_was_late(stage: Stage) -> None:
    start(stage, "R-FIRM", "2026-02-16")
    assert do(stage, "stop", day("2026-04-20"))["status"] == "met_late"
    later = do(stage, "revise", day("2026-04-21"), start="2026-03-10", reason="甲")
    assert later["status"] == "met"


def test_of_several_rules_the_earliest_end_counts_and_all_are_told(stage: Stage) -> None:
    shown = do(stage, "start", rule='=["R-FIRM", "R-MINOR"]', start="2026-03-16")
    assert (shown["rule"], shown["rules"]) == ("R-MINOR", ["R-MINOR", "R-FIRM"])
    assert shown["due"] == "2026-04-16"
    assert shown["explanation"].endswith(
        "；同时适用答复期限二个月（规定第十九条），至2026年5月18日届满；以先届满者为准。"
    )


def test_a_minor_found_midway_brings_one_more_rule(stage: Stage) -> None:
    start(stage, "R-FIRM")
    shown = do(stage, "add", day("2026-03-30"), rule="R-MINOR", reason="涉及未成年人")
    assert (shown["rule"], shown["due"]) == ("R-MINOR", "2026-04-16")
    assert "2026年3月30日起一并适用未成年人期限（涉及未成年人）" in shown["explanation"]
    assert do(stage, "add", rule="R-MINOR") == shown


def test_a_diagram_sets_an_amount_within_the_limits_of_the_rule(stage: Stage) -> None:
    assert start(stage, "R-OPEN")["raw_due"] == "2026-03-31"
    assert start(stage, "R-OPEN", amount="=7")["raw_due"] == "2026-03-23"
    for amount in ("=4", "=31", "=2.5", '="x"'):
        with pytest.raises(DeadlineRefused, match="5 至 30"):
            start(stage, "R-OPEN", amount=amount)
    with pytest.raises(DeadlineRefused, match="由规则确定"):
        start(stage, "R-FIRM", amount="=7")
    shown = start(stage, "R-OPEN", amount="=7")
    assert do(stage, "restart", start="2026-03-16")["raw_due"] == shown["raw_due"]


def test_a_stop_may_say_that_nothing_is_awaited(stage: Stage) -> None:
    start(stage, "R-FIRM")
    assert do(stage, "stop", ended_as="cancelled")["status"] == "cancelled"


def test_a_clock_that_was_never_started_is_not_changed(stage: Stage) -> None:
    for operation in ("stop", "extend", "pause", "resume", "exclude", "restart", "revise", "add"):
        with pytest.raises(DeadlineNotRunning):
            do(stage, operation)


def test_a_paused_clock_warns_nobody(stage: Stage) -> None:
    start(stage, "R-SOFT")
    do(stage, "pause", reason="甲")
    late = NOW + timedelta(days=400)
    jobs.run_due(late, 10, late)
    (clock,) = clocks(stage)
    assert deadlines.list_alerts(stage.clerk, clock.deadline.id) == []
    assert replace(clock, light="paused") == clock
    assert clock.deadline.opened_at.tzinfo is UTC
