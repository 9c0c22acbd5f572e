"""What completing a task asks of the database, whatever its diagram says of people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.conftest import Office
from tests.services.drawing import chain, node, process, user
from workflow_server.store import organisations
from workflow_server.store.db import session, transaction
from workflow_server.store.organisations import Department
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

START = '<wf:start role="drafter" label="新建"/>'
SEPARATE = '<wf:separate tasks="draft check" label="拟稿与审核分离"/>'


def drawn(assign: str, ours: str = "", facts: str = "") -> str:
    """Draw drafting and checking, the second one assigned so."""
    form = '<wf:form key="a/note"/>'
    check = node("userTask", "check", f"{form}<wf:assign {assign}/>")
    return process(
        user("draft", facts), check, chain("begin", "draft", "check", "end"), start=START + ours
    )


def _two_at_once() -> str:
    return process(
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        user("draft"),
        user("check", role="checker"),
        chain("begin", "split", "draft", "join", "end"),
        chain("split", "check", "join"),
        start=START + SEPARATE,
    )


CHECKER = 'strategy="role" role="checker"'
BOB = '<wf:output name="handler" value="=this.handler"/>'
CASES = {
    "role": drawn(CHECKER),
    "task": drawn('strategy="task" task="draft"'),
    "department": drawn('strategy="department" department="unit"'),
    "separated": drawn(CHECKER, SEPARATE),
    "separated and open": _two_at_once(),
    "flags and team": drawn(
        CHECKER,
        '<wf:flag name="hidden" value="=handler != null"/>'
        '<wf:team role="checker" value="=handler"/>',
        BOB,
    ),
}


def settle(office: Office) -> str:
    """Let ann and bob work in one department; return bob's id."""
    with office.app.app_context(), transaction():
        host = organisations.find_by_key("office")
        assert host is not None
        unit = Department(id=new_id(), organisation_id=host.id, key="unit", name="科")
        session().add(unit)
        session().flush()
        for post in session().query(PositionRow).filter_by(organisation_id=host.id):
            post.department_id = unit.id
        for person in session().query(Person):
            person.minors_certified = True
        return str(session().query(Person).filter_by(login="bob").one().id)


@pytest.mark.parametrize("name", CASES)
def test_a_completion_takes_few_statements_whatever_the_diagram_says(
    office: Office,
    name: str,
    statements: Callable[[], list[str]],
    commits: Callable[[], int],
) -> None:
    office.deploy(CASES[name])
    bob = settle(office)
    begun = office.ann.post("/process-instances", json={"process_key": "p"}).json
    assert begun is not None
    opened = begun["next_tasks"]
    (task,) = (each["id"] for each in opened if each["element_id"] == "draft")
    answers = {"title": "一", "handler": bob}
    statements(), commits()
    done = office.ann.post(f"/tasks/{task}/completion", json={"answers": answers})
    sent = statements()
    assert done.status_code == 200, done.text
    assert (len(sent) <= 8, commits()) == (True, 1), "\n".join(sent)
    if len(opened) == 1:
        with office.app.app_context():
            (following,) = session().query(Task).filter_by(element_id="check", status="open")
        statements(), commits()
        who = office.ann if name == "task" else office.bob
        done = who.post(f"/tasks/{following.id}/completion", json={"answers": answers})
        sent = statements()
        assert done.status_code == 200, done.text
        assert (len(sent) <= 8, commits()) == (True, 1), "\n".join(sent)
