"""Posts for the people of tests, also while nothing is deployed that says which roles there are."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from workflow_server.services import administration, positions
from workflow_server.services.positions import Post
from workflow_server.store import deployments, people
from workflow_server.store.people import PositionRow


def give_post(person_id: UUID, organisation_id: UUID, role: str) -> PositionRow:
    """Give a person a post as the act does."""
    post, now = Post(organisation_id, role), datetime.now(UTC)
    if deployments.find_newest() is not None:
        return positions.give(None, person_id, post, now)
    with administration.acting(None, "security"):
        positions.check_may_hold(people.get_person(person_id))
        held = positions.find_same(person_id, post, administration.day_of(now))
        return held or positions.give_row(None, person_id, post, now)
