"""A letter that is not followed: the guard of the urge, measures, watch, suit and its aftermath."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import File, Office
from tests.processes.replies import URGE, reply, review, serve, set_parameter
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.deadlines import DeadlineStatus

FACTS = "期限届满后经催办仍未整改，人行道仍被占用。"
MEASURES: dict[str, Any] = {
    "measures": ["通报主管部门", "报告上级院"],
    "facts": FACTS,
    "reason": "经督促无正当理由不予整改，应当通报。",
}
GROUND = "（一）逾期不回复检察建议，也没有采取有效整改措施的"
PERFORMED: dict[str, Any] = {
    "facts": "已清理全部占道车位，经现场核实。",
    "files": [File("现场照片.pdf")],
}
SUIT: dict[str, Any] = {
    "failure_ground": GROUND,
    "failure_facts": FACTS,
    "harm_now": "行人通行安全仍然受到威胁。",
    "claims": [{"kind": "履行职责", "text": "判令被告依法履行道路管理职责"}],
    "evidence": [{"name": "现场照片", "proves": "占道现状"}],
    "basis": "《城市道路管理条例》第二十七条",
    "opinion": "提起诉讼",
}


def urge(office: Office) -> None:
    office.act("prosecutor", "UrgeRecorded", **URGE, urged_at="2026-04-01T08:30:00+08:00")


def be_overdue(office: Office) -> None:
    serve(office)
    urge(office)
    give_up(office)


def be_overdue_unurged(office: Office) -> None:
    serve(office)
    give_up(office)


def give_up(office: Office) -> None:
    office.go_to("2026-06-02")
    office.act("prosecutor", "EscalateNow", reason="催办后仍不回复，不再等待。")


def target(office: Office, measure: str, organisation: str) -> dict[str, str]:
    return {"measure": measure, "organ": office.org(organisation)}


def take(office: Office, *measures: str, **more: Any) -> None:
    """Propose measures and let the chief agree."""
    asked = {"measures": list(measures), "targets": [], **more}
    office.do("prosecutor", "ProposeMeasures", **{**MEASURES, **asked})
    office.do("chief", "DecideMeasures", decision="同意", comment="同意。")


def test_at_the_end_the_unit_is_urged_and_after_the_cure_it_is_escalated(office: Office) -> None:
    serve(office)
    urge(office)
    office.go_to("2026-06-02")
    assert office.record("suggestion").state == "逾期"
    assert office.paper("urge_letter").data["overdue"] is True
    assert office.letter("M-URGE").payload["due"] == "2026-06-01"
    assert "ProposeMeasures" not in office.tasks("prosecutor")
    office.go_to("2026-06-20")
    assert "ProposeMeasures" in office.tasks("prosecutor")
    assert office.facts("suggestion_letter")["assessment"] == "逾期未复"
    assert office.record("suggestion").state == "升级"
    assert office.failures() == []


def test_a_reply_after_the_end_is_reviewed_all_the_same(office: Office) -> None:
    serve(office)
    office.go_to("2026-06-05")
    reply(office, "LateReply")
    assert office.deadline("reply").status == DeadlineStatus.MET_LATE
    review(office)
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.failures() == []


def test_measures_that_the_chief_decides_make_their_papers_and_letters(office: Office) -> None:
    be_overdue(office)
    targets = [target(office, "通报主管部门", "city_urban_management")]
    office.do("prosecutor", "ProposeMeasures", **MEASURES, targets=targets)
    assert "DecideMeasures" not in office.tasks("prosecutor")
    assert office.letters("M-ESCALATE") == []
    office.do("chief", "DecideMeasures", decision="同意", comment="同意。")
    kinds = sorted(each.payload["kind"] for each in office.letters("M-ESCALATE"))
    assert kinds == ["情况报告", "通报"]
    assert office.paper("implementation_notice").data["facts"] == FACTS
    assert office.paper("situation_report").number is not None
    assert office.deadline("watch").status == DeadlineStatus.RUNNING
    assert office.failures() == []


def test_a_measure_needs_its_addressee_and_only_public_interest_is_sued_for(
    office: Office,
) -> None:
    be_overdue(office)
    with pytest.raises(AnswersRefused):
        take(office, "通报政府")
    with pytest.raises(AnswersRefused):
        take(office, "提起公益诉讼", failure_ground=GROUND)
    assert office.letters("M-ESCALATE") == []


def test_without_an_urge_the_handler_is_told_why_nothing_goes_on(office: Office) -> None:
    be_overdue_unurged(office)
    assert "ProposeMeasures" not in office.tasks("prosecutor")
    assert "ExplainBlock" in office.tasks("prosecutor")
    late = {
        "way": "补录",
        "mode": "走访",
        "urged_at": "2026-06-02T08:00:00+08:00",
        "note": URGE["note"],
        "record": [File("笔录.pdf")],
    }
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "ExplainBlock", **late)
    early = {**late, "urged_at": "2026-05-20T08:00:00+08:00"}
    assert office.do("prosecutor", "ExplainBlock", **early) == ["ProposeMeasures"]
    assert office.failures() == []


def test_an_urge_after_the_end_does_not_lift_the_guard_but_the_chief_may(office: Office) -> None:
    be_overdue_unurged(office)
    office.do("prosecutor", "ExplainBlock", way="督促", note=URGE["note"])
    assert len(office.letters("M-URGE")) == 2
    office.go_to("2026-06-20")
    assert "ExplainBlock" in office.tasks("prosecutor")
    wish = {"way": "例外", "reason": "占道已造成行人受伤，损害正在扩大。"}
    assert office.do("prosecutor", "ExplainBlock", **wish) == ["OverrideGuard"]
    assert "OverrideGuard" not in office.tasks("prosecutor")
    no = {"approved": False, "comment": "先行督促。"}
    assert office.do("chief", "OverrideGuard", **no) == ["ExplainBlock"]
    office.do("prosecutor", "ExplainBlock", **wish)
    yes = {"approved": True, "comment": "损害正在扩大，同意。"}
    assert office.do("chief", "OverrideGuard", **yes) == ["ProposeMeasures"]
    facts = office.facts("suggestion_letter")
    assert (facts["override_reason"], facts["override_comment"]) == (
        wish["reason"],
        yes["comment"],
    )
    assert office.failures() == []


def test_where_an_office_allows_it_a_late_urge_suffices_after_its_cure(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_parameter(monkeypatch, "urge_before_expiry_required", value=False)
    be_overdue_unurged(office)
    assert "ExplainBlock" in office.tasks("prosecutor")
    office.do("prosecutor", "ExplainBlock", way="督促", note=URGE["note"])
    office.go_to("2026-06-15")
    assert "ProposeMeasures" not in office.tasks("prosecutor")
    office.go_to("2026-06-18")
    assert "ProposeMeasures" in office.tasks("prosecutor")
    assert office.failures() == []


def test_who_answers_the_late_urge_is_reviewed_again(office: Office) -> None:
    be_overdue_unurged(office)
    office.do("prosecutor", "ExplainBlock", way="督促", note=URGE["note"])
    assert reply(office, "CureReply") == ["ReviewReply"]
    assert office.deadline("reply").status == DeadlineStatus.MET_LATE
    review(office)
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.failures() == []


def test_after_thirty_days_the_chief_closes_what_is_not_solved(office: Office) -> None:
    be_overdue(office)
    take(office, "约谈")
    talk = {"talked_on": office.today, "place": "本院", "attendees": "局长", "note": FACTS}
    office.do("prosecutor", "HoldTalk", **talk, record=[File("约谈笔录.pdf")])
    office.go_to("2026-07-05")
    office.do("prosecutor", "AssessWatch", choice="未解决", note="单位仍未整改，各项措施已用尽。")
    assert "ConfirmUnresolved" not in office.tasks("prosecutor")
    more = office.do("chief", "ConfirmUnresolved", decision="不同意", comment="再报告人大。")
    assert more == ["ProposeMeasures"]
    take(office, "报告人大", targets=[target(office, "报告人大", "congress")])
    (hint,) = office.letters("M-HINT")
    assert (hint.payload["trigger"], hint.recipient_id) == ("逾期升级", hint.sender_id)
    office.go_to("2026-08-10")
    office.do("prosecutor", "AssessWatch", choice="未解决", note="单位仍未整改，各项措施已用尽。")
    office.do("chief", "ConfirmUnresolved", decision="同意", comment="同意。")
    assert office.facts("suggestion_letter")["escalation_outcome"] == "unresolved"
    assert office.failures() == []


def test_who_replies_while_watched_is_reviewed_again(office: Office) -> None:
    be_overdue(office)
    take(office, "报告上级院")
    assert reply(office, "WatchReply") == ["ReviewReply"]
    assert office.deadline("reply").status == DeadlineStatus.MET_LATE
    review(office)
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.record("reply").state == "合格"
    assert office.failures() == []


def test_an_inspection_that_is_refused_comes_back_to_the_chief_who_tells_the_congress(
    office: Office,
) -> None:
    be_overdue(office)
    take(office, "商请督查")
    refuse_inspection(office)
    decision = {"decision": "报告人大", "congress": office.org("congress"), "comment": FACTS}
    office.do("chief", "DecideRefused", **decision)
    letter = office.letter("M-ESCALATE")
    assert str(letter.recipient_id) == office.org("congress")
    assert office.paper("situation_report").data["refused"] is True
    assert office.letter("M-HINT").payload["suggestion_ids"] == [
        str(office.record("suggestion").id)
    ]
    assert "ConsiderHint" in office.tasks("prosecutor")
    assert office.deadline("watch").status == DeadlineStatus.RUNNING
    assert office.failures() == []


def refuse_inspection(office: Office) -> None:
    office.do(
        "prosecutor",
        "PrepareRequest",
        inspection_org=office.org("district_government"),
        matter="督促单位落实检察建议，恢复人行道通行。",
        urged="多次督促，仍未整改。",
        expect="列为督查事项。",
        feedback_by="2026-07-31",
        contact="沈立言",
        contact_phone="0452-2550100",
    )
    office.do("chief", "ApproveInspection", decision="同意")
    answer = {"accepted": False, "reason": "不属于督查事项。", "files": [File("复函.pdf")]}
    office.act("prosecutor", "AcceptanceCame", **answer)


def sue(office: Office) -> None:
    """Miss the fifteen days and the two months, and file the suit after one month more."""
    serve(office, "PIL", "R-REPLY-15D")
    urge(office)
    office.go_to("2026-06-03")
    take(office, "提起公益诉讼", failure_ground=GROUND)
    office.do("prosecutor", "ReportFinalReview", **SUIT, court=office.org("district_court"))


def decide_suit(office: Office, decision: str, **more: Any) -> list[str]:
    return office.do("chief", "DecideSuit", decision=decision, comment="同意。", **more)


def file(office: Office) -> None:
    decide_suit(office, "起诉")
    office.pass_days(1)
    office.do("assistant", "ReportSuit", filed_on=office.today)


def test_an_urgent_letter_waits_for_two_months_before_it_is_sued_for(office: Office) -> None:
    serve(office, "PIL", "R-REPLY-15D")
    urge(office)
    office.go_to("2026-05-20")
    assert office.deadline("reply").due.isoformat() == "2026-04-16"
    assert office.deadline("rectify").due.isoformat() == "2026-06-01"
    assert "ProposeMeasures" not in office.tasks("prosecutor")
    assert office.record("suggestion").state == "逾期"
    office.go_to("2026-06-03")
    assert "ProposeMeasures" in office.tasks("prosecutor")
    assert office.failures() == []


def test_the_time_to_sue_is_lengthened_once_by_the_chief_then_by_the_superior(
    office: Office,
) -> None:
    sue(office)
    assert office.deadline("sue_review").due.isoformat() == "2026-07-01"
    assert decide_suit(office, "延长审查期限", until="2026-08-01") == ["ReportFinalReview"]
    assert office.deadline("sue_review").due.isoformat() == "2026-08-03"
    office.do("prosecutor", "ReportFinalReview", **SUIT, court=office.org("district_court"))
    with pytest.raises(AnswersRefused):
        decide_suit(office, "延长审查期限", until="2026-09-01")
    superior = {"until": "2026-09-01", "superior_no": "齐检批〔2026〕1号"}
    decide_suit(office, "延长审查期限", **superior)
    assert office.deadline("sue_review").due.isoformat() == "2026-09-01"
    assert office.failures() == []


def test_duty_done_during_the_suit_ends_it_within_three_days(office: Office) -> None:
    sue(office)
    decide_suit(office, "延长审查期限", until="2026-08-01")
    office.do("prosecutor", "ReportFinalReview", **SUIT, court=office.org("district_court"))
    file(office)
    assert office.record("suggestion").state == "起诉"
    complaint = office.paper("administrative_complaint")
    assert complaint.data["ground"] == GROUND
    assert [str(each.recipient_id) for each in office.letters("M-SUE")] == [
        office.org("district_court")
    ]
    assert office.deadline("suit_filing").status == DeadlineStatus.MET
    assert office.letter("M-REPORT-UP").payload["kind"] == "行政公益诉讼起诉书"
    office.go_to("2026-07-20")
    done = {**PERFORMED, "performed_on": office.today}
    office.act("prosecutor", "PerformedCame", **done)
    wish = {"kind": "撤回起诉", "reason": "诉讼请求已经全部实现，应当撤回起诉。"}
    office.do("prosecutor", "ProposeTrialChange", **wish)
    assert "DecideTrialChange" not in office.tasks("prosecutor")
    office.do("chief", "DecideTrialChange", decision="同意")
    assert office.paper("suit_withdrawal").data["reason"] == wish["reason"]
    assert office.deadline("court_notice").status == DeadlineStatus.MET
    assert office.facts("suggestion_letter")["escalation_outcome"] == "withdrawn_suit"
    assert office.record("suggestion").state == "回访"
    assert office.failures() == []


def test_claims_are_changed_and_the_judgment_is_recorded(office: Office) -> None:
    sue(office)
    file(office)
    done = {**PERFORMED, "performed_on": office.today}
    office.act("prosecutor", "PerformedCame", **done)
    claims = [{"kind": "确认违法", "text": "确认被告未依法履行职责违法"}]
    wish = {"kind": "变更诉讼请求", "reason": "需要确认原行为违法。", "claims": claims}
    office.do("prosecutor", "ProposeTrialChange", **wish)
    office.do("chief", "DecideTrialChange", decision="同意")
    assert office.paper("claims_change").data["claims"] == claims
    office.go_to("2026-09-01")
    judged = {
        "judgment_no": "（2026）黑0203行初1号",
        "judged_on": office.today,
        "result": "支持诉讼请求",
        "text": "确认被告未依法履行职责违法。",
        "files": [File("判决书.pdf")],
    }
    office.act("assistant", "JudgeCame", **judged)
    assert office.facts("suggestion_letter")["escalation_outcome"] == "sued"
    assert "支持诉讼请求" in office.record("suggestion").fields["judgment"]
    assert office.failures() == []


def test_when_the_court_is_silent_somebody_asks(office: Office) -> None:
    sue(office)
    file(office)
    office.go_to("2026-12-05")
    note = {"asked_on": office.today, "note": "尚在审理，预计年内宣判。"}
    office.do("prosecutor", "AskCourt", **note)
    assert office.deadline("trial").status == DeadlineStatus.RUNNING
    assert "JudgeCame" in office.acts("prosecutor")
    assert office.failures() == []


def test_what_the_chief_does_not_sue_for_is_watched(office: Office) -> None:
    sue(office)
    decide_suit(office, "不起诉")
    assert office.letters("M-SUE") == []
    assert office.deadline("watch").status == DeadlineStatus.RUNNING
    assert office.failures() == []
