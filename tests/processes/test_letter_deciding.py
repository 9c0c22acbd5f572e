"""The chief and the committee decide on a letter; number and seal; F-2's cohort by query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.processes.letters import Letter
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.letters import one_letter as one_letter
from tests.processes.office import File, Office
from workflow_server.services import process_instances as instances
from workflow_server.services.answers import AnswersRefused

PREPARED = {
    "report_text": "提请审议是否就医疗废物处置监管问题制发检察建议书。",
    "own_view": "建议制发。",
}
VOTE = {
    "present": 7,
    "total": 9,
    "votes_for": 5,
    "votes_against": 2,
    "votes_abstain": 0,
    "decision": "同意",
    "reason": "事实清楚，确有制发必要。",
}


def to_committee(letter: Letter) -> None:
    letter.reviewed()
    letter.do("chief", "DecideIssue", decision="提交检委会", comment="意见分歧较大。")


def until_vote(letter: Letter) -> None:
    """Prepare, schedule and deliver, three days and more before the meeting."""
    letter.do("prosecutor", "PrepareMaterials", **PREPARED)
    meeting = {"meeting_place": "第一会议室", "total": 9, "meeting_no": "2026年第五次"}
    letter.do("committee_one", "ScheduleMeeting", meeting_at="2026-04-10T09:00:00+08:00", **meeting)
    assert letter.office.deadline("materials", letter.case).due.isoformat() == "2026-04-07"
    letter.do("prosecutor", "DeliverMaterials", in_time=True)
    letter.office.go_to("2026-04-10")


def voted(letter: Letter, **answers: Any) -> list[str]:
    minutes = {"minutes": [File("会议纪要.pdf")]}
    return letter.do("committee_two", "RecordVote", **{**VOTE, **minutes, **answers})


def test_the_committee_decides_and_the_letter_is_issued(letter: Letter) -> None:
    to_committee(letter)
    assert letter.state() == "检委会"
    until_vote(letter)
    assert voted(letter) == ["ChiefViews"]
    assert letter.do("chief", "ChiefViews", decision="同意") == ["SealLetter"]
    assert letter.office.paper("committee_notice").number == "齐建检委决〔2026〕1号"
    letter.do("case_mgmt", "SealLetter")
    assert "ReportExecution" in letter.office.tasks("prosecutor", letter.case)
    assert letter.office.deadline("committee_feedback").due.isoformat() == "2026-04-15"
    letter.do("prosecutor", "ReportExecution", execution="已执行", execution_text="已制发。")
    assert letter.office.paper("committee_feedback").status == "issued"
    assert letter.office.failures() == []


@pytest.mark.parametrize(
    "answers",
    [
        {"present": 4, "votes_for": 4, "votes_against": 0},
        {"votes_for": 4, "votes_against": 3},
        {"votes_for": 5, "votes_against": 1},
        {"present": 10, "votes_for": 8},
        {"decision": "不同意"},
        {"decision": "报上级"},
        {"decision": "征求缺席委员"},
    ],
)
def test_a_vote_that_does_not_carry_the_decision_is_refused(
    letter: Letter, answers: dict[str, Any]
) -> None:
    to_committee(letter)
    until_vote(letter)
    with pytest.raises(AnswersRefused):
        voted(letter, **answers)


SPLIT = {"votes_for": 4, "votes_against": 3}


def test_without_a_majority_the_absent_are_asked_and_then_the_superior(letter: Letter) -> None:
    office = letter.office
    to_committee(letter)
    until_vote(letter)
    assert voted(letter, decision="征求缺席委员", **SPLIT) == ["CollectAbsentees"]
    written = {"written_for": 0, "written_against": 1, "minutes": [File("书面意见.pdf")]}
    given = {**written, "decision": "报上级", "reason": "四比四，未形成多数。"}
    came = letter.do("committee_two", "CollectAbsentees", **given)
    assert came == ["ReviewSuperiorDispute"]
    office.do(
        "superior", "ReviewSuperiorDispute", proposal="予以制发", proposal_reason="确有制发必要。"
    )
    office.do("superior_chief", "DecideSuperiorDispute", issue=True, reason="同意制发。")
    assert office.tasks("case_mgmt", letter.case) == ["SealLetter"]


def test_the_absent_may_make_the_majority(letter: Letter) -> None:
    to_committee(letter)
    until_vote(letter)
    voted(letter, decision="征求缺席委员", **SPLIT)
    written = {"written_for": 2, "written_against": 0, "minutes": [File("书面意见.pdf")]}
    with pytest.raises(AnswersRefused):
        letter.do("committee_two", "CollectAbsentees", **written, decision="报上级", reason="否。")
    came = letter.do(
        "committee_two", "CollectAbsentees", **written, decision="同意", reason="多数。"
    )
    assert came == ["ChiefViews"]


def test_a_full_committee_without_a_majority_asks_the_superior(letter: Letter) -> None:
    to_committee(letter)
    until_vote(letter)
    split = {"present": 9, "votes_for": 4, "votes_against": 4, "votes_abstain": 1}
    assert voted(letter, decision="报上级", **split) == ["ReviewSuperiorDispute"]


def test_a_chief_who_disagrees_with_the_committee_asks_the_superior(letter: Letter) -> None:
    office = letter.office
    to_committee(letter)
    until_vote(letter)
    voted(letter)
    came = letter.do("chief", "ChiefViews", decision="报上级", comment="认为不宜制发。")
    assert came == ["ReviewSuperiorDispute"]
    office.do(
        "superior", "ReviewSuperiorDispute", proposal="不予制发", proposal_reason="没有制发必要。"
    )
    office.do("superior_chief", "DecideSuperiorDispute", issue=False, reason="不宜制发。")
    assert letter.state() == "不予制发"


def test_the_committee_asks_for_more(letter: Letter) -> None:
    to_committee(letter)
    until_vote(letter)
    assert voted(letter, decision="补充") == ["DraftLetter"]
    assert letter.state() == "起草"


def test_the_committee_refuses(letter: Letter) -> None:
    to_committee(letter)
    until_vote(letter)
    assert voted(letter, decision="不同意", votes_for=2, votes_against=5) == ["ChiefViews"]
    letter.do("chief", "ChiefViews", decision="同意")
    assert letter.state() == "不予制发"
    assert letter.office.outcomes("suggestion_letter") == ["refused"]


def test_materials_come_three_days_before_or_the_meeting_is_put_off(letter: Letter) -> None:
    to_committee(letter)
    letter.do("prosecutor", "PrepareMaterials", **PREPARED)
    place = {"meeting_place": "第一会议室", "total": 9, "meeting_no": "2026年第五次"}
    soon = "2026-04-03T09:00:00+08:00"
    with pytest.raises(AnswersRefused):
        letter.do("committee_one", "ScheduleMeeting", meeting_at=soon, **place)
    later = "2026-04-10T09:00:00+08:00"
    letter.do("committee_one", "ScheduleMeeting", meeting_at=later, **place)
    letter.office.go_to("2026-04-08")
    with pytest.raises(AnswersRefused):
        letter.do("prosecutor", "DeliverMaterials", in_time=True)
    came = letter.do("prosecutor", "DeliverMaterials", in_time=False, remark="材料尚未补齐。")
    assert came == ["ScheduleMeeting"]


def test_votes_and_minutes_are_read_by_the_committee_and_the_chief_alone(letter: Letter) -> None:
    to_committee(letter)
    until_vote(letter)
    voted(letter)
    (case,) = letter.office.cases("committee_decision")
    seen = {login: read(letter.office, login, case.id) for login in ("prosecutor", "chief")}
    assert seen == {"prosecutor": "***", "chief": 5}


def read(office: Office, login: str, case: UUID) -> Any:
    return instances.get_variables(office.people[login], case)["votes_for"]


def test_a_recused_chief_cannot_decide_and_the_committee_does(letter: Letter) -> None:
    office = letter.office
    letter.do("prosecutor", "DraftLetter")
    letter.do("dept_head", "CheckDraft", chief_recused=True)
    letter.do("legal_policy", "PolicyReview")
    letter.by_superior()
    assert office.tasks("chief", letter.case) == []
    until_vote(letter)
    assert voted(letter) == ["SealLetter"]


def test_a_chief_recused_while_the_letter_is_on_the_desk(letter: Letter) -> None:
    letter.reviewed()
    given = {"reason": "与被建议单位负责人有近亲属关系。", "basis": "检察官法第二十五条"}
    came = letter.office.act("dept_head", "ChiefRecused", letter.case, **given)
    assert came == ["PrepareMaterials"]
    assert letter.office.tasks("chief", letter.case) == []


def test_the_chief_refuses_or_sends_back(letter: Letter) -> None:
    letter.reviewed()
    assert letter.do("chief", "DecideIssue", decision="修改", comment="请缩短。") == ["DraftLetter"]
    letter.reviewed()
    assert letter.facts()["draft_rounds"] == 2
    with pytest.raises(AnswersRefused):
        letter.do("chief", "DecideIssue", decision="不同意", comment="没有必要。")
    refusal = {"decision": "不同意", "comment": "没有必要。", "refuse_reason": "不适宜"}
    letter.do("chief", "DecideIssue", **refusal)
    assert (letter.state(), letter.fields()["refusal_reason"]) == ("不予制发", "不适宜")
    assert letter.office.outcomes("suggestion_letter") == ["refused"]


def test_f2_is_counted_by_state_and_reason(office: Office) -> None:
    """Of seven drafts five are issued, one is refused for quality and one as unsuitable."""
    for refusal in (None, "质量", None, None, "不适宜", None, None):
        letter = Letter(office)
        letter.reviewed()
        SETTLED[refusal](letter)
    rows = office.records("suggestion")
    refused = [row.fields["refusal_reason"] for row in rows if row.state == "不予制发"]
    issued = [row.fields["doc_no"] for row in rows if row.fields.get("doc_no")]
    assert (len(rows), len(issued), sorted(refused)) == (7, 5, ["不适宜", "质量"])
    assert sorted(issued) == [f"齐建检建〔2026〕{number}号" for number in range(1, 6)]


def issued(letter: Letter) -> None:
    letter.do("chief", "DecideIssue")
    letter.do("case_mgmt", "SealLetter")


def refused(reason: str) -> Callable[[Letter], None]:
    def refuse(letter: Letter) -> None:
        given = {"decision": "不同意", "comment": "不予制发。", "refuse_reason": reason}
        letter.do("chief", "DecideIssue", **given)

    return refuse


SETTLED = {None: issued, "质量": refused("质量"), "不适宜": refused("不适宜")}
