"""What the product ships holds together: diagrams, forms, documents, rules, and their drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from workflow_server.content import bundle, content, xml
from workflow_server.content.grammar import FLOW_NODES, NAMESPACE
from workflow_server.engine import definitions
from workflow_server.services import deployments

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = bundle.read_folder(ROOT)
DIAGRAMS = [path for path, _ in SHIPPED.under("bpmn/", ".bpmn")]
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "docs" / "extension-namespace.xsd"))

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
EXPANDED = frozenset({"subProcess", "transaction", "adHocSubProcess"})
NEAR = 2.0  # a modeler rounds waypoints to whole pixels


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def touches(self, x: float, y: float) -> bool:
        """Tell whether a point lies on the border, within a modeler's rounding."""
        outer = Box(self.x - NEAR, self.y - NEAR, self.width + 2 * NEAR, self.height + 2 * NEAR)
        inner = Box(self.x + NEAR, self.y + NEAR, self.width - 2 * NEAR, self.height - 2 * NEAR)
        point = Box(x, y, 0, 0)
        return outer.contains(point) and not (
            inner.x < x < inner.right and inner.y < y < inner.bottom
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram with where everything is drawn."""

    root: etree._Element
    boxes: Mapping[str, Box]
    edges: Mapping[str, list[tuple[float, float]]]

    def nodes(self) -> Iterator[etree._Element]:
        for node in self.root.iter(f"{BPMN}*"):
            if xml.local_name(node) in FLOW_NODES:
                yield node

    def ids(self, *names: str) -> set[str]:
        return {element.get("id", "") for name in names for element in self.root.iter(BPMN + name)}


def drawing(path: str) -> Drawing:
    root = xml.parse(path, SHIPPED.files[path])
    boxes = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None, shape.get("id")
        sides = (float(bounds.get(side, "nan")) for side in ("x", "y", "width", "height"))
        boxes[shape.get("bpmnElement", "")] = Box(*sides)
    edges = {
        edge.get("bpmnElement", ""): [
            (float(point.get("x", "nan")), float(point.get("y", "nan")))
            for point in edge.iter(POINT)
        ]
        for edge in root.iter(f"{DI}BPMNEdge")
    }
    return Drawing(root, boxes, edges)


each_diagram = pytest.mark.parametrize("path", DIAGRAMS)


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
def test_everything_that_flows_is_drawn(path: str) -> None:
    drawn = drawing(path)
    shapes = {node.get("id", "") for node in drawn.nodes()} | drawn.ids(
        "participant", "lane", "textAnnotation", "dataObjectReference", "dataStoreReference"
    )
    edges = drawn.ids("sequenceFlow", "messageFlow", "association")
    assert shapes - set(drawn.boxes) == set()
    assert edges - set(drawn.edges) == set()
    assert set(drawn.boxes) - shapes == set(), "shapes of elements that do not exist"
    assert set(drawn.edges) - edges == set(), "edges of flows that do not exist"


@each_diagram
def test_shapes_have_a_size_and_stand_on_the_page(path: str) -> None:
    for key, box in drawing(path).boxes.items():
        assert box.width > 0, key
        assert box.height > 0, key
        assert box.x >= 0, key
        assert box.y >= 0, key


@each_diagram
def test_pools_do_not_overlap_and_hold_their_own(path: str) -> None:
    drawn = drawing(path)
    pools = list(drawn.root.iter(f"{BPMN}participant"))
    for one, other in combinations(pools, 2):
        assert not drawn.boxes[one.get("id", "")].overlaps(drawn.boxes[other.get("id", "")])
    for pool in pools:
        process = drawn.root.find(f"{BPMN}process[@id='{pool.get('processRef')}']")
        box = drawn.boxes[pool.get("id", "")]
        for node in () if process is None else process.iter(f"{BPMN}*"):
            if xml.local_name(node) in FLOW_NODES | {"lane"}:
                assert box.contains(drawn.boxes[node.get("id", "")]), node.get("id")


@each_diagram
def test_nodes_stand_in_their_lane(path: str) -> None:
    drawn = drawing(path)
    for lane in drawn.root.iter(f"{BPMN}lane"):
        box = drawn.boxes[lane.get("id", "")]
        for reference in lane.iterchildren(f"{BPMN}flowNodeRef"):
            key = (reference.text or "").strip()
            assert box.contains(drawn.boxes[key]), f"{key} is drawn outside {lane.get('id')}"


@each_diagram
def test_every_node_of_a_process_with_lanes_has_one(path: str) -> None:
    drawn = drawing(path)
    for process in drawn.root.iter(f"{BPMN}process"):
        if process.find(f".//{BPMN}lane") is None:
            continue
        placed = {(item.text or "").strip() for item in process.iter(f"{BPMN}flowNodeRef")}
        own = [node for node in process if xml.local_name(node) in FLOW_NODES]
        assert [node.get("id") for node in own if node.get("id") not in placed] == []


@each_diagram
def test_no_two_nodes_overlap(path: str) -> None:
    drawn = drawing(path)
    for one, other in combinations(list(drawn.nodes()), 2):
        if _belong_together(one, other):
            continue
        keys = one.get("id", ""), other.get("id", "")
        assert not drawn.boxes[keys[0]].overlaps(drawn.boxes[keys[1]]), keys


def _belong_together(one: etree._Element, other: etree._Element) -> bool:
    """Tell whether one is a boundary event of the other, or stands inside it."""
    return _is_on_or_in(one, other) or _is_on_or_in(other, one)


def _is_on_or_in(inner: etree._Element, outer: etree._Element) -> bool:
    host = inner.get("attachedToRef")
    return outer.get("id") == host or any(around is outer for around in inner.iterancestors())


@each_diagram
def test_boundary_events_sit_on_the_border_of_their_host(path: str) -> None:
    drawn = drawing(path)
    for event in drawn.root.iter(f"{BPMN}boundaryEvent"):
        box = drawn.boxes[event.get("id", "")]
        host = drawn.boxes[event.get("attachedToRef", "")]
        assert host.touches(box.x + box.width / 2, box.y + box.height / 2), event.get("id")


@each_diagram
def test_flows_start_and_end_at_what_they_join(path: str) -> None:
    drawn = drawing(path)
    for flow in drawn.root.iter(f"{BPMN}sequenceFlow", f"{BPMN}messageFlow"):
        points = drawn.edges[flow.get("id", "")]
        assert len(points) >= 2, flow.get("id")
        for end, point in (("sourceRef", points[0]), ("targetRef", points[-1])):
            box = drawn.boxes[flow.get(end, "")]
            assert box.touches(*point), f"{flow.get('id')} at {end}"


@each_diagram
def test_sequence_flows_do_not_run_through_other_nodes(path: str) -> None:
    drawn = drawing(path)
    nodes = [node.get("id", "") for node in drawn.nodes() if xml.local_name(node) not in EXPANDED]
    crossings = [
        f"{flow.get('id')} runs through {key}"
        for flow in drawn.root.iter(f"{BPMN}sequenceFlow")
        for start, end in pairwise(drawn.edges[flow.get("id", "")])
        for key in nodes
        if key not in (flow.get("sourceRef"), flow.get("targetRef"))
        and _crosses(drawn.boxes[key], *start, *end)
    ]
    assert crossings == []


def _crosses(box: Box, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Tell whether a segment passes through the inside of a box (Liang and Barsky)."""
    low, high = 0.0, 1.0
    inside = (
        (x1 - x2, x1 - box.x - NEAR),
        (x2 - x1, box.right - NEAR - x1),
        (y1 - y2, y1 - box.y - NEAR),
        (y2 - y1, box.bottom - NEAR - y1),
    )
    for slope, room in inside:
        if slope == 0:
            if room <= 0:
                return False
        elif slope < 0:
            low = max(low, room / slope)
        else:
            high = min(high, room / slope)
    return low < high


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
