"""What of a case a reader sees: classed values are masked on every path out of the server.

A *veil* (services/veils) lies over one case for one reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.forms import rights
from workflow_server.content.lineage import Lineage
from workflow_server.content.lineage import hidden_mark as _mark
from workflow_server.content.shared import ANYBODY, DataClass
from workflow_server.rules import masking as rules
from workflow_server.rules.access import Scope, covers, stands_at
from workflow_server.services import answers_given, definition_cache, views
from workflow_server.services.veils import Veil
from workflow_server.store import masking as store
from workflow_server.store.db import transaction
from workflow_server.store.masking import Part

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.elements import ElementExtensions, MessageEffect, NamedValue
    from workflow_server.services.actors import Actor, Position
    from workflow_server.services.situation import Situation
    from workflow_server.store.deliveries import Delivery
    from workflow_server.store.documents import Document
    from workflow_server.store.history import HistoryRow
    from workflow_server.store.incidents import Incident
    from workflow_server.store.records import Record


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a case a request shows: which kind of view, and under which veil."""

    instance_id: UUID
    what: str
    veil: Veil
    object_id: UUID | None = None


def of(
    actor: Actor,
    instance_id: UUID,
    variables: Mapping[str, Any] | None = None,
    *,
    whole: bool = False,
) -> Veil:
    """Return the veil over a case for a reader.

    With `variables`, or `whole`, it also knows what must not turn up inside other texts.
    """
    veil = over(actor, [instance_id], whole=whole and variables is None)[instance_id]
    return veil if variables is None else veil.learn(variables)


def over(
    actor: Actor, instance_ids: Iterable[UUID | None], *, whole: bool = False
) -> dict[UUID, Veil]:
    """Return the veils over several cases for a reader, in one statement."""
    parts = _parts(actor, (each for each in instance_ids if each is not None), whole=whole)
    return {part.instance_id: _veil(actor, part, [part.organisation_id]) for part in parts}


def informed(actor: Actor, instance_ids: Iterable[UUID | None]) -> dict[UUID, Veil]:
    """Return veils that know what must not turn up; of cases that hide anything, in one more."""
    veils = over(actor, instance_ids)
    held = store.list_variables([key for key, veil in veils.items() if veil.closed])
    for instance_id, variables in held.items():
        veils[instance_id].learn(variables)
    return veils


def names_closed(
    actor: Actor, instance_id: UUID, element: ElementExtensions, expression: str
) -> bool:
    """Tell whether an expression at an element is made of what a reader may not read."""
    veil = of(actor, instance_id).hiding(element, {})
    return not veil.closed.keys().isdisjoint(veil.held.made_of(f"={expression}", element.id))


def records(actor: Actor, found: Sequence[Record]) -> list[Record]:
    """Return records as a reader sees them; what sensitive they show leaves a trace."""
    veils = informed(actor, (each.instance_id for each in found))
    shown = [
        replace(each, fields=veils[each.instance_id].record(each.kind, each.fields))
        if each.instance_id in veils
        else each
        for each in found
    ]
    note(actor, [Seen(key, "records", veil) for key, veil in veils.items()])
    return shown


def note(actor: Actor, seen: Iterable[Seen]) -> None:
    """Leave a trace of the sensitive classes that a request showed unmasked, in one go."""
    told = [(each, classes) for each in seen if (classes := shown_sensitive(each.veil))]
    if told:
        with transaction():
            # In one order, so that two readers of the same cases never wait for each other.
            for each, classes in sorted(told, key=lambda pair: pair[0].instance_id):
                views.note(actor, each.instance_id, each.what, each.object_id, classes)


def acts(veil: Veil, found: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Return acts of the history as a reader sees them."""
    return [replace(each, data=veil.act(each)) for each in found]


def deliveries(actor: Actor, found: Sequence[Delivery]) -> list[Delivery]:
    """Return letters as a reader on either side sees them."""
    parts = {each.instance_id: each for each in _parts(actor, (each.instance_id for each in found))}
    shown, seen = [], []
    for letter in found:
        veil = _veil(actor, parts[letter.instance_id], [letter.sender_id, letter.recipient_id])
        shown.append(replace(letter, payload=veil.payload(letter.type, letter.payload)))
        seen.append(Seen(letter.instance_id, "delivery", veil, letter.id))
    note(actor, seen)
    return shown


def incidents(actor: Actor, found: Sequence[Incident]) -> list[Incident]:
    """Return incidents as a reader sees them."""
    veils = over(actor, (each.instance_id for each in found), whole=True)
    return [
        replace(each, message=veils[each.instance_id].text(each.message))
        if each.instance_id in veils
        else each
        for each in found
    ]


def shown_sensitive(*veils: Veil) -> tuple[str, ...]:
    """Return the sensitive classes of which the reader was handed a value unmasked."""
    return tuple(sorted({key for veil in veils for key in veil.shown}))


def sensitive_file(actor: Actor, instance_id: UUID, attachment_id: UUID) -> tuple[str, ...]:
    """Return the sensitive classes of the fields of a case that a file stands in."""
    (part,) = _parts(actor, [instance_id], whole=True)
    content = definition_cache.content_of(part.deployment_id)
    held = content.lineages.get(part.process_key, Lineage())
    marks = Veil(held, {}).marks_of(part.variables or {}, str(attachment_id))
    classes = content.shared.classes
    return tuple(sorted(key for key in marks if key in classes and classes[key].sensitive))


def sensitive_in(document: Document) -> tuple[str, ...]:
    """Return the sensitive classes that a document declares."""
    content = definition_cache.content_of(document.deployment_id)
    classes = (content.shared.classes[key] for key in content.documents[document.kind].classes)
    return tuple(sorted(each.key for each in classes if each.sensitive))


def leaving(effect: MessageEffect, values: list[Any], situation: Situation) -> list[Any]:
    """Return what a recipient gets of a payload: classed values are masked, unless disclosed.

    What is handed on unchanged is masked by its class; what is made of classed values is hidden
    whole; and what the case hides turns up nowhere. Under a class with a flag the diagram has
    its own say: what it makes of such a value goes, the value itself doesn't.
    """
    content = situation.content
    held = content.lineages.get(situation.process.process_id)
    if held is None or not held.marks & content.shared.classes.keys():
        return values
    closing = active(content, situation)
    let_go = {key for part in effect.payload for key in part.disclose}
    found = Veil(held, {key: each.mask for key, each in closing.items() if key not in let_go})
    found.learn(situation.variables)
    return [
        found.value(_leaving(part, value, closing, held, situation.visit.element_id))
        for part, value in zip(effect.payload, values, strict=True)
    ]


def _leaving(
    part: NamedValue,
    value: Any,
    active: Mapping[str, DataClass],
    held: Lineage,
    element_id: str,
) -> Any:
    closed = {key: each.mask for key, each in active.items() if key not in part.disclose}
    tree = held.of(part.value, element_id)
    if tree:
        return Veil(held, closed).tree(tree, value)
    made_of = held.made_of(part.value, element_id) & closed.keys()
    is_hidden = any(active[key].flag is None for key in made_of)
    return rules.HIDDEN if is_hidden and value is not None else value


def active(content: Content, situation: Situation) -> dict[str, DataClass]:
    """Return the classes that are masked in a case as it is in the middle of this step."""
    drawn = [flag for flag in situation.process.flags if flag.name not in situation.instance.flags]
    values = situation.feel([flag.value for flag in drawn])
    now_set = {flag.name for flag, value in zip(drawn, values, strict=True) if value}
    flags = {*situation.instance.flags, *now_set}
    return {
        key: each
        for key, each in content.shared.classes.items()
        if each.flag is None or each.flag in flags
    }


def _parts(actor: Actor, instance_ids: Iterable[UUID], *, whole: bool = False) -> list[Part]:
    departments = {
        each.department_id
        for each in actor.positions
        if each.department_id is not None and each.sees == Scope.DEPARTMENT
    }
    wanted = set(instance_ids)
    return store.list_(wanted, actor.person_id, actor.posts, departments, whole=whole)


def _veil(actor: Actor, part: Part, places: Collection[UUID]) -> Veil:
    content = definition_cache.content_of(part.deployment_id)
    held = content.lineages.get(part.process_key, Lineage())
    classes = content.shared.classes
    marks = held.marks & classes.keys()
    open_ = {key for key in marks if reads(actor, classes[key], part, places)}
    closed = {key: classes[key].mask for key in marks - open_}
    closed |= dict.fromkeys(_hidden(actor, part, content), "all")
    given = answers_given.by_reader(part, content) if held.marks else answers_given.NOTHING
    veil = Veil(
        held,
        closed,
        frozenset(key for key in open_ if classes[key].sensitive),
        given.answers,
        given.facts,
        actor.person_id,
    )
    return veil if part.variables is None or not closed else veil.learn(part.variables)


def reads(actor: Actor, declared: DataClass, part: Part, places: Collection[UUID]) -> bool:
    """Tell whether somebody reads a class in a case, which stands in one of these places."""
    if declared.flag is not None and declared.flag not in part.flags:
        return True
    return any(_is_reader(each, declared, part, places) for each in actor.positions)


def _is_reader(
    position: Position, declared: DataClass, part: Part, places: Collection[UUID]
) -> bool:
    is_here = any(stands_at(position, place) for place in places)
    if is_here and ANYBODY in declared.readers:
        return True
    if position.role not in declared.readers:
        return False
    if position.role in declared.handlers and not (part.in_team or part.has_task):
        return False
    return is_here or covers(position, part.organisation_id, part.path, part.party)


def _hidden(actor: Actor, part: Part, content: Content) -> set[str]:
    """Return the fields that are hidden from a reader whose part in the case is tasks alone."""
    process = content.processes.get(part.process_key)
    if process is None or _has_wider_part(actor, part):
        return set()
    hidden: set[str] = set()
    seen: set[str] = set()
    if part.started_by == actor.person_id:
        keys = [start.form or "" for start in process.starts]
        seen |= {
            _mark(key, path)
            for key in keys
            if key in content.forms
            for path in content.forms[key].fields
        }
    for element in (process.elements[key] for key in part.elements if key in process.elements):
        form = content.forms.get(element.form or "")
        for path in form.fields if form is not None else ():
            is_hidden = rights.is_hidden(path, element.field_access)
            (hidden if is_hidden else seen).add(_mark(element.form or "", path))
    return hidden - seen


def _has_wider_part(actor: Actor, part: Part) -> bool:
    if part.in_team or part.in_department:
        return True
    wide = (Scope.ORGANISATION, Scope.JURISDICTION)
    return any(
        each.sees in wide and covers(each, part.organisation_id, part.path, part.party)
        for each in actor.positions
    )
