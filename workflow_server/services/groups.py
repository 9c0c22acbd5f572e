"""Groups: named sets of people, within an organisation or across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.services import access, administration, history, structures
from workflow_server.services.actors import Actor
from workflow_server.services.administration import acting, fault
from workflow_server.store import organisations, people
from workflow_server.store.db import session
from workflow_server.store.people import Group, Person
from workflow_server.store.types import new_id


@dataclass(frozen=True, slots=True)
class Membership:
    """A group with who is in it."""

    group: Group
    members: Sequence[Person]


def list_(actor: Actor) -> list[Group]:
    """Return the groups that the actor may see, by key: of their organisations, and common ones."""
    return [group for group in people.list_groups() if _may_see(actor, group)]


def get(actor: Actor, group_id: UUID) -> Membership:
    """Return a group with its members."""
    group = people.get_group(group_id)
    if not _may_see(actor, group):
        raise NotFound(f"Expected group {group_id}, but there is none")
    return Membership(group, people.list_members(group_id))


def add(
    actor: Actor | None,
    key: str,
    name: str,
    organisation_id: UUID | None,
    now: datetime,
    idempotency_key: str | None = None,
) -> Membership:
    """Add a group without members; for system administrators."""
    asked = history.asked(actor, idempotency_key, "groups.add", key, name, organisation_id)
    with acting(actor, "system"):
        known = administration.answered_id(asked, "group_id")
        if known is not None:
            return Membership(people.get_group(known), people.list_members(known))
        if not structures.KEY.fullmatch(key):
            raise fault("#/key", "标识须由小写字母、数字和下划线组成，以字母开头", "Malformed key")
        if people.find_group_by_key(key) is not None:
            raise fault("#/key", f"标识“{key}”已被使用", "The key is taken")
        if organisation_id is not None and organisations.find(organisation_id) is None:
            raise fault("#/organisation_id", "没有这个单位", "There is no such organisation")
        group = Group(id=new_id(), key=key, name=name, organisation_id=organisation_id)
        session().add(group)
        session().flush()
        subject = {"group_id": str(group.id)}
        after = {"key": key, "name": name}
        administration.note(actor, Event.GROUP_ADDED, now, subject, (None, after), asked)
    return Membership(group, [])


def change(
    actor: Actor | None,
    group_id: UUID,
    name: str,
    person_ids: Sequence[UUID],
    now: datetime,
    idempotency_key: str | None = None,
) -> Membership:
    """Give a group a name and its members, in the place of those before."""
    asked = history.asked(actor, idempotency_key, "groups.change", group_id, name, person_ids)
    with acting(actor, "system"):
        group = people.get_group(group_id)
        if history.first_answer(asked) is None:
            _check_people(person_ids)
            before = _shown(group)
            group.name = name
            people.set_members(group_id, person_ids)
            session().flush()
            subject = {"group_id": str(group_id)}
            change = (before, _shown(group))
            administration.note(actor, Event.GROUP_CHANGED, now, subject, change, asked)
    return Membership(group, people.list_members(group_id))


def _check_people(person_ids: Sequence[UUID]) -> None:
    for index, person_id in enumerate(person_ids):
        try:
            people.get_person(person_id)
        except NotFound as error:
            pointer = f"#/person_ids/{index}"
            raise fault(pointer, "没有这个人员", "There is no such person") from error


def _shown(group: Group) -> dict[str, object]:
    members = [str(each.id) for each in people.list_members(group.id)]
    return {"name": group.name, "members": members}


def _may_see(actor: Actor, group: Group) -> bool:
    if access.administers(actor) or group.organisation_id is None:
        return True
    return group.organisation_id in actor.organisation_ids
