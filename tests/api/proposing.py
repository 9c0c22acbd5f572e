"""Who draws, proposes and approves content in the small office, on content that lets them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests import hiring
from tests.api.conftest import NOW, Caller, Office
from tests.services.drawing import SHARED, files_of, line
from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.services import deployments, organisations, sign_ins
from workflow_server.store import organisations as rows
from workflow_server.store.people import find_person_by_login

PROPOSE, APPROVE = "deployments.propose", "deployments.approve"
ROLES: list[dict[str, Any]] = [
    *SHARED["roles"]["roles"],
    {"key": "artist", "label": "流程设计师", "party": "office", "rights": [PROPOSE]},
    {"key": "registrar", "label": "登记员", "party": "office", "rights": [APPROVE]},
    {"key": "lawyer", "label": "法律顾问", "party": "office", "rights": [APPROVE]},
]
#: login -> roles; lea and lia may stand in for each other, reg2 is registrar like reg.
STAFF = {
    "dan": ("artist",),
    "dot": ("artist", "lawyer"),
    "reg": ("registrar",),
    "reg2": ("registrar",),
    "lea": ("lawyer",),
    "lia": ("lawyer", "registrar"),
}


def content(*processes: str, roles: list[dict[str, Any]] | None = None) -> Bundle:
    """Seal some processes with roles that propose and approve."""
    given = {"roles": ROLES if roles is None else roles}
    shared = json.dumps(given, ensure_ascii=False).encode()
    return bundles.from_files({**files_of(processes), "bpmn/_shared/roles.json": shared})


class Desk:
    """The office with designers and approvers, and one deployment to compare with."""

    dan: Caller
    dot: Caller
    reg: Caller
    reg2: Caller
    lea: Caller
    lia: Caller

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ids: dict[str, str] = {}
        with office.app.app_context():
            deployments.deploy(None, content(line("draft")), NOW, "cli")
            place = rows.find_by_key("office")
            assert place is not None
            for login, roles in STAFF.items():
                person = organisations.add_person(login, f"{login} 氏")
                for role in roles:
                    hiring.give_post(person.id, place.id, role)
                self.ids[login] = str(person.id)
                token = sign_ins.issue_token(login, "test", now=datetime.now(UTC))
                setattr(self, login, Caller(office.app.test_client(), token))

    def send(
        self, caller: Caller, bundle: Bundle | bytes, note: str = "改了表单", **more: Any
    ) -> Any:
        """Propose a bundle."""
        data = bundle if isinstance(bundle, bytes) else bundles.write_zip(bundle)
        form = {"file": (io.BytesIO(data), "b.zip"), "note": note}
        return caller.post("/proposals", data=form, **more)

    def propose(self, *processes: str, **more: Any) -> str:
        """Propose as dan, and return the id."""
        answer = self.send(self.dan, content(*processes, **more))
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def decide(
        self,
        caller: Caller,
        proposal: str,
        approved: bool = True,
        note: str | None = None,
        **more: Any,
    ) -> Any:
        """Approve or reject."""
        body = {"approved": approved, "note": note}
        return caller.post(f"/proposals/{proposal}/approval", json=body, **more)

    def newest(self) -> dict[str, Any]:
        """Return the deployment in force."""
        found: dict[str, Any] = self.office.ann.get("/deployments").json["items"][0]
        return found

    def deploy_by_hand(self, bundle: Bundle) -> None:
        """Deploy as an operator on the machine does."""
        with self.office.app.app_context():
            deployments.deploy(None, bundle, NOW, "cli")

    def person(self, login: str) -> UUID:
        with self.office.app.app_context():
            found = find_person_by_login(login)
        assert found is not None
        return found.id
