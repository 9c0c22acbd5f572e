"""The registry of what service tasks may do; a new operation is code, a new use is content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content import decisions
from workflow_server.content.record_marks import READ
from workflow_server.errors import InvalidInput
from workflow_server.services import (
    access,
    erasures,
    figure_reading,
    ledgers,
    numbers,
    other_records,
)
from workflow_server.services.situation import Situation
from workflow_server.store import records

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.decisions import Decision
    from workflow_server.content.elements import Operation

#: How many of the newest records are compared.
_MOST_COMPARED = 5_000
_MOST_SIMILAR = 50
#: A record is the same no longer than a century.
_MOST_DAYS = 36_500
#: The operation that answers a decision of the content.
DECIDE = "decide"


class UnknownOperation(InvalidInput):
    """未知的自动处理"""


class OperationRefused(InvalidInput):
    """自动处理的参数有误"""


@dataclass(frozen=True, slots=True)
class _Registered:
    run: Callable[[Mapping[str, Any], Situation], Any]
    required: frozenset[str]
    optional: frozenset[str]
    #: It takes parameters of any other name, too.
    takes_any: bool = False


def perform(effect: Operation, situation: Situation) -> Any:
    """Do what a service task names, with its parameters evaluated in one crossing."""
    given = [parameter.name for parameter in effect.parameters]
    problem = check(effect.name, given)
    if problem is not None:
        raise UnknownOperation(problem)
    values = situation.feel([parameter.value for parameter in effect.parameters])
    return _REGISTRY[effect.name].run(dict(zip(given, values, strict=True)), situation)


def check(name: str, parameters: Collection[str]) -> str | None:
    """Return what is wrong with a use of an operation in one sentence, or None."""
    known = _REGISTRY.get(name)
    if known is None:
        choice = "、".join(sorted(_REGISTRY))
        return (
            f"没有自动处理“{name}”，可用：{choice}。 Expected a known operation, but got '{name}'."
        )
    missing = known.required - set(parameters)
    extra = set() if known.takes_any else set(parameters) - known.required - known.optional
    if missing or extra:
        return (
            f"自动处理“{name}”的参数有误，缺少：{sorted(missing)}，多余：{sorted(extra)}。"
            f" Expected the parameters of '{name}', but some are missing or unknown."
        )
    return None


def check_use(operation: Operation, content: Content) -> str | None:
    """Return what is wrong with an operation of a diagram, or None: also with what it names."""
    problem = check(operation.name, [parameter.name for parameter in operation.parameters])
    if problem is not None or operation.name != DECIDE:
        return problem
    given = {parameter.name: parameter.value for parameter in operation.parameters}
    return _decision_problem(given, content)


def decision_of(operation: Operation | None, content: Content) -> Decision | None:
    """Return the decision that an operation asks."""
    if operation is None or operation.name != DECIDE:
        return None
    tables = (each.value for each in operation.parameters if each.name == "table")
    return content.decisions.get(next(tables, ""))


def _decision_problem(given: Mapping[str, str], content: Content) -> str | None:
    table = given["table"]
    decision = content.decisions.get(table)
    if decision is None:
        known = "、".join(sorted(content.decisions)) or "无"
        return (
            f"没有决策“{table}”，须直接写它的标识，可用：{known}。"
            f" Expected the id of a decision, but got '{table}'."
        )
    if decision.inputs is None:
        return None
    extra = given.keys() - {"table", "inputs", *decision.inputs}
    missing = set() if "inputs" in given else set(decision.inputs) - given.keys()
    if not extra and not missing:
        return None
    return (
        f"决策“{table}”的输入是：{'、'.join(decision.inputs)}；"
        f"缺少：{'、'.join(sorted(missing)) or '无'}，多余：{'、'.join(sorted(extra)) or '无'}。"
        f" Expected the inputs of decision '{table}', but some are missing or unknown."
    )


def _decide(values: Mapping[str, Any], situation: Situation) -> Any:
    """Answer a decision of the content; it sees what it is given, and nothing else of the case."""
    decision = situation.content.decisions.get(_text(values, "table"))
    if decision is None:
        raise OperationRefused(
            f"没有决策“{values['table']}”。"
            f" Expected the id of a decision, but got '{values['table']}'."
        )
    whole = values.get("inputs") or {}
    if not isinstance(whole, Mapping):
        raise OperationRefused(
            f"“inputs”应为上下文，得到的是 {whole!r}。 Expected a context, but got {whole!r}."
        )
    given = {key: value for key, value in values.items() if key not in ("table", "inputs")}
    return decisions.decide(decision, {**whole, **given}, situation.now)


def _find_similar(values: Mapping[str, Any], situation: Situation) -> list[dict[str, Any]]:
    """List the host's records of a kind that resemble one: those that are the same first.

    Alike is what has a like title. The same is what has the values of `same`, and is no older
    than so many `days`. Never those of cases above internal or of minors: what is found stays
    in this case.
    """
    kind, title = _declared_kind(values["kind"], situation), _text(values, "title")
    threshold = _number(values, "threshold", 0.6)
    limit = min(int(_number(values, "limit", 5)), _MOST_SIMILAR)
    is_same = _sameness(values, situation)
    own = situation.variables.get("records", {}).get(kind)
    rows = records.list_titles(
        situation.instance.organisation_id,
        kind,
        # What one person may not see, their work must not show to them.
        sight=access.sight(situation.actor) if situation.actor is not None else None,
        but=UUID(own["id"]) if own else None,
        but_states=[str(each) for each in _listed(values.get("but_states"))],
        limit=_MOST_COMPARED,
        with_fields=is_same is not None,
    )
    wanted = _bigrams(title)
    scored = (
        (is_same is not None and is_same(row), _jaccard(wanted, _bigrams(row.title)), row)
        for row in rows
    )
    found = [each for each in scored if each[0] or each[1] >= threshold]
    found.sort(key=lambda each: (not each[0], -each[1]))
    return [
        {
            "id": str(row.id),
            "number": row.number,
            "title": row.title,
            "score": round(score, 3),
            "same": same,
        }
        for same, score, row in found[:limit]
    ]


def _sameness(
    values: Mapping[str, Any], situation: Situation
) -> Callable[[records.Titled], bool] | None:
    """Return what tells whether a record has the values asked for, in at least one of each set."""
    wanted = values.get("same")
    if wanted is None:
        return None
    days = _number(values, "days", 0.0)
    if not 0 <= days <= _MOST_DAYS:
        raise OperationRefused(
            f"“days”应在 0 与 {_MOST_DAYS} 之间，得到的是 {days:g}。"
            f" Expected 'days' to be between 0 and {_MOST_DAYS}, but got {days:g}."
        )
    sets = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(each, Mapping) for each in sets):
        raise OperationRefused(
            f"“same”应为上下文或者上下文的列表，得到的是 {wanted!r:.60}。"
            f" Expected a context or a list of contexts, but got {wanted!r:.60}."
        )
    since = situation.now - timedelta(days=days) if days else None

    def is_same(row: records.Titled) -> bool:
        recent = since is None or row.opened_at >= since
        return recent and any(_has(row.fields, each) for each in sets)

    return is_same


def _has(fields: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether each field has a value that was asked for; what is unknown is like nothing."""
    return bool(wanted) and all(
        any(one in _listed(fields.get(key)) for one in _listed(value))
        for key, value in wanted.items()
    )


def _listed(value: Any) -> list[Any]:
    return [each for each in (value if isinstance(value, list) else [value]) if each is not None]


def _count(values: Mapping[str, Any], situation: Situation) -> int:
    """Count the host's records of a kind, by state, by day of opening, or only closed ones."""
    return records.count(
        situation.instance.organisation_id,
        _declared_kind(values["kind"], situation),
        state=values.get("state"),
        since=_since(values),
        closed=values.get("closed"),
    )


def _find_frequent(values: Mapping[str, Any], situation: Situation) -> list[dict[str, Any]]:
    """List the values of a field, or of several together, that the host's records often have.

    Counted is what was opened since a day and, with `filled`, has that field; the most frequent
    first. Never records of cases above internal or of minors: what is found stays in this case.
    """
    kind, since = _declared_kind(values["kind"], situation), _since(values)
    by, filled = _listed(values["by"]), values.get("filled")
    _check_fields([*(by or [None]), *_listed(filled)], kind, situation)
    rows = records.list_values(
        situation.instance.organisation_id,
        kind,
        # What one person may not see, their work must not show to them.
        sight=access.sight(situation.actor) if situation.actor is not None else None,
        since=since or datetime.min.replace(tzinfo=CHINA),
        closed=values.get("closed"),
        limit=_MOST_COMPARED,
        but_states=[str(each) for each in _listed(values.get("but_states"))],
    )
    groups: dict[tuple[Any, ...], list[str]] = {}
    for id_, fields in rows:
        if filled is None or _listed(fields.get(filled)):
            for group in dict.fromkeys(product(*(_plain(fields.get(name)) for name in by))):
                groups.setdefault(group, []).append(str(id_))
    least = _number(values, "at_least", 2)
    found = sorted(groups.items(), key=lambda each: -len(each[1]))
    return [
        {
            "value": group[0] if len(by) == 1 else dict(zip(by, group, strict=True)),
            "count": len(ids),
            "ids": ids,
        }
        for group, ids in found
        if len(ids) >= least
    ]


def _check_fields(names: Collection[Any], kind: str, situation: Situation) -> None:
    """Refuse what is no field of a kind, and what is classed: found, it would lose its class."""
    declared = situation.content.shared.records[kind]
    classed = ledgers.classed(situation.content, declared)
    for name in names:
        if name not in declared.fields or name in classed:
            raise OperationRefused(
                f"“{kind}”没有不属于数据类别的字段“{name}”。"
                f" Expected a field of '{kind}' that is not classed, but got {name!r}."
            )


def _plain(value: Any) -> list[Any]:
    """Return the values that can be counted: not contexts or lists within a list."""
    return [each for each in _listed(value) if not isinstance(each, Mapping | list)]


def _read_record(values: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """Read a record of the host that this case may not have opened."""
    kind = _declared_kind(values["kind"], situation)
    return other_records.read(values["id"], kind, situation)


def _draw_number(values: Mapping[str, Any], situation: Situation) -> str:
    """Draw the next number of a series of the host."""
    number = numbers.draw(
        situation,
        _text(values, "series"),
        given_to="instance",
        given_to_id=situation.instance.id,
    )
    return number.text


def _since(values: Mapping[str, Any]) -> datetime | None:
    """Return the beginning of the day that `since` names."""
    since = values.get("since")
    try:
        day = date.fromisoformat(since) if since is not None else None
    except (TypeError, ValueError) as error:
        raise OperationRefused(
            f"“since”应为日期，得到的是 {since!r}。 Expected a date, but got {since!r}."
        ) from error
    return datetime.combine(day, time(), CHINA) if day else None


def _declared_kind(kind: Any, situation: Situation) -> str:
    if kind not in situation.content.shared.records:
        raise OperationRefused(
            f"未声明业务记录类型“{kind}”。"
            f" Expected record kind '{kind}' to be declared, but it is not."
        )
    return str(kind)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str) or not value.strip():
        raise OperationRefused(
            f"参数“{name}”应为文字，得到的是 {value!r}。"
            f" Expected text for '{name}', but got {value!r}."
        )
    return value


def _number(values: Mapping[str, Any], name: str, default: float) -> float:
    value = values.get(name)
    if value is None:
        return default
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise OperationRefused(
            f"参数“{name}”应为数字，得到的是 {value!r}。"
            f" Expected a number for '{name}', but got {value!r}."
        ) from error


def _bigrams(text: str) -> frozenset[str]:
    letters = [character for character in text.lower() if character.isalnum()]
    return frozenset(map("".join, pairwise(letters)))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


def _registered(
    run: Callable[[Mapping[str, Any], Situation], Any],
    required: str,
    optional: str = "",
    *,
    takes_any: bool = False,
) -> _Registered:
    return _Registered(run, frozenset(required.split()), frozenset(optional.split()), takes_any)


_REGISTRY: Mapping[str, _Registered] = {
    "find_similar": _registered(
        _find_similar, "kind title", "threshold limit same days but_states"
    ),
    "find_frequent": _registered(
        _find_frequent, "kind by", "since at_least filled closed but_states"
    ),
    "count": _registered(_count, "kind", "state since closed"),
    READ: _registered(_read_record, "id kind"),
    "read_figures": _registered(figure_reading.read, "ledger", "from to by"),
    "draw_number": _registered(_draw_number, "series"),
    "erase_content": _registered(erasures.ask, "reason", "keep"),
    DECIDE: _registered(_decide, "table", "inputs", takes_any=True),
}
#: The operations that diagrams may name.
NAMES = frozenset(_REGISTRY)


def described() -> list[dict[str, Any]]:
    """Return each operation with its parameters, for who draws."""
    return [
        {"name": name, "required": sorted(each.required), "optional": sorted(each.optional)}
        for name, each in sorted(_REGISTRY.items())
    ]
