"""Ways out of the house that an attacker tried: typed ids, derived papers, words that all see."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.api import tips as town
from tests.api.tips import INFORMANT, PDF, PHONE, PROPOSER, Tips, occurs
from workflow_server.services import actors, definition_cache
from workflow_server.services.sources import Sources
from workflow_server.store import db, documents, process_instances
from workflow_server.store.access import EmergencyAccess, Recusal
from workflow_server.store.documents import Document, Reader
from workflow_server.store.types import new_id

SLIP = "documents/slip/document.json"
DIAGRAM = "bpmn/a.bpmn"


@pytest.fixture
def changed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the people around a case whose content is changed: path -> (old, new)."""

    def change(slip: dict[str, Any] | None = None, **texts: tuple[str, str]) -> Tips:
        sound = town.files

        def files(to: str, payload: str = town.PAYLOAD) -> dict[str, bytes]:
            made = sound(to, payload)
            for old, new in texts.values():
                assert old in made[DIAGRAM].decode()
                made[DIAGRAM] = made[DIAGRAM].decode().replace(old, new).encode()
            kind = {"title": "线索单", "layout": "form"}
            if slip is not None:
                made[SLIP] = json.dumps({**kind, **slip}).encode()
                made["documents/slip/template.html"] = b"<p></p>"
            return made

        monkeypatch.setattr(town, "files", files)
        return Tips(app)

    return change


def begin(tips: Tips, **answers: Any) -> str:
    given = {"title": "排污线索", "informant": INFORMANT, "phone": PHONE, "proposer": PROPOSER}
    started = tips.han.post(
        "/process-instances", json={"process_key": "p", "answers": {**given, **answers}}
    )
    assert started.status_code == 201, started.text
    return str(started.json["id"])


def tell(tips: Tips, case: str) -> None:
    """Let a case go on until its letter has arrived."""
    for caller, element in ((tips.han, "weigh"), (tips.will, "answer")):
        query = {"element_id": element, "instance_id": case, "status": "open"}
        task = caller.get("/tasks", query_string=query).json["items"][0]["id"]
        done = caller.post(f"/tasks/{task}/completion", json={"answers": {"opinion": "好"}})
        assert done.status_code == 200, done.text
    tips.run_jobs()


def recuse(tips: Tips, login: str, case: str) -> None:
    with tips.app.app_context(), db.transaction():
        db.session().add(
            Recusal(
                id=new_id(),
                person_id=tips.person(login),
                instance_id=UUID(case),
                reason="与举报人有利害关系",
                ordered_by=new_id(),
                ordered_at=town.NOW,
            )
        )


def look_in_an_emergency(tips: Tips, login: str, case: str) -> None:
    now = town.datetime.now(town.UTC)
    with tips.app.app_context(), db.transaction():
        db.session().add(
            EmergencyAccess(
                id=new_id(),
                person_id=tips.person(login),
                instance_id=UUID(case),
                reason="紧急核实线索内容",
                taken_at=now,
                expires_at=now.replace(year=now.year + 1),
            )
        )


def test_an_id_that_was_typed_takes_no_file_of_another_case_along(changed: Any) -> None:
    tips = changed()
    first = tips.begin()
    tips.complete(tips.han, "weigh", opinion="好")
    task = tips.task(tips.will, "answer")
    brought = {"file": (io.BytesIO(PDF + b"%secret"), "机密证据.pdf"), "task_id": task}
    file = tips.will.post("/attachments", data=brought).json["id"]
    recuse(tips, "han", first)
    tell(tips, begin(tips, title=file))
    assert tips.tom.get("/deliveries").json["total"] == 1
    assert tips.tom.get(f"/attachments/{file}/file").status_code == 404
    for caller in (tips.tom, tips.han):
        assert not occurs("机密证据", caller.get("/deliveries"))


def test_a_file_that_was_picked_in_the_case_goes_along(
    changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = json.loads(town.TIP)
    del form["components"][-1]["properties"]
    monkeypatch.setattr(town, "TIP", json.dumps(form).encode())
    tips = changed()
    tips.begin()
    # Brought in the first case, picked again in the second, of which the letter is.
    tell(tips, begin(tips, proof=[tips.proof]))
    assert tips.tom.get(f"/attachments/{tips.proof}/file").status_code == 200
    assert occurs(tips.proof, tips.tom.get("/deliveries"))


def test_letters_list_only_enclosures_that_their_reader_reads(changed: Any) -> None:
    tips = changed(
        {"classes": ["phone"], "data": {"phone": "=phone"}},
        issue=('moment="draft"', 'moment="issue"'),
        enclose=('<wf:payload name="proof"', '<wf:enclose document="slip" disclose="phone"/>'
                 '<wf:payload name="proof"'),
    )  # fmt: skip
    case = begin(tips)
    tell(tips, case)
    (paper,) = tips.hilda.get("/deliveries").json["items"][0]["documents"]
    assert tips.carl.get("/deliveries").json["items"][0]["documents"] == []
    assert len(tips.tom.get("/deliveries").json["items"][0]["documents"]) == 1
    letter = tips.carl.get("/deliveries").json["items"][0]["id"]
    assert not occurs("线索单", tips.carl.get(f"/deliveries/{letter}"))
    assert tips.carl.get(f"/documents/{paper['id']}").status_code == 404


def test_a_chain_of_links_passes_by_papers_that_are_not_read(changed: Any) -> None:
    link = '<wf:link from="=case.id" relation="has" to="=documents.slip.id"/>'
    tips = changed(link=(town.SLIP, town.SLIP + link))
    case = begin(tips)
    assert occurs("线索单", tips.hilda.get("/links", query_string={"of": case}))
    chain = tips.carl.get("/links", query_string={"of": case})
    assert not occurs("线索单", chain)
    assert [each["type"] for each in chain.json["ends"]] == ["instance"]


def test_a_flag_set_later_hides_papers_that_were_made_before(changed: Any) -> None:
    tips = changed({"data": {"who": "=if proposer = null then null else proposer"}})
    case = begin(tips)
    tips.run_jobs()
    (paper,) = (each["id"] for each in tips.carl.get("/documents").json["items"])
    assert tips.carl.get(f"/documents/{paper}/file").status_code == 200
    tips.flag(case, "hide_proposer")
    assert tips.carl.get("/documents").json["total"] == 0
    assert tips.carl.get(f"/documents/{paper}").status_code == 404
    assert tips.carl.get(f"/documents/{paper}/file").status_code == 404
    # The head reads the class.
    assert tips.hilda.get(f"/documents/{paper}/file").status_code == 200
    tips.flag(case)
    assert tips.carl.get("/documents").json["total"] == 1


def test_a_paper_made_before_a_flag_does_not_go_out_under_it(changed: Any) -> None:
    tips = changed(
        {"data": {"who": "=if proposer = null then null else proposer"}},
        issue=('moment="draft"', 'moment="issue"'),
        enclose=(
            '<wf:payload name="proof"',
            '<wf:enclose document="slip"/><wf:payload name="proof"',
        ),
    )
    case = begin(tips)
    tips.flag(case, "hide_proposer")
    tell(tips, case)
    assert tips.tom.get("/deliveries").json["total"] == 0
    assert occurs("须重新制作再发出", tips.hilda.get("/incidents"))


def test_words_that_everybody_sees_hold_nothing_classed(changed: Any) -> None:
    tips = changed(
        key=('<wf:output name="title"', '<wf:output name="business_key" value="=this.title"/>'
             '<wf:output name="title"'),
        name=(town.SLIP, '<wf:document kind="slip" moment="draft" name="=title"/>'),
        conversation=('conversation="=case.id"', 'conversation="=title"'),
    )  # fmt: skip
    case = begin(tips, title=f"{INFORMANT}反映排污，电话{PHONE}")
    shown = "***反映排污，电话*******5678"
    assert tips.hilda.get("/records").json["items"][0]["title"] == shown
    assert tips.hilda.get(f"/process-instances/{case}").json["business_key"] == shown
    paper = tips.hilda.get("/documents").json["items"][0]
    assert paper["title"] == shown
    assert INFORMANT not in json.dumps(paper, ensure_ascii=False)
    tell(tips, case)
    assert tips.tom.get("/deliveries").json["total"] == 0
    assert occurs("的往来标识含有“", tips.hilda.get("/incidents"))


def test_an_old_file_of_a_case_that_one_must_keep_away_from_is_not_picked(changed: Any) -> None:
    tips = changed()
    case = tips.begin()
    answers = {"title": "另案", "informant": "某人", "proof": [tips.proof]}
    again = {"process_key": "p", "answers": answers}
    assert tips.han.post("/process-instances", json=again).status_code == 201
    recuse(tips, "han", case)
    assert tips.han.post("/process-instances", json=again).status_code == 422


def test_papers_and_records_of_an_emergency_are_not_picked(changed: Any) -> None:
    tips = changed({"data": {"about": "=title"}})
    case = tips.begin()
    record = tips.hilda.get("/records").json["items"][0]["id"]
    paper = tips.hilda.get("/documents").json["items"][0]["id"]
    look_in_an_emergency(tips, "will", case)
    assert tips.will.get(f"/documents/{paper}").status_code == 200
    assert tips.will.get(f"/records/{record}").status_code == 200
    with tips.app.app_context():
        content = definition_cache.content_of(
            process_instances.get_whole(UUID(case)).definition.deployment_id
        )
        for login, accepted in (("hilda", True), ("will", False)):
            seen = Sources(content, actors.actor_of(tips.person(login)))
            assert seen.accepts("records", record, {}) is accepted
            assert seen.accepts("documents", paper, {}) is accepted


def test_who_sees_down_reads_papers_of_their_own_branch_only(changed: Any) -> None:
    tips = changed()
    tips.begin()
    with tips.app.app_context():
        paper = db.session().scalars(sa.select(Document)).one()
        office = town.organisations.get(paper.organisation_id)
        for above, reads in (
            ((office.path, office.party, "handler"), True),
            (("/elsewhere/", office.party, "handler"), False),
            ((office.path, "another", "handler"), False),
            ((office.path, office.party, "watcher"), False),
        ):
            reader = Reader(new_id(), frozenset(), frozenset({above}))
            assert documents.is_legible(paper.id, documents.legible_to(reader)) is reads


def test_a_role_that_reads_what_it_handles_reads_such_papers_only(changed: Any) -> None:
    tips = changed()
    case = tips.begin()
    tips.complete(tips.han, "weigh", opinion="好")
    with tips.app.app_context(), db.transaction():
        paper = db.session().scalars(sa.select(Document)).one()
        assert str(paper.instance_id) == case
        paper.readers = f" handler{documents.HANDLING} "
        db.session().flush()
        here = frozenset({(paper.organisation_id, "handler")})
        for person_id, reads in ((tips.person("han"), True), (new_id(), False)):
            reader = Reader(person_id, here, frozenset())
            assert documents.is_legible(paper.id, documents.legible_to(reader)) is reads
