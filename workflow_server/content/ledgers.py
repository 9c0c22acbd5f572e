"""Ledgers: views over the records of a kind, which the content declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow_server.content.reading import Place

#: Columns that every record has, beside the fields of its kind.
BUILT_IN = ("number", "title", "state", "opened", "closed", "organisation")
#: What every ledger may be narrowed by, beside fields that are chosen from a vocabulary.
FILTERS = ("state", "organisation", "opened", "closed", "text")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number over the rows that a ledger is narrowed to: how many are like this, or a share.

    Rows count that are in one of `states`, in none of `except_states`, have one of the values of
    each of `fields`, something in each of `filled`, and the text of each of `holds`.
    """

    key: str
    label: str
    states: tuple[str, ...] = ()
    except_states: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    #: Instead of the rows themselves, what stands in this number of theirs is added up.
    sum: str | None = None
    #: The figure of which this one is shown as a share, in per cent.
    over: str | None = None

    @property
    def read(self) -> frozenset[str]:
        """Return the fields that it looks into."""
        summed = () if self.sum is None else (self.sum,)
        return frozenset([*self.fields, *self.filled, *self.holds, *summed])


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
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def is_for(self, party: str, role: str) -> bool:
        """Tell whether a post of this role, in an organisation of this party, has it."""
        return not (self.parties or self.roles) or party in self.parties or role in self.roles


def read(item: Place) -> Ledger | None:
    """Read one ledger as its file declares it."""
    known = ("key", "label", "kind", "parties", "roles", "columns", "filters", "figures")
    if not item.only(*known):
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
        figures=_figures(item),
    )


def _figures(item: Place) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for each in item.items("figures"):
        figure = _figure(each)
        if figure is None:
            continue
        if figure.key in found:
            each.refuse(f"“{figure.key}”写了两次", "key")
        found[figure.key] = figure
    return found


def _figure(item: Place) -> Figure | None:
    members = ("states", "except_states", "fields", "filled", "holds", "sum", "over")
    if not item.only("key", "label", *members):
        return None
    return Figure(
        key=item.key("key"),
        label=item.text("label"),
        states=item.texts("states"),
        except_states=item.texts("except_states"),
        fields={name: item.step("fields").texts(name) for name, _ in item.members("fields")},
        filled=item.texts("filled"),
        holds={name: item.step("holds").text(name) for name, _ in item.members("holds")},
        sum=item.text_or_none("sum"),
        over=item.text_or_none("over"),
    )
