"""A crowded house: any number of cases with task and record over 500 organisations, in raw SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.services.actors import Actor, Position
from workflow_server.store import db
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

ORGANISATIONS = 500
CITIES = 20
#: How many tasks of the measured office are for the role of the measured person, whatever else
#: there is; as many again are for another role there.
MINE = 300
_BATCH = 100_000
#: The first bytes of made-up ids, by table.
_TAGS = {
    "organisations": 1,
    "process_instances": 2,
    "tasks": 3,
    "records": 4,
    "deliveries": 5,
    "documents": 6,
    "deadlines": 7,
}


class Crowd:
    """Fills the database that is connected; `template` is a real case of the measured office."""

    def __init__(self, template: UUID, mine: int = MINE) -> None:
        self.mine = mine
        case = db.session().get_one(ProcessInstance, template)
        self.office: UUID = case.organisation_id
        self.is_sqlite = db.db.engine.dialect.name == "sqlite"
        self.filled = 0
        task = db.session().scalars(sa.select(Task).where(Task.instance_id == template)).one()
        self.templates = {"process_instances": template, "tasks": task.id}
        self._build()

    def fill(self, until: int) -> None:
        """Add cases, each with an open task and a record, until there are so many."""
        for first in range(self.filled, until, _BATCH):
            with db.transaction() as session:
                if self.is_sqlite:
                    self._teach(session.connection())
                self._add(first, min(first + _BATCH, until))
        self.filled = until
        with db.transaction():
            # PostgreSQL does so by itself in time; nobody does so on SQLite.
            if not self.is_sqlite:
                db.run(sa.text("analyze"))

    def add_copies(self, template: Any, values: dict[str, str]) -> None:
        """Add a row, and a copy of it for each case, with these columns put in its place."""
        with db.transaction() as session:
            session.add(template)
            session.flush()
            if self.is_sqlite:
                self._teach(session.connection())
            self.templates[template.__tablename__] = template.id
            places = {"organisation_id": self._host(), "instance_id": self.case()}
            columns = {column.name for column in db.table(type(template)).c}
            chosen = {key: sql for key, sql in places.items() if key in columns} | values
            self._copy(type(template), chosen, self._parameters(0, self.filled))

    def case(self) -> str:
        """Return the SQL for the id of the case with the number `n`."""
        return self._id("process_instances", "n")

    def clerk(self) -> Actor:
        """Return somebody of the measured office who sees their own cases."""
        return self._actor(self.office, sees="own")

    def head(self) -> Actor:
        """Return somebody who sees the measured office: twice `mine` cases, whatever there is."""
        return self._actor(self.office, sees="organisation")

    def neighbour(self) -> Actor:
        """Return somebody who sees one of the other organisations, with its share of all."""
        return self._actor(self.organisation(ORGANISATIONS - 1), sees="organisation")

    def city(self) -> Actor:
        """Return somebody who sees a city's organisations, a twentieth of all."""
        return self._actor(self.organisation(2), sees="jurisdiction")

    def province(self) -> Actor:
        """Return somebody who sees all the others."""
        return self._actor(self.organisation(1), sees="jurisdiction")

    def organisation(self, index: int) -> UUID:
        """Return the id of an organisation: 1 the province, then the cities, then the counties."""
        return UUID(bytes=_made_up(_TAGS["organisations"], index))

    def _actor(self, organisation_id: UUID, sees: str) -> Actor:
        host = db.session().get_one(Organisation, organisation_id)
        position = Position(
            id=new_id(),
            organisation_id=host.id,
            organisation_name=host.name,
            role="worker",
            sees=sees,
            path=host.path,
            party=host.party,
        )
        person = db.session().scalars(sa.select(Person).where(Person.login == "worker")).one()
        return Actor(person.id, person.name, (position,))

    def _build(self) -> None:
        now = datetime.now(UTC)
        with db.transaction() as session:
            stranger = Person(id=new_id(), login="stranger", name="Stranger")
            record = Record(
                kind="thing",
                organisation_id=self.office,
                title="Thing",
                opened_at=now,
                updated_at=now,
            )
            session.add_all([stranger, record])
            for index in range(1, ORGANISATIONS):
                parent = None if index == 1 else 1 if index <= 1 + CITIES else 2 + index % CITIES
                session.add(self._make(index, parent))
            session.flush()
        self.stranger = stranger.id
        self.templates["records"] = record.id

    def _make(self, index: int, parent: int | None) -> Organisation:
        above = None if parent is None else self.organisation(parent)
        path = "" if above is None else db.session().get_one(Organisation, above).path
        id_ = self.organisation(index)
        return Organisation(
            id=id_,
            key=f"crowd_{index}",
            name=f"Office {index}",
            short_name=f"{index}",
            party="office",
            parent_id=above,
            path=f"{path}{id_.hex}/",
        )

    def _teach(self, connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.create_function("made_up", 2, _made_up, deterministic=True)

    def _add(self, first: int, last: int) -> None:
        host, case = self._host(), self.case()
        step = "n" if self.is_sqlite else "n * interval '1 second'"
        columns: dict[type[db.Model], dict[str, str]] = {
            ProcessInstance: {
                "organisation_id": host,
                "started_by": ":stranger",
                "business_key": "'K-' || n",
                "state": "NULL",
            },
            Task: {
                "organisation_id": host,
                "instance_id": case,
                "role": "CASE WHEN n % 2 = 0 THEN 'worker' ELSE 'other' END",
                "assignee_id": "NULL",
            },
            Record: {
                "organisation_id": host,
                "instance_id": case,
                "number": "'N-' || n",
                "opened_at": f"opened_at + {step}",
            },
        }
        for model, values in columns.items():
            self._copy(model, values, self._parameters(first, last))

    def _host(self) -> str:
        own = f"CASE WHEN n < {2 * self.mine} THEN :office"
        return f"{own} ELSE {self._id('organisations', _HOST)} END"

    def _parameters(self, first: int, last: int) -> dict[str, Any]:
        return {"first": first, "last": last, "office": self.office, "stranger": self.stranger}

    def _copy(
        self, model: type[db.Model], values: dict[str, str], parameters: dict[str, Any]
    ) -> None:
        name = db.table(model).name
        taken = {"id": self._id(name, "n"), **values}
        columns = [column.name for column in db.table(model).c]
        chosen = ", ".join(taken.get(each, f"t.{each}") for each in columns)
        numbers = (
            "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL "
            "SELECT n + 1 FROM numbers WHERE n + 1 < :last)"
            if self.is_sqlite
            else "WITH numbers AS (SELECT * FROM"
            " generate_series(CAST(:first AS bigint), CAST(:last AS bigint) - 1) AS g(n))"
        )
        text = sa.text(
            f"INSERT INTO {name} ({', '.join(columns)}) {numbers} SELECT {chosen} "
            f"FROM numbers CROSS JOIN {name} AS t WHERE t.id = :template"
        )
        given = parameters | {"template": self.templates[name]}
        used = {key: value for key, value in given.items() if f":{key}" in text.text}
        ids = [sa.bindparam(k, type_=_UUID) for k, v in used.items() if isinstance(v, UUID)]
        db.run(text.bindparams(*ids), used)

    def _id(self, name: str, number: str) -> str:
        tag = _TAGS[name]
        if self.is_sqlite:
            return f"made_up({tag}, {number})"
        zeros = f"lpad(to_hex({tag}), 8, '0') || '00000000'"
        return f"CAST({zeros} || lpad(to_hex({number}), 16, '0') AS uuid)"


_UUID = db.table(Organisation).c.id.type
#: Which organisation the others' cases belong to.
_HOST = f"(1 + n % {ORGANISATIONS - 1})"


def _made_up(tag: int, number: int) -> bytes:
    return tag.to_bytes(4, "big") + bytes(4) + number.to_bytes(8, "big")
