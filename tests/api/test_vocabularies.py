"""Pickers of words can be filled: vocabularies by key, of the newest or an older deployment."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from tests.api.conftest import NOW, Office
from tests.services.drawing import bundle_of, line, user
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments

FILE = "bpmn/_shared/vocabularies.json"
SIZES = [{"value": "s", "label": "小"}, {"value": "l", "label": "大"}]
MORE = [*SIZES, {"value": "xl", "label": "特大"}]
COLOURS = [{"value": "red", "label": "红"}]


def deploy(office: Office, vocabularies: dict[str, Any]) -> None:
    drawn = bundle_of(line(user("draft"))).files
    words = json.dumps({"vocabularies": vocabularies}).encode()
    with office.app.app_context():
        deployments.deploy(None, bundles.from_files({**drawn, FILE: words}), NOW, "api")


def test_vocabularies_are_listed_by_key_with_their_entries_in_order(office: Office) -> None:
    deploy(office, {"size": SIZES, "colour": COLOURS})
    listed = office.ann.get("/vocabularies").json
    assert listed["items"] == [
        {"key": "colour", "entries": COLOURS},
        {"key": "size", "entries": SIZES},
    ]
    assert listed["total"] == 2
    second = office.ann.get("/vocabularies?page=2&page_size=1").json
    assert [each["key"] for each in second["items"]] == ["size"]
    assert office.tom.get("/vocabularies/size").json == {"key": "size", "entries": SIZES}


def test_a_task_keeps_the_words_of_its_own_deployment(office: Office) -> None:
    deploy(office, {"size": SIZES})
    started = office.ann.post("/process-instances", json={"process_key": "p"}).json
    deploy(office, {"size": MORE})
    own = f"?process_definition_id={started['process_definition_id']}"
    assert office.ann.get("/vocabularies/size").json["entries"] == MORE
    assert office.ann.get(f"/vocabularies/size{own}").json["entries"] == SIZES
    (only,) = office.ann.get(f"/vocabularies{own}").json["items"]
    assert only["entries"] == SIZES


def test_what_is_not_there_is_not_found(office: Office) -> None:
    assert office.ann.get("/vocabularies").json["items"] == []
    deploy(office, {"size": SIZES})
    unknown = f"?process_definition_id={uuid4()}"
    for path in ("/shape", f"/size{unknown}", unknown):
        assert office.ann.get(f"/vocabularies{path}").status_code == 404
    assert office.ann.get("/vocabularies/size?of=x").status_code == 422
