"""What a played act came to, as trail.json tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Step:
    """One played act."""

    number: int
    time: str
    organisation: str
    person: str
    role: str
    act: str
    element: str
    task: str
    note: str
    refused: str = ""
    documents: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)


def letter_of(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a delivery in the trail's words."""
    return {
        "type": delivery["type"],
        "label": delivery["label"],
        "from": delivery["sender_name"],
        "to": delivery["recipient_name"],
        "conversation": delivery["conversation"],
        "status": delivery["status"],
    }
