"""Expressions and templates that never end or eat the memory: stopped, told, and life goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import SqliteDatabases
from tests.hostile.world import TEMPLATE, World, faults, form, refused, traces
from tests.services.drawing import chain, flow, process, user
from workflow_server.app import create_app
from workflow_server.services import jobs
from workflow_server.store import db

#: What never ends in an empty case is refused with the content: these end there, and only there.
_MANY = "(if this.title = null then 1 else 1000000000)"
ENDLESS = {
    "for": f"count(for i in 1..{_MANY} return i)",
    "product": f"count(for i in 1..{_MANY}, j in 1..{_MANY} return i * j)",
    "memory": f'string length(string join(for i in 1..{_MANY} return "xxxxxxxxxxxxxxxx"))',
    "backtracking": 'matches(this.title, "^(a+)+$")',
    "some": f"some i in 1..{_MANY} satisfies i &lt; 0",
    "recursion": f"{{f: function(g, n) if n > {_MANY} then n else g(g, n + 1), r: f(f, 1)}}.r",
}
SPITE = "a" * 45 + "b"
LOOP = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
HOG = (
    "{% set n = namespace(x='a' * 90000) %}"
    "{% for a in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
)
COUNTED = "{% for a in range(d.about | int) %}x{% endfor %}"
KIND = {"title": "函", "layout": "letter", "data": {"about": "=about"}}


def with_output(key: str, expression: str) -> str:
    ours = f'<wf:output name="about" value="={expression.replace(chr(34), "&quot;")}"/>'
    return process(user("draft", ours), user("then"), chain("begin", "draft", "then", "end"),
                   key=key)  # fmt: skip


def with_condition(key: str, expression: str) -> str:
    condition = f"={expression.replace('this.title', 'answers.draft[1].title')}"
    return process(
        user("draft"),
        '<b:exclusiveGateway id="g" default="no"/>',
        user("then"),
        chain("begin", "draft", "g"),
        flow("g", "then", f"{condition} = 1"),
        flow("g", "end", key="no"),
        chain("then", "end"),
        key=key,
    )


def with_document(kind: str) -> str:
    ours = (
        f'<wf:output name="about" value="=this.title"/><wf:document kind="{kind}" moment="issue"/>'
    )
    return process(user("draft", ours), chain("begin", "draft", "end"), key=f"paper_{kind}")


def hostile_files() -> dict[str, bytes]:
    files: dict[str, bytes] = {
        "forms/a/endless.json": form(
            {"type": "number", "key": "n", "label": "数"},
            {"type": "expression", "key": "sum", "expression": "=count(for i in 1..n return i)"},
        )
    }
    drawn = [process(user("draft", form="a/endless"), chain("begin", "draft", "end"), key="sums")]
    for name, expression in ENDLESS.items():
        drawn += [with_output(f"out_{name}", expression)]
        drawn += [with_condition(f"way_{name}", expression)]
    for kind, text in (("loop", LOOP), ("hog", HOG), ("counted", COUNTED), ("plain", "")):
        drawn.append(with_document(kind))
        template = TEMPLATE.replace("<body>", f"<body>\n{text}\n").replace("{{ d.number }}", "")
        files[f"documents/{kind}/document.json"] = json.dumps(KIND).encode()
        files[f"documents/{kind}/template.html"] = template.encode()
    return files | {f"bpmn/x{index}.bpmn": text.encode() for index, text in enumerate(drawn)}


# One database is enough: it is expressions and templates that are tried here, not the store.
@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own with content that nobody should ever have let in."""
    databases = SqliteDatabases(tmp_path_factory.mktemp("wild-databases"))
    app = create_app(
        {
            "database_url": databases.fresh(),
            "data_dir": tmp_path_factory.mktemp("wild"),
            "render_seconds": 1,
            "render_memory_mb": 400,
        }
    )
    world = World.found(app)
    answer = world.approve(world.propose_with(hostile_files()))
    assert (answer.json or {})["status"] == "deployed", answer.text
    yield world
    with app.app_context():
        db.db.engine.dispose()


def incidents(world: World, instance: str) -> list[str]:
    found = world.ann.get("/incidents", query_string={"instance_id": instance}).json
    assert found
    return [each["message"] for each in found["items"]]


def life_goes_on(world: World) -> None:
    _, task = world.start("case")
    assert world.complete(task, {"title": "x"}).status_code == 200


@pytest.mark.parametrize("n", [10**9, 10**15])
def test_a_sum_without_end_is_refused_at_the_form(wild: World, n: int) -> None:
    _, task = wild.start("sums")
    before, started = traces(wild.app), time.process_time()
    assert "#/answers" in faults(refused(wild.complete(task, {"n": n})))
    assert time.process_time() - started < 5
    assert traces(wild.app) == before
    assert wild.complete(task, {"n": 3}).status_code == 200


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("where", ["out", "way"])
def test_an_expression_without_end_leaves_an_incident(wild: World, where: str, name: str) -> None:
    instance, task = wild.start(f"{where}_{name}")
    started = time.process_time()
    answer = wild.complete(task, {"title": SPITE})
    assert time.process_time() - started < 5
    assert answer.status_code == 200, answer.text
    found = incidents(wild, instance)
    if name != "backtracking" or found:
        assert len(found) == 1
    held = wild.ann.get(f"/process-instances/{instance}/variables").json
    assert held
    assert held["variables"]["answers"]["draft"][0]["title"] == SPITE
    life_goes_on(wild)


# What takes too much room must not be stopped for its time before, on a machine with much to do.
@pytest.mark.parametrize(
    ("kind", "status", "seconds"), [("loop", 503, 1), ("hog", 422, 60), ("counted", 422, 60)]
)
def test_a_template_without_end_is_stopped_in_a_preview(
    wild: World, kind: str, status: int, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wild.app.app_context():
        settings = replace(db.settings(), render_seconds=seconds)
        monkeypatch.setitem(db._settings, db.db.engine, settings)
    _, task = wild.start(f"paper_{kind}")
    before = traces(wild.app)
    body: dict[str, Any] = {"kind": kind, "answers": {"title": "1000000000"}}
    problem = refused(wild.ann.post(f"/tasks/{task}/document-preview", json=body), status)
    assert any(place.startswith(f"documents/{kind}/template.html") for place in faults(problem))
    assert traces(wild.app) == before
    body["kind"] = "plain"
    assert wild.ann.post(f"/tasks/{task}/document-preview", json=body).status_code == 200


def test_a_document_without_end_becomes_an_incident_and_the_worker_goes_on(
    wild: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "ATTEMPTS", 2)
    instance, task = wild.start("paper_loop")
    assert wild.complete(task, {"title": "x"}).status_code == 200
    other, second = wild.start("paper_plain")
    assert wild.complete(second, {"title": "x"}).status_code == 200
    with wild.app.app_context():
        for minutes in range(3):
            jobs.run_due(datetime.now(UTC), 100, datetime.now(UTC) + timedelta(minutes=minutes))
    (message,) = incidents(wild, instance)
    assert "loop" in message
    assert "1 秒" in message
    assert incidents(wild, other) == []
    for case, status in ((instance, 503), (other, 200)):
        found = wild.ann.get(f"/process-instances/{case}/documents").json
        assert found
        (document,) = found["items"]
        assert wild.ann.get(f"/documents/{document['id']}/file").status_code == status
