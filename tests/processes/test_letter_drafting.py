"""Drafting a letter: its sections, the unit's opinion, the reviews of two levels, five rounds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import DRAFT, ELEMENTS, PUBLIC_INTEREST, Letter
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.letters import one_letter as one_letter
from tests.processes.office import File, Office
from workflow_server.services.answers import AnswersRefused

AMENDED = {"elements_ok": False, "result": "退回", "comment": "事实部分请补充检查时间。"}


def test_a_letter_of_social_governance_is_issued_after_both_levels_have_passed_it(
    letter: Letter,
) -> None:
    letter.reviewed()
    assert letter.state() == "待签发"
    letter.do("chief", "DecideIssue")
    letter.do("case_mgmt", "SealLetter")
    assert letter.office.failures() == []
    facts = letter.facts()
    assert facts["doc_no"] == "齐建检建〔2026〕1号"
    assert facts["letter_conversation"] == "齐建-齐建检建〔2026〕1号"
    assert (facts["letter_version"], facts["decision"]) == (1, "issue")
    kinds = {paper.kind for paper in letter.office.papers()}
    assert {"suggestion", "review_form", "superior_review_form"} <= kinds


def test_a_letter_of_public_interest_bears_its_own_series_and_needs_no_policy_review(
    office: Office,
) -> None:
    letter = Letter(office, track="PIL", suggestion_type="公益诉讼", harm_desc="公共利益受到侵害。")
    letter.do("prosecutor", "DraftLetter", **PUBLIC_INTEREST)
    assert letter.do("dept_head", "CheckDraft", send_policy=False) == ["DecideIssue"]
    letter.do("chief", "DecideIssue")
    letter.do("case_mgmt", "SealLetter")
    assert letter.facts()["doc_no"] == "齐建检行公建〔2026〕1号"
    assert office.paper("suggestion").data["public_interest"] is True


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"facts": None}, "事实"),
        ({"items": []}, "建议内容"),
        ({"evidence_list": []}, "证据"),
        ({"basis": []}, "法律依据"),
        ({"state_secret": True}, "国家秘密不得在本系统办理"),
        ({"reply_rule": "R-REPLY-15D", "urgent_reason": "情况紧急。"}, "请选择自定"),
        ({"reply_rule": "R-REPLY-CUSTOM", "urgent_reason": "情况紧急。"}, "自定回复期限"),
    ],
)
def test_a_draft_without_a_mandatory_section_is_named_to_the_drafter(
    letter: Letter, answers: dict[str, Any], message: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        letter.do("prosecutor", "DraftLetter", **answers)
    assert message in str(refused.value.faults)


def test_a_matter_with_a_minor_has_one_month(office: Office) -> None:
    letter = Letter(office, minor_involved=True)
    with pytest.raises(AnswersRefused) as refused:
        letter.do("prosecutor", "DraftLetter")
    assert "一个月" in str(refused.value.faults)


def test_the_unit_is_heard_before_and_its_opinion_comes_back_to_the_drafter(letter: Letter) -> None:
    office = letter.office
    letter.do("prosecutor", "DraftLetter", consult_unit=True)
    assert letter.state() == "征求意见"
    assert office.paper("consultation_letter").number == "齐建检征函〔2026〕1号"
    given = {"agree_facts": True, "opinion": "建议将检查期限放宽至年底。"}
    office.do("outsider", "GiveOpinion", **given)
    office.do("market_leader", "SignOpinion", decision="退回", comment="请补充理由。")
    office.do("outsider", "GiveOpinion", **given)
    came = office.do("market_leader", "SignOpinion", decision="同意", signed_by="葛长青")
    assert came == ["DraftLetter"]
    with pytest.raises(AnswersRefused):
        letter.do("prosecutor", "DraftLetter", consult_unit=True)
    came = letter.do("prosecutor", "DraftLetter", consult_unit=True, opinion_handling="予以采纳。")
    assert came == ["CheckDraft"]
    facts = letter.facts()
    assert (facts["consult_opinion"], facts["draft_rounds"]) == (given["opinion"], 1)


def test_a_unit_that_says_nothing_in_seven_days_does_not_hold_the_letter_up(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter", consult_unit=True)
    assert letter.office.deadline("consult").due.isoformat() == "2026-04-08"
    letter.office.go_to("2026-04-10")
    assert letter.office.tasks("dept_head", letter.case) == ["CheckDraft"]
    assert letter.facts()["consulted"] == "逾期未反馈"


def test_a_unit_that_is_not_on_this_server_is_heard_on_paper(office: Office) -> None:
    letter = Letter(office)
    water = office.org("water_affairs")
    letter.do("prosecutor", "DraftLetter", addressee=water, consult_unit=True)
    opinion = {"agree_facts": False, "opinion": "部分诊所不属我局管辖。"}
    came = office.act(
        "prosecutor", "PaperConsult", letter.case, **opinion, received_on=office.today
    )
    assert came == ["DraftLetter"]
    assert letter.facts()["consult_agree"] is False


def test_who_drafted_neither_checks_nor_reviews_nor_decides(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    for login, element in (("prosecutor", "CheckDraft"), ("assistant", "CheckDraft")):
        with pytest.raises(AssertionError, match=f"{login} has no {element}"):
            letter.do(login, element)


def test_a_reviewer_cannot_change_the_draft(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    with pytest.raises(AnswersRefused):
        letter.do("legal_policy", "PolicyReview", facts="审核人改写的事实。")
    assert letter.facts()["facts"] == letter.office.usual["DraftLetter"]["facts"]


def test_the_head_passes_only_what_is_complete(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    for answers in (
        {"elements": ELEMENTS[:6]},
        {"elements_ok": False},
        {**AMENDED, "comment": None},
    ):
        with pytest.raises(AnswersRefused):
            letter.do("dept_head", "CheckDraft", **answers)


def test_opinions_come_back_to_the_drafter_and_a_superior_may_ask_for_changes(
    letter: Letter,
) -> None:
    office = letter.office
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    letter.do("legal_policy", "PolicyReview")
    assert letter.state() == "同步复核"
    office.do("superior", "BusinessReview", result="修改", guidance="请补充证据分析。")
    assert office.do("superior_policy", "ResearchReview") == ["DraftLetter"]
    facts = letter.facts()
    assert facts["superior_result"] == "修改"
    assert "请补充证据分析。" in facts["superior_opinions"]
    letter.reviewed(facts="经调查核实，十二家诊所未按规定交接医疗废物，有笔录和照片证实。")
    assert letter.facts()["draft_rounds"] == 2
    assert office.tasks("chief", letter.case) == ["DecideIssue"]


@pytest.mark.parametrize("reason", ["质量", "不适宜"])
def test_a_letter_that_policy_refuses_is_counted_with_its_reason(
    letter: Letter, reason: str
) -> None:
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    letter.do("legal_policy", "PolicyReview", legality_ok="不通过", refuse_reason=reason)
    letter.by_superior()
    assert (letter.state(), letter.fields()["refusal_reason"]) == ("不予制发", reason)
    assert letter.office.outcomes("suggestion_letter") == ["refused"]
    assert letter.office.paper("refusal_decision").number == "齐建检不建〔2026〕1号"


def test_a_refusal_needs_its_reason(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    with pytest.raises(AnswersRefused):
        letter.do("legal_policy", "PolicyReview", necessity_ok="不通过")


def test_both_departments_of_the_superior_must_pass(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    letter.do("legal_policy", "PolicyReview")
    refusal = {"result": "不同意", "guidance": "不属于检察建议范围。", "refuse_reason": "不适宜"}
    letter.by_superior(**refusal)
    assert letter.office.outcomes("suggestion_letter") == ["refused"]
    assert letter.fields()["refusal_reason"] == "不适宜"


def test_a_silent_superior_is_asked_and_may_answer_on_paper(letter: Letter) -> None:
    office = letter.office
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    letter.do("legal_policy", "PolicyReview")
    assert office.deadline("superior_review", letter.case).due.isoformat() == "2026-04-09"
    asked = [
        office.task("superior", "BusinessReview"),
        office.task("superior_policy", "ResearchReview"),
    ]
    assert [str(each.due_on) for each in asked] == ["2026-04-09", "2026-04-09"]
    assert office.record("suggestion").title == DRAFT["title"]
    office.go_to("2026-04-11")
    assert office.tasks("prosecutor", letter.case) == ["AskSuperior"]
    asked = {"mode": "电话", "asked_whom": "顾长河", "answer": "正在复核。"}
    assert letter.do("prosecutor", "AskSuperior", **asked) == []
    paper = {
        "received_on": office.today,
        "result": "通过",
        "opinions": "两部门均同意。",
        "attachments": [File("复核意见表.pdf")],
    }
    assert office.act("prosecutor", "PaperSuperior", letter.case, **paper) == ["DecideIssue"]


def test_an_answer_ends_the_question_that_is_still_open(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft")
    letter.do("legal_policy", "PolicyReview")
    letter.office.go_to("2026-04-11")
    letter.by_superior()
    assert letter.office.tasks("prosecutor", letter.case) == []
    assert letter.office.tasks("chief", letter.case) == ["DecideIssue"]


def returned_five_times(letter: Letter) -> None:
    for _ in range(5):
        letter.do("prosecutor", "DraftLetter")
        came = letter.do("dept_head", "CheckDraft", **AMENDED)
    assert came == ["MeetingDecides"]


@pytest.mark.parametrize(
    ("decision", "then"),
    [("继续修改", ["DraftLetter"]), ("报请检察长", ["DecideIssue"]), ("不予制发", [])],
)
def test_after_five_rounds_a_meeting_of_the_head_decides(
    letter: Letter, decision: str, then: list[str]
) -> None:
    returned_five_times(letter)
    met = {"attendees": "部门负责人、承办检察官、法律政策研究室", "comment": "分歧在事实认定。"}
    given = {"不予制发": {"refuse_reason": "质量"}}.get(decision, {})
    assert letter.do("dept_head", "MeetingDecides", decision=decision, **met, **given) == then
    assert letter.facts()["draft_rounds"] == 5


def test_a_letter_of_the_same_kind_is_not_issued_twice(office: Office) -> None:
    first = Letter(office)
    first.do("prosecutor", "DraftLetter")
    second = Letter(office)
    (similar,) = second.facts()["similar"]
    merging = {
        "same_kind": "并入",
        "same_kind_id": similar["id"],
        "same_kind_note": "同一单位同类违法情形，已有检察建议在办。",
    }
    assert second.do("prosecutor", "DraftLetter", **merging) == ["ConfirmMerge"]
    second.do("dept_head", "ConfirmMerge", decision="同意并入", comment="同意。")
    assert office.outcomes("suggestion_letter") == [None, "terminated"]
    assert office.states("suggestion") == ["初核", "不予制发"]
    assert len(office.links("merged_into")) == 1
    assert office.tasks("dept_head", first.case) == ["CheckDraft"]


def test_a_merging_that_the_head_does_not_see_goes_back(office: Office) -> None:
    Letter(office)
    second = Letter(office)
    (similar,) = second.facts()["similar"]
    merging = {"same_kind": "并入", "same_kind_id": similar["id"], "same_kind_note": "同类情形。"}
    second.do("prosecutor", "DraftLetter", **merging)
    came = second.do("dept_head", "ConfirmMerge", decision="不同意并入", comment="情形不同。")
    assert came == ["DraftLetter"]


CURED = {
    "cured_on": "2026-04-01",
    "cure_text": "十二家诊所均已签订处置协议并完成交接。",
    "cure_files": [File("核查.pdf")],
}


def test_what_is_cured_before_the_letter_goes_out_is_closed(letter: Letter) -> None:
    letter.reviewed()
    assert letter.office.act("prosecutor", "CureReported", letter.case, **CURED) == ["ConfirmCure"]
    with pytest.raises(AssertionError, match="prosecutor has no ConfirmCure"):
        letter.do("prosecutor", "ConfirmCure")
    letter.do("chief", "ConfirmCure", decision="同意终结", comment="公益已得到保护。")
    assert letter.office.outcomes("suggestion_letter") == ["cured"]
    assert letter.fields()["refusal_reason"] == "已自行整改"
    assert letter.office.tasks("chief", letter.case) == []
    assert letter.office.failures() == []


def test_a_cure_that_the_chief_does_not_see_changes_nothing(letter: Letter) -> None:
    letter.reviewed()
    letter.office.act("prosecutor", "CureReported", letter.case, **CURED)
    letter.do("chief", "ConfirmCure", decision="不同意，继续制发", comment="尚有三家未交接。")
    assert letter.office.tasks("chief", letter.case) == ["DecideIssue"]
    letter.do("chief", "DecideIssue")
    letter.do("case_mgmt", "SealLetter")
    assert "CureReported" not in letter.office.acts("prosecutor", letter.case)


def test_an_outsider_neither_sees_nor_does_anything(letter: Letter) -> None:
    letter.do("prosecutor", "DraftLetter")
    assert letter.office.tasks("outsider") == []
    with pytest.raises(AssertionError):
        letter.office.act("outsider", "CureReported", letter.case, **CURED)
