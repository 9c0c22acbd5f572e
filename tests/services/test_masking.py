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
from tests.conftest import Databases
from workflow_server.rendering.documents import Rendered
from workflow_server.rules.access import Scope
from workflow_server.services import actors, masking, previews, records, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor, Position
from workflow_server.store import db, offers
from workflow_server.store.organisations import Department, find_by_key
from workflow_server.store.types import new_id


@pytest.fixture
def app(databases: Databases, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = databases.app(database_url, tmp_path / "data")
    yield made
    databases.leave(made)


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


def test_what_a_fact_was_before_it_was_set_by_hand_is_masked_in_history(
    tips: Tips, case: UUID
) -> None:
    row = instances.list_history(actor(tips, "hilda"), case)[0][0]
    told = {"variable": "phone", "before": "13900001111", "after": 13900002222}
    row = replace(row, data=told)
    assert masking.of(actor(tips, "hilda"), case, whole=True).act(row) == told
    seen = masking.of(actor(tips, "carl"), case, whole=True).act(row)
    assert seen == {"variable": "phone", "before": "*******1111", "after": "*******2222"}


def test_data_objects_are_masked_like_what_they_are_made_of(tips: Tips, case: UUID) -> None:
    veil = masking.of(actor(tips, "carl"), case)
    tree = {"Draft.phone": frozenset({"phone"})}
    made = {"data.Size": frozenset({"phone"})}
    veil.held = replace(veil.held, facts={**veil.held.facts, "data": tree}, made=made)
    held = {"data": {"Draft": {"phone": 13900001111, "people": 3}, "Size": 7, "Free": 8}}
    seen = veil.variables(held)["data"]
    assert seen["Draft"] == {"phone": "*******1111", "people": 3}
    assert seen["Size"] != 7
    assert seen["Free"] == 8


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
        previews.papers,
        "preview",
        lambda _kind, data, **_: seen.append(data["informant"]) or Rendered(b"", 1),
    )
    tips.complete(tips.han, "weigh", opinion="属实")
    task = UUID(tips.task(tips.will, "answer"))
    previews.of_task(actor(tips, "will"), "slip", task, {}, NOW)
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


def test_who_sees_nothing_there_is_shown_no_hidden_field(tips: Tips, case: UUID) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note="内部批注")
    will, host = actor(tips, "will"), find_by_key("office")
    assert host is not None
    tasks.claim(will, UUID(tips.task(tips.will, "answer")), NOW)
    held = instances.process_instances.get_variables(case)

    def note_for(**post: object) -> object:
        position = replace(will.positions[0], **post)
        reader = replace(will, positions=(position,))
        return masking.of(reader, case).variables(held)["note"]

    assert note_for() == "***"
    assert note_for(sees=Scope.ORGANISATION) == "内部批注"
    with db.transaction():
        host.path = "top.office."
    above = {"organisation_id": new_id(), "path": "top.", "role": "worker"}
    assert note_for(**above, sees=Scope.JURISDICTION) == "内部批注"
    assert note_for(**above, sees=Scope.JURISDICTION, party="town") == "***"
    assert note_for(**above, sees=Scope.ORGANISATION) == "***"
    assert note_for(sees=Scope.DEPARTMENT, department_id=new_id()) == "***"
    assert note_for(sees=Scope.DEPARTMENT) == "***"


def test_a_department_shows_hidden_fields_of_its_own_cases(tips: Tips, case: UUID) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note="内部批注")
    will, host = actor(tips, "will"), find_by_key("office")
    assert host is not None
    top = Department(id=new_id(), organisation_id=host.id, key="one", name="一部")
    part = Department(id=new_id(), organisation_id=host.id, key="in", name="组", parent_id=top.id)
    with db.transaction():
        db.session().add(top)
        db.session().flush()
        db.session().add(part)
        db.session().flush()
        found = db.session().get(instances.ProcessInstance, case)
        assert found is not None
        found.department_id = part.id
    held = instances.process_instances.get_variables(case)
    for department, shown in ((top.id, "内部批注"), (part.id, "内部批注"), (new_id(), "***")):
        position = replace(will.positions[0], sees=Scope.DEPARTMENT, department_id=department)
        reader = replace(will, positions=(position,))
        assert masking.of(reader, case).variables(held)["note"] == shown


def test_a_role_that_must_handle_the_case_reads_only_there(tips: Tips, case: UUID) -> None:
    declared = masking.DataClass("k", "类", ("handler", "head"), handlers=frozenset({"handler"}))
    host = find_by_key("office")
    assert host is not None
    position = Position(new_id(), host.id, "", "handler")
    part = masking.Part(case, host.id, "a.", "p", new_id())
    handler = replace(actor(tips, "han"), positions=(position,))
    head = replace(handler, positions=(replace(position, role="head"),))
    assert not masking.reads(handler, declared, part, [host.id])
    assert masking.reads(head, declared, part, [host.id])
    for relation in ({"in_team": True}, {"has_task": True}):
        assert masking.reads(handler, declared, replace(part, **relation), [host.id])


def test_having_a_task_is_more_than_being_offered_one(tips: Tips, case: UUID) -> None:
    def has_task() -> bool:
        han = actor(tips, "han")
        (part,) = masking.store.list_([case], han.person_id, han.posts)
        assert "weigh" in part.elements
        return part.has_task

    assert not has_task()
    tasks.claim(actor(tips, "han"), UUID(tips.task(tips.han, "weigh")), NOW)
    assert has_task()


def test_a_page_of_records_costs_one_statement_more(
    tips: Tips, case: UUID, counting: Callable[[], list[str]]
) -> None:
    carl = actor(tips, "carl")
    found, _ = records.store.list_(None)
    masking.records(carl, found)
    for _ in range(2):
        tips.begin()
    found, _ = records.store.list_(None)
    assert len(found) == 3
    counting()
    masking.records(carl, found)
    assert len(counting()) == 2


def test_who_is_offered_a_task_by_name_is_shown_what_it_shows(tips: Tips, case: UUID) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note="内部批注")
    answer = UUID(tips.task(tips.will, "answer"))
    stranger = replace(actor(tips, "tom"), positions=())
    held = instances.process_instances.get_variables(case)
    with db.transaction():
        offers.offer([(answer, stranger.person_id)])
    assert masking.of(stranger, case).variables(held)["note"] == "***"
