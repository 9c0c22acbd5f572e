"""Scopes: what a narrowed token is good for, by noun and by whether it only reads."""

from __future__ import annotations

from collections.abc import Sequence

from workflow_server.services import passwords, second_factors, tokens

#: What a sign-in is good for that must first do something else.
_ALWAYS = frozenset({"me.read_me", "sessions.close_session"})
_FIRST = {
    passwords.MUST_CHANGE: _ALWAYS | {"me.change_password"},
    second_factors.MUST_ADD: _ALWAYS | {"me.add_second_factor", "me.confirm_second_factor"},
}


def to_do(granted: Sequence[str] | None) -> tuple[str, ...]:
    """Return what a sign-in must be used for first, as its answer named it."""
    return tuple(scope.removeprefix("@") for scope in granted or () if scope in _FIRST)


def check(granted: Sequence[str] | None, noun: str, endpoint: str | None, method: str) -> None:
    """Refuse what a token is not good for; None is good for all that its person may do."""
    if granted is None:
        return
    first = [scope for scope in granted if scope in _FIRST]
    if first:
        if not any(endpoint in _FIRST[scope] for scope in first):
            tokens.refuse_until(first)
        return
    if endpoint == "sessions.close_session":
        return
    reads = method in ("GET", "HEAD")
    if noun in tokens.IN_PERSON and not reads:
        tokens.refuse_narrowed()
    tokens.check_scope(granted, noun.replace("_", "-"), reads)
