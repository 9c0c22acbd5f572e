"""One case, several units: a letter and a result for each; and never two letters for one thing."""

from __future__ import annotations

import pytest

from tests.processes.case_office import answer_letter, archive, begin, close, inquire, investigate
from tests.processes.case_office import court as court
from tests.processes.case_office import databases as databases
from tests.processes.office import Office
from workflow_server.services.answers import AnswersRefused


def addressed(office: Office, *units: str) -> dict[str, object]:
    return {"addressees": [{"unit": office.org(each), "rel": "本级"} for each in units]}


def test_one_letter_that_fails_does_not_stop_the_others(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    units = ("urban_management", "market_regulation", "school")
    court.do("prosecutor", "WriteReport", **addressed(court, *units))
    assert len(court.cases("brief_letter")) == 3
    answer_letter(court, 2, "error")
    assert court.tasks("prosecutor") == ["GiveResult", "GiveResult", "NoteLetterFailure"]
    note = {"failure_outcome": "refused", "failure_reason": "单位已经撤销，职责并入他单位。"}
    court.do("prosecutor", "NoteLetterFailure", **note)
    answer_letter(court, 1, "done", "齐建检建〔2026〕1号")
    assert court.tasks("assistant") == []
    answer_letter(court, 3, "withdrawn", "齐建检建〔2026〕2号")
    results = [
        (each["outcome"], each["doc_no"]) for each in court.facts("suggestion_case")["letters"]
    ]
    assert results == [
        ("done", "齐建检建〔2026〕1号"),
        ("refused", None),
        ("withdrawn", "齐建检建〔2026〕2号"),
    ]
    close(court, "办复")
    archive(court)
    rows = court.paper("case_closing_approval").data["letter_results"]
    assert [each["outcome"] for each in rows] == ["办复", "不予制发", "撤回"]
    assert court.outcomes("suggestion_case") == ["done"]


@pytest.mark.parametrize(
    ("outcomes", "case_outcome", "close_type"),
    [
        (("done", "sued"), "sued", "起诉"),
        (("withdrawn", "refused"), "withdrawn", "撤回"),
        (("terminated", "cured"), "terminated", "终结"),
    ],
)
def test_the_case_ends_as_its_gravest_letter(
    court: Office, outcomes: tuple[str, str], case_outcome: str, close_type: str
) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    court.do("prosecutor", "WriteReport", **addressed(court, "urban_management", "school"))
    answer_letter(court, 1, outcomes[0], "齐建检建〔2026〕1号")
    answer_letter(court, 2, outcomes[1])
    close(court, close_type)
    archive(court)
    assert court.outcomes("suggestion_case") == [case_outcome]


def test_a_letter_without_success_is_closed_by_the_chief(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    court.do("prosecutor", "WriteReport")
    answer_letter(court, 1, "unresolved", "齐建检建〔2026〕1号")
    close(court, "未解决")
    assert court.tasks("case_mgmt") == []
    court.do("chief", "ApproveClosing")
    archive(court)
    assert court.outcomes("suggestion_case") == ["unresolved"]


def test_a_unit_stands_once_among_the_addressees(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    twice = addressed(court, "urban_management", "urban_management")
    with pytest.raises(AnswersRefused) as refused:
        court.do("prosecutor", "WriteReport", **twice)
    assert [fault.pointer for fault in refused.value.faults] == ["#/answers/addressees"]


def test_a_second_letter_for_the_same_kind_of_violation_is_refused(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    court.do("prosecutor", "WriteReport")
    answer_letter(court, 1, "done", "齐建检建〔2026〕1号")
    close(court, "办复")
    archive(court)
    begin(court, title="河道滩地堆放垃圾")
    inquire(court)
    investigate(court)
    court.do("prosecutor", "WriteReport")
    assert court.tasks("prosecutor") == ["WriteReport"]
    assert len(court.cases("brief_letter")) == 1
    assert "齐建检建〔2026〕1号" in court.facts("suggestion_case")["repeat_note"]
    court.do("prosecutor", "WriteReport", **addressed(court, "market_regulation"))
    assert len(court.cases("brief_letter")) == 2


def test_what_another_office_does_not_take_comes_back(court: Office) -> None:
    begin(court)
    inquire(court)
    investigate(court)
    away = {
        "disposition": "移送",
        "transfer_to": court.org("discipline_commission"),
        "transfer_kind": "其他机关",
        "addressees": None,
        "hearing_needed": None,
    }
    court.do("prosecutor", "WriteReport", **away)
    court.do("chief", "DecideDisposition")
    court.do("prosecutor", "GiveTransfer", outcome="kept")
    assert court.tasks("prosecutor") == ["WriteReport"]
    court.do("prosecutor", "WriteReport", **away)
    court.do("chief", "DecideDisposition")
    court.do("prosecutor", "GiveTransfer", outcome="transferred")
    close(court, "转办")
    archive(court)
    assert court.outcomes("suggestion_case") == ["transferred"]


def test_the_city_issues_for_several_offices_or_leaves_it_here(court: Office) -> None:
    chosen = [court.org("urban_management")]
    for outcome, waits in (("kept", ["ApplyInquiry"]), ("transferred", [])):
        court.start("assistant", "case_beginning", title="快递业治理", track="SG", units=chosen)
        case = court.cases("suggestion_case")[-1].id
        city = {"unified_by": "市院统筹", "unified_reason": "同业问题在多个区出现，宜统一制发。"}
        court.do("dept_head", "AssignCase", case, **city)
        court.do("prosecutor", "GiveTransfer", case, outcome=outcome)
        assert court.tasks("prosecutor", case) == waits
    assert court.outcomes("suggestion_case") == [None, "raised"]
