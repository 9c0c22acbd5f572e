"""Where all tokens are, told alike by both sides, so that one on either side can be paired."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A token: `around` is what it is in or hangs on, `about` what it is doing since when.

    `offer` is the same for events that one event gateway offers.
    """

    id: Hashable
    around: Hashable
    about: tuple[object, ...]
    offer: Hashable = None


class Places:
    """The tokens of one side as a tree; those whose ways to the top look alike are alike."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.at = {place.id: place for place in places}
        self.offers: dict[Hashable, list[Place]] = defaultdict(list)
        self.inside: dict[Hashable, list[Hashable]] = defaultdict(list)
        self.forms: dict[Hashable, str] = {}
        for place in self.at.values():
            self.inside[place.around].append(place.id)
            self.offers[place.offer].append(place)

    def form(self, token: Hashable) -> str:
        """Say what a token is and all that is in it or hangs on it, in no order."""
        if token not in self.forms:
            inner = sorted(map(self.form, self.inside[token]))
            about = repr(self.at[token].about) if token is not None else ""
            self.forms[token] = f"{about}[{' '.join(inner)}]"
        return self.forms[token]

    def shown(self) -> Counter[str]:
        """Return what is in the instance itself, each with all that is in it."""
        return Counter(map(self.form, self.inside[None]))

    def way(self, token: Hashable) -> tuple[str, ...]:
        """Return the forms from a token to the top: alike only where an exchange shows nowhere."""
        place = self.at[token]
        rivals = self.offers[place.offer] if place.offer is not None else []
        way = [" ".join(sorted(self.form(each.id) for each in rivals)) if rivals[1:] else ""]
        while token is not None:
            way.append(self.form(token))
            token = self.at[token].around
        return (*way, self.form(None))


def paired(
    ours: Places, mine: Sequence[Hashable], k: int, theirs: Places, other: Sequence[Hashable]
) -> int:
    """Return which of the other side's candidates is our k-th; ValueError if none is.

    Candidates that are alike are taken in their order: which of them it is makes no difference.
    """
    way = ours.way(mine[k])
    rank = sum(ours.way(each) == way for each in mine[:k])
    found = [i for i, each in enumerate(other) if theirs.way(each) == way]
    if rank >= len(found):
        raise ValueError(f"the other side has none that is at {way}")
    return found[rank]
