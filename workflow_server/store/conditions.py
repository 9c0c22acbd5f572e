"""Conditions that are written out only when a statement with them is compiled."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import InternalTraversal

#: What a condition is made of: a part or None, a tuple of pairs of parts, and plain values
#: that decide how it reads.
PART = InternalTraversal.dp_clauseelement
PAIRS = InternalTraversal.dp_clauseelement_tuples
PLAIN = InternalTraversal.dp_plain_obj


class Condition(sa.ColumnElement[bool]):
    """A long condition that costs next to nothing to make; `write` says what it reads.

    SQLAlchemy compiles a statement once and finds it again by its key: to make a condition of
    many queries, and then its key, costs far more than the database's answer. This one's key
    are its few parts, named in `_traverse_internals`, so `write` runs only when the statement
    is not known yet. (Each kind sets `inherit_cache` itself, or it has no key.)

    What was compiled for one person serves the next, with the next one's values. So `write`
    goes by the parts alone: values from outside are `bound` parts, and what else decides how
    it reads is a plain part. A value that is no part is refused.
    """

    type = sa.Boolean()
    #: Kept as long as the condition: parts without a name are told apart by where they are.
    _written: sa.ColumnElement[bool] | None = None

    @property
    def _from_objects(self) -> list[sa.FromClause]:
        # What it asks of, as of any condition on these columns.
        return [table for part in self.get_children() for table in part._from_objects]

    def self_group(self, against: Any = None) -> Any:
        """Return the condition as it stands: it is a condition, and in brackets."""
        return self

    def write(self) -> sa.ColumnElement[bool]:
        """Return what this condition reads."""
        raise NotImplementedError


def parts(**kinds: InternalTraversal) -> list[tuple[str, InternalTraversal]]:
    """Return the attributes that a condition is made of, for `_traverse_internals`."""
    return list(kinds.items())


def bound(name: str, value: Any, type_: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
    """Return a value of a condition, that it is asked with."""
    return sa.bindparam(name, value, type_=type_, unique=True)


def column(named: Any) -> Any:
    """Return the column that an attribute of a model stands for, or the column itself."""
    return named.__clause_element__() if hasattr(named, "__clause_element__") else named


def bound_set(name: str, values: Any, type_: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
    """Return values of a condition, to be asked for with IN."""
    return sa.bindparam(name, sorted(values), type_=type_, unique=True, expanding=True)


@compiles(Condition)
def _compile(condition: Condition, compiler: Any, **options: Any) -> str:
    condition._written = condition.write()
    if not _values_in(condition._written) <= _values_in(condition):
        raise AssertionError("Expected values that are parts, or they would be somebody else's")
    return f"({compiler.process(condition._written, **options)})"


def _values_in(element: sa.ColumnElement[bool]) -> set[str]:
    found = visitors.iterate(element)
    return {each.key for each in found if isinstance(each, sa.BindParameter)}
