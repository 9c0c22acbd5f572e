"""A procuratorate that converts its letters: its own diagrams, letters issued, and answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Databases
from tests.processes.office import Office
from tests.processes.parts import SettledWith, part
from workflow_server.services import advance, tasks
from workflow_server.store.db import transaction

LETTER_KEPT = Path(__file__).parent / "letter_kept"
#: It names processes that are not there.
LEDGERS = "bpmn/_shared/ledgers.json"
NAMES = ("conversion_case", "joint_analysis", "inspection_analysis", "conversion_screening")
PAPERS = (
    "base",
    "conversion_hint",
    "case_analysis_report",
    "joint_research_report",
    "analysis_report",
    "analysis_inquiry",
    "deidentification_form",
    "conversion_approval",
    "conversion_letter",
    "conversion_copies",
    "deputy_visit_record",
    "conversion_file_index",
)
TAKEN = (
    *(f"bpmn/procuratorate_to_deputy/{name}.bpmn" for name in NAMES),
    *(f"forms/{name}/" for name in NAMES),
    *(f"documents/{name}/" for name in PAPERS),
)
FIELD = "生态环境和资源保护"
ANALYSIS = {
    "kind": "多发",
    "analysis": "近两年就畜禽粪污问题制发检察建议多件，散养户没有集中贮存设施，整改后易反弹。",
    "proposal": "按村屯布局建设集中堆粪棚，腐熟后就近还田，明确管护责任。",
    "form": "代表建议",
}
CLEAN = {
    "deidentified": True,
    "pending_case": False,
    "state_secret": False,
    "privacy": False,
    "trade_secret": False,
    "minor": False,
    "scope": "可以公开",
    "result": "通过",
}
TEXT = "建议对辖区散养户畜禽粪污逐户登记，设置集中堆放点并定期清运。"


class Conversion:
    """One conversion on its way: its office, its letters, and what the others answer."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.letters: list[str] = []
        office.usual |= {
            "AnalyseCases": {**ANALYSIS, "ask_inspection": False},
            "CompleteReport": ANALYSIS,
            "CheckReport": {"decision": "同意", "comment": "同意。"},
            "CheckDeident": CLEAN,
            "DeptOpinion": {"opinion": "同意", "comment": "问题多发，同意转化。"},
            "PolicyOpinion": {"opinion": "同意", "comment": "对策可行。"},
            "ChiefDecide": {"decision": "同意", "comment": "同意移送。"},
            "PrepareTransfer": {
                "congress": office.org("congress"),
                "contact_phone": "0452-2550101",
            },
            "ArchiveConversion": {"file_no": "2026-转-1", "volumes": 1},
        }

    def issue(self, unit: str = "township", **more: Any) -> str:
        """Have a letter issued to a unit; return its record's id."""
        number = f"齐建检建〔2026〕{len(self.letters) + 1}号"
        given = {"title": "督促治理畜禽粪污", "doc_no": number, "domain": FIELD, **more}
        self.office.start("prosecutor", "letter_kept", addressee=self.office.org(unit), **given)
        self.letters.append(str(self.office.record("suggestion").id))
        return self.letters[-1]

    def begin(self, **more: Any) -> UUID:
        """Begin a conversion by hand, of all letters there are."""
        given = {
            "trigger": "人工",
            "topic": "畜禽粪污集中处理设施不足",
            "domain": FIELD,
            "cases": self.letters,
            "reason": "多个乡镇反复出现同类问题，整改以后容易反弹。",
            "no_secret": True,
        }
        return self.office.start("prosecutor", "conversion_case", "HintByHand", **(given | more))

    def analyse(self, **more: Any) -> None:
        self.office.do("prosecutor", "AnalyseCases", **more)
        self.office.do("dept_head", "CheckReport")

    def prepare(self, text: str = TEXT, **more: Any) -> None:
        """Write the text that leaves the house, nothing of a case in it."""
        task = self.office.task("assistant", "PrepareDeident")
        begun = tasks.get_desk(self.office.people["assistant"], task.id, self.office.now).initial
        rows = [
            {**row, "addressee_name": "某镇", "suggestion_text": text} for row in begun["copies"]
        ]
        self.office.do("assistant", "PrepareDeident", **{"copies": rows, **more})

    def approve(self) -> None:
        self.office.do("dept_head", "DeptOpinion")
        self.office.do("legal_policy", "PolicyOpinion")
        self.office.do("chief", "ChiefDecide")

    def transfer(self) -> None:
        """Go from nothing to the letter to the congress, and its receipt."""
        if not self.letters:
            self.issue()
        self.begin()
        self.analyse()
        self.prepare()
        self.office.do("secrecy_officer", "CheckDeident")
        self.approve()
        self.office.do("assistant", "PrepareTransfer")

    def answer(self, type_: str, ending: str = "", **payload: Any) -> None:
        """Let the congress write, in the conversation of the letter of transfer."""
        place = self.office.letter("M-CONVERT").conversation + ending
        self.receive(type_, place, self.office.org("congress"), **payload)

    def receive(self, type_: str, place: str, sender: str, **payload: Any) -> None:
        told = {"sender": {"id": sender, "name": "甲"}, "documents": [], "conversation": place}
        home = UUID(self.office.org("procuratorate"))
        with transaction():
            advance.receive(type_, place, home, payload | told, uuid4(), self.office.now)
        self.office.work()

    def evaluate(self, suit: str) -> None:
        self.answer("M-CONV-ACK", ledger_no="人转1", received_on=self.office.today)
        reason = "属于本级人大监督范围。"
        self.answer("M-CONV-EVAL", suit=suit, reason=reason, evaluated_on=self.office.today)

    def result(self, outcome: str, **more: Any) -> None:
        given = {"outcome": outcome, "outcomes": [], "text": "办理情况见附件。", **more}
        self.answer("M-CONV-RESULT", "-end", **given)

    def take(self, **row: Any) -> None:
        """Link the result to each of the letters, and put the papers to the file."""
        numbers = [each.fields["doc_no"] for each in self.office.records("suggestion")]
        rows = [{"doc_no": n, "set_assessment": False, "effect": "已知悉", **row} for n in numbers]
        self.office.do("prosecutor", "TakeResult", effects=rows)
        self.office.do("assistant", "ArchiveConversion")

    @property
    def told(self) -> dict[str, Any]:
        return dict(self.office.record("conversion").fields)

    @property
    def state(self) -> str:
        return self.office.record("conversion").state

    @property
    def now(self) -> datetime:
        return self.office.now


@pytest.fixture(scope="session")
def letter_conversions(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder = tmp_path_factory.mktemp("settled-for-letters")
    return SettledWith(folder, lambda: part(LETTER_KEPT, *TAKEN, but=(LEDGERS,)))


@pytest.fixture(scope="session")
def databases(letter_conversions: Databases) -> Databases:
    """Put in the place of those of the shipped content, in modules that import it."""
    return letter_conversions


@pytest.fixture
def conversion(office: Office) -> Conversion:
    return Conversion(office)
