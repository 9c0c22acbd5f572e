"""What keeps people from a case and who belongs to it, as its diagram says after each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from workflow_server import feel
from workflow_server.errors import WorkflowServerError
from workflow_server.rules.access import INTERNAL, WORK_SECRET, Marks, marks_of, strictest
from workflow_server.store import access
from workflow_server.store.process_instances import InstanceInHand

if TYPE_CHECKING:
    from workflow_server.services.advance.host import House

log = structlog.get_logger(__name__)

_Changes = tuple[dict[str, Any], dict[str, Any]]


def follow(house: House, variables: dict[str, Any]) -> _Changes:
    """Return what changes in the instance's row, and what its history tells of that.

    The team is written at once. One crossing into FEEL, none if the diagram declares nothing;
    what can't be evaluated stays as it was.
    """
    process, instance = house.process, house.instance
    if not process.flags and not process.team:
        return {}, {}
    try:
        asked = [flag.value for flag in process.flags] + [each.value for each in process.team]
        results = _evaluated(asked, house, variables)
    except WorkflowServerError as error:
        log.warning("standing_not_evaluated", instance=str(instance.id), exc_info=error)
        if instance.standing.get("drawn") is not None or not process.flags:
            return {}, {"standing_kept": error.message}
        return _as_strict_as_can_be(house, error)
    flags, team = results[: len(process.flags)], results[len(process.flags) :]
    members = [
        [str(person), member.role]
        for member, value in zip(process.team, team, strict=True)
        for person in _ids(value)
    ]
    named = zip((each.name for each in process.flags), flags, strict=True)
    drawn = {**as_json(marks_of(named)), "team": members}
    before = instance.standing.get("drawn")
    if drawn == before:
        return {}, {}
    values: dict[str, Any] = {"standing": {**instance.standing, "drawn": drawn}}
    told: dict[str, Any] = {}
    team_before = team_of(instance.standing)
    if members != (before or {}).get("team", []):
        whole = team_of(values["standing"])
        told, department_id = write_team(instance, whole, had_none=not team_before)
        if department_id is not None:
            values["department_id"] = department_id
    values |= in_force(values["standing"])
    if any(getattr(instance, name) != values[name] for name in ("secrecy", "minor", "flags")):
        told["restrictions"] = {name: values[name] for name in ("secrecy", "minor", "flags")}
    return values, told


def _as_strict_as_can_be(house: House, error: WorkflowServerError) -> _Changes:
    """Return the strictest that the diagram could say: never evaluated, nothing may be let out."""
    named = frozenset(each.name for each in house.process.flags)
    secrecy = WORK_SECRET if "secrecy" in named else INTERNAL
    marks = Marks(secrecy, "minor" in named, named - {"minor", "secrecy"})
    drawn = {**as_json(marks), "team": []}
    values: dict[str, Any] = {"standing": {**house.instance.standing, "drawn": drawn}}
    values |= in_force(values["standing"])
    shown = {name: values[name] for name in ("secrecy", "minor", "flags")}
    return values, {"standing_taken_strictest": error.message, "restrictions": shown}


def is_stricter(values: Mapping[str, Any], before: tuple[int, bool]) -> bool:
    """Tell whether what `follow` returned keeps more people from the case than before."""
    secrecy, minor = before
    return bool(values.get("secrecy", secrecy) > secrecy or values.get("minor", minor) > minor)


def in_force(standing: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an instance that its diagram, a person and its caller come to."""
    found = _from_json(standing.get("drawn") or {})
    for other in (standing.get("by_hand"), standing.get("inherited")):
        found = strictest(found, None if other is None else _from_json(other))
    return as_json(found)


def team_of(standing: Mapping[str, Any]) -> list[list[str]]:
    """Return who belongs to a case: as its diagram says, and who belongs to the calling one."""
    groups = (standing.get(name) or {} for name in ("drawn", "inherited"))
    named = [(person, role) for group in groups for person, role in group.get("team", ())]
    return [[person, role] for person, role in dict.fromkeys(named)]


def as_json(marks: Marks) -> dict[str, Any]:
    """Return what a case is marked with as it is kept."""
    return {"secrecy": marks.secrecy, "minor": marks.minor, "flags": sorted(marks.flags)}


def write_team(
    instance: InstanceInHand, members: Sequence[Sequence[str]], *, had_none: bool = False
) -> tuple[dict[str, Any], UUID | None]:
    """Let these belong to the case, but for who is recused or unknown.

    Returns what history tells of it, and the department of the first member with one here.
    """
    named = [(UUID(person), role) for person, role in members]
    if not had_none:
        access.clear_team(instance.id)
    added = access.add_to_team(instance.id, instance.organisation_id, named) if named else []
    departments = {(person, role): department for person, role, department in added}
    kept = [each for each in named if each in departments]
    told: dict[str, Any] = {"team": [[str(person), role] for person, role in kept]}
    if len(kept) < len(named):
        recused = set(access.list_recused(instance.id))
        kept_out = [str(person) for person, _ in named if person in recused]
        if kept_out:
            told["recused_kept_out"] = kept_out
    within = (departments[each] for each in kept if departments[each] is not None)
    return told, next(within, None)


def _from_json(kept: Mapping[str, Any]) -> Marks:
    default = Marks()
    return Marks(
        kept.get("secrecy", default.secrecy),
        kept.get("minor", default.minor),
        frozenset(kept.get("flags", ())),
    )


def _evaluated(values: Sequence[str], house: House, variables: dict[str, Any]) -> list[Any]:
    asked = [value[1:] for value in values if value.startswith("=")]
    results = iter(feel.evaluate_all(asked, house.context(variables), now=house.now))
    return [next(results) if value.startswith("=") else value for value in values]


def _ids(value: Any) -> list[UUID]:
    found = []
    for each in value if isinstance(value, list) else [value]:
        try:
            found.append(UUID(each))
        except (ValueError, TypeError, AttributeError):
            continue
    return found
