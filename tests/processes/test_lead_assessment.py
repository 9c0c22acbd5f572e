"""A lead is judged, assessed, decided on, put in reserve, diverted, merged or not filed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.processes.leads import (
    DECIDED,
    LEAD,
    NEW,
    OPINION,
    RESEARCH,
    accept,
    assess,
    judge,
    report,
    tell,
)
from tests.processes.office import File, Office
from workflow_server.services import tasks
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.answers import AnswersRefused


def accepted(office: Office, **answers: Any) -> UUID:
    case = report(office, **answers)
    accept(office, case)
    return case


def test_a_lead_is_filed_and_its_papers_say_who_thought_what(office: Office) -> None:
    case = accepted(office)
    assess(office, case)
    assert office.record("lead").fields["triage"] == "立项-检察建议"
    paper = office.paper("lead_triage")
    assert paper.data["researcher_name"] == "沈立言"
    assert paper.data["policy_name"] == "纪文翰"
    assert paper.data["decider_name"] == "高振宇"
    passed = office.facts("suggestion_case")
    assert (passed["track"], passed["triage"]) == ("SG", "立项-检察建议")
    assert passed["lead_id"] == str(office.record("lead").id)
    assert office.failures() == []


def test_a_matter_of_public_interest_is_filed_on_its_own_track(office: Office) -> None:
    case = accepted(office)
    assess(office, case, "立案-公益诉讼")
    passed = office.facts("suggestion_case")
    assert (passed["track"], passed["suggestion_type"]) == ("PIL", "公益诉讼")
    assert passed["harm_desc"].startswith("不特定居民")
    assert office.failures() == []


@pytest.mark.parametrize(
    ("triage", "outcome", "state"),
    [
        ("立项-调研报告", "diverted", "已转化"),
        ("立项-监督模型", "diverted", "已转化"),
        ("其他监督", "diverted", "已转化"),
        ("不予立项", "not_filed", "不予立项"),
    ],
)
def test_other_conclusions_end_the_lead(
    office: Office, triage: str, outcome: str, state: str
) -> None:
    case = accepted(office, source_org=office.org("congress"))
    assess(office, case, triage)
    for task in office.tasks_of("dept_head", "RecordDiversion", case):
        office.finish("dept_head", task, diverted_to="研究室", told="已转有关部门研究办理。")
    assert office.outcomes("lead_to_reply") == [outcome]
    assert office.states("lead") == [state]
    assert office.record("lead").closed_at is not None
    assert office.letter("M-LEAD-RESULT").payload["lead_no"] == office.record("lead").number
    assert office.failures() == []


def test_a_lead_that_is_nobodys_business_here_is_declined_with_the_reason(office: Office) -> None:
    case = report(office)
    office.do("assistant", "DedupeLead", case, **NEW)
    judge(office, case, jurisdiction="不属检察", basis="属于民事纠纷，可以向人民法院起诉。")
    task = office.task("assistant", "TellSource", case)
    assert "可以向人民法院起诉" in office.shown("assistant", task)
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["declined"]
    assert office.states("lead") == ["不予立项"]


def test_experts_and_a_first_inquiry_leave_their_papers(office: Office) -> None:
    case = accepted(office)
    inquiry = {
        "pre_inquiry": True,
        "inquirers": [office.person("prosecutor"), office.person("prosecutor_two")],
        "inquiry_result": "走访社区和物业公司，查明车库堆放物品的时间和范围。",
        "inquiry_files": [File("走访笔录.pdf")],
    }
    office.do("prosecutor", "ResearchLead", case, **{**RESEARCH, **inquiry, "expert_meeting": True})
    office.do("legal_policy", "GivePolicyOpinion", case, **OPINION)
    assert office.tasks("dept_head", case) == []
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "HoldExpertMeeting", case, **meeting(experts=[]))
    office.do("prosecutor", "HoldExpertMeeting", case, **meeting())
    office.do("dept_head", "DecideTriage", case, **DECIDED)
    kinds = {each.kind for each in office.papers()}
    assert {"pre_inquiry_report", "expert_minutes", "lead_triage"} <= kinds
    assert office.paper("expert_minutes").data["experts"][0]["name"] == "杜衡"
    assert office.paper("pre_inquiry_report").data["inquirers"] == "沈立言、邵明川"
    assert office.failures() == []


def meeting(**more: Any) -> Mapping[str, Any]:
    expert = {"name": "杜衡", "field": "消防安全", "opinion": "确有隐患。", "signed": True}
    held = {
        "held_on": "2026-04-01",
        "place": "会议室",
        "host": "高振宇",
        "conclusion": "应当监督。",
    }
    return {**held, "experts": [expert], **more}


def test_what_a_kind_of_conclusion_needs_is_asked_of_the_researcher(office: Office) -> None:
    case = accepted(office)
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "ResearchLead", case, **{**RESEARCH, "sg_ground": None})
    bare = {**RESEARCH, "proposed_triage": "立案-公益诉讼"}
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "ResearchLead", case, **bare)
    wrong = {**RESEARCH, "suggestion_type": "公益诉讼"}
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "ResearchLead", case, **wrong)
    office.do("prosecutor", "ResearchLead", case, **RESEARCH)
    office.do("legal_policy", "GivePolicyOpinion", case, **OPINION)
    with pytest.raises(AnswersRefused):
        office.do("dept_head", "DecideTriage", case, **{**DECIDED, "triage": "立案-公益诉讼"})


def test_the_head_sends_a_research_back(office: Office) -> None:
    case = accepted(office)
    office.do("prosecutor", "ResearchLead", case, **RESEARCH)
    office.do("legal_policy", "GivePolicyOpinion", case, **OPINION)
    back = {"decision": "退回补充研判", "reason": "请补充行业主管部门职责依据。"}
    assert office.do("dept_head", "DecideTriage", case, **back) == ["ResearchLead"]
    assert office.deadline("evaluation").status == "met"
    assess(office, case)
    assert office.failures() == []


def test_who_researched_neither_advises_nor_decides(office: Office) -> None:
    case = report(office)
    office.do("assistant", "DedupeLead", case, **NEW)
    judge(office, case, jurisdiction="本院", assessor=office.person("prosecutor"))
    office.do("prosecutor", "ResearchLead", case, **RESEARCH)
    task = office.task("legal_policy", "GivePolicyOpinion", case)
    with pytest.raises((NotYours, Segregated)):
        tasks.complete(office.people["prosecutor"], task.id, dict(OPINION), office.now)


def test_the_clock_of_an_assessment_is_lengthened_once_by_the_head(office: Office) -> None:
    case = accepted(office)
    assert office.deadline("evaluation").due.isoformat() == "2026-04-23"
    assert office.acts("prosecutor", case).count("ExtendAssessment") == 0
    office.act("dept_head", "ExtendAssessment", case, reason="需要委托专业机构论证。")
    assert office.deadline("evaluation").due.isoformat() == "2026-05-18"
    assert "ExtendAssessment" not in office.acts("dept_head", case)


def test_a_lead_in_reserve_is_looked_at_again_after_half_a_year(office: Office) -> None:
    case = accepted(office)
    assess(office, case, "备用线索")
    assert office.states("lead") == ["备用"]
    assert office.waiting() == {}
    assert office.deadline("reserve").due.isoformat() == "2026-10-08"
    office.go_to("2026-10-10")
    assert office.tasks("prosecutor", case) == ["ResearchLead"]
    assert office.states("lead") == ["研判中"]
    assess(office, case, "不予立项")
    tell(office, case)
    assert office.states("lead") == ["不予立项"]
    assert office.failures() == []


def test_a_lead_in_reserve_is_reopened_by_who_has_something_new(office: Office) -> None:
    case = accepted(office)
    assess(office, case, "备用线索")
    office.pass_days(30)
    reason = "新近又发生同类险情。"
    assert office.act("prosecutor", "LeadReopened", case, reason=reason) == ["ResearchLead"]
    assert reason in office.shown("prosecutor", office.task("prosecutor", "ResearchLead", case))
    assert office.deadline("reserve").status == "met"
    assess(office, case, "不予立项")
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["not_filed"]


def test_two_leads_found_to_be_one_are_merged_and_nothing_is_lost(office: Office) -> None:
    first = accepted(office, source_org=office.org("congress"))
    second = accepted(office, title="车库安全隐患", source_org=office.org("school"))
    office.do("prosecutor", "ResearchLead", second, **RESEARCH)
    clock = office.deadline("evaluation", second)
    asked = office.act(
        "prosecutor",
        "MergeProposed",
        second,
        words=LEAD["title"],
        reason="经现场调查，两件线索反映的是同一车库。",
    )
    assert asked == ["DecideMerge"]
    main, other = office.records("lead")
    office.do("dept_head", "DecideMerge", second, agreed=True, main_lead=str(main.id))
    assert office.states("lead") == ["研判中", "已并案"]
    assert office.outcomes("lead_to_reply") == [None, "merged"]
    assert clock.status == "cancelled"
    assert office.tasks("legal_policy", second) == []
    assert "lead_registration" in [each.kind for each in office.papers()]
    told = {str(each.recipient_id) for each in office.letters("M-LEAD-RESULT")}
    assert told == {office.org("congress"), office.org("school")}
    assert len(office.records("lead")[0].fields["sources"]) == 2
    assert office.tasks("prosecutor", first) == ["ResearchLead"]
    assert (office.links("merged_into")[0].from_id, other.closed_at) != (None, None)
    assert office.failures() == []


def test_a_merger_that_the_head_refuses_changes_nothing(office: Office) -> None:
    accepted(office)
    second = accepted(office, title="车库安全隐患")
    words = {"words": LEAD["title"], "reason": "经现场调查，两件线索反映的是同一车库。"}
    office.act("prosecutor", "MergeProposed", second, **words)
    assert "MergeProposed" not in office.acts("prosecutor", second)
    office.do("dept_head", "DecideMerge", second, agreed=False, comment="并非同一车库。")
    assert office.states("lead") == ["研判中", "研判中"]
    assert "MergeProposed" in office.acts("prosecutor", second)


def test_a_secret_found_midway_leaves_a_stub_and_goes_on_offline(office: Office) -> None:
    case = accepted(office)
    stub = {"offline_no": "线下〔2026〕5号", "keeper": "保密室", "confirmed": True}
    stub["secret_basis"] = "材料标有密级标志"
    office.act("prosecutor", "SecretFound", case, **stub)
    assert office.outcomes("lead_to_reply") == ["offline"]
    assert office.states("lead") == ["已转线下"]
    assert office.waiting() == {}
    assert [each.secrecy for each in office.cases("lead_to_reply")] == [2]
    assert office.records("offline_file")[0].fields["offline_no"] == "线下〔2026〕5号"


def test_a_minor_found_midway_closes_the_case_to_others(office: Office) -> None:
    case = accepted(office)
    office.do("prosecutor", "ResearchLead", case, **RESEARCH)
    assert office.tasks("legal_policy", case) == ["GivePolicyOpinion"]
    office.act("dept_head", "MinorFound", case, note="堆放物旁设有儿童托管点。")
    assert office.tasks("legal_policy", case) == []
    assert [each.minor for each in office.cases("lead_assessment")] == [True]
    assert "MinorFound" not in office.acts("dept_head", case)


def test_the_handler_of_the_case_joins_the_team_of_the_lead(office: Office) -> None:
    case = accepted(office)
    assess(office, case)
    assert office.acts("prosecutor_two", case) == []
    assigned = {"recusal_check": True, "unified_by": "本院"}
    handler = office.person("prosecutor_two")
    office.do("dept_head", "AssignCase", case, handler=handler, assistants=[], **assigned)
    assert "MergeProposed" in office.acts("prosecutor_two", case)
    assert office.facts("lead_to_reply")["handler"] == handler
    assert office.failures() == []
