"""Cases as people look at them: a list with what is open in each, and one case from all sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right, Scope
from workflow_server.services import (
    access,
    case_records,
    deadlines,
    definition_cache,
    documents,
    history,
    incidents,
    masking,
    recusals,
    views,
    watched,
)
from workflow_server.services.actors import Actor
from workflow_server.services.case_records import Known
from workflow_server.services.deadlines import DeadlineView
from workflow_server.store import cases as store
from workflow_server.store import deadlines as deadline_rows
from workflow_server.store import directory, organisations, process_instances
from workflow_server.store.access import Recusal
from workflow_server.store.cases import SORTS as SORTS
from workflow_server.store.cases import Filter as Filter
from workflow_server.store.deadlines import DeadlineAlert, DeadlineStatus
from workflow_server.store.documents import Document
from workflow_server.store.incidents import Incident
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance
from workflow_server.store.tasks import Task, TaskStatus

if TYPE_CHECKING:
    from workflow_server.content.elements import ProcessExtensions
    from workflow_server.content.shared import Shared

#: Of one case no more than this is read at once; a case with more has lists to page through.
MOST = 200
_RIGHTS = (Right.RESTRICT, Right.RECUSE, Right.REPAIR, Right.CHANGE_CLOCKS)
_OPEN = frozenset({DeadlineStatus.RUNNING, DeadlineStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Step:
    """Where a case is, and who holds it: a person, or the role that may take it."""

    name: str
    task_id: UUID | None = None
    person: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list."""

    instance: ProcessInstance
    definition: ProcessDefinition
    organisation: str
    steps: Sequence[Step]
    #: The next clock to end, of those that run.
    deadline: DeadlineView | None
    #: Numbers, titles and states of what the case has made.
    records: Sequence[store.Shown]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of a case, with the names of who holds and who did it."""

    task: Task
    role: str | None
    holder: str | None
    doer: str | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline of a case, and the warnings that it gave."""

    view: DeadlineView
    alerts: Sequence[DeadlineAlert]


#: What a person may do beside the rest: nothing waits for it.
_BESIDE = frozenset({"startEvent", "boundaryEvent"})


@dataclass(frozen=True, slots=True)
class Related:
    """A case that called another one or was called by it, and what it runs."""

    instance: ProcessInstance
    definition: ProcessDefinition


@dataclass(frozen=True, slots=True)
class Whole:
    """One case: what it is, what stands in it, and what may be done with it."""

    instance: ProcessInstance
    definition: ProcessDefinition
    organisation: str
    starter: str | None
    #: Its own records, oldest first; where it has none, those of the cases next to it.
    records: Sequence[Known]
    tasks: Sequence[TaskLine]
    clocks: Sequence[Clock]
    documents: Sequence[Document]
    incidents: Sequence[Incident]
    waiting: Sequence[Step]
    may_restrict: bool
    may_recuse: bool
    may_repair: bool
    may_change_clocks: bool
    #: The visible case that called this one, and those that it called, oldest first.
    caller: Related | None = None
    called: Sequence[Related] = ()

    @property
    def open_tasks(self) -> Sequence[TaskLine]:
        """Return what waits for people."""
        return [each for each in self.tasks if each.task.status == TaskStatus.OPEN]

    @property
    def done_tasks(self) -> Sequence[TaskLine]:
        """Return what people have done, the last one first."""
        done = [each for each in self.tasks if each.task.completed_by is not None]
        return sorted(done, key=lambda each: str(each.task.completed_at), reverse=True)

    @property
    def may_have_more_tasks(self) -> bool:
        """Tell whether there may be tasks beside those that are shown."""
        return len(self.tasks) >= MOST

    @property
    def running_clocks(self) -> Sequence[Clock]:
        """Return the clocks that run or stand still, the next to end first."""
        return [each for each in self.clocks if each.view.deadline.status in _OPEN]

    @property
    def stopped_clocks(self) -> Sequence[Clock]:
        """Return the clocks that were stopped."""
        return [each for each in self.clocks if each.view.deadline.status not in _OPEN]

    @property
    def numbers(self) -> Sequence[str | None]:
        """Return the numbers of the case's records, oldest first."""
        return [each.record.number for each in self.records]


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act of the history: who, when, in which post, and where in the diagram."""

    act: Mapping[str, Any]
    element: str | None
    role: str | None


def list_(
    actor: Actor,
    now: datetime,
    narrowed: Filter,
    *,
    sort: str = "newest",
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Line], int]:
    """Return the cases that the actor may see, with what is open in each; how many there are.

    However many there are, it takes the same number of statements.
    """
    rows, total = store.list_(
        access.sight(actor), narrowed, sort, page_size, (page - 1) * page_size
    )
    ids = [row.instance.id for row in rows]
    running = [row for row in rows if row.instance.status == InstanceStatus.RUNNING]
    steps = list_steps({row.instance.id: row.definition for row in running})
    clocks = {each.instance_id: each for each in reversed(store.list_running(ids) if ids else ())}
    made = _grouped(store.list_records(ids) if ids else ())
    return [
        Line(
            row.instance,
            row.definition,
            row.organisation,
            steps.get(row.instance.id, ()),
            deadlines.view(clocks[row.instance.id], now) if row.instance.id in clocks else None,
            made.get(row.instance.id, ()),
        )
        for row in rows
    ], total


def list_organisations(actor: Actor) -> Sequence[tuple[UUID, str]]:
    """Return the organisations whose cases an actor may see by their posts, by name."""
    found = {each.organisation_id: each.organisation_name for each in actor.positions}
    for post in actor.positions:
        if post.sees == Scope.JURISDICTION:
            below = organisations.list_under(post.path)
            found |= {row.id: row.name for row in below if row.party == post.party}
    return sorted(found.items(), key=lambda each: each[1])


def find(actor: Actor, instance_id: UUID) -> store.Row:
    """Return a case that the actor may see, with names; NotFound otherwise."""
    row = store.find_seen(access.sight(actor), instance_id)
    if row is None:
        raise NotFound(f"Expected process instance {instance_id}, but there is none")
    return row


def see(actor: Actor, instance_id: UUID, now: datetime) -> Whole:
    """Return one case that the actor may see, from every side; NotFound otherwise."""
    row = find(actor, instance_id)
    instance = row.instance
    views.note(actor, instance, "detail")
    content = definition_cache.content_of(row.definition.deployment_id)
    process = content.processes[row.definition.key]
    clocks, _ = deadline_rows.list_(None, instance_ids=[instance_id], page_size=MOST)
    papers, _ = documents.list_(actor, instance_id=instance_id, page_size=MOST)
    failed, _ = incidents.list_(actor, is_open=True, instance_id=instance_id, page_size=MOST)
    host = instance.organisation_id
    may = {right for right in _RIGHTS if actor.may(right, host)}
    may = may if may and access.sees_to_act(actor, instance_id) else set()
    caller, called = _family(actor, instance, process)
    near = [each.instance.id for each in called or (caller,) if each is not None]
    return Whole(
        instance=instance,
        definition=row.definition,
        organisation=row.organisation,
        starter=row.starter,
        records=case_records.list_known(actor, instance_id, near, content.shared, MOST),
        tasks=_tasks(instance_id, content.shared),
        clocks=_clocks([deadlines.view(each, now) for each in clocks]),
        documents=papers,
        incidents=failed,
        waiting=[
            *_waiting([instance_id], {instance_id: process}).get(instance_id, ()),
            *(Step(process.elements[each].name) for each in watched.list_(instance, process)),
        ],
        may_restrict=Right.RESTRICT in may,
        may_recuse=Right.RECUSE in may,
        may_repair=Right.REPAIR in may,
        may_change_clocks=Right.CHANGE_CLOCKS in may,
        caller=caller,
        called=called,
    )


def _family(
    actor: Actor, instance: ProcessInstance, process: ProcessExtensions
) -> tuple[Related | None, list[Related]]:
    """Return the caller of a case and what it called, as far as the actor sees them."""
    if instance.parent_id is None and not process.calls:
        return None, []
    rows = process_instances.list_family(access.sight(actor), instance, MOST)
    found = [Related(*row) for row in rows]
    caller = next((each for each in found if each.instance.id == instance.parent_id), None)
    return caller, [each for each in found if each is not caller]


def list_history(
    actor: Actor,
    instance_id: UUID,
    acts: Collection[str] = (),
    *,
    newest: bool = True,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[ActLine], int]:
    """Return acts of a case in words, of some kinds, and how many there are.

    None are all kinds but drafts: that somebody saved one says little, and often.
    """
    row = find(actor, instance_id)
    found, total = store.list_acts(
        instance_id, acts, (Event.DRAFT_SAVED,), newest, page_size, (page - 1) * page_size
    )
    veil = masking.of(actor, instance_id, whole=True)
    shown = masking.acts(veil, found)
    views.note(actor, row.instance, "history", classes=masking.shown_sensitive(veil))
    content = definition_cache.content_of(row.definition.deployment_id)
    elements = content.processes[row.definition.key].elements
    return [
        ActLine(
            act,
            elements[act["element_id"]].name if act["element_id"] in elements else None,
            _role(content.shared, act["role"]),
        )
        for act in history.named(shown)
    ], total


def list_marks(actor: Actor, instance_id: UUID) -> dict[str, list[TaskLine]]:
    """Return the tasks of a case by the element where they stood: who did what in the diagram."""
    row = find(actor, instance_id)
    content = definition_cache.content_of(row.definition.deployment_id)
    found: dict[str, list[TaskLine]] = defaultdict(list)
    for line in _tasks(instance_id, content.shared):
        found[line.task.element_id].append(line)
    return found


def list_recusals(actor: Actor, instance_id: UUID) -> list[tuple[Recusal, str, str]]:
    """Return the recusals from a case with the names of who is kept away and who ordered it."""
    found, _ = recusals.list_(actor, instance_id, page_size=MOST)
    people = {person for each in found for person in (each.person_id, each.ordered_by)}
    names = directory.list_names(people) if people else {}
    return [(each, names.get(each.person_id, ""), names.get(each.ordered_by, "")) for each in found]


def list_elements(instance: ProcessInstance, definition: ProcessDefinition) -> dict[str, str]:
    """Return what the elements of a case's diagram are called, by id."""
    content = definition_cache.content_of(definition.deployment_id)
    return {key: each.name for key, each in content.processes[definition.key].elements.items()}


def list_steps(running: Mapping[UUID, ProcessDefinition]) -> dict[UUID, list[Step]]:
    """Return where running cases are, and who holds them; that they may be seen is asked before."""
    if not running:
        return {}
    contents = {
        key: definition_cache.content_of(definition.deployment_id)
        for key, definition in running.items()
    }
    found: dict[UUID, list[Step]] = defaultdict(list)
    for task in store.list_open(running.keys()):
        role = _role(contents[task.instance_id].shared, task.role)
        found[task.instance_id].append(Step(task.name, task.id, task.assignee, role))
    idle = [key for key in running if key not in found]
    processes = {key: contents[key].processes[running[key].key] for key in idle}
    return found | _waiting(idle, processes)


def _waiting(
    instance_ids: Sequence[UUID], processes: Mapping[UUID, ProcessExtensions]
) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    for instance_id, element_id in store.list_waiting(instance_ids) if instance_ids else ():
        element = processes[instance_id].elements.get(element_id)
        if element is None or element.act is None or element.type not in _BESIDE:
            found[instance_id].append(Step(element.name if element else element_id))
    return found


def _tasks(instance_id: UUID, shared: Shared) -> list[TaskLine]:
    return [
        TaskLine(task, _role(shared, task.role), holder, doer)
        for task, holder, doer in store.list_tasks(instance_id, MOST)
    ]


def _clocks(found: Sequence[DeadlineView]) -> list[Clock]:
    ids = [each.deadline.id for each in found]
    alerts: dict[UUID, list[DeadlineAlert]] = defaultdict(list)
    for alert in store.list_alerts(ids) if ids else ():
        alerts[alert.deadline_id].append(alert)
    return [Clock(each, alerts[each.deadline.id]) for each in found]


def _grouped(found: Sequence[store.Shown]) -> dict[UUID, list[store.Shown]]:
    groups: dict[UUID, list[store.Shown]] = defaultdict(list)
    for each in found:
        groups[each.instance_id].append(each)
    return groups


def _role(shared: Shared, key: str | None) -> str | None:
    role = shared.roles.get(key or "")
    return role.label if role is not None else key
