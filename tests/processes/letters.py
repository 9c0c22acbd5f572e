"""One letter to one unit, as a case of its own: what the tests of suggestion_letter begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.processes.office import Office
from tests.processes.parts import SettledWith, whole

#: A process that opens a lead and calls suggestion_letter with what is known by then.
OVERLAY = Path(__file__).parent / "letter_case"
CASE = {
    "lead_title": "医疗废物处置监管",
    "content": "辖区多家诊所未按规定处置医疗废物，存在公共卫生安全隐患。",
    "suggestion_type": "社会治理",
    "track": "SG",
    "domain": "生态环境和资源保护",
    "region_code": "230203",
    "lead_source": "办案发现",
    "secrecy_level": "内部",
    "minor_involved": False,
    "addressee_rel": "本级",
    "facts": "经调查核实，辖区十二家诊所未按规定分类收集、登记和交接医疗废物。",
    "evidence_list": [{"name": "现场检查笔录"}, {"name": "诊所负责人询问笔录"}],
    "legal_basis": [{"text": "《医疗废物管理条例》第十六条：医疗卫生机构应当及时收集医疗废物。"}],
    "necessity": "同类问题多发，有必要督促主管部门加强监管。",
}
DRAFT = {
    "addressee_rel": "本级",
    "same_kind": "无",
    "title": "督促规范医疗废物处置",
    "src_text": "本院在办理案件中发现辖区诊所医疗废物处置不规范。",
    "facts": CASE["facts"],
    "violation": "你单位对诊所医疗废物处置监督检查不到位，存在公共卫生安全隐患。",
    "evidence_list": CASE["evidence_list"],
    "basis": CASE["legal_basis"],
    "items": [
        {"text": "对辖区诊所医疗废物处置开展专项检查。", "basis": "《医疗废物管理条例》第三十五条"},
        {"text": "建立医疗废物处置台账和定期巡查制度。", "basis": "《医疗废物管理条例》第三十六条"},
    ],
    "reply_rule": "R-REPLY-2M",
    "objection_days": 15,
    "consult_unit": False,
    "copy_grounds": [],
}
PUBLIC_INTEREST = {
    "harm_text": "医疗废物随意混放，社会公共利益受到侵害。",
    "enforcement_basis": "依据《医疗废物管理条例》，你单位负有监督管理职责。",
    "rectify_rule": "R-REPLY-2M",
    "claim_link": "诉讼请求为责令依法履行监督管理职责，与建议内容一一对应。",
}
ELEMENTS = [
    "被建议单位准确",
    "来源清楚",
    "事实有证据证明",
    "违法情形定性准确",
    "建议具体可行",
    "法律依据准确有效",
    "异议和回复期限正确",
]
USUAL: dict[str, dict[str, Any]] = {
    "CheckDraft": {
        "elements": ELEMENTS,
        "elements_ok": True,
        "result": "通过",
        "comment": "要素齐备。",
        "chief_recused": False,
    },
    "PolicyReview": {
        "necessity_ok": "通过",
        "legality_ok": "通过",
        "reasoning_ok": "通过",
        "comment": "同意制发。",
    },
    "BusinessReview": {"result": "同意", "guidance": "事实清楚，同意。"},
    "ResearchReview": {"result": "同意", "guidance": "说理充分，同意。"},
    "DecideIssue": {"decision": "同意", "comment": "同意签发。"},
    "SealLetter": {"sealed": True, "copies": 5},
}

#: The field of a form that is filled with the day.
DATES = {
    "DecideIssue": "decided_on",
    "SealLetter": "issued_on",
    "MeetingDecides": "met_on",
    "AskSuperior": "asked_on",
    "AskForward": "asked_on",
    "AskRegion": "asked_on",
    "ReportExecution": "executed_on",
    "DeliverMaterials": "delivered_on",
    "RecordVote": "met_on",
}


class Letter:
    """A letter in the making: its office, its case, and the acts that lead from step to step."""

    def __init__(self, office: Office, **facts: Any) -> None:
        self.office = office
        office.usual = {**USUAL, **office.usual}
        unit = office.org("market_regulation")
        office.usual["DraftLetter"] = {**DRAFT, "addressee": unit}
        given = {**CASE, "addressee": unit, "handler": office.person("prosecutor"), **facts}
        self.case: UUID = office.start("prosecutor", "letter_case", **given)

    def do(self, login: str, element: str, **answers: Any) -> list[str]:
        """Complete a task of this letter; what asks for a date gets today's."""
        dated = {DATES[element]: self.office.today} if element in DATES else {}
        return self.office.do(login, element, self.case, **{**dated, **answers})

    def reviewed(self, **draft: Any) -> None:
        """Draft, check and review, with nobody objecting, as far as the chief's desk."""
        self.do("prosecutor", "DraftLetter", **draft)
        self.do("dept_head", "CheckDraft")
        self.do("legal_policy", "PolicyReview")
        self.by_superior()

    def by_superior(self, **business: Any) -> None:
        self.office.do("superior", "BusinessReview", **business)
        self.office.do("superior_policy", "ResearchReview")

    def state(self) -> str | None:
        return self.office.record("suggestion").state

    def fields(self) -> dict[str, Any]:
        return dict(self.office.record("suggestion").fields)

    def facts(self) -> dict[str, Any]:
        return self.office.facts("suggestion_letter")


@pytest.fixture(scope="session", name="databases")
def letter_databases(tmp_path_factory: pytest.TempPathFactory) -> SettledWith:
    return SettledWith(tmp_path_factory.mktemp("letter-databases"), lambda: whole(OVERLAY))


@pytest.fixture(name="letter")
def one_letter(office: Office) -> Letter:
    return Letter(office)
