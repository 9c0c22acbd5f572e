"""A service or business rule task asks a decision of the content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from tests.dmn.dmn_building import decision, given, literal, model, needs, table
from tests.services.conftest import House
from tests.services.drawing import files_of, line, node, user
from tests.services.stage import CONTENT, Stage, files, with_parts
from workflow_server.content import bundle, checks, content
from workflow_server.content.content import Content
from workflow_server.content.decisions import DecisionAmbiguous, DecisionFailed
from workflow_server.content.elements import NamedValue, Operation
from workflow_server.services import actors, deployments, operations
from workflow_server.services import process_instances as instances
from workflow_server.services.operations import OperationRefused

RATE = table(["places", "zone"], ([">= 50", "-"], ["5"]), (["< 50", '"north"'], ["2"]))
FILE = model(
    given("places", "number"),
    given("zone"),
    decision("rate", RATE, needs("places"), needs("zone")),
    decision("day_after", literal('date(zone) + duration("P1D")'), needs("zone")),
)
PATH = "bpmn/parking/fees.dmn"
BUSINESS_RULE = """
<bpmn:businessRuleTask id="Ask"><bpmn:extensionElements>
<wf:operation name="decide" result="fee"><wf:parameter name="table" value="rate" />
<wf:parameter name="places" value="=3" /><wf:parameter name="zone" value="north" />
</wf:operation></bpmn:extensionElements></bpmn:businessRuleTask></bpmn:process>"""


def loaded(dmn: bytes = FILE) -> Content:
    return content.load(bundle.from_files(files() | {PATH: dmn}))


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def operation(**parameters: str) -> Operation:
    return Operation("decide", "fee", tuple(NamedValue(*each) for each in parameters.items()))


def decide(stage: Stage, **parameters: str) -> Any:
    with stage.acting() as situation:
        situation.content = with_parts(situation.content, decisions=loaded().decisions)
        return operations.perform(operation(**parameters), situation)


def test_a_decision_is_answered_of_what_it_is_given(stage: Stage) -> None:
    assert decide(stage, table="rate", places="=10 * 6", zone="south") == 5
    assert decide(stage, table="rate", places="=3", zone="north") == 2
    assert decide(stage, table="rate", places="=3", zone="south") is None
    assert decide(stage, table="day_after", zone="2026-12-31") == "2027-01-01"


def test_inputs_may_come_as_one_context(stage: Stage) -> None:
    given = '={places: 3, zone: "north"}'
    assert decide(stage, table="rate", inputs=given) == 2
    assert decide(stage, table="rate", inputs=given, places="=70") == 5
    with pytest.raises(OperationRefused, match="Expected a context"):
        decide(stage, table="rate", inputs="=[1]")


def test_a_wrong_input_is_refused_in_words(stage: Stage) -> None:
    with pytest.raises(DecisionFailed, match="“places”应为 number，得到的是 string") as caught:
        decide(stage, table="rate", places="many", zone="north")
    assert caught.value.faults[0].pointer == f"{PATH}:2 places"


def test_an_ambiguous_table_names_its_file_and_rows(stage: Stage) -> None:
    hidden = table(["x"], (["> 1"], ["1"]), (["? > 2"], ["2"]))
    data = model(given("x"), decision("d", hidden, needs("x")))
    with stage.acting() as situation:
        situation.content = with_parts(situation.content, decisions=loaded(data).decisions)
        with pytest.raises(DecisionAmbiguous) as caught:
            operations.perform(operation(table="d", x="=3"), situation)
    assert [fault.pointer for fault in caught.value.faults] == [f"{PATH}:4 rule", f"{PATH}:5 rule"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"table": "rate", "places": "=1", "zone": "=z"}, None),
        ({"table": "rate", "inputs": "=all"}, None),
        ({"table": "rate", "places": "=1"}, "缺少：zone"),
        ({"table": "rate", "places": "=1", "zone": "=z", "x": "=1"}, "多余：x"),
        ({"table": "none"}, "没有决策“none”，须直接写它的标识，可用：d"),
        ({"table": "=which"}, "没有决策“=which”"),
        ({"places": "=1"}, "缺少：['table']"),
    ],
)
def test_a_use_is_judged_when_it_is_deployed(
    parameters: Mapping[str, str], sentence: str | None
) -> None:
    problem = operations.check_use(operation(**parameters), loaded())
    assert (problem is None) == (sentence is None)
    assert (sentence or "") in (problem or "")


def test_the_diagram_that_asks_has_a_new_version_when_the_table_changes() -> None:
    diagram = files()["bpmn/parking/parking_permit.bpmn"]
    asking = {
        **files(),
        "bpmn/parking/parking_permit.bpmn": diagram.replace(
            b"</bpmn:process>", BUSINESS_RULE.encode()
        ),
    }
    one = content.load(bundle.from_files(asking | {PATH: FILE}))
    other = content.load(bundle.from_files(asking | {PATH: FILE.replace(b">2<", b">3<")}))
    process = next(iter(one.processes.values()))
    assert process.elements["Ask"].operation is not None
    assert deployments.fingerprint_of(one, process) != deployments.fingerprint_of(other, process)
    still = content.load(bundle.from_files(files() | {PATH: FILE}))
    plain = next(iter(still.processes.values()))
    assert deployments.fingerprint_of(still, plain) == deployments.fingerprint_of(CONTENT, plain)


def test_a_decision_of_one_name_in_two_files_is_refused() -> None:
    both = files() | {PATH: FILE, "bpmn/parking/other.dmn": FILE}
    faults = [fault for fault in checks.check(bundle.from_files(both)) if "已用" in fault.detail]
    assert [fault.pointer for fault in faults] == [
        "bpmn/parking/other.dmn:4 rate",
        "bpmn/parking/other.dmn:7 day_after",
    ]


ASKS = (
    '<wf:operation name="decide" result="fee"><wf:parameter name="table" value="rate"/>'
    '<wf:parameter name="places" value="=string length(title)"/>'
    '<wf:parameter name="zone" value="north"/></wf:operation>'
)


def deployed(house: House, dmn: bytes) -> None:
    title = '<wf:output name="title" value="=this.title"/>'
    drawn = line(user("draft", title), node("businessRuleTask", "ask", ASKS), "check")
    made = bundle.from_files(files_of([drawn]) | {"bpmn/fees.dmn": dmn})
    deployments.deploy(None, made, house.now, "api")
    house.people = {key: actors.actor_of(each.person_id) for key, each in house.people.items()}


def test_a_business_rule_task_asks_and_its_result_is_a_fact(house: House) -> None:
    deployed(house, FILE)
    case = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="停车")
    assert house.incidents(case) == []
    assert instances.get_variables(house.ann, case)["fee"] == 2
    assert "check" in house.open_tasks(house.ann)


def test_a_decision_that_is_refused_is_an_incident_that_says_why(house: House) -> None:
    deployed(house, FILE.replace(b"&lt; 50", b"? &gt; 0").replace(b"&gt;= 50", b"&gt;= 1"))
    case = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="停车")
    [message] = house.incidents(case)
    assert "第 1 行（文件第 5 行）、第 2 行（文件第 6 行）同时符合" in message
    assert '输入：places = 2，zone = "north"' in message
