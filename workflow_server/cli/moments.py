"""When an act of a scenario happens: at a moment, or some time after the act before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from workflow_server.cli.demands import ScenarioFailed

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def moment_of(act: Mapping[str, Any], now: datetime) -> datetime:
    """Return when an act is to happen; without word of it, now."""
    if "at" in act:
        return datetime.fromisoformat(act["at"])
    match = _DURATION.fullmatch(act.get("after", "P0D"))
    if match is None:
        raise ScenarioFailed(f"'{act['after']}' is not a duration such as P3DT2H")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return now + timedelta(days=days, hours=hours, minutes=minutes)
