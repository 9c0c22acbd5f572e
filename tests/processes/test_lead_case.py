"""A deputy's suggestion becomes a lead: both sides, each end, and what may go wrong."""

from __future__ import annotations

import pytest

from tests.processes.leads import LEAD
from tests.processes.transfers import SCREENED, TITLE, Transfer
from tests.processes.transfers import lead_databases as lead_databases
from tests.processes.transfers import one_transfer as one_transfer
from workflow_server.services.answers import AnswersRefused

BASIS = "保密工作机构认定"


def settled(transfer: Transfer, congress: str, procuratorate: str) -> None:
    assert transfer.office.failures() == []
    assert transfer.ends() == ([congress], [procuratorate])


def test_a_screened_suggestion_is_filed_answered_compared_and_closed_on_both_sides(
    transfer: Transfer,
) -> None:
    office = transfer.office
    transfer.ask_screening()
    office.do("congress_clerk", "ScreenSuggestion", **SCREENED)
    office.do(
        "deputy_office",
        "CheckSensitive",
        result="可以移送",
        no_state_secret=True,
        comment="不涉及敏感信息。",
    )
    office.do("congress_clerk", "DraftTransfer", **transfer.letter, screened_on=office.today)
    transfer.approve()
    transfer.register()
    transfer.assess("立案-公益诉讼")
    transfer.tell()
    transfer.tell_deputy()
    people = {"handler": office.person("prosecutor"), "assistants": [office.person("assistant")]}
    office.do("dept_head", "AssignCase", **people, filing_no="齐建检立〔2026〕1号")
    transfer.copy()
    office.do("deputy_clerk", "AnswerSuggestion", reply_class="A", closed=True)
    assert office.letters("M-TRACK") != []
    assert office.facts("procuratorate_lead_case")["reply_class"] == "A"
    transfer.conclude("done")
    transfer.copy()
    transfer.compare("到位", consistent=True)
    transfer.confirm()
    transfer.tell()
    transfer.evaluate()
    transfer.archive()
    settled(transfer, "converted_done", "converted_done")
    copies = [each.conversation[-6:] for each in office.letters("M-COPY")]
    assert copies == ["-copy1", "-copy2"]
    assert office.states("conversion") == ["办结", "办结"]
    assert office.states("lead") == ["已办结"]
    relations = {each.relation for each in office.links("received_from")}
    assert relations == {"received_from"}
    assert len(office.links("converted_from")) == 1
    assert office.paper("joint_evaluation").data["consistent"] is True


def test_what_is_screened_out_stays_a_suggestion_and_says_so(transfer: Transfer) -> None:
    office = transfer.office
    transfer.ask_screening()
    refused = {"to_transfer": False, "domains": [], "judgement": "属于日常管理问题，不移送。"}
    office.do("congress_clerk", "ScreenSuggestion", **refused)
    assert office.outcomes("congress_lead_transfer") == ["not_transferred"]
    assert office.record("deputy_suggestion").fields["converted"] == "未移送"
    assert office.letters("M-LEAD") == []


def test_a_return_is_completed_and_sent_again_under_a_new_number(transfer: Transfer) -> None:
    office = transfer.office
    transfer.hand_over()
    transfer.register(complete="不齐全", return_reason="缺少现场照片。")
    assert office.task("congress_clerk", "ReviseTransfer")
    office.do(
        "congress_clerk", "ReviseTransfer", sensitive_check=True, contact_phone="0452-2550001"
    )
    transfer.approve()
    versions = [each.conversation[-2:] for each in office.letters("M-LEAD")]
    assert versions == ["v1", "v2"]
    transfer.register()
    assert office.outcomes("procuratorate_lead_case") == ["returned", None]
    assert office.states("conversion") == ["评估中", "评估中"]


def test_a_lost_letter_is_sent_again_and_one_that_came_twice_is_refused(
    transfer: Transfer,
) -> None:
    office = transfer.office
    transfer.hand_over()
    office.pass_days(6)
    asked = {"mode": "电话", "asked_on": office.today, "note": "对方称尚未收到来函。"}
    office.do("congress_clerk", "AskForReceipt", result="未收到，重新发送", **asked)
    first, second = office.tasks_of("case_mgmt", "RegisterLead")
    registered = {
        "received_at": f"{office.today}T10:00",
        "copies": 1,
        "materials": ["移送函"],
    }
    office.finish("case_mgmt", first, complete="齐全", **registered)
    known = office.record("lead").id
    office.finish("case_mgmt", second, complete="齐全", **registered)
    twice = {"complete": "重复移送", "known_lead": str(known)}
    office.do("case_mgmt", "RegisterLead", **twice, **registered)
    assert office.outcomes("procuratorate_lead_case") == [None, "twice"]
    assert office.states("lead") == ["查重中"]
    facts = office.facts("congress_lead_transfer")
    assert (facts["handover_result"], facts["lead_conversation"][-2:]) == ("ack", "v1")
    assert facts["ledger_no"] == office.record("lead").number


def test_a_deputy_may_ask_once_for_a_review_by_another_prosecutor(transfer: Transfer) -> None:
    office = transfer.office
    transfer.not_converted()
    office.act("deputy", "ReviewAsked", reason="占道经营至今没有改变，应当继续监督。")
    assert "ReviewAsked" not in office.acts("deputy")
    same = office.person("prosecutor")
    with pytest.raises(AnswersRefused, match="不能由原研判检察官复核"):
        office.do("dept_head", "AssignReviewer", reviewer=same)
    office.do("dept_head", "AssignReviewer", reviewer=office.person("prosecutor_two"))
    said = {
        "heard_deputy": "当面听取",
        "facts": "复核时现场仍有部分车辆停放。",
        "proposal": "维持",
        "reason": "主管部门已经立案查处，无须重复监督。",
    }
    office.do("prosecutor_two", "ReviewAgain", **said)
    office.do(
        "chief", "DecideReview", decision="维持", reason="同意复核意见。", to_deputy="维持原处理。"
    )
    transfer.tell_deputy("TellReview")
    assert "ReviewAsked" not in office.acts("deputy")
    transfer.archive()
    settled(transfer, "not_converted", "not_converted")
    assert office.states("lead") == ["不予立项"]


def test_a_review_may_turn_the_lead_into_a_case(transfer: Transfer) -> None:
    office = transfer.office
    transfer.not_converted()
    office.act("deputy", "ReviewAsked", reason="占道经营至今没有改变，应当继续监督。")
    office.do("dept_head", "AssignReviewer", reviewer=office.person("prosecutor_two"))
    proposal = "改变，转化办理"
    said = {"heard_deputy": "当面听取", "facts": "现场仍被占用经营，尚未查处。"}
    office.do(
        "prosecutor_two",
        "ReviewAgain",
        **said,
        proposal=proposal,
        reason="公益损害仍在持续，应当监督。",
    )
    decided = {"triage": "立案-公益诉讼", "harm_desc": "公共通行空间持续被占用。"}
    office.do(
        "chief",
        "DecideReview",
        **decided,
        decision=proposal,
        reason="同意转化办理。",
        to_deputy="已决定转化办理。",
    )
    assert office.task("dept_head", "AssignCase")
    assert office.record("lead").state == "立案"
    assert office.facts("congress_lead_transfer")["converted"] is True


def test_without_a_review_the_lead_is_closed_when_the_time_is_over(transfer: Transfer) -> None:
    office = transfer.office
    transfer.not_converted()
    office.pass_days(45)
    assert office.outcomes("procuratorate_lead_case") == ["not_converted"]
    transfer.archive()
    settled(transfer, "not_converted", "not_converted")


def test_a_promise_that_the_facts_belie_is_settled_in_a_meeting(transfer: Transfer) -> None:
    office = transfer.office
    transfer.converted()
    transfer.answer("A")
    transfer.conclude("unresolved", assessment="不到位")
    transfer.copy()
    with pytest.raises(AnswersRefused, match="不能认定为一致"):
        transfer.compare("未到位", consistent=True)
    transfer.compare("未到位", consistent=False, handling="召开联席会议，由承办单位补正答复。")
    transfer.confirm(agreed=False)
    met = {
        "met_on": office.today,
        "place": "区人大会议室",
        "participants": "检察院、承办单位、代表工作机构",
        "conclusion": "承办单位一个月内清理到位并重新答复代表。",
    }
    office.do("congress_head", "HoldJointMeeting", **met)
    office.do("prosecutor", "RecordMeeting", **met)
    transfer.tell()
    transfer.evaluate("不满意")
    told = {"measures": ["专题视察"], "text": "请于一个月内清理到位并报告落实情况。"}
    office.do("congress_clerk", "ProposeFollowUp", **told, addressee=office.org("urban_management"))
    office.do(
        "director",
        "DecideFollowUp",
        decision="同意",
        measures=["专题视察"],
        met_on=office.today,
        comment="同意。",
    )
    transfer.archive()
    settled(transfer, "converted_unresolved", "converted_unresolved")
    assert office.paper("joint_evaluation").data["meeting"] == met["conclusion"]
    assert office.paper("follow_up_opinion").number == "建人督办〔2026〕1号"


def test_a_case_that_waits_for_the_answer_of_the_handler_says_so_after_a_month(
    transfer: Transfer,
) -> None:
    office = transfer.office
    transfer.converted()
    transfer.conclude("done")
    transfer.copy()
    office.pass_days(40)
    asked = {"result": "继续等待", "note": "承办单位正在会签答复。", "asked_on": office.today}
    office.do("prosecutor", "AskReplyState", **asked)
    transfer.answer("B")
    transfer.compare("到位", consistent=True)
    office.pass_days(8)
    told = {"result": "按已有材料评估", "note": "电话联系，无不同意见。"}
    office.do("prosecutor", "AskJoint", **told, asked_on=office.today)
    transfer.tell()
    office.pass_days(40)
    assert office.facts("congress_lead_transfer")["deputy_satisfaction"] == "未评价"


def test_a_withdrawn_suggestion_ends_a_lead_that_no_public_interest_keeps(
    transfer: Transfer,
) -> None:
    office = transfer.office
    transfer.hand_over()
    transfer.register()
    office.do("assistant", "DedupeLead", dedupe_result="新线索", reason="未检索到同一事实。")
    transfer.judge("本院", assessor=office.person("prosecutor"))
    office.act("deputy", "DeputyWithdrew", withdrawn_on=office.today, reason="问题已经解决。")
    said = {"proposal": "终止办理", "reason": "问题已经解决，公共利益不再受损。"}
    office.do("prosecutor", "ReviewWithdrawal", **said)
    office.do("chief", "DecideWithdrawal", decision="终止办理", reason="同意终止办理。")
    transfer.archive()
    settled(transfer, "withdrawn_by_deputy", "withdrawn_by_deputy")
    assert office.waiting() == {}


def test_a_lead_of_public_interest_stays_when_its_deputy_withdraws(transfer: Transfer) -> None:
    office = transfer.office
    transfer.converted()
    office.act("deputy", "DeputyWithdrew", withdrawn_on=office.today, reason="不再坚持。")
    with pytest.raises(AnswersRefused, match="不因代表撤回而终止"):
        office.do(
            "prosecutor", "ReviewWithdrawal", proposal="终止办理", reason="代表不再坚持原有意见。"
        )
    kept = "依职权继续办理"
    office.do("prosecutor", "ReviewWithdrawal", proposal=kept, reason="公益损害仍在持续之中。")
    office.do("chief", "DecideWithdrawal", decision=kept, reason="公益损害仍在持续。")
    assert office.record("lead").fields["source_tags"] == "依职权发现（原代表建议）"
    assert office.task("prosecutor", "GiveResult")
    assert office.letter("M-FEEDBACK").conversation.endswith("-w")


def test_a_secret_found_midway_leaves_the_server_and_tells_the_congress_nothing_of_it(
    transfer: Transfer,
) -> None:
    office = transfer.office
    transfer.converted()
    office.act(
        "chief",
        "SecretFound",
        offline_no="密检2026-1",
        keeper="机要室",
        secret_basis=BASIS,
        confirmed=True,
    )
    transfer.archive()
    assert transfer.ends() == (["offline"], ["offline"])
    assert office.facts("congress_lead_transfer")["result_summary"] == "该线索已依法另行办理。"


def test_a_reserved_lead_is_told_and_may_be_given_up(transfer: Transfer) -> None:
    office = transfer.office
    transfer.hand_over()
    transfer.register()
    transfer.assess("备用线索")
    transfer.tell()
    transfer.tell_deputy()
    assert office.states("conversion") == ["备用", "备用"]
    office.act("dept_head", "ReserveGivenUp", reason="两次复查均无新的情况，不再复查。")
    transfer.archive()
    settled(transfer, "reserve", "reserve")


def test_a_lead_that_is_merged_or_diverted_ends_so_on_both_sides(transfer: Transfer) -> None:
    office = transfer.office
    leads_case = office.start("prosecutor", "lead_to_reply", **own_lead())
    office.do(
        "assistant", "DedupeLead", leads_case, dedupe_result="新线索", reason="首次发现线索。"
    )
    main = str(office.record("lead").id)
    transfer.hand_over()
    transfer.register()
    same = {"dedupe_result": "重复", "main_lead": main, "reason": "与在办线索为同一事实。"}
    office.do("assistant", "DedupeLead", **same)
    transfer.tell()
    transfer.tell_deputy()
    transfer.archive()
    settled(transfer, "merged", "merged")


def own_lead() -> dict[str, object]:
    return {**LEAD, "title": TITLE, "secrecy_level": "公开", "domain": "城市管理和公共空间"}
