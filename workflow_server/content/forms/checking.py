"""Judge the answers to a form: typed values, or every fault with its JSON pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from marshmallow import ValidationError

from workflow_server import feel
from workflow_server.config import CHINA
from workflow_server.content.forms import fields, limits
from workflow_server.content.forms.compiling import option_of
from workflow_server.content.forms.model import (
    Checked,
    Computed,
    Form,
    Group,
    Item,
    Node,
    Rows,
)
from workflow_server.errors import Fault

#: (source, value, parameters) -> whether the value is one that the source offers.
Sources = Callable[[str, Any, Mapping[str, Any]], bool]

#: Bytes of all answers of one form, as JSON.
MAX_ANSWERS = 1_000_000
MAX_FAULTS = 100
MAX_STEPS = 5_000
#: Rounds of hiding and dropping until nothing that was dropped decides any more.
ROUNDS = 4

#: Whether what an expression came to may not be told to who answers.
IsClosed = Callable[[str], bool]
Path = tuple[str | int, ...]
Steps = Iterator[tuple[tuple[int, Path, str], feel.Step]]


def check(
    form: Form,
    answers: Any,
    context: Mapping[str, Any],
    *,
    now: datetime,
    sources: Sources,
    access: Mapping[str, str] | None = None,
    is_closed: IsClosed | None = None,
) -> Checked:
    """Check answers and return them typed; whatever comes in, nothing is raised for it.

    `access` says per field name what the task may do: read, write, hidden or required. One
    crossing into FEEL, and none if the form has no FEEL; a further one only where a value
    was dropped, because its field is hidden or read-only, and might have decided something.
    A limit whose expression `is_closed` holds, and is not told.
    """
    refused = refusal(answers)
    if refused is not None:
        return Checked({}, (Fault("#/answers", refused),))
    visit = Visit(form, context, now, sources, access or {}, is_closed)
    visit.load(answers)
    try:
        visit.settle()
    except feel.FeelError as error:
        return Checked({}, (Fault("#/answers", f"表单里的公式无法计算：{error.message}"),))
    visit.judge()
    return Checked({} if visit.faults else visit.values, tuple(visit.faults[:MAX_FAULTS]))


def refusal(answers: Any) -> str | None:
    """Refuse what is no JSON object, too large or too deep, before anything reads it."""
    if not isinstance(answers, dict):
        return "答案应为对象"
    try:
        size = len(orjson.dumps(answers))
    except (TypeError, ValueError, RecursionError):
        return "答案不是正确的 JSON：含有过大的数字、过深的嵌套或残缺的字符"
    if size > MAX_ANSWERS:
        return f"答案太大：共 {size} 字节，最多 {MAX_ANSWERS} 字节"
    return None


@dataclass
class _Place:
    """An object of the answers that holds fields: the top, or one row of a list."""

    path: Path
    values: dict[str, Any]


@dataclass
class Visit:
    """One check: the values as they are settled, and what was found wrong."""

    form: Form
    context: Mapping[str, Any]
    now: datetime
    sources: Sources
    access: Mapping[str, str]
    is_closed: IsClosed | None = None
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[Path, list[str]] = field(default_factory=dict)
    results: dict[tuple[int, Path, str], Any] = field(default_factory=dict)
    live: list[tuple[Item | Rows, _Place]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dropped: bool = False

    # ---- 1: types and unknown keys, by marshmallow ----

    def load(self, answers: dict[str, Any]) -> None:
        try:
            self.values = self.form.schema.load(answers)
        except ValidationError as error:
            valid = error.valid_data
            self.values = valid if isinstance(valid, dict) else {}
            self.problems = dict(_flat(error.messages, ()))

    # ---- 2: what is hidden, read-only, computed ----

    def settle(self) -> None:
        if self.access and self.form.has_feel:
            self.prune(self.form.nodes, _Place((), self.values), False)
        for _ in range(ROUNDS):
            self.dropped = False
            if self.form.has_feel:
                self.evaluate()
            self.live.clear()
            self.prune(self.form.nodes, _Place((), self.values), False)
            if not self.dropped or not self.form.has_feel:
                return

    def evaluate(self) -> None:
        top = _Place((), self.values)
        plan = [*self.computed(self.form.nodes, top), *self.conditions(self.form.nodes, top)]
        plan += [
            ((index, (), "rule"), feel.Step(rule.when))
            for index, rule in enumerate(self.form.rules)
        ]
        if len(plan) > MAX_STEPS:
            raise feel.FeelError("Expected fewer rows, but 行数太多")
        found = feel.evaluate_in_place(
            [step for _, step in plan], self.values, self.context, now=self.now
        )
        self.results = {key: value for (key, _), value in zip(plan, found, strict=True)}

    def computed(self, nodes: tuple[Node, ...], place: _Place) -> Steps:
        """List the computed values in their order, so that one may build on another."""
        for node in nodes:
            match node:
                case Computed():
                    key = (id(node), place.path, "value")
                    yield key, feel.Step(node.expression, place.path, node.path)
                case Rows():
                    for row in _rows(node, place):
                        yield from self.computed(node.nodes, row)
                case Group():
                    yield from self.computed(node.nodes, place)
                case Item():
                    pass

    def conditions(self, nodes: tuple[Node, ...], place: _Place) -> Steps:
        for node in nodes:
            if isinstance(node, Item):
                for aspect, expression in node.conditions:
                    yield (id(node), place.path, aspect), feel.Step(expression, place.path)
                continue
            if node.hide is not None:
                yield (id(node), place.path, "hide"), feel.Step(node.hide, place.path)
            if isinstance(node, Group):
                yield from self.conditions(node.nodes, place)
            elif isinstance(node, Rows):
                for row in _rows(node, place):
                    yield from self.conditions(node.nodes, row)

    def prune(self, nodes: tuple[Node, ...], place: _Place, hidden: bool) -> None:
        for node in nodes:
            gone = hidden or self.result(node, place, "hide") is True
            match node:
                case Group():
                    self.prune(node.nodes, place, gone)
                case Computed():
                    self.prune_computed(node, place, gone)
                case Rows():
                    self.prune_rows(node, place, gone)
                case Item():
                    shut = self.access.get(node.name) in ("hidden", "read") or node.readonly
                    if gone or shut or self.result(node, place, "readonly") is True:
                        self.drop(place, node.path)
                    else:
                        self.live.append((node, place))

    def prune_computed(self, node: Computed, place: _Place, gone: bool) -> None:
        value = self.result(node, place, "value")
        if gone or value is None:
            _remove(place.values, node.path)
        else:
            _put(place.values, node.path, value)

    def prune_rows(self, node: Rows, place: _Place, gone: bool) -> None:
        if gone or self.access.get(node.name) in ("hidden", "read"):
            self.drop(place, node.path)
            return
        self.live.append((node, place))
        for row in _rows(node, place):
            self.prune(node.nodes, row, False)

    def drop(self, place: _Place, path: tuple[str, ...]) -> None:
        """Forget a value that a person may not give, and whatever was wrong with it."""
        if _remove(place.values, path):
            self.dropped = True
        full = place.path + path
        for found in self.below(full):
            del self.problems[found]

    def result(self, node: Node, place: _Place, aspect: str) -> Any:
        return self.results.get((id(node), place.path, aspect)) if self.results else None

    # ---- 3: what is left must be right ----

    def judge(self) -> None:
        for node, place in self.live:
            if isinstance(node, Rows):
                self.judge_rows(node, place)
            elif not (self.problems and self.tell(place.path + node.path)):
                self.judge_item(node, place)
        for path, details in self.problems.items():
            self.faults.extend(Fault(pointer(path), detail) for detail in details)
        for index, rule in enumerate(self.form.rules):
            if self.results.get((index, (), "rule")) is True:
                self.faults.append(Fault(pointer(tuple(rule.field.split("."))), rule.message))

    def tell(self, full: Path) -> bool:
        """Report what marshmallow found at a field; say whether it found anything."""
        below = self.below(full)
        for path in below:
            self.faults += [Fault(pointer(path), detail) for detail in self.problems.pop(path)]
        return bool(below)

    def below(self, full: Path) -> list[Path]:
        return [path for path in self.problems if path[: len(full)] == full]

    def judge_rows(self, node: Rows, place: _Place) -> None:
        rows = _get(place.values, node.path)
        count = len(rows) if isinstance(rows, list) else 0
        least = max(node.minimum, 1 if self.access.get(node.name) == "required" else 0)
        if count < least and not self.below(place.path + node.path):
            detail = f"{node.label}至少填写{least}行"
            self.faults.append(Fault(pointer(place.path + node.path), detail))
        if rows is None:
            _put(place.values, node.path, [])

    def judge_item(self, node: Item, place: _Place) -> None:
        value = _get(place.values, node.path)
        if value in (None, []) or (value is False and node.empty is False):
            required = (
                node.required
                or self.access.get(node.name) == "required"
                or self.result(node, place, "required") is True
            )
            if required:
                self.fault(node, place, _missing(node))
            elif node.empty is None:
                _remove(place.values, node.path)
            else:
                _put(place.values, node.path, list(node.empty) if node.empty == [] else node.empty)
            return
        for detail in self.wrongs(node, place, value):
            self.fault(node, place, detail)

    def wrongs(self, node: Item, place: _Place, value: Any) -> Iterator[str]:
        for aspect in limits.BOUNDS:
            bound = self.result(node, place, aspect)
            if bound is not None:
                wrong = limits.bound_fault(aspect, bound, node.label, value)
                if wrong:
                    yield self.told(node, aspect, wrong)
        chosen = value if isinstance(value, list) else [value]
        options = self.options(node, place)
        if options is not None and not all(fields.among(one, options) for one in chosen):
            yield f"{node.label}没有这个选项"
        if node.source is not None:
            parameters = self.parameters(node, place)
            if not all(self.sources(node.source, one, parameters) for one in chosen):
                yield f"{node.label}不在可选的范围内"
        if node.future_only and value[:10] < _today(self.now):
            yield f"{node.label}不能早于今天"

    def told(self, node: Item, aspect: str, wrong: str) -> str:
        """Return what is wrong with a value, without the limit where that is not to be told."""
        is_closed = self.is_closed is not None and self.is_closed(dict(node.conditions)[aspect])
        return f"{node.label}不在允许的范围内" if is_closed else wrong

    def options(self, node: Item, place: _Place) -> list[Any] | None:
        """Return the options that are known only now, or None if they stand in the form."""
        if any(aspect == "values" for aspect, _ in node.conditions):
            found = self.result(node, place, "values")
        elif node.options_key:
            found = self.values.get(node.options_key, self.context.get(node.options_key))
        else:
            return None
        options = [option_of(one) for one in found] if isinstance(found, list | tuple) else []
        return [option.value for option in options if option is not None]

    def parameters(self, node: Item, place: _Place) -> dict[str, Any]:
        return {
            name: self.result(node, place, f"source.{name}") if value.startswith("=") else value
            for name, value in node.parameters.items()
        }

    def fault(self, node: Item, place: _Place, detail: str) -> None:
        self.faults.append(Fault(pointer(place.path + node.path), detail))


def pointer(path: Path) -> str:
    """Write a path of the answers as a JSON pointer into the body of a completion."""
    steps = (str(step)[:100].replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join(("#/answers", *steps))


def _missing(node: Item) -> str:
    match node.type:
        case "select" | "radio" | "checklist" | "taglist":
            return f"请选择{node.label}"
        case "checkbox":
            return f"请勾选{node.label}"
        case "filepicker":
            return f"请上传{node.label}"
        case _:
            return f"请填写{node.label}"


def _flat(messages: Any, path: Path) -> Iterator[tuple[Path, list[str]]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, path if name == "_schema" else (*path, name))
    else:
        yield path, [str(one) for one in messages]


def _rows(node: Rows, place: _Place) -> Iterator[_Place]:
    rows = _get(place.values, node.path)
    if isinstance(rows, list):
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                yield _Place((*place.path, *node.path, index), row)


def _get(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(values, dict):
            return None
        values = values.get(step)
    return values


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        inner = values.get(step)
        if not isinstance(inner, dict):
            inner = values[step] = {}
        values = inner
    values[path[-1]] = value


def _remove(values: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Remove a value; say whether there was one that could have decided anything."""
    holder = _get(values, path[:-1]) if len(path) > 1 else values
    if not isinstance(holder, dict) or path[-1] not in holder:
        return False
    return holder.pop(path[-1]) is not None


def _today(now: datetime) -> str:
    return date.isoformat(now.astimezone(CHINA).date())
