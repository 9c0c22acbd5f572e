"""A deputy's suggestion handed over as a lead, with a short case where the whole one follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.processes import leads
from tests.processes.office import Office
from tests.processes.parts import SettledWith, whole

#: A short suggestion_case, and a suggestion that asks for its screening.
OVERLAY = Path(__file__).parent / "lead_content"
TITLE = "关于整治建设大街停车乱象的建议"
LETTER: dict[str, Any] = {
    "suggestion_no": "第37号",
    "session": "区第十八届人民代表大会第五次会议",
    "suggestion_title": TITLE,
    "hide_deputy": False,
    "domain": "城市管理和公共空间",
    "region_code": "230203",
    "urgency": "一般",
    "summary": "建设大街北段人行道被长期占用，对外经营停车场收费，行人被迫进入机动车道通行。",
    "harm": "人行道公共通行空间被经营性停车占用，群众出行安全受到威胁。",
    "judgement": "主管部门未依法查处，属于行政公益诉讼监督范围。",
    "evidence": [{"name": "现场照片", "kind": "书证"}],
    "contact": "苏敏",
    "contact_phone": "0452-2550001",
    "secrecy_level": "公开",
    "minor_involved": False,
    "sensitive_check": True,
}
SCREENED = {
    "to_transfer": True,
    "domains": ["城市管理和公共空间"],
    "judgement": "长期占用公共空间经营，存在公益受损。",
    "harm": LETTER["harm"],
}
REGISTERED = {
    "received_at": "2026-04-01T10:00",
    "copies": 1,
    "materials": ["移送函", "代表建议原件"],
    "complete": "齐全",
}
HEARD = {"heard_deputy": "当面听取", "deputy_view": "希望尽快恢复人行道通行。"}
TOLD = {"to_deputy": "您反映的问题已依法处理。", "no_secret": True}


class Transfer:
    """One suggestion on its way: what the people of both sides usually do."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.letter = {
            **LETTER,
            "deputy": office.person("deputy"),
            "target_unit": office.org("urban_management"),
            "receiver": office.org("procuratorate"),
        }

    def hand_over(self, **answers: Any) -> UUID:
        """Send the letter as it is typed by hand; return the case of the congress."""
        given = {**self.letter, "screened_on": self.office.today, **answers}
        case = self.office.start("congress_clerk", "congress_lead_transfer", **given)
        self.approve()
        return case

    def ask_screening(self) -> UUID:
        """Let a suggestion on this server ask for its screening."""
        asked = {key: LETTER[key] for key in ("suggestion_no", "suggestion_title", "domain")}
        return self.office.start(
            "deputy_office",
            "asked_suggestion",
            **asked,
            deputy=self.office.person("deputy"),
            reason=LETTER["summary"],
            proposal="请依法清理占道经营停车场，恢复通行。",
        )

    def approve(self) -> None:
        self.office.do("congress_head", "ApproveTransfer", decision="同意", comment="同意移送。")

    def register(self, **answers: Any) -> list[str]:
        given = {**REGISTERED, "received_at": f"{self.office.today}T10:00", **answers}
        return self.office.do("case_mgmt", "RegisterLead", **given)

    def assess(self, triage: str) -> None:
        """Take it as new and as ours, and decide what becomes of it."""
        self.office.do("assistant", "DedupeLead", **leads.NEW)
        self.judge("本院", assessor=self.office.person("prosecutor"))
        case = self.office.cases("procuratorate_lead_case")[-1].id
        leads.assess(self.office, case, triage, heard_on=self.office.today, **HEARD)

    def judge(self, where: str, **answers: Any) -> None:
        own = {"category": "公益诉讼", "department": "公益诉讼检察部门"} if where == "本院" else {}
        basis = "依照《人民检察院公益诉讼办案规则》关于管辖的规定。"
        self.office.do(
            "dept_head", "JudgeJurisdiction", jurisdiction=where, basis=basis, **own, **answers
        )

    def tell(self, login: str = "prosecutor", **answers: Any) -> None:
        """Draft what is told to the congress and let the chief decide on it."""
        self.office.do(login, "DraftFeedback", **TOLD, **answers)
        self.office.do("chief", "DecideFeedback", decision="同意")

    def tell_deputy(self, element: str = "TellDeputy") -> None:
        said = {"told_on": self.office.today, "mode": "当面", "content": "已依法处理。"}
        self.office.do("congress_clerk", element, **said)

    def not_converted(self) -> UUID:
        """Go as far as a deputy who is told that nothing comes of it."""
        case = self.hand_over()
        self.register()
        self.assess("不予立项")
        self.tell()
        self.tell_deputy()
        return case

    def converted(self, **assigned: Any) -> UUID:
        """Go as far as a case that has its prosecutor."""
        case = self.hand_over()
        self.register()
        self.assess("立案-公益诉讼")
        self.tell()
        self.tell_deputy()
        people = {
            "handler": self.office.person("prosecutor"),
            "assistants": [self.office.person("assistant")],
        }
        self.office.do("dept_head", "AssignCase", **{**people, **assigned})
        return case

    def conclude(self, outcome: str, **answers: Any) -> None:
        """Let the case end with a letter, and copy what was decided to the congress."""
        doc = {"doc_no": "齐建检行公建〔2026〕1号", "assessment": "合格", **answers}
        self.office.do("prosecutor", "GiveResult", outcome=outcome, **doc)

    def copy(self) -> None:
        self.office.do("assistant", "PrepareCopy", redacted=True)
        for login, element in (
            ("congress_clerk", "CopyByCommittee"),
            ("deputy_office", "CopyByOffice"),
        ):
            self.office.do(login, element, seen=True)

    def answer(self, reply_class: str = "A") -> None:
        """Enter what the handler has answered the deputy, where that is not on this server."""
        self.office.act(
            "congress_clerk",
            "ReplyTyped",
            reply_class=reply_class,
            replied_on=self.office.today,
            reply_text="已组织清理，人行道恢复通行。",
        )

    def compare(self, rectified: str, *, consistent: bool, **answers: Any) -> None:
        text = "现场核查与承办单位答复逐项比对。"
        given = {"rectify_result": rectified, "consistent": consistent, "compare_text": text}
        self.office.do("prosecutor", "CompareTracks", **given, **answers)

    def confirm(self, *, agreed: bool = True) -> None:
        self.office.do("congress_clerk", "ConfirmJoint", agreed=agreed, opinion="比对属实。")

    def evaluate(self, satisfaction: str = "满意") -> None:
        said = {"opinion": "人行道已恢复，停车有序。", "propose_again": False}
        self.office.do("deputy", "EvaluateConversion", satisfaction=satisfaction, **said)

    def archive(self) -> None:
        day = self.office.today
        said = {"told_on": day, "mode": "当面", "content": "办理结果已告知。", "archived_on": day}
        self.office.do("congress_clerk", "ArchiveTransfer", **said)

    def ends(self) -> tuple[list[str | None], list[str | None]]:
        """Return how the cases of both sides have ended."""
        one, other = ("congress_lead_transfer", "procuratorate_lead_case")
        return self.office.outcomes(one), self.office.outcomes(other)


@pytest.fixture(scope="session", name="databases")
def lead_databases(tmp_path_factory: pytest.TempPathFactory) -> SettledWith:
    """Copies of one database with the shipped content, where a case of suggestion is short."""
    return SettledWith(tmp_path_factory.mktemp("lead-databases"), lambda: whole(OVERLAY))


@pytest.fixture(name="transfer")
def one_transfer(office: Office) -> Transfer:
    return Transfer(office)
