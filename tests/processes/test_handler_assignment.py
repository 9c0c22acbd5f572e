"""One handler's suggestion on the congress's side: the ways that a handling may go."""

from __future__ import annotations

import pytest

from tests.processes.assignments import Assigned
from tests.processes.handlings import Handling
from tests.processes.handlings import handling_databases as databases
from tests.processes.handlings import one_handling as handling
from tests.processes.office import File, Office
from tests.processes.sight import words_of
from workflow_server.services.answers import AnswersRefused

__all__ = ["databases", "handling"]

H = "建人-建人代建〔2026〕1号-h1"
UNHAPPY = "不满意"


def test_a_handling_from_assignment_to_its_end(office: Office, handling: Handling) -> None:
    assert office.letter("M-ASSIGN").conversation == H
    assert office.letter("M-ASSIGN").payload["reply_due"] == "2026-07-01"
    assert {row.kind for row in office.papers()} >= {"assignment_letter", "deputy_suggestion_paper"}
    handling.act("ReceiptCame", ack_on="2026-04-01", section="畜牧科", owner="田硕")
    handling.act("ContactCame", mode="当面", contacted_on="2026-04-01", opinion="同意。")
    handling.answered()
    assert handling.state == "已答复"
    handling.delivered()
    assert (handling.state, office.record("deputy_suggestion").state) == ("待评价", "待评价")
    handling.evaluated()
    # Promises may be followed for years: the register of suggestions knows the evaluation now.
    assert office.record("deputy_suggestion").fields["result"] == "满意"
    handling.closed()
    assert handling.state == "办结"
    wanted = {"first_contact_on": "2026-04-01", "section": "畜牧科", "result": "满意"}
    assert {key: handling.fields[key] for key in wanted} == wanted
    assert office.letter("M-DCLOSED").conversation == H + "-end"
    assert office.outcomes("handler_assignment") == ["done"]
    assert office.failures() == []


def test_a_confidential_deputy_is_named_to_no_unit(office: Office) -> None:
    co = [office.org("water_affairs")]
    case = Handling(office, confidential=True, mode="主办协办", co_handlers=co)
    case.assigned(deputy_contact=None)
    for kind in ("M-ASSIGN", "M-COASSIGN"):
        assert "林晓枫" not in str(office.letter(kind).payload)
    for kind in ("assignment_letter", "co_assignment_letter", "deputy_suggestion_paper"):
        assert "林晓枫" not in words_of(office.paper(kind))


def test_co_handlers_get_their_letters_and_hear_of_the_end(office: Office) -> None:
    co = [office.org("water_affairs"), office.org("city_urban_management")]
    case = Handling(office, mode="主办协办", co_handlers=co)
    case.assigned()
    sent = [row.conversation for row in office.letters("M-COASSIGN")]
    assert sent == [f"{H}-co1", f"{H}-co2"]
    assert len(office.papers("co_assignment_letter")) == 1
    case.round()
    case.closed()
    ended = [row.conversation for row in office.letters("M-DCLOSED")]
    assert ended == [f"{H}-end", f"{H}-co1-end", f"{H}-co2-end"]


def test_a_silent_deputy_is_reminded_once_and_left_out(office: Office, handling: Handling) -> None:
    handling.answered()
    handling.delivered()
    office.go_to("2026-05-07")
    handling.do("RemindDeputy")
    office.pass_days(10)
    assert (handling.fields["result"], handling.state) == ("未评价", "跟踪")
    handling.closed()
    assert (handling.state, office.outcomes("handler_assignment")) == ("未评价", ["unevaluated"])


def test_a_written_evaluation_is_entered(office: Office, handling: Handling) -> None:
    handling.answered()
    handling.delivered()
    with pytest.raises(AnswersRefused):
        handling.evaluated(UNHAPPY, opinion=None)
    given = {"attitude": "满意", "result": "基本满意", "signed_on": office.today}
    handling.act("EvaluationOnPaper", **given, files=[File("评价表.pdf")])
    assert handling.fields["result"] == "基本满意"
    assert "deputy_evaluation_form" in {row.kind for row in office.papers()}


def test_an_unhappy_deputy_gets_a_second_answer(office: Office, handling: Handling) -> None:
    handling.round(UNHAPPY)
    handling.do("PrepareRedo")
    notice = office.letter("M-REDO")
    assert (notice.conversation, notice.payload["due"]) == (f"{H}-r2", "2026-06-01")
    assert handling.state == "办理中"
    handling.round("基本满意", reply_no="建农函〔2026〕20号")
    handling.closed()
    assert (handling.fields["round"], handling.fields["result"]) == (2, "基本满意")


def twice_unhappy(office: Office, profile: str) -> Handling:
    case = Handling(office, profile_name=profile)
    case.assigned()
    case.round(UNHAPPY)
    case.do("PrepareRedo")
    case.round(UNHAPPY)
    return case


def test_second_dissatisfaction_by_a_meeting_then_final(office: Office) -> None:
    case = twice_unhappy(office, "chongqing2017")
    case.do("HoldMeeting")
    case.do("DecideFinally", "deputy_clerk", choice="办结")
    case.closed()
    assert (case.state, case.fields["result"]) == ("办结", UNHAPPY)
    assert case.fields["final_opinion"]


def test_second_dissatisfaction_by_experts_and_once_more(office: Office) -> None:
    case = twice_unhappy(office, "henan2017")
    case.do("PlanEvaluation")
    for task in office.tasks_of("deputy_office", "RecordOpinion", case.case):
        office.finish("deputy_office", task)
    case.do("ConcludeEvaluation")
    assert office.paper("expert_evaluation_minutes").number == "建人代评〔2026〕1号"
    case.do("DecideFinally", "deputy_clerk", choice="由承办单位再次办理")
    assert office.letter("M-REDO").payload["handling"] == "会商后重办"
    case.round(UNHAPPY)
    with pytest.raises(AnswersRefused):
        case.do("DecideFinally", "deputy_clerk", choice="由承办单位再次办理")
    case.do("DecideFinally", "deputy_clerk", choice="办结")
    case.closed()
    assert case.state == "办结"


def test_second_dissatisfaction_by_another_unit(office: Office) -> None:
    case = twice_unhappy(office, "qingdao2021")
    water = office.org("water_affairs")
    case.do("ChooseAnother", new_handler=water, reason="职责在水务部门。")
    told = office.letter("M-DWITHDRAWN")
    assert (told.conversation, told.payload["kind"]) == (f"{H}-w", "改交")
    case.assigned()
    assert office.letter("M-ASSIGN").conversation == f"{H}.1"
    assert office.letter("M-ASSIGN").payload["reply_due"] == "2026-05-06"
    case.round()
    case.closed()
    assert office.states("handling") == ["已改交", "办结"]


def test_second_dissatisfaction_where_the_region_says_nothing(office: Office) -> None:
    case = twice_unhappy(office, "zhejiang2016")
    case.do("DecideFinally", "deputy_clerk", choice="办结")
    assert office.tasks("deputy_office", case.case) == ["CloseHandling"]


def test_a_granted_objection_hands_on_and_the_clock_goes_on(office: Office) -> None:
    case = Handling(office, mode="主办协办", co_handlers=[office.org("city_urban_management")])
    case.assigned()
    office.go_to("2026-04-08")
    case.act("ObjectionCame", reason="不属于我单位职责。", suggest_org=office.org("water_affairs"))
    assert case.state == "承办异议"
    case.do("DecideObjection", result="改交", reason="经核，属水务部门职责。")
    assert office.letter("M-HOBJ-RESULT").payload["result"] == "改交"
    assert office.letter("M-DWITHDRAWN").conversation == f"{H}-w"
    case.assigned()
    sent = office.letter("M-ASSIGN")
    assert (sent.conversation, sent.payload["reply_due"]) == (f"{H}.1", "2026-07-01")
    assert office.letter("M-COASSIGN").conversation == f"{H}.1-co1"
    assert office.states("handling") == ["已改交", "办理中"]
    case.round()
    case.closed()
    assert office.facts("handler_assignment")["handler"] == office.org("water_affairs")


def test_a_late_objection_is_refused_and_only_one_is_heard(
    office: Office, handling: Handling
) -> None:
    office.go_to("2026-04-24")
    handling.act("ObjectionCame", reason="不属于我单位职责。")
    task = office.task("deputy_office", "DecideObjection", handling.case)
    assert "逾期" in office.shown("deputy_office", task)
    with pytest.raises(AnswersRefused):
        handling.do("DecideObjection", result="改交", reason="改交。")
    handling.do("DecideObjection", result="不予采纳", reason="逾期提出，且属你单位职责。")
    assert (handling.state, handling.fields["objection"]) == ("办理中", "不予采纳")
    assert "ObjectionCame" not in office.acts("deputy_office", handling.case)
    handling.round()


def test_an_extension_by_consent_and_one_too_late(office: Office, handling: Handling) -> None:
    office.go_to("2026-06-10")
    handling.act("ExtensionCame", to_due="2026-09-30", reason="涉及面广。")
    handling.do("DecideExtension", granted=True)
    answer = office.letter("M-DEXT-RESULT")
    assert (answer.conversation, answer.payload["due"]) == (f"{H}-e1", "2026-10-08")
    assert (handling.state, handling.fields["extended_to"]) == ("延期", "2026-10-08")
    handling.act("ExtensionCame", to_due="2026-12-30", reason="仍有困难。")
    handling.do("DecideExtension", granted=True)
    assert office.letter("M-DEXT-RESULT").payload["granted"] is False
    assert office.failures() == []


def test_where_telling_suffices_an_extension_needs_no_consent(office: Office) -> None:
    case = Handling(office, profile_name="henan2017")
    case.assigned()
    office.go_to("2026-06-10")
    assert case.act("ExtensionCame", to_due="2026-09-30", reason="涉及面广。") == []
    assert office.letter("M-DEXT-RESULT").payload["granted"] is True


def test_an_overdue_answer_is_urged_reported_and_given_up(
    office: Office, handling: Handling
) -> None:
    office.go_to("2026-05-06")
    handling.do("AskReceipt", received=True, note="已收到，漏签收。")
    handling.do("RemindContact")
    office.go_to("2026-07-02")
    assert [row.conversation for row in office.letters("M-DURGE")] == [
        f"{H}-u{count}" for count in (1, 2, 3)
    ]
    assert handling.state == "逾期"
    given = {"measure": "不再等待，按未答复办结", "note": "经督促仍不答复，已向主任会议报告。"}
    handling.do("HandleOverdue", **given)
    handling.closed()
    assert (handling.state, office.outcomes("handler_assignment")) == ("未解决", ["unresolved"])


def test_an_answer_that_nobody_waits_for_is_registered(office: Office) -> None:
    case = Handling(office, handler=office.org("agriculture"))
    case.assigned()
    unit = Assigned(office)
    unit.acknowledge()
    unit.contact()
    office.go_to("2026-07-02")
    given = {"measure": "不再等待，按未答复办结", "note": "经督促仍不答复，已向主任会议报告。"}
    case.do("HandleOverdue", **given)
    case.closed()
    unit.draft()
    unit.sign()
    late = {"cause": "已经按未答复办结", "handling": "转告代表后存档"}
    office.do("deputy_office", "RegisterLateReply", **late)
    found = office.record("late_reply")
    assert (found.state, found.fields["told_on"]) == ("已登记", "2026-07-02")
    assert found.fields["sender"] == office.org("agriculture")
    assert (case.state, office.failures()) == ("未解决", [])


def test_an_overdue_answer_still_comes(office: Office, handling: Handling) -> None:
    office.go_to("2026-07-02")
    handling.act("UrgeWanted", text="请立即答复。")
    handling.round()
    handling.closed()
    assert handling.state == "办结"
    assert office.deadline("reply").status == "met_late"


def test_a_withdrawal_ends_the_handling_and_a_later_answer_is_kept(office: Office) -> None:
    case = Handling(office, mode="主办协办", co_handlers=[office.org("water_affairs")])
    case.assigned()
    case.act("WithdrawWanted", reason="问题已经解决。")
    told = office.letters("M-DWITHDRAWN")
    assert {row.conversation for row in told} == {f"{H}-w"}
    assert {str(row.recipient_id) for row in told} == {
        office.org("north_township"),
        office.org("water_affairs"),
    }
    assert told[0].payload["reason"] == "问题已经解决。"
    assert (case.state, office.outcomes("handler_assignment")) == ("撤回", ["withdrawn"])
    assert office.outcomes("handling_case") == [None] or office.failures() == []


def test_a_withdrawal_before_the_letter_tells_nobody(office: Office) -> None:
    case = Handling(office)
    case.act("WithdrawWanted", reason="另行提出。")
    assert office.letters("M-DWITHDRAWN") == []
    assert (case.state, office.tasks("deputy_office")) == ("撤回", [])


def test_bad_answers_are_refused_at_their_fields(office: Office, handling: Handling) -> None:
    with pytest.raises(AnswersRefused):
        handling.answered(reply_class="B", commitments=[])
    handling.answered()
    with pytest.raises(AnswersRefused):
        handling.do("CheckReply", secrets=["个人隐私"], publish="公开")
    handling.do(
        "CheckReply", secrets=["个人隐私"], publish="不公开", publish_reason="涉及个人隐私。"
    )
    assert handling.fields["published"] == "不公开：涉及个人隐私。"
