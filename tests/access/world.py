"""The world that is looked at: cases of every kind in each party's organisations, and doors."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.access import cast as people
from tests.access import content
from tests.access.cast import Cast
from tests.access.keeping import Keeper
from tests.conftest import Databases
from workflow_server.content.bundle import write_zip
from workflow_server.services import deployments, jobs
from workflow_server.store import access
from workflow_server.store.attachments import Attachment
from workflow_server.store.db import session, transaction
from workflow_server.store.deadlines import Deadline
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.incidents import Incident
from workflow_server.store.inquiries import Inquiry
from workflow_server.store.jobs import Job
from workflow_server.store.notices import Notice
from workflow_server.store.numbers import Number
from workflow_server.store.people import Group, GroupMember
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.tasks import Task
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: Posts that change nothing, whatever they answer.
_WRITES_NOTHING = ("/document-preview", "/deployments/check", "/assignment-trials")
#: What no outsider may ever read: it begins the title of every case at home.
MARK = "玄鸟暗记"
ELSEWHERE = "白鹿他记"
#: What is searched for: to read that again, in a trail for instance, is no leak.
SOUGHT = MARK[:2]
#: Rows of a case, by what ids of them are called in routes.
PARTS: Mapping[str, Any] = {
    "task": Task,
    "document": Document,
    "record": Record,
    "deadline": Deadline,
    "notice": Notice,
    "attachment": Attachment,
    "delivery": Delivery,
    "incident": Incident,
    "number": Number,
    "recusal": access.Recusal,
    "emergency": access.EmergencyAccess,
    "inquiry": Inquiry,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of case: where it is, whose, and what keeps people away from it."""

    place: str = people.HOME
    department: str = "one"
    #: Who does the two tasks of each role, by the first part of their login.
    hands: tuple[str, str] = ("insider", "trusted")
    named: bool = True
    row: Mapping[str, Any] = field(default_factory=dict)
    recused: bool = False


SETTINGS = {
    "own": Setting(),
    "department": Setting(hands=("neighbour", "neighbour")),
    "organisation": Setting(department="two", hands=("colleague", "colleague")),
    "above": Setting(people.ABOVE, hands=("above", "above")),
    "below": Setting(people.BELOW, hands=("below", "below")),
    "foreign": Setting(people.FOREIGN, hands=("foreign", "foreign")),
    "free": Setting(department="two", hands=("colleague", "colleague"), named=False),
    "minor": Setting(row={"minor": True}),
    "secret": Setting(row={"secrecy": 2}),
    "recused": Setting(recused=True),
}


@dataclass(slots=True)
class Case:
    """One case with the ids of all that it has."""

    id: str
    title: str
    organisation: str
    tasks: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)

    def one(self, kind: str) -> str:
        return self.parts[kind][0]


class World:
    """Everybody and everything, in a database that can be brought back to how it was."""

    def __init__(self, app: Flask, databases: Databases, url: str, folder: Path) -> None:
        self.app = app
        self.client = app.test_client()
        self.cases: dict[tuple[str, str], Case] = {}
        #: The letter of the post office to each organisation.
        self.received: dict[str, str] = {}
        self.deployment = ""
        self.token_of_another = ""
        self.group = ""
        self.proposal = ""
        self.another_bundle = write_zip(content.bundle("改动"))
        #: Things that belong to no case, by what their ids are called in routes.
        self.others: dict[str, list[str]] = {}
        #: What ids of no secret things are tried with.
        self.open_ids: dict[str, str] = {}
        self.description = json.dumps(app.extensions["api_description"].document)
        self._keeper = Keeper(app, databases, url, folder)
        self._is_changed = False
        with app.app_context():
            deployed = deployments.deploy(None, content.bundle(), self.now, "api")
            self.deployment = str(deployed.id)
            self.cast: Cast = people.move_in()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def ask(
        self, login: str, method: str, path: str, position: str | None = None, **more: Any
    ) -> TestResponse:
        """Send a request to the API as somebody; nobody sends no token."""
        return self.visit(login, method, f"/api{path}", position, **more)

    def visit(
        self, login: str, method: str, path: str, position: str | None = None, **more: Any
    ) -> TestResponse:
        """Send a request to any address as somebody."""
        headers = dict(more.pop("headers", {}))
        if login != people.NOBODY:
            headers["Authorization"] = f"Bearer {self.cast.token(login)}"
        if position is not None:
            headers["Identity"] = str(self.cast.positions[login, position])
        answer = self.client.open(path, method=method, headers=headers, **more)
        if method != "GET" and answer.status_code < 400 and not path.endswith(_WRITES_NOTHING):
            self._is_changed = True
        return answer

    def build(self) -> None:
        """Start every case, let the jobs run, and keep the database as it is then."""
        for party in content.parties():
            for kind, setting in SETTINGS.items():
                self.cases[party, kind] = self._start(party, kind, setting)
        self.cases[content.POST_OFFICE, "sender"] = self._send()
        self._attach_files()
        self._propose()
        with self.app.app_context():
            while jobs.run_due(self.now, 500):
                pass
            with transaction():
                self._restrict()
        with self.app.app_context():
            self._gather()
        self._keeper.save()
        self._is_changed = False

    def title(self, party: str, kind: str) -> str:
        at_home = kind in SETTINGS and SETTINGS[kind].place == people.HOME
        return f"{MARK if at_home else ELSEWHERE}{party}{kind}"

    def organisation(self, place: str, party: str) -> str:
        return str(self.cast.organisations[place, party])

    def _start(self, party: str, kind: str, setting: Setting) -> Case:
        roles = content.roles_of(party)
        answers = {
            "title": self.title(party, kind),
            "recipient": self.organisation(people.ABOVE, content.POST_OFFICE),
        }
        for role in roles:
            for hand, who in zip(content.HANDS, setting.hands, strict=True):
                answers[f"{hand}_{role}"] = str(self.cast.people[f"{who}_{role}"])
        body = {
            "process_key": content.process_of(party, setting.named),
            "organisation_id": self.organisation(setting.place, party),
            "answers": answers,
        }
        return self._post_case(f"{setting.hands[0]}_{roles[0]}", body)

    def _send(self) -> Case:
        """Start the case that writes to everybody's organisation."""
        party = content.POST_OFFICE
        to = {each: self.organisation(people.HOME, each) for each in content.parties()}
        body = {
            "process_key": content.SENDER,
            "organisation_id": self.organisation(people.ABOVE, party),
            "answers": {"title": self.title(party, "sender"), **to},
        }
        return self._post_case(f"above_{content.roles_of(party)[0]}", body)

    def _post_case(self, login: str, body: Mapping[str, Any]) -> Case:
        answer = self.ask(login, "POST", "/process-instances", json=body)
        assert answer.status_code == 201, answer.text
        started: Any = answer.json
        tasks = {each["element_id"]: each["id"] for each in started["next_tasks"]}
        return Case(started["id"], body["answers"]["title"], body["organisation_id"], tasks)

    def _attach_files(self) -> None:
        for (party, kind), case in self.cases.items():
            if kind in SETTINGS:
                role = content.roles_of(party)[0]
                login = f"{SETTINGS[kind].hands[0]}_{role}"
                data = {
                    "file": (io.BytesIO(PDF), f"{case.title}.pdf"),
                    "task_id": case.tasks[f"do_{role}"],
                }
                answer = self.ask(login, "POST", "/attachments", data=data)
                assert answer.status_code == 201, answer.text

    def _propose(self) -> None:
        data = {"file": (io.BytesIO(write_zip(content.bundle("旧改动"))), "b.zip"), "note": "改"}
        answer = self.ask("colleague_designer", "POST", "/proposals", data=data)
        assert answer.status_code == 201, answer.text
        made: Any = answer.json
        self.proposal = made["id"]
        drafted = self.ask("colleague_designer", "POST", "/drafts", json={"name": "改"})
        assert drafted.status_code == 201, drafted.text
        begun: Any = drafted.json
        self.draft = begun["id"]

    def _restrict(self) -> None:
        """Give cases their departments and what keeps people away; leave traces around them."""
        for (party, kind), case in self.cases.items():
            setting = SETTINGS.get(kind, Setting(people.ABOVE))
            department = self.cast.departments[setting.place, party, setting.department]
            session().execute(
                sa.update(ProcessInstance)
                .where(ProcessInstance.id == UUID(case.id))
                .values(department_id=department, **setting.row)
            )
            for role in content.roles_of(party):
                if setting.recused:
                    self._recuse(case, self.cast.people[f"insider_{role}"])
            if kind != "below":
                self._recuse(case, self.cast.people[f"below_{content.roles_of(party)[0]}"])
            self._trace(case, party)
        home = self.cast.organisations[people.HOME, "procuratorate"]
        group = Group(id=new_id(), key="probe", name="核对组", organisation_id=home)
        session().add(group)
        session().flush()
        member = self.cast.people["insider_prosecutor"]
        session().add(GroupMember(group_id=group.id, person_id=member))
        self.group = str(group.id)

    def _recuse(self, case: Case, person_id: UUID) -> None:
        session().add(
            access.Recusal(
                id=new_id(),
                person_id=person_id,
                instance_id=UUID(case.id),
                reason=f"{case.title}回避",
                ordered_by=self.cast.people["trusted_chief"],
                ordered_at=self.now,
            )
        )

    def _trace(self, case: Case, party: str) -> None:
        """Leave an emergency access that is over, a notice and an inquiry at a case."""
        bystander = self.cast.people[f"neighbour_{content.roles_of(party)[0]}"]
        ago = self.now - timedelta(days=9)
        common = {"person_id": bystander, "instance_id": UUID(case.id)}
        session().add(
            access.EmergencyAccess(
                id=new_id(),
                reason=f"{case.title}紧急",
                taken_at=ago,
                expires_at=ago + timedelta(days=1),
                **common,
            )
        )
        self._notify(case, bystander)
        session().add(
            Inquiry(
                id=new_id(),
                organisation_id=UUID(case.organisation),
                instance_id=UUID(case.id),
                inquirer=f"{case.title}过问人",
                inquirer_unit="某单位",
                manner="电话",
                content=f"{case.title}过问",
                occurred_at=ago,
                recorded_by=bystander,
                recorded_at=ago,
            )
        )

    def _notify(self, case: Case, person_id: UUID) -> None:
        session().add(
            Notice(
                person_id=person_id,
                organisation_id=UUID(case.organisation),
                instance_id=UUID(case.id),
                kind="near",
                text=f"{case.title}提醒",
                given_at=self.now,
            )
        )

    def _gather(self) -> None:
        for case in self.cases.values():
            for kind, model in PARTS.items():
                found = session().scalars(
                    sa.select(model.id).where(model.instance_id == UUID(case.id)).order_by(model.id)
                )
                case.parts[kind] = [str(each) for each in found]
            texts = sa.select(Number.text).where(Number.instance_id == UUID(case.id))
            case.numbers = list(session().scalars(texts))
            pending = sa.select(Job.id).where(Job.instance_id == UUID(case.id)).order_by(Job.id)
            case.parts["job"] = [str(each) for each in session().scalars(pending)]
        letters = UUID(self.cases[content.POST_OFFICE, "sender"].id)
        sent = sa.select(Delivery).where(Delivery.instance_id == letters)
        for letter in session().scalars(sent):
            self.received[str(letter.recipient_id)] = str(letter.id)
        owner = self.cast.people[people.DOUBLE]
        token = session().scalars(sa.select(ApiToken.id).where(ApiToken.person_id == owner)).one()
        self.token_of_another = str(token)
        self.others = self._others()
        self.open_ids = self._open_ids()

    def _others(self) -> dict[str, list[str]]:
        owner = "insider_prosecutor"
        return {
            "token_id": [self.token_of_another],
            "group_id": [self.group],
            "proposal_id": [self.proposal],
            "draft_id": [self.draft],
            "acting_for_id": [str(self.cast.people[owner])],
            "on_behalf_of": [str(self.cast.people[owner])],
            "person_id": [str(self.cast.people[owner])],
            "assignee_id": [str(self.cast.people[owner])],
            "position_id": [str(self.cast.positions[owner, people.HOME])],
        }

    def _open_ids(self) -> dict[str, str]:
        definition = session().scalars(sa.select(ProcessDefinition.id).limit(1)).one()
        return {
            "deployment_id": self.deployment,
            "definition_id": str(definition),
            "process_definition_id": str(definition),
            "base_id": self.deployment,
            "organisation_id": self.organisation(people.FOREIGN, "procuratorate"),
            "parent_id": self.organisation(people.FOREIGN, "procuratorate"),
            "department_id": str(self.cast.departments[people.FOREIGN, "procuratorate", "one"]),
            "key": "region",
            "ledger": "leads",
            "element": content.ACT,
            "path": "bpmn/_shared/roles.json",
        }

    def marks(self, case: Case, *, names: bool, ids: bool) -> list[str]:
        """Return what would betray a case: its title's words, numbers, people and ids."""
        told = [MARK, json.dumps(MARK)[1:-1], *case.numbers]
        if names:
            told += ["氏insider", "氏trusted"]
        if ids:
            told += [case.id, *(each for part in case.parts.values() for each in part)]
        return told

    # How it was

    def changed(self) -> None:
        """Note that a test has written something itself."""
        self._is_changed = True

    def settle(self) -> None:
        """Bring the database back to how it was built, if anything has changed since."""
        if self._is_changed:
            self._keeper.restore()
            self._is_changed = False

    def close(self) -> None:
        self._keeper.let_go()
