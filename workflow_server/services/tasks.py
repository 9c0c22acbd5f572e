"""Persons' tasks: found, claimed, drafted and completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from workflow_server.content import forms
from workflow_server.content.elements import ElementExtensions
from workflow_server.content.forms import Form
from workflow_server.errors import InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.services import (
    access,
    answers,
    attachments,
    draft_versions,
    duties,
    form_contexts,
    history,
    initials,
    masking,
    seam,
    views,
)
from workflow_server.services.actors import Actor
from workflow_server.services.advance import Case, Moved, NextTask
from workflow_server.services.process_definitions import Paper, papers_of
from workflow_server.services.situation import Situation
from workflow_server.services.veils import Veil
from workflow_server.store import history as history_rows
from workflow_server.store import offers, process_instances, tasks
from workflow_server.store.db import transaction
from workflow_server.store.history import Act
from workflow_server.store.tasks import Filter, Listed, Task, TaskInHand, TaskStatus

assert seam.TIED


class TaskNotClaimed(InvalidState):
    """任务未被领取"""


@dataclass(frozen=True, slots=True)
class Completion:
    """What became of a completion: the task, its instance and the tasks that follow."""

    task: TaskInHand
    instance_status: str
    next_tasks: tuple[NextTask, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that somebody needs to work on a task: the form, what stands beside it, the draft."""

    listed: Listed
    form: Form | None
    #: The form as this task shows it, without what is hidden.
    source: Mapping[str, Any] | None
    draft: dict[str, Any] | None
    #: By which somebody who writes on says what they had before them; None for who only reads.
    draft_version: str | None
    field_access: dict[str, str]
    reads: list[tuple[str, Any]]
    #: What the form's expressions may read of the case.
    context: dict[str, Any]
    #: What a task that is done was answered with, and by whom.
    answers: dict[str, Any] | None
    done_by: str | None
    #: What is picked in all this is called, by what was picked.
    names: dict[str, str]
    #: What the form begins with, out of the case, until there is a draft.
    initial: dict[str, Any]
    #: The papers that the answers end up in, to be looked at before: for who may complete it.
    previews: tuple[Paper, ...]
    may_complete: bool


def list_(
    actor: Actor,
    *,
    mine: bool = False,
    status: str | None = TaskStatus.OPEN,
    instance_id: UUID | None = None,
    organisation_id: UUID | None = None,
    role: str | None = None,
    assignee_id: UUID | None = None,
    process_key: str | None = None,
    element_id: str | None = None,
    due_by: date | None = None,
    text: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[Listed], int]:
    """Return tasks that the actor may see, the most urgent first, and how many there are.

    `mine` narrows them to those that are the actor's to do: their own, and free ones for a
    role that they hold. `text` is looked for in the task's name, the title of the process, the
    case number, and the numbers and titles of the case's records.
    """
    visible = tasks.in_sight(access.sight(actor))
    if mine:
        visible = tasks.offered_to(access.sight(actor), actor.posts, status)
    narrowed = Filter(
        status=status,
        instance_id=instance_id,
        organisation_id=organisation_id,
        role=role,
        assignee_id=assignee_id,
        process_key=process_key,
        element_id=element_id,
        due_by=due_by,
        text=text,
    )
    return tasks.list_(visible, narrowed, page_size, (page - 1) * page_size)


def get(actor: Actor, task_id: UUID) -> Listed:
    """Return a task that the actor may see."""
    listed = tasks.find_listed(tasks.in_sight(access.sight(actor), one=True), task_id)
    if listed is None:
        raise NotFound(f"Expected task {task_id}, but there is none")
    return listed


def get_desk(actor: Actor, task_id: UUID, now: datetime) -> Desk:
    """Return a task with its form and what of the case is shown beside it."""
    listed = get(actor, task_id)
    locked = process_instances.get_whole(listed.instance.id)
    case = Case(locked, actor, now)
    element = _element(case, listed.task)
    variables = case.variables_at(task_id)
    situation = case.house.situation_at(element, variables)
    veil = masking.of(actor, listed.instance.id).hiding(element, variables)
    shown = [(each.label, each.value) for each in element.reads]
    found = zip(shown, situation.feel([value for _, value in shown]), strict=True)
    reads = [(label, veil.read(value, element.id, result)) for (label, value), result in found]
    form = case.content.forms[element.form] if element.form is not None else None
    draft = _draft(actor, listed.task, element, veil)
    context = form_contexts.of(form, element.field_access, situation, veil)
    given, done_by = _given(listed.task, veil)
    names = veil.variables({"names": case.instance.variables.get("names", {})})["names"]
    may_complete = listed.task.status == TaskStatus.OPEN and _may_do(actor, listed.task)
    begins = initials.of_task(form, element.field_access, situation, veil) if may_complete else {}
    views.note(actor, listed.instance, "task", task_id, masking.shown_sensitive(veil))
    return Desk(
        listed=listed,
        form=form,
        source=None if form is None else forms.without_hidden(form.source, element.field_access),
        draft=draft,
        draft_version=draft_versions.of(listed.task.draft) if may_complete else None,
        field_access=dict(element.field_access),
        reads=reads,
        context=context,
        answers=given,
        done_by=done_by,
        names=form_contexts.called(
            names, draft, begins, given, context, [each for _, each in reads]
        ),
        initial=begins,
        previews=papers_of(case.content, element) if may_complete else (),
        may_complete=may_complete,
    )


def claim(actor: Actor, task_id: UUID, now: datetime, idempotency_key: str | None = None) -> Listed:
    """Take a free task that is offered to one of the actor's roles; taking one's own is fine."""
    asked = history.asked(actor, idempotency_key, "tasks.claim", task_id)
    with transaction():
        case, task = _lock(actor, task_id, now)
        if history.first_answer(asked) is None:
            duties.check_open(task)
            _check_separate(actor, task, case, _element(case, task))
            if task.assignee_id != actor.person_id:
                _save(actor, task, _taken(actor, task, now))
                case.note(_act(Event.TASK_CLAIMED, actor, task, now), asked)
            else:
                history.note_nothing_changed(actor, asked, {}, now)
    return get(actor, task_id)


def release(
    actor: Actor, task_id: UUID, now: datetime, idempotency_key: str | None = None
) -> Listed:
    """Give a claimed task back to its role; one that was assigned stays where it is."""
    asked = history.asked(actor, idempotency_key, "tasks.release", task_id)
    with transaction():
        case, task = _lock(actor, task_id, now)
        if history.first_answer(asked) is None:
            duties.check_open(task)
            if task.assignee_id != actor.person_id or task.claimed_at is None:
                raise TaskNotClaimed(
                    f"任务“{task.name}”不是由您签收的，不能退回。"
                    f" Expected a claimed task '{task.name}', but it is not."
                )
            tasks.save(task, {"assignee_id": None, "claimed_at": None})
            case.note(_act(Event.TASK_RELEASED, actor, task, now), asked)
    return get(actor, task_id)


def save_draft(
    actor: Actor,
    task_id: UUID,
    draft: dict[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
    *,
    expected: str | None = None,
) -> Listed:
    """Keep answers that are not finished; nothing is checked but that the task is theirs.

    `expected` is the version of the draft that they were written on: DraftChangedElsewhere if
    another one stands there by now.
    Who begins a free task claims it, so that nobody else writes over the draft; giving the task
    back leaves the draft to the next one. Otherwise only what was sent under a key leaves a
    trace in the history.
    """
    asked = history.asked(actor, idempotency_key, "tasks.save_draft", task_id, draft)
    with transaction():
        case, task = _lock(actor, task_id, now)
        if history.first_answer(asked) is None:
            duties.check_open(task)
            _check_separate(actor, task, case, _element(case, task))
            element = _element(case, task)
            kept = forms.without(draft, forms.shut_paths(element.field_access))
            draft_versions.check(task_id, expected, kept)
            taken = _taken(actor, task, now)
            _save(actor, task, {"draft": kept, "draft_by": actor.person_id, **taken})
            if taken:
                case.note(_act(Event.TASK_CLAIMED, actor, task, now), None)
            if asked is not None:
                case.note(_act(Event.DRAFT_SAVED, actor, task, now), asked)
    return get(actor, task_id)


def complete(
    actor: Actor,
    task_id: UUID,
    given: dict[str, Any],
    now: datetime,
    idempotency_key: str | None = None,
) -> Completion:
    """Complete a task with the answers given, and move its instance on.

    The answers are checked against the form of the version that the instance runs.
    Whatever follows happens in the same transaction; documents and messages become jobs.
    An automatic step that fails afterwards leaves an incident, and the completion stands.
    """
    asked = history.asked(actor, idempotency_key, "tasks.complete", task_id, given)
    with transaction():
        case, task = _lock(actor, task_id, now)
        first = history.first_answer(asked)
        if first is not None:
            return _completion(task, Moved.from_json(first))
        duties.check_open(task)
        case.check_running()
        element = _element(case, task)
        # Before the answers are looked at, or who must keep away would be told of their faults.
        _save(
            actor,
            task,
            {
                "status": TaskStatus.COMPLETED,
                "completed_at": now,
                "completed_by": actor.person_id,
                "draft": None,
                **_taken(actor, task, now),
            },
        )
        situation = case.house.situation_at(element, case.variables_at(task_id))
        context = _form_context(situation, element)
        is_closed = partial(masking.names_closed, actor, task.instance_id, element)
        checked = answers.check(
            case.content, element.form, given, context, actor, now, element.field_access, is_closed
        )
        case.picked = checked.names
        attachments.adopt(checked.files, task.instance_id)
        act = _act(Event.TASK_COMPLETED, actor, task, now, {"answers": checked.answers})
        return _completion(task, case.complete_task(task, checked.answers, act, asked))


def _completion(task: TaskInHand, moved: Moved) -> Completion:
    return Completion(task, moved.status, moved.next_tasks)


def _lock(actor: Actor, task_id: UUID, now: datetime) -> tuple[Case, TaskInHand]:
    """Hold a task's instance against other writers; refuse whose task it is not."""
    locked, task, standing = tasks.lock(task_id, actor.person_id)
    access.check_may_do(actor, task, standing)
    return Case(locked, actor, now), task


def _save(actor: Actor, task: TaskInHand, values: dict[str, Any]) -> None:
    """Write down what the actor does with a task of theirs; refuse who lost it meanwhile."""
    named = task.assignee_id is None and not actor.holds(task.organisation_id, task.role)
    if not tasks.save_by(task, actor.person_id, values, named=named):
        duties.check_separate(actor.person_id, task)
        raise NotFound(f"Expected task {task.id}, but there is none")


def _taken(actor: Actor, task: TaskInHand, now: datetime) -> dict[str, Any]:
    # A free task becomes theirs by being done: whose case it is, is then one index.
    return {} if task.assignee_id else {"assignee_id": actor.person_id, "claimed_at": now}


def _check_separate(actor: Actor, task: TaskInHand, case: Case, element: ElementExtensions) -> None:
    # Asked only where the diagram keeps somebody away: it costs a statement.
    given = element.assign
    judges_selves = given is not None and given.self_rule != "allow"
    if judges_selves or case.process.separated_from(element.id):
        duties.check_separate(actor.person_id, task)


def _may_do(actor: Actor, task: Task) -> bool:
    if task.assignee_id is not None:
        return task.assignee_id == actor.person_id
    is_offered = actor.holds(task.organisation_id, task.role) or (
        (task.id, actor.person_id) in offers.list_candidates([task.id])
    )
    return is_offered and offers.find_exclusion(task.id, actor.person_id) is None


def _draft(
    actor: Actor, task: Task, element: ElementExtensions, veil: Veil
) -> dict[str, Any] | None:
    """Return the draft without what the task hides and, of others, without what is classed."""
    shut = forms.shut_paths(element.field_access)
    kept: dict[str, Any] | None = forms.without(task.draft, shut)
    if task.draft_by != actor.person_id:
        kept = veil.answers(element.id, forms.without(kept, veil.closed_at(element.id)))
    return kept


def _given(task: Task, veil: Veil) -> tuple[dict[str, Any] | None, str | None]:
    """Return what a task that is done was answered with, veiled, and who did that."""
    if task.status != TaskStatus.COMPLETED:
        return None, None
    row = history_rows.find_completion(task.instance_id, task.id)
    if row is None:
        return None, None
    (named,) = history.named([row])
    return (veil.act(row) or {}).get("answers"), named["person_name"]


def _element(case: Case, task: Task | TaskInHand) -> ElementExtensions:
    return case.process.elements[task.element_id]


def _form_context(situation: Situation, element: ElementExtensions) -> dict[str, Any]:
    return situation.context() if element.form is not None else {}


def _act(
    name: Event, actor: Actor, task: TaskInHand, now: datetime, data: dict[str, Any] | None = None
) -> Act:
    return Act(
        at=now,
        act=name,
        by=actor.stamp(task.organisation_id, task.role),
        element_id=task.element_id,
        task_id=task.id,
        data=data,
    )
