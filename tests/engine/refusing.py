"""Helpers that look at why a diagram is refused."""

import pytest

from tests.engine.builder import Process
from workflow_server.engine.definitions import DefinitionRefused, parse
from workflow_server.errors import Fault


def refused(data: bytes | Process, beside: str = "") -> list[Fault]:
    """Return the faults of a file that must be refused."""
    xml = data.xml(beside) if isinstance(data, Process) else data
    with pytest.raises(DefinitionRefused) as error:
        parse({"bpmn/x.bpmn": xml})
    assert all(fault.pointer.startswith("bpmn/x.bpmn") for fault in error.value.faults)
    return list(error.value.faults)


def at(faults: list[Fault], element: str) -> str:
    """Return what is said about one element."""
    return " ".join(f.detail for f in faults if f.pointer.endswith(f" {element}"))


def between(kind: str, inner: str = "", **more: str) -> Process:
    """Draw one element x between a start and an end."""
    return Process().start().end().element(kind, "x", inner, **more).chain("start", "x", "end")
