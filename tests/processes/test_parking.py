"""The parking case from the letter of the congress to the archives of both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.court import Court, scenario
from tests.court import databases_of_court as databases_of_court
from workflow_server.services import deadlines, deliveries, documents


@pytest.mark.parametrize("databases", ["court", "postgres"], indirect=True)
def test_the_case_runs_to_its_end_each_act_by_the_person_whose_act_it_is(case: Court) -> None:
    case.play()
    result = scenario()["result"]
    assert case.failures() == []
    assert case.outcomes() == result["instances"]
    assert case.states() == result["records"]
    assert case.sent() == result["deliveries"]
    assert case.papers() == result["documents"]
    outsider = case.people["outsider"]
    assert case.open_tasks("outsider") == []
    assert documents.list_(outsider)[1] == deliveries.list_(outsider)[1] == 0


def test_the_suggestion_bears_its_series_and_the_reply_clock_runs_from_service(case: Court) -> None:
    case.play("AcknowledgeSuggestion")
    papers, _ = documents.list_(case.people["prosecutor"], page_size=100)
    (suggestion,) = [each for each in papers if each.kind == "suggestion"]
    assert suggestion.number == "齐建检行公建〔2026〕1号"
    rows, _ = deadlines.list_(case.people["prosecutor"], case.now, page_size=100)
    (reply,) = [each.deadline for each in rows if each.deadline.name == "reply"]
    assert (reply.raw_due.isoformat(), reply.due.isoformat()) == ("2026-07-19", "2026-07-20")


def test_a_matter_of_social_governance_gets_a_suggestion_of_its_own_series(case: Court) -> None:
    case.play("AssessLead")
    case.act(suggestion_type="社会治理", triage="立项-社会治理", harm_desc=None)
    case.act(
        outcome="治理立项", reason="同类问题反复发生，管理制度存在漏洞，宜以检察建议促进治理。"
    )
    assert case.states()["lead"] == "立项"
    lacking = dict.fromkeys(("harm_text", "enforcement_basis", "rectify_rule", "claim_link"))
    for element in ("DraftSuggestion", "ReviewDraft", "DraftSuggestion", "ReviewDraft"):
        assert case.acts[0]["task"] == element
        case.act(**(lacking if element == "DraftSuggestion" else {"comment": "同意。"}))
    case.play("AcknowledgeSuggestion")
    papers, _ = documents.list_(case.people["prosecutor"], page_size=100)
    (suggestion,) = [each for each in papers if each.kind == "suggestion"]
    assert suggestion.number == "齐建检建〔2026〕1号"
    assert suggestion.data["public_interest"] is False
    assert suggestion.data["harm"] is None
    case.play()
    assert case.outcomes() == scenario()["result"]["instances"]
    assert case.failures() == []


def test_a_letter_that_the_head_refuses_goes_back_to_its_writer(case: Court) -> None:
    case.play("ApproveTransfer")
    assert case.act(decision="退回", comment="请补充现场照片。")["tasks"] == ["ReviseTransfer"]
    letter = {**case.script[0], "task": "ReviseTransfer", "act": "complete"}
    case.acts[:0] = [letter, *[a for a in case.script if a.get("task") == "ApproveTransfer"]]
    case.act(harm="人行道被长期占用经营，行人通行安全受到威胁。")
    assert case.act()["tasks"] == ["RegisterLead"]


def test_an_incomplete_letter_is_returned_and_comes_again_under_a_new_number(case: Court) -> None:
    case.play("RegisterLead")
    came = case.act(complete="不齐全", return_reason="缺少代表建议原件。")
    assert came == {"documents": [], "deliveries": ["M-RETURN"], "tasks": ["ReviseTransfer"]}
    letter = {**case.script[0], "task": "ReviseTransfer", "act": "complete"}
    case.acts[:0] = [letter, *case.script[1:3]]
    case.act(contact="苏敏")
    case.act()
    case.act()
    letters, _ = deliveries.list_(case.people["congress_clerk"], direction="sent")
    versions = sorted(each.delivery.conversation for each in letters)
    assert versions == ["建人-建人监司移函〔2026〕1号-v1", "建人-建人监司移函〔2026〕2号-v2"]
    case.play()
    assert case.failures() == []


def test_a_lead_that_is_not_converted_ends_on_both_sides(case: Court) -> None:
    case.play("DecideConversion")
    came = case.act(outcome="不予转化", next_step=None)
    assert came["tasks"] == ["TellDeputyNotConverted"]
    told = {"told_on": "2026-04-28", "mode": "电话", "content": "已告知不予转化的理由。"}
    case.do("congress_clerk", "TellDeputyNotConverted", **told)
    assert set(case.outcomes().values()) == {"not_converted"}
    assert case.states()["lead"] == "不予立项"


def test_a_draft_that_legal_policy_refuses_ends_the_case_and_the_congress_is_told(
    case: Court,
) -> None:
    case.play("ReviewDraft")
    came = case.act(legality_ok="不通过", refuse_reason="不适宜")
    assert came["documents"] == ["lead_feedback"]
    assert (came["deliveries"], came["tasks"]) == (["M-RESULT"], ["CloseTransfer"])
    assert case.outcomes()["procuratorate_lead_case"] == "refused"
    assert case.states()["suggestion"] == "不予制发"


def test_the_chief_sends_a_draft_back_or_refuses_it(case: Court) -> None:
    case.play("DecideSuggestion")
    assert case.act(decision="修改")["tasks"] == ["DraftSuggestion"]
    case.again("DraftSuggestion", consult_unit=False)
    case.again("ReviewDraft", reasoning_ok="通过")
    assert case.again("DecideSuggestion", decision="不同意")["deliveries"] == ["M-RESULT"]
    assert case.outcomes()["procuratorate_lead_case"] == "refused"


def test_a_reply_may_be_supplemented_twice_and_then_needs_escalation(case: Court) -> None:
    case.play("ReviewReply")
    lacking = {"assessment": "补充", "gaps": "请补充盲道验收材料。"}
    assert case.act(**lacking)["deliveries"] == ["M-SUPPLEMENT"]
    for delivered in (["M-SUPPLEMENT"], ["M-RESULT", "M-REVIEWED"]):
        assert case.again("DraftReply", mechanism="已补充材料。")["tasks"] == ["SignReply"]
        assert case.again("SignReply", comment="同意。")["tasks"] == ["ReviewReply"]
        assert case.again("ReviewReply", **lacking)["deliveries"] == delivered
    outcomes = case.outcomes()
    assert outcomes["procuratorate_lead_case"] == "needs_escalation"
    assert outcomes["unit_suggestion_reply"] == "reviewed"
    assert case.states()["suggestion"] == "升级"
    assert case.failures() == []


def test_no_reply_is_first_urged_and_then_escalated(case: Court) -> None:
    case.play("DraftReply")
    case.go_to(case.now + timedelta(days=10))
    assert case.open_tasks("prosecutor") == []
    case.go_to(case.now + timedelta(days=7))
    assert case.open_tasks("prosecutor") == ["HandleOverdue"]
    came = case.do(
        "prosecutor",
        "HandleOverdue",
        urged_at="2026-07-21T09:00",
        mode="书面",
        decision="转入升级",
        note="期限届满未书面回复，经督促仍未说明理由。",
    )
    assert came["deliveries"] == ["M-RESULT"]
    assert case.outcomes()["procuratorate_lead_case"] == "needs_escalation"


def test_a_deputy_who_does_not_answer_holds_nobody_up(case: Court) -> None:
    case.play("EvaluateRectification")
    case.go_to(case.now + timedelta(days=8))
    assert case.open_tasks("deputy") == []
    assert case.open_tasks("prosecutor") == ["PrepareClosing"]
    case.skip_to("PrepareClosing")
    case.play()
    assert case.outcomes() == scenario()["result"]["instances"]
    assert case.failures() == []


def test_who_hears_nothing_asks(case: Court) -> None:
    case.play("RegisterLead")
    case.go_to(case.now + timedelta(days=5))
    assert case.open_tasks("congress_clerk") == ["AskForReceipt"]
    asked = {"asked_on": "2026-04-13", "mode": "电话", "note": "对方答复正在登记。"}
    case.do("congress_clerk", "AskForReceipt", **asked)
    assert case.act()["tasks"] == ["ClassifyAndAssign"]
    assert case.failures() == []


def test_closing_goes_back_to_the_prosecutor_until_head_and_chief_agree(case: Court) -> None:
    case.play("CheckClosing")
    assert case.act(decision="退回")["tasks"] == ["PrepareClosing"]
    case.again("PrepareClosing", close_opinion="已补正，建议结案。")
    case.again("CheckClosing", comment="同意。")
    assert case.act(decision="退回")["tasks"] == ["PrepareClosing"]
    for element in ("PrepareClosing", "CheckClosing", "ApproveClosing"):
        came = case.again(element)
    assert came["tasks"] == ["ArchiveCase", "CloseTransfer"]
