"""The file of the deadline rules: a decision, and the codes that it knows."""

from __future__ import annotations

import re

from lxml import etree

from workflow_server.content import decisions, xml
from workflow_server.content.bundle import Bundle
from workflow_server.content.decisions import Decision
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, WorkflowServerError

RULES = "bpmn/_shared/deadlines.dmn"
_LITERAL = re.compile(r'"([^"]*)"')
_REGION = re.compile(r"[0-9]{2,6}")


def read(bundle: Bundle, faults: list[Fault]) -> Decision | None:
    """Read the table, if there is one; what is wrong with it is added to the faults."""
    data = bundle.files.get(RULES)
    if data is None:
        return None
    try:
        found = decisions.parse(data, RULES)
    except WorkflowServerError as error:
        faults.extend(error.faults or (Fault(RULES, error.message),))
        return None
    if len(found) != 1:
        faults.append(Fault(RULES, "期限规则表里应当只有一个决策表"))
    return next(iter(found.values()), None)


def codes(bundle: Bundle) -> frozenset[str]:
    """Gather the codes that stand in the table's column of the input `rule`."""
    try:
        root = xml.parse(RULES, bundle.files[RULES])
    except (KeyError, ContentRefused):
        return frozenset()
    columns = [_text(column) for column in root.iter("{*}inputExpression")]
    if "rule" not in columns:
        return frozenset()
    position = columns.index("rule")
    cells = (list(rule.iterchildren("{*}inputEntry")) for rule in root.iter("{*}rule"))
    return frozenset(
        code
        for row in cells
        if len(row) > position
        for code in _LITERAL.findall(_text(row[position]))
    )


def split(code: str) -> tuple[str, str | None]:
    """Return a code without the region that it names, and that region: `R-ONE@50`.

    None: it names none, so that of the host counts; empty: the row that holds anywhere.
    """
    bare, at, region = code.partition("@")
    return bare, region if at else None


def is_region(text: str) -> bool:
    """Tell whether this is the code of a region, or the beginning of one."""
    return bool(_REGION.fullmatch(text))


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext()).strip()
