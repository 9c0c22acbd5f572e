"""What was approved is what is deployed; roles in use stay; auditors guess nothing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tests.api.conftest import Caller, Office
from tests.api.proposing import ROLES, Desk, content
from tests.api.tips import Tips
from tests.services.conftest import NOW
from tests.services.drawing import line
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments, organisations, sign_ins, verifications
from workflow_server.store import history, roles
from workflow_server.store.db import session, transaction
from workflow_server.store.history import HistoryRow
from workflow_server.store.types import canonical

NEW, OTHER = line("draft", "check"), line("draft", "evil")
TABLES = {"proposals", "deployments"}


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def swap(desk: Desk, table: str, **more: str) -> None:
    """Put another bundle in the place of every one, as the owner of the database can."""
    assert table in TABLES
    values = {"bundle": bundles.write_zip(content(OTHER)), **more}
    columns = ", ".join(f"{name} = :{name}" for name in values)
    with desk.office.app.app_context(), transaction():
        session().execute(sa.text(f"UPDATE {table} SET {columns}"), values)


def findings(desk: Desk) -> list[tuple[str, str]]:
    with desk.office.app.app_context():
        return [(each.chain, each.kind) for each in verifications.verify().findings]


@pytest.mark.parametrize("is_checksum_forged", [False, True])
def test_a_bundle_that_was_swapped_between_approvals_is_not_deployed(
    desk: Desk, is_checksum_forged: bool
) -> None:
    before = desk.newest()["id"]
    proposal = desk.propose(NEW)
    assert desk.decide(desk.reg, proposal).status_code == 200
    forged = {"checksum": content(OTHER).checksum} if is_checksum_forged else {}
    swap(desk, "proposals", **forged)
    refused = desk.decide(desk.lea, proposal)
    assert (refused.status_code, refused.json["code"]) == (409, "bundle-altered")
    assert "与提出时不同" in refused.json["detail"]
    assert desk.newest()["id"] == before
    assert findings(desk) == [("deployments", "proposal_altered")]
    rejected = desk.decide(desk.lea, proposal, approved=False, note="内容被改动")
    assert rejected.json["status"] == "rejected"


def test_a_deployed_bundle_that_was_swapped_is_found(desk: Desk) -> None:
    assert findings(desk) == []
    swap(desk, "deployments")
    assert findings(desk) == [("deployments", "deployment_altered")]


def test_a_proposal_that_nobody_made_and_one_that_is_gone_are_found(desk: Desk) -> None:
    desk.propose(NEW)
    with desk.office.app.app_context(), transaction():
        session().execute(sa.text("DELETE FROM proposals"))
    assert findings(desk) == [("deployments", "proposal_missing")]


def test_a_deployment_that_was_slipped_in_is_found(desk: Desk) -> None:
    with desk.office.app.app_context(), transaction():
        row = session().execute(sa.text("SELECT * FROM deployments")).one()._asdict()
        forged = {**row, "checksum": "f" * 64, "id": _other(row["id"])}
        columns = ", ".join(forged)
        marks = ", ".join(f":{name}" for name in forged)
        session().execute(
            sa.text(f"INSERT INTO deployments ({columns}) VALUES ({marks})"),
            forged,
        )
    assert findings(desk) == [("deployments", "deployment_inserted")]


def _other(id_: Any) -> Any:
    return b"\0" * 16 if isinstance(id_, bytes) else id_.__class__(int=0)


def without(role: str) -> list[dict[str, Any]]:
    return [each for each in ROLES if each["key"] != role]


def test_a_role_that_somebody_holds_is_not_given_up(desk: Desk) -> None:
    refused = desk.send(desk.dan, content(NEW, roles=without("registrar")))
    assert (refused.status_code, refused.json["code"]) == (422, "bundle-refused")
    (fault,) = refused.json["errors"]
    assert fault["pointer"] == "bpmn/_shared/roles.json"
    assert "仍有3人任职、0个待办任务" in fault["detail"]
    with desk.office.app.app_context(), pytest.raises(deployments.BundleRefused):
        deployments.deploy(None, content(NEW, roles=without("registrar")), NOW, "cli")


def test_a_role_that_open_tasks_wait_for_is_not_given_up(desk: Desk) -> None:
    desk.deploy_by_hand(content(NEW))
    with desk.office.app.app_context():
        desk.office.ann.post("/process-instances", json={"process_key": "p", "answers": {}})
        with transaction():
            session().execute(sa.text("UPDATE positions SET until = '2020-01-01'"))
            session().execute(sa.text("UPDATE tasks SET role = 'registrar'"))
        with pytest.raises(deployments.BundleRefused) as refused:
            deployments.deploy(None, content(OTHER, roles=without("registrar")), NOW, "cli")
    assert ["仍有0人任职、1个待办任务" in each.detail for each in refused.value.faults] == [True]


def test_a_role_that_nobody_needs_may_go(desk: Desk) -> None:
    spare = [*ROLES, {"key": "spare", "label": "备用", "party": "office"}]
    desk.deploy_by_hand(content(NEW, roles=spare))
    desk.deploy_by_hand(content(OTHER))
    with desk.office.app.app_context():
        assert "spare" not in {each.key for each in roles.list_()}


def test_roles_are_filled_from_the_newest_deployment_when_they_differ(desk: Desk) -> None:
    with desk.office.app.app_context():
        before = roles.list_declared()
        assert len(before) == len(ROLES)
        with transaction():
            roles.replace_all([])
        deployments.fill_roles()
        assert roles.list_declared() == before


def test_an_auditor_can_not_try_out_what_was_answered(desk: Desk) -> None:
    with desk.office.app.app_context():
        deployments.deploy(None, content(line("draft")), NOW, "cli")
        organisations.add_person("aud", "审计员", administration="audit")
        token = sign_ins.issue_token("aud", "t", now=datetime.now(UTC))
    desk.office.ann.post("/process-instances", json={"process_key": "p", "answers": {}})
    shown = Caller(desk.office.app.test_client(), token).get("/audit/events").json["items"]
    with desk.office.app.app_context():
        held = session().scalars(sa.select(HistoryRow)).all()
    open_digests = {hashlib.sha256(canonical(each.data)).hexdigest() for each in held}
    hashes = {each.hash.hex() for each in held}
    digests = {each["data_digest"] for each in shown} - {None}
    assert digests
    assert not digests & (open_digests | hashes)
    assert all("hash" not in each for each in shown)


def views(tips: Tips) -> list[Any]:
    with tips.app.app_context():
        query = sa.select(HistoryRow.data).where(HistoryRow.act == "CaseViewed")
        return list(session().scalars(query))


def test_a_file_in_a_sensitive_field_leaves_a_trace(app: Any) -> None:
    tips = Tips(app)
    tips.begin()
    before = len(views(tips))
    assert tips.hilda.get(f"/attachments/{tips.proof}/file").status_code == 200
    (view,) = views(tips)[before:]
    assert (view["what"], view["object_id"]) == ("attachment", tips.proof)
    assert view["classes"]


def test_a_preview_of_sensitive_values_leaves_a_trace(app: Any) -> None:
    tips = Tips(app)
    tips.begin()
    task = tips.task(tips.han, "weigh")
    before = len(views(tips))
    body = {"kind": "slip", "answers": {}}
    assert tips.han.post(f"/tasks/{task}/document-preview", json=body).status_code == 200
    (view,) = views(tips)[before:]
    assert (view["what"], view["object_id"], bool(view["classes"])) == ("preview", task, True)


def test_the_list_of_areas_names_where_emergency_access_is_written() -> None:
    assert "emergency-access" in history.AREAS
