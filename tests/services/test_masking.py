"""Who reads which class of data, and what a view of it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.api.conftest import NOW
from tests.api.tips import INFORMANT, PHONE, Tips
from workflow_server.app import create_app
from workflow_server.rules.access import Scope
from workflow_server.services import actors, documents, masking, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor, Position
from workflow_server.store import db
from workflow_server.store.organisations import find_by_key
from workflow_server.store.types import new_id


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app({"database_url": database_url, "data_dir": tmp_path / "data", "demo": True})
    yield made
    with made.app_context():
        db.db.engine.dispose()


@pytest.fixture
def tips(app: Flask) -> Tips:
    return Tips(app)


@pytest.fixture
def case(tips: Tips) -> Iterator[UUID]:
    """A registered tip, inside the application."""
    begun = UUID(tips.begin())
    with tips.app.app_context():
        yield begun


def actor(tips: Tips, login: str) -> Actor:
    return actors.actor_of(tips.person(login))


def phone(reader: Actor, case: UUID) -> str:
    found = masking.of(reader, case).variables(instances.process_instances.get_variables(case))
    return str(found["phone"])


def as_role(reader: Actor, role: str, **more: object) -> Actor:
    """Return a reader who holds one post only, which may stand elsewhere."""
    held = reader.positions[0]
    return replace(reader, person_id=new_id(), positions=(replace(held, role=role, **more),))


def test_readers_are_holders_of_a_role_in_the_host(tips: Tips, case: UUID) -> None:
    assert phone(actor(tips, "hilda"), case) == PHONE
    assert phone(actor(tips, "carl"), case) == "*******5678"
    town = find_by_key("town")
    assert town is not None
    elsewhere = as_role(actor(tips, "hilda"), "head", organisation_id=town.id, path="x.")
    assert phone(elsewhere, case) == "*******5678"
    succeeded = as_role(
        actor(tips, "hilda"),
        "head",
        organisation_id=new_id(),
        predecessors=frozenset({actor(tips, "hilda").positions[0].organisation_id}),
    )
    assert phone(succeeded, case) == PHONE


def test_a_superior_reads_if_its_role_is_named_and_sees_down(tips: Tips, case: UUID) -> None:
    reader = actor(tips, "hilda")
    with db.transaction():
        host = find_by_key("office")
        assert host is not None
        host.path = "top.office."
    post = {"organisation_id": new_id(), "path": "top."}
    seeing = as_role(reader, "head", **post, sees=Scope.JURISDICTION)
    assert phone(seeing, case) == PHONE
    assert phone(as_role(reader, "head", **post, sees=Scope.OWN), case) == "*******5678"
    other = as_role(reader, "watcher", **post, sees=Scope.JURISDICTION)
    assert phone(other, case) == "*******5678"


def test_sensitive_classes_that_were_shown_are_named(tips: Tips, case: UUID) -> None:
    held = instances.process_instances.get_variables(case)
    veils = {login: masking.of(actor(tips, login), case) for login in ("hilda", "carl")}
    for veil in veils.values():
        assert masking.shown_sensitive(veil) == ()
        veil.variables(held)
    assert masking.shown_sensitive(veils["hilda"]) == ("informant",)
    assert masking.shown_sensitive(veils["carl"]) == ()


def test_secrets_are_masked_inside_other_texts(tips: Tips, case: UUID) -> None:
    veil = masking.of(actor(tips, "carl"), case, whole=True)
    assert veil.text(f"见{INFORMANT}，电话{PHONE}。") == "见***，电话*******5678。"
    assert masking.of(actor(tips, "hilda"), case, whole=True).text(PHONE) == PHONE


def test_a_veil_costs_one_statement(
    tips: Tips, case: UUID, counting: Callable[[], list[str]]
) -> None:
    reader = actor(tips, "carl")
    masking.of(reader, case)
    counting()
    masking.of(reader, case, whole=True)
    assert len(counting()) == 1
    masking.over(reader, [case, new_id()])
    assert len(counting()) == 1


@pytest.fixture
def counting(tips: Tips) -> Iterator[Callable[[], list[str]]]:
    """Return the SQL statements since it was last asked."""
    import sqlalchemy as sa

    seen: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text)

    with tips.app.app_context():
        engine = db.db.engine
    sa.event.listen(engine, "before_cursor_execute", note)

    def since() -> list[str]:
        found = list(seen)
        seen.clear()
        return found

    yield since
    sa.event.remove(engine, "before_cursor_execute", note)


def test_a_draft_that_was_left_is_not_shown_whole_to_the_next(tips: Tips, case: UUID) -> None:
    han, task = actor(tips, "han"), UUID(tips.task(tips.han, "weigh"))
    tasks.save_draft(han, task, {"opinion": "待查", "witness": PHONE}, NOW)
    tasks.release(han, task, NOW)
    assert tasks.get_desk(han, task, NOW).draft == {"opinion": "待查", "witness": PHONE}
    assert tasks.get_desk(actor(tips, "carl"), task, NOW).draft == {"opinion": "待查"}


def test_a_preview_shows_only_what_its_reader_may_read(
    tips: Tips, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(
        documents.papers, "render", lambda _kind, data, **_: seen.append(data["informant"])
    )
    tips.complete(tips.han, "weigh", opinion="属实")
    task = UUID(tips.task(tips.will, "answer"))
    documents.preview(actor(tips, "will"), "slip", task, {}, NOW)
    assert seen == ["***"]


def test_everybody_of_the_house_reads_what_is_for_the_house(tips: Tips, case: UUID) -> None:
    position = Position(new_id(), new_id(), "", "anyone")
    declared = masking.DataClass("inner", "内部", ("*",))
    part = masking.Part(
        case, position.organisation_id, "a.b.", "p", new_id(), frozenset(), None, False,
        frozenset(), (),
    )  # fmt: skip
    reader = replace(actor(tips, "carl"), positions=(position,))
    assert masking.reads(reader, declared, part, [position.organisation_id])
    above = replace(position, organisation_id=new_id(), path="a.", sees=Scope.JURISDICTION)
    stranger = replace(reader, positions=(above,))
    assert not masking.reads(stranger, declared, part, [position.organisation_id])
