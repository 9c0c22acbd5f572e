"""A congress that gets leads to convert: its own diagrams, and short ones of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Databases
from tests.processes.office import File, Office
from tests.processes.parts import SettledWith, part

CONTENT = Path(__file__).parent / "conversion_content"
NAMES = ("congress_conversion", "deputy_candidacy", "deputy_proposal")
PAPERS = (
    "base",
    "conversion_evaluation",
    "deputy_reference",
    "research_record",
    "key_suggestion_list",
    "conversion_result",
)
TAKEN = (
    *(f"bpmn/procuratorate_to_deputy/{name}.bpmn" for name in NAMES),
    *(f"forms/{name}/" for name in NAMES),
    *(f"documents/{name}/" for name in PAPERS),
)
OWN_WORDS = {
    "suggestion_title": "关于农村粪污集中存放腐熟利用的建议",
    "domain": "生态环境和资源保护",
    "reason": "村里养牛户没有地方堆粪，春天都堆在路边和沟沿，一下雨就流到河里，邻里意见很大。",
    "proposal": "请农业农村部门按村建集中堆粪棚，腐熟好的粪肥就近还田，选好管护的人。",
    "session_type": "闭会期间",
    "open": True,
    "confidential": False,
    "single_matter": True,
}
DONE = {
    "handling_outcome": "done",
    "suggestion_no": "第12号",
    "reply_class": "B",
    "reply_text": "已列入本年计划，九月底前建成集中堆粪棚100座。",
    "result": "满意",
    "pledge": "集中堆粪棚",
    "qty": 100,
    "unit": "座",
}


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Put in the place of those of the shipped content, in modules that import it."""
    folder = tmp_path_factory.mktemp("settled-for-conversions")
    return SettledWith(folder, lambda: part(CONTENT, *TAKEN))


@pytest.fixture
def house(office: Office) -> Office:
    """The office, with the usual answers of the congress's people."""
    office.usual |= {
        "RegisterConversion": {"secrecy_level": "内部", "complete": True, "state_secret": False},
        "EvaluateConversion": {"reason": "粪污问题多村共有，群众反映集中，属于本级人大监督范围。"},
        "DecideEvaluation": {"decision": "同意"},
        "CheckRecommendation": {"decision": "同意", "checked": True},
        "ProposeKey": {"key_proposed": False},
        "DraftSuggestion": OWN_WORDS,
        "GiveResult": DONE,
        "DraftResult": {
            "reply_doc": [File("答复函.pdf")],
            "text": "区农业农村局答复属于B类，承诺事项已经落实。",
        },
        "CheckResult": {"decision": "同意"},
        "ArchiveConversion": {"complete": True, "archive_no": "2026-监司-12"},
        "DecideListing": {"decision": "列入计划", "meeting": "第三十二次主任会议"},
    }
    return office


def evaluate(house: Office, suit: str) -> None:
    """Send a lead and let the congress evaluate it."""
    send(house)
    house.do("congress_clerk", "RegisterConversion")
    house.do("congress_clerk", "EvaluateConversion", suit=suit)
    house.do("congress_head", "DecideEvaluation")


def send(house: Office, title: str = "畜禽粪污集中存放利用", form: str = "代表建议") -> None:
    number = f"齐建检转函〔2026〕{len(house.cases('congress_conversion')) + 1}号"
    there = {"title": title, "form": form, "congress": house.org("congress")}
    house.start("prosecutor", "conversion_beginning", letter_no=number, **there)


def recommend(house: Office, *logins: str, **more: Any) -> None:
    """Recommend deputies in an order, and check that."""
    rows = [{"deputy": house.person(each), "match": ["领域"]} for each in logins]
    house.do("deputy_clerk", "RecommendDeputies", candidates=rows, no_conflict=True, **more)
    house.do("deputy_office", "CheckRecommendation")


def adopt(house: Office, login: str, *, need_visit: bool = False) -> None:
    given = {"adopt": True, "need_visit": need_visit, "no_conflict": True}
    house.do(login, "AnswerCandidacy", **given)
