"""What an instance waits for: timers become jobs, messages and signals subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server import feel
from workflow_server.content.elements import ElementExtensions
from workflow_server.engine.runtime import overlaid
from workflow_server.errors import InvalidInput, InvalidState, Unavailable, WorkflowServerError
from workflow_server.services import jobs
from workflow_server.services.advance import assignments, due
from workflow_server.services.advance.host import House
from workflow_server.store import incidents, subscriptions, tasks
from workflow_server.store import jobs as job_rows
from workflow_server.store.subscriptions import ReceivedMessage, SubscriptionKind

if TYPE_CHECKING:
    from workflow_server.engine.runtime import Step, Wait

FIRE_TIMER = "fire_timer"
#: Opens a wait again whose expression could not be evaluated when the token arrived.
ARM_WAIT = "arm_wait"
#: What waits beside other work may follow a deadline that is not started yet.
_BESIDE = frozenset({"boundaryEvent", "startEvent"})

Early = tuple[UUID, ReceivedMessage]


class ConversationUnknown(InvalidInput):
    """无法确定消息的往来标识"""


def write(house: House, step: Step) -> list[Early]:
    """Write down what is waited for from now on, and what no longer is.

    Returns messages that had come before: (wait, message).
    """
    if step.waits_closed:
        subscriptions.remove(step.waits_closed)
        for job_id in job_rows.drop(house.instance.id, step.waits_closed):
            incidents.resolve_job(job_id, None, house.now)
    _follow_deadlines(house, step)
    arrived = []
    for wait in step.waits_opened:
        seen = overlaid(step.variables, wait.frame) if wait.frame else step.variables
        with or_later(house, wait):
            arrived += open_(house, wait, seen, house.now)
    return arrived


def _follow_deadlines(house: House, step: Step) -> None:
    """Give timers and tasks their time whose deadline was started or changed in this step."""
    named = house.process.deadlines_timed
    before = house.instance.variables.get("deadlines") or {}
    after = step.variables.get("deadlines") or {}
    changed = {name for name in after if _end(before.get(name)) != _end(after[name])}
    followed = job_rows.list_pending_of(house.instance.id, FIRE_TIMER) if changed & named else ()
    for job in followed:
        element = house.process.elements[job.payload["element_id"]]
        if element.timer is not None and job.payload["deadline"] in changed:
            running = after.get(element.timer.deadline)
            job_rows.set_due(job.id, due.of_deadline(running, element.timer.offset))
    for name in changed & before.keys():
        for element_id in after[name]["stop_on"]:
            day = assignments.due_on(step.variables, element_id)
            tasks.set_due_on(house.instance.id, element_id, day)


def _end(deadline: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    if deadline is None:
        return None
    is_paused = deadline["status"] == "paused"
    return (deadline["id"], deadline["due"], deadline.get("due_at"), is_paused)


def open_(house: House, wait: Wait, variables: dict[str, Any], since: datetime) -> list[Early]:
    """Write down a wait that began at a moment; what is called is written down elsewhere.

    Returns the message that came before it, if one did: (wait, message).
    """
    if wait.kind == "timer":
        _open_timer(house, wait, variables, since)
    elif wait.kind == "signal":
        subscribe(house, wait, SubscriptionKind.SIGNAL, wait.name or "")
    elif wait.kind == "message":
        early = _open_message(house, wait, variables)
        return [(wait.id, early)] if early is not None else []
    return []


def due_at(house: House, wait: Wait, variables: dict[str, Any], since: datetime) -> datetime:
    """Return when a timer is due that began to run at a moment."""
    element = _element(house, wait)
    if element.timer is not None:
        running = (variables.get("deadlines") or {}).get(element.timer.deadline)
        if running is None and element.type in _BESIDE:
            return due.NEVER
        return due.of_deadline(running, element.timer.offset)
    if wait.timer is None:
        raise due.TimerUnreadable(
            f"“{wait.element_id}”没有定时。"
            f" Expected a time at '{wait.element_id}', but there is none."
        )
    kind, text = wait.timer
    if text.startswith("="):
        text = feel.evaluate(text[1:], house.context(variables), now=house.now)
    return due.of_timer(kind, text, since, wait.since)


@contextmanager
def or_later(house: House, wait: Wait) -> Iterator[None]:
    """Let a wait that can't be opened now be opened by a job, which may become an incident."""
    try:
        yield
    except Unavailable:
        raise
    except WorkflowServerError:
        jobs.enqueue(
            ARM_WAIT,
            {
                "instance_id": str(house.instance.id),
                "wait": _as_json(wait),
                "opened_at": house.now.isoformat(),
            },
            now=house.now,
            instance_id=house.instance.id,
            subject_id=wait.id,
            in_line=False,
        )


def _open_timer(house: House, wait: Wait, variables: dict[str, Any], since: datetime) -> None:
    element = _element(house, wait)
    moment = due_at(house, wait, variables, since)
    jobs.enqueue(
        FIRE_TIMER,
        {
            "instance_id": str(house.instance.id),
            "element_id": wait.element_id,
            "deadline": element.timer.deadline if element.timer is not None else None,
            "due": moment.isoformat(),
            "wait": _as_json(wait),
        },
        now=house.now,
        due_at=moment,
        instance_id=house.instance.id,
        subject_id=wait.id,
        in_line=False,
    )


def _open_message(house: House, wait: Wait, variables: dict[str, Any]) -> ReceivedMessage | None:
    element = _element(house, wait)
    given = element.catch_message
    if given is None and element.act is not None:
        subscribe(house, wait, SubscriptionKind.ACT, wait.name or "")
        return None
    message_type = given.type if given is not None else wait.name
    conversation = given.conversation if given is not None else None
    if conversation is not None and conversation.startswith("="):
        context = house.context(variables)
        conversation = feel.evaluate(conversation[1:], context, now=house.now)
    if message_type is None or not isinstance(conversation, str) or not conversation:
        raise ConversationUnknown(
            f"“{element.name or element.id}”无法确定等待哪一件往来。"
            f" Expected a conversation at '{element.id}', but it is {conversation!r}."
        )
    host = house.instance.organisation_id
    subscriptions.lock_conversation(message_type, conversation, host)
    subscribe(house, wait, SubscriptionKind.MESSAGE, message_type, conversation)
    return subscriptions.find_early(message_type, conversation, host)


def subscribe(
    house: House, wait: Wait, kind: SubscriptionKind, message_type: str, conversation: str = ""
) -> None:
    """Write down that an instance waits for something to come."""
    row = {
        "id": wait.id,
        "instance_id": house.instance.id,
        "organisation_id": house.instance.organisation_id,
        "element_id": wait.element_id,
        "message_type": message_type,
        "conversation": conversation,
        "opened_at": house.now,
        "kind": kind,
    }
    subscriptions.add_all([row])


def _element(house: House, wait: Wait) -> ElementExtensions:
    element = house.process.elements.get(wait.element_id)
    if element is None:
        raise InvalidState(
            f"流程图中没有“{wait.element_id}”。"
            f" Expected element '{wait.element_id}' in the diagram, but it is not."
        )
    return element


def _as_json(wait: Wait) -> dict[str, Any]:
    return {
        "id": str(wait.id),
        "element_id": wait.element_id,
        "kind": wait.kind,
        "name": wait.name,
        "timer": list(wait.timer) if wait.timer is not None else None,
        "since": wait.since.isoformat() if wait.since is not None else None,
    }
