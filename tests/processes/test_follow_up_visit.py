"""Visits after a case was answered: planned by days, scored, judged by three sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.processes.case_office import databases as databases
from tests.processes.office import File, Office
from workflow_server.services.answers import AnswersRefused

SIDES = ("检察机关", "主管部门或者单位", "第三方（专家、代表）")


def usual(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "PlanVisits": {
            "visit_rules": ["R-VISIT-30D", "R-VISIT-90D"],
            "visit_from": office.today,
            "visit_planned_on": office.today,
            "visit_party": [],
            "visit_focus": "滩地是否再次堆放垃圾。",
        },
        "PayVisit": {
            "visited_at": f"{office.today}T08:30:00+08:00",
            "score": 90,
            "effect": "到位",
            "visit_items": [{"text": "清运垃圾", "status": "到位"}],
            "media": [File("对比照片.pdf")],
            "comment": "现场整洁，制度已经建立。",
        },
        "EvaluateTogether": {
            "panel": [
                {"side": side, "name": "张敏", "score": 80, "opinion": "整改到位。"}
                for side in SIDES
            ],
            "evaluation_result": "合格",
            "evaluated_on": office.today,
            "evaluation_comment": "整改到位，未见反弹。",
        },
    }


@pytest.fixture
def answered(office: Office) -> Office:
    """An office where the visits of a case are to be planned."""
    office.usual.update(usual(office))
    who = {"handler": office.person("prosecutor"), "assistant": office.person("assistant")}
    place = {"title": "河道滩地堆垃圾", "unit": office.org("urban_management"), "minor": False}
    office.start("assistant", "visit_beginning", **who, **place)
    return office


def faults(error: pytest.ExceptionInfo[AnswersRefused]) -> list[str]:
    return [fault.pointer.removeprefix("#/answers/") for fault in error.value.faults]


def test_two_visits_and_three_sides_close_the_evaluation(answered: Office) -> None:
    answered.do("prosecutor", "PlanVisits")
    assert answered.deadline("visit").due.isoformat() == "2026-05-06"
    answered.go_to("2026-04-28")
    answered.usual.update(usual(answered))
    answered.do("prosecutor", "PayVisit")
    assert answered.deadline("visit").due.isoformat() == "2026-06-30"
    answered.do("prosecutor", "PayVisit")
    assert answered.states("evaluation") == ["评估中"]
    hint = {"hint_conversion": True, "conversion_reason": "滩地管护制度可以推广到全区。"}
    answered.do("prosecutor", "EvaluateTogether", **hint)
    assert answered.letter("M-HINT").payload["trigger"] == "系统性对策"
    assert answered.failures() == []
    assert answered.states("evaluation") == ["合格"]
    assert answered.outcomes("follow_up_visit") == ["kept"]
    assert answered.facts("follow_up_visit")["visit_result"] == "到位"
    assert [link.relation for link in answered.links("evaluates")] == ["evaluates"]
    assert answered.paper("visit_evaluation").rendered_at is not None


def test_what_has_fallen_back_ends_as_a_relapse_at_once(answered: Office) -> None:
    answered.do("prosecutor", "PlanVisits")
    with pytest.raises(AnswersRefused) as refused:
        answered.do("prosecutor", "PayVisit", effect="反弹")
    assert faults(refused) == ["score"]
    answered.do("prosecutor", "PayVisit", effect="反弹", score=30)
    assert answered.outcomes("follow_up_visit") == ["relapse"]
    assert answered.facts("follow_up_visit")["visit_result"] == "反弹"
    assert answered.states("evaluation") == ["反弹"]
    assert answered.waiting() == {}


def test_three_sides_are_heard_and_a_failing_mean_is_not_passed(answered: Office) -> None:
    answered.do("prosecutor", "PlanVisits", visit_rules=["R-VISIT-30D"])
    answered.do("prosecutor", "PayVisit")
    panel = usual(answered)["EvaluateTogether"]["panel"]
    same = [{**each, "side": "检察机关"} for each in panel]
    with pytest.raises(AnswersRefused) as refused:
        answered.do("prosecutor", "EvaluateTogether", panel=same)
    assert faults(refused) == ["panel"]
    low = [{**each, "score": 40} for each in panel]
    with pytest.raises(AnswersRefused) as refused:
        answered.do("prosecutor", "EvaluateTogether", panel=low)
    assert faults(refused) == ["evaluation_result"]
    answered.do("prosecutor", "EvaluateTogether", panel=low, evaluation_result="不合格")
    assert answered.outcomes("follow_up_visit") == ["relapse"]
