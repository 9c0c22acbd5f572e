"""Serving a letter, filing and copying it, and what may happen to the whole of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import File, Office
from tests.processes.served import CLERK, LEADER, PUBLIC, Served
from tests.processes.sight import words_of
from workflow_server.errors import NotFound
from workflow_server.services import documents
from workflow_server.services.answers import AnswersRefused


@pytest.fixture
def letter(office: Office) -> Served:
    made = Served(office)
    made.issue()
    return made


def test_a_served_letter_reaches_the_unit_with_its_clocks(letter: Served) -> None:
    office = letter.office
    assert letter.due("service") == "2026-04-09"
    assert set(letter.serve()) >= {"AcknowledgeSuggestion", "PrepareFiling"}
    assert office.failures() == []
    assert (letter.due("reply"), letter.due("objection")) == ("2026-06-01", "2026-04-16")
    assert (letter.unit_due("reply"), letter.unit_due("objection")) == ("2026-06-01", "2026-04-16")
    told = office.letter("M-SUGGEST").payload
    assert (told["reply_due"], told["track"], told["letter_version"]) == ("2026-06-01", "SG", 1)
    assert [item["no"] for item in told["items"]] == [1, 2]
    assert office.paper("service_receipt").status == "issued"
    assert letter.fields()["reply_due"] == "2026-06-01"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"proof": []}, "送达回证"),
        ({"receiver_name": None}, "签收人"),
        ({"mode": "邮寄"}, "邮件号码"),
        ({"mode": "电子", "electronic_address": "a@b.cn"}, "同意电子送达"),
        ({"mode": "留置", "witnesses": "社区干部王某"}, "拒签情况"),
        ({"mode": "留置", "refusal_note": "拒绝签收。", "witnesses": "社区干部"}, "影像"),
        ({"mode": "宣告", "attendees": "双方人员"}, "没有完成宣告程序"),
        ({"served_at": "2026-04-02T09:00:00+08:00"}, "不能晚于今天"),
        ({"served_at": "2026-03-31T09:00:00+08:00"}, "不能早于签发日期"),
    ],
)
def test_each_mode_of_service_asks_for_its_own(
    letter: Served, answers: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        letter.serve(**answers)
    assert field in str(refused.value.faults)


def test_a_unit_that_refuses_to_sign_gets_the_letter_left_behind(letter: Served) -> None:
    letter.serve(
        mode="留置",
        receiver_name=None,
        refusal_note="单位负责人拒绝签收，称不认可检察建议。",
        witnesses="社区干部王某",
        media=[File("现场录像.pdf")],
    )
    assert letter.office.failures() == []
    receipt = letter.office.paper("service_receipt").data
    assert (receipt["mode"], receipt["receiver_name"]) == ("留置", None)
    assert "拒绝签收" in receipt["refusal_note"]
    assert letter.due("reply") == "2026-06-01"


PLAN = {
    "planned_at": "2026-04-03T09:00:00+08:00",
    "place": "区人民检察院宣告室",
    "agenda": "宣读检察建议书，出示证据，听取意见。",
    "invited": [{"kind": "人民监督员", "name": "王海"}],
    "open_to_public": True,
    "minors": False,
}
HELD = {
    "held": True,
    "place": "区人民检察院宣告室",
    "host": "沈立言",
    "recorder": "白露",
    "attendees": "双方人员，人民监督员一名。",
    "evidence_shown": "现场检查笔录。",
    "reasons_told": "说明了法律依据。",
    "unit_opinion": "接受，将认真整改。",
    "receiver": "葛长青",
}


def announced(letter: Served) -> None:
    plan = {"mode": "宣告", "mode_reason": "社会关注度高。"}
    letter.do("assistant", "PlanService", **plan)
    letter.do("prosecutor", "PlanAnnouncement", **PLAN)
    letter.do("dept_head", "ApproveAnnouncement", decision="同意", comment="同意。")


def test_an_announcement_that_the_unit_agrees_to_is_recorded(letter: Served) -> None:
    office = letter.office
    announced(letter)
    office.do(LEADER, "AnswerAnnouncement", agree=True, when_where="贵院宣告室")
    letter.do("prosecutor", "HoldAnnouncement", **HELD, held_at=office.now.isoformat())
    assert office.paper("announcement_record").data["receiver"] == "葛长青"
    letter.hand_over(mode="宣告", attendees="双方人员，人民监督员一名。")
    assert office.failures() == []
    assert letter.facts()["service_mode"] == "宣告"


def test_without_the_units_consent_nothing_is_announced(letter: Served) -> None:
    announced(letter)
    refused = {"agree": False, "comment": "希望书面送达。"}
    assert letter.office.do(LEADER, "AnswerAnnouncement", **refused) == ["ServeSuggestion"]
    with pytest.raises(AnswersRefused):
        letter.hand_over(mode="宣告", attendees="双方人员")
    letter.hand_over()
    assert letter.facts()["service_mode"] == "书面"


def test_a_unit_that_does_not_answer_is_served_in_writing(letter: Served) -> None:
    announced(letter)
    letter.office.pass_days(8)
    letter.hand_over()
    assert letter.facts()["announce_reason"] == "被建议单位不同意宣告：逾期未答复"


def test_in_public_interest_the_unit_need_not_consent(office: Office) -> None:
    letter = Served(office, **PUBLIC)
    letter.issue()
    assert letter.due("service") == "2026-04-07"
    announced(letter)
    assert office.letters("M-ANNOUNCE") == []
    assert "HoldAnnouncement" in office.tasks("prosecutor")


def test_a_letter_issued_on_the_eve_of_a_holiday(office: Office) -> None:
    office.go_to("2026-09-28")
    letter = Served(office)
    letter.issue()
    letter.serve()
    assert letter.due("filing") == "2026-10-08"
    assert letter.due("service") == "2026-10-10"
    assert letter.due("objection") == "2026-10-13"
    assert letter.due("reply") == "2026-11-30"


def test_the_superior_has_no_doubt(letter: Served) -> None:
    office = letter.office
    letter.serve()
    assert letter.due("filing") == "2026-04-07"
    assert set(letter.file()) == {"ReviewFiling", "PolicyReviewFiling"}
    assert office.states("filing") == ["已报送"]
    for login, element in (("superior", "ReviewFiling"), ("superior_policy", "PolicyReviewFiling")):
        office.do(login, element, result="无异议")
    assert (office.states("filing"), office.states("received_filing")) == (["无异议"], ["已审查"])
    assert office.failures() == []


def test_filing_of_social_governance_goes_to_both_departments(letter: Served) -> None:
    letter.serve()
    with pytest.raises(AnswersRefused) as refused:
        letter.file(recipients=["研究"])
    assert "同时报送" in str(refused.value.faults)


def test_guidance_of_the_superior_is_carried_out(letter: Served) -> None:
    office = letter.office
    letter.serve()
    letter.file()
    office.do("superior", "ReviewFiling", result="指导", comment="建议补充整改标准。")
    office.do("superior_policy", "PolicyReviewFiling", result="无异议")
    office.do("superior", "ConfirmGuidance", result="指导", text="建议补充整改标准。")
    assert office.tasks("prosecutor") == ["ReadGuidance"]
    letter.do("prosecutor", "ReadGuidance", handling="已与被建议单位明确整改标准。")
    assert office.states("filing") == ["已落实"]


def test_a_superior_that_is_silent_for_ten_working_days_holds_nobody_up(letter: Served) -> None:
    letter.serve()
    letter.file()
    letter.office.pass_days(20)
    assert letter.office.states("filing") == ["期满无意见"]


def ordered(letter: Served, order: str) -> None:
    office = letter.office
    letter.serve()
    letter.file()
    office.do("superior", "ReviewFiling", result=order, comment="被建议单位无此职责。")
    office.do("superior_policy", "PolicyReviewFiling", result="无异议")
    office.do("superior_chief", "DecideFilingOrder", result=order, text="被建议单位无此职责。")
    letter.do("prosecutor", "HandleOrder", handling="按指令执行。")


def test_an_order_to_withdraw_ends_the_letter_on_both_sides(letter: Served) -> None:
    office = letter.office
    ordered(letter, "指令撤回")
    reason = {"withdraw_reason": "上级人民检察院指令撤回：被建议单位无此职责。", "confirmed": True}
    letter.do("chief", "SignOrderWithdrawal", **reason)
    assert letter.state() == "撤回"
    assert letter.facts()["letter_outcome"] == "withdrawn"
    office.do(CLERK, "ReadWithdrawal", read=True)
    assert office.outcomes("unit_suggestion_reply") == ["withdrawn"]
    assert {office.deadline(name, letter.case).status for name in ("reply", "objection")} == {
        "cancelled"
    }
    assert office.failures() == []


def test_an_order_to_change_begins_the_clocks_of_both_sides_anew(letter: Served) -> None:
    office = letter.office
    ordered(letter, "指令变更")
    office.go_to("2026-04-08")
    items = [
        {"text": "对辖区诊所开展专项检查，并建立台账。", "basis": "《医疗废物管理条例》第三十五条"}
    ]
    change = {"reason": "按照上级人民检察院指令变更建议内容。", "items": items}
    periods = {"reply_rule": "R-REPLY-2M", "objection_days": 15}
    letter.do("prosecutor", "OrderDraftChange", **change, **periods)
    letter.do("chief", "OrderSignChange", decision="同意", comment="同意变更。")
    served = {"mode": "书面", "served_at": office.now.isoformat(), "receiver": "葛长青"}
    letter.do("assistant", "OrderServeChange", **served, proof=[File("回证.pdf")])
    assert (letter.due("reply"), letter.unit_due("reply")) == ("2026-06-08", "2026-06-08")
    assert office.letter("M-CHANGE").payload["letter_version"] == 2
    assert office.states("suggestion")[0] == "变更"
    assert "AcknowledgeChange" in office.waiting().values()
    assert office.failures() == []


def test_the_chief_withdraws_a_letter(letter: Served) -> None:
    office = letter.office
    assert "WithdrawalDecided" not in office.acts("chief", letter.case)
    letter.serve()
    assert "WithdrawalDecided" not in office.acts("prosecutor", letter.case)
    reason = {"withdraw_reason": "认定事实有误，建议确有不当。", "told": True}
    office.act("chief", "WithdrawalDecided", letter.case, **reason)
    assert letter.state() == "撤回"
    assert office.letter("M-WITHDRAW").payload["reason"] == reason["withdraw_reason"]
    assert office.states("received_suggestion") == ["撤回"]
    assert letter.facts()["letter_outcome"] == "withdrawn"
    assert office.failures() == []


def test_a_corrected_date_of_service_moves_the_clocks_of_both_sides(letter: Served) -> None:
    office = letter.office
    office.go_to("2026-04-10")
    letter.serve()
    assert letter.due("reply") == "2026-06-10"
    given = {"correct_served_on": "2026-04-08", "reason": "回证所载日期为四月八日。"}
    office.act("assistant", "DateCorrected", letter.case, **given, proof=[File("回证.pdf")])
    assert (letter.due("reply"), letter.due("objection")) == ("2026-06-08", "2026-04-23")
    assert (letter.unit_due("reply"), letter.unit_due("objection")) == ("2026-06-08", "2026-04-23")
    assert letter.fields()["served_on"] == "2026-04-08"
    assert "ReadCorrection" in office.waiting().values()
    assert office.failures() == []


def test_a_minor_found_on_the_way_shortens_the_period(letter: Served) -> None:
    office = letter.office
    letter.serve()
    given = {"how": "调查中发现受害人系未成年人。", "alias_used": True}
    office.act("prosecutor", "MinorFound", letter.case, **given)
    assert letter.due("reply") == "2026-05-06"
    assert letter.facts()["minor_involved"] is True
    assert "MinorFound" not in office.acts("prosecutor", letter.case)
    assert office.failures() == []


def test_a_letter_for_a_minor_has_the_earlier_of_two_ends(office: Office) -> None:
    letter = Served(office)
    letter.issue()
    given = {"how": "送达前发现受害人系未成年人。", "alias_used": True}
    office.act("prosecutor", "MinorFound", letter.case, **given)
    letter.serve()
    assert letter.due("reply") == "2026-05-06"
    assert letter.unit_due("reply") == "2026-05-06"


def test_a_state_secret_stops_everything_and_leaves_a_stub(letter: Served) -> None:
    office = letter.office
    letter.serve()
    given = {"offline_no": "密办〔2026〕3号", "keeper": "保密室", "stopped": True}
    given["secret_basis"] = "保密工作机构认定"
    office.act("prosecutor", "SecretFound", letter.case, **given)
    assert letter.state() == "转线下"
    assert letter.facts() == {}
    assert office.record("offline_file").fields["offline_no"] == "密办〔2026〕3号"
    assert office.deadline("reply", letter.case).status == "cancelled"
    assert office.tasks("assistant", letter.case) == []


def test_a_lead_from_the_congress_is_copied_to_it_within_ten_days(office: Office) -> None:
    source = {"lead_source": "代表建议", "source_org": office.org("congress")}
    letter = Served(office, **source, source_conversation="建人-移送1号")
    letter.issue()
    letter.serve()
    assert letter.due("copy") == "2026-04-13"
    wanted = [office.org("congress"), office.org("party_committee")]
    grounds = {"grounds": ["群众关注度高"]}
    with pytest.raises(AnswersRefused):
        letter.do("dept_head", "ProposeCopies", recipients=wanted[1:], **grounds)
    with pytest.raises(AnswersRefused):
        letter.do("dept_head", "ProposeCopies", recipients=wanted, **grounds, hint_conversion=True)
    why = {"hint_conversion": True, "conversion_reason": "多家诊所同类问题，须建立集中收运制度。"}
    letter.do("dept_head", "ProposeCopies", recipients=wanted, **grounds, **why)
    with pytest.raises(AnswersRefused):
        letter.do("chief", "ApproveCopies", decision="不同意")
    letter.do("chief", "ApproveCopies")
    sent = {(each.recipient_id, each.status) for each in office.letters("M-COPY")}
    assert {status for _, status in sent} == {"delivered", "paper"}
    assert office.states("copy") == ["已抄送"]
    hint = office.letter("M-HINT").payload
    assert (hint["trigger"], hint["doc_no"]) == ("已抄送人大", letter.fields()["doc_no"])
    assert "集中收运制度" in letter.office.shown(
        "prosecutor", office.task("prosecutor", "ConsiderHint")
    )
    registered = {"received_at": office.now.isoformat(), "handling": "阅存"}
    office.do("congress_clerk", "RegisterCopyCongress", **registered)
    assert office.states("received_copy") == ["已登记"]
    assert office.failures() == []


def test_without_a_ground_nothing_is_copied(letter: Served) -> None:
    letter.serve()
    assert "ProposeCopies" not in letter.office.waiting().values()


def test_a_copy_leaves_out_what_its_recipients_must_not_read(office: Office) -> None:
    letter = Served(office, lead_source="代表建议", source_org=office.org("congress"))
    child = "周小米"
    letter.issue(facts=f"经调查核实，{child}（八岁）在诊所门外接触未收集的医疗废物受伤。")
    letter.serve()
    letter.do(
        "dept_head",
        "ProposeCopies",
        recipients=[office.org("congress")],
        grounds=["群众关注度高"],
        redactions=[
            {"text": child, "instead": "未成年人甲"},
            {"text": "医疗废物", "instead": "某类废物"},
        ],
    )
    letter.do("chief", "ApproveCopies")
    whole, copy = office.paper("suggestion"), office.paper("suggestion_copy")
    assert child in words_of(whole)
    assert child not in words_of(copy)
    assert "未成年人甲" in words_of(copy)
    # Nor does the letter that it is enclosed with tell by the title of the matter.
    cover = office.paper("copy_letter")
    assert "某类废物" in words_of(cover)
    assert "医疗废物" not in words_of(cover) + words_of(copy)
    assert [each for each in office.letters("M-COPY") if "医疗废物" in str(each.payload)] == []
    assert office.letters("M-COPY") != []
    assert child not in str(copy.data)
    reader = office.people["congress_clerk"]
    assert documents.get(reader, copy.id).id == copy.id
    with pytest.raises(NotFound):
        documents.get(reader, whole.id)
    assert office.failures() == []


def test_the_copy_of_a_letter_about_a_minor_has_something_to_leave_out(office: Office) -> None:
    letter = Served(office, lead_source="代表建议", source_org=office.org("congress"))
    letter.issue()
    letter.serve()
    found = {"how": "送达后发现受害人系未成年人。", "alias_used": True}
    office.act("prosecutor", "MinorFound", letter.case, **found)
    wanted = {"recipients": [office.org("congress")], "grounds": ["群众关注度高"]}
    with pytest.raises(AnswersRefused) as refused:
        letter.do("dept_head", "ProposeCopies", **wanted)
    assert "隐去" in str(refused.value.faults)
