"""The congress turns what a procuratorate sends into deputies' work; nobody is pressed."""

from __future__ import annotations

import pytest

from tests.processes.conversion_office import (
    DONE,
    OWN_WORDS,
    adopt,
    evaluate,
    recommend,
    send,
)
from tests.processes.conversion_office import databases as databases
from tests.processes.conversion_office import house as house
from tests.processes.office import Office
from workflow_server.services import positions
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.records import Record

PLANNED = [
    ("专题视察", "inspection", "转视察"),
    ("专项报告", "listed", "转报告"),
    ("执法检查", "listed", "转报告"),
    ("立法计划", "legislative", "转立法"),
]

VISIT = {
    "research_held": True,
    "research_place": "文化镇前进村",
    "research_people": "赵春生，检察官，镇农业综合服务中心",
    "research_findings": "全村四十二户养牛，集中堆放点只有两处。",
}


def own(house: Office) -> Record:
    """Return the congress's own record of the conversion, not the sender's."""
    return house.record("conversion", house.cases("congress_conversion")[0].id)


def ends_well(house: Office, outcome: str) -> None:
    """Say how the conversion ended: both sides are through, every letter has its paper."""
    assert house.outcomes("congress_conversion") == [outcome]
    assert house.failures() == []
    assert [each.kind for each in house.papers() if each.rendered_at is None] == []


def test_a_deputy_adopts_writes_and_the_result_goes_back_with_quantities(house: Office) -> None:
    evaluate(house, "代表建议")
    assert [each.type for each in house.letters()] == ["M-CONVERT", "M-CONV-ACK", "M-CONV-EVAL"]
    recommend(house, "deputy_two", "deputy")
    adopt(house, "deputy_two", need_visit=True)
    house.do(
        "deputy_office",
        "ArrangeSupport",
        kind="座谈",
        when="2026-04-20",
        wish="散户的粪污现在都堆在哪里，腐熟要多久。",
    )
    house.do("prosecutor", "AnswerSupport")
    assert "安排检察官座谈" in house.shown(
        "deputy_office", house.task("deputy_office", "RecordSupport")
    )
    house.do("deputy_office", "RecordSupport", research_on=house.today, **VISIT)
    desk = house.task("deputy_two", "DraftSuggestion")
    assert "集中堆粪棚" in house.shown("deputy_two", desk)
    house.do("deputy_two", "DraftSuggestion")
    given = house.facts("deputy_suggestion")
    assert given["linked_suggestion_no"] == "齐建检建〔2026〕3号"
    assert (given["reason"], given["lead_deputy"]) == (
        OWN_WORDS["reason"],
        house.person("deputy_two"),
    )
    house.do(
        "congress_clerk",
        "ProposeKey",
        key_proposed=True,
        supervisor="分管农业农村工作的副主任",
        key_reason="涉及全区农村人居环境，办理难度较大。",
    )
    house.do("director", "DecideKey", decision="列入", meeting="第三十二次主任会议")
    assert house.facts("deputy_suggestion")["key"] is True
    house.do("deputy_office", "GiveResult")
    house.do("deputy_clerk", "DraftResult")
    assert "CheckResult" not in house.tasks("deputy_clerk")
    house.do("deputy_office", "CheckResult")
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "adopted_done")
    told = house.letter("M-CONV-RESULT").payload
    assert told["outcomes"] == [{"name": "集中堆粪棚", "qty": 100, "unit": "座"}]
    assert (told["outcome"], told["satisfaction"], told["reply_class"]) == (
        "adopted_done",
        "满意",
        "B",
    )
    record = own(house)
    assert (record.state, record.fields["key"]) == ("办结", True)
    assert [each.kind for each in house.papers()] == [
        "conversion_evaluation",
        "deputy_reference",
        "research_record",
        "key_suggestion_list",
        "conversion_result",
    ]


@pytest.mark.parametrize(("suit", "outcome", "state"), PLANNED, ids=lambda each: str(each))
def test_what_fits_the_years_plan_is_listed_told_and_followed(
    house: Office, suit: str, outcome: str, state: str
) -> None:
    evaluate(house, suit)
    house.do(
        "congress_clerk",
        "ListPlanItem",
        plan_name="畜禽粪污资源化利用情况",
        planned_on="第三季度",
        follow_on="2026-06-01",
    )
    assert "DecideListing" not in house.tasks("congress_clerk")
    house.do("director", "DecideListing")
    assert house.letter("M-CONV-RESULT").payload["outcome"] == outcome
    item = house.record("plan_item")
    assert (item.state, item.fields["item_kind"]) == ("已列入", suit)
    house.go_to("2026-06-01")
    house.do(
        "congress_clerk",
        "FollowPlanItem",
        state="实施中",
        progress="方案已经主任会议通过。",
        follow_on="2026-06-03",
    )
    house.go_to("2026-06-03")
    house.do("congress_clerk", "FollowPlanItem", state="已完成", progress="已经提出报告。")
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, outcome)
    assert house.states("plan_item") == ["已完成"]
    assert own(house).state == state


def test_what_the_directors_do_not_list_is_a_reference(house: Office) -> None:
    evaluate(house, "执法检查")
    listed = {"plan_name": "粪污执法检查", "planned_on": "下半年", "follow_on": "2026-06-01"}
    house.do("congress_clerk", "ListPlanItem", **listed)
    house.do("director", "DecideListing", decision="不列入计划", comment="本年度项目已满。")
    assert "本年度项目已满" in house.letter("M-CONV-RESULT").payload["text"]
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "reference")
    assert house.records("plan_item") == []


def test_a_reference_is_told_at_once(house: Office) -> None:
    send(house, form="专项报告")
    house.do("congress_clerk", "RegisterConversion")
    house.do("congress_clerk", "EvaluateConversion", suit="参考")
    assert "DecideEvaluation" not in house.tasks("congress_clerk")
    house.act("congress_head", "EvaluationExtension", reason="须征求农业与农村委员会意见。")
    assert house.deadline("conversion_evaluation").due.isoformat() == "2026-05-18"
    house.do("congress_head", "DecideEvaluation", decision="退回", comment="请写明理由。")
    house.do("congress_clerk", "EvaluateConversion")
    house.do("congress_head", "DecideEvaluation")
    assert house.letters()[-1].type == "M-CONV-RESULT"
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "reference")
    assert own(house).state == "参考"


def test_deputies_are_asked_one_after_another_and_silence_is_no_answer(house: Office) -> None:
    evaluate(house, "代表建议")
    recommend(house, "deputy_two", "deputy", "deputy_three")
    assert [house.tasks(each) for each in ("deputy_two", "deputy", "deputy_three")] == [
        ["AnswerCandidacy"],
        [],
        [],
    ]
    house.do("deputy_two", "AnswerCandidacy", adopt=False)
    assert house.tasks("deputy") == ["AnswerCandidacy"]
    house.go_to("2026-04-30")
    assert house.tasks("deputy_three") == ["AnswerCandidacy"]
    house.act("deputy_office", "CandidateUnavailable", ground="存在利害关系")
    assert house.outcomes("deputy_candidacy") == ["declined", "silent", "unavailable"]
    later = {"decision": "下次会议再推荐", "retry_on": "2026-05-06"}
    house.do("deputy_office", "DecideRetry", **later)
    assert own(house).state == "无人采纳"
    house.go_to("2026-05-06")
    with pytest.raises(AnswersRefused, match="不再征求"):
        recommend(house, "deputy_two")
    recommend(house, "deputy")
    house.act("deputy_clerk", "AnswerRecorded", adopt=False, mode="电话", answered_on=house.today)
    house.do("deputy_office", "DecideRetry", decision="不再推荐", reason="留作以后的参考。")
    assert house.letter("M-CONV-RESULT").payload["outcome"] == "no_adopter"
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "no_adopter")
    assert own(house).state == "无人采纳"


def test_who_has_an_interest_is_not_asked_and_nothing_presses(house: Office) -> None:
    evaluate(house, "代表建议")
    excluded = [{"deputy": house.person("deputy_three"), "ground": "经营被建议单位的承包项目"}]
    with pytest.raises(AnswersRefused, match="利害关系"):
        recommend(house, "deputy_three", excluded=excluded)
    with pytest.raises(AnswersRefused, match="两次"):
        recommend(house, "deputy", "deputy", excluded=excluded)
    recommend(house, "deputy", "deputy_two", excluded=excluded)
    with pytest.raises(AnswersRefused):
        house.do("deputy", "AnswerCandidacy", adopt=True, need_visit=False)
    house.do("deputy", "AnswerCandidacy", adopt=False, conflict=True)
    (first, _) = house.cases("deputy_candidacy")
    assert first.variables["candidacy_outcome"] == "conflict"
    assert house.tasks("deputy_two") == ["AnswerCandidacy"]
    seen = house.papers("deputy_reference")[0].data
    assert "请务必" not in str(seen)


def test_the_material_is_shown_but_never_the_suggestion(house: Office) -> None:
    evaluate(house, "代表建议")
    recommend(house, "deputy")
    adopt(house, "deputy")
    copied = house.facts("deputy_proposal")["material_analysis"]
    with pytest.raises(AnswersRefused, match="自己的语言"):
        house.do("deputy", "DraftSuggestion", reason=copied)
    house.go_to("2026-05-20")
    house.do("deputy_office", "AskDeputy", intent="仍要提出")
    house.do("deputy", "DraftSuggestion")
    house.do("congress_clerk", "ProposeKey")
    house.do("deputy_office", "GiveResult", handling_outcome="unevaluated", result=None)
    house.do("deputy_clerk", "DraftResult")
    house.do("deputy_office", "CheckResult", decision="退回", comment="请核对数量。")
    house.do("deputy_clerk", "DraftResult")
    house.do("deputy_office", "CheckResult")
    assert house.letter("M-CONV-RESULT").payload["satisfaction"] is None
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "adopted_done")


def test_an_adoption_withdrawn_an_office_lost_and_a_suggestion_withdrawn(house: Office) -> None:
    evaluate(house, "代表建议")
    recommend(house, "deputy")
    adopt(house, "deputy")
    house.act("deputy", "AdoptionWithdrawn")
    house.do("deputy_office", "DecideNext", decision="另荐代表", reason="继续征求意愿。")
    with pytest.raises(AnswersRefused, match="不再征求"):
        recommend(house, "deputy")
    recommend(house, "deputy_two")
    adopt(house, "deputy_two")
    house.act("deputy_office", "OfficeLost", ground="辞去代表职务", lost_on=house.today)
    house.do("deputy_office", "DecideNext", decision="另荐代表", reason="继续征求意愿。")
    recommend(house, "deputy_three")
    adopt(house, "deputy_three")
    house.do("deputy_three", "DraftSuggestion")
    house.do("deputy_office", "GiveResult", **{**DONE, "handling_outcome": "withdrawn"})
    house.do("deputy_office", "DecideNext", decision="不再推荐", reason="留作参考。")
    house.do("congress_clerk", "ArchiveConversion")
    ends_well(house, "no_adopter")
    assert house.outcomes("deputy_proposal") == ["withdrawn", "lost", "written"]
    assert house.tasks("congress_clerk") == []


def test_nobody_answers_for_a_deputy_who_has_left(house: Office) -> None:
    evaluate(house, "代表建议")
    recommend(house, "deputy_two", "deputy")
    (post,) = positions.list_of(house.people["deputy"].person_id)
    positions.end(house.people["security"], post.id, None, house.now)
    house.do("deputy_two", "AnswerCandidacy", adopt=False)
    given = {"adopt": True, "need_visit": False, "no_conflict": True}
    with pytest.raises(AnswersRefused, match="本人决定"):
        house.do("deputy_clerk", "AnswerCandidacy", **given)
    house.act("deputy_clerk", "CandidateUnavailable", ground="代表资格终止")
    assert house.outcomes("deputy_candidacy") == ["declined", "unavailable"]
    assert house.tasks("deputy_office") == ["DecideRetry"]
    assert house.failures() == []


def test_what_turns_out_secret_leaves_the_server(house: Office) -> None:
    evaluate(house, "代表建议")
    recommend(house, "deputy")
    given = {
        "offline_no": "建人密〔2026〕1号",
        "keeper": "机要室",
        "secret_basis": "来文机关告知",
        "confirmed": True,
    }
    house.act("congress_clerk", "SecretFound", **given)
    assert house.outcomes("congress_conversion") == ["offline"]
    assert (house.tasks("deputy"), house.failures()) == ([], [])
    assert house.outcomes("conversion_beginning") == ["told"], house.letter("M-CONV-RESULT").status
    assert "analysis" not in str(house.cases("deputy_candidacy")[0].variables)
    assert own(house).state == "转线下"
    assert house.record("offline_file").fields["offline_no"] == "建人密〔2026〕1号"
