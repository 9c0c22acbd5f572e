"""A lead goes to another procuratorate, up, or to another body; who handles it is settled above."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.processes.leads import NEW, PREPARED, assess, judge, report, tell
from tests.processes.office import File, Office
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.answers import AnswersRefused


def sent(office: Office, kind: str, target: str, **answers: Any) -> UUID:
    """Report a lead and send it away; return the case."""
    case = report(office, **answers)
    office.do("assistant", "DedupeLead", case, **NEW)
    judge(office, case, jurisdiction=kind, target_org=office.org(target))
    prepared = {**PREPARED, "transfer_kind": kind, "target": office.org(target)}
    office.do("assistant", "PrepareTransfer", case, **prepared)
    office.do("chief", "ApproveTransfer", case, decision="同意")
    return case


def received(office: Office) -> UUID:
    office.do("neighbour_case_mgmt", "RegisterTransfer", complete="齐全")
    return office.cases("lead_transfer_receipt")[-1].id


def taken(office: Office) -> UUID:
    """Take the lead in at the neighbour's, who begins to handle it."""
    received(office)
    answers = {"acceptance": "受理", "reason": "属于本院管辖，应当受理。"}
    assessor = office.person("neighbour_prosecutor")
    office.do("neighbour_head", "DecideAcceptance", **answers, assessor=assessor)
    return office.cases("lead_to_reply")[-1].id


def refused(office: Office, proposed: str = "procuratorate") -> None:
    """The neighbour thinks that it is not theirs, and asks above."""
    received(office)
    answers = {"acceptance": "认为不属本院管辖", "reason": "主管机关不在本辖区。"}
    office.do("neighbour_head", "DecideAcceptance", **answers, proposed_org=office.org(proposed))
    office.do("neighbour_chief", "ApproveRequest", agreed=True)


def designate(office: Office, decision: str, **answers: Any) -> None:
    opinion = {"proposal": decision, "opinion": "请示理由成立，建议照此办理。"}
    proposed = {"proposed_org": answers.get("designated_org")}
    office.do("superior", "ReviewJurisdiction", **opinion, **proposed)
    reason = "为便于调查核实，依法指定管辖。"
    office.do("superior_chief", "DecideDesignation", decision=decision, reason=reason, **answers)


def test_the_receiver_takes_the_lead_and_tells_the_sender_what_became_of_it(
    office: Office,
) -> None:
    case = sent(office, "同级他院", "neighbour_procuratorate", source_org=office.org("congress"))
    notice = office.paper("lead_transfer_notice")
    assert (notice.number, notice.data["recipient"]) == (
        "齐建检移线〔2026〕1号",
        "齐齐哈尔市昂昂溪区人民检察院",
    )
    assert office.states("lead") == ["已移送"]
    theirs = taken(office)
    assert office.letter("M-TRANSFER-ACK").payload["accepted"] is True
    assert office.letter("M-LEAD-RESULT").payload["notice_kind"] == "线索移送情况"
    office.do("neighbour_assistant", "DedupeLead", theirs, **NEW)
    assert office.tasks("neighbour_prosecutor", theirs) == ["ResearchLead"]
    assert [each.number for each in office.records("lead")] == [
        "齐建检线〔2026〕1号",
        "齐昂检线〔2026〕1号",
    ]
    neighbours_decide(office, theirs)
    fed_back = office.letter("M-TRANSFER-RESULT")
    assert str(fed_back.recipient_id) == office.org("procuratorate")
    assert office.cases("lead_to_reply")[0].outcome == "transferred"
    assert office.records("lead")[0].state == "已移送"
    assert case == office.cases("lead_to_reply")[0].id
    assert office.failures() == []


def neighbours_decide(office: Office, case: UUID) -> None:
    research = {
        "authenticity": "高",
        "checkability": "高",
        "necessity": "疏散通道被堵塞，确有监督必要。",
        "pre_inquiry": False,
        "expert_meeting": False,
        "proposed_triage": "不予立项",
        "reason": "主管部门已经依法处理完毕。",
    }
    office.do("neighbour_prosecutor", "ResearchLead", case, **research)
    opinion = {"agree": "同意", "opinion": "同意承办人意见。"}
    office.do("neighbour_head", "GivePolicyOpinion", case, **opinion)
    decided = {"decision": "作出结论", "triage": "不予立项", "reason": "同意承办人意见。"}
    office.do("neighbour_chief", "DecideTriage", case, **decided)


def test_no_informant_goes_with_a_lead(office: Office) -> None:
    sent(office, "同级他院", "neighbour_procuratorate", lead_source="群众举报", informant="吴桂芳")
    letter = office.letter("M-TRANSFER")
    assert "吴桂芳" not in str(letter.payload)
    assert "吴桂芳" not in str(office.paper("lead_transfer_notice").data)


def test_a_receiver_who_thinks_otherwise_asks_above_and_never_sends_back(office: Office) -> None:
    case = sent(office, "同级他院", "neighbour_procuratorate")
    refused(office)
    asked = office.letter("M-JURISDICTION")
    assert str(asked.recipient_id) == office.org("city_procuratorate")
    assert office.letters("M-TRANSFER-ACK") == []
    designate(office, "由请示院办理")
    assert office.paper("jurisdiction_decision").number == "齐检指辖〔2026〕1号"
    office.do("neighbour_head", "AssignDesignated", assessor=office.person("neighbour_prosecutor"))
    assert office.letter("M-TRANSFER-ACK").payload["accepted"] is True
    assert office.tasks("neighbour_assistant") == ["DedupeLead"]
    assert office.outcomes("superior_jurisdiction") == ["returned"]
    assert office.tasks("prosecutor", case) == []
    assert office.failures() == []


def test_the_superior_gives_the_lead_back_to_who_sent_it(office: Office) -> None:
    case = sent(office, "同级他院", "neighbour_procuratorate")
    refused(office)
    designate(office, "由原移送院办理")
    assert office.outcomes("lead_transfer_receipt") == ["designated_elsewhere"]
    assert office.tasks("prosecutor", case) == ["ResearchLead"]
    assert office.states("lead") == ["研判中"]
    assess(office, case, "不予立项")
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["not_filed"]
    assert office.failures() == []


def test_whom_the_superior_designates_has_to_take_it(office: Office) -> None:
    sent(office, "上级院", "city_procuratorate")
    third = office.org("neighbour_procuratorate")
    designate(office, "指定其他检察院办理", designated_org=third)
    received(office)
    answers = {"acceptance": "认为不属本院管辖", "reason": "主管机关不在本辖区。"}
    proposed = office.org("procuratorate")
    with pytest.raises(AnswersRefused):
        office.do("neighbour_head", "DecideAcceptance", **answers, proposed_org=proposed)
    assert office.cases("lead_transfer")[0].outcome == "transferred"
    assert office.failures() == []


def test_the_superior_takes_a_lead_up_and_handles_it(office: Office) -> None:
    sent(office, "上级院", "city_procuratorate")
    designate(office, "由本院办理")
    (own, taken_up) = office.cases("lead_to_reply")
    office.do("city_assistant", "DedupeLead", taken_up.id, **NEW)
    assert office.record("lead", taken_up.id).number == "齐检线〔2026〕1号"
    assert office.tasks("city_prosecutor", taken_up.id) == ["ResearchLead"]
    assert office.cases("lead_transfer")[0].outcome == "transferred"
    assert own.outcome is None
    assert office.failures() == []


def test_two_procuratorates_leads_of_one_trade_are_merged_above_and_both_are_told(
    office: Office,
) -> None:
    sent(office, "上级院", "city_procuratorate", title="物业行业消防通道管理失范")
    designate(office, "由本院办理")
    first = office.cases("lead_to_reply")[-1].id
    office.do("city_assistant", "DedupeLead", first, **NEW)
    neighbours_send_up(office)
    designate(office, "由本院办理")
    second = office.cases("lead_to_reply")[-1].id
    main = office.record("lead", first)
    merged = {"dedupe_result": "并案", "reason": "同一行业的同类问题，统筹办理。"}
    office.do("city_assistant", "DedupeLead", second, **merged, main_lead=str(main.id))
    told = [
        (str(each.recipient_id), each.payload["notice_kind"])
        for each in [*office.letters("M-TRANSFER-RESULT"), *office.letters("M-LEAD-RESULT")]
    ]
    assert set(told) == {
        (office.org("neighbour_procuratorate"), "线索并案情况"),
        (office.org("procuratorate"), "线索并案情况"),
    }
    assert len(office.record("lead", first).fields["sources"]) == 2
    assert office.cases("lead_to_reply")[-1].outcome == "merged"
    assert office.failures() == []


def neighbours_send_up(office: Office) -> None:
    theirs = report(office, "neighbour_prosecutor", title="物业行业消防通道管理失范问题")
    office.do("neighbour_assistant", "DedupeLead", theirs, **NEW)
    above = office.org("city_procuratorate")
    judge(office, theirs, "neighbour_head", jurisdiction="上级院", target_org=above)
    prepared = {**PREPARED, "transfer_kind": "上级院", "target": above}
    office.do("neighbour_assistant", "PrepareTransfer", theirs, **prepared)
    office.do("neighbour_chief", "ApproveTransfer", theirs, decision="同意")


def test_a_body_that_is_not_on_the_server_gets_paper_and_its_answer_is_entered(
    office: Office,
) -> None:
    case = sent(office, "其他机关", "water_affairs")
    assert office.letter("M-LEAD-OUT").status == "paper"
    assert office.paper("lead_handover_letter").number == "齐建检移函〔2026〕1号"
    office.act("assistant", "AckCame", case, accepted=True, files=[File("回执.pdf")])
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["transferred"]
    assert office.failures() == []


def test_who_does_not_answer_is_asked_again_and_again(office: Office) -> None:
    case = sent(office, "其他机关", "water_affairs")
    office.go_to("2026-04-08")
    asked = {"mode": "电话", "note": "对方正在研究。"}
    office.do("assistant", "AskReceiver", case, **asked, result="继续等待")
    assert office.tasks("assistant", case) == []
    office.pass_days(7)
    office.do("assistant", "AskReceiver", case, **asked, result="对方已接收")
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["transferred"]


def test_feedback_that_does_not_come_in_thirty_days_is_asked_for(office: Office) -> None:
    case = sent(office, "同级他院", "neighbour_procuratorate")
    taken(office)
    tell(office, case)
    assert office.deadline("transfer_feedback").due.isoformat() == "2026-05-06"
    office.go_to("2026-05-08")
    answers = {"mode": "电话", "result": "不再等待", "feedback": "对方称仍在研判。"}
    office.do("assistant", "AskFeedback", case, **answers)
    assert office.cases("lead_to_reply")[0].outcome == "transferred"
    assert office.failures() == []


def test_nobody_goes_past_the_next_above_nor_sends_to_themselves(office: Office) -> None:
    case = report(office)
    office.do("assistant", "DedupeLead", case, **NEW)
    for kind, target in (("同级他院", "procuratorate"), ("上级院", "province_procuratorate")):
        with pytest.raises(AnswersRefused):
            judge(office, case, jurisdiction=kind, target_org=office.org(target))


def test_the_chief_keeps_a_lead_here(office: Office) -> None:
    case = report(office)
    office.do("assistant", "DedupeLead", case, **NEW)
    target = office.org("neighbour_procuratorate")
    judge(office, case, jurisdiction="同级他院", target_org=target)
    office.do("assistant", "PrepareTransfer", case, **PREPARED)
    kept = {"decision": "不同意，由本院办理", "comment": "本院有管辖权。"}
    assert office.do("chief", "ApproveTransfer", case, **kept) == ["ResearchLead"]
    assert office.letters("M-TRANSFER") == []


def test_who_drew_a_transfer_up_does_not_approve_it(office: Office) -> None:
    case = report(office)
    office.do("assistant", "DedupeLead", case, **NEW)
    target = office.org("neighbour_procuratorate")
    judge(office, case, jurisdiction="同级他院", target_org=target)
    office.do("assistant", "PrepareTransfer", case, **PREPARED)
    task = office.task("chief", "ApproveTransfer", case)
    with pytest.raises((NotYours, Segregated)):
        office.finish("dept_head", task, decision="同意")
