"""Acts over the API: listed with their forms, done once under a key, refused when gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Office
from tests.services.drawing import chain, line, node, process, user

ACT = '<wf:act role="checker" label="登记投诉" form="a/note"/>'
READS = '<wf:reads label="经办" value="=&quot;安&quot;"/>'
MESSAGE = '<b:messageEventDefinition id="md" messageRef="m_tell"/>'
TOLD = node("intermediateCatchEvent", "told", ACT + READS, MESSAGE)


def beside() -> str:
    """Draw a task with an event subprocess beside it that is begun as often as one likes."""
    start = node("startEvent", "told", ACT, MESSAGE, isInterrupting="false")
    inner = start + user("answer") + '<b:endEvent id="over"/>' + chain("told", "answer", "over")
    handler = node("subProcess", "urged", "", inner, triggeredByEvent="true")
    return process(user("wait"), handler, chain("begin", "wait", "end"))


@pytest.fixture
def acts(office: Office) -> str:
    """Return the address of the acts of a case that waits for one."""
    office.deploy(line(TOLD, "after"))
    return begun(office)


def begun(office: Office) -> str:
    started = office.ann.post("/process-instances", json={"process_key": "p", "answers": {}})
    return f"/process-instances/{started.json['id']}/acts"


def body(**answers: Any) -> dict[str, Any]:
    return {"json": {"answers": answers}}


def test_what_may_be_done_is_listed_with_its_form(office: Office, acts: str) -> None:
    (item,) = office.bob.get(acts).json["items"]
    assert (item["element_id"], item["label"], item["role"]) == ("told", "登记投诉", "checker")
    assert (item["form_key"], item["form"]["id"]) == ("a/note", "Form_note")
    desk = office.bob.get(f"{acts}/told").json
    assert desk["reads"] == [{"label": "经办", "value": "安"}]
    assert (desk["initial"], desk["context"], desk["previews"]) == ({}, {}, [])


def test_it_is_done_and_gone(office: Office, acts: str) -> None:
    done = office.bob.post(f"{acts}/told", **body(title="太慢"))
    assert done.status_code == 200, done.json
    assert done.json["instance"]["status"] == "running"
    assert [each["element_id"] for each in done.json["next_tasks"]] == ["after"]
    assert office.bob.get(acts).json["items"] == []
    again = office.bob.post(f"{acts}/told", **body(title="太慢"))
    assert (again.status_code, again.json["type"].rpartition("/")[2]) == (409, "act-not-offered")
    assert office.bob.get(f"{acts}/told").status_code == 409


def test_faults_of_the_form_are_told_one_by_one(office: Office, acts: str) -> None:
    refused = office.bob.post(f"{acts}/told", **body(remark="没有题目"))
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json["errors"]] == ["#/answers/title"]


def test_the_same_key_gets_the_first_answer_again(office: Office) -> None:
    office.deploy(beside())
    acts, keyed = begun(office), {"headers": {"Idempotency-Key": "k-1"}}
    first = office.bob.post(f"{acts}/told", **body(title="一"), **keyed)
    again = office.bob.post(f"{acts}/told", **body(title="一"), **keyed)
    assert (first.status_code, again.json) == (200, first.json)
    other = office.bob.post(f"{acts}/told", **body(title="二"), **keyed)
    assert other.status_code == 422


def test_of_several_waits_the_one_named_is_meant(office: Office) -> None:
    office.deploy(beside())
    acts = begun(office)
    visit = office.bob.get(acts).json["items"][0]["visit_id"]
    first = office.bob.post(f"{acts}/told", json={"answers": {"title": "一"}, "visit_id": visit})
    assert first.status_code == 200
    gone = office.bob.post(f"{acts}/told", json={"answers": {"title": "二"}, "visit_id": visit})
    assert gone.status_code == 409


def test_who_may_not_is_told_no_more_than_they_may_know(office: Office, acts: str) -> None:
    assert office.tom.get(acts).status_code == 404
    assert office.tom.post(f"{acts}/told", **body(title="我来")).status_code == 404
    wrong = office.bob.post(f"{acts}/told", json={"answers": {"title": "一"}, "role": "drafter"})
    assert wrong.status_code == 403
    assert office.bob.post(f"{acts}/after", **body(title="一")).status_code == 409
