"""How tasks, subprocesses and call activities behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from workflow_server.engine.tokens import PERFORMED
from workflow_server.engine.walked import Walked

if TYPE_CHECKING:
    from workflow_server.engine.tokens import Token


class Activity(Walked):
    """Work that events may be attached to."""

    def arm(self, token: Token) -> None:
        for event in self.events:
            if event.waits:
                event.wait_for(token, anchor=token.id, scope=token.scope)

    def _run_hook(self, token: Token) -> bool:
        if self.events:
            token.workflow.walk.withdraw(token.id)
        return super()._run_hook(token)

    def _on_cancel(self, token: Token) -> None:
        if self.events:
            token.workflow.walk.withdraw(token.id)
        super()._on_cancel(token)


class Person(Activity):
    """A task that a person completes."""

    holds = True

    def hold(self, token: Token) -> None:
        token.workflow.walk.notes.open_task(token)


class UserTask(Person, defaults.UserTask):  # type: ignore[misc]
    pass


class ManualTask(Person, defaults.ManualTask):  # type: ignore[misc]
    pass


class Work(Activity):
    """A task that the host does at once; an error event may catch what goes wrong."""

    def _run_hook(self, token: Token) -> bool:
        if token.phase < PERFORMED and not token.workflow.walk.perform(token):
            return True
        return super()._run_hook(token)


class ServiceTask(Work, defaults.ServiceTask):  # type: ignore[misc]
    pass


class SendTask(Work, defaults.SendTask):  # type: ignore[misc]
    pass


class CallActivity(Activity, BpmnSpecMixin):  # type: ignore[misc]
    """Waits for an instance of another process, which the host starts."""

    holds = True

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        token.workflow.walk.notes.open_wait(token)


class SubProcess(Activity, BpmnSpecMixin):  # type: ignore[misc]
    """An embedded subprocess: its tokens carry its own token as their scope."""

    holds = True
    start: Any

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        token.workflow.walk.listen(self.handlers, token, token.id)
        child = token._add_child(self.start)
        child.scope = token.id
        self.start._update(child)

    def hears(self, owner: Token, token: Token) -> None:
        walk = owner.workflow.walk
        if walk.is_busy(owner.id):
            return
        walk.cancel_scope(owner.id)
        owner.fired = True
        if owner.state != TaskState.ERROR:
            owner._ready()

    def _on_cancel(self, token: Token) -> None:
        token.workflow.walk.cancel_scope(token.id)
        super()._on_cancel(token)


class EventSubProcess(SubProcess):
    """A subprocess that its start event begins, in the scope that it is drawn in.

    SpiffWorkflow connects it to that start in the shared definition while it runs, never
    interrupts, and begins those for errors at once; here the definition stays as it is.
    """

    def begin(self, start: Token) -> None:
        """Run around a start event that has fired."""
        owner = start._add_child(self)
        start.scope = owner.id
        self._update(owner)

    def hold(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        token.workflow.walk.listen(self.handlers, token, token.id)
