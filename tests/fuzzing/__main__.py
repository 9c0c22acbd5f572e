"""Plays many seeds on all cores: `python -m tests.fuzzing N [first seed]`."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context

from tests.fuzzing.seeds import Told, tell

#: Differences shown in full; the others are counted.
SHOWN = 5


def main(arguments: list[str]) -> int:
    """Play, print what came of it, and return how the process ends: 1 if anything differs."""
    count = int(arguments[0]) if arguments else 1_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    began = time.monotonic()
    total = Told(first)
    differences = played = long = 0
    with get_context("fork").Pool(os.cpu_count()) as pool:
        for told in pool.imap_unordered(
            partial(tell, shrink=False), range(first, first + count), chunksize=20
        ):
            played += 1
            long += told.too_long
            total.acts += told.acts
            total.kinds += Counter(dict.fromkeys(told.kinds, 1))
            if told.difference is not None:
                differences += 1
                _show(told, differences)
    for name, number in sorted(total.kinds.items()):
        print(f"{number:7} diagrams with {name}")
    for name, number in total.acts.most_common():
        print(f"{number:7} times {name}")
    seconds = time.monotonic() - began
    print(
        f"{played} diagrams (seeds {first} to {first + count - 1}), {total.acts.total()} acts, "
        f"{long} games given up as too long, {played / seconds:.0f} a second, "
        f"{differences} differences"
    )
    return 1 if differences else 0


def _show(told: Told, number: int) -> None:
    print(f"seed {told.seed}: {told.difference}"[:400], flush=True)
    if number <= SHOWN:
        print(tell(told.seed).shown, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
