"""DMN 1.3: decisions read once, judged, and decided in one crossing into FEEL."""

from workflow_server.content.decisions.deciding import decide
from workflow_server.content.decisions.model import (
    HIT_POLICIES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_RULES,
    NAMESPACE,
    Decision,
    DecisionAmbiguous,
    DecisionFailed,
    DecisionRefused,
)
from workflow_server.content.decisions.reading import parse

__all__ = [
    "HIT_POLICIES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_RULES",
    "NAMESPACE",
    "Decision",
    "DecisionAmbiguous",
    "DecisionFailed",
    "DecisionRefused",
    "decide",
    "parse",
]
