"""What a designer can choose from while drawing: everything that the content of a draft names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content import documents, extensions, forms, shared
from workflow_server.content.bundle import Bundle
from workflow_server.content.elements import ElementExtensions, ProcessExtensions
from workflow_server.content.refusals import ContentRefused
from workflow_server.content.shared import Shared
from workflow_server.services import draft_files, drafts, groups, operations
from workflow_server.services.actors import Actor
from workflow_server.store.drafts import Draft


def of_draft(actor: Actor, draft_id: UUID, now: datetime) -> dict[str, Any]:
    """Return every name that a diagram or form of a draft may use, with its label.

    A file with faults gives what can be read of it.
    """
    bundle = _bundle(drafts.see(actor, draft_id))
    together, _ = shared.read_with_faults(bundle)
    return {
        **_shared_tables(together),
        "forms": list(_forms(bundle)),
        "documents": list(_documents(bundle)),
        "rules": list(_rules(together, now)),
        "operations": operations.described(),
        "groups": [{"key": each.key, "name": each.name} for each in groups.list_(actor)],
        "processes": list(_processes(bundle)),
    }


def roles_of(actor: Actor, draft_id: UUID) -> list[shared.Role]:
    """Return the roles that the content of a draft declares."""
    together, _ = shared.read_with_faults(_bundle(drafts.see(actor, draft_id)))
    return list(together.roles.values())


def _bundle(draft: Draft) -> Bundle:
    files = draft_files.contents(draft)
    return Bundle({path: files[path] for path in sorted(files)}, "")


def _shared_tables(together: Shared) -> dict[str, Any]:
    """Return what stands in tables that all diagrams share."""
    return {
        "roles": [
            {"key": each.key, "label": each.label, "party": each.party}
            for each in together.roles.values()
        ],
        "parties": sorted(together.parties),
        "records": list(_records(together)),
        "messages": [
            {
                "key": each.key,
                "label": each.label,
                "from": list(each.senders),
                "to": list(each.recipients),
            }
            for each in together.messages.values()
        ],
        "series": [
            {"key": each.key, "label": each.label, "pattern": each.pattern}
            for each in together.series.values()
        ],
        "vocabularies": [
            {"key": key, "options": [{"value": o.value, "label": o.label} for o in options]}
            for key, options in together.vocabularies.items()
        ],
        "parameters": [
            {"key": each.key, "label": each.label, "type": each.type, "value": each.value}
            for each in together.parameters.values()
        ],
        "classes": [{"key": each.key, "label": each.label} for each in together.classes.values()],
    }


def _documents(bundle: Bundle) -> Iterator[dict[str, Any]]:
    kinds, _ = documents.read_with_faults(bundle)
    for kind in kinds.values():
        yield {"key": kind.key, "title": kind.title, "data": sorted(kind.data)}


def _forms(bundle: Bundle) -> Iterator[dict[str, Any]]:
    for path, data in bundle.under("forms/", ".json"):
        key = path.removeprefix("forms/").removesuffix(".json")
        try:
            form = forms.parse(key, data)
        except ContentRefused:
            yield {"key": key, "title": key, "path": path, "fields": [], "faulty": True}
            continue
        yield {
            "key": key,
            "title": form.title or key,
            "path": path,
            "fields": [
                {
                    "path": field.path,
                    "label": field.label,
                    "type": field.type,
                    "repeated": field.repeated,
                    "source": field.source,
                }
                for field in form.fields.values()
            ],
            "faulty": False,
        }


def _rules(together: Shared, now: datetime) -> Iterator[dict[str, Any]]:
    today = now.astimezone(CHINA).date()
    for code in sorted(together.rule_codes):
        row: Mapping[str, Any] = together.rule(code, None, today) or {}
        yield {
            "code": code,
            "label": row.get("label") or code,
            "basis": row.get("basis"),
            "amount": row.get("amount"),
            "unit": row.get("unit"),
        }


def _records(together: Shared) -> Iterator[dict[str, Any]]:
    for kind in together.records.values():
        yield {
            "key": kind.key,
            "label": kind.label,
            "series": kind.series,
            "states": list(kind.states),
            "fields": [
                {"key": each.key, "label": each.label, "type": each.type}
                for each in kind.fields.values()
            ],
        }


def _processes(bundle: Bundle) -> Iterator[dict[str, Any]]:
    for path, data in bundle.under("bpmn/", ".bpmn"):
        try:
            found, _ = extensions.read_with_faults(path, data)
        except ContentRefused:
            continue
        for process in found:
            yield _process(process)


def _process(process: ProcessExtensions) -> dict[str, Any]:
    elements = list(process.elements.values())
    return {
        "key": process.process_id,
        "title": process.title or process.name,
        "path": process.path,
        "facts": sorted({output.name for each in elements for output in each.outputs}),
        "elements": [{"id": each.id, "name": each.name, "type": each.type} for each in elements],
        "calls": sorted({each.called for each in elements if each.called}),
        "is_callable": any(_is_plain_start(each) for each in elements),
    }


def _is_plain_start(element: ElementExtensions) -> bool:
    return element.type == "startEvent" and element.scope is None and element.event is None
