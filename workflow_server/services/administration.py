"""Acts on organisations, people and posts: who may, one at a time, each with before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content.shared import Shared
from workflow_server.errors import Fault, InvalidInput, InvalidState
from workflow_server.events import Event
from workflow_server.services import access, definition_cache, history
from workflow_server.services.actors import Actor
from workflow_server.store import deployments, organisations
from workflow_server.store.db import session, transaction
from workflow_server.store.history import ORGANISATIONS, Act, Stamp

#: The chain of the history that these acts stand in.
AREA = ORGANISATIONS
#: Where the session keeps the acts that are written together.
_GATHERED = "gathered_acts"


class NothingDeployed(InvalidState):
    """尚未部署任何内容"""


class OfficeFault(InvalidInput):
    """单位、部门、人员或岗位的内容有误"""


class DayRefused(InvalidInput):
    """日期不能这样填写"""


@contextmanager
def acting(actor: Actor | None, administration: str) -> Iterator[None]:
    """Open the transaction of one kind of administrator, alone; nobody is the command line."""
    if actor is not None:
        access.check_administers(actor, administration)
    with transaction():
        organisations.hold()
        yield


def note(
    actor: Actor | None,
    event: Event,
    now: datetime,
    subject: dict[str, Any],
    change: tuple[Any, Any] | None = None,
    asked: history.Asked | None = None,
) -> None:
    """Write an act down: on what, and what was before and is after; `subject` is its answer."""
    data = dict(subject)
    if change is not None:
        data["before"], data["after"] = change
    by: Stamp | None = actor.stamp() if actor is not None else None
    act = Act(at=now, act=event, by=by, data=data)
    gathered: list[Act] | None = session().info.get(_GATHERED)
    if gathered is not None and asked is None:
        gathered.append(act)
        return
    session().flush()
    history.append_to_area(AREA, act, asked, subject)


@contextmanager
def gathering() -> Iterator[None]:
    """Keep what is noted inside, and write it at the end in one go: a file makes many acts."""
    acts: list[Act] = []
    session().info[_GATHERED] = acts
    try:
        yield
    finally:
        del session().info[_GATHERED]
    session().flush()
    history.append_all_to_area(AREA, acts)


def day_of(now: datetime) -> date:
    """Return the day on which an act of real time is done."""
    return now.astimezone(CHINA).date()


def check_not_ahead(day: date, today: date, name: str = "on") -> None:
    """Refuse what is dated ahead: it takes effect when it is done."""
    if day > today:
        raise DayRefused(
            f"日期不能晚于今天（{today}）；请在当天办理。"
            f" Expected a day until {today}, but it is {day}; do it on that day.",
            [Fault(f"#/{name}", f"不能晚于今天（{today}）")],
        )


def fault(pointer: str, chinese: str, english: str) -> OfficeFault:
    """Return the refusal of one member of the request."""
    return OfficeFault(f"{chinese}。 {english}", [Fault(pointer, f"{chinese} · {english}")])


def newest_shared() -> Shared:
    """Return the shared content of the newest deployment: which roles and parties there are."""
    newest = deployments.find_newest()
    if newest is None:
        raise NothingDeployed(
            "请先部署内容（workflow-server deploy 或 serve）。"
            " Expected a deployment that says which roles there are, but there is none."
        )
    return definition_cache.content_of(newest.id).shared


def roles() -> dict[str, str]:
    """Return which party each role of the newest deployment belongs to."""
    return {key: role.party for key, role in newest_shared().roles.items()}


def answered_id(asked: history.Asked | None, name: str) -> UUID | None:
    """Return what a repeated request was answered about, or None when it is new."""
    first = history.first_answer(asked)
    return None if first is None else UUID(first[name])
