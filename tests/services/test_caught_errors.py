"""What an operation refuses can be caught by the diagram; what nobody catches is an incident."""

from __future__ import annotations

from tests.services.conftest import House
from tests.services.drawing import chain, node, process, user
from workflow_server.store import process_instances as rows

ANY = '<b:errorEventDefinition id="ed"/>'
#: A kind of record that nobody has declared: the operation refuses it.
KIND = '<wf:parameter name="kind" value="=kind"/>'
COUNT = f'<wf:operation name="count" result="found">{KIND}</wf:operation>'
DRAFT = user("draft", '<wf:output name="kind" value="=this.title"/>')
WORK = node("serviceTask", "work", COUNT)


def drawn(*caught: str) -> str:
    """Draw a case in which a service task fails."""
    return process(DRAFT, WORK, *caught, chain("begin", "draft", "work", "end"))


def test_a_refused_operation_is_caught_with_its_code_and_message(house: House) -> None:
    boundary = node("boundaryEvent", "refused", "", ANY, attachedToRef="work")
    house.deploy(drawn(boundary, user("mend"), chain("refused", "mend", "end")))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="没有")
    assert list(house.open_tasks(house.ann)) == ["mend"]
    (caught,) = rows.get_variables(started.instance.id)["errors"]["refused"]
    assert caught["code"] == "operation-refused"
    assert "没有" in caught["message"]
    assert house.incidents(started.instance.id) == []


def test_one_that_nobody_catches_is_an_incident_as_ever(house: House) -> None:
    house.deploy(drawn())
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="没有")
    assert "没有" in house.incidents(started.instance.id)[0]
    assert rows.get(started.instance.id).status == "running"
    assert "errors" not in rows.get_variables(started.instance.id)


def test_another_code_is_not_caught(house: House) -> None:
    other = ANY.replace('"ed"', '"ed" errorRef="er"')
    boundary = node("boundaryEvent", "refused", "", other, attachedToRef="work")
    house.deploy(drawn(boundary, chain("refused", "end")))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="没有")
    assert len(house.incidents(started.instance.id)) == 1
