"""A government is asked to inspect: it decides by itself, and answers with a result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.processes.office import File, Office
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.answers import AnswersRefused

CHECKED = {
    "within_scope": True,
    "duplicate": False,
    "proposal": "建议立项",
    "opinion": "属于督查范围，未见重复督查。",
}
PLAN: dict[str, Any] = {
    "content": "检查检察建议所提停车管理问题的整改情况。",
    "begins_on": "2026-04-08",
    "ends_on": "2026-04-20",
    "members": [
        {"name": "童立新", "office": "政府督查室主任", "recusal": False},
        {"name": "方远", "office": "政府督查室科员", "recusal": False},
    ],
}
VISIT = {"at": "4月8日 现场", "text": "现场查看停车管理情况。"}
EXECUTED = {"visits": [VISIT], "findings": "大部分点位已经整改，两处尚未完成。"}
CONCLUDED: dict[str, Any] = {
    "conclusion": "整改取得进展，两处点位应当限期完成。",
    "requirements": [{"text": "完成两处点位整改", "by": "2026-05-01"}],
}
VERIFIED = {"text": "两处点位均已完成整改。", "verified": "到位", "transferred": "无"}


def asked(office: Office) -> UUID:
    """Ask the district's government to inspect what its bureau does not put right."""
    case = office.start(
        "prosecutor",
        "inspection_request",
        addressee=office.org("urban_management"),
        doc_no="齐建检建〔2026〕1号",
        secrecy_level="内部",
        minor_involved=False,
    )
    draw_up(office, case)
    office.do("chief", "ApproveInspection", case, decision="同意")
    return case


def draw_up(office: Office, case: UUID) -> None:
    office.do(
        "prosecutor",
        "PrepareRequest",
        case,
        inspection_org=office.org("district_government"),
        matter="检察建议所提停车管理问题的整改落实情况。",
        urged="2026年3月20日书面督促，未予回复。",
        expect="请依法督查并反馈结果。",
        feedback_by="2026-06-30",
        contact="沈立言",
        contact_phone="0452-2550100",
    )


def approved(office: Office) -> UUID:
    case = asked(office)
    office.do("inspector", "CheckRequest", **CHECKED)
    project = {"accepted": True, "modes": ["实地督查"], "due": "2026-05-20"}
    office.do("gov_head", "ApproveProject", **project)
    return case


def concluded(office: Office) -> UUID:
    case = approved(office)
    office.do("inspector", "PlanInspection", **PLAN)
    office.go_to("2026-04-08")
    office.do("inspector", "ExecuteInspection", inspected_on=office.today, **EXECUTED)
    office.do("inspector", "ConcludeInspection", **CONCLUDED)
    return case


def test_an_inspection_is_asked_for_approved_done_and_fed_back(office: Office) -> None:
    case = concluded(office)
    office.act("inspector", "ObjectionWaived", told_by="韩冰")
    office.do("inspector", "VerifyRectification", **VERIFIED)
    kinds = [each.kind for each in office.papers()]
    assert kinds == [
        "inspection_request_letter",
        "inspection_conclusion",
        "inspection_result_letter",
    ]
    assert [each.type for each in office.letters()] == ["M-INSP-REQ", "M-INSP-ACC", "M-INSP-RES"]
    assert office.outcomes("inspection") == ["fed_back"]
    assert office.states("inspection") == ["已反馈"]
    facts = office.facts("inspection_request")
    assert (facts["inspection_result"], facts["inspection_letter_no"]) == (
        "到位",
        "建政督函〔2026〕1号",
    )
    assert office.outcomes("inspection_request") == ["inspected"]
    assert office.cases("inspection_request")[0].id == case
    assert office.failures() == []


def test_the_government_refuses_with_its_reason(office: Office) -> None:
    asked(office)
    answers = {**CHECKED, "proposal": "建议不予立项"}
    office.do("inspector", "CheckRequest", **answers)
    with pytest.raises(AnswersRefused):
        office.do("gov_head", "ApproveProject", accepted=False)
    office.do("gov_head", "ApproveProject", accepted=False, reason="已列入年度督查计划。")
    facts = office.facts("inspection_request")
    assert facts["inspection_result"] == "refused"
    assert "已列入年度督查计划" in facts["inspection_text"]
    assert office.states("inspection") == ["不立项"]
    assert office.failures() == []


def test_a_matter_that_is_inspected_already_is_not_taken_up_twice(office: Office) -> None:
    approved(office)
    second = asked_again(office)
    task = office.task("inspector", "CheckRequest")
    assert "建政督〔2026〕1号" in office.shown("inspector", task)
    with pytest.raises(AnswersRefused):
        office.finish("inspector", task, **{**CHECKED, "duplicate": True})
    office.finish("inspector", task, **{**CHECKED, "duplicate": True, "proposal": "建议不予立项"})
    with pytest.raises(AnswersRefused):
        office.do("gov_head", "ApproveProject", accepted=True, modes=["暗访"], due="2026-05-20")
    office.do("gov_head", "ApproveProject", accepted=False, reason="该事项正在督查，不重复立项。")
    assert office.cases("inspection_request")[-1].id == second
    assert office.outcomes("inspection_request") == [None, "refused"]


def asked_again(office: Office) -> UUID:
    answers = {"secrecy_level": "内部", "minor_involved": False, "doc_no": "齐建检建〔2026〕2号"}
    unit = office.org("urban_management")
    case = office.start("prosecutor_two", "inspection_request", addressee=unit, **answers)
    prepared = {"matter": "检察建议所提停车管理问题的整改落实情况。", "contact": "邵明川"}
    office.do(
        "prosecutor_two",
        "PrepareRequest",
        case,
        inspection_org=office.org("district_government"),
        urged="2026年3月20日书面督促，未予回复。",
        expect="请依法督查并反馈结果。",
        feedback_by="2026-06-30",
        contact_phone="0452-2550100",
        **prepared,
    )
    office.do("chief", "ApproveInspection", case, decision="同意")
    return case


def test_an_objection_is_reviewed_by_another_within_thirty_days(office: Office) -> None:
    concluded(office)
    assert office.deadline("insp_objection").due.isoformat() == "2026-05-08"
    objected = {"objected_on": office.today, "reasons": "其中一处点位不属我局管理。"}
    office.act("inspector", "InspectionObjected", **objected)
    assert office.deadline("insp_decision").due.isoformat() == "2026-05-08"
    assert office.tasks("inspector") == []
    review = {"result": "变更结论", "reason": "异议成立。", "recused": True}
    changed = "整改取得进展，一处点位应当限期完成。"
    office.do("gov_head", "ReviewObjection", **review, conclusion=changed)
    office.do("inspector", "VerifyRectification", **{**VERIFIED, "verified": "部分"})
    facts = office.facts("inspection_request")
    assert (facts["inspection_result"], facts["inspection_text"]) == ("部分", changed)
    assert office.failures() == []


def test_who_has_an_interest_does_not_inspect(office: Office) -> None:
    approved(office)
    interested = [{**PLAN["members"][0], "recusal": True}, PLAN["members"][1]]
    with pytest.raises(AnswersRefused):
        office.do("inspector", "PlanInspection", **{**PLAN, "members": interested})
    with pytest.raises(AnswersRefused):
        office.do("inspector", "PlanInspection", **{**PLAN, "ends_on": "2026-06-20"})


def test_no_answer_in_time_is_asked_for_and_at_last_given_up(office: Office) -> None:
    case = asked(office)
    due = office.deadline("inspection_answer").due
    office.go_to(due)
    assert office.tasks("prosecutor", case) == []
    office.pass_days(1)
    answers = {"note": "督查机构称正在研究。"}
    office.do("prosecutor", "AskInspection", case, **answers, result="继续等待")
    office.pass_days(20)
    office.do("prosecutor", "AskInspection", case, **answers, result="不再等待")
    assert office.facts("inspection_request")["inspection_result"] == "no_answer"
    assert office.failures() == []


def test_a_result_that_does_not_come_is_asked_for(office: Office) -> None:
    case = approved(office)
    office.pass_days(65)
    answers = {"note": "督查尚未结束。"}
    office.do("prosecutor", "UrgeInspection", case, **answers, result="继续等待")
    office.pass_days(65)
    office.do("prosecutor", "UrgeInspection", case, **answers, result="不再等待")
    assert office.outcomes("inspection_request") == ["inspected"]
    assert office.facts("inspection_request")["inspection_result"] == "no_answer"


def test_an_answer_on_paper_is_entered(office: Office) -> None:
    case = asked(office)
    office.act(
        "prosecutor",
        "AcceptanceCame",
        case,
        accepted=False,
        reason="不属于督查范围。",
        files=[File("复函.pdf")],
    )
    assert office.outcomes("inspection_request") == ["refused"]


def test_the_chief_decides_whether_to_ask(office: Office) -> None:
    case = office.start(
        "prosecutor",
        "inspection_request",
        addressee=office.org("urban_management"),
        doc_no="齐建检建〔2026〕1号",
        secrecy_level="内部",
        minor_involved=False,
    )
    draw_up(office, case)
    task = office.task("chief", "ApproveInspection", case)
    with pytest.raises((NotYours, Segregated)):
        office.finish("prosecutor", task, decision="同意")
    office.finish("chief", task, decision="退回修改", comment="请补充督促情况。")
    draw_up(office, case)
    office.do("chief", "ApproveInspection", case, decision="不同意", comment="先约谈。")
    assert office.letters() == []
    assert office.facts("inspection_request")["inspection_result"] == "not_asked"
    assert office.failures() == []
