"""What several diagrams share: the files of bpmn/_shared/ as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from workflow_server.config import CHINA
from workflow_server.content import (
    alerts,
    decisions,
    ledgers,
    messages,
    parameters,
    reading,
    rule_files,
    sites,
)
from workflow_server.content.bundle import Bundle
from workflow_server.content.decisions import Decision
from workflow_server.content.ledgers import Ledger
from workflow_server.content.messages import MessageType as MessageType
from workflow_server.content.parameters import Parameter, values
from workflow_server.content.reading import Place
from workflow_server.content.refusals import ContentRefused
from workflow_server.content.rule_files import RULES as RULES
from workflow_server.content.sites import Site
from workflow_server.errors import Fault

FOLDER = "bpmn/_shared/"
FIELD_TYPES = (
    "text",
    "number",
    "money",
    "date",
    "datetime",
    "boolean",
    "choice",
    "organisation",
    "person",
    "file",
    "list",
    "object",
)
_MOST_RESOLVED = 4_096


#: How values of a class are masked; rules/masking does it.
_MASKS = ("all", "keep_last_4", "initial", "district", "year")
#: How somebody may have to stand to a case to read a class: of its team, or with a task in it.
_RELATIONS = ("team",)
_SCOPES = ("own", "department", "organisation", "jurisdiction")


@dataclass(frozen=True, slots=True)
class Role:
    """A post that people hold in an organisation of a party."""

    key: str
    label: str
    party: str
    #: How far it sees beside its own cases: "own", "department", "organisation", "jurisdiction".
    sees: str = "own"
    #: What it may do beside its tasks, by name.
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record kind; `vocabulary` names the options of a choice, or usual texts."""

    key: str
    label: str
    type: str
    vocabulary: str | None = None
    data_class: str | None = None


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of business object: its fields, its states, the series of its numbers."""

    key: str
    label: str
    series: str | None
    fields: Mapping[str, Field]
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """How numbers are written: `{code}` and the like are fields of the issuing organisation."""

    key: str
    label: str
    pattern: str


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class of data that not everybody who sees a case may read."""

    key: str
    label: str
    #: Roles of the hosting organisation; ANYBODY is everybody who works there.
    readers: tuple[str, ...]
    #: What is left of it for the others: a kind of rules/masking.
    mask: str = "all"
    #: It is masked only in cases that have this flag.
    flag: str | None = None
    #: That somebody saw it is kept.
    sensitive: bool = False
    #: It never leaves its organisation, whatever a diagram says.
    confined: bool = False
    #: Of the readers, the roles that read it only in cases that they handle.
    handlers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Relation:
    """What one end of a link is to the other; a link may use a word that is not declared."""

    key: str
    label: str


#: Among the readers of a class: everybody who works in the hosting organisation.
ANYBODY = "*"

_Row = TypeVar(
    "_Row", Role, RecordKind, Series, MessageType, DataClass, Ledger, Relation, Parameter
)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a vocabulary."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything in bpmn/_shared/, by key."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    records: Mapping[str, RecordKind] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    messages: Mapping[str, MessageType] = field(default_factory=dict)
    vocabularies: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    classes: Mapping[str, DataClass] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    alerts: alerts.Ladder = alerts.SILENT
    rules: Decision | None = None
    rule_codes: frozenset[str] = frozenset()
    office: Mapping[str, Any] | None = None
    site: Site | None = None
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    scenarios: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _resolved: dict[tuple[str, str | None, date], Mapping[str, Any] | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def parties(self) -> frozenset[str]:
        """Return the kinds of organisation that have roles."""
        return frozenset(role.party for role in self.roles.values())

    def rule(self, code: str, region: str | None, day: date) -> Mapping[str, Any] | None:
        """Return the row of a deadline rule in force in a region on a day, or None.

        The table sees `rule`, `region` (no region is an empty text, which begins with nothing),
        `day` and `parameters`; it is asked once for each.
        """
        asked = (code, region, day)
        if asked not in self._resolved and self.rules is not None:
            context: dict[str, Any] = {"rule": code, "region": region or "", "day": day.isoformat()}
            context["parameters"] = values(self.parameters.values(), region)
            now = datetime.combine(day, time(12), CHINA)
            if len(self._resolved) >= _MOST_RESOLVED:
                self._resolved.clear()
            row = decisions.decide(self.rules, context, now)
            self._resolved[asked] = row if isinstance(row, dict) else None
        return self._resolved.get(asked)


def read(bundle: Bundle) -> Shared:
    """Read the shared content; refuse the bundle with every fault it has."""
    shared, faults = read_with_faults(bundle)
    if faults:
        raise ContentRefused(
            f"Expected sound shared content, but {faults[0].pointer} is refused", faults
        )
    return shared


def read_with_faults(bundle: Bundle) -> tuple[Shared, tuple[Fault, ...]]:
    """Read what can be read, and return every fault beside it."""
    faults: list[Fault] = []
    files = {
        path.removeprefix(FOLDER): place
        for path, data in bundle.under(FOLDER, ".json")
        if (place := reading.parse(path, data, faults)) is not None
    }
    _refuse_unknown(files, faults)
    office = _object(files.get("office.json"))
    shared = Shared(
        roles=_table(files, "roles", "roles", _role),
        records=_table(files, "records", "kinds", _record_kind),
        series=_table(files, "series", "series", _series),
        messages=_table(files, "messages", "types", messages.read),
        vocabularies=_vocabularies(files.get("vocabularies.json")),
        classes=_table(files, "data_classes", "classes", _data_class),
        relations=_table(files, "relations", "relations", _relation),
        parameters=_table(files, "parameters", "parameters", parameters.read),
        alerts=alerts.read(files.get("alerts.json")),
        rules=rule_files.read(bundle, faults),
        rule_codes=rule_files.codes(bundle),
        office=office,
        site=sites.read(files.get("site.json"), office),
        ledgers=_table(files, "ledgers", "ledgers", ledgers.read),
        scenarios={
            name.removeprefix("scenarios/").removesuffix(".json"): content
            for name, place in files.items()
            if name.startswith("scenarios/") and (content := _object(place)) is not None
        },
    )
    return shared, tuple(faults)


_KNOWN = frozenset(
    f"{name}.json"
    for name in (
        *("roles", "records", "relations", "series", "messages", "vocabularies"),
        *("data_classes", "ledgers", "office", "site", "parameters", "alerts"),
    )
)


def _refuse_unknown(files: Mapping[str, Place], faults: list[Fault]) -> None:
    for name in files:
        if name not in _KNOWN and not name.startswith("scenarios/"):
            known = "、".join(sorted(_KNOWN))
            faults.append(Fault(f"{FOLDER}{name}", f"不认识这个文件，这里有：{known}"))


def _table(
    files: Mapping[str, Place], name: str, member: str, build: Callable[[Place], _Row | None]
) -> dict[str, _Row]:
    place = files.get(f"{name}.json")
    table: dict[str, _Row] = {}
    if place is None or not place.only(member):
        return table
    for item in place.items(member, required=True):
        row = build(item)
        if row is not None:
            if row.key in table:
                item.refuse(f"“{row.key}”出现了两次", "key")
            table[row.key] = row
    return table


def _role(item: Place) -> Role | None:
    if not item.only("key", "label", "party", "sees", "rights"):
        return None
    sees = item.choice_or_none("sees", _SCOPES) or "own"
    return Role(item.key("key"), item.text("label"), item.key("party"), sees, item.texts("rights"))


def _record_kind(item: Place) -> RecordKind | None:
    if not item.only("key", "label", "series", "fields", "states"):
        return None
    fields: dict[str, Field] = {}
    for place in item.items("fields"):
        if place.only("key", "label", "type", "vocabulary", "class"):
            declared = _field(place)
            if declared.key in fields:
                place.refuse(f"“{declared.key}”出现了两次", "key")
            fields[declared.key] = declared
    return RecordKind(
        key=item.key("key"),
        label=item.text("label"),
        series=item.text_or_none("series"),
        fields=fields,
        states=item.texts("states"),
    )


def _field(place: Place) -> Field:
    kind = place.text("type")
    if kind and kind not in FIELD_TYPES:
        place.refuse(f"类型只能是 {'、'.join(FIELD_TYPES)}", "type")
    return Field(
        key=place.key("key"),
        label=place.text("label"),
        type=kind,
        vocabulary=place.text_or_none("vocabulary"),
        data_class=place.text_or_none("class"),
    )


def _data_class(item: Place) -> DataClass | None:
    if not item.only("key", "label", "readers", "mask", "flag", "sensitive", "confined"):
        return None
    readers = tuple(_reader(each) for each in item.items("readers"))
    return DataClass(
        key=item.key("key"),
        label=item.text("label"),
        readers=tuple(role for role, _ in readers if role),
        mask=item.choice_or_none("mask", _MASKS) or "all",
        flag=item.text_or_none("flag"),
        sensitive=item.flag("sensitive"),
        confined=item.flag("confined"),
        handlers=frozenset(role for role, handles in readers if handles),
    )


def _reader(item: Place) -> tuple[str, bool]:
    """Read a reader of a class: a role, or an object that says who of the role reads it."""
    if isinstance(item.value, dict):
        item.only("role", "relation")
        relation = item.text("relation") and item.choice_or_none("relation", _RELATIONS)
        return item.text("role"), relation is not None
    if isinstance(item.value, str) and item.value.strip():
        return item.value, False
    item.refuse("须填写文字")
    return "", False


def _series(item: Place) -> Series | None:
    if not item.only("key", "label", "pattern"):
        return None
    return Series(item.key("key"), item.text("label"), item.text("pattern"))


def _relation(item: Place) -> Relation | None:
    if not item.only("key", "label"):
        return None
    return Relation(item.key("key"), item.text("label"))


def _vocabularies(place: Place | None) -> dict[str, tuple[Option, ...]]:
    if place is None or not place.only("vocabularies"):
        return {}
    found: dict[str, tuple[Option, ...]] = {}
    for name, _ in place.members("vocabularies"):
        options = place.step("vocabularies").items(name, required=True)
        found[name] = tuple(
            Option(item.text("value"), item.text("label"))
            for item in options
            if item.only("value", "label")
        )
    return found


def _object(place: Place | None) -> Mapping[str, Any] | None:
    if place is None:
        return None
    if isinstance(place.value, dict):
        return place.value
    place.refuse("这里应当是一个对象 { … }")
    return None
