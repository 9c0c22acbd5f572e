"""Plays a diagram on plain SpiffWorkflow, as its documentation says, to show what it does."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from tests.engine.builder import Process


def parsed(process: Process | bytes) -> tuple[Any, dict[str, Any]]:
    """Return the specification of process p and those of its subprocesses."""
    parser = BpmnParser()
    parser.add_bpmn_str(process.xml() if isinstance(process, Process) else process)
    spec = parser.get_spec("p")
    return spec, parser.get_subprocess_specs("p")


class Plain:
    """One instance on the plain library."""

    def __init__(self, process: Process | bytes | tuple[Any, dict[str, Any]], **data: Any) -> None:
        spec, subs = process if isinstance(process, tuple) else parsed(process)
        self.workflow = BpmnWorkflow(spec, subs)
        self.workflow.task_tree.data.update(data)
        self.go_on()

    def go_on(self) -> Plain:
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()
        return self

    @property
    def open(self) -> list[str]:
        """The tasks that wait for a person, sorted."""
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.name for task in tasks)

    def complete(self, name: str, **data: Any) -> Plain:
        tasks = self.workflow.get_tasks(state=TaskState.READY, spec_name=name)
        tasks[0].data.update(data)
        tasks[0].run()
        return self.go_on()

    @property
    def ended(self) -> bool:
        return bool(self.workflow.is_completed())
