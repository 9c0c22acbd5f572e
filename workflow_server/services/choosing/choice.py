"""Chooses the people of a task: strategy, sieve, rule against oneself, rule for nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from workflow_server.feel import FeelError
from workflow_server.services.choosing.ground import Ground
from workflow_server.services.choosing.heads import heads_above
from workflow_server.services.choosing.reading import Unusable, people_in
from workflow_server.services.choosing.sieve import SELF, Sieve
from workflow_server.services.choosing.strategies import (
    STRATEGIES,
    TO_ROLE,
    Found,
    head_of_person,
    named,
    of_role,
)
from workflow_server.store.directory import MOST, Holder


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may do a task, in the post for which they were found."""

    person_id: UUID
    name: str
    position_id: UUID
    role: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a task is offered to, who is kept from it, and how that came about.

    With `problem` nobody was found; it says what was looked for.
    """

    #: What the task is of; holders of the role are offered it only `to_role`.
    role: str | None = None
    to_role: bool = False
    candidates: tuple[Candidate, ...] = ()
    #: Who must not do it, and the label of the rule that says so.
    excluded: Mapping[UUID, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def assignee_id(self) -> UUID | None:
        """Whose it is from the beginning: the only one whom it is offered to by name."""
        named_alone = len(self.candidates) == 1 and not self.to_role
        return self.candidates[0].person_id if named_alone else None

    @property
    def offered_ids(self) -> tuple[UUID, ...]:
        """Whom it is offered to by name, the first of whom takes it."""
        several = len(self.candidates) > 1 and not self.to_role
        return tuple(each.person_id for each in self.candidates) if several else ()


def choose(ground: Ground) -> Choice:
    """Choose the people of a task; never nobody but with a problem, and never to skip it."""
    return _Search(ground).choice()


class _Search:
    """One choice on its way: the reasons so far, and who is kept from the task."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.reasons: list[str] = []
        self.sieve = Sieve(ground)
        self.to_role = False

    @cached_property
    def selves(self) -> dict[UUID, str]:
        """Who must not judge themselves, where the diagram says so."""
        if self.ground.assign.self_rule == "allow":
            return {}
        people = (self.ground.starter_id, self.ground.previous_id)
        return {person: SELF for person in people if person is not None}

    def choice(self) -> Choice:
        ground = self.ground
        try:
            posts = self._chosen()
        except (Unusable, FeelError) as error:
            return self._problem(f"“{ground.element.name}”选人有误：{error}")
        if not posts:
            looked_for = "；".join(self.reasons)
            return self._problem(f"任务“{ground.element.name}”没有可以办理的人（{looked_for}）")
        if len(posts) > MOST and not self.to_role:
            return self._problem(f"任务“{ground.element.name}”的候选人超过{MOST}人，请改按角色分派")
        return Choice(
            # Offered to several by name, it is not the role's as well.
            role=ground.role if self.to_role or len(posts) == 1 else None,
            to_role=self.to_role,
            candidates=tuple(_candidate(each) for each in posts[:MOST]),
            excluded=self._excluded(),
            reasons=tuple(self.reasons),
        )

    def _chosen(self) -> Sequence[Holder]:
        strategy = self.ground.assign.strategy
        found = STRATEGIES[strategy](self.ground)
        self.to_role = strategy in TO_ROLE
        posts = self._sifted(found)
        if posts:
            return posts
        self.to_role = False
        return self._instead()

    def _sifted(self, found: Found) -> Sequence[Holder]:
        """Return who of those found may have it; the rule against oneself comes last."""
        ground = self.ground
        names = "、".join(dict.fromkeys(each.name for each in found.posts))
        self.reasons.append(f"{found.sentence} → {names or '没有人'}")
        known = ground.situation.variables.get("names") or {}
        for person_id in found.missing:
            who = known.get(str(person_id), str(person_id))
            self.reasons.append(f"剔除 {who}：不是本单位在职人员")
        posts = self.sieve.sift(found.posts, self.reasons)
        rest = [each for each in posts if each.person_id not in self.selves]
        for post in posts:
            if post.person_id in self.selves:
                self.reasons.append(f"剔除 {post.name}：{self.selves[post.person_id]}")
        if posts and not rest:
            return self._in_place_of(posts[0].person_id)
        return rest

    def _in_place_of(self, person_id: UUID) -> Sequence[Holder]:
        """Return who does it instead of somebody who would have to judge themselves."""
        ground = self.ground
        self.to_role = False
        if ground.assign.self_rule == "head_above":
            return self._lowest(heads_above(ground, person_id), "改由其上级负责人办理")
        if ground.assign.self_rule == "department_head":
            found = head_of_person(ground, person_id, "改由其部门主管办理")
            return self._lowest([found.posts], found.sentence)
        return ()

    def _instead(self) -> Sequence[Holder]:
        """Return who does it where nobody was found, as the diagram says."""
        ground = self.ground
        match ground.assign.on_empty:
            case "role":
                role = ground.assign.role if ground.assign.strategy not in TO_ROLE else None
                found = of_role(ground, role or ground.element.lane_role)
                posts = self._also(found)
                self.to_role = bool(posts)
                return posts
            case "starter":
                return self._also(named(ground, "由发起人办理", _some(ground.starter_id)))
            case "person":
                people = people_in(ground.feel(ground.assign.fallback))
                return self._also(named(ground, "由指定的人员办理", people))
            case "head_above" if ground.previous_id is not None:
                steps = heads_above(ground, ground.previous_id)
                return self._lowest(steps, "无人办理，逐级上移到上级负责人")
        return ()

    def _also(self, found: Found) -> Sequence[Holder]:
        """Return who may have it instead: nobody whom the rules of the task keep from it."""
        names = "、".join(dict.fromkeys(each.name for each in found.posts))
        self.reasons.append(f"无人办理，{found.sentence} → {names or '没有人'}")
        posts = self.sieve.sift(found.posts, self.reasons)
        return [each for each in posts if each.person_id not in self.selves]

    def _lowest(self, steps: Sequence[Sequence[Holder]], sentence: str) -> Sequence[Holder]:
        """Return who stands on the lowest step where anybody may have it."""
        for step in steps:
            posts = self.sieve.sift(step, self.reasons)
            rest = [each for each in posts if each.person_id not in self.selves]
            if rest:
                self.reasons.append(f"{sentence} → {'、'.join(each.name for each in rest)}")
                return rest
        self.reasons.append(f"{sentence} → 没有人")
        return ()

    def _problem(self, sentence: str) -> Choice:
        return Choice(
            role=self.ground.role,
            excluded=self._excluded(),
            reasons=tuple(self.reasons),
            problem=sentence,
        )

    def _excluded(self) -> Mapping[UUID, str]:
        barred = {person: label for person, (label, _) in self.sieve.barred.items()}
        return {**self.selves, **barred}


def _candidate(post: Holder) -> Candidate:
    return Candidate(post.person_id, post.name, post.position_id, post.role, post.title)


def _some(person_id: UUID | None) -> tuple[UUID, ...]:
    return () if person_id is None else (person_id,)
