"""Content is proposed by one, approved by others, and only then deployed."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from tests.api.conftest import Office
from tests.api.proposing import APPROVE, ROLES, Desk, content
from tests.services.drawing import line
from workflow_server.config import SettingRefused, load
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments, verifications
from workflow_server.store import db, history
from workflow_server.store.people import Person, PositionRow

NEW = line("draft", "check")
KEY = {"headers": {"Idempotency-Key": "k-1"}}


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_two_others_of_different_roles_approve_and_then_it_is_deployed(desk: Desk) -> None:
    before = desk.newest()["id"]
    proposal = desk.propose(NEW)
    first = desk.decide(desk.reg, proposal, note="可以")
    assert (first.status_code, first.json["status"]) == (200, "open")
    assert (first.json["approvals_needed"], first.json["roles_needed"]) == (2, 2)
    assert desk.newest()["id"] == before
    second = desk.decide(desk.lea, proposal)
    assert (second.status_code, second.json["status"]) == (200, "deployed")
    newest = desk.newest()
    assert newest["id"] == second.json["deployment_id"] != before
    assert (newest["source"], newest["deployed_by"]) == ("proposal", desk.ids["lea"])
    whole = desk.dan.get(f"/deployments/{newest['id']}").json
    assert whole["proposal_id"] == proposal
    assert [(row["key"], row["version"]) for row in whole["process_definitions"]] == [("p", 2)]


def test_history_tells_who_proposed_and_who_approved(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)
    desk.decide(desk.lea, proposal)
    with desk.office.app.app_context():
        assert verifications.verify().findings == []
        rows, _ = history.list_(history.area("deployments"), 50, 0)
        acts = [(row.act, str(row.person_id)) for row in rows][1:]
        told = rows[-1].data
    assert acts == [
        ("ProposalMade", desk.ids["dan"]),
        ("ProposalApproved", desk.ids["reg"]),
        ("ProposalApproved", desk.ids["lea"]),
        ("ContentDeployed", desk.ids["lea"]),
    ]
    assert told is not None
    assert told["proposed_by"] == desk.ids["dan"]
    assert told["approved_by"] == [desk.ids["reg"], desk.ids["lea"]]


def test_a_proposal_names_what_it_changes(desk: Desk) -> None:
    roles = [
        {**role, "sees": "organisation", "rights": [*role.get("rights", ()), APPROVE]}
        if role["key"] == "artist"
        else role
        for role in ROLES
        if role["key"] != "reader"
    ]
    answer = desk.send(desk.dan, content(NEW, line("x", key="q"), roles=roles)).json
    changes = answer["changes"]
    assert changes["compared_with"] == desk.newest()["id"]
    assert {(each["path"], each["change"]) for each in changes["files"]} == {
        ("bpmn/_shared/roles.json", "changed"),
        ("bpmn/a.bpmn", "changed"),
        ("bpmn/b.bpmn", "added"),
    }
    versions = [
        (each["key"], each["change"], each["version_before"], each["version"])
        for each in changes["process_definitions"]
    ]
    assert versions == [("p", "changed", 1, 2), ("q", "added", None, 1)]
    artist, reader = changes["roles"]
    assert (artist["key"], artist["rights_added"], artist["rights_removed"]) == (
        "artist",
        [APPROVE],
        [],
    )
    assert (artist["sees_before"], artist["sees"]) == ("own", "organisation")
    assert (reader["key"], reader["change"], reader["sees"]) == ("reader", "removed", None)


def test_a_proposal_names_people(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)
    whole = desk.lea.get(f"/proposals/{proposal}").json
    assert whole["proposed_by_name"] == "dan 氏"
    assert [each["person_name"] for each in whole["decisions"]] == ["reg 氏"]
    assert desk.lea.get("/proposals").json["items"][0]["proposed_by_name"] == "dan 氏"


def test_a_second_approval_is_refused_before_the_bundle_is_checked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)

    def fail(_: object) -> None:
        raise AssertionError("the bundle was checked")

    monkeypatch.setattr(deployments, "prepare", fail)
    assert desk.decide(desk.reg, proposal).json["code"] == "proposal-already-approved"


def test_what_a_proposal_changed_stays_told_when_it_is_deployed(desk: Desk) -> None:
    proposal = desk.propose(line("x", key="q"))
    desk.decide(desk.reg, proposal)
    closed = desk.decide(desk.lea, proposal).json
    told = [(each["key"], each["change"]) for each in closed["changes"]["process_definitions"]]
    assert told == [("q", "added"), ("p", "removed")]
    assert desk.reg.get(f"/proposals/{proposal}").json["changes"] == closed["changes"]
    assert all(each["counts"] for each in closed["decisions"])


def test_nobody_approves_their_own_proposal(desk: Desk) -> None:
    proposal = desk.send(desk.dot, content(NEW)).json["id"]
    refused = desk.decide(desk.dot, proposal)
    assert (refused.status_code, refused.json["code"]) == (403, "own-proposal")
    assert desk.reg.get(f"/proposals/{proposal}").json["decisions"] == []


def test_each_approves_once_and_two_of_one_role_are_not_enough(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    assert desk.decide(desk.reg, proposal).json["status"] == "open"
    again = desk.decide(desk.reg, proposal)
    assert (again.status_code, again.json["code"]) == (409, "proposal-already-approved")
    assert desk.decide(desk.reg2, proposal).json["status"] == "open"
    assert desk.decide(desk.lea, proposal).json["status"] == "deployed"


def test_who_holds_both_roles_approves_in_the_one_that_lacks(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.lea, proposal)
    closed = desk.decide(desk.lia, proposal).json
    assert closed["status"] == "deployed"
    assert [each["role"] for each in closed["decisions"]] == ["lawyer", "registrar"]


def test_a_rejection_needs_a_reason_and_ends_it(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    for nothing in (None, "", "  "):
        refused = desk.decide(desk.reg, proposal, False, nothing)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"] == "#/note"
    assert desk.decide(desk.reg, proposal, False, "期限有误").json["status"] == "rejected"
    late = desk.decide(desk.lea, proposal)
    assert (late.status_code, late.json["code"]) == (409, "proposal-closed")
    assert desk.dan.post(f"/proposals/{proposal}/withdrawal").status_code == 409
    assert desk.office.ann.get("/deployments").json["total"] == 1


def test_who_approved_may_still_reject(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)
    assert desk.decide(desk.reg, proposal, False, "发现问题").json["status"] == "rejected"


def test_only_who_proposed_withdraws(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    assert desk.dot.post(f"/proposals/{proposal}/withdrawal").status_code == 403
    assert desk.dan.post(f"/proposals/{proposal}/withdrawal").json["status"] == "withdrawn"
    assert desk.decide(desk.reg, proposal).status_code == 409
    # The same bytes may be proposed again then.
    assert desk.send(desk.dan, content(NEW)).status_code == 201


def test_the_same_bytes_are_proposed_once_and_never_after_they_were_deployed(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    twin = desk.send(desk.dot, content(NEW))
    assert (twin.status_code, twin.json["code"]) == (409, "bundle-already-proposed")
    assert proposal in twin.json["detail"]
    known = desk.send(desk.dan, content(line("draft")))
    assert (known.status_code, known.json["code"]) == (409, "bundle-already-deployed")
    assert desk.newest()["id"] in known.json["detail"]


def test_approvals_from_before_another_deployment_are_void(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)
    desk.deploy_by_hand(content(line("draft", "third")))
    now = desk.reg.get(f"/proposals/{proposal}").json
    assert (now["base_changed"], [each["counts"] for each in now["decisions"]]) == (True, [False])
    assert desk.decide(desk.lea, proposal).json["status"] == "open"
    closed = desk.decide(desk.reg, proposal).json
    assert (closed["status"], closed["base_changed"]) == ("deployed", True)
    assert desk.newest()["id"] == closed["deployment_id"]


def test_bytes_deployed_by_hand_meanwhile_are_not_deployed_twice(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    desk.deploy_by_hand(content(NEW))
    desk.decide(desk.reg, proposal)
    closed = desk.decide(desk.lea, proposal).json
    assert (closed["status"], closed["deployment_id"]) == ("deployed", desk.newest()["id"])
    assert desk.office.ann.get("/deployments").json["total"] == 2


def _deactivate(desk: Desk) -> None:
    with desk.office.app.app_context(), db.transaction() as session:
        session.get_one(Person, desk.person("reg")).active = False


def _take_post(desk: Desk) -> None:
    with desk.office.app.app_context(), db.transaction() as session:
        session.execute(sa.delete(PositionRow).where(PositionRow.person_id == desk.person("reg")))


@pytest.mark.parametrize("leave", [_deactivate, _take_post])
def test_the_approval_of_who_left_or_lost_the_right_counts_no_more(
    desk: Desk, leave: Callable[[Desk], None]
) -> None:
    proposal = desk.propose(NEW)
    desk.decide(desk.reg, proposal)
    leave(desk)
    assert desk.lea.get(f"/proposals/{proposal}").json["decisions"][0]["counts"] is False
    assert desk.decide(desk.lea, proposal).json["status"] == "open"
    assert desk.decide(desk.reg2, proposal).json["status"] == "deployed"


def test_at_once_approvals_make_one_deployment(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    with ThreadPoolExecutor(4) as pool:
        callers = (desk.reg, desk.reg2, desk.lea, desk.lia)
        answers = list(pool.map(lambda who: desk.decide(who, proposal), callers))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert [answer.json.get("status") for answer in answers].count("deployed") == 1
    assert desk.office.ann.get("/deployments").json["total"] == 2


def test_a_keyed_proposal_and_approval_count_once(desk: Desk) -> None:
    first = desk.send(desk.dan, content(NEW), **KEY)
    assert desk.send(desk.dan, content(NEW), **KEY).json["id"] == first.json["id"]
    other = desk.send(desk.dan, content(line("other")), **KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    for _ in range(2):
        assert desk.decide(desk.reg, first.json["id"], **KEY).json["status"] == "open"
    reused = desk.decide(desk.reg, first.json["id"], False, "不", **KEY)
    assert reused.json["code"] == "idempotency-key-reused"
    key = {"headers": {"Idempotency-Key": "k-2"}}
    for _ in range(2):
        answer = desk.dan.post(f"/proposals/{first.json['id']}/withdrawal", **key)
        assert answer.json["status"] == "withdrawn"


def test_the_others_see_and_do_nothing(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    sealed = bundles.write_zip(content(line("other")))
    for stranger in (desk.office.ann, desk.office.tom, desk.office.root):
        assert stranger.get("/proposals").json["total"] == 0
        for path in ("", "/bundle"):
            assert stranger.get(f"/proposals/{proposal}{path}").status_code == 404
        assert desk.decide(stranger, proposal).status_code == 404
        assert stranger.post(f"/proposals/{proposal}/withdrawal").status_code == 404
        assert desk.send(stranger, sealed).status_code == 403
        checked = stranger.post("/deployments/check", data={"file": (io.BytesIO(sealed), "b.zip")})
        assert checked.status_code == 403
        assert stranger.get(f"/deployments/{desk.newest()['id']}/bundle").status_code == 403
    assert desk.send(desk.reg, sealed).status_code == 403
    assert desk.decide(desk.dot, proposal).json["status"] == "open"
    assert desk.decide(desk.dan, proposal).status_code == 403


def test_nobody_deploys_alone_over_http(desk: Desk) -> None:
    sealed = bundles.write_zip(content(NEW))
    for caller in (desk.dan, desk.reg, desk.office.root):
        answer = caller.post("/deployments", data={"file": (io.BytesIO(sealed), "b.zip")})
        assert answer.status_code == 405


def test_a_bundle_is_downloaded_as_it_was_proposed(desk: Desk) -> None:
    proposal = desk.propose(NEW)
    for caller in (desk.dan, desk.reg):
        sealed = caller.get(f"/proposals/{proposal}/bundle")
        assert sealed.mimetype == "application/zip"
        assert bundles.read_zip(sealed.data).checksum == content(NEW).checksum


def test_a_bundle_with_faults_is_not_proposed(desk: Desk) -> None:
    wrong: Any = desk.send(desk.dan, content(line("draft").replace("userTask", "scriptTask")))
    assert (wrong.status_code, wrong.json["code"]) == (422, "bundle-refused")
    assert desk.send(desk.dan, content(NEW), note="").status_code == 422
    assert desk.dan.get("/proposals").json["total"] == 0


def test_the_list_is_narrowed_by_status(desk: Desk) -> None:
    desk.propose(NEW)
    gone = desk.propose(line("other"))
    desk.dan.post(f"/proposals/{gone}/withdrawal")
    for status, total in (("open", 1), ("withdrawn", 1), ("deployed", 0)):
        found = desk.reg.get("/proposals", query_string={"status": status}).json
        assert found["total"] == total
    assert desk.reg.get("/proposals", query_string={"status": "lost"}).status_code == 422


def test_one_approval_is_enough_only_in_demo_mode_and_none_never() -> None:
    demo, number = "WORKFLOW_SERVER_DEMO", "WORKFLOW_SERVER_DEPLOYMENT_APPROVALS"
    assert load({demo: "1", number: "1"}).deployment_approvals == 1
    assert load({}).deployment_approvals == 2
    for given in ({number: "1"}, {number: "0"}, {demo: "1", number: "0"}):
        with pytest.raises(SettingRefused, match=number):
            load(given)
