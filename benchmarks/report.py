"""Print a figure as one JSON line."""

from __future__ import annotations

import json


def report(bench: str, value: float, unit: str, goal: str) -> None:
    print(
        json.dumps({"bench": bench, "value": round(value, 4), "unit": unit, "goal": goal}),
        flush=True,
    )
