"""What can be refused, and in which of five kinds; knows no HTTP.

Every concrete error names its case in the class docstring (it becomes the title a
person sees) and carries a message after the pattern "Expected …, but …".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input, and where.

    `pointer` is an RFC 6901 JSON pointer into the body (`#/answers/served_at`), or
    `file:line element` for content.
    """

    pointer: str
    detail: str


class WorkflowServerError(Exception):
    """Something was refused."""

    #: What a client needs to go on, beside the message.
    more: Mapping[str, str] = {}

    def __init__(self, message: str, faults: tuple[Fault, ...] | list[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    @property
    def code(self) -> str:
        """Kebab-case name, stable for clients: `TaskNotClaimed` -> `task-not-claimed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


class NotFound(WorkflowServerError):
    """未找到"""


class Forbidden(WorkflowServerError):
    """无权操作"""


class InvalidState(WorkflowServerError):
    """当前状态不允许此操作"""


class InvalidInput(WorkflowServerError):
    """输入有误"""


class Unavailable(WorkflowServerError):
    """暂时不可用"""
