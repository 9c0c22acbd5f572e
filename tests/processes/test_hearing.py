"""A hearing: asked for, planned, told in time, held, and what its members thought of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.processes.case_office import databases as databases
from tests.processes.office import File, Office
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.db import session
from workflow_server.store.tasks import Task

STEPS = [
    "核对身份、宣布纪律",
    "承办检察官介绍案件",
    "当事人陈述",
    "听证员提问",
    "听证员发表意见",
    "主持人总结",
]


def member(name: str, age: int = 40) -> dict[str, Any]:
    sound = {"no_record": True, "no_interest": True}
    return {"name": name, "age": age, "occupation": "教师", **sound}


MEMBERS = [member("吴敏"), member("郑强"), member("冯玉")]


def usual(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "RequestHearing": {
            "hearing_grounds": ["案件处理争议较大"],
            "hearing_origin": "依职权",
            "hearing_requested_on": office.today,
            "hearing_need": "整改方案争议较大，需要听取各方意见。",
        },
        "DecideHearing": {"decision": "同意", "decided_at": office.today, "reason": "同意。"},
        "PlanHearing": {
            "open": True,
            "at": "2026-04-10T09:00:00+08:00",
            "place": "建华区人民检察院听证室",
            "issues": [{"text": "整改方案是否可行"}],
            "members": MEMBERS,
            "presiding": "高振宇",
            "planned_on": office.today,
        },
        "NotifyAll": {
            "notify_result": "已全部告知",
            "notified_on": office.today,
            "notified": [{"name": "吴敏", "mode": "书面"}],
            "notify_proof": [],
        },
        "HoldMeeting": {
            "held_at": "2026-04-10T09:00:00+08:00",
            "present": 3,
            "steps": STEPS,
            "statements": [{"speaker": "沈立言", "text": "介绍案件事实和整改方案。"}],
            "hearing_summary": "各方充分发表意见，对整改方案基本认可。",
            "recording": [File("录像.mp4.pdf")],
        },
        "RecordOpinions": {"opinion": "同意", "opinion_on": office.today, "reason": "可行。"},
        "ProposeAdoption": {
            "adopted": "采纳多数意见",
            "adoption_reason": "多数意见客观公正。",
            "adoption_on": office.today,
        },
        "DecideDeparture": {
            "departure_decision": "同意不采纳",
            "departure_on": office.today,
            "departure_reason": "多数意见与现行法律规定不符。",
        },
        "TellMembers": {
            "told_on": office.today,
            "tell_mode": "书面",
            "tell_text": "已采纳各位听证员的多数意见。",
        },
    }


@pytest.fixture
def asked(office: Office) -> Office:
    """An office where a hearing was asked for."""
    office.usual.update(usual(office))
    who = {"handler": office.person("prosecutor"), "assistant": office.person("assistant")}
    place = {"title": "河道滩地堆垃圾", "unit": office.org("urban_management"), "minor": False}
    office.start("assistant", "hearing_beginning", **who, **place)
    office.do("prosecutor", "RequestHearing")
    return office


def hold(office: Office, *opinions: str) -> None:
    """Go on from the plan to the opinions of the members, in the order of their names."""
    office.do("chief", "DecideHearing")
    office.do("prosecutor", "PlanHearing")
    office.do("assistant", "NotifyAll")
    office.go_to("2026-04-11")
    office.usual.update(usual(office))
    office.do("prosecutor", "HoldMeeting")
    for opinion in opinions:
        open_ones = [key for key, name in office.waiting().items() if name == "RecordOpinions"]
        office.finish("assistant", session().get_one(Task, min(open_ones)), opinion=opinion)


def faults(error: pytest.ExceptionInfo[AnswersRefused]) -> list[str]:
    return [fault.pointer.removeprefix("#/answers/") for fault in error.value.faults]


def test_the_chief_refuses_a_hearing_with_a_reason(asked: Office) -> None:
    with pytest.raises(AnswersRefused) as refused:
        asked.do("chief", "DecideHearing", decision="不同意", reason=None)
    assert faults(refused) == ["reason"]
    asked.do("chief", "DecideHearing", decision="不同意", reason="争议不大，不必听证。")
    assert asked.outcomes("hearing") == ["refused"]
    assert asked.failures() == []


@pytest.mark.parametrize(
    ("members", "field"),
    [
        (MEMBERS[:2], "members"),
        ([*MEMBERS, *(member(f"张{n}") for n in range(5))], "members"),
        ([*MEMBERS[:2], member("小赵", 22)], "members"),
        ([*MEMBERS[:2], member("郑强")], "members"),
        ([*MEMBERS[:2], {**member("孙亮"), "no_interest": False}], "members/2/no_interest"),
        ([*MEMBERS[:2], {**member("孙亮"), "no_record": False}], "members/2/no_record"),
    ],
)
def test_members_are_three_to_seven_of_age_and_without_interest(
    asked: Office, members: list[dict[str, Any]], field: str
) -> None:
    asked.do("chief", "DecideHearing")
    with pytest.raises(AnswersRefused) as refused:
        asked.do("prosecutor", "PlanHearing", members=members)
    assert faults(refused) == [field]


def test_those_concerned_are_told_three_days_before(asked: Office) -> None:
    asked.do("chief", "DecideHearing")
    with pytest.raises(AnswersRefused) as refused:
        asked.do("prosecutor", "PlanHearing", at="2026-04-04T09:00:00+08:00")
    assert faults(refused) == ["at"]
    asked.do("prosecutor", "PlanHearing")
    assert asked.deadline("hearing_notice").due.isoformat() == "2026-04-07"
    asked.go_to("2026-04-08")
    with pytest.raises(AnswersRefused) as refused:
        asked.do("assistant", "NotifyAll", notified_on=asked.today)
    assert faults(refused) == ["notified_on"]
    late = {"notify_result": "不能按期告知，改期", "notified_on": asked.today}
    asked.do("assistant", "NotifyAll", **late)
    asked.do("prosecutor", "PlanHearing", at="2026-04-20T09:00:00+08:00", planned_on=asked.today)
    asked.do("assistant", "NotifyAll", notified_on=asked.today)
    assert asked.deadline("hearing_notice").due.isoformat() == "2026-04-17"
    assert asked.tasks("prosecutor") == ["HoldMeeting"]


def test_a_minor_is_not_heard_about_in_public(office: Office) -> None:
    office.usual.update(usual(office))
    who = {"handler": office.person("prosecutor"), "assistant": office.person("assistant")}
    place = {"title": "校园周边治理", "unit": office.org("school"), "minor": True}
    office.start("assistant", "hearing_beginning", **who, **place)
    office.do("prosecutor", "RequestHearing")
    office.do("chief", "DecideHearing")
    with pytest.raises(AnswersRefused) as refused:
        office.do("prosecutor", "PlanHearing")
    assert faults(refused) == ["open"]
    office.do("prosecutor", "PlanHearing", open=False, closed_reason="涉及未成年人")
    assert office.paper("hearing_notice").data["hearing_open"] is False


def test_the_majority_is_followed(asked: Office) -> None:
    hold(asked, "同意", "同意", "不同意")
    asked.do("prosecutor", "ProposeAdoption")
    asked.do("assistant", "TellMembers")
    assert asked.failures() == []
    assert asked.outcomes("hearing") == ["held"]
    assert asked.facts("hearing")["majority"] == "同意"
    kinds = [each.kind for each in asked.papers()]
    assert kinds == ["hearing_notice", "hearing_minutes", "hearing_opinions"]
    assert [each.rendered_at is not None for each in asked.papers()] == [True, True, True]


def test_who_does_not_follow_the_majority_asks_the_chief_and_tells_why(asked: Office) -> None:
    hold(asked, "不同意", "不同意", "同意")
    asked.do("prosecutor", "ProposeAdoption", adopted="不采纳多数意见")
    assert asked.tasks("assistant") == []
    asked.do("chief", "DecideDeparture")
    asked.do("assistant", "TellMembers")
    assert asked.facts("hearing")["hearing_outcome"] == "听证员多数不同意，不采纳多数意见"
    assert asked.outcomes("hearing") == ["held"]
