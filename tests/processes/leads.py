"""What people of the demo office usually answer as they handle a lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.processes.office import File, Office

CONTENT = "建华区某物业小区地下车库长期堆放易燃物品，堵塞疏散通道，居民多次反映未得到解决。"
LEAD: dict[str, Any] = {
    "lead_source": "办案发现",
    "source_confidential": False,
    "title": "建华区某小区地下车库堵塞疏散通道",
    "content": CONTENT,
    "domain": "安全生产",
    "region_code": "230203",
    "urgency": "一般",
    "secrecy_level": "内部",
    "minor_involved": False,
    "state_secret": False,
}
NEW = {"dedupe_result": "新线索", "reason": "未检索到同一事实的线索。"}
RESEARCH: dict[str, Any] = {
    "authenticity": "高",
    "checkability": "高",
    "necessity": "疏散通道被堵塞，一旦起火后果严重，确有监督必要。",
    "pre_inquiry": False,
    "expert_meeting": False,
    "proposed_triage": "立项-检察建议",
    "suggestion_type": "社会治理",
    "sg_ground": "第十一条第四项",
    "reason": "主管部门未依法及时履行职责，应当提出检察建议。",
}
OPINION = {"agree": "同意", "opinion": "同意承办人意见。"}
DECIDED = {"decision": "作出结论", "triage": "立项-检察建议", "reason": "同意立项办理。"}
PREPARED: dict[str, Any] = {
    "transfer_kind": "同级他院",
    "reason": "侵害行为发生地和主管机关均在昂昂溪区，应由该院管辖。",
    "materials": [{"name": "线索登记表", "copies": 1}],
    "list_files": [File("材料清单.pdf")],
    "contact": "白露",
    "contact_phone": "0452-2550100",
}
NOTICED = {"mode": "本院内部告知", "content": "已告知处理结果。"}


def report(office: Office, login: str = "prosecutor", **answers: Any) -> UUID:
    """Report a lead, in the words of a usual one."""
    return office.start(login, "lead_to_reply", **{**LEAD, **answers})


def accept(office: Office, case: UUID, helper: str = "assistant", head: str = "dept_head") -> None:
    """Take a lead as new and as our own: the prosecutor of the same office researches it."""
    office.do(helper, "DedupeLead", case, **NEW)
    judge(office, case, head, jurisdiction="本院", assessor=office.person(assessor_of(helper)))


def assessor_of(helper: str) -> str:
    return {"assistant": "prosecutor"}.get(helper, helper.replace("assistant", "prosecutor"))


def judge(office: Office, case: UUID, head: str = "dept_head", **answers: Any) -> list[str]:
    basis = "依照《人民检察院公益诉讼办案规则》关于管辖的规定。"
    return office.do(head, "JudgeJurisdiction", case, **{"basis": basis, **answers})


def assess(office: Office, case: UUID, triage: str = "立项-检察建议", **research: Any) -> None:
    """Research a lead in the demo procuratorate and decide what becomes of it."""
    proposed = {**RESEARCH, "proposed_triage": triage, **research}
    if triage != "立项-检察建议":
        proposed = {k: v for k, v in proposed.items() if k not in ("suggestion_type", "sg_ground")}
    if triage == "立案-公益诉讼":
        proposed.setdefault("harm_desc", "不特定居民的生命财产安全持续受到威胁。")
    office.do("prosecutor", "ResearchLead", case, **proposed)
    office.do("legal_policy", "GivePolicyOpinion", case, **OPINION)
    office.do("dept_head", "DecideTriage", case, **{**DECIDED, "triage": triage})


def tell(office: Office, case: UUID, login: str = "assistant") -> None:
    """Tell whoever is to be told what came of a lead."""
    while "TellSource" in office.tasks(login, case):
        (first, *_) = office.tasks_of(login, "TellSource", case)
        office.finish(login, first, **NOTICED)
