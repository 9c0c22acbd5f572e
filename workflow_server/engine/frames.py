"""Variables as an element sees them: the instance's, and those of the iterations around it."""

from __future__ import annotations

from typing import Any

from workflow_server.engine.tokens import Instance, Token

#: Groups by element or name, of which a frame may hold some: read together with those outside.
GROUPS = ("answers", "messages", "errors", "results", "data")
#: Groups of lists that outlive their iteration.
_HANDED_UP = GROUPS[:4]
#: Named by the host for all iterations together.
_SHARED = frozenset(["names"])


def overlaid(outside: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
    """Return variables as seen from within a frame."""
    groups = {
        name: {**(outside.get(name) or {}), **(inside[name] or {})}
        for name in GROUPS
        if name in inside
    }
    return {**outside, **inside, **groups}


class Frames:
    """Reads and writes variables on behalf of tokens.

    SpiffWorkflow gives each branch a copy of all data, and the last to reach a join wins;
    here data stand once per instance, and only an iteration has some of its own.
    """

    def __init__(
        self, instance: Instance, variables: dict[str, Any], shared: frozenset[str]
    ) -> None:
        self.variables = variables
        self._live = instance.live
        self._framed = instance.spec.framed
        self._shared = shared | _SHARED

    def view(self, token: Token) -> dict[str, Any]:
        """Return all that a token sees: the instance's own dictionary if nothing is local."""
        overlay = self.overlay(token)
        return overlaid(self.variables, overlay) if overlay else self.variables

    def overlay(self, token: Token) -> dict[str, Any]:
        """Return what a token sees beside or instead of the instance's variables."""
        if not self._framed:
            return {}
        found: dict[str, Any] = {}
        for each in reversed(self._around(token)):
            found = overlaid(found, {**self._counts(each), **(each.local or {})})
        return found

    def take_back(self, token: Token, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Write what an element has changed in what it saw to where it belongs."""
        for name, value in after.items():
            # By identity: 1 equals true, and what is set to what it was outside is set inside.
            if name not in before or before[name] is not value:
                self.write(token, name, value)

    def write(self, token: Token, name: str, value: Any) -> None:
        """Set a variable in the innermost frame around a token, or in the instance."""
        frame = None if name in self._shared else self._frame(token)
        if frame is None:
            self.variables[name] = value
        else:
            frame.local = {**(frame.local or {}), name: value}

    def keep(self, token: Token, group: str, key: str, entry: Any) -> tuple[str, str, int]:
        """Append an entry to a list of a group, without touching the caller's own lists."""
        entries = [*(self._held(token, group).get(key) or ()), entry]
        self.put(token, group, {key: entries})
        return group, key, len(entries) - 1

    def put(self, token: Token, group: str, entries: dict[str, Any]) -> None:
        """Set entries of a group where a token writes; what stands outside is not copied in."""
        self.write(token, group, {**self._held(token, group), **entries})

    def _held(self, token: Token, group: str) -> dict[str, Any]:
        frame = self._frame(token)
        held = self.variables if frame is None else frame.local or {}
        return held.get(group) or {}

    def hand_up(self, token: Token) -> dict[str, Any]:
        """Keep outside what an iteration was given: no answer or message is lost with it.

        Returns the rest, which is.
        """
        local, token.local = token.local or {}, {}
        for group in _HANDED_UP:
            for key, entries in (local.get(group) or {}).items():
                for entry in entries:
                    self.keep(token, group, key, entry)
        return {name: value for name, value in local.items() if name not in _HANDED_UP}

    def _around(self, token: Token) -> list[Token]:
        """Return a token and those around it, from the inside out."""
        found: list[Token] = []
        each: Token | None = token
        while each is not None:
            found.append(each)
            each = self._live.get(each.scope) if each.scope is not None else None
        return found

    def _frame(self, token: Token) -> Token | None:
        if not self._framed:
            return None
        return next((each for each in self._around(token) if _is_frame(each)), None)

    def _counts(self, token: Token) -> dict[str, int]:
        turns = token.turns
        if turns is None or "items" not in turns:
            return {}
        active = sum(each.scope == token.id for each in self._live.values())
        return {
            "nrOfInstances": len(turns["items"]),
            "nrOfCompletedInstances": turns["done"],
            "nrOfActiveInstances": active,
        }


def _is_frame(token: Token) -> bool:
    within = token.task_spec.within
    return bool(token.local) and within is not None and within.loop.kind != "standard"
