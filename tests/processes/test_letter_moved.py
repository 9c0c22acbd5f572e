"""A suit that another office must bring, and what a unit says while the suit goes on."""

from __future__ import annotations

from tests.processes.leads import PREPARED
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import Office
from tests.processes.replies import URGE, reply, serve
from tests.processes.test_letter_escalating import GROUND, SUIT, decide_suit, file, sue, take
from workflow_server.store.deadlines import DeadlineStatus


def move(office: Office, decision: str, comment: str | None = None) -> None:
    """Decide that the neighbour must sue, and send the case there."""
    serve(office, "PIL", "R-REPLY-15D")
    office.act("prosecutor", "UrgeRecorded", **URGE, urged_at="2026-04-01T08:30:00+08:00")
    office.go_to("2026-06-03")
    take(office, "提起公益诉讼", failure_ground=GROUND)
    neighbour = office.org("neighbour_procuratorate")
    opinion = {"opinion": "移送有管辖权的检察院", "transfer_to": neighbour}
    court = office.org("district_court")
    office.do("prosecutor", "ReportFinalReview", **{**SUIT, **opinion}, court=court)
    decide_suit(office, "移送其他检察院")
    prepared = {**PREPARED, "transfer_kind": "同级他院", "target": neighbour}
    office.do("assistant", "PrepareTransfer", **prepared)
    office.do("chief", "ApproveTransfer", decision=decision, comment=comment)


def test_a_suit_of_another_office_ends_the_letter_and_its_clocks(office: Office) -> None:
    move(office, "同意")
    letter = office.letter("M-TRANSFER")
    assert str(letter.recipient_id) == office.org("neighbour_procuratorate")
    assert office.facts("suggestion_letter")["doc_no"] in letter.payload["content"]
    assert office.paper("final_review_report").number is not None
    office.do("neighbour_case_mgmt", "RegisterTransfer", complete="齐全")
    answers = {"acceptance": "受理", "reason": "属于本院管辖，应当受理。"}
    assessor = office.person("neighbour_prosecutor")
    office.do("neighbour_head", "DecideAcceptance", **answers, assessor=assessor)
    assert office.outcomes("suggestion_letter") == ["suit_transferred"]
    assert office.facts("suggestion_letter")["letter_outcome"] == "transferred"
    assert office.record("suggestion").state == "已转他院"
    assert office.deadline("sue_review").status == DeadlineStatus.CANCELLED
    assert office.letters("M-SUE") == []
    assert office.failures() == []


def test_what_the_chief_does_not_send_away_is_reviewed_here(office: Office) -> None:
    move(office, "不同意，由本院办理", "本院有管辖权。")
    assert "ReportFinalReview" in office.tasks("prosecutor")
    assert office.outcomes("suggestion_letter") == [None]
    assert office.failures() == []


def test_a_reply_during_the_suit_is_taken_to_the_file(office: Office) -> None:
    sue(office)
    file(office)
    reply(office, "SuitReplyCame")
    assert office.record("reply").state == "已收到"
    assert len(office.links("answers")) == 1
    assert "JudgeCame" in office.acts("prosecutor")
    assert office.record("suggestion").state == "起诉"
    assert office.failures() == []
