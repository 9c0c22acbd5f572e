"""A handling unit and a deputy's suggestion: objection, contact, reply, extension, doing again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.assignments import (
    CLERK,
    CONTACT,
    LEADER,
    REPLY,
    SHEDS,
    Assigned,
    H,
    refused,
)
from tests.processes.assignments import assigned_unit as unit
from tests.processes.assignments import begun_unit as begun
from tests.processes.office import Office
from workflow_server.services.duties import TaskCancelled

__all__ = ["begun", "unit"]

OBJECTION = "粪污资源化利用由农业农村部门负责，但本件所提沟渠清淤属于水务部门职责。"


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


def test_an_objection_that_is_turned_down_leaves_the_unit_its_work(unit: Assigned) -> None:
    object_(unit)
    unit.office.do(LEADER, "SignObjection")
    answered(unit, "不予采纳")
    unit.office.do(CLERK, "ReadObjectionResult", read=True)
    assert "ContactDeputy" in unit.office.tasks(CLERK)
    assert unit.office.failures() == []


def test_an_objection_that_nobody_answers_leaves_the_unit_its_work(unit: Assigned) -> None:
    object_(unit)
    unit.office.do(LEADER, "SignObjection")
    unit.office.go_to("2026-04-24")
    unit.office.do(CLERK, "ReadObjectionResult", read=True)
    assert "ContactDeputy" in unit.office.tasks(CLERK)
    assert unit.office.failures() == []


def test_an_objection_that_is_not_raised_leaves_the_unit_its_work(unit: Assigned) -> None:
    object_(unit)
    unit.office.do(LEADER, "SignObjection", decision="不提出")
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
