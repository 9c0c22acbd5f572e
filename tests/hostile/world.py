"""A small office with one case of everything in it, and a way to see what an act left behind."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests import hiring
from tests.api.conftest import Caller, Office
from tests.services.drawing import chain, files_of, flow, node, process, user
from tests.services.stage import RULES
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments, organisations, sign_ins
from workflow_server.store import db
from workflow_server.store.blobs import blobs

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

LETTER = {
    "title": "许可函",
    "layout": "letter",
    "series": "permit_no",
    "data": {"about": "=about"},
    "filename": '="许可函-" + about',
}
TEMPLATE = "<html><body><p>{{ d.about }}</p><p>{{ d.number }}</p></body></html>"
MESSAGES = {"types": [{"key": "M-TELL", "label": "复函", "from": "office", "to": "shop"}]}
#: Roles that propose content and approve it.
DESK = (
    ("artist", "deployments.propose"),
    ("registrar", "deployments.approve"),
    ("lawyer", "deployments.approve"),
)
ROLES = {
    "roles": [
        {"key": "drafter", "label": "拟稿人", "party": "office", "sees": "organisation"},
        {"key": "checker", "label": "核稿人", "party": "office", "sees": "organisation"},
        {"key": "reader", "label": "阅件人", "party": "office", "sees": "organisation"},
        {"key": "town_clerk", "label": "镇文员", "party": "town", "sees": "organisation"},
        {"key": "owner", "label": "店主", "party": "shop", "sees": "organisation"},
        *({"key": key, "label": key, "party": "office", "rights": [right]} for key, right in DESK),
    ]
}
SHOP = {
    "organisations": [
        {"key": "shop", "name": "便民商店", "code": "店", "party": "shop", "region": "1"}
    ]
}
DRAFT = (
    '<wf:output name="about" value="=this.title"/>'
    '<wf:record operation="open" kind="permit" title="=about" state="新">'
    '<wf:field name="street" value="=about"/></wf:record>'
    '<wf:document kind="letter" moment="issue"/>'
    '<wf:link from="=records.permit.id" relation="answered_by" to="=documents.letter.id"/>'
    '<wf:deadline rule="R-REPLY" name="reply" start="=today" label="答复" subject="permit"/>'
)
SPLIT = '<b:parallelGateway id="split"/><b:parallelGateway id="join"/>'


def form(*components: Mapping[str, Any]) -> bytes:
    """Write a form of these fields."""
    given = [{"id": f"f{index}", **each} for index, each in enumerate(components)]
    whole = {"type": "default", "id": "Form_x", "schemaVersion": 18, "components": given}
    return json.dumps(whole, ensure_ascii=False).encode()


WIDE = form(
    {"type": "textfield", "key": "title", "label": "题目", "validate": {"required": True}},
    {"type": "number", "key": "count", "label": "数量"},
    {"type": "datetime", "key": "day", "label": "日期", "subtype": "date", "dateLabel": "日期"},
    {"type": "checkbox", "key": "agreed", "label": "同意"},
    {
        "type": "select",
        "key": "zone",
        "label": "区域",
        "values": [{"label": "北", "value": "north"}],
    },
    {"type": "filepicker", "key": "files", "label": "附件", "multiple": True},
    {
        "type": "dynamiclist",
        "path": "rows",
        "label": "明细",
        "components": [{"type": "textfield", "id": "r1", "key": "thing", "label": "项目"}],
    },
)


def case_process(shop: str) -> str:
    """Draw the case: a draft with every effect, a letter to the shop, two tasks side by side."""
    tell = node(
        "intermediateThrowEvent",
        "tell",
        f'<wf:message type="M-TELL" to="{shop}" conversation="=documents.letter.id">'
        '<wf:payload name="word" value="=about"/><wf:enclose document="letter"/></wf:message>',
        inner='<b:messageEventDefinition id="md" messageRef="m_tell"/>',
    )
    return process(
        user("draft", DRAFT),
        tell,
        SPLIT,
        user("left", role="checker"),
        user("right", role="checker"),
        chain("begin", "draft", "tell", "split", "left", "join", "end"),
        chain("split", "right", "join"),
        key="case",
    )


def content_files(shop: str, *more: str) -> dict[str, bytes]:
    """Return the content: the case, a process with a wide form, and whatever else is drawn."""
    wide = process(user("fill", form="a/wide"), chain("begin", "fill", "end"), key="wide")
    town = process(
        user("note", role="town_clerk", form="a/wide"),
        chain("begin", "note", "end"),
        key="townwork",
        start='<wf:start role="town_clerk" label="新建"/>',
    ).replace('party="office"', 'party="town"')
    return files_of([case_process(shop), wide, town, *more]) | {
        "forms/a/wide.json": WIDE,
        "documents/letter/document.json": json.dumps(LETTER).encode(),
        "documents/letter/template.html": TEMPLATE.encode(),
        "bpmn/_shared/deadlines.dmn": RULES.encode(),
        "bpmn/_shared/messages.json": json.dumps(MESSAGES).encode(),
        "bpmn/_shared/roles.json": json.dumps(ROLES).encode(),
    }


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """Pack files, with no check of their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def traces(app: Flask) -> dict[str, Any]:
    """Return every row of every table, as checksums, and every file of the blob folder."""
    found: dict[str, Any] = {}
    with app.app_context():
        with db.db.engine.connect() as connection:
            for table in db.Model.metadata.sorted_tables:
                rows = connection.execute(sa.select(table)).all()
                found[table.name] = sorted(
                    hashlib.sha256(repr(tuple(row)).encode()).hexdigest() for row in rows
                )
        root = blobs().root
        found["files"] = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    return found


@dataclass
class World:
    """The office at work: one case gone some way, one waiting at its draft, one wide form."""

    app: Flask
    office: Office
    files: dict[str, bytes]
    ids: dict[str, str] = field(default_factory=dict)
    #: Who proposes and approves content, by role.
    desk: dict[str, Caller] = field(default_factory=dict)

    @classmethod
    def found(cls, app: Flask) -> World:
        """Let people move in and work until there is one of everything."""
        office = Office(app)
        with app.app_context():
            organisations.load_office(SHOP, NOW)
        files = content_files(office.organisation("shop"))
        with app.app_context():
            deployments.deploy(None, bundles.from_files(files), NOW, "api")
        world = cls(app, office, files)
        world.desk = {role: world._hire(role) for role, _ in DESK}
        world._work()
        return world

    def _hire(self, role: str) -> Caller:
        with self.app.app_context():
            person = organisations.add_person(role, role)
            place = UUID(self.office.organisation("office"))
            hiring.give_post(person.id, place, role)
            token = sign_ins.issue_token(role, "test", now=datetime.now(UTC))
        return Caller(self.app.test_client(), token)

    def _work(self) -> None:
        ann = self.ann
        done, task = self.start("case")
        added = self.attach(PDF, "函.pdf", task_id=task)
        assert added.status_code == 201, added.text
        answer = self.complete(task, {"title": "解放路"})
        assert answer.status_code == 200, answer.text
        assert answer.json
        while self.office.run_jobs():
            pass
        assert ann.get("/incidents").json["total"] == 0, ann.get("/incidents").text
        open_tasks = [each["id"] for each in answer.json["next_tasks"]]
        waiting, draft = self.start("case")
        _, wide = self.start("wide")
        draft_answer = ann.put(f"/tasks/{open_tasks[0]}/draft", json={"answers": {"title": "x"}})
        assert draft_answer.status_code == 200, draft_answer.text
        self.ids = {
            "instance": done,
            "completed": task,
            "open": open_tasks[0],
            "attachment": added.json["id"] if added.json else "",
            "waiting": waiting,
            "draft": draft,
            "wide": wide,
            **{noun: self._only(f"/{noun}s") for noun in ("document", "record", "deadline")},
            "delivery": self._only("/deliveries"),
        }

    @property
    def ann(self) -> Caller:
        """Drafts and checks in the office."""
        return self.office.ann

    def start(self, key: str) -> tuple[str, str]:
        """Start a process as ann; return the ids of the instance and of its first task."""
        answer = self.ann.post("/process-instances", json={"process_key": key})
        assert answer.status_code == 201, answer.text
        assert answer.json
        return answer.json["id"], answer.json["next_tasks"][0]["id"]

    def complete(self, task: str, answers: Any, **headers: str) -> TestResponse:
        """Complete a task as ann."""
        return self.ann.post(
            f"/tasks/{task}/completion", json={"answers": answers}, headers=headers
        )

    def attach(self, data: bytes, name: str, **place: str) -> TestResponse:
        """Bring a file as ann."""
        return self.ann.post("/attachments", data={"file": (io.BytesIO(data), name), **place})

    def propose(self, data: bytes) -> TestResponse:
        """Send a zip as the designer."""
        form = {"file": (io.BytesIO(data), "b.zip"), "note": "x"}
        return self.desk["artist"].post("/proposals", data=form)

    def propose_with(self, changed: Mapping[str, bytes]) -> TestResponse:
        """Send the content with some files changed or added."""
        return self.propose(zip_of(self.files | changed))

    def approve(self, proposed: TestResponse) -> TestResponse:
        """Let both approve, so that what was proposed is deployed."""
        assert proposed.json
        path = f"/proposals/{proposed.json['id']}/approval"
        self.desk["registrar"].post(path, json={"approved": True})
        return self.desk["lawyer"].post(path, json={"approved": True})

    def _only(self, path: str) -> str:
        (item,) = self.ann.get(path).json["items"]
        return str(item["id"])


def refused(answer: TestResponse, status: int = 422) -> dict[str, Any]:
    """Check that an answer is a clear refusal; return the problem."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = answer.json or {}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert len(answer.data) < 200_000
    for inside in ("Traceback", "sqlalchemy", 'File "'):
        assert inside not in answer.text
    return problem


def faults(problem: Mapping[str, Any]) -> dict[str, str]:
    """Return what a problem says is wrong, by place."""
    return {fault["pointer"]: fault["detail"] for fault in problem["errors"]}


__all__ = ["Caller", "World", "faults", "flow", "refused", "traces", "zip_of"]
