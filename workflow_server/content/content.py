"""One bundle, read: its processes, forms, document kinds and shared content by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

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


@dataclass(frozen=True)
class Content:
    """What a deployment means; immutable, so one copy serves every instance of it.

    Each part is read when it is first asked for: a sign-in page needs a name of the site, and no
    diagram. Who wants to know that all of it can be read uses `load`.
    """

    bundle: Bundle

    @cached_property
    def processes(self) -> Mapping[str, ProcessExtensions]:
        found: dict[str, ProcessExtensions] = {}
        for path, data in self.bundle.under("bpmn/", ".bpmn"):
            for process in extensions.read(path, data):
                if process.process_id in found:
                    raise _twice(process, found[process.process_id])
                found[process.process_id] = process
        return found

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        return {
            form_key(path): forms.parse(form_key(path), data) for path, data in _forms(self.bundle)
        }

    @cached_property
    def documents(self) -> Mapping[str, DocumentKind]:
        return documents.read(self.bundle)

    @cached_property
    def shared(self) -> Shared:
        return shared.read(self.bundle)

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """By id, of whichever file."""
        return _decisions(self.bundle, self.shared.rules)

    @cached_property
    def lineages(self) -> Mapping[str, Lineage]:
        """By process: the classes of data of everything that it holds."""
        return lineage.trace(self.processes, self.forms, self.shared.records)

    def read_whole(self) -> Content:
        """Read every part now; refuse what cannot be read at all."""
        for part in ("processes", "forms", "shared", "documents", "decisions", "lineages"):
            getattr(self, part)
        return self


@lru_cache(maxsize=8)
def of(bundle: Bundle) -> Content:
    """Return what a bundle means, kept for the next who asks: it never changes."""
    return Content(bundle)


def load(bundle: Bundle) -> Content:
    """Read a bundle that `checks.check` has passed; refuse what cannot be read at all."""
    return of(bundle).read_whole()


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
