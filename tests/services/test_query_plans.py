"""Lists find what is one's own by an index, whatever the house holds, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from benchmarks import ten_tasks
from benchmarks.crowd import Crowd
from tests.conftest import Databases
from workflow_server.app import create_app, prepare
from workflow_server.services import (
    access,
    actors,
    cases,
    deadlines,
    deliveries,
    documents,
    process_instances,
    records,
    tasks,
    worklists,
)
from workflow_server.services.actors import Actor
from workflow_server.store import db, handovers, ledgers
from workflow_server.store.deadlines import Deadline
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.people import find_person_by_login

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
#: So many cases, each with a task, a record, a letter, a paper and a deadline.
CASES = 30_000
#: So many tasks are for the measured clerk; their office has twice as many, a 500th of all.
MINE = 30
LARGE = ("tasks", "process_instances", "records", "deliveries", "documents", "deadlines")
_NAMED = re.compile(rf"\b({'|'.join(LARGE)})\b(?: AS \"?(\w+)\"?)?")


@pytest.fixture(scope="module")
def crowd(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """A house of 500 organisations; the measured office's cases are the oldest of all."""
    folder = tmp_path_factory.mktemp("crowd")
    content = ten_tasks.write(folder / "content")
    url = databases.fresh()
    app = create_app(
        {"database_url": url, "data_dir": folder / "data", "content_dir": content, "demo": True}
    )
    prepare(app)
    with app.app_context():
        worker = find_person_by_login("worker")
        assert worker is not None
        actor = actors.actor_of(worker.id)
        started = process_instances.start(actor, "ten_tasks", {}, None, NOW)
        made = Crowd(started.instance.id, MINE)
        made.fill(CASES)
        _add_papers(made, started.instance.id)
        yield made
        db.db.session.remove()
        db.db.engine.dispose()


def _add_papers(made: Crowd, instance_id: Any) -> None:
    office, other = made.office, made.organisation(2)
    at = {"element_id": "x", "instance_id": instance_id}
    letter = Delivery(
        **at,
        type="M",
        label="M",
        conversation="c",
        sender_id=office,
        recipient_id=other,
        payload={},
        sent_at=NOW,
        delivered_at=NOW,
    )
    made.add_copies(letter, {"conversation": "'c' || n", "received_instance_id": "NULL"})
    paper = Document(
        **at,
        kind="k",
        title="t",
        organisation_id=office,
        deployment_id=instance_id,
        status="issued",
        data={},
        filename="f",
        made_at=NOW,
    )
    made.add_copies(paper, {})
    day = date(2026, 7, 8)
    clock = Deadline(
        **at,
        organisation_id=office,
        name="n",
        label="l",
        rule="R",
        rule_version="1",
        rule_row={},
        started_at="2026-07-01",
        raw_due=day,
        due=day,
        due_at=NOW,
        provisional=False,
        calendar_version=1,
        explanation="e",
        opened_at=NOW,
    )
    made.add_copies(clock, {})
    with db.transaction():
        if not made.is_sqlite:
            db.run(sa.text("analyze"))


def _selects(ask: Callable[[], Any]) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        seen.append((text, parameters))

    sa.event.listen(db.db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(db.db.engine, "before_cursor_execute", note)
    return [(text, given) for text, given in seen if text.lstrip().startswith(("SELECT", "WITH"))]


def _walks(text: str, parameters: Any) -> list[str]:
    """Return the large tables, and indexes of them, that a query reads from end to end."""
    connection = db.session().connection()
    if db.db.engine.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters).all()
        names = {alias or name for name, alias in _NAMED.findall(text)}
        steps = [str(row[3]) for row in plan]
        return [each for each in steps if each.startswith("SCAN ") and each.split()[1] in names]
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", parameters).scalar_one()
    whole = orjson.loads(found) if isinstance(found, str) else found
    return list(_postgres_walks(whole[0]["Plan"]))


def _postgres_walks(node: dict[str, Any]) -> Iterator[str]:
    is_large = node.get("Relation Name") in LARGE
    by_index = "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
    if is_large and not by_index:
        yield f"{node['Node Type']} {node['Relation Name']} {node.get('Alias')}"
    for below in node.get("Plans", ()):
        yield from _postgres_walks(below)


LISTS: dict[str, Callable[[Actor], tuple[Any, int]]] = {
    "tasks": tasks.list_,
    "cases": process_instances.list_,
    "ledger": lambda actor: records.list_(actor, kind="thing"),
    "deliveries": deliveries.list_,
    "letters sent": lambda actor: deliveries.list_(actor, direction="sent"),
    "documents": documents.list_,
    "deadlines": lambda actor: deadlines.list_(actor, NOW),
    "cases with what is open in them": lambda actor: cases.list_(actor, NOW, cases.Filter()),
    "cases by due day": lambda actor: cases.list_(actor, NOW, cases.Filter(), sort="due"),
    "ledger by number": lambda actor: ledgers.list_(
        access.sight(actor), ledgers.Filter(kind="thing"), "number", True, 50, 0
    ),
}


def _assert_no_walk(ask: Callable[[], Any]) -> None:
    queries = _selects(ask)
    assert queries
    for text, parameters in queries:
        assert _walks(text, parameters) == [], text


def test_an_inbox_is_found_by_indexes(crowd: Crowd) -> None:
    clerk = crowd.clerk()
    assert tasks.list_(clerk, mine=True)[1] == MINE + 1
    _assert_no_walk(lambda: tasks.list_(clerk, mine=True))


def test_a_home_is_found_by_indexes(crowd: Crowd) -> None:
    clerk = crowd.clerk()
    words = worklists.Narrowing(text="x")
    _assert_no_walk(lambda: worklists.count(clerk))
    for narrowed in (worklists.Narrowing(), words):
        _assert_no_walk(lambda wanted=narrowed: worklists.list_to_do(clerk, wanted))
        _assert_no_walk(lambda wanted=narrowed: worklists.list_done(clerk, wanted))
        _assert_no_walk(lambda wanted=narrowed: worklists.list_started(clerk, NOW, wanted))


@pytest.mark.parametrize("name", LISTS)
def test_what_an_office_sees_is_found_by_indexes(crowd: Crowd, name: str) -> None:
    head = crowd.head()
    assert LISTS[name](head)[1] >= 2 * MINE
    _assert_no_walk(lambda: LISTS[name](head))


def test_one_case_one_task_and_one_record_are_found_by_indexes_however_far_one_sees(
    crowd: Crowd,
) -> None:
    city = crowd.city()
    case = process_instances.list_(city, page_size=1)[0][0][0]
    task = tasks.list_(city, page_size=1)[0][0].task
    record = records.list_(city, page_size=1)[0][0]
    _assert_no_walk(lambda: process_instances.get(city, case.id))
    _assert_no_walk(lambda: tasks.get(city, task.id))
    _assert_no_walk(lambda: records.get(city, record.id))


def test_a_search_looks_only_through_what_one_sees(crowd: Crowd) -> None:
    head = crowd.head()
    searched = ledgers.Filter(kind="thing", text="no such thing", searched=("word",))
    _assert_no_walk(lambda: cases.list_(head, NOW, cases.Filter(text="no such thing")))
    _assert_no_walk(lambda: ledgers.list_(access.sight(head), searched, "title", False, 50, 0))


def test_what_somebody_holds_is_found_by_indexes(crowd: Crowd) -> None:
    clerk = crowd.clerk()
    _assert_no_walk(lambda: handovers.list_held(clerk.person_id))


def test_the_guard_knows_a_walk_when_it_sees_one(crowd: Crowd) -> None:
    assert crowd.filled == CASES
    assert _walks("SELECT count(*) FROM records WHERE title = 'x'", ()) != []
    assert _walks("SELECT r.id FROM records AS r ORDER BY r.title", ()) != []
