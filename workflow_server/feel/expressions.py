"""Evaluate FEEL: any number of expressions over one context in one crossing."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from workflow_server.errors import InvalidInput
from workflow_server.feel import machine

#: Characters of one expression.
MAX_EXPRESSION = 10_000
#: Expressions of a model that add to the time that it may take.
MOST_COUNTED = 300
#: Bytes of what is sent in one crossing.
MAX_REQUEST = 4 * 1024 * 1024

_KEY = re.compile(rb'"([^"\\\x00-\x1f]*)":')
_WORD = re.compile(r"[A-Za-z_\u00c0-\u1fff\u3001-\ud7ff][\w\u00b7\u00c0-\u1fff\u3001-\ud7ff]*")
#: Texts that need no parser to be known as right.
_LITERAL = re.compile(r'"[^"\\]*"|\d{1,15}|true|false|null', re.ASCII)
#: Words that change how an expression is read if a variable bears them.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        "and between context date days duration else every external false for function if in "
        "instance list not null of or range return satisfies some then time true years",
    )
)
#: So are plain paths and literals that are compared or joined, if no name changes the reading.
_NAME = rf"(?!(?:{'|'.join(sorted(RESERVED))})\b)[A-Za-z_]\w*"
_TERM = rf'(?:{_NAME}(?:\.{_NAME})*|"[^"\\\n]*"|\d{{1,15}}|true|false|null)'
_COMPARED = rf"{_TERM}(?: (?:=|!=|<|<=|>|>=|\+) {_TERM})?"
_PLAIN = re.compile(rf"{_COMPARED}(?: (?:and|or) {_COMPARED}){{0,20}}", re.ASCII)


_own = threading.local()


class FeelError(InvalidInput):
    """表达式无法计算"""


class FeelStopped(FeelError):
    """表达式停不下来"""


class FeelSpent(FeelStopped):
    """表达式太多太复杂"""


@contextmanager
def allowance(seconds: float) -> Iterator[None]:
    """Let all that is read and evaluated inside take so much CPU; then it is FeelSpent."""
    before = getattr(_own, "left", None)
    _own.left = seconds
    try:
        yield
    finally:
        _own.left = before


@dataclass(frozen=True, slots=True)
class Notice:
    """Something feelin noticed while it computed null: a missing variable, a wrong type."""

    kind: str
    message: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a model answers: a value, or what it refuses and at which place of it."""

    value: Any
    refused: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One expression at a place of some data: `("rows", 0)` is the first of its rows."""

    expression: str
    place: tuple[str | int, ...] = ()
    into: tuple[str, ...] | None = None


def evaluate(expression: str, context: Mapping[str, Any], *, now: datetime | None = None) -> Any:
    """Evaluate one expression; a missing variable is None, a syntax error FeelError."""
    return evaluate_all((expression,), context, now=now)[0]


def evaluate_all(
    expressions: Sequence[str], context: Mapping[str, Any], *, now: datetime | None = None
) -> list[Any]:
    """Evaluate expressions over the same context, in one crossing.

    The first that fails is named in the FeelError. Dates come as ISO strings, and go so.
    """
    if not expressions:
        return []
    request = {"expressions": [_sized(text) for text in expressions]}
    return _results(request, _needed(context, expressions), now, len(expressions))


def evaluate_in_place(
    steps: Sequence[Step],
    data: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> list[Any]:
    """Evaluate expressions of a form's data, in order, in one crossing.

    Each sees the context, above it the data, and `this`, `parent` and `i` of its place. The
    value of a step with `into` becomes data that later steps see.
    """
    if not steps:
        return []
    places: dict[tuple[str | int, ...], int] = {}
    sent = [
        (_sized(step.expression), places.setdefault(step.place, len(places)), step.into)
        for step in steps
    ]
    request = {"steps": sent, "places": list(places), "data": data}
    return _results(request, _needed(context, [text for text, _, _ in sent]), now, len(sent))


def explain(
    expression: str, context: Mapping[str, Any], *, now: datetime | None = None
) -> tuple[Any, tuple[Notice, ...]]:
    """Evaluate one expression and say what feelin warned of, for whoever writes it."""
    request = {"expressions": [_sized(expression)], "warnings": True}
    answer = _ask(request, context, now, 1)
    notices = tuple(
        Notice(one["type"], one["message"], one["text"], one["at"])
        for one in answer.get("warnings", ())
    )
    return answer["value"][0], notices


def check(expression: str, *, unary: bool = False, names: str = "{}") -> str | None:
    """Return the message of the expression's syntax error, with its position, or None.

    `names` is JSON of the names known to it; those that are no plain word change its reading.
    """
    try:
        return _checked(expression, unary, names)
    except FeelSpent as spent:
        return spent.message


@lru_cache(maxsize=8192)
def _checked(expression: str, unary: bool, names: str) -> str | None:
    if _LITERAL.fullmatch(expression):
        return None
    if not unary and names == "{}" and _PLAIN.fullmatch(expression):
        return None
    try:
        _ask({"check": _sized(expression), "unary": unary}, orjson.loads(names), None, 1)
    except FeelSpent:
        raise
    except FeelError as error:
        return error.message
    return None


class Model:
    """A decision with all that it requires, sent once and answered in one crossing each time.

    `steps` are what scripts/feel/decisions.js reads; `names` are the names in it that are no
    plain word; `cost` is how many expressions one answer may take.
    """

    def __init__(
        self, steps: Sequence[Mapping[str, Any]], names: Mapping[str, Any], *, cost: int
    ) -> None:
        self._static = {"steps": list(steps), "names": dict(names)}
        self._id = ""
        self._cost = min(cost, MOST_COUNTED)

    def decide(self, context: Mapping[str, Any], *, now: datetime | None = None) -> Decided:
        """Return the value of the last step, or what was refused."""
        if not self._id:
            self._id = hashlib.sha256(orjson.dumps(self._static)).hexdigest()
        request: dict[str, Any] = {"model": self._id}
        answer = _reply(request, context, now, self._cost)
        if answer.keys().isdisjoint(("value", "refused", "failure")):
            answer = _reply(request | self._static, context, now, self._cost)
        if "failure" in answer:
            told = {"kind": "failure", "at": answer.get("place"), "message": _failure(answer)}
            return Decided(None, told)
        return Decided(answer.get("value"), answer.get("refused"))


def _results(
    request: dict[str, Any], context: Mapping[str, Any], now: datetime | None, count: int
) -> list[Any]:
    values: list[Any] = _ask(request, context, now, count)["value"]
    return values


def _ask(
    request: dict[str, Any], context: Mapping[str, Any], now: datetime | None, count: int
) -> dict[str, Any]:
    answer = _reply(request, context, now, count)
    if "failure" in answer:
        raise FeelError(_failure(answer))
    return answer


def _reply(
    request: dict[str, Any], context: Mapping[str, Any], now: datetime | None, count: int
) -> dict[str, Any]:
    request["variables"] = context
    request["now"] = None if now is None else round(now.timestamp() * 1000)
    try:
        data = orjson.dumps(request, default=_plain, option=orjson.OPT_NON_STR_KEYS)
        if any(not _is_plain(key) for key in set(_KEY.findall(data))):
            request["odd"] = True
            data = orjson.dumps(request, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise FeelError(f"Expected values that FEEL can take, but {error}") from error
    if b'"__proto__":' in data:
        raise FeelError("Expected ordinary names, but one is __proto__")
    if len(data) > MAX_REQUEST:
        raise FeelError(f"Expected at most {MAX_REQUEST} bytes of context, but got {len(data)}")
    return _answer(request, data, machine.SECONDS + 0.005 * count)


def odd_names(shape: Any) -> dict[str, Any]:
    """Of names within names, those that change how an expression is read."""
    if isinstance(shape, list):
        return {name: inner for each in shape for name, inner in odd_names(each).items()}
    if not isinstance(shape, Mapping):
        return {}
    found = {name: odd_names(inner) for name, inner in shape.items()}
    return {
        name: inner or 1 for name, inner in found.items() if inner or not _is_plain(name.encode())
    }


def _answer(request: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
    left = getattr(_own, "left", None)
    if left is not None and left <= 0:
        raise FeelSpent(
            "表达式太多太复杂，其余的没有检查，请简化或拆分。 Expected fewer or simpler expressions"
        )
    began = time.thread_time()
    try:
        return machine.ask(data, seconds)
    except machine.MachineStopped as stopped:
        raise FeelStopped(f"Expected to evaluate {_named(request)}, but {stopped}") from stopped
    finally:
        if left is not None:
            _own.left = left - (time.thread_time() - began)


def _needed(context: Mapping[str, Any], texts: Sequence[str]) -> Mapping[str, Any]:
    """Of a context, the variables whose name occurs in the expressions, and odd names."""
    if len(context) < 8:
        return context
    text = "\n".join(texts)
    return {
        key: value
        for key, value in context.items()
        if key in text or not _WORD.fullmatch(key) or key in RESERVED
    }


@lru_cache(maxsize=16384)
def _is_plain(key: bytes) -> bool:
    word = key.decode("utf-8", "replace")
    return _WORD.fullmatch(word) is not None and word not in RESERVED


def _sized(expression: str) -> str:
    if len(expression) > MAX_EXPRESSION:
        raise FeelError(
            f"Expected at most {MAX_EXPRESSION} characters of FEEL, but got {len(expression)}"
        )
    return expression


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no FEEL value")


def _named(request: Mapping[str, Any]) -> str:
    if "model" in request:
        return "the decision"
    texts = request.get("expressions") or [step[0] for step in request.get("steps") or ()]
    texts = texts or [request.get("check", "")]
    shown = ", ".join(repr(text[:60]) for text in texts[:3])
    return shown + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")


def _failure(answer: Mapping[str, Any]) -> str:
    text = str(answer.get("text", ""))[:200]
    if answer.get("at") is None:
        return f"Expected to evaluate {text!r:.60}, but {answer['failure']}"
    near = f"（“{answer['token']}”附近）" if answer.get("token") else ""
    hint = f"，{answer['hint']}" if answer.get("hint") else ""
    return (
        f"Expected FEEL, but {text!r:.60} has a syntax error at character {answer['at'] + 1}: "
        f"{answer['failure']}；第 {answer['at'] + 1} 个字符处有语法错误{near}{hint}"
    )
