"""What the product ships holds together: diagrams by the rules of BPMN, forms, documents, rules."""

from __future__ import annotations

from lxml import etree

from tests.house.diagrams import BPMN, DIAGRAMS, ROOT, SHIPPED, drawing, each_diagram
from workflow_server.content import content, xml
from workflow_server.content.grammar import NAMESPACE
from workflow_server.engine import definitions
from workflow_server.services import deployments

#: A letter of an opened subprocess is drawn from the border of the closed one; a person may
#: hand one over on paper.
INSIDE = {"subProcess", "userTask"}
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "docs" / "extension-namespace.xsd"))


def test_there_are_diagrams() -> None:
    assert DIAGRAMS


def test_a_deployment_would_find_no_fault() -> None:
    """Content, engine, templates and operations have nothing against what is shipped."""
    faults = deployments.check(SHIPPED)
    assert [f"{fault.pointer} {fault.detail}" for fault in faults] == []


def test_the_engine_knows_every_process_of_the_content() -> None:
    files = dict(SHIPPED.under("bpmn/", ".bpmn"))
    keys = {definition.key for definition in definitions.parse(files)}
    assert keys == set(content.load(SHIPPED).processes)


@each_diagram
def test_extension_elements_are_valid_by_the_schema(path: str) -> None:
    root = xml.parse(path, SHIPPED.files[path])
    found = 0
    for item in root.iter(f"{{{NAMESPACE}}}*"):
        parent = item.getparent()
        if parent is not None and xml.namespace(parent) != NAMESPACE:
            assert SCHEMA.validate(item), f"line {item.sourceline}: {SCHEMA.error_log}"
            found += 1
    assert found


def test_every_form_and_every_document_is_used() -> None:
    shipped = content.load(SHIPPED)
    processes = shipped.processes.values()
    elements = [element for process in processes for element in process.elements.values()]
    forms = {element.form for element in elements} | {
        start.form for process in processes for start in process.starts
    }
    documents = {
        getattr(effect, "kind", None) for element in elements for effect in element.effects
    }
    assert set(shipped.forms) - forms == set()
    assert set(shipped.documents) - documents == set()


@each_diagram
def test_everything_has_a_name_that_a_person_reads(path: str) -> None:
    drawn = drawing(path)
    unnamed = [
        node.get("id")
        for node in drawn.nodes()
        if not (node.get("name") or "").strip() and "ateway" not in xml.local_name(node)
    ]
    assert unnamed == []


@each_diagram
def test_a_choice_says_what_is_chosen(path: str) -> None:
    """A splitting exclusive gateway has a name, and so has each way out of it."""
    drawn = drawing(path)
    flows = list(drawn.root.iter(f"{BPMN}sequenceFlow"))
    for gateway in drawn.root.iter(f"{BPMN}exclusiveGateway", f"{BPMN}inclusiveGateway"):
        out = [flow for flow in flows if flow.get("sourceRef") == gateway.get("id")]
        if len(out) > 1:
            assert (gateway.get("name") or "").strip(), gateway.get("id")
            assert [flow.get("id") for flow in out if not flow.get("name")] == []


@each_diagram
def test_letters_go_from_one_pool_to_another(path: str) -> None:
    drawn = drawing(path)
    sends = {"sendTask", "intermediateThrowEvent", "endEvent"} | INSIDE
    catches = {"receiveTask", "startEvent", "intermediateCatchEvent", "boundaryEvent"} | INSIDE
    nodes = {node.get("id"): node for node in drawn.nodes()}
    # What goes on in another body's pool is drawn elsewhere, if at all.
    nodes |= {pool.get("id"): pool for pool in drawn.root.iter(f"{BPMN}participant")}
    for flow in drawn.root.iter(f"{BPMN}messageFlow"):
        source, target = nodes[flow.get("sourceRef")], nodes[flow.get("targetRef")]
        assert xml.local_name(source) in sends | {"participant"}, flow.get("id")
        assert xml.local_name(target) in catches | {"participant"}, flow.get("id")
        shut = [each for each in (source, target) if xml.local_name(each) == "participant"]
        assert all(each.get("processRef") is None for each in shut), flow.get("id")
        if not shut:
            assert _process(source) is not _process(target), flow.get("id")
            assert _message(source) == _message(target), flow.get("id")


def _process(node: etree._Element) -> etree._Element:
    return next(node.iterancestors(f"{BPMN}process"))


def _message(node: etree._Element) -> str | None:
    """Return the message that a task or the definition of an event names."""
    event = node.find(f"{BPMN}messageEventDefinition")
    return (node if event is None else event).get("messageRef")


@each_diagram
def test_nodes_name_the_flows_that_come_and_go(path: str) -> None:
    """BPMN 2.0 says it twice, at the flow and at its ends; both must say the same."""
    drawn = drawing(path)
    flows = list(drawn.root.iter(f"{BPMN}sequenceFlow"))
    for node in drawn.nodes():
        for name, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            said = [(item.text or "").strip() for item in node.iterchildren(BPMN + name)]
            drawn_so = [flow.get("id", "") for flow in flows if flow.get(end) == node.get("id")]
            assert sorted(said) == sorted(drawn_so), f"{node.get('id')} {name}"


@each_diagram
def test_events_have_the_flows_that_bpmn_grants_them(path: str) -> None:
    """Nothing enters a start or a boundary event, nothing leaves an end; choices are real."""
    drawn = drawing(path)
    flows = list(drawn.root.iter(f"{BPMN}sequenceFlow"))
    for node in drawn.nodes():
        key, kind = node.get("id"), xml.local_name(node)
        if node.get("triggeredByEvent") == "true":
            continue
        comes = sum(flow.get("targetRef") == key for flow in flows)
        goes = sum(flow.get("sourceRef") == key for flow in flows)
        link = node.find(f"{BPMN}linkEventDefinition") is not None
        begins = kind in {"startEvent", "boundaryEvent"} or (link and "Catch" in kind)
        assert (comes == 0) == begins, key
        assert (goes == 0) == (kind == "endEvent" or (link and "Throw" in kind)), key
        assert kind not in {"startEvent", "boundaryEvent"} or goes == 1, key
        assert "ateway" not in kind or comes > 1 or goes > 1, f"{key} joins and splits nothing"


@each_diagram
def test_after_an_event_based_gateway_something_is_awaited_by_it_alone(path: str) -> None:
    drawn = drawing(path)
    flows = list(drawn.root.iter(f"{BPMN}sequenceFlow"))
    nodes = {node.get("id"): node for node in drawn.nodes()}
    for gateway in drawn.root.iter(f"{BPMN}eventBasedGateway"):
        for flow in flows:
            if flow.get("sourceRef") == gateway.get("id"):
                after = nodes[flow.get("targetRef")]
                assert xml.local_name(after) in {"intermediateCatchEvent", "receiveTask"}
                assert sum(item.get("targetRef") == after.get("id") for item in flows) == 1
                assert flow.find(f"{BPMN}conditionExpression") is None
