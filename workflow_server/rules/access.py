"""The access policy: how far roles see, what they may do, and who may never see a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

#: Degrees of secrecy: what a case has when nothing else is said, and the highest.
INTERNAL, WORK_SECRET = 1, 2


class Scope(StrEnum):
    """How far a role sees, beside what its holder works on."""

    #: Only cases that they started, work on, worked on or belong to.
    OWN = "own"
    #: The cases of their department and of those within it.
    DEPARTMENT = "department"
    #: The cases of their organisation.
    ORGANISATION = "organisation"
    #: The cases of their organisation and of those of the same party below it.
    JURISDICTION = "jurisdiction"


class Right(StrEnum):
    """What a role may do beside its tasks; roles of the content name them."""

    #: Propose content to be deployed.
    PROPOSE = "deployments.propose"
    #: Approve what somebody else proposed.
    APPROVE = "deployments.approve"
    #: Give an open task to another person who may do it.
    ASSIGN = "tasks.assign"
    #: Set a case's secrecy and flags by hand.
    RESTRICT = "cases.restrict"
    #: Order somebody's recusal from a case, or lift it.
    RECUSE = "cases.recuse"
    #: Look into a case against the rules, with a reason, for a day.
    BREAK_GLASS = "cases.break_glass"
    #: Hold, end or put right a case that its diagram can't: skip, move, set a variable.
    REPAIR = "cases.repair"
    #: Change a clock of a case by hand, within what its rule allows.
    CHANGE_CLOCKS = "deadlines.change"
    #: Void a number.
    VOID = "numbers.void"
    #: Read the records of inquiries about cases.
    READ_INQUIRIES = "inquiries.read"
    #: Take an old register over into a ledger.
    TAKE_OVER = "records.take_over"


@dataclass(frozen=True, slots=True)
class Post:
    """A position as the policy sees it: where it is, what its role is and how far that sees."""

    organisation_id: UUID
    role: str
    sees: str = Scope.OWN
    department_id: UUID | None = None
    #: Where the organisation stands in the tree, and of which party it is.
    path: str = ""
    party: str = ""
    #: Organisations whose cases came to this one.
    predecessors: frozenset[UUID] = frozenset()

    @property
    def places(self) -> frozenset[UUID]:
        """The organisation with those that it succeeded."""
        return self.predecessors | {self.organisation_id}


class Standing(Protocol):
    """Where somebody stands, and how far they see from there: a post, or a position held."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def sees(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def predecessors(self) -> frozenset[UUID]: ...


def stands_at(post: Standing, host_id: UUID) -> bool:
    """Tell whether a post is in an organisation, or in the one that succeeded it."""
    return host_id == post.organisation_id or host_id in post.predecessors


def subtree_of(post: Standing) -> tuple[str, str] | None:
    """Return the (path, party) below which a post sees all organisations, if it does."""
    # Without a path it would be the whole country.
    sees_down = post.sees == Scope.JURISDICTION and post.path != ""
    return (post.path, post.party) if sees_down else None


def covers(post: Standing, host_id: UUID, path: str, party: str) -> bool:
    """Tell whether a post reaches an organisation: it is there, or sees it from above."""
    below = subtree_of(post)
    from_above = below is not None and path.startswith(below[0]) and party == below[1]
    return from_above or stands_at(post, host_id)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody sees, as far as their posts and their person decide."""

    person_id: UUID
    #: Hosts all of whose cases they see; letters to these that no case has taken are theirs too.
    organisations: frozenset[UUID] = frozenset()
    #: Departments whose cases, and those of departments within, they see, each with the hosts
    #: of whose cases that is said: a department may have gone over without its closed cases.
    departments: frozenset[tuple[UUID, frozenset[UUID]]] = frozenset()
    #: Organisations of a party whose path begins like this: (path, party).
    subtrees: frozenset[tuple[str, str]] = frozenset()
    #: Where a free task of which role is offered to them: (organisation, role).
    offered: frozenset[tuple[UUID, str]] = frozenset()
    #: Hosts in whose cases it counts that they started them, work or worked on them, or are of
    #: the team: who left the office leaves its cases.
    homes: frozenset[UUID] = frozenset()
    clearance: int = 0
    minors_certified: bool = False
    #: Sees no case at all: the three administrations.
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What of a case keeps people away from it."""

    secrecy: int
    minor: bool
    recused: bool


def reach_of(
    person_id: UUID,
    posts: Iterable[Post],
    *,
    homes: frozenset[UUID] | None = None,
    clearance: int,
    minors_certified: bool,
    administration: str | None,
) -> Reach:
    """Return how far a person sees in these posts: all that they hold, or the one chosen.

    `homes` is where they hold any post, chosen or not; None: these are all.
    """
    if administration is not None:
        return Reach(person_id, barred=True)
    held = tuple(posts)
    wide = [each for each in held if each.sees in (Scope.ORGANISATION, Scope.JURISDICTION)]
    return Reach(
        person_id=person_id,
        organisations=frozenset(place for each in wide for place in each.places),
        departments=frozenset(
            (each.department_id, each.places)
            for each in held
            if each.sees == Scope.DEPARTMENT and each.department_id is not None
        ),
        subtrees=frozenset(below for each in wide if (below := subtree_of(each)) is not None),
        offered=frozenset((place, each.role) for each in held for place in each.places),
        homes=frozenset(place for each in held for place in each.places)
        if homes is None
        else homes,
        clearance=clearance,
        minors_certified=minors_certified,
    )


def is_denied(reach: Reach, case: Restrictions) -> bool:
    """Tell whether a case is kept from somebody whatever else would let them see it."""
    return (
        reach.barred
        or case.recused
        or case.secrecy > reach.clearance
        or (case.minor and not reach.minors_certified)
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What a case is marked with: its secrecy, whether a minor is concerned, other flags."""

    secrecy: int = INTERNAL
    minor: bool = False
    flags: frozenset[str] = frozenset()


def marks_of(named: Iterable[tuple[str, Any]]) -> Marks:
    """Read what a diagram's flags came to; what makes no sense is taken for the strictest.

    Secrecy that is empty is what every case has. Another flag is set unless it is empty or false.
    """
    values = dict(named)
    secrecy = values.pop("secrecy", None)
    is_set = frozenset(name for name, value in values.items() if value not in (None, False))
    return Marks(_secrecy_of(secrecy), "minor" in is_set, is_set - {"minor"})


def strictest(drawn: Marks, by_hand: Marks | None) -> Marks:
    """Return what is in force: neither a person nor the diagram lowers what the other says."""
    if by_hand is None:
        return drawn
    return Marks(
        max(drawn.secrecy, by_hand.secrecy),
        drawn.minor or by_hand.minor,
        drawn.flags | by_hand.flags,
    )


def _secrecy_of(value: Any) -> int:
    if value is None:
        return INTERNAL
    degrees = {"public": 0, "internal": 1, "work_secret": 2, 0: 0, 1: 1, 2: 2}
    try:
        return degrees.get(value, WORK_SECRET)
    except TypeError:
        return WORK_SECRET
