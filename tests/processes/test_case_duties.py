"""Nobody decides what they asked for, not even who holds both posts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from tests.processes.case_office import archive, begin, close, inquire, investigate
from tests.processes.case_office import court as court
from tests.processes.case_office import databases as databases
from tests.processes.office import Office
from workflow_server.services import actors, positions
from workflow_server.services.access import Segregated


def promote(office: Office, login: str, role: str) -> None:
    """Let a person hold a second post in their office, and act in both."""
    actor = office.people[login]
    post = positions.Post(UUID(office.org("procuratorate")), role)
    positions.give(None, actor.person_id, replace(post), office.now)
    office.people[login] = actors.actor_of(actor.person_id)


def refused(office: Office, login: str, decider: str, element: str) -> None:
    """Show that a person may not complete what is somebody else's to decide."""
    with pytest.raises(Segregated):
        office.finish(login, office.task(decider, element))


def test_who_asks_for_an_inquiry_does_not_allow_it(court: Office) -> None:
    begin(court)
    promote(court, "prosecutor", "chief")
    court.do("prosecutor", "ApplyInquiry")
    refused(court, "prosecutor", "chief", "DecideInquiry")


def test_who_asks_for_a_filing_neither_checks_nor_decides_it(court: Office) -> None:
    begin(court, "PIL")
    promote(court, "prosecutor", "chief")
    promote(court, "prosecutor", "dept_head")
    court.do("prosecutor", "ApplyFiling")
    refused(court, "prosecutor", "dept_head", "CheckFiling")
    court.do("dept_head", "CheckFiling")
    refused(court, "prosecutor", "chief", "DecideFiling")


def test_who_asks_for_more_time_does_not_give_it(court: Office) -> None:
    begin(court)
    inquire(court)
    promote(court, "prosecutor", "chief")
    court.act("prosecutor", "ExtensionAsked", extend_to="2026-07-01")
    refused(court, "prosecutor", "chief", "DecideExtension")


def test_who_closes_a_case_does_not_approve_it(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    nothing = {"disposition": "不提出建议", "addressees": None, "hearing_needed": None}
    court.do("prosecutor", "WriteReport", **nothing)
    court.do("chief", "DecideDisposition")
    close(court, "不提出建议")
    promote(court, "dept_head", "chief")
    refused(court, "dept_head", "chief", "ApproveClosing")
    court.do("chief", "ApproveClosing")
    archive(court)
