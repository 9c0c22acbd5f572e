"""A unit objects to its letter, or asks for more time."""

from __future__ import annotations

import pytest

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import File, Office
from tests.processes.replies import (
    CHANGED,
    REASON,
    REPLY,
    ask_extension,
    decide,
    due,
    object_,
    reply,
    review,
    serve,
    set_parameter,
)
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.deadlines import DeadlineStatus


def test_an_objection_that_is_rejected_leaves_the_clock_as_it_was(office: Office) -> None:
    serve(office)
    before = due(office)
    office.go_to("2026-04-07")
    assert object_(office) == ["ReviewObjection"]
    assert office.record("suggestion").state == "异议复核"
    decide(office, "不成立")
    assert (due(office), office.deadline("reply").status) == (before, DeadlineStatus.RUNNING)
    assert office.letter("M-OBJ-RESULT").payload["result"] == "不成立"
    assert office.paper("objection_reply").data["reason"] == REASON
    assert office.record("objection").state == "不成立"
    assert len(office.links("objects_to")) == 1
    assert office.record("suggestion").state == "整改中"
    assert office.failures() == []


def test_where_an_office_says_so_the_clock_stands_still_during_the_review(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_parameter(monkeypatch, "pause_on_objection", value=True)
    serve(office)
    office.go_to("2026-04-07")
    object_(office)
    assert office.deadline("reply").status == DeadlineStatus.PAUSED
    office.go_to("2026-04-14")
    decide(office, "不成立")
    assert (due(office), office.deadline("reply").status) == ("2026-06-08", DeadlineStatus.RUNNING)
    assert office.failures() == []


def test_who_reviews_an_objection_does_not_decide_it(office: Office) -> None:
    serve(office)
    object_(office)
    given = {"result": "不成立", "reason": REASON}
    office.do("prosecutor", "ReviewObjection", **given)
    assert "DecideObjection" not in office.tasks("prosecutor")
    assert "DecideObjection" in office.tasks("chief")
    assert office.letters("M-OBJ-RESULT") == []


def test_an_objection_that_is_upheld_changes_the_letter_and_begins_its_clock_anew(
    office: Office,
) -> None:
    serve(office)
    (first,) = office.records("suggestion")
    office.go_to("2026-04-08")
    object_(office)
    decide(office, "成立-变更")
    office.do("prosecutor", "DraftChange", **CHANGED)
    office.do("chief", "SignChange", decision="同意", comment="同意。")
    office.go_to("2026-04-14")
    office.do(
        "assistant",
        "ServeChange",
        mode="书面",
        served_at="2026-04-13T10:00:00+08:00",
        receiver="王某",
        proof=[File("送达回证.pdf")],
    )
    assert office.failures() == []
    old, new = office.records("suggestion")
    assert (old.id, old.state, old.closed_at is not None) == (first.id, "变更", True)
    assert (new.state, new.fields["letter_version"]) == ("整改中", 2)
    assert due(office) == "2026-06-15"
    ends = [(link.from_id, link.to_id) for link in office.links("supersedes")]
    assert (new.id, old.id) in ends
    assert len(ends) == 2
    change = office.letter("M-CHANGE").payload
    assert (change["letter_version"], change["reply_due"]) == (2, "2026-06-15")
    assert office.record("objection").state == "成立"
    office.act(
        "assistant",
        "ReceiptArrived",
        ack_at="2026-04-13T10:00:00+08:00",
        section="水政科",
        owner="王某",
        phone="0452-2550700",
    )
    reply(office, items=REPLY["items"][:1])
    review(office, item_reviews=[{"no": 1, "status": "到位", "note": "现场已清理。"}])
    assert office.facts("suggestion_letter")["reply_outcome"] == "passed"
    assert office.failures() == []


def test_a_change_that_the_chief_sends_back_is_drafted_anew(office: Office) -> None:
    serve(office)
    object_(office)
    decide(office, "成立-变更")
    office.do("prosecutor", "DraftChange", **CHANGED)
    again = office.do("chief", "SignChange", decision="退回修改", comment="理由过简。")
    assert again == ["DraftChange"]
    assert office.papers("suggestion_change") == []


def test_an_objection_that_is_upheld_may_withdraw_the_letter(office: Office) -> None:
    serve(office)
    object_(office, want="撤回")
    decide(office, "成立-撤回")
    assert office.outcomes("suggestion_letter") == ["withdrawn"]
    assert office.paper("suggestion_withdrawal").data["reason"] == REASON
    assert office.record("objection").state == "成立"
    assert office.failures() == []


def test_an_objection_after_its_period_is_recorded_as_an_opinion(office: Office) -> None:
    serve(office)
    office.go_to("2026-04-20")
    assert object_(office) == []
    assert office.record("objection").state == "已记录"
    assert office.letter("M-OBJ-RESULT").payload["result"] == "逾期，作为意见记录"
    assert office.paper("objection_reply").data["late"] is True
    assert office.failures() == []


def test_an_extension_that_the_chief_grants_moves_the_end(office: Office) -> None:
    serve(office)
    assert ask_extension(office, "2026-06-25") == ["ProposeExtension"]
    office.do("prosecutor", "ProposeExtension", opinion="建议同意", reason="工程确需时间。")
    assert "DecideExtension" not in office.tasks("prosecutor")
    granted = {"decision": "同意", "until": "2026-06-25", "reason": "工程确需时间。"}
    office.do("chief", "DecideExtension", **granted)
    assert due(office) == "2026-06-25"
    told = office.letter("M-EXT-RESULT").payload
    assert (told["granted"], told["due"]) == (True, "2026-06-25")
    assert office.paper("extension_reply").data["granted"] is True
    office.go_to("2026-06-20")
    assert office.record("suggestion").state == "整改中"
    assert office.failures() == []


def test_an_extension_that_the_chief_refuses_changes_nothing(office: Office) -> None:
    serve(office)
    before = due(office)
    ask_extension(office, "2026-06-25")
    office.do("prosecutor", "ProposeExtension", opinion="建议不同意", reason="可以按期完成。")
    office.do("chief", "DecideExtension", decision="不同意", reason="可以按期完成。")
    assert due(office) == before
    assert office.letter("M-EXT-RESULT").payload["granted"] is False
    assert office.failures() == []


def test_nobody_extends_beyond_what_was_asked(office: Office) -> None:
    serve(office)
    ask_extension(office, "2026-06-25")
    office.do("prosecutor", "ProposeExtension", opinion="建议同意", reason="工程确需时间。")
    beyond = {"decision": "同意", "until": "2026-07-25", "reason": "工程确需时间。"}
    with pytest.raises(AnswersRefused):
        office.do("chief", "DecideExtension", **beyond)


def test_in_a_matter_of_public_interest_the_suspension_is_pointed_to(office: Office) -> None:
    serve(office, "PIL")
    assert ask_extension(office, "2026-06-25") == []
    told = office.letter("M-EXT-RESULT").payload
    assert told["granted"] is False
    assert "中止审查" in told["reason"]
    assert due(office) == "2026-06-01"
    assert office.failures() == []


def test_an_extension_that_is_asked_for_too_late_is_refused(office: Office) -> None:
    serve(office)
    office.go_to("2026-06-03")
    assert ask_extension(office, "2026-06-25") == []
    told = office.letter("M-EXT-RESULT").payload
    assert (told["granted"], "届满" in told["reason"]) == (False, True)
    assert office.failures() == []
