"""Deputies and their congress see outcomes and events they come to, never what is in a case."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.court import Court
from tests.processes.office import Office
from tests.processes.sight import Reader, words_of
from tests.processes.test_participation import (
    GOING,
    HELD,
    OPINION,
    RELATED,
    SUMMARY,
    choose,
    invite,
)
from tests.processes.transfers import Transfer
from workflow_server.services import documents

NOTE = "代表察看了三处现场，执法记录仪录像编号第88号。"
WHY = RELATED["conflict_reason"]
NAME = "林晓枫"
#: Who works on the case outside the congress.
OFFICES = ("prosecutor", "unit_clerk")
#: What the procuratorate writes down for itself alone.
WORK = ("necessity", "inquiry_result")


def test_an_invited_deputy_sees_the_event_and_nothing_of_the_case(
    office: Office, app: Flask
) -> None:
    case = invite(office, deputies_wanted=3)
    choose(office, "deputy", "deputy_two", "deputy_three")
    office.do("deputy_three", "AnswerInvitation", **GOING)
    office.do("deputy", "AnswerInvitation", **GOING)
    office.do("deputy_two", "AnswerInvitation", **RELATED)
    office.do("deputy_office", "ReplaceDeputies")
    office.go_to("2026-04-21")
    office.do("prosecutor", "RecordEvent", case, **{**HELD, "note": NOTE})
    office.do("deputy", "WriteOpinion", **OPINION)
    deputy = Reader(app, "deputy")
    assert deputy.cases() == ["deputy_answer", "deputy_event_opinion"]
    seen = deputy.everything()
    assert SUMMARY in seen
    assert OPINION["opinion"] in seen
    for word in (NOTE, WHY, "赵春生", "白玉兰", "deputy_participation", "congress_invitation"):
        assert word not in seen, word
    # Nor do other deputies read what this one thinks, or why another stays away.
    other = Reader(app, "deputy_three").everything()
    assert OPINION["opinion"] not in other
    assert WHY not in other
    # The deputies' office arranges, and knows why; the case stays with the procuratorate.
    theirs = Reader(app, "deputy_office").everything()
    assert WHY in theirs
    assert NOTE not in theirs
    # The procuratorate hears who comes and what they say, not why somebody stays away.
    ours = Reader(app, "prosecutor").everything()
    assert NOTE in ours
    assert WHY not in ours
    for login in ("unit_clerk", "gov_office"):
        assert NAME not in Reader(app, login).everything()


@pytest.mark.parametrize("databases", ["court"], indirect=True)
def test_a_deputy_who_wants_no_name_said_has_none_outside_the_congress(
    case: Court, app: Flask
) -> None:
    case.act(hide_deputy=True)
    case.play("AssessLead")
    case.act(deputy_view="代表认为，应当尽快恢复人行道和盲道。")
    case.play("ServeSuggestion")
    case.act(attendees="区人大监察和司法委员会工作人员。")
    case.play("DraftReply")
    lists = [documents.list_(case.people[login], page_size=100)[0] for login in OFFICES]
    papers = {each.id: each for found in lists for each in found}.values()
    assert {"case_transfer_letter", "lead_feedback", "suggestion"} <= {each.kind for each in papers}
    for paper in papers:
        assert NAME not in words_of(paper), paper.kind
    for login in OFFICES:
        assert NAME not in Reader(app, login).everything(), login
    # The deputy hears what came of it, and the congress too; neither sees the work on the case.
    judged = next(act["answers"] for act in case.script if act.get("task") == "AssessLead")
    for login, outcome in (("deputy", "转化"), ("congress_clerk", "转化")):
        seen = Reader(app, login).everything()
        assert outcome in seen
        for name in WORK:
            assert judged[name] not in seen, (login, name)


def test_what_is_looked_for_is_there_for_who_may_read_it(office: Office, app: Flask) -> None:
    invite(office)
    choose(office, "deputy")
    office.do("deputy", "AnswerInvitation", **GOING)
    assert NAME in words_of(office.paper("confidentiality_undertaking"))
    assert NAME in Reader(app, "prosecutor").everything()


def test_a_lead_handed_over_without_a_name_bears_none(office: Office, app: Flask) -> None:
    transfer = Transfer(office)
    transfer.hand_over(hide_deputy=True)
    transfer.register()
    for kind in ("case_transfer_letter", "lead_receipt"):
        assert NAME not in words_of(office.paper(kind)), kind
    assert NAME not in Reader(app, "case_mgmt").everything()
    assert NAME in Reader(app, "congress_clerk").everything()
