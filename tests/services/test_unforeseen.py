"""What goes wrong beside the diagram: an absent database ends the act, a bug has a reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.services import effects
from workflow_server.services import process_instances as instances
from workflow_server.store.db import DatabaseAway, session

OPEN = '<wf:record operation="open" kind="permit" title="=this.title" state="新"/>'


def _let_effects_do(what: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    for kind in effects.EFFECTS:
        patch.setitem(effects.EFFECTS, kind, what)


def test_a_database_that_goes_away_undoes_the_act_instead_of_leaving_an_incident(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.deploy(line(user("draft", OPEN), "check"))
    started = house.start(house.ann)

    def away(*_: Any) -> None:
        raise DatabaseAway("away")

    _let_effects_do(away, monkeypatch)
    with pytest.raises(DatabaseAway):
        house.complete(house.ann, "draft", title="停车")
    monkeypatch.undo()
    session().rollback()
    assert house.incidents(started.instance.id) == []
    house.complete(house.ann, "draft", title="停车")
    assert "check" in house.open_tasks(house.ann)


def test_a_bug_is_logged_with_a_reference_and_only_that_is_shown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.deploy(line(user("draft", OPEN), "check"))
    started = house.start(house.ann)

    def buggy(*_: Any) -> None:
        raise KeyError("secret column")

    _let_effects_do(buggy, monkeypatch)
    with capture_logs() as logged:
        house.complete(house.ann, "draft", title="停车")
    (message,) = house.incidents(started.instance.id)
    assert "secret" not in message
    found = re.search(r"[0-9a-f]{12}", message)
    assert found is not None
    (entry,) = [entry for entry in logged if entry.get("reference") == found.group()]
    assert entry["exc_info"]
    assert instances.get(house.ann, started.instance.id).status == "running"
