"""From the report of a lead to the archive of its case, and back to who reported it."""

from __future__ import annotations

from tests.processes.case_office import answer_letter, archive, close, inquire, investigate
from tests.processes.case_office import court as court
from tests.processes.case_office import databases as databases
from tests.processes.leads import accept, assess, report, tell
from tests.processes.office import Office


def test_a_lead_is_handled_to_its_end_and_its_record_says_so(court: Office) -> None:
    case = report(court)
    accept(court, case)
    assess(court, case)
    court.do("dept_head", "AssignCase")
    tell(court, case)
    inquire(court)
    assert court.states("lead") == ["立项"]
    assert court.record("lead").fields["handler"] == court.person("prosecutor")
    investigate(court)
    court.do("prosecutor", "WriteReport")
    answer_letter(court, 1, "done", "齐建检建〔2026〕1号")
    close(court, "办复")
    archive(court)
    tell(court, case)
    tell(court, case, "prosecutor")
    assert court.failures() == []
    assert court.outcomes("lead_to_reply") == ["done"]
    assert court.states("lead") == ["已办结"]


FAMILY = ("lead_to_reply", "lead_intake", "lead_assessment", "suggestion_case")


def test_a_secret_in_the_case_takes_the_whole_lead_offline(court: Office) -> None:
    case = report(court)
    accept(court, case)
    assess(court, case)
    court.do("dept_head", "AssignCase")
    court.act("prosecutor", "SecretFound", court.cases("suggestion_case")[-1].id)
    tell(court, case)
    tell(court, case, "prosecutor")
    assert court.failures() == []
    assert court.outcomes("suggestion_case") == ["offline"]
    assert court.outcomes("lead_to_reply") == ["offline"]
    assert court.states("lead") == ["已转线下"]
    assert [court.facts(each) for each in FAMILY] == [{}] * len(FAMILY)
