"""Why a token can't go on."""

from __future__ import annotations

#: What an incident keeps of an error's text.
MAXIMUM_MESSAGE = 2_000


class Stopped(Exception):
    """A token can't go on; its message is what the incident says."""


def describe(error: Exception) -> str:
    """Return what an incident says of an error."""
    return (str(error) or type(error).__name__)[:MAXIMUM_MESSAGE]
