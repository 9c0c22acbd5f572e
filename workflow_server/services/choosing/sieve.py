"""Who of those found must not get a task, and why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from workflow_server.services.choosing.ground import Ground
from workflow_server.store.directory import Holder

#: Called so where somebody is refused for being who the task is about.
SELF = "发起人与上一步办理人不得办理"


class Sieve:
    """Lets through who may have a task; keeps who must not, each with the rule's label."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @cached_property
    def barred(self) -> dict[UUID, tuple[str, str]]:
        """Who has done what this must be separate from: (which rule, which element)."""
        ground = self.ground
        found: dict[UUID, tuple[str, str]] = {}
        rules = ground.situation.process.separated_from(ground.element.id)
        for element_id, person_id in ground.list_doers(tuple(rules)) if rules else ():
            found.setdefault(person_id, (rules[element_id], element_id))
        return found

    def sift(self, posts: Iterable[Holder], reasons: list[str]) -> list[Holder]:
        """Return who may have the task, in order, each once; say of the others why not."""
        kept = []
        once: dict[UUID, Holder] = {}
        for post in posts:
            once.setdefault(post.person_id, post)
        for post in once.values():
            reason = self.reason_against(post)
            if reason is None:
                kept.append(post)
            else:
                reasons.append(f"剔除 {post.name}：{reason}")
        return kept

    def reason_against(self, post: Holder) -> str | None:
        """Return what keeps somebody from the task, or None."""
        instance = self.ground.situation.instance
        if post.person_id in self.barred:
            label, element_id = self.barred[post.person_id]
            return f"已办过“{self.ground.name_of_element(element_id)}”（{label}）"
        if post.recused:
            return "已回避本案"
        if post.clearance < instance.secrecy:
            return "知密级别低于本案密级"
        if instance.minor and not post.minors_certified:
            return "本案涉及未成年人，其未取得办理资格"
        return None


def why_not(ground: Ground, post: Holder) -> str | None:
    """Return what keeps somebody from a task who holds a post for it, or None."""
    return Sieve(ground).reason_against(post)
