"""The superior gives a lead to another office of its own motion; it is taken and reported on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.office import File, Office
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.deadlines import DeadlineStatus

LEAD: dict[str, Any] = {
    "lead_source": "办案发现",
    "source_ref": "齐检线〔2026〕1号",
    "title": "跨区域占用人行道问题",
    "content": "群众反映两区交界处人行道长期被机动车占用，两地管理部门互相推诿。",
    "domain": "生态环境和资源保护",
    "region_code": "230203",
    "suggestion_type": "社会治理",
    "urgency": "一般",
    "secrecy_level": "内部",
    "minor_involved": False,
}


def assign(office: Office) -> None:
    office.start("superior", "lead_assignment", **LEAD, units=[office.org("water_affairs")])
    target = office.org("neighbour_procuratorate")
    given = {"designated_org": target, "reason": "由异地检察院办理更有利于公正处理。"}
    office.do("superior", "PrepareAssignment", **given)
    assert "DecideAssignment" not in office.tasks("superior")
    office.do("superior_chief", "DecideAssignment", decision="同意")


def test_the_office_that_is_given_a_lead_takes_it_and_reports_back(office: Office) -> None:
    assign(office)
    letter = office.letter("M-TRANSFER")
    assert str(letter.recipient_id) == office.org("neighbour_procuratorate")
    assert office.paper("lead_assignment_order").number == letter.payload["letter_no"]
    assert office.record("lead").state == "已移送"
    office.do("neighbour_case_mgmt", "RegisterTransfer", complete="齐全")
    answers = {"acceptance": "受理", "reason": "上级院交办，应当受理。"}
    assessor = office.person("neighbour_prosecutor")
    office.do("neighbour_head", "DecideAcceptance", **answers, assessor=assessor)
    assert office.deadline("transfer_ack").status == DeadlineStatus.MET
    assert office.deadline("transfer_feedback").status == DeadlineStatus.RUNNING
    told = {
        "result": "已立案办理，并向主管部门制发检察建议。",
        "letter_no": "齐铁检告函〔2026〕1号",
        "received_on": office.today,
        "files": [File("反馈.pdf")],
    }
    office.act("superior", "ResultCame", **told)
    assert office.outcomes("lead_assignment") == ["assigned"]
    assert office.facts("lead_assignment")["feedback"] == told["result"]
    assert office.failures() == []


def test_nobody_gives_a_lead_to_the_own_office_or_a_state_secret(office: Office) -> None:
    with pytest.raises(AnswersRefused):
        office.start("superior", "lead_assignment", **LEAD, state_secret=True)
    office.start("superior", "lead_assignment", **LEAD)
    given = {"designated_org": office.org("city_procuratorate"), "reason": "由异地检察院办理。"}
    with pytest.raises(AnswersRefused):
        office.do("superior", "PrepareAssignment", **given)
    assert office.letters("M-TRANSFER") == []
