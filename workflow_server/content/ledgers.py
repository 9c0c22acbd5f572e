"""Ledgers: views over the records of a kind, which the content declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow_server.content import take_overs
from workflow_server.content.reading import Place
from workflow_server.content.take_overs import TakeOver as TakeOver

#: Columns that every record has, beside the fields of its kind.
BUILT_IN = ("number", "title", "state", "opened", "closed", "organisation")
#: What every ledger may be narrowed by, beside fields that are chosen from a vocabulary.
FILTERS = ("state", "organisation", "opened", "closed", "text")


@dataclass(frozen=True, slots=True)
class Linked:
    """Another record that a row must be tied to, to count: of which kind, and by which relation."""

    relation: str
    kind: str
    #: At which end of the link the other record stands: "from" or "to".
    end: str = "from"
    states: tuple[str, ...] = ()
    except_states: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number over the rows that a ledger is narrowed to: how many are like this, or a share.

    Rows count that are in one of `states`, in none of `except_states`, have one of the values of
    each of `fields`, something in each of `filled`, one of the texts of each of `holds`, and are
    tied to a record such as `linked` describes.
    """

    key: str
    label: str
    states: tuple[str, ...] = ()
    except_states: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Instead of the rows themselves, what stands in this number of theirs is added up.
    sum: str | None = None
    #: The field that says in what unit they are: what has another unit is added up by itself.
    per: str | None = None
    #: Instead of the rows, how many different values they have in this field.
    distinct: str | None = None
    linked: Linked | None = None
    #: The figure of which this one is shown as a share, in per cent.
    over: str | None = None
    #: Figures that together must come to this one; where they don't, that is said.
    parts: tuple[str, ...] = ()
    #: Under which heading it stands.
    group: str = ""

    @property
    def read(self) -> frozenset[str]:
        """Return the fields of the ledger's own kind that it looks into."""
        counted = (each for each in (self.sum, self.per, self.distinct) if each is not None)
        return frozenset([*self.fields, *self.filled, *self.holds, *counted])


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
    #: The date field by which rows belong to a year; without one it is when they were opened.
    cohort: str | None = None
    #: Columns with a day on which something is due, and the field that says that it has been done:
    #: how near that day is has a light as long as this is empty and the record open.
    due: Mapping[str, str] = field(default_factory=dict)
    #: What an old register may bring; without it none is taken over.
    take_over: TakeOver | None = None

    def is_for(self, party: str, role: str) -> bool:
        """Tell whether a post of this role, in an organisation of this party, has it."""
        return not (self.parties or self.roles) or party in self.parties or role in self.roles


def read(item: Place) -> Ledger | None:
    """Read one ledger as its file declares it."""
    known = ("key", "label", "kind", "parties", "roles", "columns", "filters", "figures")
    if not item.only(*known, "cohort", "due", "take_over"):
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
        cohort=item.text_or_none("cohort"),
        due={name: item.step("due").text(name) for name, _ in item.members("due")},
        take_over=take_overs.read(item),
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
    members = ("states", "except_states", "fields", "filled", "holds", "sum", "per", "distinct")
    if not item.only("key", "label", *members, "linked", "over", "parts", "group"):
        return None
    if item.value.get("sum") is not None and item.value.get("distinct") is not None:
        item.refuse("sum 与 distinct 只能写一个", "distinct")
    if item.value.get("per") is not None:
        _refuse_per(item)
    return Figure(
        key=item.key("key"),
        label=item.text("label"),
        states=item.texts("states"),
        except_states=item.texts("except_states"),
        fields={name: item.step("fields").texts(name) for name, _ in item.members("fields")},
        filled=item.texts("filled"),
        holds={name: item.step("holds").text_or_texts(name) for name, _ in item.members("holds")},
        sum=item.text_or_none("sum"),
        per=item.text_or_none("per"),
        distinct=item.text_or_none("distinct"),
        linked=_linked(item),
        over=item.text_or_none("over"),
        parts=item.texts("parts"),
        group=item.text_or_none("group") or "",
    )


def _refuse_per(item: Place) -> None:
    """Refuse what several units cannot be: units of nothing, a share, a whole of parts."""
    if item.value.get("sum") is None:
        item.refuse("per 须与 sum 同时使用", "per")
    for other in ("over", "parts"):
        if item.value.get(other) is not None:
            item.refuse(f"分单位相加的指标不能有 {other}", other)


def _linked(item: Place) -> Linked | None:
    if item.value.get("linked") is None:
        return None
    place = item.step("linked")
    if not place.only("relation", "kind", "end", "states", "except_states", "filled"):
        return None
    return Linked(
        relation=place.text("relation"),
        kind=place.text("kind"),
        end=place.choice_or_none("end", ("from", "to")) or "from",
        states=place.texts("states"),
        except_states=place.texts("except_states"),
        filled=place.texts("filled"),
    )
