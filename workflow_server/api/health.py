"""Health: whether this process answers and reaches its database."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Shown
from workflow_server.services import clock

noun = door.Noun("health", "健康检查")


class HealthShape(Shape):
    """That it works."""

    status = Shown(required=True, metadata={"example": "ok"})
    version = Shown(required=True)


@noun.get("", HealthShape())
def read_health() -> dict[str, Any]:
    """健康检查 · Answers when the process works and reaches its database; needs no token."""
    clock.check()
    return {"status": "ok", "version": version("workflow-server")}
