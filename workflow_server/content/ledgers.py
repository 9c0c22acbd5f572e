"""Ledgers: views over the records of a kind, which the content declares."""

from __future__ import annotations

from dataclasses import dataclass

from workflow_server.content.reading import Place

#: Columns that every record has, beside the fields of its kind.
BUILT_IN = ("number", "title", "state", "opened", "closed", "organisation")
#: What every ledger may be narrowed by, beside fields that are chosen from a vocabulary.
FILTERS = ("state", "organisation", "opened", "closed", "text")


@dataclass(frozen=True, slots=True)
class Ledger:
    """A view over the records of a kind: who has it, its columns, what narrows it."""

    key: str
    label: str
    kind: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    #: Kinds of organisations, and roles, whose people have it; neither: everybody's.
    parties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def is_for(self, party: str, role: str) -> bool:
        """Tell whether a post of this role, in an organisation of this party, has it."""
        return not (self.parties or self.roles) or party in self.parties or role in self.roles


def read(item: Place) -> Ledger | None:
    """Read one ledger as its file declares it."""
    if not item.only("key", "label", "kind", "parties", "roles", "columns", "filters"):
        return None
    columns = item.texts("columns")
    if not columns:
        item.refuse("至少要有一栏", "columns")
    return Ledger(
        key=item.key("key"),
        label=item.text("label"),
        kind=item.text("kind"),
        columns=columns,
        filters=item.texts("filters"),
        parties=item.texts("parties"),
        roles=item.texts("roles"),
    )
