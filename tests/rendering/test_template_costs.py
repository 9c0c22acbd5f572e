"""Looking at a template takes no longer than it is long."""

import time

import pytest

from workflow_server.rendering import templates


@pytest.mark.parametrize("begun", ["{#", "<!--", "/* "])
def test_comments_begun_and_never_closed_are_looked_at_once(begun: str) -> None:
    started = time.process_time()
    templates.check({"template.html": (begun * 40_000).encode()})
    assert time.process_time() - started < 2
