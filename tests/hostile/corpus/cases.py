"""All that is in the corpus."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.corpus import (
    besides,
    broken_files,
    broken_text,
    bundles,
    calls,
    decisions,
    events,
    expressions,
    extensions,
    forms,
    names,
    references,
    roots,
    scopes,
    shared,
    sizes,
    structures,
    templates,
    timers,
)
from tests.hostile.corpus.case import Case


def every() -> Iterator[Case]:
    """Yield each case, theme by theme."""
    for theme in (
        broken_text,
        broken_files,
        roots,
        references,
        besides,
        calls,
        structures,
        scopes,
        events,
        names,
        sizes,
        expressions,
        timers,
        extensions,
        decisions,
        forms,
        templates,
        bundles,
        shared,
    ):
        yield from theme.CASES
