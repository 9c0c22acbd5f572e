"""How content is refused: with every fault at once, each naming file, line and element."""

from __future__ import annotations

from workflow_server.errors import InvalidInput


class ContentRefused(InvalidInput):
    """流程包未通过检查"""
