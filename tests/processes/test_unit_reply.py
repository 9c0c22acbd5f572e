"""The unit's side of a letter: receipt, objection, extension, progress, reply, supplements."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import File, Office
from tests.processes.replies import CHANGED, URGE, decide
from tests.processes.served import CLERK, LEADER, PUBLIC, REPLY, Served
from workflow_server.services import actors, deliveries, successions
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.organisations import find_by_key

FACTS = "经督促无正当理由不予整改，诊所医疗废物仍未规范处置。"
REVIEW: dict[str, Any] = {
    "form_ok": True,
    "site_check": False,
    "reason": "逐项核对回函和附件，予以确认。",
}


@pytest.fixture
def letter(office: Office) -> Served:
    made = Served(office)
    made.issue()
    made.serve()
    return made


def reviewed(letter: Served, assessment: str, **more: Any) -> list[str]:
    """Let the prosecutor review what has come."""
    statuses = [{"no": no, "status": "到位", "note": "已核对。"} for no in (1, 2)]
    given = {**REVIEW, "item_reviews": statuses, "reviewed_on": letter.office.today, **more}
    return letter.do("prosecutor", "ReviewReply", assessment=assessment, **given)


def test_the_unit_acknowledges_and_the_procuratorate_knows_who_works_on_it(letter: Served) -> None:
    assert letter.unit_due("receipt") == "2026-04-07"
    letter.acknowledge()
    assert letter.facts()["unit_section"] == "药械监管科"
    assert letter.office.failures() == []


def test_a_reply_item_by_item_passes(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    office.go_to("2026-04-28")
    letter.reply()
    assert office.paper("rectification_reply").data["letter_no"] == letter.facts()["doc_no"]
    assert office.deadline("reply", letter.case).status == "met"
    reviewed(letter, "合格")
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.states("received_suggestion") == ["办结"]
    assert office.failures() == []


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"attachments": []}, "回函附件"),
        ({"attachments": [{"name": "检查记录"}]}, "附件文件"),
        ({"items": REPLY["items"][:1]}, "每一项建议都须答复"),
        ({"items": [*REPLY["items"], {**REPLY["items"][0], "no": 7}]}, "序号超出"),
        ({"adopted": "部分"}, "不采纳的理由"),
        ({"items": [{**each, "status": "未采纳"} for each in REPLY["items"]]}, "不能填“全部”"),
    ],
)
def test_a_reply_that_lacks_something_is_refused(
    letter: Served, answers: dict[str, Any], message: str
) -> None:
    letter.acknowledge()
    with pytest.raises(AnswersRefused) as refused:
        letter.office.do(CLERK, "DraftReply", **{**REPLY, **answers})
    assert message in str(refused.value.faults)


def test_a_reply_is_signed_with_a_date_that_can_be(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    office.do(CLERK, "DraftReply", **REPLY)
    for day, message in ((None, "回函日期"), ("2026-04-02", "晚于今天"), ("2026-03-30", "早于")):
        with pytest.raises(AnswersRefused) as refused:
            office.do(LEADER, "SignReply", reply_date=day)
        assert message in str(refused.value.faults)


def test_an_objection_in_time_is_answered(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    given = {"kind": "主体", "want": "撤回", "reason": "诊所医疗废物由卫生健康部门监管。"}
    assert "ReviewObjection" in office.act(LEADER, "ObjectionWritten", **given)
    assert "ObjectionWritten" not in office.acts(LEADER)
    told = office.letter("M-OBJECT")
    assert (told.payload["late"], told.conversation[-3:]) == (False, "-o1")
    assert office.paper("objection_letter").number == "建市监异〔2026〕1号"
    refused = {"result": "不成立", "reason": "依据《医疗废物管理条例》，你单位负有监管职责。"}
    letter.do("prosecutor", "ReviewObjection", **refused)
    letter.do("chief", "DecideObjection", **refused)
    assert office.task(CLERK, "ReadObjectionResult")
    office.do(CLERK, "ReadObjectionResult", read=True)
    assert letter.due("reply") == "2026-06-01"
    assert "ObjectionWritten" in office.acts(LEADER)
    assert office.failures() == []


def test_an_objection_after_its_period_goes_as_an_opinion(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    office.go_to("2026-04-20")
    given = {"kind": "期限", "want": "说明", "reason": "整改涉及多个部门，时间过紧。"}
    office.act(LEADER, "ObjectionWritten", **given)
    assert office.letter("M-OBJECT").payload["late"] is True
    assert "ReviewObjection" not in office.waiting().values()
    office.do(CLERK, "ReadObjectionResult", read=True)
    assert office.failures() == []


def asked(day: str) -> dict[str, str]:
    return {
        "until": day,
        "reason": "处置设施改造需要招标采购。",
        "progress": "专项检查已经全部完成。",
    }


def test_an_extension_that_is_granted_moves_both_clocks(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    office.act(LEADER, "ExtensionWritten", **asked("2026-06-30"))
    letter.do("prosecutor", "ProposeExtension", opinion="建议同意", reason="理由确实正当。")
    granted = {"decision": "同意", "until": "2026-06-30", "reason": "理由正当，同意延期。"}
    letter.do("chief", "DecideExtension", **granted)
    assert (letter.due("reply"), letter.unit_due("reply")) == ("2026-06-30", "2026-06-30")
    office.do(CLERK, "ReadExtensionResult", read=True)
    assert office.failures() == []


def test_an_extension_that_is_refused_leaves_the_clock(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    office.act(LEADER, "ExtensionWritten", **asked("2026-06-30"))
    letter.do("prosecutor", "ProposeExtension", opinion="建议不同意", reason="理由不充分。")
    letter.do("chief", "DecideExtension", decision="不同意", reason="理由不充分。")
    assert (letter.due("reply"), letter.unit_due("reply")) == ("2026-06-01", "2026-06-01")
    office.do(CLERK, "ReadExtensionResult", read=True)


@pytest.mark.parametrize(
    ("today", "until"), [("2026-06-02", "2026-06-30"), ("2026-04-10", "2026-05-20")]
)
def test_an_extension_is_asked_before_the_end_and_beyond_it(
    letter: Served, today: str, until: str
) -> None:
    office = letter.office
    letter.acknowledge()
    office.go_to(today)
    with pytest.raises(AnswersRefused):
        office.act(LEADER, "ExtensionWritten", **asked(until))
    assert office.letters("M-EXTEND") == []


def test_in_public_interest_the_unit_is_told_that_nothing_is_extended(office: Office) -> None:
    letter = Served(office, **PUBLIC)
    letter.issue()
    letter.serve()
    letter.acknowledge()
    with pytest.raises(AnswersRefused) as refused:
        office.act(LEADER, "ExtensionWritten", **asked("2026-06-30"))
    assert "不予延长" in str(refused.value.faults)


def test_progress_is_reported_again_and_again(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    for day, text in (("2026-04-10", "已检查六家诊所。"), ("2026-04-17", "已检查十二家。")):
        office.go_to(day)
        office.act(CLERK, "ProgressWritten", reported_on=day, text=text)
    sent = [each.conversation[-3:] for each in office.letters("M-PROGRESS")]
    assert sent == ["-p1", "-p2"]
    assert letter.facts()["progress_text"] == "已检查十二家。"
    assert office.failures() == []


def test_a_reply_is_supplemented_and_then_passes(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    letter.reply()
    reviewed(letter, "补充", gaps="请补充第二项建议的台账样本。")
    assert office.facts("unit_suggestion_reply")["gaps"] == "请补充第二项建议的台账样本。"
    letter.reply(mechanism="台账样本见附件。")
    reviewed(letter, "合格")
    rounds = [each.payload["round"] for each in office.letters("M-REPLY")]
    assert rounds == [1, 2]
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.failures() == []


def test_a_unit_that_never_replied_may_end_its_matter_when_its_period_is_over(
    letter: Served,
) -> None:
    office = letter.office
    letter.acknowledge()
    assert "CloseWritten" not in office.acts(LEADER)
    office.go_to("2026-06-03")
    office.act(LEADER, "CloseWritten", closed_on=office.today, note="检察机关已提起公益诉讼。")
    assert office.tasks(CLERK) == []
    assert office.failures() == []


def test_a_letter_that_comes_twice_is_taken_once(letter: Served) -> None:
    office = letter.office
    sent = office.letter("M-SUGGEST")
    carry = deliveries.deliver({"delivery_id": str(sent.id)}, office.now)
    assert carry is not None
    carry()
    office.work()
    assert len(office.cases("unit_suggestion_reply")) == 1


def test_a_unit_merged_into_another_is_succeeded_in_the_middle_of_its_case(
    letter: Served,
) -> None:
    office = letter.office
    letter.acknowledge()
    old, heir = find_by_key("market_regulation"), find_by_key("urban_management")
    assert old is not None
    assert heir is not None
    ending = successions.Ending(office.now.date(), "机构改革")
    successions.merge(office.people["admin"], old.id, heir.id, ending, office.now)
    for login in (CLERK, LEADER):
        office.people[login] = actors.actor_of(office.people[login].person_id)
    letter.reply()
    reviewed(letter, "合格")
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.failures() == []


def report_up(letter: Served) -> None:
    """Escalate a letter that was urged."""
    measures = {"measures": ["报告上级院"], "targets": [], "facts": FACTS, "reason": FACTS}
    letter.do("prosecutor", "ProposeMeasures", **measures)
    letter.do("chief", "DecideMeasures", decision="同意", comment="同意。")


def look_again(letter: Served) -> None:
    """Escalate a letter, watch it for thirty days, then review it once more."""
    report_up(letter)
    letter.office.pass_days(36)
    watched = {"choice": "再次审查", "note": "已到现场逐项核查整改情况。"}
    letter.do("prosecutor", "AssessWatch", **watched)


def urged(letter: Served) -> None:
    at = letter.office.now.isoformat()
    letter.office.act("prosecutor", "UrgeRecorded", **URGE, urged_at=at)


def test_what_is_said_of_a_letter_without_reply_is_not_taken_for_the_first_review(
    letter: Served,
) -> None:
    office = letter.office
    letter.acknowledge()
    urged(letter)
    office.go_to("2026-06-02")
    office.act("prosecutor", "EscalateNow", reason="催办后仍不回复，不再等待。")
    look_again(letter)
    reviewed(letter, "不到位")
    assert office.letter("M-REVIEWED").conversation.endswith("-n1")
    office.do(CLERK, "ReadNotice", read=True)
    report_up(letter)
    letter.reply()
    assert "ReadAssessment" not in office.tasks(CLERK)
    reviewed(letter, "合格")
    assert office.letter("M-REVIEWED").conversation.endswith("-r1")
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.failures() == []


def test_a_reply_that_passes_at_the_second_look_settles_the_unit_too(letter: Served) -> None:
    office = letter.office
    letter.acknowledge()
    urged(letter)
    letter.reply()
    reviewed(letter, "不到位")
    office.do(CLERK, "ReadAssessment", read=True)
    look_again(letter)
    reviewed(letter, "合格")
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.states("received_suggestion") == ["办结"]
    assert office.tasks(CLERK) == []
    assert office.failures() == []


def test_a_letter_that_is_changed_while_its_reply_is_reviewed_is_replied_to_anew(
    letter: Served,
) -> None:
    office = letter.office
    letter.acknowledge()
    given = {"kind": "事实", "want": "变更", "reason": "两家诊所不在本辖区，由他区监管。"}
    office.act(LEADER, "ObjectionWritten", **given)
    letter.reply()
    decide(office, "成立-变更")
    letter.do("prosecutor", "DraftChange", **CHANGED)
    letter.do("chief", "SignChange", decision="同意", comment="同意。")
    served = {"mode": "书面", "served_at": office.now.isoformat(), "receiver": "葛长青"}
    letter.do("assistant", "ServeChange", **served, proof=[File("送达回证.pdf")])
    assert "变更后的建议" in str(office.facts("unit_suggestion_reply")["gaps"])
    assert (letter.due("reply"), letter.unit_due("reply")) == ("2026-06-01", "2026-06-01")
    assert office.deadline("review", letter.case).status == "met"
    at = office.now.isoformat()
    office.do(CLERK, "AcknowledgeChange", ack_at=at, section="药械科", owner="方子墨", phone="1")
    letter.reply(items=REPLY["items"][:1])
    assert [each.conversation[-3:] for each in office.letters("M-REPLY")] == ["-r1", "-r2"]
    reviewed(letter, "合格", item_reviews=[{"no": 1, "status": "到位", "note": "已核对。"}])
    assert office.outcomes("unit_suggestion_reply") == ["reviewed"]
    assert office.failures() == []
