"""Where a request came from, and for what purpose somebody looks."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from flask import request

from workflow_server.services.actors import Visitor

#: How much of a Purpose header is kept.
LONGEST_PURPOSE = 200


def arrived(visitor: Visitor) -> Visitor:
    """Return a visitor with the address that they came from, and the purpose that they gave.

    The Purpose header is percent-encoded UTF-8.
    """
    given = unquote(request.headers.get("Purpose", "")).strip()
    purpose = "".join(each for each in given if each.isprintable())[:LONGEST_PURPOSE]
    actor = replace(visitor.actor, address=request.remote_addr, purpose=purpose or None)
    return replace(visitor, actor=actor)
