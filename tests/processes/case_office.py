"""An office whose cases begin at the case itself, and whose letters only ask for their result."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.court import BEGINNING, ROOT, Settled
from tests.court import office as demo_office
from tests.processes.case_answers import usual
from tests.processes.office import Office
from workflow_server.content.bundle import read_folder
from workflow_server.services import deployments, organisations

CONTENT = Path(__file__).parent / "case_content"


class SettledForCases(Settled):
    """Copies of one database with the shipped content; cases write short letters."""

    def settle(self) -> None:
        content = self.folder / "content"
        for part in ("bpmn", "forms", "documents"):
            shutil.copytree(ROOT / part, content / part)
        shutil.copytree(CONTENT, content, dirs_exist_ok=True)
        shorten(content / "bpmn" / "lead_to_reply")
        deployments.deploy_folder(read_folder(content), BEGINNING)
        organisations.load_office(demo_office(), BEGINNING, organisations.DEMO_PASSWORD)


def shorten(diagrams: Path) -> None:
    """Let the case call short letters and transfers; what it calls itself is kept under a name."""
    drawn = diagrams / "suggestion_case.bpmn"
    whole = drawn.read_text("utf-8")
    kept = whole.replace('"suggestion_case"', '"whole_case"')
    (diagrams / "whole_case.bpmn").write_text(kept, "utf-8")
    for name, short in (("suggestion_letter", "brief_letter"), ("lead_transfer", "brief_transfer")):
        whole = whole.replace(f'calledElement="{name}"', f'calledElement="{short}"')
    drawn.write_text(whole, "utf-8")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Put in the place of those of the shipped content, in modules that import it."""
    return SettledForCases(tmp_path_factory.mktemp("settled-for-cases"))


@pytest.fixture
def court(office: Office) -> Office:
    """The office, with the usual answers of a case's people."""
    office.usual.update(usual(office))
    return office


def refresh(office: Office) -> None:
    """Let the usual answers be those of the day that it has become."""
    office.usual.update(usual(office))


def begin(office: Office, track: str = "SG", *units: str, title: str = "河道滩地堆垃圾") -> None:
    """Begin a case about some units and hand it to its prosecutor."""
    chosen = [office.org(each) for each in units or ("urban_management",)]
    office.start("assistant", "case_beginning", title=title, track=track, units=chosen)
    office.do("dept_head", "AssignCase")


def inquire(office: Office) -> None:
    """Let the chief allow the inquiry of a case of social governance."""
    office.do("prosecutor", "ApplyInquiry")
    office.do("chief", "DecideInquiry")


def investigate(office: Office) -> None:
    """Find the facts out, as far as the report."""
    office.do("prosecutor", "PlanInvestigation")
    office.do("prosecutor", "CollectEvidence")


def answer_letter(office: Office, number: int, outcome: str, doc_no: str | None = None) -> None:
    """Give the result of the letter to the unit of that number."""
    case = office.cases("brief_letter")[number - 1]
    office.do("prosecutor", "GiveResult", case.id, outcome=outcome, doc_no=doc_no)


def close(office: Office, close_type: str) -> None:
    """Close and archive the case, by the chief too where the result needs it."""
    office.do("assistant", "PrepareClosing", close_type=close_type)
    office.do("dept_head", "CheckClosing")


def archive(office: Office) -> None:
    office.do("case_mgmt", "ArchiveCase")
    assert office.failures() == []
    assert [each.kind for each in office.papers() if each.rendered_at is None] == []
