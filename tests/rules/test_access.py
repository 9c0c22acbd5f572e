"""Which organisations a post reaches."""

from __future__ import annotations

from uuid import uuid4

import pytest

from workflow_server.rules.access import Post, Scope, covers, reach_of

HERE, OLD, BELOW = uuid4(), uuid4(), uuid4()


def post(sees: str, path: str = "a.b.") -> Post:
    return Post(HERE, "r", sees, path=path, party="p", predecessors=frozenset({OLD}))


@pytest.mark.parametrize("sees", list(Scope))
def test_a_post_reaches_its_own_place_and_what_that_succeeded(sees: str) -> None:
    assert covers(post(sees), HERE, "a.b.", "p")
    assert covers(post(sees), OLD, "x.", "p")


@pytest.mark.parametrize(
    ("path", "party", "reached"),
    [
        ("a.b.c.", "p", True),
        ("a.b.c.d.", "p", True),
        ("a.b.c.", "q", False),
        ("a.bb.", "p", False),
        ("a.", "p", False),
    ],
)
def test_from_above_it_reaches_its_own_party_below_it(path: str, party: str, reached: bool) -> None:
    assert covers(post(Scope.JURISDICTION), BELOW, path, party) is reached
    for sees in (Scope.OWN, Scope.DEPARTMENT, Scope.ORGANISATION):
        assert not covers(post(sees), BELOW, path, party)


def test_without_a_path_it_is_not_the_whole_country() -> None:
    lost = post(Scope.JURISDICTION, path="")
    assert not covers(lost, BELOW, "a.b.c.", "p")
    reach = reach_of(uuid4(), [lost], clearance=1, minors_certified=False, administration=None)
    assert reach.subtrees == frozenset()
