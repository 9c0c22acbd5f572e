"""A larger staff for choosing people: departments within one another, heads, a group."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tests.services.conftest import House
from tests.services.drawing import NOTE, files_of, line, node, user
from workflow_server.content import bundle as bundles
from workflow_server.services import assignment_trials, deployments, organisations
from workflow_server.services.assignment_trials import Conditions
from workflow_server.services.choosing import Choice
from workflow_server.store.db import session, transaction
from workflow_server.store.organisations import Department
from workflow_server.store.people import Group, GroupMember, PositionRow
from workflow_server.store.types import new_id

PICK: dict[str, Any] = {
    **NOTE,
    "id": "Form_pick",
    "components": [
        {"type": "textfield", "id": "p0", "key": "title"},
        {"type": "select", "id": "p1", "key": "next", "properties": {"source": "people"}},
        {"type": "select", "id": "p2", "key": "place", "properties": {"source": "organisations"}},
    ],
}


@dataclass
class Staff:
    """Who works in the office beside those of the house; `person` by login."""

    house: House
    ids: dict[str, UUID] = field(default_factory=dict)
    departments: dict[str, UUID] = field(default_factory=dict)

    def department(self, key: str, name: str, within: str | None = None, **more: Any) -> UUID:
        """Lay a department out."""
        row = Department(
            id=new_id(),
            organisation_id=self.house.organisation("office"),
            key=key,
            name=name,
            parent_id=self.departments.get(within or ""),
            **more,
        )
        with transaction():
            session().add(row)
        self.departments[key] = row.id
        return row.id

    def person(self, login: str, name: str, role: str, at: str = "office", **more: Any) -> UUID:
        """Take somebody on."""
        if login not in self.ids:
            self.ids[login] = organisations.add_person(login, name).id
        self.post(login, role, at, **more)
        return self.ids[login]

    def post(
        self, login: str, role: str, at: str = "office", within: str | None = None, **more: Any
    ) -> None:
        """Give somebody a post."""
        with transaction():
            session().add(
                PositionRow(
                    id=new_id(),
                    person_id=self.ids[login],
                    organisation_id=self.house.organisation(at),
                    role=role,
                    department_id=self.departments.get(within or ""),
                    **more,
                )
            )

    def group(self, key: str, *logins: str) -> None:
        """Put people in a group."""
        row = Group(id=new_id(), key=key, name=key)
        with transaction():
            session().add(row)
            session().flush()
            session().add_all(
                [GroupMember(group_id=row.id, person_id=self.ids[login]) for login in logins]
            )

    def try_out(self, assign: str, **conditions: Any) -> Choice:
        """Try out who would do the second task of a line, chosen like this."""
        self.deploy(assign)
        return self.again(**conditions)

    def again(self, **conditions: Any) -> Choice:
        """Try out what was deployed last."""
        office = self.house.organisation("office")
        made_up = Conditions("do", office, **conditions)
        return assignment_trials.try_out(self.house.root, "p", made_up, self.house.now).choice

    def deploy(self, assign: str) -> None:
        """Deploy a line of two tasks, the second chosen like this."""
        do = node("userTask", "do", f'<wf:form key="a/note"/>{assign}')
        start = '<wf:start role="drafter" label="新建" form="a/pick"/>'
        facts = "".join(f'<wf:output name="{name}" value="=null"/>' for name in ("who", "people"))
        files = files_of([line(user("draft", facts, form="a/pick"), do, start=start)])
        files["forms/a/pick.json"] = json.dumps(PICK).encode()
        deployments.deploy(None, bundles.from_files(files), self.house.now, "api")

    def names(self, choice: Choice) -> list[str]:
        """Return what the candidates are called, in order."""
        return [each.name for each in choice.candidates]


def settle(house: House) -> Staff:
    """Return the staff: 科 within 部, each with its head, and the head of the whole."""
    staff = Staff(house)
    staff.ids = {login: actor.person_id for login, actor in house.people.items()}
    staff.department("bureau", "业务部")
    staff.department("unit", "许可科", within="bureau")
    staff.person("kim", "金", "drafter", within="unit")
    staff.person("lee", "李", "checker", within="unit", is_head=True, title="科长")
    staff.person("max", "马", "checker", within="bureau", is_head=True, title="部长")
    staff.person("top", "唐主任", "reader", is_head=True, title="主任")
    staff.person("old", "旧", "checker", within="unit", until=date(2020, 1, 1))
    staff.group("experts", "lee", "tom", "eve")
    return staff
