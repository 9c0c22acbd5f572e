"""Choosing people: who gets a task, who must not, and why."""

from __future__ import annotations

from workflow_server.services.choosing.choice import Candidate, Choice, choose
from workflow_server.services.choosing.ground import Done, Ground, ground_of
from workflow_server.services.choosing.heads import heads_above
from workflow_server.services.choosing.sieve import why_not
from workflow_server.services.choosing.strategies import STRATEGIES

__all__ = [
    "STRATEGIES",
    "Candidate",
    "Choice",
    "Done",
    "Ground",
    "choose",
    "ground_of",
    "heads_above",
    "why_not",
]
