"""A case with everything that not everybody may read: a tip, who gave it, and how it went on."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tests.api.conftest import NOW, Caller
from tests.services.drawing import chain, files_of, node, process, user
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments, jobs, organisations, sign_ins
from workflow_server.store import db, incidents, people
from workflow_server.store.organisations import find_by_key
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id

INFORMANT = "王小明（石桥村）"
PHONE = "13812345678"
NUMBER = "110101199003071234"
PROPOSER = "欧阳提案人"
NOTE = "内部批注不外传"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

OFFICE: dict[str, Any] = {
    "organisations": [
        {"key": "office", "name": "许可办公室", "code": "许", "party": "office", "region": "1"},
        {"key": "town", "name": "镇政府", "code": "镇", "party": "town", "region": "1"},
    ],
    "people": [{"login": name, "name": name} for name in ("han", "hilda", "carl", "will", "tom")],
    "positions": [
        {"person": "han", "organisation": "office", "role": "handler"},
        {"person": "hilda", "organisation": "office", "role": "head"},
        {"person": "carl", "organisation": "office", "role": "watcher"},
        {"person": "will", "organisation": "office", "role": "worker"},
        {"person": "tom", "organisation": "town", "role": "town_clerk"},
    ],
}
ROLES = [
    {"key": "handler", "label": "承办", "party": "office"},
    {"key": "head", "label": "负责", "party": "office", "sees": "organisation"},
    {"key": "watcher", "label": "旁观", "party": "office", "sees": "organisation"},
    {"key": "worker", "label": "经办", "party": "office"},
    {"key": "town_clerk", "label": "镇文员", "party": "town", "sees": "organisation"},
]
CLASSES: list[dict[str, Any]] = [
    {
        "key": "informant",
        "label": "举报人",
        "readers": ["handler", "head"],
        "sensitive": True,
        "confined": True,
    },
    {"key": "phone", "label": "电话", "readers": ["handler", "head"], "mask": "keep_last_4"},
    {"key": "number", "label": "证件号", "readers": ["handler", "head"], "mask": "keep_last_4"},
    {
        "key": "proposer",
        "label": "提出人",
        "readers": ["head"],
        "mask": "initial",
        "flag": "hide_proposer",
    },
]
KIND = {
    "key": "tip",
    "label": "线索",
    "states": ["新"],
    "fields": [
        {"key": "informant", "label": "举报人", "type": "text"},
        {"key": "phone", "label": "电话", "type": "text", "class": "phone"},
        {"key": "note", "label": "批注", "type": "text"},
    ],
}


def _text(key: str, class_: str | None = None, **more: Any) -> dict[str, Any]:
    classed = {"properties": {"class": class_}} if class_ else {}
    return {"type": "textfield", "id": f"F_{key}", "key": key, "label": key, **classed, **more}


def _form(key: str, *components: dict[str, Any]) -> bytes:
    form = {"type": "default", "id": key, "schemaVersion": 18, "components": list(components)}
    return json.dumps(form, ensure_ascii=False).encode()


TIP = _form(
    "Form_tip",
    _text("title"),
    _text("informant", "informant"),
    _text("phone", "phone"),
    _text("proposer", "proposer"),
    {
        "type": "dynamiclist",
        "id": "L",
        "path": "people",
        "label": "人员",
        "components": [_text("who"), _text("number", "number")],
    },
    {
        "type": "filepicker",
        "id": "P",
        "key": "proof",
        "label": "材料",
        "accept": ".pdf",
        "properties": {"class": "informant"},
    },
)
WEIGH = _form(
    "Form_weigh",
    _text("opinion"),
    _text("witness", "phone"),
    _text("note", defaultValue="缺省批注"),
    {
        "type": "select",
        "id": "S",
        "key": "grade",
        "label": "等级",
        "values": [{"value": "inner", "label": "内部等级甲"}],
    },
)
COPIED = "".join(
    f'<wf:output name="{name}" value="=this.{name}"/>'
    for name in ("title", "informant", "phone", "proposer", "people", "proof")
)
RECORD = (
    '<wf:record operation="open" kind="tip" title="=title">'
    '<wf:field name="informant" value="=informant"/><wf:field name="phone" value="=phone"/>'
    "</wf:record>"
)
WEIGHED = (
    '<wf:output name="note" value="=this.note"/><wf:output name="opinion" value="=this.opinion"/>'
    '<wf:record operation="update" kind="tip"><wf:field name="note" value="=this.note"/>'
    "</wf:record>"
)
READS = '<wf:reads label="来源" value="=&quot;来源：&quot; + informant + phone"/>'
SHUT = (
    '<wf:fieldAccess field="note" access="hidden"/><wf:fieldAccess field="grade" access="hidden"/>'
)
SLIP = '<wf:document kind="slip" moment="draft"/>'
PAYLOAD = (
    '<wf:payload name="title" value="=title"/><wf:payload name="informant" value="=informant"/>'
    '<wf:payload name="phone" value="=phone" disclose="phone"/>'
    '<wf:payload name="words" value="=&quot;由&quot; + informant + &quot;提供&quot;"/>'
    '<wf:payload name="proof" value="=proof"/><wf:payload name="people" value="=people"/>'
    '<wf:payload name="proposer" value="=if proposer = null then null else proposer"/>'
)


def drawn(payload: str = PAYLOAD) -> str:
    """Draw the case: a tip, weighed twice, the second time with a hidden note, then told."""
    start = '<wf:start role="handler" label="登记" form="a/tip"/>'
    told = (
        f'<wf:message type="M-TIP" to="=case_town" conversation="=case.id">{payload}</wf:message>'
    )
    return process(
        node("startEvent", "begin", COPIED + RECORD + SLIP),
        user("weigh", READS + WEIGHED, role="handler", form="a/weigh"),
        user("answer", READS + SHUT + WEIGHED, role="worker", form="a/weigh"),
        node("sendTask", "tell", told.replace("=case_town", "=this.town"), messageRef="m_tip"),
        chain("begin", "weigh", "answer", "tell", "end"),
        start=start,
    ).replace('<b:message id="m_ask"', '<b:message id="m_tip" name="M-TIP"/><b:message id="m_ask"')


def files(town: str, payload: str = PAYLOAD) -> dict[str, bytes]:
    """Return the content of the case; letters go to the organisation of this id."""
    made = files_of([drawn(payload).replace("=this.town", f"=&quot;{town}&quot;")])
    shared = {
        "roles": {"roles": ROLES},
        "data_classes": {"classes": CLASSES},
        "records": {"kinds": [KIND]},
        "messages": {"types": [{"key": "M-TIP", "label": "告知", "from": "office", "to": "town"}]},
    }
    made.pop("forms/a/note.json")
    return {
        **made,
        **{f"bpmn/_shared/{name}.json": json.dumps(data).encode() for name, data in shared.items()},
        "forms/a/tip.json": TIP,
        "forms/a/weigh.json": WEIGH,
        "documents/slip/document.json": json.dumps(
            {
                "title": "线索单",
                "layout": "form",
                "classes": ["informant"],
                "data": {"informant": "=informant"},
            }
        ).encode(),
        "documents/slip/template.html": b"<p>{{ d.informant }}</p>",
    }


class Tips:
    """The people around the case, at the API."""

    han: Caller
    hilda: Caller
    carl: Caller
    will: Caller
    tom: Caller

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            organisations.load_office(OFFICE, NOW, organisations.DEMO_PASSWORD)
            for person in OFFICE["people"]:
                token = sign_ins.issue_token(person["login"], "test", now=datetime.now(UTC))
                setattr(self, person["login"], Caller(app.test_client(), token))
            town = find_by_key("town")
            assert town is not None
            bundle = bundles.from_files(files(str(town.id)))
            deployments.deploy(None, bundle, NOW, "api")

    def person(self, login: str) -> UUID:
        with self.app.app_context():
            found = people.find_person_by_login(login)
        assert found is not None
        return found.id

    def begin(self) -> str:
        """Let han register a tip; return the instance's id."""
        brought = self.han.post("/attachments", data={"file": (io.BytesIO(PDF), "proof.pdf")})
        assert brought.status_code == 201, brought.text
        self.proof = str(brought.json["id"])
        answers = {
            "title": "排污线索",
            "informant": INFORMANT,
            "phone": PHONE,
            "proposer": PROPOSER,
            "people": [{"who": "甲", "number": NUMBER}],
            "proof": [self.proof],
        }
        started = self.han.post("/process-instances", json={"process_key": "p", "answers": answers})
        assert started.status_code == 201, started.text
        return str(started.json["id"])

    def task(self, caller: Caller, element_id: str) -> str:
        found = caller.get("/tasks", query_string={"element_id": element_id, "status": "open"})
        return str(found.json["items"][0]["id"])

    def complete(self, caller: Caller, element_id: str, **answers: Any) -> TestResponse:
        path = f"/tasks/{self.task(caller, element_id)}/completion"
        done = caller.post(path, json={"answers": answers})
        assert done.status_code == 200, done.text
        return done

    def flag(self, instance_id: str, *names: str) -> None:
        with self.app.app_context(), db.transaction():
            found = db.session().get(ProcessInstance, UUID(instance_id))
            assert found is not None
            found.flags = list(names)

    def raise_incident(self, instance_id: str, message: str) -> None:
        row = {"id": new_id(), "instance_id": UUID(instance_id), "message": message}
        with self.app.app_context(), db.transaction():
            incidents.add_all([{**row, "raised_at": NOW}])

    def run_jobs(self) -> None:
        with self.app.app_context():
            jobs.run_due(datetime.now(UTC), 100)


def occurs(secret: str, response: TestResponse) -> bool:
    """Tell whether a value stands anywhere in the bytes of a response, however JSON writes it."""
    assert response.status_code == 200, response.text
    raw = response.get_data()
    return secret.encode() in raw or json.dumps(secret)[1:-1].encode() in raw
