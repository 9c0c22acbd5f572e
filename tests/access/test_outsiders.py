"""Who has nothing to do with a case learns nothing of it, whatever route they try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.access import content
from tests.access.matrix import Row
from tests.access.outsiders import JUDGED, LISTED, THOROUGH, TOLD, cases_of, each_outsider, operates
from tests.access.routes import OPEN_IDS, Route, asked, body_of, needed, routes, values_of
from tests.access.world import MARK, PDF, Case, World
from workflow_server.rendering.documents import Rendered
from workflow_server.services import draft_papers


@each_outsider
def test_a_thing_of_a_case_is_as_absent_for_an_outsider_as_one_that_never_was(
    world: World, outsider: Row
) -> None:
    faults = dict.fromkeys(
        fault
        for route in routes(world.app)
        for case in cases_of(world, outsider)
        for fault in _try_things(world, outsider, route, case)
    )
    assert not faults, "\n".join(faults)


def _try_things(world: World, row: Row, route: Route, case: Case) -> Iterator[str]:
    if operates(row, route.ids):
        yield from _read_operated(world, row, route, case)
        return
    login = row.login("foreign")
    for values in values_of(route, world, case):
        never = {name: values[name] if name in OPEN_IDS else str(uuid4()) for name in values}
        real, body = _send(world, login, route, values, case)
        none, _ = _send(world, login, route, never, None)
        for answer in (real, none):
            if answer.status_code not in (403, 404):
                yield f"{route} answers {answer.status_code}: {answer.data[:300]!r}"
        if _told(real, values) != _told(none, never):
            yield f"{route} tells {_told(real, values)} from {_told(none, never)}"
        yield from _leaks(world, row, route, real, case, {*values.values(), *_flat(body)})


def _read_operated(world: World, row: Row, route: Route, case: Case) -> Iterator[str]:
    """What somebody may operate still tells nothing of what the case holds."""
    if route.method == "GET" and not any((row.key, name) in JUDGED for name in route.ids):
        for values in values_of(route, world, case):
            answer, _ = _send(world, row.login("foreign"), route, values, case)
            if any(
                mark.encode() in answer.data for mark in world.marks(case, names=False, ids=False)
            ):
                yield f"{route} tells {row.key} what the case holds"


def _send(
    world: World, login: str, route: Route, values: dict[str, str], case: Case | None
) -> tuple[TestResponse, dict[str, Any]]:
    body, query = body_of(route, world, case), needed(route, world)
    answer = world.ask(login, route.method, route.path(values), query_string=query, **body)
    return answer, body


def _told(answer: TestResponse, values: dict[str, str]) -> tuple[int, str]:
    """Return what an answer says, whatever was asked for."""
    text = answer.data.decode(errors="replace")
    for name, value in values.items():
        text = text.replace(value, f"<{name}>")
    return answer.status_code, text


def _leaks(
    world: World, row: Row, route: Route, answer: TestResponse, case: Case, given: set[str]
) -> Iterator[str]:
    if (row.key, route.rule.rule) in TOLD:
        return
    found = [
        mark
        for mark in world.marks(case, names=row.is_role, ids=not _lists(row, route))
        if mark.encode() in answer.data and not any(mark in each for each in given)
    ]
    if found:
        yield f"{route} answers with {found}"


def _lists(row: Row, route: Route) -> bool:
    return (row.key, route.rule.rule) in LISTED


def _flat(value: Any) -> Iterator[str]:
    """Yield every text in what was sent: to be told it again is to learn nothing."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each)
    elif isinstance(value, str):
        yield value


@each_outsider
def test_no_list_search_count_or_picker_names_a_case_to_an_outsider(
    world: World, outsider: Row
) -> None:
    login, faults = outsider.login("foreign"), []
    for route in routes(world.app):
        for case in cases_of(world, outsider) if route.method == "GET" and not route.ids else ():
            for path, given in asked(route, world, case, words=outsider.key in THOROUGH):
                answer = world.ask(login, "GET", path)
                if answer.status_code not in (200, 403, 404):
                    faults.append(f"{route} answers {answer.status_code} to {path}")
                faults += _leaks(world, outsider, route, answer, case, given)
    assert not faults, "\n".join(faults)


@each_outsider
def test_what_an_outsider_sends_about_a_case_is_refused_as_about_none(
    world: World, outsider: Row
) -> None:
    """Routes without an id in their path may still name a case in the body."""
    login, faults = outsider.login("foreign"), []
    for route in routes(world.app):
        if route.method == "GET" or route.ids or not route.names_a_case:
            continue
        for case in cases_of(world, outsider):
            real, body = _send(world, login, route, {}, case)
            none, never = _send(world, login, route, {}, None)
            if real.status_code not in (403, 404, 422):
                faults.append(f"{route} answers {real.status_code} to {body}: {real.text[:200]}")
            given = set(_flat(body))
            if _without(real, given) != _without(none, set(_flat(never))):
                faults.append(f"{route} tells {real.text[:300]} from {none.text[:300]}")
            faults += _leaks(world, outsider, route, real, case, given)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", ["designer", "case_mgmt", "legal_policy"])
def test_a_paper_in_another_dress_is_for_who_may_read_it(
    world: World, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who draws templates may try them with a real paper's data, if they may read that."""
    shown: list[str] = []

    def preview(_kind: Any, frozen: dict[str, Any], **_more: Any) -> Rendered:
        shown.append(json.dumps(frozen, ensure_ascii=False, default=str))
        return Rendered(PDF, 1)

    monkeypatch.setattr(draft_papers, "preview", preview)
    (paper,) = world.cases["procuratorate", "own"].parts["document"][:1]
    address = f"/drafts/{world.draft}/document-preview"
    # The insider works on the case; only the designer's role has no cases (see the matrix).
    readers = {"foreign": False, "insider": role != "designer"}
    for kind, may_read in readers.items():
        login, before = f"{kind}_{role}", len(shown)
        never = str(uuid4())
        real, none = (
            world.ask(login, "POST", address, json={"kind": content.PAPER, "document_id": each})
            for each in (paper, never)
        )
        read = world.ask(login, "GET", f"/documents/{paper}")
        assert (real.status_code == 200) == (read.status_code == 200) == may_read
        assert none.status_code == 404
        assert may_read or _without(real, {paper}) == _without(none, {never})
        assert [MARK in each for each in shown[before:]] == [True] * may_read


def _without(answer: TestResponse, given: set[str]) -> tuple[int, str]:
    text = answer.text
    for each in given:
        if len(each) == 36:
            text = text.replace(each, "<id>")
    return answer.status_code, text


def test_the_sweep_tries_things_of_a_case(world: World) -> None:
    """A sweep that finds nothing to try would find nothing wrong."""
    case = world.cases["procuratorate", "own"]
    tried = {str(route): len(list(values_of(route, world, case))) for route in routes(world.app)}
    secret = [each for each in routes(world.app) if set(each.ids) - OPEN_IDS.keys()]
    assert [str(route) for route in secret if not tried[str(route)]] == []
    assert len(secret) > 25


def test_every_route_of_the_api_is_swept(world: World) -> None:
    described = {str(route) for route in routes(world.app)}
    served = {
        f"{method} {rule.rule}"
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    undescribed = {
        "GET /api/openapi.json": "the description itself",
        "GET /api/docs": "the description as a page",
        "GET /api/docs/static/<path:filename>": "its style sheet",
        "GET /api/problems": "what errors mean",
        "GET /api/problems/<code>": "what an error means",
    }
    assert served - described == undescribed.keys()
