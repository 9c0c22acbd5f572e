"""Ledgers at the door: their figures, and an old register that comes in."""

from __future__ import annotations

import io
from contextvars import Context
from typing import Any

import pytest
from flask import Flask

from tests.court import court_databases as court_databases
from tests.court import databases_of_court as databases_of_court
from tests.processes.registers import lines, workbook
from workflow_server.services.organisations import DEMO_PASSWORD


@pytest.fixture
def signed(app: Flask) -> Any:
    client = app.test_client()

    def ask(method: str, path: str, **more: Any) -> Any:
        return Context().run(client.open, f"/api{path}", method=method, **more)

    given = {"login": "case_mgmt", "password": DEMO_PASSWORD}
    token = ask("POST", "/sessions", json=given).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return lambda method, path, **more: ask(method, path, headers=headers, **more)


def test_a_register_comes_in_and_its_figures_go_out(signed: Any) -> None:
    items = signed("GET", "/ledgers").json["items"]
    assert {each["key"]: each["takes_over"] for each in items}["leads"] is True
    assert signed("GET", "/ledgers/leads/template").data.startswith(b"PK")
    assert signed("GET", "/ledgers/nothing/template").status_code == 404
    # Where a ledger takes no register, there is neither template nor door.
    assert signed("GET", "/ledgers/replies/template").status_code == 404
    given = {"file": (io.BytesIO(workbook([["编号"]])), "a.xlsx")}
    assert signed("POST", "/ledgers/replies/imports", data=given).status_code == 404
    data = workbook(lines("f2-suggestions"))

    def send(**more: str) -> Any:
        form = {"file": (io.BytesIO(data), "a.xlsx"), **more}
        return signed("POST", "/ledgers/suggestions/imports", data=form)

    judged = send(dry_run="true").json
    assert (judged["dry_run"], judged["added"], len(judged["changes"])) == (True, 66, 66)
    assert send().json["added"] == 66
    assert send().json["unchanged"] == 66
    found = signed("GET", "/ledgers/suggestions/figures?year=2024").json["items"]
    figures = {each["key"]: each for each in found}
    assert (figures["reviewed"]["value"], figures["reviewed"]["gap"]) == (66, 0)
    assert [part["value"] for part in figures["reviewed"]["parts"]] == [52, 14]
    assert (figures["issued"]["share"], figures["issued"]["over"]) == ("78.8", "审核件数")
