"""A letter that is served: its urges, its reply and the review, supplements and suspension."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import CASE
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import Office
from tests.processes.replies import CAUSE, URGE, due, reply, review, serve
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.deadlines import DeadlineStatus


def test_a_reply_that_satisfies_is_reviewed_item_by_item_and_the_letter_is_done(
    office: Office,
) -> None:
    serve(office)
    office.go_to("2026-05-12")
    assert reply(office) == ["ReviewReply"]
    assert office.deadline("reply").status == DeadlineStatus.MET
    assert office.record("suggestion").state == "已回复"
    assert (office.record("reply").state, len(office.links("answers"))) == ("审查中", 1)
    review(office)
    assert office.failures() == []
    assert office.record("reply").state == "合格"
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.paper("reply_review").data["assessment"] == "合格"
    assert office.letter("M-REVIEWED").payload["assessment"] == "合格"
    plan = {"visit_rules": ["R-VISIT-30D"], "visit_focus": "巡查制度的运行情况。"}
    office.do("prosecutor", "PlanVisits", **plan, visit_party=[])
    assert office.failures() == []
    assert office.record("evaluation").title == f"回访评估：{CASE['lead_title']}"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"reply_date": None}, "reply_date"),
        ({"files": []}, "files"),
        ({"sealed": False}, "sealed"),
        ({"reply_date": "2026-12-31"}, "reply_date"),
    ],
)
def test_a_reply_without_date_paper_or_seal_is_not_taken(
    office: Office, answers: dict[str, Any], field: str
) -> None:
    serve(office)
    with pytest.raises(AnswersRefused) as refused:
        reply(office, **answers)
    assert [fault.pointer for fault in refused.value.faults] == [f"#/answers/{field}"]
    assert office.records("reply") == []


def test_who_does_not_acknowledge_is_asked_and_the_wait_counts_anew(office: Office) -> None:
    serve(office)
    office.go_to("2026-04-10")
    note = {"asked_on": office.today, "note": "电话询问，对方已收到。"}
    office.do("assistant", "AskReceipt", **note)
    assert due(office, "ack") > office.today
    office.act(
        "assistant",
        "ReceiptArrived",
        ack_at="2026-04-10T08:30:00+08:00",
        section="水政科",
        owner="王某",
        phone="0452-2550700",
    )
    assert office.deadline("ack").status == DeadlineStatus.MET
    assert office.facts("suggestion_letter")["unit_section"] == "水政科"
    assert office.failures() == []


def test_an_urge_is_asked_for_fifteen_days_before_the_end_and_any_time(office: Office) -> None:
    serve(office)
    office.act("prosecutor", "UrgeRecorded", **URGE, urged_at="2026-04-01T08:30:00+08:00")
    office.go_to("2026-05-18")
    assert "RecordUrge" in office.tasks("prosecutor")
    written = {**URGE, "mode": "书面", "urged_at": "2026-05-18T08:30:00+08:00"}
    office.do("prosecutor", "RecordUrge", **written)
    urges = office.facts("suggestion_letter")["urges"]
    assert [(each["urged_on"], each["mode"]) for each in urges] == [
        ("2026-04-01", "走访"),
        ("2026-05-18", "书面"),
    ]
    assert len(office.papers("urge_record")) == 2
    assert len(office.papers("urge_letter")) == 1
    (letter,) = office.letters("M-URGE")
    assert letter.conversation.endswith("-u1")
    assert office.failures() == []


def test_progress_is_recorded_as_often_as_it_comes(office: Office) -> None:
    serve(office)
    for text in ("已开始清理。", "清理过半。"):
        office.act("prosecutor", "ProgressReported", text=text, reported_on=office.today, items=[])
    facts = office.facts("suggestion_letter")
    assert (facts["progress_count"], facts["progress_text"]) == (2, "清理过半。")
    assert office.failures() == []


def test_three_supplements_are_asked_for_and_the_fourth_escalates(office: Office) -> None:
    serve(office)
    office.go_to("2026-05-12")
    reply(office)
    for count in (1, 2, 3):
        review(office, "补充")
        assert len(office.letters("M-SUPPLEMENT")) == count
        assert office.record("suggestion").state == "补充"
        office.pass_days(2)
        reply(office, "SupplementCame", reply_no=f"建水函〔2026〕{count + 3}号")
    review(office, "补充")
    assert len(office.letters("M-SUPPLEMENT")) == 3
    assert [each.fields["round"] for each in office.records("reply")] == [1, 2, 3, 4]
    facts = office.facts("suggestion_letter")
    assert (facts["reply_outcome"], facts["escalation_cause"]) == ("escalate", "补充")
    assert office.failures() == []


def test_who_does_not_supplement_is_escalated(office: Office) -> None:
    serve(office)
    reply(office)
    review(office, "补充")
    office.go_to("2026-04-20")
    facts = office.facts("suggestion_letter")
    assert (facts["reply_outcome"], facts["assessment"]) == ("escalate", "不到位")
    assert office.record("suggestion").state == "升级"
    assert office.failures() == []


def test_what_is_done_in_part_is_not_found_good(office: Office) -> None:
    serve(office)
    reply(office)
    part = [
        {"no": 1, "status": "到位", "note": "现场已清理。"},
        {"no": 2, "status": "部分", "note": "只有草案。"},
    ]
    with pytest.raises(AnswersRefused, match="填写的内容有误"):
        review(office, item_reviews=part)
    review(office, "不到位")
    assert office.record("reply").state == "不到位"
    assert office.letter("M-REVIEWED").payload["assessment"] == "不到位"
    assert office.record("suggestion").state == "升级"
    assert office.failures() == []


def test_a_reply_is_called_false_only_after_a_look_on_the_spot(office: Office) -> None:
    serve(office)
    reply(office)
    with pytest.raises(AnswersRefused):
        review(office, "不实")
    seen = {"site_check": True, "site_on": office.today, "site_note": "现场仍有占道车位三十个。"}
    review(office, "不实", **seen)
    assert office.facts("suggestion_letter")["escalation_cause"] == "不实"
    assert office.paper("reply_review").data["site_note"] == seen["site_note"]
    assert office.failures() == []


def test_frost_suspends_the_review_for_ninety_days_and_its_clock_goes_on(office: Office) -> None:
    serve(office, "PIL")
    office.go_to("2026-05-20")
    reply(office)
    assert due(office, "sue_review") == "2026-07-01"
    review(office, "客观原因")
    asked = {"cause": CAUSE, "done": "已签订补植合同并支付款项。", "expect_resume": "2026-08-18"}
    office.do("prosecutor", "ApplySuspension", **asked)
    assert "DecideSuspension" not in office.tasks("prosecutor")
    office.do("chief", "DecideSuspension", approved=True, comment="同意。")
    assert office.deadline("sue_review").status == DeadlineStatus.PAUSED
    assert office.record("suggestion").state == "中止"
    assert office.paper("suspension_decision").data["cause"] == CAUSE
    assert office.letter("M-REPORT-UP").payload["kind"] == "中止审查决定书"
    office.go_to("2026-08-18")
    later = {"gone": False, "note": "气温回升，尚在补植。", "expect_resume": "2026-08-30"}
    office.do("prosecutor", "CheckCause", **later)
    assert office.deadline("sue_review").status == DeadlineStatus.PAUSED
    office.act(
        "prosecutor", "ResumeAsked", reason="补植完成，中止原因消除。", resumed_at=office.today
    )
    assert office.deadline("sue_review").status == DeadlineStatus.RUNNING
    assert due(office, "sue_review") == "2026-09-29"
    assert office.paper("resumption_decision").data["reason"].startswith("补植完成")
    review(office)
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.failures() == []


def test_a_suspension_that_the_chief_does_not_grant_leads_back_to_the_review(
    office: Office,
) -> None:
    serve(office, "PIL")
    reply(office)
    review(office, "客观原因")
    office.do("prosecutor", "ApplySuspension", cause=CAUSE, done="已签订补植合同并支付款项。")
    again = office.do("chief", "DecideSuspension", approved=False, comment="可以分批补植。")
    assert again == ["ReviewReply"]
    assert office.deadline("sue_review").status == DeadlineStatus.RUNNING
    assert office.papers("suspension_decision") == []


def test_only_matters_of_public_interest_are_suspended(office: Office) -> None:
    serve(office)
    reply(office)
    with pytest.raises(AnswersRefused):
        review(office, "客观原因")
