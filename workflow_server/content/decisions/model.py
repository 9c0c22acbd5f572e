"""What a decision is once it has been read, and what can be refused of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow_server import feel
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import InvalidInput

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
MAX_RULES = 5_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
#: Decisions, input data and business knowledge models of a file.
MAX_PARTS = 500

#: Hit policies, and what aggregation each may have.
HIT_POLICIES: Mapping[str, frozenset[str]] = {
    "UNIQUE": frozenset(),
    "ANY": frozenset(),
    "PRIORITY": frozenset(),
    "FIRST": frozenset(),
    "RULE ORDER": frozenset(),
    "OUTPUT ORDER": frozenset(),
    "COLLECT": frozenset({"SUM", "MIN", "MAX", "COUNT"}),
}


class DecisionRefused(ContentRefused):
    """决策未通过检查"""


class DecisionAmbiguous(InvalidInput):
    """决策表有相互冲突的行"""


class DecisionFailed(InvalidInput):
    """决策无法得出结果"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a decision stands, for who has to mend it."""

    line: int
    element: str
    #: What people call it: the name of a decision, "第 3 行" of a table.
    label: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision with all that it requires; immutable, shared by all threads."""

    id: str
    name: str
    path: str
    line: int
    #: The input data that it needs; None if its file declares none: then it sees everything.
    inputs: tuple[str, ...] | None
    model: feel.Model
    places: tuple[Place, ...]
