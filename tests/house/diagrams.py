"""The shipped diagrams as they are drawn: boxes, edges and labels, for the guards of this floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from workflow_server.content import bundle, xml
from workflow_server.content.grammar import FLOW_NODES

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = bundle.read_folder(ROOT)
DIAGRAMS = [path for path, _ in SHIPPED.under("bpmn/", ".bpmn")]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
NEAR = 2.0  # a modeler rounds waypoints to whole pixels

Point = tuple[float, float]


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
    edges: Mapping[str, list[Point]]
    labels: Mapping[str, Box]

    def nodes(self) -> Iterator[etree._Element]:
        for node in self.root.iter(f"{BPMN}*"):
            if xml.local_name(node) in FLOW_NODES:
                yield node

    def flows(self) -> Iterator[etree._Element]:
        return self.root.iter(f"{BPMN}sequenceFlow", f"{BPMN}messageFlow")

    def ids(self, *names: str) -> set[str]:
        return {element.get("id", "") for name in names for element in self.root.iter(BPMN + name)}


@dataclass(frozen=True, slots=True)
class Screen(Drawing):
    """What is seen at once: the diagram, or a collapsed subprocess that has been opened."""

    def nodes(self) -> Iterator[etree._Element]:
        for node in Drawing.nodes(self):
            if node.get("id") in self.boxes:
                yield node

    def flows(self) -> Iterator[etree._Element]:
        for flow in Drawing.flows(self):
            if flow.get("id") in self.edges:
                yield flow


def drawing(path: str) -> Drawing:
    """Return all that is drawn in a file, on whichever screen."""
    root = xml.parse(path, SHIPPED.files[path])
    return Drawing(root, *_drawn(root))


def screens(path: str) -> dict[str, Screen]:
    """Return what is drawn in a file screen by screen, by what each shows."""
    root = xml.parse(path, SHIPPED.files[path])
    planes = root.iter(f"{DI}BPMNPlane")
    return {plane.get("bpmnElement", ""): Screen(root, *_drawn(plane)) for plane in planes}


def _drawn(
    root: etree._Element,
) -> tuple[dict[str, Box], dict[str, list[Point]], dict[str, Box]]:
    boxes = {
        shape.get("bpmnElement", ""): _box(shape.find(f"{DC}Bounds"))
        for shape in root.iter(f"{DI}BPMNShape")
    }
    labels = {
        parent.get("bpmnElement", ""): _box(label.find(f"{DC}Bounds"))
        for label in root.iter(f"{DI}BPMNLabel")
        if (parent := label.getparent()) is not None
    }
    edges = {
        edge.get("bpmnElement", ""): [
            (float(point.get("x", "nan")), float(point.get("y", "nan")))
            for point in edge.iter(POINT)
        ]
        for edge in root.iter(f"{DI}BPMNEdge")
    }
    return boxes, edges, labels


def _box(bounds: etree._Element | None) -> Box:
    assert bounds is not None, "a shape or a label without bounds"
    return Box(*(float(bounds.get(side, "nan")) for side in ("x", "y", "width", "height")))


each_diagram = pytest.mark.parametrize("path", DIAGRAMS)
each_screen = pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(screen, id=f"{path}#{name}")
        for path in DIAGRAMS
        for name, screen in screens(path).items()
    ],
)
