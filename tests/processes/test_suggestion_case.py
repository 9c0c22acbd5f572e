"""A case about a suggestion from the handler's name to the archive: filing, inquiry, letters."""

from __future__ import annotations

import pytest

from tests.processes.case_office import (
    answer_letter,
    archive,
    begin,
    close,
    inquire,
    investigate,
    refresh,
)
from tests.processes.case_office import court as court
from tests.processes.case_office import databases as databases
from tests.processes.office import Office
from workflow_server.services.answers import AnswersRefused


def told(error: pytest.ExceptionInfo[AnswersRefused]) -> dict[str, str]:
    return {fault.pointer.removeprefix("#/answers/"): fault.detail for fault in error.value.faults}


def test_a_matter_of_governance_runs_to_the_archive(court: Office) -> None:
    begin(court)
    inquire(court)
    assert court.states("lead") == ["立项"]
    assert court.deadline("investigation").due.isoformat() == "2026-06-01"
    investigate(court)
    court.do("prosecutor", "WriteReport")
    assert court.deadline("investigation").status == "met"
    answer_letter(court, 1, "done", "齐建检建〔2026〕1号")
    close(court, "办复")
    archive(court)
    assert court.outcomes("suggestion_case") == ["done"]
    assert [each.kind for each in court.papers()] == [
        "inquiry_approval",
        "investigation_plan",
        "investigation_report",
        "case_closing_approval",
        "case_file_index",
    ]
    names = [each["name"] for each in court.paper("case_file_index").data["papers"]]
    assert names == ["调查核实审批表", "调查方案", "调查终结报告", "结案审批表"]
    beginning = court.facts("case_beginning")
    assert beginning["case_outcome"] == "done"
    assert beginning["result_text"].startswith("已就该线索反映的问题制发检察建议")


def test_the_chief_returns_and_refuses_an_inquiry(court: Office) -> None:
    begin(court)
    court.do("prosecutor", "ApplyInquiry")
    court.do("chief", "DecideInquiry", decision="退回", reason="请补充需要查明的事实。")
    assert court.tasks("prosecutor") == ["ApplyInquiry"]
    court.do("prosecutor", "ApplyInquiry")
    court.do("chief", "DecideInquiry", decision="不同意", reason="不属于社会治理检察建议的情形。")
    close(court, "不予立案")
    archive(court)
    assert court.outcomes("suggestion_case") == ["not_filed"]
    assert court.papers("inquiry_approval")[-1].data["decision"] == "不同意"


def test_a_prosecutor_who_must_withdraw_is_not_made_the_handler(court: Office) -> None:
    chosen = [court.org("urban_management")]
    court.start("assistant", "case_beginning", title="河道垃圾", track="SG", units=chosen)
    with pytest.raises(AnswersRefused) as refused:
        court.do("dept_head", "AssignCase", recused_prosecutors=[court.person("prosecutor")])
    assert told(refused) == {"handler": "该检察官应当回避，请另行指定"}
    with pytest.raises(AnswersRefused) as refused:
        court.do("dept_head", "AssignCase", recused_assistants=[court.person("assistant")])
    assert told(refused) == {"assistants": "所选助理中有应当回避的，请另行指定"}


def test_a_public_interest_case_is_filed_and_told_within_seven_days(court: Office) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling", check_decision="退回", comment="请补充职责依据。")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    assert court.states("lead") == ["立案"]
    assert court.paper("filing_decision").number == "齐建检立〔2026〕1号"
    notice = court.deadline("filing_notice")
    assert notice.due.isoformat() == "2026-04-08"
    court.do("assistant", "ServeDecision")
    assert court.deadline("filing_notice").status == "met"
    assert court.tasks("prosecutor") == ["PlanInvestigation"]
    assert court.facts("suggestion_case")["filing_no"] == "齐建检立〔2026〕1号"


def test_a_filing_decision_that_is_served_late_is_the_heads_to_press(court: Office) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    court.go_to("2026-04-10")
    refresh(court)
    late = {"late_reason": "经办人外出。", "late_measure": "当日送达。", "late_on": court.today}
    court.do("dept_head", "NoteLate", **late)
    court.do("assistant", "ServeDecision")
    assert court.failures() == []
    assert court.tasks("prosecutor") == ["PlanInvestigation"]


def test_several_agencies_get_a_decision_each_or_one_together(court: Office) -> None:
    begin(court, "PIL", "urban_management", "market_regulation")
    agencies = [court.org("urban_management"), court.org("market_regulation")]
    with pytest.raises(AnswersRefused) as refused:
        court.do("prosecutor", "ApplyFiling", agencies=agencies)
    assert told(refused) == {"split_mode": "请选择多机关处理"}
    court.do("prosecutor", "ApplyFiling", agencies=agencies, split_mode="分别立案")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    numbers = [each.number for each in court.papers("filing_decision")]
    assert numbers == ["齐建检立〔2026〕1号", "齐建检立〔2026〕2号"]
    for notice in court.cases("filing_notice"):
        court.do("assistant", "ServeDecision", notice.id)
    assert court.facts("suggestion_case")["filing_no"] == "、".join(str(each) for each in numbers)


def test_a_filing_refused_has_its_paper_and_ends(court: Office) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling", filed=False, reason="现有证据不能证明公益受到侵害。")
    assert court.paper("no_filing_decision").number == "齐建检不立〔2026〕1号"
    close(court, "不予立案")
    archive(court)
    assert court.outcomes("suggestion_case") == ["not_filed"]


def filed(court: Office, **answers: object) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling", **answers)
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    court.do("assistant", "ServeDecision")


def test_what_was_put_right_in_consultation_is_terminated_by_the_chief(court: Office) -> None:
    filed(court, consultation=True)
    court.do("prosecutor", "HoldConsultation")
    assert court.paper("consultation_minutes").title == "磋商纪要"
    court.do("chief", "DecideCured")
    assert court.paper("termination_decision").number == "齐建检终结〔2026〕1号"
    court.do("assistant", "ServeTermination")
    close(court, "终结")
    archive(court)
    assert court.outcomes("suggestion_case") == ["cured"]
    assert court.cases("brief_letter") == []


def test_the_chief_may_go_on_after_a_consultation(court: Office) -> None:
    filed(court, consultation=True)
    court.do("prosecutor", "HoldConsultation", mode="事实确认书", place=None)
    assert court.paper("consultation_minutes").title == "事实确认书"
    court.do("chief", "DecideCured", decision="继续办理")
    assert court.tasks("prosecutor") == ["PlanInvestigation"]


def test_two_investigate_in_the_public_interest(court: Office) -> None:
    filed(court)
    with pytest.raises(AnswersRefused) as refused:
        court.do("prosecutor", "PlanInvestigation", investigators=[court.person("prosecutor")])
    assert list(told(refused)) == ["investigators"]
    investigate(court)
    assert court.paper("investigation_plan").data["investigator_names"] == "沈立言、白露"


def test_a_state_secret_is_not_typed_into_the_case(court: Office) -> None:
    filed(court)
    court.do("prosecutor", "PlanInvestigation")
    with pytest.raises(AnswersRefused) as refused:
        court.do("prosecutor", "CollectEvidence", state_secret=True)
    assert list(told(refused)) == ["state_secret"]


def test_a_case_terminated_by_its_report_is_told_to_the_agency(court: Office) -> None:
    filed(court)
    investigate(court)
    ground = {"disposition": "终结案件", "close_ground": "规则74(1)", "addressees": None}
    court.do("prosecutor", "WriteReport", **ground, hearing_needed=None)
    court.do("chief", "DecideDisposition", decision="退回", reason="请补充理由。")
    court.do("prosecutor", "WriteReport", **ground, hearing_needed=None)
    court.do("chief", "DecideDisposition")
    court.do("assistant", "ServeTermination")
    close(court, "终结")
    archive(court)
    assert court.outcomes("suggestion_case") == ["terminated"]
    assert [each.kind for each in court.papers()].count("termination_decision") == 1


def test_no_suggestion_needs_the_chief_twice(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    nothing = {"disposition": "不提出建议", "addressees": None, "hearing_needed": None}
    court.do("prosecutor", "WriteReport", **nothing)
    court.do("chief", "DecideDisposition")
    close(court, "不提出建议")
    court.do("chief", "ApproveClosing", closing_decision="退回", closing_comment="请补充情况。")
    close(court, "不提出建议")
    court.do("chief", "ApproveClosing")
    archive(court)
    assert court.outcomes("suggestion_case") == ["no_suggestion"]


def test_a_result_that_did_not_happen_is_not_reported(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    court.do("prosecutor", "WriteReport")
    answer_letter(court, 1, "refused")
    with pytest.raises(AnswersRefused) as refused:
        court.do("assistant", "PrepareClosing", close_type="办复")
    assert told(refused) == {"close_type": "办结方式须与办理结果一致"}
