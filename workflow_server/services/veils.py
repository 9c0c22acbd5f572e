"""What lies over one case for one reader: which of its values they see, and what they saw."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.lineage import Lineage, Tree
from workflow_server.content.lineage import hidden_mark as _mark
from workflow_server.rules import masking as rules

if TYPE_CHECKING:
    from workflow_server.content.elements import ElementExtensions
    from workflow_server.store.history import HistoryRow

#: Texts shorter than this are masked where they stand, and not looked for inside others.
_SHORTEST_FOUND = 2
_SHORTEST_PLAIN = 4
#: A fact by itself.
_NAME = re.compile(r"=\s*([\w\u4e00-\u9fff]+)\s*")


@dataclass(slots=True)
class Veil:
    """What is hidden of one case from one reader, and what sensitive they were shown."""

    held: Lineage
    #: Mark -> how what bears it is masked.
    closed: Mapping[str, str]
    #: Classes that the reader may read, whose views are kept.
    watched: frozenset[str] = frozenset()
    #: What the reader has answered themselves: element and index of the answer there -> paths.
    own: Mapping[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    #: Facts that an answer of theirs was the last to write -> paths.
    own_facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Whose veil it is.
    reader_id: UUID | None = None
    #: Text that is hidden wherever it turns up -> how it is masked.
    secrets: dict[str, str] = field(default_factory=dict)
    #: Sensitive classes of which a value was handed out.
    shown: set[str] = field(default_factory=set)

    def learn(self, variables: Mapping[str, Any]) -> Veil:
        """Learn what must not turn up anywhere, from what the case holds."""
        for tree, value, own in self._values(variables):
            for leaf, marks in leaves(tree, value, own=own):
                self._keep_secret(leaf, marks)
        names = variables.get("names", {})
        named = {names[each]: kind for each, kind in self.secrets.items() if each in names}
        self.secrets.update(named)
        return self

    def variables(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Mask what an instance holds."""
        self.learn(found)
        masked = dict(found)
        for name in masked.keys() & (self.held.facts.keys() | self.own_facts.keys()):
            tree = self.held.facts.get(name, {})
            masked[name] = self.tree(tree, masked[name], own=self.own_facts.get(name, ()))
        for name in masked.keys() & (self.held.made.keys() - self.held.facts.keys()):
            masked[name] = self._made(name, masked[name])
        if "data" in masked:
            marked = {path.split(".")[0] for path in self.held.facts.get("data", {})}
            masked["data"] = {
                name: value if name in marked else self._made(f"data.{name}", value)
                for name, value in masked["data"].items()
            }
        for group, trees in self._groups():
            if group in masked:
                masked[group] = self._group(group, trees, masked[group])
        return {name: self.value(value) for name, value in masked.items()}

    def answers(self, element_id: str, given: Any) -> Any:
        """Mask answers to the form of an element."""
        return self.value(self.tree(self.held.answers.get(element_id, {}), given))

    def act(self, act: HistoryRow) -> dict[str, Any] | None:
        """Mask what an act of the history left behind; who answered reads their answers."""
        if act.data is None:
            return None
        masked = dict(act.data)
        if "answers" in masked and act.element_id is not None:
            tree = self.held.answers.get(act.element_id, {})
            is_own = act.person_id is not None and act.person_id == self.reader_id
            own = self._own_anywhere(act.element_id) if is_own else ()
            masked["answers"] = self.tree(tree, masked["answers"], own=own)
        if "variable" in masked:
            for name in masked.keys() & {"before", "after"}:
                masked[name] = self._set_by_hand(masked["variable"], masked[name])
        found: dict[str, Any] = self.value(masked)
        return found

    def record(self, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Mask the fields of a record."""
        tree = self.held.records.get(kind, {})
        for leaf, marks in leaves(tree, fields):
            self._keep_secret(leaf, marks)
        masked: dict[str, Any] = self.value(self._record(kind, fields))
        return masked

    def read(self, expression: str | None, element_id: str, value: Any) -> Any:
        """Mask what an expression at an element came to, whatever it made of what it names."""
        tree = self.held.of(expression, element_id)
        named = _NAME.fullmatch(expression or "")
        own = self.own_facts.get(named.group(1), ()) if named is not None else ()
        if tree:
            return self.value(self.tree(tree, value, own=own))
        marks = self.held.made_of(expression, element_id)
        if value not in (None, "", [], {}):
            self.shown |= marks & self.watched
        return self.value(self._unless_closed(marks, value))

    def payload(self, type_: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Mask what a letter brought."""
        tree = self.held.sent.get(type_, {})
        for leaf, marks in leaves(tree, payload):
            self._keep_secret(leaf, marks)
        masked: dict[str, Any] = self.value(self.tree(tree, payload))
        return masked

    def tree(self, tree: Tree, value: Any, path: str = "", own: Collection[str] = ()) -> Any:
        """Mask what stands at marked places of a value; what is the reader's `own` stays."""
        if path in own:
            return _Own(value)
        marks = tree.get(path)
        if marks:
            kinds = [self.closed[mark] for mark in sorted(marks) if mark in self.closed]
            if kinds:
                return rules.mask(kinds[0], value)
            if value not in (None, "", [], {}):
                self.shown |= marks & self.watched
        if isinstance(value, list):
            return [self.tree(_but(tree, path), item, path, own) for item in value]
        if isinstance(value, dict):
            return {
                name: self.tree(tree, item, f"{path}.{name}" if path else name, own)
                for name, item in value.items()
            }
        return value

    def value(self, value: Any) -> Any:
        """Mask every secret that turns up in a value, whatever it was made from."""
        if isinstance(value, _Own):
            return value.value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            kept = ((name, item) for name, item in value.items() if name not in self.secrets)
            return {self.text(name): self.value(item) for name, item in kept}
        return value

    def text(self, text: str) -> str:
        """Mask every secret that turns up in a text."""
        if text in self.secrets:
            return str(rules.mask(self.secrets[text], text))
        for secret in sorted(self.secrets, key=len, reverse=True):
            if _is_findable(secret) and secret in text:
                text = text.replace(secret, str(rules.mask(self.secrets[secret], secret)))
        return text

    def closed_at(self, element_id: str) -> frozenset[str]:
        """Return the fields of an element's form that the reader may not read."""
        tree = self.held.answers.get(element_id, {})
        return frozenset(path for path, marks in tree.items() if marks & self.closed.keys())

    def marks_of(self, variables: Mapping[str, Any], leaf: str) -> set[str]:
        """Return the marks of all places where a text stands."""
        found: set[str] = set()
        for tree, value, _own in self._values(variables):
            found.update(*(marks for each, marks in leaves(tree, value) if each == leaf))
        return found

    def hides_file(self, attachment_id: UUID) -> bool:
        """Tell whether a file stands in a field that is hidden."""
        return str(attachment_id) in self.secrets

    def hiding(self, element: ElementExtensions, variables: Mapping[str, Any]) -> Veil:
        """Hide also what one task hides, whatever else the reader may see."""
        hidden = {
            _mark(element.form or "", path): "all"
            for path, access in element.field_access.items()
            if access == "hidden"
        }
        self.closed = {**self.closed, **hidden}
        return self.learn(variables)

    def _keep_secret(self, leaf: Any, marks: Iterable[str]) -> None:
        kinds = [self.closed[mark] for mark in sorted(marks) if mark in self.closed]
        if kinds and not isinstance(leaf, bool):
            text = str(leaf)
            if text.strip():
                self.secrets[text] = kinds[0]

    def _record(self, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        tree = self.held.records.get(kind, {})
        marked = {path.split(".")[0] for path in tree}
        return {
            name: value if name in marked else self._made(f"records.{kind}.{name}", value)
            for name, value in self.tree(tree, fields).items()
        }

    def _set_by_hand(self, fact: str, value: Any) -> Any:
        # No secret can be looked for in what the case holds no longer: all of it is hidden.
        marks = self.held.made.get(fact, frozenset()) & self.closed.keys()
        if fact not in self.held.facts and marks:
            return rules.mask("all", value)
        return self.tree(self.held.facts.get(fact, {}), value)

    def _made(self, name: str, value: Any) -> Any:
        return self._unless_closed(self.held.made.get(name, frozenset()), value)

    def _unless_closed(self, marks: frozenset[str], value: Any) -> Any:
        """Mask what is made of marked values, where any of the marks is closed."""
        is_closed = not self.closed.keys().isdisjoint(marks)
        return _without_numbers(value, self._closed_text) if is_closed else value

    def _closed_text(self, text: str) -> str:
        """Mask the secrets in a text that is made of closed values, however short they are."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, str(rules.mask(self.secrets[secret], secret)))
        return text

    def _own_anywhere(self, element_id: str) -> Collection[str]:
        # Every answer to an element's form has the same paths.
        return next((paths for (at, _), paths in self.own.items() if at == element_id), ())

    def _groups(self) -> Iterator[tuple[str, Mapping[str, Tree]]]:
        yield "answers", self.held.answers
        yield "records", self.held.records
        yield "messages", self.held.messages
        yield "results", self.held.results

    def _group(
        self, group: str, trees: Mapping[str, Tree], found: Mapping[str, Any]
    ) -> dict[str, Any]:
        if group == "records":
            return {key: self._record(key, fields) for key, fields in found.items()}
        if group != "answers":
            return {key: self.tree(trees.get(key, {}), value) for key, value in found.items()}
        return {
            key: [
                self.tree(trees.get(key, {}), each, own=self.own.get((key, index), ()))
                for index, each in enumerate(given)
            ]
            for key, given in found.items()
        }

    def _values(self, variables: Mapping[str, Any]) -> Iterator[tuple[Tree, Any, Collection[str]]]:
        for name, tree in self.held.facts.items():
            yield tree, variables.get(name), self.own_facts.get(name, ())
        for group, trees in self._groups():
            for key, value in variables.get(group, {}).items():
                if group != "answers":
                    yield trees.get(key, {}), value, ()
                    continue
                for index, each in enumerate(value):
                    yield trees.get(key, {}), each, self.own.get((key, index), ())


@dataclass(frozen=True, slots=True)
class _Own:
    """What the reader gave themselves: no secret is looked for in it."""

    value: Any


def _without_numbers(value: Any, text: Callable[[str], str]) -> Any:
    """Hide the numbers, true and false in a value; its texts become what `text` makes of them."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool | int | float):
        return rules.HIDDEN
    if isinstance(value, list):
        return [_without_numbers(item, text) for item in value]
    if isinstance(value, dict):
        return {name: _without_numbers(item, text) for name, item in value.items()}
    return value


def leaves(
    tree: Tree, value: Any, path: str = "", own: Collection[str] = ()
) -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield every value without members at a marked place that is not `own`, with the marks."""
    if not tree or value is None or path in own:
        return
    marks = tree.get(path)
    if isinstance(value, list):
        for item in value:
            yield from leaves(tree, item, path, own)
    elif isinstance(value, dict):
        placed = {name: f"{path}.{name}" if path else name for name in value}
        below = {**tree, **dict.fromkeys(placed.values(), marks)} if marks else tree
        for name, item in value.items():
            yield from leaves(below, item, placed[name], own)
    elif marks:
        yield value, marks


def _but(tree: Tree, path: str) -> Tree:
    return {place: marks for place, marks in tree.items() if place != path}


def _is_findable(secret: str) -> bool:
    return len(secret) >= (_SHORTEST_PLAIN if secret.isascii() else _SHORTEST_FOUND)
