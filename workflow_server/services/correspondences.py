"""Letters as people work with them: what must be done, the conversation, where one's own stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from workflow_server.content.elements import MessageEffect
from workflow_server.services import access, cases, deadlines, definition_cache, deliveries, letters
from workflow_server.services.actors import Actor
from workflow_server.services.cases import Step
from workflow_server.services.deadlines import DeadlineView
from workflow_server.services.letters import Letter
from workflow_server.services.record_words import UNDECLARED, Fact
from workflow_server.store import cases as case_rows
from workflow_server.store import correspondences as store
from workflow_server.store import deliveries as delivery_rows
from workflow_server.store import directory
from workflow_server.store.correspondences import Filter as Matters
from workflow_server.store.correspondences import Mine
from workflow_server.store.deliveries import NEW, DeliveryStatus, Filter
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance

Direction = Literal["sent", "received"]
#: Of one conversation no more letters than this are shown.
MOST = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case that wrote or took a letter is: who must do what until when."""

    instance_id: UUID
    is_over: bool
    outcome: str | None
    steps: Sequence[Step]
    #: The next clock to end.
    deadline: DeadlineView | None
    #: What of it is the reader's to do.
    mine: Sequence[Mine]


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in a list, and where the reader's case stands, if they see it."""

    letter: Letter
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Whole:
    """A letter with all that hangs on it."""

    letter: Letter
    is_received: bool
    is_sent: bool
    standing: Standing | None
    #: What its payload tells, each with its label.
    told: Sequence[Fact]
    thread: Sequence[Letter]
    acknowledged_by: str | None
    may_acknowledge: bool
    may_hand_over: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A case that one's office started, with its letters."""

    instance: ProcessInstance
    definition: ProcessDefinition
    records: Sequence[case_rows.Shown]
    standing: Standing
    #: The first letter that it sent: its number is the number of the matter.
    first: Letter | None
    #: The last letter that came back.
    answer: Letter | None


def list_letters(
    actor: Actor,
    direction: Direction,
    narrowed: Filter,
    now: datetime,
    page: int = 1,
    page_size: int = 20,
) -> tuple[list[Line], int]:
    """Return letters that the actor sees on one side, newest first, and how many there are."""
    sight = access.sight(actor)
    rows, total = delivery_rows.list_(
        sight, direction=direction, narrowed=narrowed, page=page, page_size=page_size
    )
    found = letters.read(actor, rows)
    case_of = {each.delivery.id: _case(each, direction) for each in found}
    standings = _standings(actor, [each for each in case_of.values() if each], now)
    return [Line(each, standings.get(case_of[each.delivery.id])) for each in found], total


def count_new(actor: Actor) -> int:
    """Return how many letters wait to be acknowledged."""
    return delivery_rows.count_new(access.sight(actor))


def see(actor: Actor, delivery_id: UUID, now: datetime) -> Whole:
    """Return a letter that the actor sees, with its conversation; NotFound otherwise."""
    delivery, is_sent, is_received = deliveries.look_at(actor, delivery_id)
    others = delivery_rows.list_thread(access.sight(actor), delivery, MOST)
    rows = others if delivery in others else [delivery, *others]
    read = letters.read(actor, rows)
    letter = next(each for each in read if each.delivery.id == delivery_id)
    case_id = _case(letter, "received" if is_received else "sent")
    standing = _standings(actor, [case_id], now).get(case_id) if case_id is not None else None
    by = delivery.acknowledged_by
    is_new = delivery.status in NEW
    is_on_paper = delivery.status == DeliveryStatus.PAPER and delivery.delivered_at is None
    return Whole(
        letter=letter,
        is_received=is_received,
        is_sent=is_sent,
        standing=standing,
        told=_told(letter),
        thread=read,
        acknowledged_by=None if by is None else directory.list_names([by]).get(by),
        may_acknowledge=is_new and is_received and _acts_on(actor, delivery_id, "received"),
        may_hand_over=is_on_paper and is_sent and _acts_on(actor, delivery_id, "sent"),
    )


def list_types() -> list[tuple[str, str]]:
    """Return the types of letters of the newest content with what they are called."""
    newest = definition_cache.newest()
    found = {} if newest is None else newest.content.shared.messages
    return [(each.key, each.label) for each in found.values()]


def list_own(
    actor: Actor, narrowed: Matters, now: datetime, page: int = 1, page_size: int = 20
) -> tuple[list[Own], int]:
    """Return the cases that people of the actor's offices started, each with where it stands.

    However many there are, it takes the same number of statements.
    """
    sight = access.sight(actor)
    offset = (page - 1) * page_size
    rows, total = store.list_writing(
        sight, actor.organisation_ids, _writing(), narrowed, page_size, offset
    )
    ids = [instance.id for instance, _ in rows]
    if not ids:
        return [], total
    written = letters.read(actor, delivery_rows.list_ends(sight, ids))
    standings = _standings(actor, ids, now)
    records: dict[UUID, list[case_rows.Shown]] = defaultdict(list)
    for each in case_rows.list_records(ids):
        records[each.instance_id].append(each)
    return [
        _own(instance, definition, records[instance.id], standings[instance.id], written)
        for instance, definition in rows
    ], total


def _writing() -> set[str]:
    """Return the processes that send letters, by key."""
    newest = definition_cache.newest()
    if newest is None:
        return set()
    processes = newest.content.processes
    return {
        key
        for key, process in processes.items()
        if any(
            isinstance(effect, MessageEffect)
            for element in process.elements.values()
            for effect in element.effects
        )
    }


def _own(
    instance: ProcessInstance,
    definition: ProcessDefinition,
    records: Sequence[case_rows.Shown],
    standing: Standing,
    written: Sequence[Letter],
) -> Own:
    sent = [each for each in written if each.delivery.instance_id == instance.id]
    came = [each for each in written if each.delivery.received_instance_id == instance.id]
    first, answer = next(iter(sent), None), came[-1] if came else None
    return Own(instance, definition, records, standing, first, answer)


def _case(letter: Letter, direction: Direction) -> UUID | None:
    delivery = letter.delivery
    return delivery.received_instance_id if direction == "received" else delivery.instance_id


def _acts_on(actor: Actor, delivery_id: UUID, side: Direction) -> bool:
    sight = access.sight(actor, acting=True)
    return delivery_rows.find_seen(sight, delivery_id, side) is not None


def _standings(
    actor: Actor, instance_ids: Collection[UUID], now: datetime
) -> Mapping[UUID | None, Standing]:
    """Return where those of some cases stand that the actor sees, in few statements."""
    sight = access.sight(actor)
    found = store.list_cases(list(dict.fromkeys(instance_ids)), sight)
    if not found:
        return {}
    seen = found.keys()
    running = {
        key: definition
        for key, (instance, definition) in found.items()
        if instance.status == InstanceStatus.RUNNING
    }
    steps = cases.list_steps(running)
    clocks = {each.instance_id: each for each in reversed(case_rows.list_running(seen))}
    mine: dict[UUID, list[Mine]] = defaultdict(list)
    for task in store.list_mine(sight, actor.posts, seen):
        mine[task.instance_id].append(task)
    return {
        key: Standing(
            key,
            instance.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED),
            instance.outcome_label,
            steps.get(key, ()),
            deadlines.view(clocks[key], now) if key in clocks else None,
            mine[key],
        )
        for key, (instance, _) in found.items()
    }


def _told(letter: Letter) -> list[Fact]:
    """Return what a letter's payload tells, in the words of the content that sent it."""
    delivery = letter.delivery
    sent_by = store.list_cases([delivery.instance_id])[delivery.instance_id][1]
    content = definition_cache.content_of(sent_by.deployment_id)
    type_ = content.shared.messages.get(delivery.type)
    shows = {} if type_ is None else type_.shows
    found = (
        Fact(part, label, UNDECLARED, _sayable(delivery.payload.get(part)))
        for part, label in shows.items()
    )
    return [fact for fact in found if fact.value not in (None, "", [])]


def _sayable(value: Any) -> Any:
    """Leave out what has no words: the parts of an object are called as programs call them."""
    if isinstance(value, list):
        return [each for each in value if not isinstance(each, dict)]
    return None if isinstance(value, dict) else value
