"""Answers that no form would give: each refused with its place, nothing kept, nothing moved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.hostile.world import World, faults, refused

MIB = 1024 * 1024


def nested(depth: int) -> str:
    """Write a JSON list in a list in a list …"""
    return "[" * depth + "]" * depth


def send(world: World, path: str, body: str | bytes, method: str = "POST", **headers: str) -> Any:
    return world.ann.call(method, path, data=body, content_type="application/json", headers=headers)


WRONG = {
    "title": [7, True, None, ["x"], {"x": 1}, "x\x00y", "x" * 20_000, 1e300],
    "count": ["seven", True, [1], {"x": 1}, "NaN", "Infinity", "1e999", "１２", 1e308],
    "day": ["yesterday", 20260701, "2026-02-30", "0000-01-01", "9999999-01-01", ["2026-07-01"]],
    "agreed": ["yes", 1, 0, [], "true"],
    "zone": ["south", 1, ["north"], {"value": "north"}, "north\x00"],
    "files": ["x", [7], [str(uuid4())], {"id": "x"}, ["../../etc/passwd"]],
    "rows": ["x", [7], [["x"]], {"0": {"thing": "x"}}, [{"thing": 7}], [{"other": "x"}]],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_type_is_told_at_its_place(untouched: World, name: str, value: Any) -> None:
    problem = refused(untouched.complete(untouched.ids["wide"], {"title": "x", name: value}))
    assert any(pointer.startswith(f"#/answers/{name}") for pointer in faults(problem)), problem


@pytest.mark.parametrize(
    "extra", ["other", "__proto__", "constructor", "status", "_schema", "title/x", "", "名 称"]
)
def test_what_the_form_does_not_ask_is_refused(untouched: World, extra: str) -> None:
    problem = refused(untouched.complete(untouched.ids["wide"], {"title": "x", extra: "y"}))
    assert faults(problem)


def test_a_task_without_rows_for_strangers_in_a_list(untouched: World) -> None:
    rows = [{"thing": "x"}] * 20_000
    assert faults(refused(untouched.complete(untouched.ids["wide"], {"title": "x", "rows": rows})))


@pytest.mark.parametrize("path", ["/tasks/{wide}/completion", "/tasks/{wide}/document-preview"])
@pytest.mark.parametrize("megabytes", [10, 64])
def test_megabytes_of_text_are_refused_unread(untouched: World, path: str, megabytes: int) -> None:
    body = b'{"answers": {"title": "' + b"x" * (megabytes * MIB) + b'"}}'
    refused(send(untouched, path.format(**untouched.ids), body), 413)


def test_one_megabyte_too_many_for_a_form_is_refused(untouched: World) -> None:
    answers = {"title": "x", "rows": [{"thing": "字" * 5_000}] * 80}
    assert refused(untouched.complete(untouched.ids["wide"], answers))["errors"]


#: JSON that Python's own reader would take: what comes of it is refused by whoever reads it.
UNREADABLE = [
    '{"answers": {"title": "\\ud800"}}',
    '{"answers": {"title": "\\udc00\\ud800"}}',
    '{"answers": {"\\ud800": 1}}',
    '{"answers": {"count": NaN}}',
    '{"answers": {"count": Infinity}}',
    '{"answers": {"count": -Infinity}}',
    '{"answers": {"count": 1e999}}',
    '{"answers": {"title": "x"}',
    '{"answers": {"title": "x",}}',
    "{'answers': {}}",
    '{"answers": ' + nested(5_000) + "}",
    '{"answers": ' + nested(100_000) + "}",
]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize("act", ["completion", "draft"])
def test_what_is_no_json_is_refused(untouched: World, act: str, body: str) -> None:
    path, method = f"/tasks/{untouched.ids['wide']}/{act}", "PUT" if act == "draft" else "POST"
    refused(send(untouched, path, body, method), 400)


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", '{"answers": null}', '{"answers": []}'])
def test_another_shape_is_told(untouched: World, body: str) -> None:
    problem = refused(send(untouched, f"/tasks/{untouched.ids['wide']}/completion", body))
    assert faults(problem)


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 30, "-" + "9" * 40, "9" * 5_000])
def test_a_huge_number_is_refused_or_kept_as_a_number(world: World, number: str) -> None:
    _, task = world.start("wide")
    answer = send(
        world,
        f"/tasks/{task}/completion",
        f'{{"answers": {{"title": "x", "count": {number}}}}}',
    )
    assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize("depth", [100, 250, 251, 252, 253, 254, 255, 300, 1_000])
@pytest.mark.parametrize("key", [None, "key"])
def test_depth_is_refused_wherever_it_goes(untouched: World, depth: int, key: str | None) -> None:
    world, deep = untouched, nested(depth)
    headers = {"Idempotency-Key": f"{key}-{depth}"} if key else {}
    wide = world.ids["wide"]
    body = f'{{"answers": {{"title": {deep}}}}}'
    assert send(world, f"/tasks/{wide}/completion", body, **headers).status_code in (400, 422)
    start = f'{{"process_key": "wide", "answers": {{"title": {deep}}}}}'
    assert send(world, "/process-instances", start, **headers).status_code in (400, 422)
    preview = f'{{"kind": "letter", "answers": {{"other": {deep}}}}}'
    answer = send(world, f"/tasks/{world.ids['draft']}/document-preview", preview)
    assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize("depth", [100, 249, 250, 251, 252, 253, 254, 255, 300, 1_000])
def test_a_draft_that_was_kept_can_be_read(world: World, depth: int) -> None:
    _, task = world.start("wide")
    body = f'{{"answers": {{"title": {nested(depth)}}}}}'
    kept = send(world, f"/tasks/{task}/draft", body, "PUT")
    assert kept.status_code in (200, 400, 422), kept.text
    assert world.ann.get(f"/tasks/{task}").status_code == 200


@pytest.mark.parametrize(
    "draft",
    [{"title": "x\x00y"}, {"x\x00": 1}, {"rows": [{"thing": ["\x00"]}]}],
)
def test_nul_characters_are_refused_in_a_draft_too(untouched: World, draft: Any) -> None:
    path = f"/tasks/{untouched.ids['wide']}/draft"
    refused(untouched.ann.put(path, json={"answers": draft}))


def test_a_backslash_that_only_looks_like_nul_is_kept(world: World) -> None:
    _, task = world.start("wide")
    text = r"C:\u0000 与 \\u0000"
    kept = world.ann.put(f"/tasks/{task}/draft", json={"answers": {"title": text}})
    assert kept.status_code == 200, kept.text
    desk = world.ann.get(f"/tasks/{task}").json
    assert desk
    assert desk["draft"] == {"title": text}
    assert world.complete(task, {"title": text}).status_code == 200


def test_what_a_person_writes_is_text_and_nothing_else(world: World) -> None:
    for text in ("=1+1", "{{ 7*7 }}", "${7*7}", "'; DROP TABLE tasks; --", "<script>x</script>"):
        instance, task = world.start("wide")
        assert world.complete(task, {"title": text}).status_code == 200
        held = world.ann.get(f"/process-instances/{instance}/variables").json
        assert held
        assert held["variables"]["answers"]["fill"][0]["title"] == text
