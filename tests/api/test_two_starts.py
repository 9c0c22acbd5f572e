"""A process that two roles begin by hand, each with a form of its own, and somebody has both."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.api.conftest import NOW, Office
from tests.services.drawing import NOTE, files_of, line
from workflow_server.arrivals import SESSION_COOKIE
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments
from workflow_server.services.deployments import BundleRefused

REASON = {
    "type": "default",
    "id": "Form_reason",
    "schemaVersion": 18,
    "components": [
        {
            "type": "textfield",
            "id": "r1",
            "key": "reason",
            "label": "理由",
            "validate": {"required": True},
        }
    ],
}


@pytest.fixture
def two(office: Office) -> Office:
    """The office with a process that drafters begin with a note, and checkers with a reason."""
    drawn = line(
        "draft",
        start='<wf:start role="drafter" label="新建" form="a/note"/>'
        '<wf:start role="checker" label="补录" form="a/reason" element="begin"/>',
    )
    files = files_of([drawn])
    files["forms/a/note.json"] = json.dumps(NOTE, ensure_ascii=False).encode()
    files["forms/a/reason.json"] = json.dumps(REASON, ensure_ascii=False).encode()
    with office.app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")
    return office


def test_each_start_is_begun_with_the_form_of_its_own(two: Office) -> None:
    body: dict[str, Any] = {"process_key": "p", "element_id": "begin", "role": "checker"}
    refused = two.ann.post("/process-instances", json={**body, "answers": {"title": "一"}})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "#/answers/reason"
    begun = two.ann.post("/process-instances", json={**body, "answers": {"reason": "一"}})
    assert begun.status_code == 201, begun.text
    acts = two.ann.get(f"/process-instances/{begun.json['id']}/history").json["items"]
    assert (acts[0]["role"], acts[0]["data"]["answers"]) == ("checker", {"reason": "一"})


def test_a_start_that_is_not_named_is_the_first_and_one_that_is_not_there_is_refused(
    two: Office,
) -> None:
    body = {"process_key": "p", "answers": {"title": "一"}}
    first = two.ann.post("/process-instances", json=body)
    assert first.status_code == 201
    for more in ({"element_id": "nowhere"}, {"role": "nobody"}):
        refused = two.ann.post("/process-instances", json={**body, **more})
        assert (refused.status_code, refused.json["code"]) == (403, "start-refused")
    definition = first.json["process_definition_id"]
    for asked, key in (("", "a/note"), ("?element_id=begin&role=checker", "a/reason")):
        form = two.ann.get(f"/process-definitions/{definition}/start-form{asked}")
        assert form.json["key"] == key


def test_the_same_key_for_another_start_is_no_repetition(two: Office) -> None:
    key = {"Idempotency-Key": "one"}
    body = {"process_key": "p", "answers": {"title": "一"}}
    assert two.ann.post("/process-instances", json=body, headers=key).status_code == 201
    other = two.ann.post("/process-instances", json={**body, "role": "checker"}, headers=key)
    assert other.json["code"] == "idempotency-key-reused", other.text


def test_the_page_of_a_start_shows_the_form_of_that_start(two: Office) -> None:
    client = two.ann.client
    client.set_cookie(SESSION_COOKIE, two.ann.token)
    home = client.get("/").text
    for label, role, form in (("新建", "drafter", "note"), ("补录", "checker", "reason")):
        (link,) = re.findall(rf'href="([^"]*/start/p[^"]*)"[^>]*>(?:<[^>]*>)*{label}', home)
        page = client.get(unescape(link))
        assert page.status_code == 200
        (told,) = re.findall(r'<script type="application/json">(.*?)</script>', page.text)
        told = json.loads(told)
        assert told["start"] == {"key": "p", "element": "begin", "role": role}
        assert told["schema"]["id"] == f"Form_{form}"
    for element in ("element=nowhere", "role=nobody"):
        assert client.get(f"/start/p?{element}").status_code == 404


def test_two_starts_of_one_role_at_one_event_are_refused(office: Office) -> None:
    start = '<wf:start role="drafter" label="新建"/><wf:start role="drafter" label="补录"/>'
    with pytest.raises(BundleRefused) as refused:
        office.deploy(line("draft", start=start))
    assert "只能有一个发起入口" in refused.value.faults[0].detail
