"""Me: who the token stands for."""

from __future__ import annotations

from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.people import MeShape

noun = door.Noun("me", "本人")


@noun.get("", MeShape())
def read_me() -> Any:
    """本人 · Who asks, with posts."""
    return door.actor()
