"""Whatever stands in a file of content, the checks answer with faults, never with an accident."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workflow_server.content import bundle, checks

ROOT = Path(__file__).parents[2]
SHIPPED = bundle.read_folder(ROOT)
ODD: tuple[Any, ...] = (None, True, -1, 1.5, "", "=(", [], [[]], {}, [{}])
ODD_TEXTS = ("", "=(", "不 " * 2_000)
SMALL = [
    *(path for path, _ in SHIPPED.under("bpmn/_shared/", ".json") if "scenarios" not in path),
    *(path for path, _ in SHIPPED.under("documents/", ".json")),
]


def places(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every member of a JSON value, one for each shape of way."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (key,)
        if isinstance(member, dict | list):
            yield from ((key, *rest) for rest in places(member))


def one_of_each_shape(value: Any) -> list[tuple[str | int, ...]]:
    shapes: dict[tuple[str, ...], tuple[str | int, ...]] = {}
    for way in places(value):
        shapes.setdefault(tuple("#" if isinstance(step, int) else step for step in way), way)
    return list(shapes.values())


def replaced(value: Any, way: tuple[str | int, ...], odd: Any) -> Any:
    changed = copy.deepcopy(value)
    target = changed
    for step in way[:-1]:
        target = target[step]
    target[way[-1]] = odd
    return changed


@pytest.mark.parametrize("path", SMALL)
def test_an_odd_member_of_a_json_file_is_no_accident(path: str) -> None:
    value = json.loads(SHIPPED.files[path])
    files = {path: b""}
    if path.startswith("bpmn/"):
        files["bpmn/_shared/roles.json"] = SHIPPED.files["bpmn/_shared/roles.json"]
    for way in one_of_each_shape(value):
        for odd in ODD:
            files[path] = json.dumps(replaced(value, way, odd)).encode()
            checks.check(bundle.from_files(files))


def test_an_odd_attribute_of_a_diagram_is_no_accident() -> None:
    path = "bpmn/lead_to_reply/suggestion_evaluation.bpmn"
    drawn = SHIPPED.files[path].decode()
    text = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", drawn, flags=re.S)
    attributes: dict[str, re.Match[str]] = {}
    for found in re.finditer(r'<wf:(\w+)[^<>]*?\s(\w+)="[^"]*"', text):
        attributes.setdefault(f"{found[1]} {found[2]}", found)
    assert len(attributes) > 15
    for found in attributes.values():
        for odd in ODD_TEXTS:
            start = text.index(f'{found[2]}="', found.start())
            end = text.index('"', start + len(found[2]) + 2)
            changed = f'{text[:start]}{found[2]}="{odd}{text[end:]}'
            checks.check(bundle.from_files({path: changed.encode()}))
