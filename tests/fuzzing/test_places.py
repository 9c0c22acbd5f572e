"""What is paired on both sides is alike with all around it, in whatever order either tells it."""

from __future__ import annotations

import pytest

from tests.fuzzing.places import Place, Places, paired
from tests.fuzzing.seeds import tell


def scopes(*told: tuple[str, int, bool]) -> Places:
    """Two handlers, one task in each: their name, since when it is open, another one beside."""
    places = []
    for name, since, crowded in told:
        places.append(Place(name, None, ("es",)))
        places.append(Place(f"{name} t", name, ("t", since)))
        places += [Place(f"{name} u", name, ("u", since))] * crowded
    return Places(places)


def test_the_same_is_found_in_another_order_by_when_it_began() -> None:
    ours, theirs = (
        scopes(("a", 1, False), ("b", 2, False)),
        scopes(("x", 2, False), ("y", 1, False)),
    )
    assert paired(ours, ["a t", "b t"], 0, theirs, ["x t", "y t"]) == 1


def test_what_is_alike_but_in_other_company_is_told_apart() -> None:
    ours, theirs = scopes(("a", 1, False), ("b", 1, True)), scopes(("x", 1, True), ("y", 1, False))
    assert ours.shown() == theirs.shown()
    assert paired(ours, ["a t", "b t"], 0, theirs, ["x t", "y t"]) == 1


def test_what_is_alike_with_all_around_it_is_taken_in_order() -> None:
    ours, theirs = scopes(("a", 1, True), ("b", 1, True)), scopes(("x", 1, True), ("y", 1, True))
    assert [paired(ours, ["a t", "b t"], k, theirs, ["x t", "y t"]) for k in (0, 1)] == [0, 1]


def test_events_of_two_event_gateways_are_told_apart_by_their_rivals() -> None:
    one = [Place(1, None, ("c",), "g"), Place(2, None, ("d", 1), "g")]
    other = [Place(3, None, ("c",), "h"), Place(4, None, ("d", 2), "h")]
    ours, theirs = Places([*one, *other]), Places([*other, *one])
    assert paired(ours, [1, 3], 0, theirs, [3, 1]) == 1


def test_what_the_other_side_lacks_is_no_pair() -> None:
    ours, theirs = (
        scopes(("a", 1, False), ("b", 2, False)),
        scopes(("x", 2, False), ("y", 2, False)),
    )
    with pytest.raises(ValueError, match="none"):
        paired(ours, ["a t", "b t"], 0, theirs, ["x t", "y t"])


@pytest.mark.parametrize("seed", [27377, 70244])
def test_several_handlers_of_one_event_are_played_alike(seed: int) -> None:
    # Paired by order, the sides went on in different ones of them.
    assert tell(seed).difference is None
