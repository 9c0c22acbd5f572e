"""Departments of organisations: added, renamed, moved under others and closed, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from workflow_server.events import Event
from workflow_server.services import administration, history, structures
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, day_of, fault
from workflow_server.services.structures import StillInUse, UnderItself
from workflow_server.store import handovers, people
from workflow_server.store import organisations as store
from workflow_server.store.db import session
from workflow_server.store.organisations import Department
from workflow_server.store.types import new_id


def list_(organisation_id: UUID) -> Sequence[Department]:
    """Return the departments of an organisation, by name, closed ones included."""
    return store.list_departments(store.get(organisation_id).id)


def get(department_id: UUID) -> Department:
    """Return a department."""
    return store.get_department(department_id)


def add(
    actor: Actor | None,
    organisation_id: UUID,
    key: str,
    name: str,
    parent_id: UUID | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Department:
    """Add a department to an organisation; for system administrators."""
    asked = history.asked(
        actor, idempotency_key, "departments.add", organisation_id, key, name, parent_id
    )
    with acting(actor, "system"):
        known = administration.answered_id(asked, "department_id")
        if known is not None:
            return store.get_department(known)
        structures.check_open(store.get(organisation_id), day_of(now))
        if not structures.KEY.fullmatch(key):
            raise fault("#/key", "标识须由小写字母、数字和下划线组成，以字母开头", "Malformed key")
        if any(each.key == key for each in store.list_departments(organisation_id)):
            raise fault("#/key", f"本单位已有部门标识“{key}”", "The key is taken")
        _check_parent(organisation_id, parent_id, day_of(now))
        return write_row(actor, organisation_id, key, name, parent_id, now, asked)


def write_row(
    actor: Actor | None,
    organisation_id: UUID,
    key: str,
    name: str,
    parent_id: UUID | None,
    now: datetime,
    asked: history.Asked | None = None,
) -> Department:
    """Write a department down inside an open act; it was judged before."""
    row = Department(
        id=new_id(), organisation_id=organisation_id, key=key, name=name, parent_id=parent_id
    )
    session().add(row)
    subject = {"department_id": str(row.id), "organisation_id": str(organisation_id)}
    change = (None, {"key": key, "name": name, "parent_id": parent_id and str(parent_id)})
    administration.note(actor, Event.DEPARTMENT_ADDED, now, subject, change, asked)
    return row


def rename(
    actor: Actor | None,
    department_id: UUID,
    name: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Department:
    """Give a department another name."""
    asked = history.asked(actor, idempotency_key, "departments.rename", department_id, name)
    with acting(actor, "system"):
        row = store.get_department(department_id)
        if history.first_answer(asked) is None:
            before, row.name = row.name, name
            subject = {"department_id": str(row.id)}
            change = ({"name": before}, {"name": name})
            administration.note(actor, Event.DEPARTMENT_CHANGED, now, subject, change, asked)
    return row


def move(
    actor: Actor | None,
    department_id: UUID,
    parent_id: UUID | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Department:
    """Put a department under another one of its organisation, or directly under that."""
    asked = history.asked(actor, idempotency_key, "departments.move", department_id, parent_id)
    with acting(actor, "system"):
        row = store.get_department(department_id)
        if history.first_answer(asked) is not None:
            return row
        _check_parent(row.organisation_id, parent_id, day_of(now))
        if parent_id is not None and parent_id in {each.id for each in branch(row)}:
            raise UnderItself(
                f"部门“{row.name}”不能隶属于自己或自己的下级部门。"
                " Expected a parent outside its own branch, but it lies within."
            )
        before, row.parent_id = row.parent_id, parent_id
        session().flush()
        subject = {"department_id": str(row.id)}
        change = (
            {"parent_id": before and str(before)},
            {"parent_id": parent_id and str(parent_id)},
        )
        administration.note(actor, Event.DEPARTMENT_MOVED, now, subject, change, asked)
    return row


def close(
    actor: Actor | None,
    department_id: UUID,
    closed_on: date,
    now: datetime,
    idempotency_key: str | None = None,
) -> Department:
    """Close a department without open ones below, running cases or people in it."""
    asked = history.asked(actor, idempotency_key, "departments.close", department_id, closed_on)
    with acting(actor, "system"):
        row = store.get_department(department_id)
        if history.first_answer(asked) is not None:
            return row
        administration.check_not_ahead(closed_on, day_of(now), "closed_on")
        _check_unused(row, day_of(now))
        before, row.closed_on = row.closed_on, closed_on
        session().flush()
        subject = {"department_id": str(row.id)}
        change = (
            {"closed_on": before and before.isoformat()},
            {"closed_on": closed_on.isoformat()},
        )
        administration.note(actor, Event.DEPARTMENT_CLOSED, now, subject, change, asked)
    return row


def branch(row: Department) -> list[Department]:
    """Return a department and all below it."""
    below: dict[UUID | None, list[Department]] = {}
    for each in store.list_departments(row.organisation_id):
        below.setdefault(each.parent_id, []).append(each)
    found = [row]
    for each in found:
        found.extend(below.get(each.id, ()))
    return found


def is_closed(row: Department, today: date) -> bool:
    """Tell whether a department is no more."""
    return row.closed_on is not None and row.closed_on <= today


def _check_parent(organisation_id: UUID, parent_id: UUID | None, today: date) -> None:
    if parent_id is None:
        return
    known = {each.id: each for each in store.list_departments(organisation_id)}
    if parent_id not in known or is_closed(known[parent_id], today):
        raise fault("#/parent_id", "本单位没有这个上级部门", "No such open department here")


def _check_unused(row: Department, today: date) -> None:
    if any(each.id != row.id and not is_closed(each, today) for each in branch(row)):
        raise StillInUse(
            f"部门“{row.name}”还有下级部门，请先撤销或移走。"
            " Expected no open departments below, but there are; close or move them first."
        )
    if any(department == row.id for _, department in handovers.list_running(row.organisation_id)):
        raise StillInUse(
            f"部门“{row.name}”还有未办结的案件，请先办结或转交。"
            " Expected no running cases of the department, but there are."
        )
    posts = people.list_positions_in(row.organisation_id, today)
    if any(each.department_id == row.id for each in posts):
        raise StillInUse(
            f"部门“{row.name}”还有在任岗位，请先由安全保密管理员终止。"
            " Expected no positions in the department, but there are; end them first."
        )
