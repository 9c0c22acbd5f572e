"""The operation read_figures: what a ledger's figures come to over the whole of the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidInput
from workflow_server.rules.access import WORK_SECRET
from workflow_server.services import ledgers
from workflow_server.services.ledgers import Sheet, Told, Wanted
from workflow_server.services.situation import Situation
from workflow_server.store import ledgers as store
from workflow_server.store import organisations
from workflow_server.store.organisations import Organisation
from workflow_server.store.sight import Sight

#: More groups than a table on paper has rows.
_MOST_GROUPS = 200


class FiguresRefused(InvalidInput):
    """台账数字无法统计"""


def read(values: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """Return a ledger's figures of the host's records, whoever presses the button.

    With `by`, a field of the kind, also for each of its values.
    """
    host = organisations.get(situation.instance.organisation_id)
    sheet = _sheet(values["ledger"], host)
    seen = _whole_of(host)
    wanted = Wanted(opened_from=_day(values, "from"), opened_to=_day(values, "to"))
    if (wanted.opened_from or wanted.opened_to) and "opened" not in sheet.ledger.filters:
        raise FiguresRefused(
            f"台账“{sheet.ledger.key}”没有时间筛选，不能按起止日期统计。"
            f" Expected a ledger with the filter 'opened', but '{sheet.ledger.key}' has none."
        )
    narrowed = replace(ledgers.narrowed(sheet, wanted), organisation_id=host.id)
    found: dict[str, Any] = {"figures": _told(ledgers.figures_in(seen, sheet, narrowed))}
    by = values.get("by")
    if by is not None:
        found["groups"] = _groups(seen, sheet, narrowed, by)
    return found


def _groups(seen: Sight, sheet: Sheet, narrowed: store.Filter, by: Any) -> list[dict[str, Any]]:
    if by not in sheet.kind.fields or by in sheet.marked:
        raise FiguresRefused(
            f"台账“{sheet.ledger.key}”不能按“{by}”分组。"
            f" Expected a field that is not classed to group by, but got {by!r}."
        )
    groups = ledgers.figures_by(seen, sheet, narrowed, by, _MOST_GROUPS)
    names = organisations.list_names(set(filter(None, map(_as_id, groups))))
    return [
        {
            "value": value,
            "label": names.get(_as_id(value), value),
            "figures": _told(figures),
        }
        for value, figures in groups.items()
    ]


def _sheet(key: Any, host: Organisation) -> Sheet:
    sheet = ledgers.get(None, str(key))
    parties = sheet.ledger.parties
    if parties and host.party not in parties:
        raise FiguresRefused(
            f"本单位没有台账“{key}”。 Expected a ledger of this office, but got {key!r}."
        )
    return sheet


def _whole_of(host: Organisation) -> Sight:
    """Return the sight of nobody: all that the host has; numbers show no case."""
    here = frozenset({host.id})
    return Sight(
        person_id=UUID(int=0),
        organisations=here,
        departments=frozenset(),
        subtrees=frozenset(),
        offered=frozenset(),
        homes=here,
        clearance=WORK_SECRET,
        minors_certified=True,
        barred=False,
        real=datetime.now(UTC),
        emergency=False,
    )


def _told(figures: list[Told]) -> dict[str, Any]:
    return {
        each.key: {
            "label": each.label,
            "value": _number(each.value),
            "share": None if each.share is None else _number(each.share),
        }
        | _in_units(each)
        for each in figures
    }


def _in_units(told: Told) -> dict[str, Any]:
    """Return what a figure comes to in each of its units, if it has any."""
    amounts = [{"unit": each.unit, "value": _number(each.value)} for each in told.amounts]
    return {"amounts": amounts} if amounts else {}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _day(values: Mapping[str, Any], name: str) -> date | None:
    given = values.get(name)
    try:
        return date.fromisoformat(given) if given is not None else None
    except (TypeError, ValueError) as error:
        raise FiguresRefused(
            f"“{name}”应为日期，得到的是 {given!r}。 Expected a date, but got {given!r}."
        ) from error


def _as_id(value: str) -> UUID:
    """Return the id that a value may be; of what is none, one that nothing has."""
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)
