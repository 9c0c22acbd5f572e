"""DMN files for tests, made of a few words."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import pytest

from workflow_server.content import decisions

Rule = tuple[Sequence[str], Sequence[str]]


def model(*parts: str) -> bytes:
    """A file, each part on a line of its own: the first part is on line 2."""
    body = "\n".join(parts)
    return f'<definitions xmlns="{decisions.NAMESPACE}" id="m">\n{body}\n</definitions>'.encode()


def given(name: str, type_: str = "") -> str:
    reference = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{reference}/></inputData>'


def literal(text: str, type_: str = "") -> str:
    reference = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{reference}><text>{escape(text)}</text></literalExpression>"


def decision(id_: str, logic: str, *requirements: str) -> str:
    return f'<decision id="{id_}" name="{id_}">{"".join(requirements)}{logic}</decision>'


def needs(id_: str, kind: str = "Input") -> str:
    outer = "knowledge" if kind == "Knowledge" else "information"
    return f'<{outer}Requirement><required{kind} href="#{id_}"/></{outer}Requirement>'


def knowledge(id_: str, logic: str, *parameters: str, requires: str = "") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters)
    return (
        f'<businessKnowledgeModel id="{id_}" name="{id_}"><encapsulatedLogic>{formal}{logic}'
        f"</encapsulatedLogic>{requires}</businessKnowledgeModel>"
    )


def table(
    inputs: Sequence[str], *rules: Rule, policy: str = "UNIQUE", values: str = "", types: str = ""
) -> str:
    """A table of one output, each rule on a line of its own."""
    columns = "".join(
        f"<input><inputExpression><text>{escape(text)}</text></inputExpression>{values}</input>"
        for text in inputs
    )
    rows = "".join(
        "\n<rule>"
        + "".join(f"<inputEntry><text>{escape(test)}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in outputs)
        + "</rule>"
        for tests, outputs in rules
    )
    return f'<decisionTable hitPolicy="{policy}">{columns}<output{types}/>{rows}</decisionTable>'


def refused(data: bytes) -> list[tuple[str, str]]:
    """What a file is refused for: pairs of place and sentence."""
    with pytest.raises(decisions.DecisionRefused) as caught:
        decisions.parse(data, "a.dmn")
    return [(fault.pointer, fault.detail) for fault in caught.value.faults]
