"""What a choice of people rests on: the case, the moment, and who has done what in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content.elements import Assign, ElementExtensions
from workflow_server.services.choosing.reading import Unusable
from workflow_server.services.situation import Situation
from workflow_server.store import directory
from workflow_server.store.directory import Holder, Place, Wanted

#: What is kept of an element that was done: which, and by whom.
Done = tuple[str, UUID]


class Ground:
    """One task's moment in a case, real or made up for a trial; reads as little as it can."""

    def __init__(
        self, situation: Situation, list_done: Callable[[], Sequence[Done]] | None, today: date
    ) -> None:
        """Rest on a situation; without `list_done` what was done is read from the store."""
        self.situation = situation
        #: Real time counts, as it does for who may sign in: posts are not held by a test clock.
        self.today = today
        self._list_done = list_done
        self._posts_of_doers: Sequence[Holder] = ()

    @cached_property
    def element(self) -> ElementExtensions:
        """The element whose task is to be given to somebody."""
        element = self.situation.element
        if element is None:
            raise Unusable(f"流程里没有元素“{self.situation.visit.element_id}”")
        return element

    @cached_property
    def assign(self) -> Assign:
        """How its people are chosen; by role if nothing is said."""
        return self.element.assign or Assign("role")

    @property
    def role(self) -> str | None:
        """The role that the task is of: the one named, else the lane's."""
        named = None if self.assign.strategy == "none" else self.assign.role
        return named or self.element.lane_role

    @property
    def starter_id(self) -> UUID | None:
        """Who started the case by hand; a letter or the clock is nobody."""
        return self.situation.instance.started_by

    @cached_property
    def done(self) -> Sequence[Done]:
        """What people have done in the case, the last first."""
        if self._list_done is not None:
            return self._list_done()
        # Who has done something is often asked for next, with their posts.
        posts, done = directory.list_holders_and_done(Wanted(**self._anybody, doers=True))
        self._posts_of_doers = posts
        return self._with_doing(done)

    @property
    def previous_id(self) -> UUID | None:
        """Who did the step before; of the first one, who started the case."""
        return self.done[0][1] if self.done else self.starter_id

    def list_doers(self, elements: Collection[str]) -> list[Done]:
        """Return who did these elements, the last one first; a start event is the starter's."""
        found = [each for each in self.done if each[0] in elements]
        starts = {start.element_id for start in self.situation.process.starts}
        begun = [each for each in elements if each in starts]
        if self.starter_id is not None:
            found += [(each, self.starter_id) for each in begun]
        return found

    def label_of_role(self, role: str | None) -> str:
        """Return what a role is called."""
        known = self.situation.content.shared.roles.get(role or "")
        return known.label if known is not None else role or ""

    def name_of_element(self, element_id: str) -> str:
        """Return what an element is called."""
        element = self.situation.process.elements.get(element_id)
        return element.name or element_id if element is not None else element_id

    def feel(self, value: str | None) -> Any:
        """Return what a value gives: FEEL after "=", else itself."""
        return self.situation.feel([value])[0]

    def holders(self, **wanted: Any) -> list[Holder]:
        """Return the posts in the host that are wanted."""
        if wanted.keys() == {"person_ids"} and self._are_doers(wanted["person_ids"]):
            return [each for each in self._posts_of_doers if each.person_id in wanted["person_ids"]]
        asked = Wanted(**self._anybody, **wanted)
        if not self._needs_done:
            return list(directory.list_holders(asked))
        # One statement answers both questions; the rules of the task will ask the second.
        posts, done = directory.list_holders_and_done(asked)
        self.__dict__["done"] = self._with_doing(done)
        return posts

    def _with_doing(self, done: Sequence[Done]) -> Sequence[Done]:
        doing = self.situation.doing
        return done if doing is None else [doing, *done]

    def _are_doers(self, person_ids: Collection[UUID]) -> bool:
        return bool(self._posts_of_doers) and {person for _, person in self.done}.issuperset(
            person_ids
        )

    @property
    def _needs_done(self) -> bool:
        if self._list_done is not None or "done" in self.__dict__:
            return False
        rules = self.situation.process.separated_from(self.element.id)
        return bool(rules) or self.assign.self_rule != "allow"

    @cached_property
    def places(self) -> dict[UUID, Place]:
        """The departments of the host, by id."""
        found = directory.list_places(self.situation.instance.organisation_id)
        return {each.id: each for each in found}

    def department_of(self, person_id: UUID, posts: Sequence[Holder]) -> Holder | None:
        """Return the post that says in which department somebody works here.

        Of several: the one in whose identity they act just now, the one in the case's
        department, the one that they have held longest.
        """
        held = [each for each in posts if each.person_id == person_id]
        within = [each for each in held if each.department_id is not None] or held
        acting = self._acting(person_id)
        return next(
            (
                each
                for fits in (
                    lambda post: post.position_id in acting,
                    lambda post: post.department_id == self.situation.instance.department_id,
                    lambda post: True,
                )
                for each in within
                if fits(each)
            ),
            None,
        )

    def _acting(self, person_id: UUID) -> frozenset[UUID]:
        actor = self.situation.actor
        if actor is None or actor.person_id != person_id or not actor.chosen:
            return frozenset()
        return frozenset(each.id for each in actor.positions)

    @cached_property
    def _anybody(self) -> dict[str, Any]:
        instance = self.situation.instance
        return {
            "organisation_id": instance.organisation_id,
            "instance_id": instance.id,
            "today": self.today,
            "acts": self.situation.process.offers_acts,
        }


def ground_of(situation: Situation) -> Ground:
    """Return what the choice for a task that is about to open rests on."""
    return Ground(situation, None, datetime.now(CHINA).date())
