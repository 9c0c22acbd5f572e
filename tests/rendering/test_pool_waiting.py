"""Waiting for a process that renders: not for ever."""

from datetime import UTC, datetime

import pytest

from workflow_server.rendering.pool import RenderPool
from workflow_server.rendering.sources import Options, RenderTimeout, TemplateSource


def test_who_finds_every_process_busy_is_told_to_come_later() -> None:
    options = Options(attachment=None, created=datetime(2026, 7, 1, tzinfo=UTC), title="函")
    source = TemplateSource("letter", {"template.html": b"<p></p>"})
    with RenderPool(workers=0, seconds=0.05) as pool, pytest.raises(RenderTimeout, match="稍后"):
        pool.render(source, {}, options)
