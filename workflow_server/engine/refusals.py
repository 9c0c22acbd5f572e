"""How the engine refuses: a diagram with all its faults at once, an act with one reason."""

from __future__ import annotations

from workflow_server.errors import InvalidInput, InvalidState


class DefinitionRefused(InvalidInput):
    """流程图未通过检查"""


class TaskNotOpen(InvalidState):
    """任务未处于待办状态"""


class WaitNotOpen(InvalidState):
    """流程未在等待该事件"""


class IncidentNotOpen(InvalidState):
    """该环节没有待处理的异常"""


class StateUnreadable(InvalidState):
    """流程状态与流程版本不符"""


class VisitNotOpen(InvalidState):
    """流程不在该环节"""


class SkipRefused(InvalidInput):
    """该环节不能跳过"""


class MoveRefused(InvalidInput):
    """不能这样移动"""
