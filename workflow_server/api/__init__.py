"""The JSON door: one file per noun; a route loads a shape, calls one service, dumps a shape."""

from __future__ import annotations

from flask import Flask

from workflow_server.api import (
    calendar_days,
    clock,
    description,
    health,
    jobs,
    links,
    me,
    records,
    sessions,
)

#: In the order in which the API's page shows them.
NOUNS = (
    sessions.noun,
    me.noun,
    records.noun,
    links.noun,
    calendar_days.noun,
    clock.noun,
    jobs.noun,
    health.noun,
)


def register(app: Flask) -> None:
    """Add all nouns and their description to the application."""
    description.register(app, NOUNS)
