"""What somebody with the rights of the database's owner can do to the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from workflow_server.store.db import db, session, transaction

TABLES = ("history", "history_anchors", "history_anchored_heads", "inquiries")


@contextmanager
def attacker() -> Iterator[scoped_session[Any]]:
    """Open a transaction in which nothing is written once any more."""
    with transaction():
        if db.engine.dialect.name == "postgresql":
            # The database is used again by other tests, so its triggers only sleep.
            session().execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            for table in TABLES:
                for act in ("update", "delete"):
                    name = f"{table}_written_once_{act}"
                    session().execute(sa.text(f"DROP TRIGGER IF EXISTS {name}"))
        yield db.session
