"""docs/how-to/change-without-code.md keeps its word: its boxes are drafted, approved and played."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Caller
from tests.court import ROOT
from tests.processes.letters import PUBLIC_INTEREST
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import Office
from tests.processes.served import PUBLIC, Served
from workflow_server.services.organisations import DEMO_PASSWORD

TEXT = (ROOT / "docs" / "how-to" / "change-without-code.md").read_text()
DIAGRAM = "bpmn/lead_to_reply/suggestion_letter.bpmn"
RULES, PARAMETERS = "bpmn/_shared/deadlines.dmn", "bpmn/_shared/parameters.json"
RECORDS = "bpmn/_shared/records.json"
DRAFT = "forms/suggestion_letter/draft.json"
PAPER, TEMPLATE = "documents/suggestion/document.json", "documents/suggestion/template.html"
NEW = (
    "forms/suggestion_letter/check_before_service.json",
    "documents/letter_check/document.json",
    "documents/letter_check/template.html",
)
CHANGED = {RULES, PARAMETERS, DRAFT, RECORDS, PAPER, TEMPLATE, DIAGRAM, *NEW}
APPROVERS = ("case_mgmt", "legal_policy")
ADDRESS = "齐齐哈尔市建华区检察院第三检察部（161006）"
POINTS = {"points": ["被建议单位", "文号", "期限"], "comment": "核对无误。"}
#: What a modeler draws beside what it writes.
SHAPE = (
    '<bpmndi:BPMNShape id="CheckBeforeService_di" bpmnElement="CheckBeforeService">'
    '<dc:Bounds x="258" y="190" width="124" height="80" /></bpmndi:BPMNShape>'
    '<bpmndi:BPMNEdge id="Flow_CheckBeforeService_PlanService_di"'
    ' bpmnElement="Flow_CheckBeforeService_PlanService">'
    '<di:waypoint x="320" y="190" /><di:waypoint x="320" y="170" /></bpmndi:BPMNEdge>'
)


def boxes(path: str) -> list[str]:
    """Return the boxes of the page that show a file, in their order."""
    pattern = rf"`{re.escape(path)}`:\n\n```\w+\n(.*?)```"
    return re.findall(pattern, TEXT, re.DOTALL)


def box(path: str) -> str:
    (found,) = boxes(path)
    return found


def put(text: str, more: str, *places: str) -> str:
    """Put more before the last of some places, each looked for behind the one before."""
    at = 0
    for place in places:
        at = text.index(place, at)
    return text[:at] + more + text[at:]


def redrawn(diagram: str) -> str:
    """Draw the step and what the case keeps of the new field."""
    kept, field, step, duties = boxes(DIAGRAM)
    begun = '<bpmn:sequenceFlow id="Flow_ServingBegun_PlanService" sourceRef="ServingBegun" '
    drawn = diagram.replace(
        f'{begun}targetRef="PlanService" />', f'{begun}targetRef="CheckBeforeService" />'
    )
    came = "<bpmn:incoming>Flow_ServingBegun_PlanService</bpmn:incoming>"
    drawn = drawn.replace(came, came.replace("ServingBegun", "CheckBeforeService"))
    drawn = put(drawn, step, f"      {begun}")
    drafting = '<bpmn:userTask id="DraftLetter"'
    drawn = put(drawn, kept, drafting, '          <wf:output name="opinion_handling"')
    drawn = put(drawn, field.strip(), drafting, "</wf:record>")
    drawn = put(drawn, duties, '      <wf:separate tasks="DraftLetter CheckDraft')
    return put(drawn, SHAPE, '<bpmndi:BPMNEdge id="Flow_ServingBegun_PlanService_di"')


class Designer:
    """A draft, written over HTTP file by file."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.caller = self.caller_of("designer")
        self.draft = self.post("/drafts", json={"name": "回复期限与送达前核校"})["id"]

    def post(self, path: str, **more: Any) -> Any:
        answer = self.caller.post(path, **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def caller_of(self, login: str) -> Caller:
        client = self.app.test_client()
        body = {"login": login, "password": DEMO_PASSWORD}
        session: Any = client.post("/api/sessions", json=body).json
        return Caller(client, session["token"])

    def read(self, path: str) -> tuple[str, str]:
        opened = self.caller.get(f"/drafts/{self.draft}/files", query_string={"path": path})
        return opened.data.decode(), opened.headers.get("ETag", "")

    def write(self, path: str, text: str, match: str = "") -> None:
        saved = self.caller.put(
            f"/drafts/{self.draft}/files",
            query_string={"path": path},
            data=text.encode(),
            headers={"If-Match": match} if match else {},
            content_type="application/octet-stream",
        )
        assert saved.status_code == 200, saved.text

    def put(self, path: str, *places: str) -> None:
        """Put the box of a file before the last of some places in it."""
        text, match = self.read(path)
        self.write(path, put(text, box(path), *places), match)

    def faults(self) -> Any:
        return self.post(f"/drafts/{self.draft}/check")["faults"]

    def changed_paths(self) -> set[str]:
        """Take the exported draft in as a new one, as from a folder; return what it changes."""
        zipped = self.caller.get(f"/drafts/{self.draft}/bundle").data
        form = {"file": (io.BytesIO(zipped), "b.zip"), "name": "文件夹里的"}
        taken = self.post("/drafts/imports", data=form)["id"]
        found: Any = self.caller.get(f"/drafts/{taken}/differences").json
        return {each["path"] for each in found["files"]}

    def draw(self) -> None:
        """Do all that the page says."""
        self.put(RULES, '      <rule id="rule_2">')
        self.put(PARAMETERS, '"key": "reply_period_words"', '      "basis"')
        self.put(DRAFT, '"id": "Select_reply_rule"', '        {\n          "type": "number"')
        self.put(RECORDS, '"key": "suggestion",', '        {\n          "key": "doc_no"')
        self.put(PAPER, '    "suggestion_type": ')
        self.write(TEMPLATE, box(TEMPLATE), self.read(TEMPLATE)[1])
        text, match = self.read(DIAGRAM)
        self.write(DIAGRAM, redrawn(text), match)
        for path in NEW:
            self.write(path, box(path))

    def approved(self) -> list[str]:
        """Propose it and let two others approve; return what became of it each time."""
        made = self.post(f"/drafts/{self.draft}/proposal", json={"note": "本市办法施行"})
        path, body = f"/proposals/{made['id']}/approval", {"approved": True, "note": None}
        assert self.caller.post(path, json=body).status_code == 403
        said = [self.caller_of(login).post(path, json=body).json for login in APPROVERS]
        return [str(each and each["status"]) for each in said]


@pytest.fixture
def designer(app: Flask, office: Office) -> Designer:
    return Designer(app)


def test_an_office_changes_period_form_step_and_paper(office: Office, designer: Designer) -> None:
    running = Served(office, **PUBLIC)
    running.do("prosecutor", "DraftLetter", **PUBLIC_INTEREST)
    designer.draw()
    assert designer.faults() == []
    assert designer.changed_paths() == CHANGED
    assert designer.approved() == ["open", "deployed"]
    changed = Served(office, **PUBLIC)
    changed.issue(reply_to=ADDRESS)
    is_looked_over(changed, designer.caller_of("legal_policy"))
    changed.serve()
    assert changed.due("reply") == "2026-05-18"
    goes_on(running)
    assert office.failures() == []


def is_looked_over(letter: Served, reader: Caller) -> None:
    """The right desk, the address in the case, the record and the paper, and the new paper."""
    office = letter.office
    task = office.task("legal_policy", "CheckBeforeService", letter.case)
    assert ADDRESS in office.shown("legal_policy", task)
    others = ("prosecutor", "assistant", "dept_head", "case_mgmt", "chief")
    assert [who for who in others if "CheckBeforeService" in office.tasks(who)] == []
    assert letter.do("legal_policy", "CheckBeforeService", **POINTS) == ["PlanService"]
    assert letter.fields()["reply_to"] == ADDRESS
    issued = office.paper("suggestion").data
    assert (issued["reply_to"], issued["reply_period"]) == (ADDRESS, "四十五日")
    sheet = office.paper("letter_check")
    assert (sheet.title, sheet.data["checked_by"]) == ("检察建议书送达前核校单", "纪文翰")
    assert reader.get(f"/documents/{sheet.id}/file").data.startswith(b"%PDF")


def goes_on(letter: Served) -> None:
    """The letter that was begun before: no address asked, no step, two months."""
    letter.do("dept_head", "CheckDraft", send_policy=False)
    letter.do("chief", "DecideIssue")
    assert letter.do("case_mgmt", "SealLetter") == ["PlanService"]
    issued = letter.office.paper("suggestion").data
    assert (issued.get("reply_to"), issued["reply_period"]) == (None, "两个月")
    letter.serve()
    assert letter.due("reply") == "2026-06-01"
