"""The case as it is shipped hands each of its units to the letter as it is shipped."""

from __future__ import annotations

from tests.processes.case_answers import usual
from tests.processes.leads import accept, assess, report, tell
from tests.processes.office import Office


def test_each_unit_gets_a_letter_that_knows_what_the_case_found(office: Office) -> None:
    office.usual.update(usual(office))
    case = report(office)
    accept(office, case)
    assess(office, case)
    office.do("dept_head", "AssignCase")
    tell(office, case)
    office.do("prosecutor", "ApplyInquiry")
    office.do("chief", "DecideInquiry")
    office.do("prosecutor", "PlanInvestigation")
    office.do("prosecutor", "CollectEvidence")
    units = [office.org("urban_management"), office.org("market_regulation")]
    rows = [{"unit": unit, "rel": "本级"} for unit in units]
    office.do("prosecutor", "WriteReport", addressees=rows)
    assert office.failures() == []
    letters = [dict(each.variables) for each in office.cases("suggestion_letter")]
    assert [each["addressee"] for each in letters] == units
    assert [each["letter_index"] for each in letters] == [1, 2]
    assert {each["handler"] for each in letters} == {office.person("prosecutor")}
    assert all(each["facts"] and each["evidence_list"] for each in letters)
    assert len(office.tasks("prosecutor")) == 2
    assert office.states("suggestion") == ["起草", "起草"]
