"""What a compiled form is made of: nodes in the order of the page, and flat descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields

from workflow_server.content.forms.initials import Initial
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

#: What a task may do with a field; "write" is what an unnamed field has.
ACCESS = frozenset({"read", "write", "hidden", "required"})


class FormRefused(ContentRefused):
    """表单未通过检查"""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str | int | float | bool
    label: str


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What API, documentation and checks may know of a field.

    `path` is dotted from the top of the answers; a field inside a repeated list has the
    list's path before its own (`evidence.note`).
    """

    path: str
    label: str
    type: str
    required: bool | str
    readonly: bool | str
    repeated: bool
    options: tuple[Option, ...]
    source: str | None
    source_parameters: Mapping[str, str]
    personal_class: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A field that a person fills in."""

    path: tuple[str, ...]
    name: str
    label: str
    type: str
    field: fields.Field[Any]
    #: (aspect, expression): hide, readonly, required, min, max, minLength, maxLength, values.
    conditions: tuple[tuple[str, str], ...]
    required: bool
    readonly: bool
    options_key: str | None
    future_only: bool
    source: str | None
    parameters: Mapping[str, str]
    #: What an unanswered field is: None (left out), False or [].
    empty: Any


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """A value that the server computes, whatever the browser sent."""

    path: tuple[str, ...]
    name: str
    expression: str
    hide: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Fields that are hidden together; their paths already hold the group's own."""

    hide: str | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A list whose rows all have the same fields."""

    path: tuple[str, ...]
    name: str
    label: str
    hide: str | None
    minimum: int
    nodes: tuple[Node, ...]


Node = Item | Computed | Group | Rows


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over several fields: if `when` is true, `message` is a fault of `field`."""

    when: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form of one deployment, compiled; immutable and shared by all threads."""

    key: str
    title: str
    #: The form-js JSON as it was written, for the browser.
    source: Mapping[str, Any]
    nodes: tuple[Node, ...]
    schema: Schema
    fields: Mapping[str, FieldInfo]
    rules: tuple[Rule, ...]
    has_feel: bool
    #: What it begins with.
    initials: tuple[Initial, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers as they may be kept, or what is wrong with them; one of the two counts."""

    answers: dict[str, Any]
    faults: tuple[Fault, ...]
