"""A handling unit's co-handlers and promises: opinions that go into the reply, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.assignments import (
    CLERK,
    CO_CLERK,
    CO_LEADER,
    LEADER,
    OPINION,
    SHEDS,
    Assigned,
    H,
    refused,
)
from tests.processes.assignments import assigned_unit as unit
from tests.processes.assignments import begun_unit as begun
from tests.processes.office import Office

__all__ = ["begun", "unit"]


@pytest.fixture
def joined(office: Office) -> Assigned:
    """The lead handler has signed and talked; the co-handler has signed."""
    unit = Assigned(office)
    co = {"id": office.org("urban_management"), "name": "区城市管理局"}
    unit.hand_over(mode="主办协办", co_handlers=[co])
    unit.hand_part()
    unit.acknowledge()
    unit.contact()
    office.do(CO_CLERK, "AcknowledgeCohandling")
    return unit


def give_opinion(unit: Assigned, **more: Any) -> None:
    unit.office.do(CO_CLERK, "DraftOpinion", **more)
    unit.office.do(CO_LEADER, "SignOpinion")


def test_a_co_handlers_opinion_goes_into_the_reply(joined: Assigned) -> None:
    office = joined.office
    assert "DraftReply" not in office.tasks(CLERK)
    give_opinion(joined)
    assert office.letter("M-COH-OPINION").conversation == f"{H}-co1-1"
    assert office.do(CLERK, "ReviewOpinion", result="采用") == ["DraftReply"]
    joined.draft()
    joined.sign()
    assert office.paper("deputy_reply").data["joined"] == ["区城市管理局"]
    joined.post("M-DCLOSED", f"{H}-co1-end", to="urban_management", result="满意")
    assert office.outcomes("unit_cohandling") == ["opined"]
    assert office.failures() == []


def test_an_empty_opinion_goes_back_once(joined: Assigned) -> None:
    office = joined.office
    assert "请写明" in refused(lambda: office.do(CO_CLERK, "DraftOpinion", opinion="无意见。"))
    empty = "同意主办单位意见，我单位积极配合。"
    back = {"result": "退回", "reason": "没有写明清运安排。"}
    give_opinion(joined, opinion=empty)
    office.do(CLERK, "ReviewOpinion", **back)
    told = office.letter("M-COH-REDO")
    assert (told.conversation, told.payload["due"]) == (f"{H}-co1-1", "2026-04-09")
    assert "没有写明清运安排" in office.shown(CO_CLERK, office.task(CO_CLERK, "DraftOpinion"))
    give_opinion(joined, opinion=empty)
    assert office.do(CLERK, "ReviewOpinion", **back) == ["DraftReply"]
    assert len(office.letters("M-COH-REDO")) == 1
    joined.draft()
    joined.sign()
    assert office.paper("deputy_reply").data["missing"] == ["区城市管理局"]
    assert office.failures() == []


def test_without_the_opinion_the_reply_goes_on_and_says_so(joined: Assigned) -> None:
    office = joined.office
    office.go_to("2026-05-20")
    assert office.outcomes("cohandler_opinion") == ["missing"]
    joined.draft()
    joined.sign()
    assert office.paper("deputy_reply").data["missing"] == ["区城市管理局"]
    give_opinion(joined, **OPINION)
    assert OPINION["opinion"] in office.shown(CLERK, office.task(CLERK, "ReadLateOpinion"))
    office.do(CLERK, "ReadLateOpinion", handling="补充说明")
    assert office.failures() == []


def test_an_opinion_may_come_before_the_lead_handler_has_signed_for_it(office: Office) -> None:
    unit = Assigned(office)
    co = {"id": office.org("urban_management"), "name": "区城市管理局"}
    unit.hand_over(mode="主办协办", co_handlers=[co])
    unit.hand_part()
    office.do(CO_CLERK, "AcknowledgeCohandling")
    give_opinion(unit)
    unit.acknowledge()
    assert set(office.tasks(CLERK)) == {"ContactDeputy", "ReviewOpinion"}
    assert office.failures() == []


def test_a_co_handler_stops_when_the_suggestion_is_withdrawn(joined: Assigned) -> None:
    office = joined.office
    given = {"reason": "代表撤回。", "withdrawn_on": office.today}
    joined.post("M-DWITHDRAWN", f"{H}-co1-w", to="urban_management", **given)
    office.do(CO_CLERK, "ReadCoWithdrawal", read=True)
    assert office.outcomes("unit_cohandling") == ["withdrawn"]
    joined.withdrawn()
    office.do(CLERK, "ReadWithdrawal", read=True)
    assert office.failures() == []


# Promises


@pytest.fixture
def promised(begun: Assigned) -> Assigned:
    begun.reply(reply_class="B", commitments=[SHEDS])
    return begun


def test_a_promise_comes_up_before_it_is_due_and_is_reported_with_its_number(
    promised: Assigned,
) -> None:
    office = promised.office
    assert office.letter("M-DREPLY").payload["commitments"][0]["no"] == 1
    assert "ReportCommitment" not in office.tasks(CLERK)
    office.go_to("2026-10-17")
    assert office.states("commitment") == ["临近"]
    done = {"kind": "已兑现", "text": "一百座集中堆粪棚全部建成并投入使用。"}
    assert "计量单位" in refused(
        lambda: office.do(CLERK, "ReportCommitment", qty=100, unit=None, **done)
    )
    office.do(CLERK, "ReportCommitment", qty=100, unit="座", **done)
    office.do(LEADER, "SignCommitment")
    told = office.letter("M-COMMITMENT")
    assert (told.conversation, told.payload["done"]) == (f"{H}-k1-1", True)
    assert (told.payload["qty"], told.payload["unit"]) == (100, "座")
    assert office.states("commitment") == ["已兑现"]
    promised.closed()
    assert office.outcomes("unit_deputy_suggestion") == ["closed"]


def test_a_promise_that_cannot_be_kept_in_time_gets_another_day(promised: Assigned) -> None:
    office = promised.office
    office.act(CLERK, "ReportEarly")
    later = {"kind": "申请改期", "text": "秋季降雨偏多，施工延误，已完成六十座。"}
    for day, message in (("2026-10-31", "晚于原承诺期限"), ("2026-03-01", "晚于今天")):
        given = {**later, "new_due": day}
        assert message in refused(lambda g=given: office.do(CLERK, "ReportCommitment", **g))
    office.do(CLERK, "ReportCommitment", new_due="2027-06-30", **later)
    office.do(LEADER, "SignCommitment")
    told = office.letter("M-COMMITMENT").payload
    assert (told["done"], told["new_due"]) == (False, "2027-06-30")
    assert office.states("commitment") == ["已展期"]
    assert office.deadline("commitment").due.isoformat() == "2027-06-30"
    assert "改期" not in str(office.paper("commitment_report").title)


def test_a_broken_promise_is_urged_and_explained(promised: Assigned) -> None:
    office = promised.office
    office.go_to("2026-11-02")
    assert office.states("commitment") == ["逾期"]
    assert {"ExplainOverdue", "ReportCommitment"} <= set(office.tasks(CLERK))
    given = {"text": "请说明情况。", "urged_on": office.today}
    assert promised.post("M-COMMITMENT-URGE", f"{H}-k1-1", **given) == "delivered"
    office.do(CLERK, "ReadPromiseUrge", read=True)
    office.do(CLERK, "ExplainOverdue", reason="资金拨付延迟，十二月底前建成。")
    assert office.failures() == []


def test_promises_are_counted_on_when_the_suggestion_is_handled_again(promised: Assigned) -> None:
    promised.redo()
    assert "KeepCommitments" not in promised.office.waiting().values()
    promised.reply(reply_class="B", commitments=[SHEDS])
    assert [each["no"] for each in promised.facts["commitments"]] == [2]
    assert promised.office.outcomes("unit_commitment")[-1] is None
    assert promised.office.failures() == []
