"""What the roof hands down to the command line, which imports no roof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True, slots=True)
class House:
    """What the roof gives to the command line."""

    create_app: Callable[[], Flask]
    #: Bring the database and the content to what the settings say.
    prepare: Callable[[Flask], None]
    #: What granian calls in a web process.
    target: str
