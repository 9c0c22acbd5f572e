"""The case as it is shipped hands each of its units to the letter as it is shipped."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.processes.case_answers import usual
from tests.processes.leads import accept, assess, report, tell
from tests.processes.letters import DRAFT, USUAL
from tests.processes.office import Office
from workflow_server.errors import NotFound
from workflow_server.services import process_instances as instances
from workflow_server.services import recusals


def two_letters(office: Office) -> list[str]:
    """Lead a case to where it writes to two units; return these."""
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
    return units


def test_each_unit_gets_a_letter_that_knows_what_the_case_found(office: Office) -> None:
    units = two_letters(office)
    assert office.failures() == []
    letters = [dict(each.variables) for each in office.cases("suggestion_letter")]
    assert [each["addressee"] for each in letters] == units
    assert [each["letter_index"] for each in letters] == [1, 2]
    assert {each["handler"] for each in letters} == {office.person("prosecutor")}
    assert all(each["facts"] and each["evidence_list"] for each in letters)
    assert len(office.tasks("prosecutor")) == 2
    assert office.states("suggestion") == ["起草", "起草"]


def test_another_handler_takes_over_the_letters_that_run(office: Office) -> None:
    two_letters(office)
    first, second = (each.id for each in office.cases("suggestion_letter"))
    office.do("prosecutor", "DraftLetter", first, **DRAFT)
    office.act("dept_head", "HandlerChanged")
    old, new = office.person("prosecutor"), office.person("prosecutor_two")
    letters = office.cases("suggestion_letter")
    assert [each.variables["handler"] for each in letters] == [new, new]
    assert {each.fields["handler"] for each in office.records("suggestion")} == {new}
    case = office.cases("suggestion_case")[-1].id
    recusals.order(office.people["chief"], case, UUID(old), "与单位负责人系近亲属", office.now)
    assert office.tasks("prosecutor") == []
    for letter in (first, second):
        with pytest.raises(NotFound):
            instances.get(office.people["prosecutor"], letter)
    assert office.tasks("prosecutor_two", second) == ["DraftLetter"]
    back = {**USUAL["CheckDraft"], "result": "退回", "comment": "请补充事实。"}
    office.do("dept_head", "CheckDraft", first, **back)
    assert office.task("prosecutor_two", "DraftLetter", first).assignee_id == UUID(new)
    assert office.failures() == []
