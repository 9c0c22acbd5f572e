"""One bundle, read: its processes, forms, document kinds and shared content by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from workflow_server.content import decisions, documents, extensions, forms, lineage, shared
from workflow_server.content.bundle import Bundle
from workflow_server.content.decisions import Decision
from workflow_server.content.documents import DocumentKind
from workflow_server.content.elements import ProcessExtensions
from workflow_server.content.forms import Form
from workflow_server.content.lineage import Lineage
from workflow_server.content.refusals import ContentRefused
from workflow_server.content.shared import Shared
from workflow_server.errors import Fault

FORMS = "forms/"


@dataclass(frozen=True, slots=True)
class Content:
    """What a deployment means; immutable, so one copy serves every instance of it."""

    bundle: Bundle
    processes: Mapping[str, ProcessExtensions]
    forms: Mapping[str, Form]
    documents: Mapping[str, DocumentKind]
    shared: Shared
    #: By id, of whichever file.
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    #: By process: the classes of data of everything that it holds.
    lineages: Mapping[str, Lineage] = field(default_factory=dict)


@lru_cache(maxsize=8)
def load(bundle: Bundle) -> Content:
    """Read a bundle that `checks.check` has passed; refuse what cannot be read at all.

    Kept for the next who asks: a bundle never changes, nor does what is read of it.
    """
    processes: dict[str, ProcessExtensions] = {}
    for path, data in bundle.under("bpmn/", ".bpmn"):
        for process in extensions.read(path, data):
            if process.process_id in processes:
                raise _twice(process, processes[process.process_id])
            processes[process.process_id] = process
    compiled = {form_key(path): forms.parse(form_key(path), data) for path, data in _forms(bundle)}
    together = shared.read(bundle)
    return Content(
        bundle=bundle,
        processes=processes,
        forms=compiled,
        documents=documents.read(bundle),
        shared=together,
        decisions=_decisions(bundle, together.rules),
        lineages=lineage.trace(processes, compiled, together.records),
    )


def _decisions(bundle: Bundle, rules: Decision | None) -> dict[str, Decision]:
    found = {} if rules is None else {rules.id: rules}
    for path, data in bundle.under("bpmn/", ".dmn"):
        if path != shared.RULES:
            found.update(decisions.parse(data, path))
    return found


def form_key(path: str) -> str:
    """Return the key of a form from its path: `forms/a/b.json` -> `a/b`."""
    return path.removeprefix(FORMS).removesuffix(".json")


def _forms(bundle: Bundle) -> tuple[tuple[str, bytes], ...]:
    return tuple(bundle.under(FORMS, ".json"))


def _twice(process: ProcessExtensions, other: ProcessExtensions) -> ContentRefused:
    return ContentRefused(
        f"Expected process '{process.process_id}' once, but {other.path} has it too",
        [Fault(f"{process.path}:{process.line} {process.process_id}", f"{other.path} 里也有它")],
    )
