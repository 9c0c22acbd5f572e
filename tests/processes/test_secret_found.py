"""A state secret found midway: nothing of the case stays on the server but what must."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import Office
from tests.processes.served import CLERK, PUBLIC, Served
from tests.services.tampering import attacker
from tests.web.conftest import Browser
from workflow_server.services import documents, tasks, verifications
from workflow_server.services import process_instances as instances
from workflow_server.services.documents import DocumentErased
from workflow_server.store.blobs import blobs
from workflow_server.store.db import Model, session, table, transaction
from workflow_server.store.documents import Document
from workflow_server.store.history import HistoryRow

#: Stands in every text that is typed into the letter's case, and in no content.
TYPED = "医疗废物"
STUB = {
    "offline_no": "密办〔2026〕3号",
    "keeper": "保密室",
    "secret_basis": "材料标有密级标志",
    "stopped": True,
}
HISTORY = table(HistoryRow)


@pytest.fixture
def letter(office: Office) -> Served:
    made = Served(office, **PUBLIC)
    made.issue()
    return made


def found(letter: Served) -> UUID:
    """Let the secret be found; return the case of the letter."""
    office = letter.office
    case = office.cases("suggestion_letter")[-1].id
    office.act("prosecutor", "SecretFound", letter.case, **STUB)
    return case


def everything() -> dict[str, str]:
    """Return all rows of the database by table, as texts."""
    tables = Model.metadata.sorted_tables
    return {each.name: repr(session().execute(sa.select(each)).all()) for each in tables}


def told(act: HistoryRow) -> dict[str, Any]:
    assert act.data is not None
    return act.data


def at(case: UUID, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(HISTORY.c.chain_id == case, HISTORY.c.seq == seq)


def breaks(case: UUID) -> list[tuple[str, int]]:
    return [(each.kind, each.seq) for each in verifications.verify(instance_id=case).findings]


def test_nothing_that_was_typed_is_left_in_any_table_nor_any_paper(letter: Served) -> None:
    office, people = letter.office, letter.office.people
    task, number = office.task("assistant", "PlanService"), office.paper("suggestion").number
    tasks.save_draft(people["assistant"], task.id, {"note": TYPED}, office.now)
    made = {paper.sha256 or "" for paper in office.papers()}
    assert "" not in made
    # A worker makes the pages of one at this very moment.
    with transaction():
        unmade = sa.update(table(Document)).values(sha256=None, rendered_at=None)
        session().execute(unmade.where(table(Document).c.number == number))
    paper = str(office.paper("suggestion").id)
    write_down = documents.render({"document_id": paper}, office.now)
    assert write_down is not None
    case = found(letter)
    with transaction():
        write_down()
    assert [name for name, rows in everything().items() if TYPED in rows] == []
    assert [each for each in made if (blobs().root / each[:2] / each[2:]).exists()] == []
    assert {paper.status for paper in office.papers()} == {"erased"}
    assert office.failures() == []
    # What must stay stays.
    acts, _ = instances.list_history(people["prosecutor"], case)
    assert (acts[-1].act, STUB["offline_no"] in told(acts[-1])["reason"]) == ("CaseErased", True)
    assert office.person("prosecutor") in {str(each.person_id) for each in acts}
    assert office.paper("suggestion").number == number
    assert office.record("offline_file").fields["offline_no"] == STUB["offline_no"]
    assert instances.get_variables(people["prosecutor"], case) == {}
    # And the trail proves, until somebody changes what is left of an act.
    assert breaks(case) == []
    with attacker():
        session().execute(sa.update(HISTORY).where(at(case, 2)).values(act="TaskClaimed"))
    assert breaks(case) == [("altered", 2)]


def test_an_act_that_no_erasure_tells_of_does_not_lose_its_words_unseen(letter: Served) -> None:
    case = letter.office.cases("suggestion_letter")[-1].id
    with pytest.raises(sa.exc.DatabaseError, match="written once"), transaction():
        session().execute(sa.update(HISTORY).where(at(case, 2)).values(data={"reason": "别的"}))
    with transaction():
        emptied = {"data": sa.null(), "answer": sa.null()}
        session().execute(sa.update(HISTORY).where(at(case, 2)).values(**emptied))
    assert breaks(case) == [("altered", 2)]


def test_the_pages_of_an_emptied_case_can_be_looked_at(letter: Served, app: Flask) -> None:
    case = found(letter)
    browser = Browser(app)
    browser.sign_in("prosecutor")
    page = browser.get(f"/cases/{case}")
    assert (page.status, "本案的内容已从本系统清除" in page.text) == (200, True)
    parts = ("history", "thread", "diagram", "print")
    assert {browser.get(f"/cases/{case}/{part}").status for part in parts} == {200}
    paper = letter.office.paper("suggestion").id
    assert "文书的内容已从本系统清除" in browser.get(f"/documents/{paper}").text


def test_others_cannot_open_the_paper_any_more_and_the_letters_they_have_are_named(
    letter: Served,
) -> None:
    office = letter.office
    letter.serve()
    paper = office.paper("suggestion").id
    assert documents.get(office.people[CLERK], paper).sha256 is not None
    case = found(letter)
    with pytest.raises(DocumentErased):
        documents.download(office.people[CLERK], paper)
    acts, _ = instances.list_history(office.people["prosecutor"], case)
    letters: list[dict[str, Any]] = told(acts[-1])["letters"]
    assert ("M-SUGGEST", office.org("market_regulation")) in {
        (each["type"], each["to"]) for each in letters
    }
    assert {each.payload == {} for each in office.letters() if each.instance_id == case} == {True}
