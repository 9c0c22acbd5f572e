"""The committee decides on more than a letter: on objections, and on a year's evaluation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import File, Office
from tests.processes.replies import REASON, object_, serve
from workflow_server.services.answers import AnswersRefused

PREPARED = {"own_view": "建议照此决定。"}
MEETING = {"meeting_place": "第一会议室", "total": 9, "meeting_no": "2026年第五次"}
VOTE: dict[str, Any] = {
    "present": 7,
    "total": 9,
    "votes_for": 5,
    "votes_against": 2,
    "votes_abstain": 0,
    "decision": "同意",
    "reason": "经审议，多数委员同意。",
    "minutes": [File("会议纪要.pdf")],
}


def meet(office: Office, login: str, day: str) -> None:
    """Prepare, schedule and deliver what the committee meets about on that day."""
    office.do(login, "PrepareMaterials", **PREPARED)
    office.do("committee_one", "ScheduleMeeting", meeting_at=f"{day}T09:00:00+08:00", **MEETING)
    office.do(login, "DeliverMaterials", in_time=True, delivered_on=office.today)
    office.go_to(day)


def vote(office: Office, **answers: Any) -> None:
    office.do("committee_two", "RecordVote", **{**VOTE, "met_on": office.today, **answers})


def submit(office: Office) -> None:
    serve(office)
    office.go_to("2026-04-03")
    object_(office)
    given = {"result": "成立-变更", "reason": REASON, "restart_clock": True}
    office.do("prosecutor", "ReviewObjection", **given)
    office.do("chief", "DecideObjection", result="提交检委会", reason="分歧较大，提交检委会。")
    assert office.record("suggestion").state == "检委会"
    meet(office, "prosecutor", "2026-04-10")


def test_the_committee_decides_what_becomes_of_a_letter_objected_to(office: Office) -> None:
    submit(office)
    with pytest.raises(AnswersRefused):
        vote(office)
    vote(office, outcome="撤回检察建议")
    office.do("chief", "ChiefViews", decision="同意")
    assert office.paper("committee_notice").data["outcome"] == "撤回检察建议"
    assert "提出的异议" in office.paper("committee_materials").data["subject"]
    assert office.outcomes("suggestion_letter") == ["withdrawn"]
    assert office.record("objection").state == "成立"
    assert office.failures() == []


def test_what_the_committee_wants_more_of_is_reviewed_again(office: Office) -> None:
    submit(office)
    vote(office, decision="补充", reason="请补充审批材料的来源。")
    assert "ReviewObjection" in office.tasks("prosecutor")
    given = {"result": "不成立", "reason": REASON}
    office.do("prosecutor", "ReviewObjection", **given)
    office.do("chief", "DecideObjection", **given)
    assert office.letter("M-OBJ-RESULT").payload["result"] == "不成立"
    assert office.record("suggestion").state == "整改中"
    assert office.failures() == []


def test_a_years_suggestions_are_evaluated_by_the_committee(office: Office) -> None:
    period = {"period_from": "2026-01-01", "period_to": "2026-03-31"}
    given = {"period_name": "2026年第一季度", "scope": "全部检察建议", **period}
    office.start("legal_policy", "suggestion_evaluation", **given)
    report = {
        "effect": "被建议单位均已整改，问题未再发生。",
        "problems": "个别建议回复偏晚。",
        "measures": "到期前提醒承办人。",
        "conclusion": "总体效果良好。",
    }
    office.do("legal_policy", "WriteEvaluation", **report)
    office.do("chief", "DecideEvaluation", decision="提交检委会")
    assert office.record("periodic_evaluation").state == "提交检委会"
    meet(office, "legal_policy", "2026-04-10")
    vote(office, outcome="通过评估报告并责成跟踪落实")
    office.do("chief", "ChiefViews", decision="同意")
    assert office.outcomes("suggestion_evaluation") == ["evaluated"]
    assert office.paper("evaluation_report").data["effect"] == report["effect"]
    assert office.record("periodic_evaluation").fields["result"].startswith("通过评估报告")
    assert office.failures() == []
