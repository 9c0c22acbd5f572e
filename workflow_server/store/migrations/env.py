"""Tells Alembic which tables there should be, and how to write their types."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from workflow_server import store
from workflow_server.store import types
from workflow_server.store.db import Model


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names."""
    if kind != "type":
        return False
    if isinstance(item, types.UuidColumn | types.UtcDateTime):
        name = f"types.{type(item).__name__}()"
    elif item is types.JsonColumn:
        name = "types.JsonColumn"
    elif item is types.ExactJsonColumn:
        name = "types.ExactJsonColumn"
    else:
        return False
    autogen.imports.add("from workflow_server.store import types")
    return name


def run() -> None:
    """Run the migrations on the connection that `store.db.migrate` has opened."""
    for module in pkgutil.iter_modules(store.__path__):
        if module.name != "migrations":
            importlib.import_module(f"{store.__name__}.{module.name}")
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Model.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        render_item=render_item,
    )
    context.run_migrations()


run()
