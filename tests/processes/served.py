"""A letter on its way: issued, served, filed and copied, for the tests of what comes after."""

from __future__ import annotations

from typing import Any

from tests.processes.letters import PUBLIC_INTEREST, Letter
from tests.processes.office import File, Office

PUBLIC = {"track": "PIL", "suggestion_type": "公益诉讼", "harm_desc": "公共利益受到侵害。"}
CLERK, LEADER = "outsider", "market_leader"
USUAL: dict[str, dict[str, Any]] = {
    "PlanService": {
        "mode": "书面",
        "handler_name": "沈立言",
        "handler_phone": "0452-2550108",
    },
    "ServeSuggestion": {
        "mode": "书面",
        "service_place": "区市场监督管理局二楼会议室",
        "receiver_name": "葛长青",
        "proof": [File("送达回证.pdf")],
    },
    "PrepareFiling": {"brief": "办案中发现，已依法送达。", "report": [File("备案材料.pdf")]},
    "ProposeCopies": {"copy_to": ["人大"], "redacted": True, "reason": "请予监督支持。"},
    "ApproveCopies": {"decision": "同意", "comment": "同意抄送。"},
    "AcknowledgeSuggestion": {"section": "药械监管科", "owner": "方子墨", "phone": "0452-2550301"},
    "SignReply": {"decision": "同意", "comment": "同意回复。", "sealed": True},
}
REPLY: dict[str, Any] = {
    "adopted": "全部",
    "overview": "收到检察建议书后，立即部署专项检查。",
    "items": [
        {"no": 1, "status": "已完成", "done_at": "2026-04-20", "measure": "检查诊所十二家。"},
        {"no": 2, "status": "正在推进", "done_at": "2026-05-20", "measure": "台账正在建立。"},
    ],
    "attachments": [{"name": "检查记录", "file": [File("检查记录.pdf")]}],
    "contact": "方子墨",
    "contact_phone": "0452-2550301",
}


class Served(Letter):
    """A letter that two more people work on: the assistant who serves it and the unit."""

    def __init__(self, office: Office, **facts: Any) -> None:
        office.usual = {**office.usual, **USUAL}
        facts = {"assistants": [office.person("assistant")], **facts}
        super().__init__(office, **facts)
        self.is_public_interest = facts.get("track") == "PIL"

    def issue(self, **draft: Any) -> None:
        """Draft, review, decide and seal it, all on one day."""
        if self.is_public_interest:
            self.do("prosecutor", "DraftLetter", **PUBLIC_INTEREST, **draft)
            self.do("dept_head", "CheckDraft", send_policy=False)
        else:
            self.reviewed(**draft)
        self.do("chief", "DecideIssue")
        self.do("case_mgmt", "SealLetter")

    def serve(self, **answers: Any) -> list[str]:
        """Serve it now in writing, or as the answers say."""
        self.do("assistant", "PlanService")
        return self.hand_over(**answers)

    def hand_over(self, **answers: Any) -> list[str]:
        at = {"served_at": self.office.now.isoformat()}
        return self.do("assistant", "ServeSuggestion", **{**at, **answers})

    def file(self, **answers: Any) -> list[str]:
        at = {"filed_at": self.office.now.isoformat(), "recipients": ["对口业务", "研究"]}
        at["filing_receiver"] = self.office.org("city_procuratorate")
        return self.do("assistant", "PrepareFiling", **{**at, **answers})

    def acknowledge(self) -> list[str]:
        at = self.office.now.isoformat()
        return self.office.do(CLERK, "AcknowledgeSuggestion", ack_at=at)

    def reply(self, **answers: Any) -> list[str]:
        """Draft and sign the unit's reply."""
        self.office.do(CLERK, "DraftReply", **{**REPLY, **answers})
        return self.office.do(LEADER, "SignReply", reply_date=self.office.today)

    def due(self, name: str) -> str:
        """Return the procuratorate's clock, however it has moved since."""
        return self.office.deadline(name, self.case).due.isoformat()

    def unit_due(self, name: str) -> str:
        """Return the unit's clock of a name."""
        (case,) = self.office.cases("unit_suggestion_reply")
        return self.office.deadline(name, case.id).due.isoformat()
