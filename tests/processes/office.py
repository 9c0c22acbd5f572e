"""Plays any shipped process in the demo office over the services, act by act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.court import BEGINNING, PDF, office
from workflow_server.errors import NotFound
from workflow_server.services import actors, attachments, case_acts, jobs, tasks
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.db import session
from workflow_server.store.deadlines import Deadline
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.incidents import Incident
from workflow_server.store.links import Link
from workflow_server.store.organisations import find_by_key
from workflow_server.store.people import find_person_by_login
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import InstanceStatus, ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.tasks import Task, TaskStatus


@dataclass(frozen=True, slots=True)
class File:
    """A file to be put in where it stands among the answers: `evidence=[File("照片.pdf")]`."""

    name: str


@dataclass
class Office:
    """The demo office at work: who does what, when, and what has come of it."""

    people: dict[str, Actor]
    now: datetime = BEGINNING
    #: By element: the answers that a test does not say itself each time.
    usual: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    # What is done

    def start(self, login: str, process: str, element: str | None = None, **answers: Any) -> UUID:
        """Start a process with the answers of its form; return the case."""
        actor = self.people[login]
        place = actor.positions[0].organisation_id
        filled = self._filled(actor, answers, organisation_id=place)
        with faults_told():
            begun = instances.start(actor, process, filled, place, self.now, element_id=element)
        self.work()
        return begun.instance.id

    def do(
        self, login: str, element: str, case: UUID | None = None, /, **answers: Any
    ) -> list[str]:
        """Complete a person's task, in that case or one it called; return the new tasks' elements.

        `usual[element]` are the answers that a test does not say itself.
        """
        return self.finish(login, self.task(login, element, case), **answers)

    def finish(self, login: str, task: Task, /, **answers: Any) -> list[str]:
        """Complete a task that a person has; return the new tasks' elements.

        A form begins as it begins in the browser: what the diagram fills in is there.
        """
        actor = self.people[login]
        before = set(self.waiting())
        begun = tasks.get_desk(actor, task.id, self.now).initial
        given = {**begun, **self.usual.get(task.element_id, {}), **answers}
        filled = self._filled(actor, given, task_id=task.id)
        with faults_told():
            tasks.complete(actor, task.id, filled, self.now)
        self.work()
        return sorted(name for key, name in self.waiting().items() if key not in before)

    def act(
        self, login: str, element: str, case: UUID | None = None, /, **answers: Any
    ) -> list[str]:
        """Do what a running case offers (wf:act) at an event; return the new tasks' elements."""
        actor = self.people[login]
        running = [each.id for each in self._running(case)]
        places = [each for each in running if element in self._offered(actor, each)]
        (place,) = places or [self._missing(login, element).instance_id]
        before = set(self.waiting())
        home = actor.positions[0].organisation_id
        deed = case_acts.Deed(place, element)
        begun = case_acts.get_desk(actor, deed, self.now).initial
        given = {**begun, **self.usual.get(element, {}), **answers}
        filled = self._filled(actor, given, organisation_id=home)
        with faults_told():
            case_acts.do(actor, deed, filled, self.now)
        self.work()
        return sorted(name for key, name in self.waiting().items() if key not in before)

    def go_to(self, day: str | date | datetime) -> None:
        """Let time pass to nine o'clock of a day, day by day, with the worker running."""
        until = day if isinstance(day, datetime) else self._nine(day)
        while self.now < until:
            self.now = min(until, self.now + timedelta(days=1))
            self.work()

    def pass_days(self, count: int) -> None:
        self.go_to(self.now + timedelta(days=count))

    def work(self) -> None:
        while jobs.run_due(self.now, 100):
            pass

    # Who and where

    def org(self, key: str) -> str:
        found = find_by_key(key)
        assert found is not None, key
        return str(found.id)

    def person(self, login: str) -> str:
        return str(self.people[login].person_id)

    @property
    def today(self) -> str:
        return self.now.date().isoformat()

    # What has come of it

    def task(self, login: str, element: str, case: UUID | None = None) -> Task:
        """Return the open task that is a person's to do, the only one of that element."""
        found = self.tasks_of(login, element, case)
        (task,) = found or [self._missing(login, element)]
        return task

    def tasks_of(self, login: str, element: str, case: UUID | None = None) -> list[Task]:
        """Return the open tasks of an element that are a person's to do."""
        found, _ = tasks.list_(self.people[login], mine=True, element_id=element, page_size=100)
        return [each.task for each in found if self._belongs(each.task.instance_id, case)]

    def tasks(self, login: str, case: UUID | None = None) -> list[str]:
        """Return the elements of the tasks that are a person's to do."""
        found, _ = tasks.list_(self.people[login], mine=True, page_size=100)
        return sorted(
            each.task.element_id for each in found if self._belongs(each.task.instance_id, case)
        )

    def shown(self, login: str, task: Task) -> str:
        """Return all that a person reads beside the form of a task."""
        return str(tasks.get_desk(self.people[login], task.id, self.now).reads)

    def acts(self, login: str, case: UUID | None = None) -> list[str]:
        """Return the events that a person may make happen just now."""
        actor = self.people[login]
        running = [each.id for each in self._running(case)]
        return sorted(name for each in running for name in self._offered(actor, each))

    def waiting(self) -> dict[UUID, str]:
        """Return the element of every open task of everybody, by the task's id."""
        rows = session().execute(
            sa.select(Task.id, Task.element_id).where(Task.status == TaskStatus.OPEN)
        )
        return {row[0]: row[1] for row in rows}

    def records(self, kind: str) -> list[Record]:
        """Return all records of a kind, as they are kept, oldest first."""
        query = sa.select(Record).where(Record.kind == kind).order_by(Record.opened_at, Record.id)
        return list(session().scalars(query))

    def record(self, kind: str, case: UUID | None = None) -> Record:
        """Return the newest record of a kind, of one case if it is named."""
        found = [each for each in self.records(kind) if self._belongs(each.instance_id, case)]
        return found[-1]

    def states(self, kind: str) -> list[str]:
        return [each.state for each in self.records(kind)]

    def papers(self, kind: str | None = None) -> list[Document]:
        """Return all papers, or those of a kind, oldest first."""
        query = sa.select(Document).order_by(Document.made_at, Document.id)
        return [row for row in session().scalars(query) if kind in (None, row.kind)]

    def paper(self, kind: str) -> Document:
        return self.papers(kind)[-1]

    def letters(self, type_: str | None = None) -> list[Delivery]:
        """Return all letters, or those of a type, oldest first."""
        query = sa.select(Delivery).order_by(Delivery.sent_at, Delivery.id)
        return [row for row in session().scalars(query) if type_ in (None, row.type)]

    def letter(self, type_: str) -> Delivery:
        return self.letters(type_)[-1]

    def links(self, relation: str) -> list[Link]:
        query = sa.select(Link).where(Link.relation == relation).order_by(Link.made_at, Link.id)
        return list(session().scalars(query))

    def deadline(self, name: str, case: UUID | None = None) -> Deadline:
        """Return the newest clock of a name, of one case and those it called if it is named."""
        query = sa.select(Deadline).where(Deadline.name == name)
        rows = session().scalars(query.order_by(Deadline.opened_at, Deadline.id))
        return [row for row in rows if self._belongs(row.instance_id, case)][-1]

    def cases(self, process: str) -> list[ProcessInstance]:
        """Return all cases of a process, oldest first."""
        query = (
            sa.select(ProcessInstance)
            .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
            .where(ProcessDefinition.key == process)
            .order_by(ProcessInstance.started_at, ProcessInstance.id)
        )
        return list(session().scalars(query))

    def outcomes(self, process: str) -> list[str | None]:
        """Return the outcome of each case of a process, None for those that run."""
        return [each.outcome for each in self.cases(process)]

    def facts(self, process: str) -> dict[str, Any]:
        """Return all that the newest case of a process holds."""
        return dict(self.cases(process)[-1].variables)

    def failures(self) -> list[str]:
        """Return what stands still; an empty list at the end of every test."""
        rows = session().scalars(sa.select(Incident).where(Incident.resolved_at.is_(None)))
        return [f"{row.element_id}: {row.message}" for row in rows]

    # How

    def _nine(self, day: str | date) -> datetime:
        found = date.fromisoformat(day) if isinstance(day, str) else day
        return datetime.combine(found, BEGINNING.timetz())

    def _running(self, case: UUID | None) -> list[ProcessInstance]:
        query = sa.select(ProcessInstance).where(ProcessInstance.status == InstanceStatus.RUNNING)
        return [row for row in session().scalars(query) if self._belongs(row.id, case)]

    def _offered(self, actor: Actor, case: UUID) -> list[str]:
        try:
            found = case_acts.list_(actor, case, self.now)
        except NotFound:
            return []
        return [each.element_id for each in found]

    def _belongs(self, instance_id: UUID | None, case: UUID | None) -> bool:
        """Tell whether a case is the one named, or was called by it, however deep."""
        while case is not None and instance_id not in (None, case):
            instance_id = (
                session()
                .scalars(
                    sa.select(ProcessInstance.parent_id).where(ProcessInstance.id == instance_id)
                )
                .one()
            )
        return instance_id == case or case is None

    def _missing(self, login: str, element: str) -> Task:
        raise AssertionError(
            f"{login} has no {element}, but {self.tasks(login)};"
            f" open: {sorted(self.waiting().values())}; failed: {self.failures()}"
        )

    def _filled(self, actor: Actor, answers: Any, **owner: Any) -> Any:
        if isinstance(answers, File):
            return str(attachments.add(actor, [PDF], answers.name, self.now, **owner).id)
        if isinstance(answers, Mapping):
            return {key: self._filled(actor, each, **owner) for key, each in answers.items()}
        if isinstance(answers, list):
            return [self._filled(actor, each, **owner) for each in answers]
        return answers


@contextmanager
def faults_told() -> Iterator[None]:
    """Say with a refusal of answers what is wrong with which of them."""
    try:
        yield
    except AnswersRefused as refused:
        refused.add_note(str(refused.faults))
        raise


@pytest.fixture(name="office")
def open_office(app: Flask, pages: None) -> Office:
    """The demo office before anything has happened; `now` is 2026-04-01, nine o'clock."""
    people = {}
    for given in office()["people"]:
        person = find_person_by_login(given["login"])
        assert person is not None
        people[given["login"]] = actors.actor_of(person.id)
    return Office(people)
