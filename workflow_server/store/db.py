"""The database: its connection, its tables' base and the one place that commits."""

from __future__ import annotations

import math
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, dataclass_transform
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa
import structlog
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import (
    DeclarativeBase,
    MappedAsDataclass,
    mapped_column,
    relationship,
    scoped_session,
)
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from workflow_server.config import PREFIX, Config, SettingRefused
from workflow_server.errors import InvalidState, Unavailable
from workflow_server.store.types import dumps

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x776F726B

_settings: WeakKeyDictionary[sa.Engine, Config] = WeakKeyDictionary()

#: How often a statement must have come before PostgreSQL's driver prepares it by itself: the
#: ready ones say so, and lists are never prepared.
_NEVER = 2**31

#: How long a writer waits for another one before it gives up, in seconds.
BUSY_SECONDS = 30

#: A connection that was not used for so long is tried before it is used.
_IDLE_SECONDS = 20

#: The shortest and the longest pause between two tries to write, in seconds.
_PAUSE = (0.0002, 0.0015)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseBusy(Unavailable):
    """数据库繁忙"""


class DatabaseAway(Unavailable):
    """数据库暂时无法使用"""


class DatabaseBroken(InvalidState):
    """数据库内容不一致"""


class _Pool(QueuePool):
    """A pool that lends nothing for long is a database that is away for now."""

    def connect(self) -> PoolProxiedConnection:
        try:
            return super().connect()
        except sa.exc.TimeoutError as error:
            raise DatabaseAway(
                "数据库连接已占满，请稍后再试。"
                " Expected a free database connection, but all are lent."
            ) from error


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Model(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of every table: a row is made with keywords."""

    metadata = sa.MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Model.metadata, session_options={"expire_on_commit": False})


def session() -> scoped_session[Session]:
    """The session of the running request or job."""
    return db.session


def table(model: type[Model]) -> sa.Table:
    """Return the table of a model, for statements that go past the ORM."""
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


def run(
    statement: sa.Executable,
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> sa.CursorResult[*tuple[Any, ...]]:
    """Run a ready-made statement past the ORM, in the session's transaction.

    For the paths that are hot: a statement that is made once, on the tables themselves,
    costs a quarter of what the ORM asks for the same.
    """
    return connection().execute(statement, parameters)


def connection() -> sa.Connection:
    """Return the session's connection, kept as long as its transaction: to ask costs more."""
    asker = db.session()
    begun = asker.get_transaction()
    known: tuple[Any, sa.Connection] = asker.info.get("connection", (None, None))
    if begun is None or known[0] is not begun:
        lent = asker.connection()
        known = asker.info["connection"] = asker.get_transaction(), lent
    return known[1]


def total_of(found: int, limit: int, offset: int, counted: sa.Select[int]) -> int:
    """Return how many rows a list has; counted only where the page at hand does not tell."""
    is_last = found < limit and (found > 0 or offset == 0)
    return offset + found if is_last else session().scalar(counted) or 0


def count_all(*queries: sa.Select[int]) -> tuple[int, ...]:
    """Return what several queries count, in one statement."""
    row = session().execute(sa.select(*(query.scalar_subquery() for query in queries))).one()
    return tuple(row)


def engine_options(url: str, pool_size: int = 5) -> dict[str, Any]:
    """Options for create_engine, by kind of database (`SQLALCHEMY_ENGINE_OPTIONS`)."""
    options: dict[str, Any] = {
        "json_serializer": dumps,
        "json_deserializer": orjson.loads,
        "poolclass": _Pool,
        "pool_size": pool_size,
        "max_overflow": pool_size,
    }
    if sa.make_url(url).get_backend_name() == "sqlite":
        return options | {
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
        }
    # Values by their places, which costs the driver less than by name.
    arguments = {"prepare_threshold": _NEVER, "autocommit": True}
    return options | {"connect_args": arguments, "paramstyle": "format"}


def connect(app: Any, url: str, pool_size: int = 5) -> None:
    """Tie the app to its database; call once, before the first query.

    Its settings (`app.config["WORKFLOW_SERVER"]`) are what `settings()` gives.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    try:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, pool_size)
        db.init_app(app)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError) as error:
        raise SettingRefused(
            f"Expected {PREFIX}DATABASE_URL to be postgresql://… or sqlite:///…, but: {error}"
        ) from error
    with app.app_context():
        _settings[db.engine] = app.config.get("WORKFLOW_SERVER") or Config(database_url=url)
        sa.event.listen(db.engine, "handle_error", _name_what_is_away)
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _prepare_sqlite)
        else:
            sa.event.listen(db.engine, "checkin", _let_read)
            sa.event.listen(db.engine, "checkout", _check_alive)


def settings() -> Config:
    """The settings of the running app."""
    return _settings[db.engine]


def _name_what_is_away(context: sa.engine.ExceptionContext) -> None:
    error = context.sqlalchemy_exception
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        if context.connection is None:
            log.warning("database_away", reason=str(context.original_exception).strip())
        else:
            log.warning("database_away", exc_info=context.original_exception)
        raise DatabaseAway(
            "数据库没有应答，请稍后再试。 Expected the database to answer, but it did not."
        ) from error


def _let_read(connection: Any, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()
    if connection is not None and not connection.autocommit:
        connection.autocommit = True


def _check_alive(connection: Any, record: Any, _proxy: Any) -> None:
    # Asking each time would cost a round trip: the server goes away when nobody looks.
    if time.monotonic() - record.info.get("idle_since", math.inf) > _IDLE_SECONDS:
        dialect = db.engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise sa.exc.DisconnectionError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction; until then every statement is one of its own, on both databases.

    A reader sees what is new with every statement. It is spared what begins and ends a
    transaction, PostgreSQL's driver keeps its prepared statements, which a rollback throws
    away, and SQLite's writer has no old snapshot that can't be written to.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        _begin_sqlite(driver)
    else:
        driver.autocommit = False


def _begin_sqlite(driver: Any) -> None:
    """Wait for one's turn to write; SQLite's own waiting sleeps up to 100 ms too long."""
    deadline = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > deadline:
                    raise DatabaseBusy(
                        "同时办理的人过多，请稍后再试。"
                        " Expected to write, but others kept on writing."
                    ) from error
            time.sleep(random.uniform(*_PAUSE))  # noqa: S311 (no secret)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


@contextmanager
def transaction() -> Iterator[scoped_session[Session]]:
    """Write in one transaction: commit at the end, or roll all of it back.

    Inside an open one it joins, and the outermost commits. What was read before it
    began is let go, so read again what a decision rests on.
    """
    if db.session.info.get("writing"):
        yield db.session
        return
    writer = db.session()
    if writer.in_transaction():
        writer.expire_all()
    _begin(connection())
    writer.info["writing"] = True
    try:
        yield db.session
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.info["writing"] = False


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo only what happens inside when it fails; the surrounding transaction goes on."""
    with db.session.begin_nested():
        # The session sets its savepoint when it is next asked for the connection, and hot
        # statements do not ask it again.
        db.session.connection()
        yield


def migrate() -> None:
    """Bring the tables to this version, all of the way or not at all.

    Of processes that start at once, one does it and the others wait.
    """
    from alembic import command

    with migrating() as script:
        command.upgrade(script, "head")


@contextmanager
def migrating() -> Iterator[AlembicConfig]:
    """Let Alembic's commands move the tables, all of the way or not at all."""
    from alembic.config import Config as AlembicConfig

    script = AlembicConfig()
    script.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A table is rebuilt by dropping it, which others that point to it would refuse.
            # This can only be said outside a transaction.
            _drive(connection, "PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _begin(connection)
                if not is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                script.attributes["connection"] = connection
                before = _revision(connection)
                yield script
                if is_sqlite and _revision(connection) != before:
                    _check_what_is_pointed_to(connection)
        finally:
            if is_sqlite:
                _drive(connection, "PRAGMA foreign_keys=ON")


def _drive(connection: sa.Connection, statement: str) -> Sequence[Any]:
    driver = connection.connection.driver_connection
    assert driver is not None
    found: Sequence[Any] = driver.execute(statement).fetchall()
    return found


def _revision(connection: sa.Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _check_what_is_pointed_to(connection: sa.Connection) -> None:
    broken = _drive(connection, "PRAGMA foreign_key_check")
    if broken:
        places = sorted({f"{table} -> {pointed_to}" for table, _, pointed_to, _ in broken})
        raise DatabaseBroken(
            "数据库中有记录指向不存在的记录，未升级，一切照旧。"
            f" Expected every row to point to rows that are there, but {len(broken)} do not"
            f" ({'; '.join(places)}); nothing was changed."
        )
