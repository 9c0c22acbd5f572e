"""Actors: who asks, in which of their positions, and with which token."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import Forbidden, NotFound
from workflow_server.store import clock, people
from workflow_server.store.db import settings
from workflow_server.store.history import Stamp

TOKEN_PREFIX = "wst_"  # noqa: S105 (how tokens begin, no secret)


#: Before any token was used.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class IdentityNotHeld(Forbidden):
    """不具有所选身份"""


@dataclass(frozen=True, slots=True)
class Position:
    """A post that somebody holds: an identity that they may choose for an act."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    role: str
    #: How far its role sees: "own", "department", "organisation", "jurisdiction".
    sees: str = "own"
    #: What its role may do beside its tasks, by the names of rules/access.
    rights: frozenset[str] = frozenset()
    title: str | None = None
    department_id: UUID | None = None
    is_head: bool = False
    #: Whom it stands in for.
    acting_for_id: UUID | None = None
    #: Where its organisation stands in the tree, and of which party it is.
    path: str = ""
    party: str = ""
    #: Organisations whose cases and letters came to this one.
    predecessors: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for something."""

    person_id: UUID
    name: str
    positions: tuple[Position, ...] = ()
    #: Which of the three separated administrations: "system", "security", "audit"; else None.
    administration: str | None = None
    #: The highest secrecy that they may see.
    clearance: int = people.INTERNAL
    minors_certified: bool = False
    #: Whether one position was chosen for this act: then `positions` holds only that one.
    chosen: bool = False
    #: Where the request came from.
    address: str | None = None
    #: What they look for, in their own words, where they said so.
    purpose: str | None = None
    #: Where they hold any position, when one was chosen for this act.
    home_ids: frozenset[UUID] | None = None

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        """The organisations that the actor works in, those that these succeeded included."""
        own = frozenset(position.organisation_id for position in self.positions)
        return own.union(*(position.predecessors for position in self.positions))

    @property
    def homes(self) -> frozenset[UUID]:
        """The organisations where they hold any position, whichever was chosen for this act."""
        return self.organisation_ids if self.home_ids is None else self.home_ids

    @property
    def posts(self) -> frozenset[tuple[UUID, str]]:
        """Pairs of organisation and role; a predecessor's tasks go to the successor's holders."""
        return frozenset(
            (organisation, each.role)
            for each in self.positions
            for organisation in {each.organisation_id} | each.predecessors
        )

    def holds(self, organisation_id: UUID, role: str | None) -> bool:
        """Tell whether the actor has a role in an organisation."""
        return any(
            role == each.role
            and (organisation_id == each.organisation_id or organisation_id in each.predecessors)
            for each in self.positions
        )

    def may(self, right: str, organisation_id: UUID | None = None) -> bool:
        """Tell whether one of the actor's positions carries a right, in one organisation or any."""
        return any(
            right in each.rights
            and (
                organisation_id is None
                or organisation_id == each.organisation_id
                or organisation_id in each.predecessors
            )
            for each in self.positions
        )

    def acting_as(self, position_id: UUID) -> Actor:
        """Return the actor in one of their positions only; IdentityNotHeld if it is not theirs."""
        held = tuple(each for each in self.positions if each.id == position_id)
        if not held:
            raise IdentityNotHeld(
                f"您没有该身份。 Expected one of your positions, but {position_id} is not."
            )
        return replace(self, positions=held, chosen=True, home_ids=self.homes)

    def stamp(self, organisation_id: UUID | None = None, role: str | None = None) -> Stamp:
        """Return what history keeps of who acts: the identity chosen, or the first that fits."""
        fitting = [
            each
            for each in self.positions
            if organisation_id is None
            or organisation_id == each.organisation_id
            or organisation_id in each.predecessors
        ]
        exact = [each for each in fitting if each.role == role] or fitting
        position = exact[0] if exact else None
        return Stamp(
            person_id=self.person_id,
            position_id=position.id if position is not None else None,
            on_behalf_of=position.acting_for_id if position is not None else None,
            address=self.address,
        )


@dataclass(frozen=True, slots=True)
class TokenInUse:
    """The token of a request: what it may be used for, and when it was used before."""

    id: UUID
    scopes: tuple[str, ...] | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes in, and business time then: both are read at once."""

    actor: Actor
    now: datetime
    token: TokenInUse = field(compare=False)
    #: How many notices they have not read.
    unread: int = field(default=0, compare=False)


def visitor_for_token(
    token: str, real: datetime, address: str | None = None, purpose: str | None = None
) -> Visitor | None:
    """Return who comes in with a bearer token; None if it is unknown, revoked or expired.

    `real` is real time, whatever the business clock says.
    """
    if not token.startswith(TOKEN_PREFIX):
        return None
    idle = settings().idle_minutes
    used_since = real - timedelta(minutes=idle) if idle else _EVER
    rows = people.list_actor_rows_by_token(digest_of(token), real, _day(real), used_since)
    actor = _actor(rows, address, purpose)
    if actor is None:
        return None
    token_id, scopes, last_used_at, seconds, unread = rows[0][-5:]
    used = TokenInUse(token_id, None if scopes is None else tuple(scopes), last_used_at)
    return Visitor(actor, real + clock.ahead(seconds), used, unread)


def actor_of(person_id: UUID, real: datetime | None = None) -> Actor:
    """Return a person as an actor, in all positions held at a moment of real time (now)."""
    actor = _actor(people.list_actor_rows(person_id, _day(real or datetime.now(CHINA))))
    if actor is None:
        raise NotFound(f"Expected person {person_id}, but there is none")
    return actor


def digest_of(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _day(real: datetime) -> date:
    return real.astimezone(CHINA).date()


def _actor(
    rows: Sequence[Any], address: str | None = None, purpose: str | None = None
) -> Actor | None:
    if not rows:
        return None
    person_id, name, administration, clearance, minors_certified = rows[0][:5]
    positions = tuple(_position(row[5:18]) for row in rows if row[5] is not None)
    return Actor(
        person_id=person_id,
        name=name,
        positions=positions,
        administration=administration,
        clearance=clearance,
        minors_certified=minors_certified,
        address=address,
        purpose=purpose,
    )


def _position(row: Sequence[Any]) -> Position:
    id_, organisation_id, organisation_name, role, sees, rights, title = row[:7]
    department_id, is_head, acting_for_id, path, party, predecessors = row[7:]
    return Position(
        id=id_,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        role=role,
        sees=sees or "own",
        rights=frozenset(rights or ()),
        title=title,
        department_id=department_id,
        is_head=is_head,
        acting_for_id=acting_for_id,
        path=path,
        party=party,
        predecessors=frozenset(UUID(each) for each in predecessors or ()),
    )
