"""Deputies come by invitation through their congress: who comes, who may not, what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.processes.office import File, Office
from tests.processes.suggestions import submit
from workflow_server.services import process_instances as instances
from workflow_server.services import tasks
from workflow_server.services.answers import AnswersRefused

SUMMARY = "请代表察看盲道和消防通道整改现场，听取主管单位情况介绍，并对整改效果发表意见。"
BEGIN: dict[str, Any] = {
    "matter": "中华路盲道与消防通道整治",
    "suggestion_no": None,
    "letter_no": "齐建检行公建〔2026〕1号",
    "secrecy_level": "内部",
    "minor_involved": False,
}
PLAN: dict[str, Any] = {
    "kind": "整改评估",
    "at": "2026-04-20T09:30+08:00",
    "place": "建华区中华路社区",
    "deputies_wanted": 1,
    "proposer_default": True,
    "summary": SUMMARY,
    "clean": True,
    "contact": "沈立言",
    "contact_phone": "0452-2550108",
}
GOING: dict[str, Any] = {
    "no_conflict": True,
    "conflict_reason": None,
    "attending": True,
    "why_not": None,
    "nda": True,
    "nda_mode": "在本系统签署",
}
STAYING = {**GOING, "attending": False, "why_not": "当日另有会议。", "nda": None, "nda_mode": None}
RELATED = {
    "no_conflict": False,
    "conflict_reason": "配偶在有关单位任职。",
    "attending": None,
    "nda": None,
}
OPINION = {"attended": True, "satisfaction": "满意", "opinion": "盲道已经连通，应当长期巡查。"}
HELD = {"held": True, "present": "林晓枫", "note": "代表察看了三处现场。"}


def invite(office: Office, suggestion_no: str | None = None, **plan: Any) -> UUID:
    """Prepare an invitation and have it approved; return the case."""
    begin = {**BEGIN, "congress": office.org("congress"), "suggestion_no": suggestion_no}
    case = office.start("prosecutor", "deputy_participation", **begin)
    office.do("prosecutor", "PrepareInvitation", case, **{**PLAN, **plan})
    office.do("dept_head", "ApproveInvitation", case, decision="同意")
    return case


def choose(office: Office, *logins: str) -> list[str]:
    chosen = [office.person(login) for login in logins]
    ground = "常委会年度代表活动安排"
    return office.do(
        "deputy_office", "ChooseDeputies", can_arrange=True, deputies=chosen, arrangement=ground
    )


def ended(office: Office, case: UUID) -> dict[str, Any]:
    """Return what the invitation gave back to who asked for it."""
    assert office.failures() == []
    facts: dict[str, Any] = dict(instances.get(office.people["prosecutor"], case).variables)
    return facts


def test_the_deputies_asked_answer_come_and_say_what_they_think(office: Office) -> None:
    case = invite(office, deputies_wanted=2)
    letter = office.letter("M-INVITE")
    assert office.paper("invitation_letter").number == "齐建检邀函〔2026〕1号"
    assert set(letter.payload) & {"evidence", "facts", "lead_no"} == set()
    choose(office, "deputy", "deputy_two")
    office.do("deputy", "AnswerInvitation", **GOING)
    assert office.letters("M-RSVP") == []
    office.do("deputy_two", "AnswerInvitation", **GOING)
    assert [each.data["deputy_name"] for each in office.papers("confidentiality_undertaking")] == [
        "林晓枫",
        "赵春生",
    ]
    assert office.letter("M-RSVP").payload["attendance"] == "林晓枫参加；赵春生参加"
    assert office.deadline("rsvp", case).status == "met"
    office.go_to("2026-04-21")
    office.do("prosecutor", "RecordEvent", case, **HELD)
    office.do("deputy", "WriteOpinion", **OPINION)
    away = {"attended": False, "satisfaction": None, "opinion": None}
    office.do("deputy_two", "WriteOpinion", **away)
    facts = ended(office, case)
    assert facts["participation_outcome"] == "took_part"
    given = {"name": "林晓枫", "opinion": OPINION["opinion"], "satisfaction": "满意"}
    assert facts["opinions"] == [given]
    assert office.states("invitation") == ["已反馈意见", "已反馈意见"]
    assert sorted(office.states("deputy_opinion")) == ["已填写", "未参加"]
    (opinion,) = office.papers("deputy_opinion_form")
    assert opinion.data["opinion"] == OPINION["opinion"]


def test_who_has_an_interest_is_left_out_and_replaced_and_nobody_else_learns_why(
    office: Office,
) -> None:
    case = invite(office)
    choose(office, "deputy")
    with pytest.raises(AnswersRefused):
        office.do("deputy", "AnswerInvitation", **{**GOING, "nda": False})
    office.do("deputy", "AnswerInvitation", **RELATED)
    again = {"replacements": [office.person("deputy")]}
    with pytest.raises(AnswersRefused):
        office.do("deputy_clerk", "ReplaceDeputies", **again)
    task = office.task("deputy_clerk", "ReplaceDeputies")
    assert "有利害关系，已排除" in office.shown("deputy_clerk", task)
    office.do("deputy_clerk", "ReplaceDeputies", replacements=[office.person("deputy_three")])
    office.do("deputy_three", "AnswerInvitation", **GOING)
    told = office.letter("M-RSVP").payload
    assert told["attendance"] == "林晓枫不参加；白玉兰参加"
    assert "配偶" not in str(told)
    assert "利害" not in str(told)
    office.go_to("2026-04-20")
    assert office.tasks("deputy") == []
    assert ended(office, case)["attendees"][1]["name"] == "白玉兰"


def test_the_deputy_who_proposed_it_is_put_forward_and_not_named_if_so_wished(
    office: Office,
) -> None:
    submit(office, confidential=True, open=False)
    number = office.record("deputy_suggestion").fields["suggestion_no"]
    invite(office, number)
    actor, task = office.people["deputy_office"], office.task("deputy_office", "ChooseDeputies")
    offered = tasks.get_desk(actor, task.id, office.now).initial
    assert offered["deputies"] == [office.person("deputy")]
    choose(office, "deputy")
    office.do("deputy", "AnswerInvitation", **GOING)
    assert office.letter("M-RSVP").payload["attendance"] == "提出建议的代表参加"
    assert "林晓枫" not in str(office.letter("M-RSVP").payload)
    assert office.failures() == []


def test_where_nobody_is_free_the_event_goes_on_without(office: Office) -> None:
    first = invite(office)
    refusal = {"can_arrange": False, "comment": "代表均参加市人大会议。"}
    office.do("deputy_office", "ChooseDeputies", **refusal)
    assert office.cases("deputy_participation")[0].outcome == "nobody"
    second = invite(office)
    choose(office, "deputy")
    office.do("deputy", "AnswerInvitation", **STAYING)
    office.do("deputy_office", "ReplaceDeputies")
    assert [ended(office, each)["participation_outcome"] for each in (first, second)] == [
        "nobody",
        "nobody",
    ]
    assert office.states("invitation") == ["无代表参加"] * 4


def test_no_answer_in_three_working_days_and_a_late_one(office: Office) -> None:
    silent = invite(office, at="2026-04-10T09:30+08:00")
    late = invite(office)
    office.go_to("2026-04-08")
    assert office.states("invitation").count("逾期未答复") == 2
    choose_late = office.tasks("deputy_office")
    assert choose_late == ["ChooseDeputies", "ChooseDeputies"]
    ours = office.cases("congress_invitation")[1]
    chosen = {"deputies": [office.person("deputy")], "can_arrange": True}
    ground = "代表工作委员会按照授权安排"
    office.do("deputy_office", "ChooseDeputies", ours.id, **chosen, arrangement=ground)
    office.do("deputy", "AnswerInvitation", **GOING)
    assert office.record("invitation", late).fields["late"] is True
    office.go_to("2026-04-11")
    assert ended(office, silent)["participation_outcome"] == "no_answer"
    assert office.outcomes("congress_invitation") == ["lapsed", None]
    assert office.states("invitation").count("已答复") == 2


def test_a_deputy_of_no_congress_or_of_another_is_not_chosen(office: Office) -> None:
    invite(office)
    for login in ("outsider", "inspector", "congress_clerk"):
        with pytest.raises(AnswersRefused):
            choose(office, login)
    assert office.tasks("deputy_office") == ["ChooseDeputies"]


def test_who_keeps_silent_is_not_waited_for_and_what_comes_by_telephone_is_entered(
    office: Office,
) -> None:
    case = invite(office, deputies_wanted=2)
    choose(office, "deputy", "deputy_two")
    registered = {**GOING, "told_by": "4月1日电话答复", "nda_mode": "上传签名件"}
    registered.pop("nda")
    theirs = [each.id for each in office.cases("deputy_answer")]
    office.act(
        "deputy_clerk", "AnswerRegistered", theirs[0], **registered, nda_file=[File("承诺书.pdf")]
    )
    office.go_to("2026-04-08")
    assert office.letter("M-RSVP").payload["attendance"] == "林晓枫参加；赵春生不参加"
    office.go_to("2026-04-20")
    assert office.tasks("deputy_two") == []
    office.go_to("2026-05-20")
    office.do("prosecutor", "RecordEvent", case, **HELD)
    assert office.letter("M-OPINION-DEPUTY").payload["opinions"] == []
    assert ended(office, case)["opinions"] == []
    assert office.states("deputy_opinion") == ["未填写"]


def test_a_second_invitation_of_the_case_is_a_letter_of_its_own_and_one_is_cancelled(
    office: Office,
) -> None:
    first, second = invite(office), invite(office, kind="听证")
    assert [each.number for each in office.papers("invitation_letter")] == [
        "齐建检邀函〔2026〕1号",
        "齐建检邀函〔2026〕2号",
    ]
    ours = [each.id for each in office.cases("congress_invitation")]
    office.act("prosecutor", "CancelWanted", first, reason="整改尚未完成，另行安排。")
    told = {"told_on": office.today, "mode": "电话"}
    office.do("deputy_office", "TellCancelled", ours[0], **told)
    assert office.outcomes("congress_invitation") == ["cancelled", None]
    assert ended(office, first)["participation_outcome"] == "cancelled"
    choose(office, "deputy")
    office.do("deputy", "AnswerInvitation", **GOING)
    office.go_to("2026-04-20")
    office.go_to("2026-04-21")
    unheld = {"held": False, "not_held_reason": "天气原因，活动改期。", "present": None}
    office.do("prosecutor", "RecordEvent", second, **unheld)
    assert ended(office, second)["participation_outcome"] == "cancelled"
    assert office.tasks("deputy_office") == ["TellCancelled"]
    assert office.tasks("deputy") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"clean": False}, "clean"), ({"at": "2026-04-01T15:00+08:00"}, "at")],
)
def test_what_deputies_must_not_read_is_not_sent(
    office: Office, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        invite(office, **change)
    assert field in str(refused.value.faults)
    assert office.letters() == []


def test_the_head_sends_it_back_or_invites_nobody(office: Office) -> None:
    congress = {"congress": office.org("congress")}
    case = office.start("prosecutor", "deputy_participation", **BEGIN, **congress)
    do: Callable[..., Any] = office.do
    do("prosecutor", "PrepareInvitation", case, **PLAN)
    back = {"decision": "退回", "comment": "请写明集合地点。"}
    assert do("dept_head", "ApproveInvitation", case, **back) == ["PrepareInvitation"]
    do("prosecutor", "PrepareInvitation", case, **PLAN)
    do("dept_head", "ApproveInvitation", case, decision="不予邀请", comment="暂不宜公开。")
    assert ended(office, case)["participation_outcome"] == "not_invited"
    assert office.letters() == []
