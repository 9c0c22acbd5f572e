"""Small random worlds of cases and people, and the access policy written out plainly."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from workflow_server.services.actors import Actor, Position
from workflow_server.store.access import EmergencyAccess, Recusal, TeamMember
from workflow_server.store.db import session, transaction
from workflow_server.store.deployments import Deployment
from workflow_server.store.offers import TaskCandidate, TaskExclusion
from workflow_server.store.organisations import Department, Organisation
from workflow_server.store.people import Person
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
SCOPES = ("own", "own", "department", "organisation", "jurisdiction")
ROLES = ("handler", "checker")


@dataclass
class World:
    """Rows as they were written; every id is drawn, so nothing depends on order."""

    seed: int
    organisations: list[Organisation] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    cases: list[ProcessInstance] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    candidates: set[tuple[UUID, UUID]] = field(default_factory=set)
    exclusions: set[tuple[UUID, UUID]] = field(default_factory=set)
    team: set[tuple[UUID, UUID]] = field(default_factory=set)
    recused: set[tuple[UUID, UUID]] = field(default_factory=set)
    emergencies: set[tuple[UUID, UUID]] = field(default_factory=set)
    actors: list[Actor] = field(default_factory=list)

    def build(self) -> World:
        """Write the world down."""
        self.draw = random.Random(self.seed)
        with transaction():
            self._organisations()
            self._people()
            self._cases()
            self._tasks()
            self._bonds()
            session().flush()
            session().expunge_all()
        return self

    def _organisations(self) -> None:
        # A tree of procuratorates; a congress stands below one of them; one was merged.
        for key, above, party in (
            ("top", None, "a"),
            ("left", 0, "a"),
            ("right", 0, "a"),
            ("below", 1, "a"),
            ("other", 1, "b"),
            ("merged", 0, "a"),
        ):
            id_ = new_id()
            path = (self.organisations[above].path if above is not None else "") + id_.hex + "/"
            self.organisations.append(
                Organisation(id=id_, key=key, name=key, short_name=key, party=party, path=path)
            )
        self._add(*self.organisations)
        for host, above in ((1, None), (1, 0), (1, 1), (1, None), (2, None)):
            parent = self.departments[above].id if above is not None else None
            id_ = new_id()
            organisation_id = self.organisations[host].id
            department = Department(
                id=id_, organisation_id=organisation_id, key=id_.hex, name="d", parent_id=parent
            )
            self.departments.append(department)
            self._add(department)

    def _people(self) -> None:
        for number in range(8):
            administration = "audit" if number == 0 else None
            person = Person(
                id=new_id(),
                login=f"p{number}",
                name="p",
                administration=administration,
                clearance=self.draw.choice((0, 1, 1, 2)),
                minors_certified=self.draw.random() < 0.5,
            )
            self.people.append(person)
            self._add(person)
            held = (
                []
                if administration
                else [self._position() for _ in range(self.draw.choice((0, 1, 1, 2)))]
            )
            self.actors.append(
                Actor(
                    person.id,
                    "p",
                    tuple(held),
                    administration,
                    person.clearance,
                    person.minors_certified,
                )
            )

    def _position(self) -> Position:
        host = self.draw.choice(self.organisations[:5])
        within = [each.id for each in self.departments if each.organisation_id == host.id]
        # Whom the merged organisation's cases came to: "left".
        came = {self.organisations[5].id} if host is self.organisations[1] else set()
        return Position(
            id=new_id(),
            organisation_id=host.id,
            organisation_name="",
            role=self.draw.choice(ROLES),
            sees=self.draw.choice(SCOPES),
            department_id=self.draw.choice([*within, None]),
            path=host.path,
            party=host.party,
            predecessors=frozenset(came),
        )

    def _cases(self) -> None:
        deployment = Deployment(
            id=new_id(), checksum="0", source="api", deployed_at=NOW, files=0, bundle=b""
        )
        self._add(deployment)
        definition = ProcessDefinition(
            id=new_id(),
            deployment_id=deployment.id,
            key="p",
            version=1,
            title="p",
            party=None,
            path="p",
            fingerprint=b"0" * 32,
            compiled=b"",
        )
        self._add(definition)
        for _ in range(14):
            host = self.draw.choice(self.organisations)
            within = [each.id for each in self.departments if each.organisation_id == host.id]
            case = ProcessInstance(
                id=new_id(),
                process_definition_id=definition.id,
                organisation_id=host.id,
                started_at=NOW,
                started_by=self.draw.choice([*(each.id for each in self.people), None, None, None]),
                department_id=self.draw.choice([*within, None]),
                secrecy=self.draw.choice((0, 1, 1, 2)),
                minor=self.draw.random() < 0.25,
            )
            self.cases.append(case)
            self._add(case)

    def _tasks(self) -> None:
        for _ in range(12):
            case = self.draw.choice(self.cases)
            task = Task(
                id=new_id(),
                instance_id=case.id,
                organisation_id=case.organisation_id,
                element_id="t",
                name="t",
                status=self.draw.choice(("open", "open", "completed", "cancelled")),
                role=self.draw.choice((*ROLES, None)),
                assignee_id=self.draw.choice([*(each.id for each in self.people), *[None] * 8]),
                created_at=NOW,
            )
            self.tasks.append(task)
            self._add(task)

    def _bonds(self) -> None:
        for pairs, share, make in (
            (self.candidates, 0.05, lambda p, t: TaskCandidate(person_id=p, task_id=t)),
            (self.exclusions, 0.1, lambda p, t: TaskExclusion(person_id=p, task_id=t)),
        ):
            for person in self.people:
                for task in self.tasks:
                    if self.draw.random() < share:
                        pairs.add((person.id, task.id))
                        self._add(make(person.id, task.id))
        for person in self.people:
            for case in self.cases:
                self._bind(person.id, case.id)

    def _bind(self, person: UUID, case: UUID) -> None:
        if self.draw.random() < 0.05:
            self.team.add((person, case))
            self._add(TeamMember(person_id=person, instance_id=case, role="r"))
        if self.draw.random() < 0.12:
            lifted = self.draw.choice((None, NOW))
            if lifted is None:
                self.recused.add((person, case))
            self._add(
                Recusal(
                    id=new_id(),
                    person_id=person,
                    instance_id=case,
                    reason="r",
                    ordered_by=person,
                    ordered_at=NOW,
                    lifted_at=lifted,
                )
            )
        if self.draw.random() < 0.06:
            hours = self.draw.choice((-1, 1))
            if hours > 0:
                self.emergencies.add((person, case))
            self._add(
                EmergencyAccess(
                    id=new_id(),
                    person_id=person,
                    instance_id=case,
                    reason="r",
                    taken_at=NOW,
                    expires_at=datetime.now(UTC) + timedelta(hours=hours),
                )
            )

    def _add(self, *rows: Any) -> None:
        session().add_all(rows)
        session().flush()

    def may_see(self, actor: Actor, case: ProcessInstance) -> bool:
        """Say by the policy's sentences, one after the other, whether somebody sees a case."""
        person = actor.person_id
        if actor.administration or (person, case.id) in self.recused:
            return False
        if (person, case.id) in self.emergencies:
            return True
        if case.secrecy > actor.clearance or (case.minor and not actor.minors_certified):
            return False
        is_home = case.organisation_id in self._homes(person)
        of_case = [task for task in self.tasks if task.instance_id == case.id]
        return (
            (is_home and ((person, case.id) in self.team or case.started_by == person))
            or any(self._is_theirs(actor, task, is_home) for task in of_case)
            or any(self._covers(position, case) for position in actor.positions)
        )

    def _homes(self, person: UUID) -> set[UUID]:
        """Return where somebody holds any post, whichever they chose, and what these succeeded."""
        whole = next(each for each in self.actors if each.person_id == person)
        return {
            place
            for each in whole.positions
            for place in (each.organisation_id, *each.predecessors)
        }

    def _is_theirs(self, actor: Actor, task: Task, is_home: bool) -> bool:
        if task.assignee_id is not None or task.status != "open":
            return is_home and task.assignee_id == actor.person_id
        if (actor.person_id, task.id) in self.exclusions:
            return False
        return (is_home and (actor.person_id, task.id) in self.candidates) or any(
            each.role == task.role
            and task.organisation_id in {each.organisation_id, *each.predecessors}
            for each in actor.positions
        )

    def _covers(self, position: Position, case: ProcessInstance) -> bool:
        hosts = {position.organisation_id, *position.predecessors}
        if position.sees == "department":
            is_there = case.organisation_id in hosts
            return is_there and self._is_within(case.department_id, position.department_id)
        if position.sees in ("organisation", "jurisdiction") and case.organisation_id in hosts:
            return True
        host = next(each for each in self.organisations if each.id == case.organisation_id)
        is_below = host.path.startswith(position.path) and host.party == position.party
        return position.sees == "jurisdiction" and is_below

    def _is_within(self, department: UUID | None, top: UUID | None) -> bool:
        above = {each.id: each.parent_id for each in self.departments}
        while department is not None:
            if department == top:
                return True
            department = above[department]
        return False
