"""A handling unit and a deputy's suggestion: objection, contact, co-handlers, reply, promises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.assignments import (
    CLERK,
    CO_CLERK,
    CO_LEADER,
    CONTACT,
    LEADER,
    OPINION,
    REPLY,
    SHEDS,
    Assigned,
    H,
)
from tests.processes.office import Office
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.duties import TaskCancelled

OBJECTION = "粪污资源化利用由农业农村部门负责，但本件所提沟渠清淤属于水务部门职责。"


@pytest.fixture
def unit(office: Office) -> Assigned:
    made = Assigned(office)
    made.hand_over()
    return made


@pytest.fixture
def begun(unit: Assigned) -> Assigned:
    unit.acknowledge()
    return unit


def refused(what: Any, **answers: Any) -> str:
    with pytest.raises(AnswersRefused) as found:
        what(**answers)
    return str(found.value.faults)


# The usual way


def test_a_suggestion_is_signed_for_talked_over_and_answered(unit: Assigned) -> None:
    office = unit.office
    assert unit.due("receipt").isoformat() == "2026-04-07"
    assert unit.due().isoformat() == "2026-07-01"
    unit.acknowledge()
    assert office.letter("M-ASSIGN-RECEIPT").payload["section"] == "畜牧科"
    assert "DraftReply" not in office.tasks(CLERK)
    came = unit.contact()
    assert came == ["DraftReply"], office.failures()
    assert office.letter("M-CONTACT").conversation == f"{H}-c1"
    assert office.paper("deputy_contact_record").data["opinion"] == CONTACT["opinion"]
    unit.draft()
    unit.sign()
    told = office.letter("M-DREPLY")
    assert (told.conversation, told.payload["reply_class"]) == (f"{H}-r1", "A")
    paper = office.paper("deputy_reply")
    assert (paper.number, paper.data["recipient"]) == ("建农建复〔2026〕1号", "林晓枫代表")
    assert (unit.state, office.deadline("reply").status) == ("已答复", "met")
    unit.closed()
    assert (unit.state, office.outcomes("unit_deputy_suggestion")) == ("办结", ["closed"])
    assert office.record("received_deputy_suggestion").fields["result"] == "满意"
    assert office.failures() == []


def test_who_drafts_does_not_sign(begun: Assigned) -> None:
    begun.contact()
    begun.draft()
    assert "SignReply" not in begun.office.tasks(CLERK)
    assert begun.sign(decision="退回", comment="管护责任写得不清楚。") == ["DraftReply"]
    shown = begun.office.shown(CLERK, begun.office.task(CLERK, "DraftReply"))
    assert "管护责任写得不清楚" in shown
    assert REPLY["body"] in str(begun.facts["body"])


def test_a_deputy_who_is_not_reached_is_tried_again(begun: Assigned) -> None:
    office = begun.office
    missed = {"reached": False, "mode": "电话", "attempt": "两次致电无人接听。"}
    assert begun.contact(**missed) == ["ContactDeputy"]
    assert office.letters("M-CONTACT") == []
    begun.contact()
    office.act(CLERK, "ContactedAgain", mode="电话", opinion="希望尽快开工。")
    assert office.letter("M-CONTACT").conversation == f"{H}-c2"
    assert [each["reached"] for each in begun.facts["contacts"]] == [False, True, True]
    assert office.record("received_deputy_suggestion").fields["contacts_count"] == 2
    assert office.failures() == []


def test_a_confidential_deputy_has_no_name_on_the_paper(office: Office) -> None:
    unit = Assigned(office)
    unit.hand_over(deputy_name="代表", confidential=True, cosigner_count=2)
    unit.acknowledge()
    unit.reply()
    data = unit.office.paper("deputy_reply").data
    assert data["recipient"] == "尊敬的代表"
    assert "林晓枫" not in str(data)


# Objection


def object_(unit: Assigned, **more: Any) -> list[str]:
    given = {"in_scope": False, "reason": OBJECTION, **more}
    return unit.acknowledge(**given)


def answered(unit: Assigned, result: str) -> str:
    return unit.post("M-HOBJ-RESULT", H, result=result, reason="经研究决定。")


def test_a_unit_that_is_not_responsible_gives_the_suggestion_back(unit: Assigned) -> None:
    office = unit.office
    assert object_(unit, suggest_org=office.org("water_affairs")) == ["SignObjection"]
    office.do(LEADER, "SignObjection")
    told = office.letter("M-HOBJ")
    assert (told.conversation, told.payload["suggest_org_name"]) == (H, "齐齐哈尔市建华区水务局")
    assert office.paper("handling_objection").number == "建农建异〔2026〕1号"
    answered(unit, "改交")
    office.do(CLERK, "ReadObjectionResult", read=True)
    assert (unit.state, office.outcomes("unit_deputy_suggestion")) == ("已改交", ["reassigned"])
    assert office.failures() == []


@pytest.mark.parametrize("result", ["不予采纳", None, "不提出"])
def test_an_objection_that_leads_to_nothing_leaves_the_unit_its_work(
    unit: Assigned, result: str | None
) -> None:
    object_(unit)
    if result == "不提出":
        unit.office.do(LEADER, "SignObjection", decision="不提出")
    else:
        unit.office.do(LEADER, "SignObjection")
        _ = answered(unit, result) if result else unit.office.go_to("2026-04-24")
        unit.office.do(CLERK, "ReadObjectionResult", read=True)
    assert "ContactDeputy" in unit.office.tasks(CLERK)
    assert unit.office.failures() == []


def test_an_objection_while_handling_lets_the_work_go_on(begun: Assigned) -> None:
    office = begun.office
    office.act(CLERK, "LaterObjection", reason=OBJECTION)
    assert "LaterObjection" not in office.acts(CLERK)
    begun.contact()
    office.do(LEADER, "SignObjection")
    answered(begun, "不予采纳")
    office.do(CLERK, "ReadObjectionResult", read=True)
    begun.draft()
    begun.sign()
    begun.closed()
    assert office.outcomes("unit_deputy_suggestion") == ["closed"]


def test_a_late_objection_is_refused(unit: Assigned) -> None:
    unit.office.go_to("2026-04-16")
    assert "已经届满" in refused(unit.acknowledge, in_scope=False, reason=OBJECTION)
    unit.acknowledge()
    assert "LaterObjection" not in unit.office.acts(CLERK)


def test_a_leader_who_is_late_does_not_object(unit: Assigned) -> None:
    object_(unit)
    unit.office.go_to("2026-04-16")
    assert "已经届满" in refused(lambda: unit.office.do(LEADER, "SignObjection"))
    assert unit.office.do(LEADER, "SignObjection", decision="不提出") == ["ContactDeputy"]


# What a reply needs


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"reply_class": "B"}, "B类答复须写明承诺事项"),
    ({"commitments": [{**SHEDS, "due": "2026-04-01"}]}, "晚于今天"),
    ({"body": "已阅。"}, "答复正文"),
    ({"public_ok": False}, "不宜公开的理由"),
    ({"checked": False}, "已核对"),
]


def test_a_reply_that_lacks_something_is_refused(begun: Assigned) -> None:
    begun.contact()
    for answers, message in LACKING:
        assert message in refused(begun.draft, **answers)


def test_a_promise_that_came_due_before_it_was_signed_goes_back(begun: Assigned) -> None:
    begun.contact()
    begun.draft(reply_class="B", commitments=[{**SHEDS, "due": "2026-04-10"}])
    begun.office.go_to("2026-04-10")
    assert "期限已到" in refused(begun.sign)


def test_a_contact_is_of_a_day_that_can_be(begun: Assigned) -> None:
    for day, message in (("2026-04-02", "晚于今天"), ("2026-03-31", "早于交办日期")):
        assert message in refused(begun.contact, contacted_on=day)


# Extension, urging, redo, withdrawal


def asked(until: str) -> dict[str, str]:
    return {
        "progress": "已完成选址和设计，正在办理用地手续。",
        "reason": "涉及用地审批和资金安排，短期内难以完成。",
        "deputy_view": "代表表示理解。",
        "until": until,
    }


def test_an_extension_moves_the_clock_once_it_is_granted(begun: Assigned) -> None:
    office = begun.office
    office.act(LEADER, "ExtensionAsked", **asked("2026-09-30"))
    assert office.letter("M-DEXTEND").payload["to_due"] == "2026-09-30"
    assert "ExtensionAsked" not in office.acts(LEADER)
    begun.post("M-DEXT-RESULT", f"{H}-e1", granted=True, due="2026-09-30", reason="同意延期。")
    assert begun.due().isoformat() == "2026-09-30"
    office.do(CLERK, "ReadExtension", read=True)
    assert office.failures() == []


def test_an_extension_that_is_refused_or_not_answered_moves_nothing(begun: Assigned) -> None:
    office = begun.office
    office.act(LEADER, "ExtensionAsked", **asked("2026-09-30"))
    begun.post("M-DEXT-RESULT", f"{H}-e1", granted=False, due="2026-07-01", reason="按期答复。")
    office.do(CLERK, "ReadExtension", read=True)
    office.act(LEADER, "ExtensionAsked", **asked("2026-08-31"))
    office.pass_days(16)
    assert "未获答复" in begun.facts["extension_note"]
    assert begun.due().isoformat() == "2026-07-01"


def test_an_extension_to_a_day_that_cannot_be_is_refused(begun: Assigned) -> None:
    for until, message in (
        ("2026-07-01", "晚于现在的"),
        ("2026-10-02", "不得超过交办之日起六个月"),
    ):
        given = asked(until)
        assert message in refused(lambda g=given: begun.office.act(LEADER, "ExtensionAsked", **g))


def test_the_unit_is_urged_and_writes_down_how_far_it_is(begun: Assigned) -> None:
    office = begun.office
    day = {"urged_on": office.today, "due": "2026-07-01"}
    assert begun.post("M-DURGE", f"{H}-u1", text="请抓紧办理。", **day) == "delivered"
    begun.post("M-DURGE", f"{H}-u2", text="请按期答复。", **day)
    for task in office.tasks_of(CLERK, "ReadUrge"):
        office.finish(CLERK, task, read=True)
    office.act(LEADER, "ProgressWritten", text="已完成选址。")
    fields = office.record("received_deputy_suggestion").fields
    assert (fields["progress"], fields["urged_on"]) == ("已完成选址。", office.today)


def test_a_suggestion_is_handled_again_with_another_talk(begun: Assigned) -> None:
    office = begun.office
    begun.reply()
    begun.redo()
    assert (begun.due().isoformat(), begun.state) == ("2026-06-01", "沟通办理")
    assert "DraftReply" not in office.tasks(CLERK)
    begun.reply(body="逐村重新落实，已清理全部堆放点，并当面向代表通报了情况。")
    told = office.letter("M-DREPLY")
    assert (told.conversation, told.payload["round"]) == (f"{H}-r2", 2)
    assert office.paper("deputy_reply").data["again"] is True
    assert "ExtensionAsked" not in office.acts(LEADER)
    begun.closed()
    assert office.failures() == []


def test_a_withdrawn_suggestion_is_answered_no_more_and_nothing_is_lost(begun: Assigned) -> None:
    office = begun.office
    begun.contact()
    begun.draft()
    task = office.task(LEADER, "SignReply")
    begun.withdrawn()
    with pytest.raises(TaskCancelled):
        office.finish(LEADER, task)
    assert REPLY["body"] in office.shown(CLERK, office.task(CLERK, "ReadWithdrawal"))
    office.do(CLERK, "ReadWithdrawal", read=True)
    assert (begun.state, office.outcomes("unit_deputy_suggestion")) == ("撤回", ["withdrawn"])
    assert office.letters("M-DREPLY") == []
    assert office.deadline("reply").status == "cancelled"
    assert office.failures() == []


def test_an_evaluation_that_never_comes_is_asked_for(begun: Assigned) -> None:
    office = begun.office
    begun.reply()
    office.pass_days(62)
    given = {"mode": "电话", "note": "代表尚未反馈。"}
    office.do(CLERK, "AskOutcome", next_step="继续等待", **given)
    office.pass_days(64)
    office.do(CLERK, "AskOutcome", next_step="先行归档", **given)
    assert office.outcomes("unit_deputy_suggestion") == ["no_notice"]


# Co-handlers


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
