"""Which classes of data, and which fields of forms, the values of a process come from.

A *mark* is the key of a class, or `form#field` for a field that some task hides. What an
expression hands on unchanged keeps its marks: `=this.phone`, `=applicant`,
`=get value(names, this.handler)`. What an expression makes of several values doesn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from workflow_server import feel
from workflow_server.content import record_marks
from workflow_server.content.elements import (
    ElementExtensions,
    MessageEffect,
    NamedValue,
    ProcessExtensions,
    RecordEffect,
)
from workflow_server.content.forms import Form
from workflow_server.content.shared import RecordKind
from workflow_server.content.trees import Tree as Tree
from workflow_server.content.trees import both, join, merged

_NOTHING: Tree = {}
_STEP = r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*(?:\[\s*-?\d+\s*\])?"
_EXACT = re.compile(rf"\s*({_STEP}(?:\.{_STEP})*)\s*")
_NAMED = re.compile(r"\s*get value\(\s*names\s*,(.*)\)\s*", re.DOTALL)
_MESSAGE = re.compile(
    rf'\s*get value\(\s*messages\s*,\s*"([^"]+)"\s*\)\[[^\]]*\]((?:\.{_STEP})*)\s*'
)
_PATHS = re.compile(rf"(?<![\w.])({_STEP}(?:\.{_STEP})*)")
_INDEX = re.compile(r"\[\s*-?\d+\s*\]")
#: So many letters deep do marks travel between processes, and facts through facts.
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Lineage:
    """The marks of everything that an instance of a process holds."""

    #: By element: the answers given there.
    answers: Mapping[str, Tree] = field(default_factory=dict)
    #: By element: what `this` is there, answers or payload.
    this: Mapping[str, Tree] = field(default_factory=dict)
    facts: Mapping[str, Tree] = field(default_factory=dict)
    #: By kind: its fields.
    records: Mapping[str, Tree] = field(default_factory=dict)
    #: By type: what was received.
    messages: Mapping[str, Tree] = field(default_factory=dict)
    #: By type: what was sent, of classes that the diagram lets go.
    sent: Mapping[str, Tree] = field(default_factory=dict)
    #: By call activity: the facts of the process that it calls.
    results: Mapping[str, Tree] = field(default_factory=dict)
    #: By dotted name (`word`, `records.lead.note`): the marks of all that it was made of.
    made: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def marks(self) -> frozenset[str]:
        """Every mark that anything bears here."""
        groups = (self.answers, self.facts, self.records, self.messages, self.results)
        trees = (tree for group in groups for tree in group.values())
        return frozenset(mark for tree in trees for marks in tree.values() for mark in marks)

    def of(self, value: str | None, element_id: str | None = None) -> Tree:
        """Return the marks of what a value hands on unchanged."""
        if value is None or not value.startswith("="):
            return _NOTHING
        expression = value[1:]
        named = _NAMED.fullmatch(expression)
        if named is not None:
            return self.of(f"={named.group(1)}", element_id)
        message = _MESSAGE.fullmatch(expression)
        if message is not None:
            return below(self.messages.get(message.group(1), _NOTHING), _bare(message.group(2)))
        exact = _EXACT.fullmatch(expression)
        return _NOTHING if exact is None else self._at(exact.group(1), element_id)

    def named_in(self, value: str | None, element_id: str | None = None) -> frozenset[str]:
        """Return the marks of everything that a value names, whatever it makes of it."""
        if value is None or not value.startswith("="):
            return frozenset()
        found = [self.of(value, element_id)]
        for message in _MESSAGE.finditer(value):
            found.append(self.of(f"={message.group(0)}", element_id))
        found += [self._at(path, element_id) for path in _paths(value)]
        return frozenset(mark for tree in found for marks in tree.values() for mark in marks)

    def made_of(self, value: str | None, element_id: str | None = None) -> frozenset[str]:
        """Return the marks of what a value names, and of all that this was ever made of."""
        if value is None or not value.startswith("="):
            return frozenset()
        marks = set(self.named_in(value, element_id))
        for path in _paths(value):
            bare = _INDEX.sub("", path)
            if element_id in self.results and _is_within(bare, "this"):
                bare = f"results.{element_id}{bare.removeprefix('this')}"
            for name, of in self.made.items():
                if _is_within(bare, name) or _is_within(name, bare):
                    marks |= of
            # Of a group that is searched at run time, anything may be taken.
            for tree in self._whole(bare).values():
                marks |= {mark for of in tree.values() for mark in of}
        return frozenset(marks)

    def _whole(self, path: str) -> Mapping[str, Tree]:
        groups = {
            **{"answers": self.answers, "records": self.records},
            **{"messages": self.messages, "results": self.results},
        }
        return groups.get(path, {})

    def _at(self, path: str, element_id: str | None) -> Tree:
        root, *steps = _INDEX.sub("", path).split(".")
        if root == "this":
            return below(self.this.get(element_id or "", _NOTHING), ".".join(steps))
        groups = {"answers": self.answers, "records": self.records, "results": self.results}
        if root in groups:
            tree = groups[root].get(steps[0], _NOTHING) if steps else _NOTHING
            return below(tree, ".".join(steps[1:]))
        return below(self.facts.get(root, _NOTHING), ".".join(steps))


def below(tree: Tree, path: str) -> Tree:
    """Return the marks of what stands at a path, and below it."""
    if not path:
        return tree
    found: dict[str, frozenset[str]] = {}
    for place, marks in tree.items():
        if place == "" or place == path or path.startswith(f"{place}."):
            found[""] = found.get("", frozenset()) | marks
        elif place.startswith(f"{path}."):
            found[place.removeprefix(f"{path}.")] = marks
    return found


def hidden_mark(form_key: str, path: str) -> str:
    """Return the mark of a field that a task may hide."""
    return f"{form_key}#{path}"


def trace(
    processes: Mapping[str, ProcessExtensions],
    forms: Mapping[str, Form],
    records: Mapping[str, RecordKind],
) -> dict[str, Lineage]:
    """Return the lineage of every process; what one discloses to another keeps its class.

    So do the facts that a process gives to one that it calls, and those that it gets back.
    """
    sent: dict[str, dict[str, frozenset[str]]] = {}
    given: dict[str, dict[str, Tree]] = {}
    found: dict[str, Lineage] = {}
    shared: dict[str, Tree] = {}
    are_shared = record_marks.are_shared(processes.values())
    tracers: dict[str, _Tracer] = {}
    for _ in range(_ROUNDS):
        before, around = found, tracers
        tracers = {
            key: _Tracer(
                process, forms, records, sent, given.get(key, {}), _called(process, before), shared
            )
            for key, process in processes.items()
        }
        # What has the same around it as the round before comes to the same.
        found = {
            key: before[key] if tracer == around.get(key) else tracer.trace()
            for key, tracer in tracers.items()
        }
        handed = _handed(processes, found)
        again: dict[str, dict[str, frozenset[str]]] = {}
        for key, process in processes.items():
            for type_, tree in _disclosed(process, found[key]):
                again[type_] = merged(again.get(type_, {}), tree)
        together = record_marks.shared(it.records for it in found.values()) if are_shared else {}
        if (
            again == sent
            and together == shared
            and (not handed or (handed == given and before == found))
        ):
            break
        sent, given, shared = again, handed, together
    return found


def _called(process: ProcessExtensions, found: Mapping[str, Lineage]) -> dict[str, Lineage]:
    keys = {element.called for element in process.elements.values() if element.called is not None}
    return {key: found[key] for key in sorted(keys) if key in found}


def _handed(
    processes: Mapping[str, ProcessExtensions], found: Mapping[str, Lineage]
) -> dict[str, dict[str, Tree]]:
    """Return the marks of the facts that called processes begin with."""
    handed: dict[str, dict[str, Tree]] = {}
    for key, process in processes.items():
        for element in process.elements.values():
            if element.called is not None:
                facts = handed.setdefault(element.called, {})
                for part in element.call:
                    tree = found[key].of(part.value, element.id)
                    facts[part.name] = merged(facts.get(part.name, {}), tree)
    return handed


def _disclosed(process: ProcessExtensions, lineage: Lineage) -> Iterator[tuple[str, Tree]]:
    for element in process.elements.values():
        for effect in element.effects:
            if isinstance(effect, MessageEffect):
                for part in effect.payload:
                    yield effect.type, _let_go(part, lineage.of(part.value, element.id))


def _let_go(part: NamedValue, tree: Tree) -> Tree:
    let_go = frozenset(part.disclose)
    if not let_go:
        return _NOTHING
    kept = {join(part.name, path): marks & let_go for path, marks in tree.items()}
    return {path: marks for path, marks in kept.items() if marks} or {part.name: let_go}


@dataclass(slots=True)
class _Tracer:
    process: ProcessExtensions
    forms: Mapping[str, Form]
    records: Mapping[str, RecordKind]
    sent: Mapping[str, Tree]
    #: The facts that callers give.
    given: Mapping[str, Tree]
    #: Those that it calls, as far as they are traced.
    others: Mapping[str, Lineage]
    #: What any process wrote into records, where one changes or reads those of others.
    shared: Mapping[str, Tree]

    def trace(self) -> Lineage:
        hidden = self.hidden()
        answers = {
            element.id: tree
            for element in self.process.elements.values()
            if (tree := self.answered(element, hidden))
        }
        received = {
            element.id: self.sent.get(element.catch_message.type, _NOTHING)
            for element in self.process.elements.values()
            if element.catch_message is not None
        }
        results = self.results()
        found = Lineage(
            answers=answers,
            this={**both(received, answers), **results},
            results=results,
            records={kind.key: record_marks.own(kind) for kind in self.records.values()},
            messages=self.sent,
            sent=self.sent,
        )
        for _ in range(_ROUNDS):
            facts, records = self.facts(found), self.kept(found)
            if (facts, records) == (found.facts, found.records):
                break
            found = replace(found, facts=facts, records=records)
        return self.with_made(found)

    def results(self) -> dict[str, Tree]:
        """Return the marks of the facts that calls come back with."""
        found: dict[str, Tree] = {}
        for element in self.process.elements.values():
            called = self.others.get(element.called or "")
            if called is not None:
                tree = {
                    join(name, path): marks
                    for name, tree in called.facts.items()
                    for path, marks in tree.items()
                }
                # What it has made of them comes back as one value: all of it is masked.
                made = {name: of for name, of in called.made.items() if name not in called.facts}
                found[element.id] = {**made, **tree}
        return found

    def made_by_others(self) -> dict[str, frozenset[str]]:
        """Return the marks of what called processes have made."""
        return {
            f"results.{element.id}.{name}": marks
            for element in self.process.elements.values()
            for name, marks in self.others.get(element.called or "", Lineage()).made.items()
        }

    def with_made(self, found: Lineage) -> Lineage:
        """Follow what is made of marked values through facts, records and operations."""
        found = replace(found, made=self.made_by_others())
        grown = True
        while grown:
            made = dict(found.made)
            for name, value, element_id in self.written():
                marks = found.made_of(value, element_id)
                if marks:
                    made[name] = made.get(name, frozenset()) | marks
            grown = made != found.made
            found = replace(found, made=made)
        return found

    def written(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is written: its dotted name, the value and the element."""
        for element in self.process.elements.values():
            for output in element.outputs:
                yield output.name, output.value, element.id
            done = element.operation
            if done is not None and done.result is not None:
                for given in done.parameters:
                    yield done.result, given.value, element.id
            for name, value in _looped(element):
                yield name, value, element.id
            for each in element.data:
                yield f"data.{each.name}", each.value, element.id
            for effect in element.effects:
                if isinstance(effect, RecordEffect):
                    for item in effect.fields:
                        yield f"records.{effect.kind}.{item.name}", item.value, element.id

    def answered(self, element: ElementExtensions, hidden: Mapping[str, set[str]]) -> Tree:
        """Return the marks of the fields of an element's form."""
        starts = (start for start in self.process.starts if start.element_id == element.id)
        keys = [element.form, *(start.form for start in starts)]
        tree: dict[str, frozenset[str]] = {}
        for form in (self.forms[key] for key in keys if key is not None and key in self.forms):
            shut = hidden.get(form.key, set())
            for path, info in form.fields.items():
                marks = {info.personal_class} if info.personal_class else set()
                marks |= {hidden_mark(form.key, path)} if path in shut else set()
                if marks:
                    tree[path] = tree.get(path, frozenset()) | marks
        return tree

    def hidden(self) -> dict[str, set[str]]:
        """Return what some task hides of each form; read once, however many tasks there are."""
        found: dict[str, set[str]] = {}
        for element in self.process.elements.values():
            for path, access in element.field_access.items():
                if access == "hidden" and element.form is not None:
                    found.setdefault(element.form, set()).add(path)
        return found

    def facts(self, found: Lineage) -> dict[str, Tree]:
        facts: dict[str, Tree] = {name: dict(tree) for name, tree in self.given.items() if tree}
        for element in self.process.elements.values():
            written = ((output.name, output.value) for output in element.outputs)
            for name, value in (*written, *_looped(element)):
                tree = found.of(value, element.id)
                if tree:
                    facts[name] = merged(facts.get(name, {}), tree)
            for name, tree in record_marks.of_read(element, found.records).items():
                facts[name] = merged(facts.get(name, {}), tree)
            for each in element.data:
                tree = found.of(each.value, element.id)
                if tree:
                    placed = {join(each.name, path): marks for path, marks in tree.items()}
                    facts["data"] = merged(facts.get("data", {}), placed)
        return facts

    def kept(self, found: Lineage) -> dict[str, Tree]:
        """Return the marks of records: those of the kind, else what was written into them."""
        declared = {kind.key: record_marks.own(kind) for kind in self.records.values()}
        records: dict[str, Tree] = both(declared, self.shared)
        for element in self.process.elements.values():
            for effect in element.effects:
                if isinstance(effect, RecordEffect) and effect.kind in records:
                    own = record_marks.own(self.records[effect.kind])
                    for item in effect.fields:
                        tree = found.of(item.value, element.id)
                        if item.name not in own:
                            placed = {join(item.name, path): m for path, m in tree.items()}
                            records[effect.kind] = merged(records[effect.kind], placed)
        return records


def _looped(element: ElementExtensions) -> Iterator[tuple[str, str]]:
    """Yield what a multi-instance writes: each item, and the list of its results."""
    loop = element.loop
    for name, text in () if loop is None else ((loop.item, loop.items), (loop.into, loop.result)):
        if name is not None and text is not None:
            yield name, f"={text.removeprefix('=').strip()}"


@lru_cache(maxsize=8192)
def _paths(value: str) -> tuple[str, ...]:
    """Return the paths that a value names, but for letters that are looked up by their type."""
    return tuple(_PATHS.findall(feel.without_texts(_MESSAGE.sub(" ", value[1:]))))


def _is_within(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _bare(path: str) -> str:
    return _INDEX.sub("", path).removeprefix(".")
