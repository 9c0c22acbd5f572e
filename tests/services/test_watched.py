"""A case that only waits for a condition says so."""

from __future__ import annotations

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.services import cases
from workflow_server.services import process_instances as instances

WHEN = (
    '<b:conditionalEventDefinition id="cd"><b:condition xsi:type="b:tFormalExpression">'
    "=ready = true</b:condition></b:conditionalEventDefinition>"
)
WATCH = node("intermediateCatchEvent", "watch", "", WHEN)
SET = user("draft", '<wf:output name="ready" value="=this.title = &quot;好&quot;"/>')


def test_a_condition_that_is_waited_for_is_where_the_case_stands(house: House) -> None:
    house.deploy(line(SET, WATCH, "check"))
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="还没")
    assert instances.get_diagram(house.ann, started.instance.id).current == ["watch"]
    seen = cases.see(house.ann, started.instance.id, house.now)
    assert [each.name for each in seen.waiting] == ["watch"]


def test_one_that_another_branch_fulfils_goes_on(house: House) -> None:
    forked = process(
        node("parallelGateway", "fork"),
        *(SET, WATCH, user("check")),
        chain("begin", "fork", "draft", "end"),
        chain("fork", "watch", "check", "end"),
    )
    house.deploy(forked)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="好")
    assert instances.get_diagram(house.ann, started.instance.id).current == ["check"]
