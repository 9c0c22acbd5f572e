"""Takes an old register over into a ledger: judged whole first, then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, history, ledgers, register_plans, register_sheets
from workflow_server.services.actors import Actor
from workflow_server.services.csv_files import open_table
from workflow_server.services.ledgers import Sheet
from workflow_server.services.register_columns import columns_of
from workflow_server.services.register_plans import Change, Plan, moment
from workflow_server.services.register_sheets import Names, Register
from workflow_server.services.tables import sheet_name
from workflow_server.store import organisations
from workflow_server.store import registers as store
from workflow_server.store.db import transaction
from workflow_server.store.history import REGISTERS, Act
from workflow_server.store.organisations import Organisation

#: So many faults and changes are told one by one.
_MOST_TOLD = 500
_COUNTS = ("added", "changed", "unchanged")


class RegisterRefused(InvalidInput):
    """旧台账文件有误"""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was done, or would be."""

    dry_run: bool
    organisation_id: UUID
    added: int
    changed: int
    unchanged: int
    changes: Sequence[Change] = ()


def places(actor: Actor, sheet: Sheet) -> list[tuple[UUID, str]]:
    """Return (id, name) of the organisations for which an actor may take a register over."""
    if sheet.ledger.take_over is None:
        return []
    found = {
        each.organisation_id: each.organisation_name
        for each in actor.positions
        if Right.TAKE_OVER in each.rights and sheet.ledger.is_for(each.party, each.role)
    }
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def check_may(actor: Actor, sheet: Sheet) -> None:
    """Refuse who may not take a register over; a ledger that takes none has nothing there."""
    _check_declared(sheet)
    if not places(actor, sheet):
        raise access.without(Right.TAKE_OVER)


def _check_declared(sheet: Sheet) -> None:
    if sheet.ledger.take_over is None:
        raise NotFound(
            f"“{sheet.ledger.label}”不接管旧台账。"
            f" Expected ledger '{sheet.ledger.key}' to declare a take-over, but it does not."
        )


def take_over(
    actor: Actor | None,
    key: str,
    organisation_id: UUID | None,
    name: str,
    data: bytes,
    now: datetime,
    *,
    dry_run: bool,
    idempotency_key: str | None = None,
) -> TakenOver:
    """Take a register over into a ledger, or say what that would do; `now` is business time.

    The records belong to the organisation and to no case: that marks them as taken over. They
    are found again by their numbers, so that a file may come in as often as one likes. The
    command line may do it for every organisation.
    """
    sheet = ledgers.get(actor, key)
    host = _host(actor, sheet, organisation_id)
    digest = hashlib.sha256(data).hexdigest()
    asked = history.asked(actor, idempotency_key, "registers", key, host.id, digest, dry_run)
    register = _read(sheet, host, name, data)
    if dry_run:
        return _result(host, _judged(register, sheet, host, now), dry_run=True)
    with transaction():
        store.hold()
        first = history.first_answer(asked)
        if first is not None:
            counts = {each: first[each] for each in _COUNTS}
            return TakenOver(dry_run=False, organisation_id=host.id, **counts)
        plan = _judged(register, sheet, host, now)
        result = _result(host, plan, dry_run=False)
        _write(sheet, host, plan, now)
        counts = {each: getattr(result, each) for each in _COUNTS}
        about = {"ledger": key, "organisation_id": str(host.id), "file": digest}
        by = actor.stamp(host.id) if actor is not None else None
        act = Act(at=now, act=Event.REGISTER_TAKEN_OVER, by=by, data={**about, **counts})
        history.append_to_area(REGISTERS, act, asked, counts)
    return result


def _host(actor: Actor | None, sheet: Sheet, organisation_id: UUID | None) -> Organisation:
    """Return whose records the register's are: the one named, or the only one it can be."""
    _check_declared(sheet)
    if actor is None:
        host = organisations.get(organisation_id) if organisation_id is not None else None
        if host is None or (sheet.ledger.parties and host.party not in sheet.ledger.parties):
            raise _which()
        return host
    mine = [id_ for id_, _ in places(actor, sheet)]
    if not mine or (organisation_id is not None and organisation_id not in mine):
        raise access.without(Right.TAKE_OVER)
    if organisation_id is None and len(mine) > 1:
        raise _which()
    return organisations.get(organisation_id or mine[0])


def _which() -> RegisterRefused:
    return RegisterRefused(
        "请选择台账属于哪个单位。 Expected the organisation whose register it is.",
        [Fault("#/organisation_id", "请选择单位 · Choose an organisation")],
    )


def _read(sheet: Sheet, host: Organisation, name: str, data: bytes) -> Register:
    table = open_table(name, data)
    return register_sheets.read(
        table, sheet_name(sheet.ledger.label), columns_of(sheet), _names(host)
    )


def _names(host: Organisation) -> Names:
    """Return who and what cells may name: every organisation, and who works or worked here."""
    bodies: dict[str, set[UUID]] = {}
    for row in organisations.list_():
        for name in {row.key, row.name, row.short_name}:
            bodies.setdefault(name, set()).add(row.id)
    people: dict[str, set[UUID]] = {}
    for id_, called, login in store.list_people(_places(host)):
        for name in {called, login}:
            people.setdefault(name, set()).add(id_)
    return Names(_frozen(bodies), _frozen(people))


def _frozen(names: Mapping[str, set[UUID]]) -> dict[str, frozenset[UUID]]:
    return {name: frozenset(ids) for name, ids in names.items()}


def _places(host: Organisation) -> list[UUID]:
    return [host.id, *(UUID(each) for each in host.predecessors)]


def _judged(register: Register, sheet: Sheet, host: Organisation, now: datetime) -> Plan:
    plan = Plan()
    if register.columns:
        here = register_plans.read_here(sheet, host, columns_of(sheet))
        plan = register_plans.compare(register, sheet, here, now.astimezone(CHINA).date())
        register_plans.refuse_given(register, sheet, host, plan, here)
    count = len(register.faults)
    if count:
        raise RegisterRefused(
            f"文件有{count}处错误，什么也没有导入。"
            f" Expected a file without faults, but there are {count}.",
            register.faults[:_MOST_TOLD],
        )
    return plan


def _write(sheet: Sheet, host: Organisation, plan: Plan, now: datetime) -> None:
    """Write what the plan says, each sort of thing in one go."""
    added = [each for each in plan.changes if each.what == "added"]
    changed = [each for each in plan.changes if each.what == "changed" and each.after]
    rows = [{"id": each.record_id, **_columns(each, now)} for each in added]
    about = {"kind": sheet.kind.key, "organisation_id": host.id, "instance_id": None}
    store.add_records([{**about, **row} for row in rows])
    store.change_records([{"record_id": each.record_id, **_columns(each, now)} for each in changed])
    store.remove_ties(plan.old_ties)
    store.add_ties(plan.new_ties, now)
    store.add_numbers(register_plans.given_numbers(sheet, host, added))


def _columns(change: Change, now: datetime) -> dict[str, Any]:
    """Return a record as its table keeps it."""
    values, kept = change.values, change.kept
    stays = kept.fields if kept is not None else {}
    closed_at = kept.closed_at if kept is not None else None
    return {
        "number": change.number,
        "title": change.title,
        "state": values.get("state") or "",
        "fields": {**stays, **register_plans.fields_of(values)},
        "opened_at": moment(values["opened"]),
        "updated_at": now,
        "closed_at": moment(values.get("closed")) if "closed" in values else closed_at,
    }


def _result(host: Organisation, plan: Plan, *, dry_run: bool) -> TakenOver:
    count = Counter(each.what for each in plan.changes)
    return TakenOver(
        dry_run=dry_run,
        organisation_id=host.id,
        added=count["added"],
        changed=count["changed"],
        unchanged=plan.unchanged,
        changes=plan.changes[:_MOST_TOLD],
    )
