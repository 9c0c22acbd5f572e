"""Pages keep to what the API keeps: who has nothing to do with a case learns nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.access import content
from tests.access.matrix import Row
from tests.access.outsiders import cases_of, each_outsider, operates
from tests.access.routes import OPEN_IDS, Route, values_of
from tests.access.world import SOUGHT, Case, World
from workflow_server.web.door import OPEN

#: What the pages' forms send: what is wrong with a form is nothing to who may not fill it in.
FORM: Mapping[str, str] = {
    "name": "改",
    "note": "核对",
    "reason": "核对",
    "kind": "form",
    "key": "probe/new",
    "title": "核对",
    "act": "delete",
    "path": "bpmn/_shared/roles.json",
    "decision": "approve",
    "secrecy": "1",
    "try": "1",
}
#: Pages for administrators: that there are such is no secret, so others are told "not yours".
ADMINISTRATION = "/operations/"


def _pages(app: Flask) -> list[Route]:
    """Return every page and every form's address that asks who comes."""
    return [
        Route(rule, method, {})
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if rule.endpoint.startswith("web.") and rule.endpoint not in OPEN
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def _of_things(app: Flask) -> list[Route]:
    """Return the pages of things whose ids are nobody's to know."""
    return [page for page in _pages(app) if set(page.ids) - OPEN_IDS.keys()]


@each_outsider
def test_a_page_is_as_absent_for_an_outsider_as_one_that_never_was(
    world: World, outsider: Row
) -> None:
    faults = dict.fromkeys(
        fault
        for page in _of_things(world.app)
        for case in cases_of(world, outsider)
        for fault in _try_page(world, outsider, page, case)
    )
    assert not faults, "\n".join(faults)


def _try_page(world: World, row: Row, page: Route, case: Case) -> Iterator[str]:
    if operates(row, page.ids):
        yield from _look_at_operated(world, row, page, case)
        return
    allowed = (403, 404) if page.rule.rule.startswith(ADMINISTRATION) else (404,)
    for values in values_of(page, world, case):
        never = {name: values[name] if name in OPEN_IDS else str(uuid4()) for name in values}
        for form in ({}, FORM) if page.method == "POST" else ({},):
            real, none = (_send(world, row, page, ids, form) for ids in (values, never))
            if real.status_code not in allowed:
                yield f"{page} answers {real.status_code} to {[*form]}: {real.text[-300:]}"
            if _told(real, values) != _told(none, never):
                yield f"{page} tells {real.status_code} from {none.status_code}"
            if any(mark in real.text for mark in world.marks(case, names=row.is_role, ids=False)):
                yield f"{page} tells {row.key} what the case holds"


def _look_at_operated(world: World, row: Row, page: Route, case: Case) -> Iterator[str]:
    """What somebody may operate still tells nothing of what the case holds."""
    for values in values_of(page, world, case) if page.method == "GET" else ():
        answer = _send(world, row, page, values, {})
        if answer.status_code != 200:
            yield f"{page} answers {answer.status_code} to {row.key}, who operates it"
        if any(mark in answer.text for mark in world.marks(case, names=False, ids=False)):
            yield f"{page} tells {row.key} what the case holds"


def _send(
    world: World, row: Row, page: Route, values: Mapping[str, str], form: Mapping[str, str]
) -> TestResponse:
    return world.visit(
        row.login("foreign"),
        page.method,
        page.path(values),
        headers={"Accept": "text/html"},
        data=dict(form) or None,
    )


def _told(answer: TestResponse, values: Mapping[str, str]) -> tuple[int, str]:
    """Return what a page says, whatever was asked for."""
    text = answer.text
    for name, value in values.items():
        text = text.replace(value, f"<{name}>")
    return answer.status_code, text


@each_outsider
def test_no_list_ledger_or_search_page_names_a_case_to_an_outsider(
    world: World, outsider: Row
) -> None:
    login, faults = outsider.login("foreign"), []
    marks = {
        mark
        for case in cases_of(world, outsider)
        for mark in world.marks(case, names=outsider.is_role, ids=False)
    }
    for address in _lists(world.app):
        for query in ({}, {"text": SOUGHT, "page": "1"}):
            answer = world.visit(login, "GET", address, query_string=query)
            if answer.status_code not in (200, 302, 303, 403, 404):
                faults.append(f"{address} answers {answer.status_code}")
            if found := [mark for mark in marks if mark.encode() in answer.data]:
                faults.append(f"{address} tells {found} to {query}")
    assert not faults, "\n".join(faults)


def _lists(app: Flask) -> Iterator[str]:
    for page in _pages(app):
        if page.method != "GET":
            continue
        if not page.ids:
            yield page.rule.rule
        elif page.ids == ["key"]:
            keys = content.ledgers() if "/ledgers/" in page.rule.rule else _processes()
            yield from (page.path({"key": key}) for key in keys)


def _processes() -> list[str]:
    return [content.process_of(party) for party in content.parties()]


def test_the_sweep_tries_pages_of_every_kind_of_thing(world: World) -> None:
    """A sweep that finds nothing to try would find nothing wrong."""
    case, pages = world.cases["procuratorate", "own"], _of_things(world.app)
    assert [str(page) for page in pages if not list(values_of(page, world, case))] == []
    tried = {name for page in pages for name in page.ids}
    things = "instance task document attachment delivery draft proposal incident job recusal"
    assert tried >= {f"{thing}_id" for thing in things.split()}
    assert len(pages) > 35
