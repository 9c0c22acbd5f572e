"""Who issues the letter: units above, below and elsewhere (article 3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.letters import DRAFT, Letter
from tests.processes.letters import letter_databases as letter_databases
from tests.processes.office import Office
from workflow_server.services.answers import AnswersRefused

REASON = "该单位为市级机关，所涉问题在本区多发，应当由市级机关统一督促整改。"


def routed(office: Office, relation: str, to: str) -> Letter:
    """A letter that has passed its reviews and whose way the chief has approved."""
    letter = Letter(office)
    letter.reviewed(addressee_rel=relation)
    way = {"route_org": office.org(to), "route_reason": REASON}
    letter.do("prosecutor", "PrepareRouting", **way)
    letter.do("chief", "ApproveRouting", decision="同意", comment="同意。")
    return letter


@pytest.mark.parametrize("relation", ["涉案单位", "本级"])
def test_a_unit_of_this_level_gets_the_letter_from_here(office: Office, relation: str) -> None:
    letter = Letter(office)
    letter.reviewed(addressee_rel=relation)
    assert letter.facts()["route"] == "issue"
    assert office.tasks("chief", letter.case) == ["DecideIssue"]


def test_the_chief_may_send_the_way_back(office: Office) -> None:
    letter = Letter(office)
    letter.reviewed(addressee_rel="异地")
    way = {"route_org": office.org("neighbour_procuratorate"), "route_reason": REASON}
    with pytest.raises(AnswersRefused):
        letter.do(
            "prosecutor", "PrepareRouting", **{**way, "route_org": office.org("procuratorate")}
        )
    letter.do("prosecutor", "PrepareRouting", **way)
    with pytest.raises(AssertionError, match="prosecutor has no ApproveRouting"):
        letter.do("prosecutor", "ApproveRouting", decision="同意")
    came = letter.do("chief", "ApproveRouting", decision="退回", comment="理由不充分。")
    assert came == ["PrepareRouting"]


def test_a_unit_above_is_reached_through_its_own_procuratorate(office: Office) -> None:
    letter = routed(office, "上级", "city_procuratorate")
    assert office.paper("forwarding_report").number == "齐建检报转〔2026〕1号"
    office.do("superior", "ReviewSuperiorForwarding", proposal="转送", proposal_reason="符合条件。")
    given = {"result": "已转送", "reason": "同意转送。", "forwarded_on": office.today}
    office.do("superior_chief", "DecideSuperiorForwarding", **given)
    assert letter.state() == "已转他院"
    assert office.outcomes("suggestion_letter") == ["transferred"]
    assert office.outcomes("superior_forwarding") == ["answered"]
    assert office.failures() == []


BACK = {"result": "退回", "reason": "事实需要进一步查清。"}


@pytest.mark.parametrize(
    ("answers", "tasks", "outcome"),
    [
        ({"decision": "修改后再次报请", "comment": "已补充。"}, ["PrepareRouting"], None),
        (
            {"decision": "不予制发", "comment": "同意退回意见。", "refuse_reason": "质量"},
            [],
            "refused",
        ),
    ],
)
def test_what_comes_back_from_above_is_reported_again_or_given_up(
    office: Office, answers: dict[str, Any], tasks: list[str], outcome: str | None
) -> None:
    letter = routed(office, "上级", "city_procuratorate")
    office.do("superior", "ReviewSuperiorForwarding", proposal="退回", proposal_reason="事实不清。")
    assert office.do("superior_chief", "DecideSuperiorForwarding", **BACK) == ["HandleReturn"]
    assert letter.do("dept_head", "HandleReturn", **answers) == tasks
    assert office.outcomes("suggestion_letter") == [outcome]


def test_a_silent_superior_is_asked_about_the_forwarding(office: Office) -> None:
    letter = routed(office, "上级", "city_procuratorate")
    office.go_to("2026-04-20")
    assert "AskForward" in office.tasks("prosecutor", letter.case)
    paper = {"result": "已转送", "reason": "已转送。", "forwarded_on": office.today}
    office.act("prosecutor", "PaperForward", letter.case, **paper)
    assert office.outcomes("suggestion_letter") == ["transferred"]


def answered(office: Office, agree: bool) -> None:
    """The neighbour registers, drafts and decides its opinion."""
    handler = office.person("neighbour_prosecutor")
    given = {"received_on": office.today, "opinion_handler": handler}
    office.do("neighbour_case_mgmt", "RegisterRequest", **given)
    reason = "该问题本院已在办理。"
    office.do("neighbour_prosecutor", "DraftRegionOpinion", agree=agree, reason=reason)
    decided = {"decision": "退回重拟", "comment": "请写明理由。"}
    office.do("neighbour_head", "DecideRegionOpinion", **decided)
    office.do("neighbour_prosecutor", "DraftRegionOpinion", agree=agree, reason=reason)
    office.do("neighbour_head", "DecideRegionOpinion", decision="同意拟办意见")


def test_the_neighbour_agrees_and_the_letter_is_issued_here(office: Office) -> None:
    letter = routed(office, "异地", "neighbour_procuratorate")
    assert office.deadline("region", letter.case).due.isoformat() == "2026-04-16"
    answered(office, agree=True)
    assert office.tasks("chief", letter.case) == ["DecideIssue"]
    letter.do("chief", "DecideIssue")
    letter.do("case_mgmt", "SealLetter")
    assert letter.state() == "已签发"
    assert office.failures() == []


DISPUTE = {"insist": True, "comment": "该问题跨区域，由本院制发更为有利。"}


def disputed(office: Office) -> Letter:
    letter = routed(office, "异地", "neighbour_procuratorate")
    answered(office, agree=False)
    return letter


@pytest.mark.parametrize(("issue", "outcome"), [(True, None), (False, "refused")])
def test_regions_that_disagree_are_decided_by_their_common_superior(
    office: Office, issue: bool, outcome: str | None
) -> None:
    letter = disputed(office)
    above = office.org("city_procuratorate")
    letter.do("dept_head", "DecideDispute", common_superior=above, **DISPUTE)
    proposal = {"proposal": "予以制发", "proposal_reason": "跨区域问题宜由发现地制发。"}
    office.do("superior", "ReviewSuperiorDispute", **proposal)
    office.do("superior_chief", "DecideSuperiorDispute", issue=issue, reason="已研究决定。")
    assert office.outcomes("suggestion_letter") == [outcome]
    assert letter.state() == {True: "待签发", False: "不予制发"}[issue]
    assert office.paper("superior_decision").number == "齐检决〔2026〕1号"


def test_who_does_not_insist_issues_nothing(office: Office) -> None:
    letter = disputed(office)
    given = {"insist": False, "comment": "尊重对方意见。", "refuse_reason": "不适宜"}
    letter.do("dept_head", "DecideDispute", **given)
    assert (letter.state(), letter.fields()["refusal_reason"]) == ("不予制发", "不适宜")


def test_a_neighbour_that_says_nothing_is_asked_and_may_answer_on_paper(office: Office) -> None:
    letter = routed(office, "异地", "neighbour_procuratorate")
    office.go_to("2026-04-18")
    assert office.tasks("prosecutor", letter.case) == ["AskRegion"]
    office.act("prosecutor", "PaperRegion", letter.case, agree=True, reason="同意。")
    assert office.tasks("chief", letter.case) == ["DecideIssue"]
    assert office.tasks("prosecutor", letter.case) == []


def test_a_procuratorate_below_is_ordered_and_writes_its_own_letter(office: Office) -> None:
    letter = routed(office, "下级", "neighbour_procuratorate")
    assert office.paper("issue_order").number == "齐建检指〔2026〕1号"
    office.do("neighbour_case_mgmt", "AcceptOrder", accepted_on=office.today)
    given = {"handler": office.person("neighbour_prosecutor"), "recusal_checked": True}
    came = office.do("neighbour_head", "AssignOrder", **given)
    assert came == ["DraftLetter"]
    assert office.outcomes("suggestion_letter") == ["transferred", None]
    assert office.tasks("prosecutor", letter.case) == []
    unit = office.org("market_regulation")
    office.do("neighbour_prosecutor", "DraftLetter", **{**DRAFT, "addressee": unit})
    assert office.states("suggestion") == ["已转他院", "初核"]
    assert len(office.links("converted_from")) == 2
    assert office.failures() == []
