"""The shipped diagrams are drawn as a person would draw them, and open in any modeler."""

from __future__ import annotations

from itertools import combinations, pairwise

from lxml import etree

from tests.house.diagrams import (
    BPMN,
    NEAR,
    Box,
    Point,
    Screen,
    drawing,
    each_diagram,
    each_screen,
)
from workflow_server.content import xml
from workflow_server.content.grammar import FLOW_NODES

EXPANDED = frozenset({"subProcess", "transaction", "adHocSubProcess"})

Segment = tuple[Point, Point]


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


@each_screen
def test_pools_do_not_overlap_and_hold_their_own(drawn: Screen) -> None:
    every = drawn.root.iter(f"{BPMN}participant")
    pools = [each for each in every if each.get("id") in drawn.boxes]
    for one, other in combinations(pools, 2):
        assert not drawn.boxes[one.get("id", "")].overlaps(drawn.boxes[other.get("id", "")])
    for pool in pools:
        process = drawn.root.find(f"{BPMN}process[@id='{pool.get('processRef')}']")
        box = drawn.boxes[pool.get("id", "")]
        for node in () if process is None else process.iter(f"{BPMN}*"):
            if node.get("id") in drawn.boxes and xml.local_name(node) in FLOW_NODES | {"lane"}:
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


@each_screen
def test_no_two_nodes_overlap(drawn: Screen) -> None:
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


@each_screen
def test_boundary_events_sit_on_the_border_of_their_host(drawn: Screen) -> None:
    events = (each for each in drawn.nodes() if each.tag == f"{BPMN}boundaryEvent")
    for event in events:
        box = drawn.boxes[event.get("id", "")]
        host = drawn.boxes[event.get("attachedToRef", "")]
        assert host.touches(box.x + box.width / 2, box.y + box.height / 2), event.get("id")


@each_screen
def test_flows_start_and_end_at_what_they_join(drawn: Screen) -> None:
    for flow in drawn.flows():
        points = drawn.edges[flow.get("id", "")]
        assert len(points) >= 2, flow.get("id")
        for end, point in (("sourceRef", points[0]), ("targetRef", points[-1])):
            box = drawn.boxes[flow.get(end, "")]
            assert box.touches(*point), f"{flow.get('id')} at {end}"


@each_screen
def test_flows_do_not_run_through_other_nodes(drawn: Screen) -> None:
    nodes = [node.get("id", "") for node in drawn.nodes() if xml.local_name(node) not in EXPANDED]
    crossings = [
        f"{flow.get('id')} runs through {key}"
        for flow in drawn.flows()
        for start, end in pairwise(drawn.edges[flow.get("id", "")])
        for key in nodes
        if key not in (flow.get("sourceRef"), flow.get("targetRef"))
        and _crosses(drawn.boxes[key], *start, *end)
    ]
    assert crossings == []


@each_screen
def test_a_flow_leaves_and_enters_its_own_nodes_from_outside(drawn: Screen) -> None:
    inside = [
        f"{flow.get('id')} runs through {flow.get(end)}"
        for flow in drawn.flows()
        for end in ("sourceRef", "targetRef")
        if (box := drawn.boxes[flow.get(end, "")])
        for start, stop in pairwise(drawn.edges[flow.get("id", "")])
        if flow.get("sourceRef") != flow.get("targetRef") and _crosses(box, *start, *stop)
    ]
    assert inside == []


@each_screen
def test_no_two_flows_run_on_the_same_line(drawn: Screen) -> None:
    """Flows from one node, or to one, may share a line; a message never shares one."""
    together = []
    for one, other in combinations(drawn.flows(), 2):
        ends = [one.get(end) == other.get(end) for end in ("sourceRef", "targetRef")]
        if any(ends) and one.tag == other.tag == f"{BPMN}sequenceFlow":
            continue
        for first in pairwise(drawn.edges[one.get("id", "")]):
            for second in pairwise(drawn.edges[other.get("id", "")]):
                if _shared(first, second) > 2 * NEAR:
                    together.append(f"{one.get('id')} and {other.get('id')} at {first}")
    assert together == []


def _shared(first: Segment, second: Segment) -> float:
    """Return over what length two upright or level segments lie on each other."""
    for across, along in ((0, 1), (1, 0)):
        places = [point[across] for point in (*first, *second)]
        if max(places) - min(places) < 2 * NEAR:
            ends = [sorted(point[along] for point in segment) for segment in (first, second)]
            return min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0])
    return 0


@each_screen
def test_no_label_lies_on_a_flow_or_on_another_label(drawn: Screen) -> None:
    hidden = [
        f"the label of {key} lies on {other}"
        for key, label in drawn.labels.items()
        for other, points in drawn.edges.items()
        for start, end in pairwise(points)
        if _crosses(label, *start, *end)
    ]
    hidden += [
        f"the labels of {key} and {other} overlap"
        for (key, one), (other, two) in combinations(drawn.labels.items(), 2)
        if one.overlaps(two)
    ]
    assert hidden == []


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
