"""Idempotency-Keys used badly: for something else, with other words, as a way in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.world import World, refused, traces

BODY = {"answers": {"title": "x"}}


@pytest.fixture
def done(world: World, request: pytest.FixtureRequest) -> tuple[str, dict[str, str], Any]:
    """A task that was completed under a key, and the answer."""
    _, task = world.start("wide")
    key = {"Idempotency-Key": f"{request.node.name}"[:180].replace(" ", "")}
    answer = world.ann.post(f"/tasks/{task}/completion", json=BODY, headers=key)
    assert answer.status_code == 200, answer.text
    return task, key, answer.json


def test_the_same_again_gets_the_same_answer_and_does_nothing(
    world: World, done: tuple[str, dict[str, str], Any]
) -> None:
    task, key, first = done
    before = traces(world.app)
    again = world.ann.post(f"/tasks/{task}/completion", json=BODY, headers=key)
    assert (again.status_code, again.json) == (200, first)
    assert traces(world.app) == before


def test_the_same_key_for_anything_else_is_refused(
    world: World, done: tuple[str, dict[str, str], Any]
) -> None:
    task, key, _ = done
    _, other = world.start("wide")
    before = traces(world.app)
    attempts: list[tuple[str, str, Any]] = [
        ("POST", f"/tasks/{task}/completion", {"answers": {"title": "y"}}),
        ("POST", f"/tasks/{task}/completion", {"answers": {"title": "x", "other": 1}}),
        ("POST", f"/tasks/{other}/completion", BODY),
        ("POST", "/process-instances", {"process_key": "wide"}),
        ("PUT", f"/tasks/{other}/assignee", None),
    ]
    for method, path, body in attempts:
        more = {} if body is None else {"json": body}
        problem = refused(world.ann.call(method, path, headers=key, **more))
        assert problem["code"] == "idempotency-key-reused", (method, path)
    assert traces(world.app) == before


def test_another_key_for_a_done_task_is_refused(
    world: World, done: tuple[str, dict[str, str], Any]
) -> None:
    task, key, _ = done
    other = {"Idempotency-Key": key["Idempotency-Key"] + "2"}
    refused(world.ann.post(f"/tasks/{task}/completion", json=BODY, headers=other), 409)
    refused(world.ann.post(f"/tasks/{task}/completion", json=BODY), 409)


def test_a_refusal_uses_no_key_up(world: World) -> None:
    _, task = world.start("wide")
    key = {"Idempotency-Key": f"refused-{task}"}
    path = f"/tasks/{task}/completion"
    refused(world.ann.post(path, json={"answers": {}}, headers=key))
    assert world.ann.post(path, json=BODY, headers=key).status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "字", "a\tb", "a\x7f"])
@pytest.mark.parametrize("path", ["/process-instances", "/tasks/{wide}/completion"])
def test_a_key_that_is_none_is_refused(untouched: World, path: str, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    body = {"process_key": "wide"} if path == "/process-instances" else BODY
    refused(untouched.ann.post(path.format(**untouched.ids), json=body, headers=headers), 400)
