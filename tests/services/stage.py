"""A stage for effects: one deployed bundle, three organisations, one instance, no engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.content import bundle, content
from workflow_server.engine.runtime import Visit
from workflow_server.services import working_days
from workflow_server.services.actors import Actor, Position
from workflow_server.services.advance.host import organisation_context
from workflow_server.services.situation import Situation
from workflow_server.store import process_instances
from workflow_server.store.db import db, session, transaction
from workflow_server.store.deployments import Deployment
from workflow_server.store.organisations import Organisation
from workflow_server.store.people import Person, PositionRow
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.tasks import Task
from workflow_server.store.types import new_id

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)

KINDS = {
    "kinds": [
        {
            "key": "permit",
            "label": "许可",
            "series": "permit_no",
            "states": ["待审", "已受理", "已办结"],
            "fields": [
                {"key": "street", "label": "街道", "type": "text"},
                {"key": "places", "label": "车位数", "type": "number"},
                {"key": "fee", "label": "费用", "type": "money"},
                {"key": "applied_on", "label": "申请日", "type": "date"},
                {"key": "zone", "label": "区域", "type": "choice", "vocabulary": "zone"},
            ],
        },
        {"key": "note", "label": "便笺", "states": [], "fields": []},
    ]
}
SERIES = {
    "series": [
        {"key": "permit_no", "label": "许可号", "pattern": "{code}许〔{year}〕{n}号"},
        {"key": "letter_no", "label": "函号", "pattern": "{code}函〔{year}〕{n}号"},
        {"key": "seal_no", "label": "印号", "pattern": "{district}{year}{n:3}"},
    ]
}
MESSAGES = {"types": [{"key": "M-PERMIT", "label": "许可函", "from": "office", "to": "shop"}]}
ROLES = {
    "roles": [
        {"key": "clerk", "label": "经办人", "party": "office", "sees": "organisation"},
        {"key": "owner", "label": "店主", "party": "shop", "sees": "organisation"},
    ]
}
LEDGERS = {
    "ledgers": [
        {
            "key": "permits",
            "label": "许可台账",
            "kind": "permit",
            "roles": ["clerk"],
            "columns": ["number", "title", "zone", "fee", "opened", "organisation"],
            "filters": ["state", "opened", "closed", "text", "zone", "organisation"],
        }
    ]
}
VOCABULARIES = {"vocabularies": {"zone": [{"value": "north", "label": "北区"}]}}
LETTER = {
    "title": "许可函",
    "layout": "letter",
    "series": "letter_no",
    "required": [
        {"part": "street", "value": "=street", "message": "缺少街道"},
        {"part": "reason", "value": "=reason", "message": "缺少理由"},
    ],
    "data": {
        "street": "=street",
        "reason": "=reason",
        "fixed": "照办",
        "redactions": "=left_out",
    },
    "seal": True,
    "filename": '="许可函-" + street',
}
SLIP = {"title": "便条", "layout": "form", "data": {"street": "=street"}}
TEMPLATE = "<html><body><p>{{ d.street }}</p><p>{{ d.number }}</p></body></html>"

_DMN_ROW = """<rule id="{id}"><inputEntry id="{id}1"><text>"{code}"</text></inputEntry>
<inputEntry id="{id}2"><text>{region}</text></inputEntry>
<inputEntry id="{id}3"><text>-</text></inputEntry>
<outputEntry id="{id}4"><text>{amount}</text></outputEntry>
<outputEntry id="{id}5"><text>"{unit}"</text></outputEntry>
<outputEntry id="{id}6"><text>"{label}"</text></outputEntry>
<outputEntry id="{id}7"><text>"15,7,3"</text></outputEntry>
<outputEntry id="{id}8"><text>"v1"</text></outputEntry></rule>"""
RULES = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="urn:test"><decision id="deadlines" name="deadlines">
<decisionTable id="t" hitPolicy="FIRST">
<input id="i1"><inputExpression id="e1"><text>rule</text></inputExpression></input>
<input id="i2"><inputExpression id="e2"><text>region</text></inputExpression></input>
<input id="i3"><inputExpression id="e3"><text>date(day)</text></inputExpression></input>
<output id="o1" name="amount"/><output id="o2" name="unit"/><output id="o3" name="label"/>
<output id="o4" name="warn"/><output id="o5" name="version"/>
{rows}</decisionTable></decision></definitions>""".format(
    rows="".join(
        _DMN_ROW.format(
            id=f"{code}.{amount}.", code=code, amount=amount, unit=unit, label=label, region=region
        )
        for code, amount, unit, label, region in (
            ("R-REPLY", 2, "month", "答复期限", "-"),
            ("R-SHORT", 5, "workday", "短期限", "-"),
            ("R-BROKEN", 0, "day", "坏规则", "-"),
            ("R-CHOSEN", "chosen_days", "day", "自定期限", "-"),
            ("R-REDO", 2, "month", "重新办理", 'starts with(?, "50")'),
            ("R-REDO", 1, "month", "重新办理", "-"),
        )
    )
)
BPMN = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:wf="urn:workflow-server:bpmn:1" id="d" targetNamespace="urn:test">
<bpmn:process id="parking_permit" isExecutable="true"><bpmn:extensionElements>
<wf:process title="停车许可" party="office"/></bpmn:extensionElements>
<bpmn:startEvent id="Start"/><bpmn:userTask id="Activity_draft" name="起草">
<bpmn:extensionElements><wf:assign strategy="role" role="clerk"/>
<wf:output name="street" value="=this.street"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:endEvent id="End"/>
<bpmn:sequenceFlow id="f1" sourceRef="Start" targetRef="Activity_draft"/>
<bpmn:sequenceFlow id="f2" sourceRef="Activity_draft" targetRef="End"/>
</bpmn:process></bpmn:definitions>"""


def files() -> dict[str, bytes]:
    """Return the bundle that every test plays with."""
    shared = {
        "records": KINDS,
        "series": SERIES,
        "messages": MESSAGES,
        "roles": ROLES,
        "vocabularies": VOCABULARIES,
        "ledgers": LEDGERS,
    }
    made = {f"bpmn/_shared/{name}.json": json.dumps(data).encode() for name, data in shared.items()}
    made["bpmn/_shared/deadlines.dmn"] = RULES.encode()
    made["bpmn/parking/parking_permit.bpmn"] = BPMN.encode()
    for key, description in (("permit_letter", LETTER), ("slip", SLIP)):
        made[f"documents/{key}/document.json"] = json.dumps(description).encode()
        made[f"documents/{key}/template.html"] = TEMPLATE.encode()
    return made


SEALED = bundle.from_files(files())
CONTENT = content.load(SEALED)


def with_parts(known: content.Content, **parts: Any) -> content.Content:
    """Return content that has other parts than its bundle says."""
    made = copy(known)
    vars(made).update(parts)
    return made


@dataclass
class Stage:
    """What a test needs to let effects happen."""

    office: UUID = field(default_factory=new_id)
    shop: UUID = field(default_factory=new_id)
    far: UUID = field(default_factory=new_id)
    instance_id: UUID = field(default_factory=new_id)
    deployment_id: UUID = field(default_factory=new_id)
    root: Actor = field(init=False)
    clerk: Actor = field(init=False)
    owner: Actor = field(init=False)
    outsider: Actor = field(init=False)

    def build(self) -> Stage:
        """Put organisations, people, the deployment and one instance into the database."""
        working_days.seed(NOW)
        with transaction():
            for id_, key, code, party, on_server in (
                (self.office, "office", "甲", "office", True),
                (self.shop, "shop", "乙", "shop", True),
                (self.far, "far", "丙", "shop", False),
            ):
                session().add(
                    Organisation(
                        id=id_,
                        key=key,
                        name=f"{code}单位",
                        short_name=code,
                        code=code,
                        party=party,
                        on_server=on_server,
                        fields={"district": "东"} if key == "office" else {},
                    )
                )
            session().flush()
            self.root = self._administrator()
            self.clerk = self._person("clerk", self.office, "clerk")
            self.owner = self._person("owner", self.shop, "owner")
            self.outsider = self._person("outsider", self.far, "owner")
            self._instance()
        return self

    def _administrator(self) -> Actor:
        person_id = new_id()
        session().add(Person(id=person_id, login="root", name="root", administration="system"))
        return Actor(person_id, "root", administration="system")

    def _person(self, login: str, organisation_id: UUID, role: str) -> Actor:
        person_id = new_id()
        session().add(Person(id=person_id, login=login, name=login))
        session().flush()
        position_id = new_id()
        session().add(
            PositionRow(
                id=position_id, person_id=person_id, organisation_id=organisation_id, role=role
            )
        )
        position = Position(
            position_id,
            organisation_id,
            "",
            role,
            sees="organisation",
            rights=frozenset({"numbers.void"}),
        )
        return Actor(person_id, login, (position,))

    def _instance(self) -> None:
        definition_id = new_id()
        session().add(
            Deployment(
                id=self.deployment_id,
                checksum=SEALED.checksum,
                source="folder",
                deployed_at=NOW,
                files=len(SEALED.files),
                bundle=bundle.write_zip(SEALED),
            )
        )
        session().flush()
        session().add(
            ProcessDefinition(
                id=definition_id,
                deployment_id=self.deployment_id,
                key="parking_permit",
                version=1,
                title="停车许可",
                party="office",
                path="bpmn/parking/parking_permit.bpmn",
                fingerprint=b"0" * 32,
                compiled=b"",
            )
        )
        session().flush()
        session().add(
            process_instances.ProcessInstance(
                id=self.instance_id,
                process_definition_id=definition_id,
                organisation_id=self.office,
                started_at=NOW,
            )
        )

    def add_task(self) -> UUID:
        """Open a task of the office's clerks at the drafting element."""
        task_id = new_id()
        with transaction():
            session().add(
                Task(
                    id=task_id,
                    instance_id=self.instance_id,
                    organisation_id=self.office,
                    element_id="Activity_draft",
                    name="起草",
                    role="clerk",
                    created_at=NOW,
                )
            )
        return task_id

    @contextmanager
    def acting(
        self,
        variables: dict[str, Any] | None = None,
        *,
        element_id: str = "Activity_draft",
        now: datetime = NOW,
    ) -> Iterator[Situation]:
        """Open a transaction with the situation of one element; facts are kept afterwards."""
        with transaction():
            locked = process_instances.lock(self.instance_id)
            facts = {**locked.instance.variables, **(variables or {})}
            yield Situation(
                instance=locked.instance,
                definition=locked.definition,
                content=CONTENT,
                process=CONTENT.processes["parking_permit"],
                organisation=organisation_context(locked.organisation),
                actor=self.clerk,
                now=now,
                variables=facts,
                visit=Visit(new_id(), element_id, "userTask", "起草"),
            )
            process_instances.save(locked.instance, {"variables": facts})

    def variables(self) -> Mapping[str, Any]:
        """Return the instance's variables as they were saved."""
        return process_instances.get_variables(self.instance_id)


class Statements:
    """Counts what is sent to the database."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    @property
    def count(self) -> int:
        """How many statements that was, transactions not counted."""
        return len(self.sent)


@contextmanager
def counting() -> Iterator[Statements]:
    """Count the statements of a block, what waits in the session included."""
    counted = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield counted
        session().flush()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
