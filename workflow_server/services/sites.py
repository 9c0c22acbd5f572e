"""The site as the newest content names it; known also while the database is away."""

from __future__ import annotations

from workflow_server.content.sites import Site as Site
from workflow_server.content.sites import Words as Words
from workflow_server.services import definition_cache

#: Where the content gives no name.
NAMELESS = Words("工作流服务器", "Workflow Server")
_PLAIN = Site(NAMELESS, NAMELESS)
_last = [_PLAIN]


def of(newest: definition_cache.Newest | None) -> Site:
    """Return the site of what is deployed by now, or a nameless one."""
    found = None if newest is None else newest.content.shared.site
    _last[0] = found or _PLAIN
    return _last[0]


def current() -> Site:
    """Return the site of the newest deployment, or a nameless one."""
    return of(definition_cache.newest())


def last_known() -> Site:
    """Return the site as it was when last looked at; asks no database."""
    return _last[0]
