"""Deputies' suggestions in the demo office, up to the step that a test is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.processes.office import File, Office

TEXT = {
    "title": "关于规范中华路沿线停车秩序的建议",
    "domain": "城市管理和公共空间",
    "reason": "中华路沿线商业停车场长期占用人行道设置地锁，行人被迫走机动车道，群众反映强烈。",
    "proposal": "请城市管理部门清理占用人行道的停车泊位和地锁，恢复人行道通行功能。",
    "session_type": "闭会期间",
    "open": True,
    "confidential": False,
    "co_signers": [],
}
ADMIT = {"single_matter": True, "exclusion": "无", "result": "受理"}
REFUSE = {"comment": "所提事项正在人民法院审理，人大代表不干涉具体案件办理。"}

CONTACT = {
    "deputy_contact": "13800000001",
    "office_contact": "沙丽华",
    "office_phone": "0452-2550001",
}
REPLY = {
    "reply_no": "北镇函〔2026〕8号",
    "reply_class": "A",
    "body": "占用人行道的泊位和地锁已经清理完毕，并明确了日常巡查责任。",
    "signed_by": "北河镇镇长",
    "public_ok": True,
    "commitments": [],
    "contact_log": [{"mode": "当面", "contacted_on": "2026-04-01", "opinion": "同意办理思路。"}],
    "files": [File("答复件.pdf")],
}
#: What those who handle it and its deputy usually answer.
HANDLED: dict[str, dict[str, Any]] = {
    "IssueAssignment": CONTACT,
    "CheckReply": {"checked": ["主要负责人签发", "加盖公章"], "secrets": [], "publish": "公开"},
    "DeliverReply": {"delivery_mode": "面复", "delivered_by": "承办单位"},
    "EvaluateReply": {"attitude": "满意", "result": "满意"},
}


def propose(office: Office, by: str = "deputy", /, **answers: Any) -> UUID:
    """Fill in a suggestion; it waits for the deputy who leads it to hand it in."""
    co_signers = [office.person(each) for each in answers.pop("co_signers", [])]
    lead = office.person(answers.pop("lead_deputy", "deputy"))
    filled = {**TEXT, "lead_deputy": lead, "co_signers": co_signers, **answers}
    return office.start(by, "deputy_suggestion", **filled)


def submit(office: Office, **answers: Any) -> UUID:
    """Hand in a suggestion that every co-signer confirms; it waits to be admitted."""
    signers = list(answers.get("co_signers", []))
    case = propose(office, **answers)
    office.do("deputy", "HandIn", case, choice="提出", confirmed=True)
    for each in signers:
        office.do(each, "ConfirmSignature", case, agreed=True)
    return case


def admit(office: Office, **answers: Any) -> UUID:
    """Hand in a suggestion and admit it; it waits to be assigned."""
    case = submit(office, **answers)
    office.do("deputy_clerk", "ReviewAdmission", case, **ADMIT)
    return case


def plan(office: Office, **answers: Any) -> dict[str, Any]:
    """Return the answers of a plan that gives a suggestion to the urban management."""
    whole = {
        "mode": "单办",
        "lead_handler": office.org("urban_management"),
        "reason": "属于城市管理部门的职责。",
        "ask_government": False,
        "key_candidate": False,
    }
    return {**whole, **answers}


def assign(office: Office, case: UUID, **answers: Any) -> None:
    """Give a suggestion that was admitted to who handles it."""
    office.do("deputy_clerk", "DraftAssignment", case, **plan(office, **answers))
    office.do("deputy_office", "DecideAssignment", case, decision="同意交办")
