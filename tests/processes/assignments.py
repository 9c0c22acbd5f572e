"""A deputy's suggestion at its handling unit: what the congress writes, what the units do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.processes.leads import report
from tests.processes.office import Office
from workflow_server.services import jobs
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.deliveries import DELIVER_JOB
from workflow_server.store.db import session, transaction
from workflow_server.store.deliveries import Delivery
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id

H = "jhrd-建人代建〔2026〕1号-h1"
CLERK, LEADER = "agriculture_clerk", "agriculture_leader"
CO_CLERK, CO_LEADER = "unit_clerk", "unit_leader"
SUGGESTION: dict[str, Any] = {
    "suggestion_no": "建人代建〔2026〕1号",
    "suggestion_title": "关于集中处理畜禽粪污的建议",
    "reason": "我区部分村屯畜禽粪污随意堆放，夏季气味重，雨后流入沟渠，群众反映强烈。",
    "proposal": "建议由农业农村部门规划建设集中堆粪棚，明确管护责任，并给予运行补助。",
    "domain": "生态环境和资源保护",
    "deputy_name": "林晓枫",
    "deputy_contact": "13800000001",
    "office_contact": "沙丽华",
    "office_phone": "0452-2550001",
    "cosigner_count": 0,
    "mode": "单办",
    "co_handlers": [],
    "extension_consent": True,
    "key": False,
    "open": True,
    "confidential": False,
    "requirements": None,
    "region": "50",
}
ACKNOWLEDGED = {
    "section": "畜牧科",
    "owner": "马春河",
    "phone": "0452-2550002",
    "in_scope": True,
}
CONTACT = {
    "reached": True,
    "mode": "当面",
    "place": "胜利村村民委员会",
    "report": "说明了选址和资金安排，拟今年建成一百座。",
    "opinion": "同意办理思路，希望明确管护责任。",
}
REPLY: dict[str, Any] = {
    "reply_class": "A",
    "body": "所提问题已经研究解决，集中堆粪棚已建成投入使用，并明确了管护责任和运行补助。",
    "commitments": [],
    "public_ok": True,
    "checked": True,
}
SHEDS = {"matter": "建成一百座集中堆粪棚并投入使用", "due": "2026-10-31"}
SIGNED = {"decision": "同意", "comment": "同意送出。", "sealed": True}
OPINION = {"opinion": "城市管理部门负责清运道路两侧散落粪污，六月底前完成首轮清运。"}
USUAL: dict[str, dict[str, Any]] = {
    "AcknowledgeAssignment": ACKNOWLEDGED,
    "ContactDeputy": CONTACT,
    "ContactedAgain": CONTACT,
    "DraftReply": REPLY,
    "SignReply": SIGNED,
    "SignObjection": SIGNED,
    "AcknowledgeCohandling": {k: ACKNOWLEDGED[k] for k in ("section", "owner", "phone")},
    "DraftOpinion": OPINION,
    "SignOpinion": SIGNED,
    "SignCommitment": SIGNED,
}


class Assigned:
    """One suggestion at its unit; the congress is a writer of letters only."""

    def __init__(self, office: Office, unit: str = "agriculture") -> None:
        self.office, self.unit = office, unit
        office.usual = {**office.usual, **USUAL}

    # What the congress writes

    def hand_over(self, **payload: Any) -> UUID:
        """Assign the suggestion; return the unit's case."""
        day = self.office.now.date()
        dates = {
            "assigned_on": day.isoformat(),
            "reply_due": "2026-07-01",
            "objection_due": (day + timedelta(days=14)).isoformat(),
            "contact_due": (day + timedelta(days=28)).isoformat(),
        }
        self.post("M-ASSIGN", H, **{**SUGGESTION, **dates, **payload})
        return self.office.cases("unit_deputy_suggestion")[-1].id

    def hand_part(self, **payload: Any) -> UUID:
        """Assign the co-handler's part; return that unit's case."""
        lead = {"id": self.office.org(self.unit), "name": "区农业农村局"}
        dates = {"assigned_on": self.office.today, "opinion_due": "2026-05-15"}
        given = {**SUGGESTION, **dates, "lead_handler": lead, "mode": "主办协办", **payload}
        self.post("M-COASSIGN", f"{H}-co1", to="urban_management", **given)
        return self.office.cases("unit_cohandling")[-1].id

    def post(self, type_: str, conversation: str, *, to: str | None = None, **payload: Any) -> str:
        """Let the congress send a letter; return what became of it."""
        case = self._case()
        with transaction():
            letter = Delivery(
                id=new_id(),
                type=type_,
                label=type_,
                conversation=conversation,
                sender_id=UUID(self.office.org("congress")),
                recipient_id=UUID(self.office.org(to or self.unit)),
                instance_id=case,
                element_id="Congress",
                payload=payload,
                sent_at=self.office.now,
            )
            session().add(letter)
            session().flush()
            jobs.enqueue(
                DELIVER_JOB,
                {"delivery_id": str(letter.id)},
                instance_id=letter.instance_id,
                subject_id=letter.id,
                now=self.office.now,
            )
        self.office.work()
        return str(session().get_one(Delivery, letter.id, populate_existing=True).status)

    def closed(self) -> str:
        day = self.office.today
        return self.post("M-DCLOSED", f"{H}-end", attitude="满意", result="满意", closed_on=day)

    def redo(self, round_: int = 2) -> str:
        day = self.office.now.date() + timedelta(days=61)
        given = {"reason": "粪污仍在堆放，请逐村落实。", "handling": "重新办理", "round": round_}
        return self.post("M-REDO", f"{H}-r{round_}", due=day.isoformat(), **given)

    def withdrawn(self) -> str:
        day = {"withdrawn_on": self.office.today}
        return self.post("M-DWITHDRAWN", f"{H}-w", reason="问题已经解决，代表撤回。", **day)

    # What the unit does

    def acknowledge(self, **more: Any) -> list[str]:
        return self.office.do(CLERK, "AcknowledgeAssignment", **more)

    def contact(self, **more: Any) -> list[str]:
        return self.office.do(CLERK, "ContactDeputy", **more)

    def draft(self, **more: Any) -> list[str]:
        return self.office.do(CLERK, "DraftReply", **more)

    def sign(self, **more: Any) -> list[str]:
        return self.office.do(LEADER, "SignReply", **more)

    def reply(self, **more: Any) -> None:
        """Contact the deputy, draft and sign the reply."""
        self.contact()
        self.draft(**more)
        self.sign()

    @property
    def state(self) -> str | None:
        return self.office.record("received_deputy_suggestion").state

    @property
    def facts(self) -> dict[str, Any]:
        return self.office.facts("unit_deputy_suggestion")

    def due(self, name: str = "reply") -> date:
        return self.office.deadline(name).due

    def _case(self) -> UUID:
        """Return a case that letters may be of: any will do."""
        found = session().scalars(sa.select(ProcessInstance.id).limit(1)).first()
        return found or report(self.office)


def refused(what: Any, **answers: Any) -> str:
    """Return the faults of the answers, which must be refused."""
    with pytest.raises(AnswersRefused) as found:
        what(**answers)
    return str(found.value.faults)


@pytest.fixture(name="unit")
def assigned_unit(office: Office) -> Assigned:
    """A unit that was assigned a suggestion."""
    made = Assigned(office)
    made.hand_over()
    return made


@pytest.fixture(name="begun")
def begun_unit(unit: Assigned) -> Assigned:
    """A unit that has signed for it."""
    unit.acknowledge()
    return unit
