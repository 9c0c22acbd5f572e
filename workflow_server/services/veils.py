"""What lies over one case for one reader: which of its values they see, and what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.content.lineage import Lineage, Tree
from workflow_server.content.lineage import hidden_mark as _mark
from workflow_server.rules import masking as rules

if TYPE_CHECKING:
    from workflow_server.content.elements import ElementExtensions

#: Texts shorter than this are masked where they stand, and not looked for inside others.
_SHORTEST_FOUND = 2
_SHORTEST_PLAIN = 4


@dataclass(slots=True)
class Veil:
    """What is hidden of one case from one reader, and what sensitive they were shown."""

    held: Lineage
    #: Mark -> how what bears it is masked.
    closed: Mapping[str, str]
    #: Classes that the reader may read, whose views are kept.
    watched: frozenset[str] = frozenset()
    #: What the reader has answered themselves at classed fields.
    own: frozenset[Any] = frozenset()
    #: Text that is hidden wherever it turns up -> how it is masked.
    secrets: dict[str, str] = field(default_factory=dict)
    #: Sensitive classes of which a value was handed out.
    shown: set[str] = field(default_factory=set)

    def learn(self, variables: Mapping[str, Any]) -> Veil:
        """Learn what must not turn up anywhere, from what the case holds."""
        for tree, value in self._values(variables):
            for leaf, marks in leaves(tree, value):
                self._keep_secret(leaf, marks)
        names = variables.get("names", {})
        named = {names[each]: kind for each, kind in self.secrets.items() if each in names}
        self.secrets.update(named)
        return self

    def variables(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Mask what an instance holds."""
        self.learn(found)
        masked = dict(found)
        for name, tree in self.held.facts.items():
            if name in masked:
                masked[name] = self.tree(tree, masked[name])
        for group, trees in self._groups():
            if group in masked:
                masked[group] = self._group(trees, masked[group])
        return {name: self.value(value) for name, value in masked.items()}

    def answers(self, element_id: str, given: Any) -> Any:
        """Mask answers to the form of an element."""
        return self.value(self.tree(self.held.answers.get(element_id, {}), given))

    def act(self, element_id: str | None, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Mask what an act of the history left behind."""
        if data is None:
            return None
        masked = dict(data)
        if "answers" in masked and element_id is not None:
            masked["answers"] = self.answers(element_id, masked["answers"])
        found: dict[str, Any] = self.value(masked)
        return found

    def record(self, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Mask the fields of a record."""
        masked: dict[str, Any] = self.value(self.tree(self.held.records.get(kind, {}), fields))
        return masked

    def payload(self, type_: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Mask what a letter brought."""
        tree = self.held.sent.get(type_, {})
        for leaf, marks in leaves(tree, payload):
            self._keep_secret(leaf, marks)
        masked: dict[str, Any] = self.value(self.tree(tree, payload))
        return masked

    def tree(self, tree: Tree, value: Any, path: str = "") -> Any:
        """Mask what stands at marked places of a value."""
        marks = tree.get(path)
        if marks:
            kinds = [self.closed[mark] for mark in sorted(marks) if mark in self.closed]
            if kinds:
                return self._masked(kinds[0], value)
            if value not in (None, "", [], {}):
                self.shown |= marks & self.watched
        if isinstance(value, list):
            return [self.tree(_but(tree, path), item, path) for item in value]
        if isinstance(value, dict):
            return {
                name: self.tree(tree, item, f"{path}.{name}" if path else name)
                for name, item in value.items()
            }
        return value

    def value(self, value: Any) -> Any:
        """Mask every secret that turns up in a value, whatever it was made from."""
        if not self.secrets:
            return value
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

    def _masked(self, kind: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._masked(kind, item) for item in value]
        if isinstance(value, dict):
            return {name: self._masked(kind, item) for name, item in value.items()}
        return value if _is_in(value, self.own) else rules.mask(kind, value)

    def _keep_secret(self, leaf: Any, marks: Iterable[str]) -> None:
        kinds = [self.closed[mark] for mark in sorted(marks) if mark in self.closed]
        if kinds and not isinstance(leaf, bool) and not _is_in(leaf, self.own):
            text = str(leaf)
            if text.strip():
                self.secrets[text] = kinds[0]

    def _groups(self) -> Iterator[tuple[str, Mapping[str, Tree]]]:
        yield "answers", self.held.answers
        yield "records", self.held.records
        yield "messages", self.held.messages

    def _group(self, trees: Mapping[str, Tree], found: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.tree(trees.get(key, {}), value) for key, value in found.items()}

    def _values(self, variables: Mapping[str, Any]) -> Iterator[tuple[Tree, Any]]:
        for name, tree in self.held.facts.items():
            yield tree, variables.get(name)
        for group, trees in self._groups():
            for key, value in variables.get(group, {}).items():
                yield trees.get(key, {}), value


def leaves(tree: Tree, value: Any, path: str = "") -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield every value without members at a marked place, with the marks."""
    if not tree or value is None:
        return
    marks = tree.get(path)
    if isinstance(value, list):
        for item in value:
            yield from leaves(tree, item, path)
    elif isinstance(value, dict):
        below = (
            {**tree, **{f"{path}.{name}" if path else name: marks for name in value}}
            if marks
            else tree
        )
        for name, item in value.items():
            yield from leaves(below, item, f"{path}.{name}" if path else name)
    elif marks:
        yield value, marks


def _but(tree: Tree, path: str) -> Tree:
    return {place: marks for place, marks in tree.items() if place != path}


def _is_in(value: Any, own: frozenset[Any]) -> bool:
    return isinstance(value, str | int | float) and value in own


def _is_findable(secret: str) -> bool:
    return len(secret) >= (_SHORTEST_PLAIN if secret.isascii() else _SHORTEST_FOUND)
