"""One suggestion with one lead handler, as a case: what the tests of its handling begin with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.court import ROOT
from tests.processes.office import File, Office
from tests.processes.parts import SettledWith, part
from tests.processes.suggestions import HANDLED
from workflow_server.content.bundle import Bundle

#: What is deployed of the shipped processes.
PROCESSES = (
    "handler_assignment",
    "commitment_follow_up",
    "expert_evaluation",
    "key_supervision",
    "unit_deputy_suggestion",
    "unit_cohandling",
    "unit_commitment",
    "cohandler_opinion",
    "late_cohandler_opinion",
    "late_deputy_reply",
)
DRAWN = tuple(f"bpmn/deputy_suggestion/{key}.bpmn" for key in PROCESSES)
FORMS = tuple(f"forms/{key}/" for key in PROCESSES)
_KINDS = re.compile(rb'(?:kind|document)="([a-z_]+)"')
#: A process that opens a suggestion's record and calls handler_assignment.
OVERLAY = Path(__file__).parent / "handling_case"
SUGGESTION = {
    "suggestion_title": "关于集中处理畜禽粪污的建议",
    "reason": "我区部分村屯畜禽粪污随意堆放，夏季气味重，雨后流入沟渠，群众反映强烈。",
    "proposal": "建议由农业农村部门规划建设集中堆粪棚，明确管护责任，并给予运行补助。",
    "domain": "生态环境和资源保护",
    "confidential": False,
    "open": True,
    "mode": "单办",
    "profile_name": "chongqing2017",
}
SHEDS = {"no": 1, "matter": "建成100座集中堆粪棚", "due": "2026-12-31"}
REPLY = {
    "reply_no": "建农函〔2026〕8号",
    "reply_class": "A",
    "body": "所提问题已经研究解决，集中堆粪棚已建成投入使用，并明确了管护责任。",
    "signed_by": "程广田",
    "public_ok": True,
    "commitments": [],
    "contact_log": [{"mode": "当面", "contacted_on": "2026-04-08", "opinion": "同意办理思路。"}],
    "files": [File("答复件.pdf")],
}
USUAL: dict[str, dict[str, Any]] = {
    **HANDLED,
    "RemindDeputy": {"mode": "电话"},
    "PrepareRedo": {"handling": "重新办理", "reason": "粪污仍在堆放，请逐村落实并当面答复代表。"},
    "DecideFinally": {"opinion": "综合各方意见，作出处理意见如下。", "deputy_told": True},
    "HoldMeeting": {
        "place": "区人大常委会会议室",
        "host": "沙丽华",
        "people": "林晓枫代表、区农业农村局、代表工作委员会",
        "said": "代表要求明确开工时间；承办单位说明资金安排。",
        "conclusion": "承办单位调整方案，六月底前开工。",
    },
    "PlanEvaluation": {
        "meeting_on": "2026-07-20",
        "meeting_place": "区人大常委会会议室",
        "meeting_host": "沙丽华",
        "experts": [{"name": "李教授", "field": "农业工程"}, {"name": "王工程师", "field": "环保"}],
        "recusal": True,
    },
    "RecordOpinion": {"view": "应当再次办理", "opinion": "选址不当，应当调整方案。"},
    "ConcludeEvaluation": {
        "view": "应当再次办理",
        "conclusion": "多数专家认为方案应当调整后再次办理。",
    },
}


class Handling:
    """One handling: its office, its case, and the acts that lead from step to step.

    The unit is one that is not on the server: what it says comes on paper and is entered.
    """

    def __init__(self, office: Office, **facts: Any) -> None:
        self.office = office
        office.usual = {**USUAL, **office.usual}
        given = {
            **SUGGESTION,
            "lead_deputy": office.person("deputy"),
            "handler": office.org("north_township"),
            **facts,
        }
        self.case: UUID = office.start("deputy_office", "handling_case", **given)

    def do(self, element: str, login: str = "deputy_office", **answers: Any) -> list[str]:
        return self.office.do(login, element, self.case, **answers)

    def act(self, element: str, **answers: Any) -> list[str]:
        return self.office.act("deputy_office", element, self.case, **answers)

    def assigned(self, **answers: Any) -> None:
        """Issue the letter of assignment."""
        self.do("IssueAssignment", **answers)

    def answered(self, **reply: Any) -> None:
        """Enter the unit's answer."""
        self.act("ReplyCame", **{**REPLY, "replied_on": self.office.today, **reply})

    def delivered(self, **check: Any) -> None:
        """Check the answer and hand it over to the deputy."""
        self.do("CheckReply", **check)
        self.do("DeliverReply")

    def evaluated(self, result: str = "满意", **more: Any) -> None:
        unhappy = {} if result != "不满意" else {"opinion": "粪污仍未清理。"}
        self.do("EvaluateReply", "deputy", **{"result": result, **unhappy, **more})

    def round(self, result: str = "满意", **reply: Any) -> None:
        """Answer, check, hand over, evaluate."""
        self.answered(**reply)
        self.delivered()
        self.evaluated(result)

    def closed(self) -> None:
        self.do("CloseHandling")

    @property
    def state(self) -> str | None:
        return self.office.record("handling").state

    @property
    def fields(self) -> dict[str, Any]:
        return dict(self.office.record("handling").fields)

    @property
    def facts(self) -> dict[str, Any]:
        return self.office.facts("handler_assignment")


@pytest.fixture(scope="module", name="databases")
def handling_databases(tmp_path_factory: pytest.TempPathFactory) -> SettledWith:
    """Copies of one database with these processes and the case around a handling deployed."""
    return SettledWith(tmp_path_factory.mktemp("handling-databases"), content)


def content() -> Bundle:
    """Return these processes, their forms and what they write."""
    kinds = {kind.decode() for path in DRAWN for kind in _KINDS.findall((ROOT / path).read_bytes())}
    papers = (f"documents/{kind}/" for kind in ("base", *kinds))
    return part(OVERLAY, *DRAWN, *FORMS, *papers)


@pytest.fixture(name="handling")
def one_handling(office: Office) -> Handling:
    """A suggestion handed to its handler."""
    begun = Handling(office)
    begun.assigned()
    return begun
