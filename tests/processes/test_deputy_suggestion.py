"""A deputy's suggestion from its draft until units handle it, and all that ends it before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.processes.office import Office
from tests.processes.suggestions import (
    ADMIT,
    CONTACT,
    HANDLED,
    REFUSE,
    REPLY,
    TEXT,
    admit,
    assign,
    plan,
    propose,
    submit,
)
from workflow_server.errors import Forbidden
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.db import session, transaction
from workflow_server.store.process_instances import ProcessInstance

KIND = "deputy_suggestion"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"reason": "无"}, "reason"),
        ({"proposal": "　"}, "proposal"),
        ({"title": ""}, "title"),
        ({"proposal": TEXT["reason"]}, "proposal"),
        ({"state_secret": True}, "state_secret"),
        ({"confidential": True}, "open"),
        ({"session_type": "会议期间"}, "session"),
        ({"lead_deputy": "deputy_two"}, "lead_deputy"),
        ({"co_signers": ["deputy"]}, "co_signers"),
        ({"co_signers": ["prosecutor"]}, "co_signers"),
        ({"lead_deputy": "congress_clerk"}, "lead_deputy"),
    ],
)
def test_what_is_no_suggestion_of_this_congress_is_refused_at_its_field(
    office: Office, answers: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        propose(office, **answers)
    assert field in str(refused.value.faults)
    assert not office.records(KIND)


def test_a_suggestion_bears_only_the_names_that_confirmed(office: Office) -> None:
    case = propose(office, co_signers=["deputy_two", "deputy_three"])
    assert office.record(KIND).state == "草稿"
    office.do("deputy", "HandIn", case, choice="提出", confirmed=True)
    office.do("deputy_two", "ConfirmSignature", case, agreed=True)
    assert "deputy_three" not in office.tasks("deputy_three")
    assert office.tasks("deputy_clerk", case) == []
    office.pass_days(10)
    # Who has not answered is left out, and the leading deputy is told before it goes on.
    told = office.task("deputy", "TakeNote", case)
    assert "白玉兰（逾期未答）" in office.shown("deputy", told)
    office.do("deputy", "TakeNote", case, choice="提出")
    assert office.record(KIND).fields["co_signers"] == [office.person("deputy_two")]
    assert office.record(KIND).fields["suggestion_no"] == "建人代建〔2026〕1号"
    assert office.record(KIND).state == "受理审查"
    assert office.deadline("admission").due.isoformat() == "2026-04-20"
    assert office.acts("deputy_two", case) == []
    assert office.failures() == []


def test_of_like_suggestions_the_deputy_is_shown_and_joins_one(office: Office) -> None:
    first = submit(office)
    draft = propose(office, "deputy_office", lead_deputy="deputy_three")
    second = propose(office, "deputy_two", lead_deputy="deputy_two")
    task = office.task("deputy_two", "HandIn", second)
    assert office.shown("deputy_two", task).count("《关于规范中华路") == 1
    target = str(office.record(KIND, first).id)
    office.do("deputy_two", "HandIn", second, choice="附议", join_target=target)
    office.do("deputy", "AgreeToJoin", second, agreed=False, comment="内容侧重不同")
    assert "内容侧重不同" in office.shown("deputy_two", office.task("deputy_two", "HandIn", second))
    office.do("deputy_two", "HandIn", second, choice="附议", join_target=target)
    office.do("deputy", "AgreeToJoin", second, agreed=True)
    assert office.record(KIND, second).state == "撤回"
    assert office.record(KIND, first).fields["co_signers"] == [office.person("deputy_two")]
    assert office.outcomes(KIND)[2] == "joined"
    office.do("deputy_clerk", "ReviewAdmission", first, **ADMIT)
    assert office.facts(KIND) is not None
    # Whom the office registers a draft for hands it in, nobody else.
    office.do("deputy_three", "HandIn", draft, choice="修改")
    office.do("deputy_three", "AmendDraft", draft, title="关于增设学校周边护学岗的建议")
    office.do("deputy_three", "HandIn", draft, choice="提出", confirmed=True)
    assert office.record(KIND, draft).title == "关于增设学校周边护学岗的建议"
    assert office.failures() == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"single_matter": False, "result": "受理"}, "result"),
        ({"exclusion": "未审结案件", "result": "受理"}, "result"),
        ({"exclusion": "未审结案件", "result": "按来信处理", "letter_to": "信访局"}, "result"),
        ({"exclusion": "检举控告", "result": "按来信处理"}, "letter_to"),
        ({"result": "退回"}, "exclusion"),
        ({"result": "建议撤回修改", "comment": None}, "comment"),
    ],
)
def test_what_cannot_be_admitted_so_is_refused_at_its_field(
    office: Office, answers: dict[str, Any], field: str
) -> None:
    case = submit(office)
    with pytest.raises(AnswersRefused) as refused:
        office.do("deputy_clerk", "ReviewAdmission", case, **{**ADMIT, **REFUSE, **answers})
    assert field in str(refused.value.faults)


@pytest.mark.parametrize(
    ("result", "exclusion", "paper", "state", "outcome"),
    [
        ("退回", "未审结案件", "suggestion_return_notice", "退回", "returned"),
        ("按来信处理", "检举控告", "suggestion_letter_notice", "按来信", "letter"),
    ],
)
def test_what_is_not_handled_as_a_suggestion_ends_with_a_written_notice(
    office: Office, result: str, exclusion: str, paper: str, state: str, outcome: str
) -> None:
    case = submit(office)
    refusal = {**ADMIT, **REFUSE, "result": result, "exclusion": exclusion}
    office.do("deputy_clerk", "ReviewAdmission", case, **refusal, letter_to="区信访局")
    with pytest.raises(AssertionError):
        office.task("deputy_clerk", "ConfirmRefusal", case)
    office.do("deputy_office", "ConfirmRefusal", case, agreed=True)
    assert office.paper(paper).number == "建人代告〔2026〕1号"
    assert (office.record(KIND).state, office.outcomes(KIND)) == (state, [outcome])
    assert office.failures() == []


def test_an_advice_is_followed_insisted_on_or_left_unanswered(office: Office) -> None:
    case = submit(office, co_signers=["deputy_two"])
    advice = {"single_matter": False, "result": "建议撤回修改", "comment": "请分成两件分别提出。"}
    office.do("deputy_clerk", "ReviewAdmission", case, **{**ADMIT, **advice})
    office.pass_days(20)
    # Not answered: whoever reviews it again is told so.
    task = office.task("deputy_office", "ReviewAdmission", case)
    assert "逾期没有答复" in office.shown("deputy_office", task)
    office.do("deputy_office", "ReviewAdmission", case, **{**ADMIT, **advice})
    office.do("deputy", "AnswerAdvice", case, answer="撤回")
    office.do("deputy_two", "ConfirmSignature", case, agreed=False, comment="问题尚未解决")
    assert "问题尚未解决" in office.shown("deputy", office.task("deputy", "AnswerAdvice", case))
    office.do("deputy", "AnswerAdvice", case, answer="修改")
    office.do("deputy", "AmendAdvised", case, title="关于清理中华路地锁的建议")
    office.do("deputy_clerk", "ReviewAdmission", case, **{**ADMIT, **advice})
    office.do("deputy", "AnswerAdvice", case, answer="坚持", reason="两个方面出自同一原因。")
    record = office.record(KIND)
    assert (record.title, record.fields["advice_insisted"]) == ("关于清理中华路地锁的建议", True)
    assert office.tasks("deputy_clerk", case) == ["DraftAssignment"]
    assert office.failures() == []


def test_an_advice_to_withdraw_is_taken_when_every_co_signer_agrees(office: Office) -> None:
    case = submit(office, co_signers=["deputy_two"])
    advice = {"exclusion": "招投标", "result": "建议撤回修改", "comment": "涉及正在进行的招标。"}
    office.do("deputy_clerk", "ReviewAdmission", case, **{**ADMIT, **advice})
    office.do("deputy", "AnswerAdvice", case, answer="撤回")
    office.do("deputy_two", "ConfirmSignature", case, agreed=True)
    assert (office.record(KIND).state, office.outcomes(KIND)) == ("撤回", ["withdrawn"])
    assert office.paper("suggestion_withdrawal_notice").number is not None


def test_duplicates_are_handled_together_and_answered_each(office: Office) -> None:
    first = admit(office)
    second = propose(office, "deputy_two", lead_deputy="deputy_two")
    office.do("deputy_two", "HandIn", second, choice="提出", confirmed=True)
    office.do("deputy_clerk", "ReviewAdmission", second, **ADMIT)
    main = str(office.record(KIND, first).id)
    merged = {"merge_result": "并案办理", "merged": [main], "reason": "反映同一路段的问题。"}
    office.do("deputy_clerk", "DecideMerging", second, **merged)
    (link,) = office.links("handled_with")
    assert str(link.to_id) == main
    assert office.record(KIND, second).fields["merged_with_no"] == "建人代建〔2026〕1号"
    # Each stays a case of its own with its own deputy, number and clock.
    assert office.tasks("deputy_clerk", first) == office.tasks("deputy_clerk", second)
    assert office.record(KIND, second).fields["deputy"] == office.person("deputy_two")
    assert office.failures() == []


def test_the_government_is_asked_and_another_decides(office: Office) -> None:
    case = admit(office)
    government = {"ask_government": True, "government": office.org("district_government")}
    with pytest.raises(AnswersRefused) as refused:
        office.do(
            "deputy_clerk",
            "DraftAssignment",
            case,
            **plan(office, mode="分办", split_handlers=[office.org("township")]),
        )
    assert "split_handlers" in str(refused.value.faults)
    office.do("deputy_clerk", "DraftAssignment", case, **plan(office, **government))
    office.do(
        "gov_office",
        "GiveOpinion",
        agreed=False,
        opinion="停车场备案属于市场监管部门。",
        handler=office.org("market_regulation"),
    )
    task = office.task("deputy_office", "DecideAssignment", case)
    assert "停车场备案" in office.shown("deputy_office", task)
    assert "市场监督管理局" in office.shown("deputy_office", task)
    with pytest.raises(AssertionError):
        office.task("deputy_clerk", "DecideAssignment", case)
    with pytest.raises(AnswersRefused) as refused:
        office.do("deputy_office", "DecideAssignment", case, decision="同意交办")
    assert "comment" in str(refused.value.faults)
    again = {"decision": "退回重新拟订", "comment": "请按政府办意见调整。"}
    office.do("deputy_office", "DecideAssignment", case, **again)
    both = {"mode": "主办协办", "co_handlers": [office.org("market_regulation")]}
    office.do("deputy_clerk", "DraftAssignment", case, **plan(office, **government, **both))
    assert [each.conversation for each in office.letters("M-ASSIGN-CHECK")] == [
        "建人-建人代建〔2026〕1号-gov",
        "建人-建人代建〔2026〕1号-gov2",
    ]
    office.pass_days(8)
    # No answer in time: it is decided without one.
    task = office.task("deputy_office", "DecideAssignment", case)
    assert "逾期没有反馈" in office.shown("deputy_office", task)
    assert office.failures() == []


def test_a_suggestion_is_withdrawn_by_all_who_signed_it_only(office: Office) -> None:
    case = submit(office, co_signers=["deputy_two", "deputy_three"])
    assert "WithdrawAsked" not in office.acts("deputy_two", case)
    assert "WithdrawAsked" not in office.acts("deputy_clerk", case)
    withdraw = {"reason": "有关问题已经在座谈会上解决。", "confirmed": True}
    office.act("deputy", "WithdrawAsked", case, **withdraw)
    assert "WithdrawAsked" not in office.acts("deputy", case)
    office.do("deputy_two", "ConfirmSignature", case, agreed=True)
    office.do("deputy_three", "ConfirmSignature", case, agreed=False)
    office.do("deputy", "TellNotWithdrawn", case, known=True)
    assert office.record(KIND).state == "受理审查"
    office.act("deputy", "WithdrawAsked", case, **withdraw)
    for each in ("deputy_two", "deputy_three"):
        office.do(each, "ConfirmSignature", case, agreed=True)
    assert (office.record(KIND).state, office.outcomes(KIND)) == ("撤回", ["withdrawn"])
    assert office.tasks("deputy_clerk", case) == []
    assert office.failures() == []


def test_a_co_signer_takes_the_lead_when_the_leading_deputy_loses_office(office: Office) -> None:
    case = submit(office, co_signers=["deputy_two"])
    lost = {
        "lost_deputy": office.person("deputy"),
        "reason": "去世",
        "lost_on": office.today,
        "basis": "代表资格审查委员会公告第3号",
    }
    with pytest.raises(AnswersRefused):
        office.act("deputy_clerk", "LossRegistered", case, **lost)
    office.act(
        "deputy_clerk", "LossRegistered", case, **lost, successor=office.person("deputy_two")
    )
    fields = office.record(KIND).fields
    assert (fields["deputy"], fields["co_signers"]) == (office.person("deputy_two"), [])
    alone = {**lost, "lost_deputy": office.person("deputy_two"), "reason": "罢免"}
    office.act("deputy_clerk", "LossRegistered", case, **alone)
    assert office.record(KIND).fields["no_evaluation"] is True
    assert office.tasks("deputy_clerk", case) == ["ReviewAdmission"]
    assert office.failures() == []


def test_a_draft_ends_when_its_only_deputy_loses_office(office: Office) -> None:
    case = propose(office)
    lost = {
        "lost_deputy": office.person("deputy"),
        "reason": "罢免",
        "lost_on": office.today,
        "basis": "公告第3号",
    }
    office.act("deputy_clerk", "LossRegistered", case, **lost)
    assert (office.record(KIND).state, office.outcomes(KIND)) == ("撤回", ["withdrawn"])


def test_a_state_secret_found_ends_it_and_leaves_the_offline_number(office: Office) -> None:
    case = submit(office)
    secret = {
        "offline_no": "线下〔2026〕1号",
        "secret_basis": "材料标有密级标志",
        "keeper": "保密室",
        "confirmed": True,
    }
    office.act("deputy_office", "SecretFound", case, **secret)
    assert office.outcomes(KIND) == ["offline"]
    office.pass_days(1)
    assert "地锁" not in str(office.record(KIND).fields)
    assert office.record("offline_file").fields["offline_no"] == "线下〔2026〕1号"
    assert office.failures() == []


def test_only_who_belongs_to_it_sees_a_suggestion(office: Office) -> None:
    case = submit(office, co_signers=["deputy_two"])
    assert office.acts("deputy_three", case) == []
    assert "LossRegistered" in office.acts("deputy_office", case)
    with pytest.raises((Forbidden, AssertionError)):
        office.act("prosecutor", "SecretFound", case)


def withdrawable(case: UUID, until: str) -> None:
    """Put a case under the rule of a region that allows a withdrawal so long."""
    with transaction():
        instance = session().get_one(ProcessInstance, case)
        profile = {**instance.variables["profile"], "withdraw_until": until}
        instance.variables = {**instance.variables, "profile": profile}


def test_after_the_handing_out_every_handler_is_told_of_a_withdrawal(office: Office) -> None:
    case = admit(office, co_signers=["deputy_two"])
    units = sorted([office.org("urban_management"), office.org("market_regulation")])
    assign(office, case, mode="分办", split_handlers=units)
    for task in office.tasks_of("deputy_office", "IssueAssignment", case):
        office.finish("deputy_office", task, **CONTACT)
    assert sorted(str(each.recipient_id) for each in office.letters("M-ASSIGN")) == units
    assert office.record(KIND).fields["lead_handler"] == units
    # The congress's own committee is asked whether there is a lead in it.
    assert [each.business_key for each in office.cases("congress_lead_transfer")]
    # Where a region allows it before the assignment only, it is offered no more.
    withdrawable(case, until="before_assignment")
    assert "WithdrawAsked" not in office.acts("deputy", case)
    withdrawable(case, until="always")
    office.act("deputy", "WithdrawAsked", case, reason="已经当面解决。", confirmed=True)
    office.do("deputy_two", "ConfirmSignature", case, agreed=True)
    assert sorted(str(each.recipient_id) for each in office.letters("M-DWITHDRAWN")) == units
    assert (office.record(KIND).state, office.outcomes(KIND)) == ("撤回", ["withdrawn"])
    assert office.paper("suggestion_withdrawal_notice").number is not None
    assert office.tasks("deputy_clerk", case) == []
    assert office.failures() == []


def test_a_suggestion_of_a_deputy_who_stays_unnamed_is_handled_and_closed(office: Office) -> None:
    office.usual.update(HANDLED)
    case = admit(office, co_signers=["deputy_two"], confidential=True, open=False)
    unit = office.org("north_township")
    assign(office, case, lead_handler=unit)
    office.do("deputy_office", "IssueAssignment", case)
    paper = office.paper("deputy_suggestion_paper")
    assert "林晓枫" not in str(paper.data)
    assert "赵春生" not in str(paper.data)
    assert "林晓枫" in str(office.paper("deputy_suggestion_original").data)
    office.act("deputy_office", "ReplyCame", case, **{**REPLY, "replied_on": office.today})
    office.do("deputy_office", "CheckReply", case)
    office.do("deputy_office", "DeliverReply", case)
    office.do("deputy", "EvaluateReply", case)
    office.do("deputy_office", "CloseHandling", case)
    closing = {"publish": True, "summary": "占道泊位已经清理。"}
    with pytest.raises(AnswersRefused) as refused:
        office.do("deputy_office", "CloseSuggestion", case, **closing)
    assert "publish" in str(refused.value.faults)
    office.do("deputy_office", "CloseSuggestion", case, **{**closing, "publish": False})
    fields = office.record(KIND).fields
    assert (office.record(KIND).state, office.outcomes(KIND)) == ("办结", ["done"])
    assert (fields["reply_class"], fields["result"], fields["published"]) == ("A", "满意", False)
    assert office.failures() == []
