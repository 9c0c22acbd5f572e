"""What pickers of forms may pick: people, organisations, vocabularies, files, papers, records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content.content import Content
from workflow_server.services import access, file_types, legibility
from workflow_server.services.actors import Actor
from workflow_server.store import attachments, documents, organisations, people, records


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources as one person sees them while filling in a form."""

    content: Content
    actor: Actor
    #: What the picked people, organisations and entries are called, by what was picked.
    names: dict[str, str] = field(default_factory=dict)
    #: The files that were picked.
    files: set[UUID] = field(default_factory=set)

    def accepts(self, source: str, value: Any, parameters: Mapping[str, Any]) -> bool:
        """Tell whether a value may be picked; a source that is not known accepts nothing."""
        check = _SOURCES.get(source)
        return check is not None and check(self, value, parameters)


def _accepts_person(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """A person of one of the actor's organisations, with a role if one is asked for."""
    person_id = _id(value)
    if person_id is None:
        return False
    role = parameters.get("role")
    if not any(
        position.organisation_id in seen.actor.organisation_ids and role in (None, position.role)
        for position in people.list_positions(person_id, datetime.now(CHINA).date())
    ):
        return False
    seen.names[str(person_id)] = people.get_person(person_id).name
    return True


def _accepts_organisation(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """Any organisation that is not closed, of a party if one is asked for."""
    organisation_id = _id(value)
    found = None if organisation_id is None else organisations.find(organisation_id)
    if found is None or found.closed_on is not None:
        return False
    if parameters.get("party") not in (None, found.party):
        return False
    seen.names[str(found.id)] = found.name
    return True


def _accepts_entry(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """An entry of a shared vocabulary."""
    entries = seen.content.shared.vocabularies.get(str(parameters.get("vocabulary")), ())
    label = next((entry.label for entry in entries if entry.value == value), None)
    if label is None:
        return False
    seen.names[str(value)] = label
    return True


def _accepts_attachment(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """A file that the actor has put up, of the kinds that are taken (as HTML's `accept` says).

    One of another case only while they may act in that case.
    """
    attachment_id = _id(value)
    found = None if attachment_id is None else attachments.find(attachment_id)
    if found is None or found.person_id != seen.actor.person_id:
        return False
    if found.instance_id is not None and not _acts_in(seen, found.instance_id):
        return False
    if not file_types.fits(str(parameters.get("accept") or ""), found.name, found.media_type):
        return False
    seen.files.add(found.id)
    return True


def _accepts_document(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """A paper that the actor reads, more than in an emergency."""
    document_id = _id(value)
    found = None if document_id is None else documents.find(document_id)
    return found is not None and legibility.may_read(seen.actor, found, acting=True)


def _accepts_record(seen: Sources, value: Any, parameters: Mapping[str, Any]) -> bool:
    """A record that the actor sees, more than in an emergency; of a kind if one is asked for."""
    record_id = _id(value)
    sight = access.sight(seen.actor, acting=True)
    found = None if record_id is None else records.find_seen(sight, record_id)
    return found is not None and parameters.get("kind") in (None, found.kind)


_SOURCES: Mapping[str, Callable[[Sources, Any, Mapping[str, Any]], bool]] = {
    "people": _accepts_person,
    "organisations": _accepts_organisation,
    "vocabulary": _accepts_entry,
    "attachments": _accepts_attachment,
    "documents": _accepts_document,
    "records": _accepts_record,
}


def _acts_in(seen: Sources, instance_id: UUID) -> bool:
    return access.sight(seen.actor, acting=True).sees(instance_id)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
