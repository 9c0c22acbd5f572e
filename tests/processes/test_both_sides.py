"""A deputy's suggestion between congress and unit: what one writes, the other reads."""

from __future__ import annotations

import pytest

from tests.processes.assignments import CLERK, LEADER, SHEDS, USUAL, Assigned
from tests.processes.handlings import Handling
from tests.processes.handlings import handling_databases as databases
from tests.processes.office import Office

__all__ = ["databases"]


@pytest.fixture
def sides(office: Office) -> tuple[Handling, Assigned]:
    """A suggestion that the congress has handed to a unit on this server."""
    handling = Handling(office, handler=office.org("agriculture"))
    handling.assigned()
    return handling, Assigned(office)


def test_a_suggestion_goes_to_the_unit_and_its_answer_back(
    office: Office, sides: tuple[Handling, Assigned]
) -> None:
    handling, unit = sides
    assert unit.due() == office.deadline("reply", handling.case).due
    unit.acknowledge()
    assert handling.fields["section"] == "畜牧科"
    unit.contact()
    assert handling.fields["first_contact_on"] == office.today
    unit.draft(reply_class="B", commitments=[SHEDS])
    unit.sign()
    assert handling.facts["reply_no"] == office.paper("deputy_reply").number
    handling.delivered()
    handling.evaluated()
    assert (handling.state, unit.state) == ("跟踪", "已答复")
    office.go_to("2026-10-20")
    done = {"kind": "已兑现", "text": "一百座集中堆粪棚全部建成并投入使用。"}
    for task in office.tasks_of(CLERK, "ReadPromiseUrge"):
        office.finish(CLERK, task, read=True)
    office.do(CLERK, "ReportCommitment", qty=100, unit="座", **done)
    office.do(LEADER, "SignCommitment")
    assert office.letter("M-COMMITMENT").payload["qty"] == 100
    seen = "现场核实，一百座均已投入使用。"
    handling.do("ConfirmFulfilment", confirmed=True, comment=seen, told_deputy_on=office.today)
    handling.closed()
    assert office.outcomes("unit_deputy_suggestion") == ["closed"]
    assert office.outcomes("handler_assignment") == ["done"]
    assert office.failures() == []


def test_a_dissatisfied_deputy_is_answered_again(
    office: Office, sides: tuple[Handling, Assigned]
) -> None:
    handling, unit = sides
    unit.acknowledge()
    unit.reply()
    handling.delivered()
    handling.evaluated("不满意")
    handling.do("PrepareRedo")
    assert office.letters("M-REDO")
    assert unit.state == "沟通办理"
    unit.reply(body=USUAL["DraftReply"]["body"] + "已逐村落实并当面向代表通报。")
    assert office.letter("M-DREPLY").conversation.endswith("-r2")
    handling.delivered()
    handling.evaluated()
    handling.closed()
    assert office.outcomes("unit_deputy_suggestion") == ["closed"]
    assert office.failures() == []


def test_a_unit_that_is_not_responsible_is_relieved(
    office: Office, sides: tuple[Handling, Assigned]
) -> None:
    handling, unit = sides
    given = {"in_scope": False, "reason": "本件所提沟渠清淤属于水务部门职责。"}
    unit.acknowledge(**given, suggest_org=office.org("water_affairs"))
    office.do(LEADER, "SignObjection")
    assert handling.state == "承办异议"
    assert office.failures() == []
