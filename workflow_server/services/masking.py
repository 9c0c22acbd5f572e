"""What of a case a reader sees: classed values are masked on every path out of the server.

A *veil* (services/veils) lies over one case for one reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.lineage import Lineage
from workflow_server.content.lineage import hidden_mark as _mark
from workflow_server.content.shared import ANYBODY, DataClass
from workflow_server.rules import masking as rules
from workflow_server.rules.access import Scope
from workflow_server.services import definition_cache, views
from workflow_server.services.veils import Veil, leaves
from workflow_server.store import masking as store
from workflow_server.store.masking import Part

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.documents import DocumentKind
    from workflow_server.content.elements import MessageEffect, NamedValue
    from workflow_server.services.actors import Actor, Position
    from workflow_server.services.situation import Situation
    from workflow_server.store.deliveries import Delivery
    from workflow_server.store.documents import Document
    from workflow_server.store.history import HistoryRow
    from workflow_server.store.incidents import Incident
    from workflow_server.store.records import Record


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
    wanted = {each for each in instance_ids if each is not None}
    parts = store.list_(wanted, actor.person_id, actor.posts, whole=whole)
    return {part.instance_id: _veil(actor, part, [part.organisation_id]) for part in parts}


def records(actor: Actor, found: Sequence[Record]) -> list[Record]:
    """Return records as a reader sees them; what sensitive they show leaves a trace."""
    veils = over(actor, (each.instance_id for each in found))
    shown = [
        replace(each, fields=veils[each.instance_id].record(each.kind, each.fields))
        if each.instance_id in veils
        else each
        for each in found
    ]
    for instance_id, veil in veils.items():
        note(actor, instance_id, "records", veil)
    return shown


def note(
    actor: Actor, instance_id: UUID, what: str, veil: Veil, object_id: UUID | None = None
) -> None:
    """Leave a trace of the sensitive classes that a reader was handed unmasked."""
    classes = shown_sensitive(veil)
    if classes:
        views.note(actor, instance_id, what, object_id, classes)


def acts(veil: Veil, found: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Return acts of the history as a reader sees them."""
    return [replace(each, data=veil.act(each.element_id, each.data)) for each in found]


def deliveries(actor: Actor, found: Sequence[Delivery]) -> list[Delivery]:
    """Return letters as a reader on either side sees them."""
    wanted = {each.instance_id for each in found}
    parts = {each.instance_id: each for each in store.list_(wanted, actor.person_id, actor.posts)}
    return [replace(each, payload=_payload(actor, each, parts[each.instance_id])) for each in found]


def _payload(actor: Actor, letter: Delivery, part: Part) -> dict[str, Any]:
    veil = _veil(actor, part, [letter.sender_id, letter.recipient_id])
    payload = veil.payload(letter.type, letter.payload)
    note(actor, letter.instance_id, "delivery", veil, letter.id)
    return payload


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


def sensitive_in(document: Document) -> tuple[str, ...]:
    """Return the sensitive classes that a document declares."""
    content = definition_cache.content_of(document.deployment_id)
    classes = (content.shared.classes[key] for key in content.documents[document.kind].classes)
    return tuple(sorted(each.key for each in classes if each.sensitive))


def readers_of(kind: DocumentKind, content: Content) -> str | None:
    """Return who reads a document of a kind, as its row keeps it; None if everybody does."""
    classes = [content.shared.classes[key] for key in kind.classes]
    if not classes:
        return None
    allowed = [set(each.readers) for each in classes if ANYBODY not in each.readers]
    roles = set.intersection(*allowed) if allowed else {ANYBODY}
    return f" {' '.join(sorted(roles))} "


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
    active = _active(content, situation)
    let_go = {key for part in effect.payload for key in part.disclose}
    found = Veil(held, {key: each.mask for key, each in active.items() if key not in let_go})
    found.learn(situation.variables)
    return [
        found.value(_leaving(part, value, active, held, situation.visit.element_id))
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
    made_of = held.named_in(part.value, element_id) & closed.keys()
    is_hidden = any(active[key].flag is None for key in made_of)
    return rules.HIDDEN if is_hidden and value is not None else value


def _active(content: Content, situation: Situation) -> dict[str, DataClass]:
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


def _veil(actor: Actor, part: Part, places: Collection[UUID]) -> Veil:
    content = definition_cache.content_of(part.deployment_id)
    held = content.lineages.get(part.process_key, Lineage())
    classes = content.shared.classes
    marks = held.marks & classes.keys()
    open_ = {key for key in marks if reads(actor, classes[key], part, places)}
    closed = {key: classes[key].mask for key in marks - open_}
    closed |= dict.fromkeys(_hidden(actor, part, content), "all")
    veil = Veil(
        held,
        closed,
        frozenset(key for key in open_ if classes[key].sensitive),
        _own(held, part) if closed else frozenset(),
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
    here = {position.organisation_id} | position.predecessors
    if not here.isdisjoint(places):
        return ANYBODY in declared.readers or position.role in declared.readers
    is_above = bool(position.path) and part.path.startswith(position.path)
    sees_down = position.sees == Scope.JURISDICTION
    return is_above and sees_down and position.role in declared.readers


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
            is_hidden = _access(element.field_access, path) == "hidden"
            (hidden if is_hidden else seen).add(_mark(element.form or "", path))
    return hidden - seen


def _access(access: Mapping[str, str], path: str) -> str | None:
    steps = path.split(".")
    above = (".".join(steps[:count]) for count in range(1, len(steps)))
    if any(access.get(each) == "hidden" for each in above):
        return "hidden"
    return access.get(path)


def _has_wider_part(actor: Actor, part: Part) -> bool:
    if part.in_team:
        return True
    return any(
        each.sees != Scope.OWN
        and (
            part.organisation_id in {each.organisation_id} | each.predecessors
            or (bool(each.path) and part.path.startswith(each.path))
        )
        for each in actor.positions
    )


def _own(held: Lineage, part: Part) -> frozenset[Any]:
    return frozenset(
        leaf
        for element_id, data in part.own
        for leaf, _ in leaves(held.answers.get(element_id, {}), data.get("answers"))
        if isinstance(leaf, str | int | float)
    )
