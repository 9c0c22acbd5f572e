"""Every paper of the case can be looked at before anything is entered: the unknown is blank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tests.court import Court
from workflow_server.rendering import templates
from workflow_server.rendering.sources import Rendered, TemplateSource
from workflow_server.services import previews, process_definitions, tasks


def emptied(value: Any) -> Any:
    """Return answers as a form holds them of which nothing but rows was entered."""
    if isinstance(value, Mapping):
        return {name: emptied(each) for name, each in value.items()}
    return [emptied(each) for each in value] if isinstance(value, list) else None


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The papers that were looked at; what they read is made, their pages are not."""
    made: list[str] = []

    def fill(kind: Any, data: Mapping[str, Any], **_: Any) -> Rendered:
        made.append(kind.key)
        html = templates.fill(TemplateSource(kind.key, kind.files), data)
        assert "None" not in html, kind.key
        return Rendered(b"", 1)

    monkeypatch.setattr(previews.papers, "preview", fill)
    return made


def test_no_paper_of_the_case_fails_while_something_is_lacking(
    case: Court, filled: list[str]
) -> None:
    while case.acts:
        act = case.acts[0]
        case.go_to(datetime.fromisoformat(act["at"]))
        actor = case.people[act["person"]]
        answers = case._resolved(act["answers"])
        tries = [{}, emptied(answers)]
        if act["act"] == "start":
            definition = process_definitions.get_newest(act["process"])
            place = actor.positions[0].organisation_id
            offer = process_definitions.find_offer(actor, definition, None, place)
            assert offer is not None
            for paper in offer.previews:
                for each in tries:
                    start = (offer.element_id, place, case.now)
                    previews.of_start(actor, definition.id, paper.kind, each, *start)
        else:
            task_id = case._task_of(actor, act["task"])
            desk = tasks.get_desk(actor, task_id, case.now)
            for paper in desk.previews:
                for each in tries:
                    previews.of_task(actor, paper.kind, task_id, each, case.now)
        case.act()
    assert len(set(filled)) == 8
