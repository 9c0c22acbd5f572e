"""The tree of organisations: added, changed, moved under others and closed, never deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import administration, history
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, day_of, fault
from workflow_server.store import handovers, people
from workflow_server.store import organisations as store
from workflow_server.store.db import session
from workflow_server.store.organisations import Organisation
from workflow_server.store.types import new_id

#: Six digits of GB/T 2260, or nine or twelve where it goes on below the county.
REGION = re.compile(r"\d{6}(\d{3}){0,2}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,99}")
LEVELS = range(1, 5)


class UnderItself(InvalidState):
    """单位不能隶属于自己或自己的下级"""


class StillInUse(InvalidState):
    """仍有未了事项，不能撤销"""


class OrganisationClosed(InvalidState):
    """单位已撤销"""


@dataclass(frozen=True, slots=True)
class Described:
    """What an organisation is described by when it is added."""

    key: str
    name: str
    party: str
    short_name: str | None = None
    code: str = ""
    region: str | None = None
    level: int | None = None
    parent_id: UUID | None = None
    on_server: bool = True
    opened_on: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What of an organisation may change without its being renamed or succeeded."""

    region: str | None
    level: int | None
    on_server: bool
    opened_on: date | None
    fields: Mapping[str, str]


def add(
    actor: Actor | None,
    described: Described,
    now: datetime,
    idempotency_key: str | None = None,
) -> Organisation:
    """Add an organisation to the tree; for system administrators. `now` is real time."""
    asked = history.asked(actor, idempotency_key, "structures.add", asdict(described))
    with acting(actor, "system"):
        known = administration.answered_id(asked, "organisation_id")
        return store.get(known) if known is not None else add_row(actor, described, now, asked)


def add_row(
    actor: Actor | None,
    described: Described,
    now: datetime,
    asked: history.Asked | None = None,
) -> Organisation:
    """Judge and add an organisation inside an open act."""
    today = day_of(now)
    if not KEY.fullmatch(described.key):
        raise fault("#/key", "标识须由小写字母、数字和下划线组成，以字母开头", "Malformed key")
    if store.find_by_key(described.key) is not None:
        raise fault("#/key", f"标识“{described.key}”已被使用", "The key is taken")
    parties = set(administration.roles().values())
    if described.party not in parties:
        known = "、".join(sorted(parties))
        raise fault("#/party", f"没有单位类别“{described.party}”，有：{known}", "Unknown party")
    check_region(described.region)
    check_level(described.level)
    check_code(described.code, today)
    return write_row(actor, described, _parent(described.parent_id, today), now, asked)


def write_row(
    actor: Actor | None,
    described: Described,
    parent: Organisation | None,
    now: datetime,
    asked: history.Asked | None = None,
) -> Organisation:
    """Write an organisation down inside an open act; it was judged before."""
    id_ = new_id()
    row = Organisation(
        id=id_,
        key=described.key,
        name=described.name,
        short_name=described.short_name or described.name,
        code=described.code,
        party=described.party,
        region=described.region,
        level=described.level,
        on_server=described.on_server,
        opened_on=described.opened_on,
        fields=dict(described.fields),
        parent_id=described.parent_id,
        path=f"{parent.path if parent is not None else ''}{id_.hex}/",
    )
    session().add(row)
    subject = {"organisation_id": str(row.id)}
    change = (None, {"key": row.key, "name": row.name, **_shown(row)})
    administration.note(actor, Event.ORGANISATION_ADDED, now, subject, change, asked)
    return row


def change(
    actor: Actor | None,
    organisation_id: UUID,
    particulars: Particulars,
    now: datetime,
    idempotency_key: str | None = None,
) -> Organisation:
    """Change what an organisation is described by; its names change by a succession."""
    given = asdict(particulars)
    asked = history.asked(actor, idempotency_key, "structures.change", organisation_id, given)
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is None:
            check_region(particulars.region)
            check_level(particulars.level)
            before = _shown(row)
            for name, value in given.items():
                setattr(row, name, value)
            session().flush()
            subject = {"organisation_id": str(row.id)}
            note = (before, _shown(row))
            administration.note(actor, Event.ORGANISATION_CHANGED, now, subject, note, asked)
    return row


def move(
    actor: Actor | None,
    organisation_id: UUID,
    parent_id: UUID | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Organisation:
    """Put an organisation under another one, or under none; all below it goes along."""
    asked = history.asked(actor, idempotency_key, "structures.move", organisation_id, parent_id)
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is not None:
            return row
        check_open(row, day_of(now))
        parent = _parent(parent_id, day_of(now))
        if parent is not None and parent.path.startswith(row.path):
            raise UnderItself(
                f"“{row.name}”不能隶属于自己或自己的下级“{parent.name}”；"
                "请先把那个下级移到别处。"
                " Expected a parent outside its own branch, but it lies within."
            )
        before = str(row.parent_id) if row.parent_id is not None else None
        _rebase(row, parent)
        note = ({"parent_id": before}, {"parent_id": parent_id and str(parent_id)})
        subject = {"organisation_id": str(row.id)}
        administration.note(actor, Event.ORGANISATION_MOVED, now, subject, note, asked)
    return row


def close(
    actor: Actor | None,
    organisation_id: UUID,
    closed_on: date,
    now: datetime,
    idempotency_key: str | None = None,
) -> Organisation:
    """Close an organisation that nothing hangs on any more; it stays on record."""
    asked = history.asked(actor, idempotency_key, "structures.close", organisation_id, closed_on)
    with acting(actor, "system"):
        row = store.get(organisation_id)
        if history.first_answer(asked) is not None:
            return row
        today = day_of(now)
        check_open(row, today)
        administration.check_not_ahead(closed_on, today, "closed_on")
        check_lifetime(row, closed_on, "closed_on")
        row.closed_on = closed_on
        # Written first: whoever just then starts a case there is waited for, and counted.
        session().flush()
        _check_unused(row, today)
        subject = {"organisation_id": str(row.id)}
        note = ({"closed_on": None}, {"closed_on": closed_on.isoformat()})
        administration.note(actor, Event.ORGANISATION_CLOSED, now, subject, note, asked)
    return row


def adopt_children(
    actor: Actor | None, row: Organisation, successor: Organisation, now: datetime
) -> None:
    """Put what lies directly below an organisation under its successor, inside an open act."""
    for child in store.list_open_children(row.id, day_of(now)):
        _rebase(child, successor)
        note = ({"parent_id": str(row.id)}, {"parent_id": str(successor.id)})
        subject = {"organisation_id": str(child.id)}
        administration.note(actor, Event.ORGANISATION_MOVED, now, subject, note)


def check_open(row: Organisation, today: date) -> None:
    """Refuse an organisation that is no more."""
    if row.closed_on is not None and row.closed_on <= today:
        raise OrganisationClosed(
            f"“{row.name}”已于{row.closed_on}撤销。"
            f" Expected an open organisation, but '{row.key}' is closed."
        )


def check_lifetime(row: Organisation, day: date, name: str) -> None:
    """Refuse an end before the beginning."""
    if row.opened_on is not None and day < row.opened_on:
        raise fault(f"#/{name}", f"不能早于成立日期{row.opened_on}", "It is before the opening day")


def check_region(region: str | None) -> None:
    """Refuse what is no code of a region."""
    if region is not None and not REGION.fullmatch(region):
        raise fault("#/region", "地区代码应为6、9或12位数字", "A region code has 6, 9 or 12 digits")


def check_level(level: int | None) -> None:
    """Refuse a level that there is not."""
    if level is not None and level not in LEVELS:
        raise fault("#/level", "层级为1至4", "Levels go from 1 to 4")


def check_code(code: str, today: date, but: UUID | None = None) -> None:
    """Refuse a code that another open organisation writes its numbers with."""
    found = store.find_open_by_code(code, today) if code else None
    if found is not None and found.id != but:
        raise fault("#/code", f"代字“{code}”已由“{found.name}”使用", "The code is taken")


def _parent(parent_id: UUID | None, today: date) -> Organisation | None:
    if parent_id is None:
        return None
    parent = store.find(parent_id)
    if parent is None:
        raise fault("#/parent_id", "没有这个上级单位", "There is no such organisation")
    check_open(parent, today)
    return parent


def _rebase(row: Organisation, parent: Organisation | None) -> None:
    old = row.path
    new = f"{parent.path if parent is not None else ''}{row.id.hex}/"
    row.parent_id = parent.id if parent is not None else None
    for below in store.list_under(old):
        below.path = new + below.path[len(old) :]
    session().flush()


def _check_unused(row: Organisation, today: date) -> None:
    children = store.list_open_children(row.id, today)
    if children:
        raise StillInUse(
            f"“{row.name}”还有{len(children)}个下级单位（如“{children[0].name}”），"
            "请先撤销它们或移到别的上级。"
            " Expected no open organisations below, but there are; close or move them first."
        )
    cases = handovers.list_running(row.id)
    if cases:
        raise StillInUse(
            f"“{row.name}”还有{len(cases)}件未办结的案件，请先办结，或者用合并、拆分把它们交给"
            "承继单位。 Expected no running cases, but there are; merge or split it instead."
        )
    posts = people.list_positions_in(row.id, today)
    if posts:
        raise StillInUse(
            f"“{row.name}”还有{len(posts)}个在任岗位，请先由安全保密管理员终止。"
            " Expected no positions in force, but there are; end them first."
        )


def _shown(row: Organisation) -> dict[str, Any]:
    return {
        "region": row.region,
        "level": row.level,
        "on_server": row.on_server,
        "opened_on": row.opened_on and row.opened_on.isoformat(),
        "fields": dict(row.fields),
    }
