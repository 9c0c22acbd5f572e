"""What may happen to a case at any time: another handler, a minor, a secret, an order, a cure."""

from __future__ import annotations

import pytest

from tests.processes.case_office import (
    answer_letter,
    archive,
    begin,
    close,
    inquire,
    investigate,
    refresh,
)
from tests.processes.case_office import court as court
from tests.processes.case_office import databases as databases
from tests.processes.office import File, Office
from workflow_server.errors import NotFound
from workflow_server.services import process_instances as instances
from workflow_server.services import reassignments
from workflow_server.services.answers import AnswersRefused


def told(error: pytest.ExceptionInfo[AnswersRefused]) -> dict[str, str]:
    return {fault.pointer.removeprefix("#/answers/"): fault.detail for fault in error.value.faults}


def test_another_handler_keeps_the_clock_and_takes_the_open_task(court: Office) -> None:
    begin(court)
    inquire(court)
    due = court.deadline("investigation").due
    court.pass_days(10)
    refresh(court)
    court.act("dept_head", "HandlerChanged")
    open_task = court.task("prosecutor", "PlanInvestigation")
    head, next_one = court.people["dept_head"], court.people["prosecutor_two"].person_id
    reassignments.reassign(head, open_task.id, next_one, "承办检察官回避", court.now)
    court.do("prosecutor_two", "PlanInvestigation")
    assert court.tasks("prosecutor") == []
    assert court.tasks("prosecutor_two") == ["CollectEvidence"]
    assert court.deadline("investigation").due == due
    assert court.failures() == []


def test_who_was_recused_does_not_become_the_handler_later(court: Office) -> None:
    begin(court)
    with pytest.raises(AnswersRefused) as refused:
        court.act("dept_head", "HandlerChanged", new_handler=court.person("prosecutor"))
    assert told(refused) == {"new_handler": "与现承办检察官相同"}


def test_a_minor_found_midway_closes_the_case_to_who_is_not_certified(court: Office) -> None:
    begin(court)
    inquire(court)
    case = court.cases("suggestion_case")[-1].id
    court.act("dept_head", "HandlerChanged", new_handler=court.person("minors_prosecutor"))
    assert instances.get(court.people["case_mgmt"], case) is not None
    court.act("minors_prosecutor", "MinorFound")
    with pytest.raises(NotFound):
        instances.get(court.people["case_mgmt"], case)
    assert instances.get(court.people["minors_prosecutor"], case) is not None
    assert court.record("lead").fields["minor_involved"] is True
    assert "MinorFound" not in court.acts("minors_prosecutor")


def test_a_secret_found_midway_ends_the_case_with_nothing_but_a_number(court: Office) -> None:
    begin(court)
    inquire(court)
    court.do("prosecutor", "PlanInvestigation")
    court.act("prosecutor", "SecretFound")
    assert court.outcomes("suggestion_case") == ["offline"]
    assert court.record("offline_file").fields["offline_no"] == "线下〔2026〕3号"
    assert court.cases("suggestion_case")[-1].secrecy == 2
    assert court.waiting() == {}
    with pytest.raises(NotFound):
        instances.get(court.people["assistant"], court.cases("suggestion_case")[-1].id)


def test_an_order_of_the_superior_stops_the_case_only_by_the_chief(court: Office) -> None:
    begin(court)
    inquire(court)
    court.act("case_mgmt", "OrderRegistered", order_kind="其他要求")
    court.do("chief", "DecideOrder")
    assert court.tasks("prosecutor") == ["PlanInvestigation"]
    court.act("case_mgmt", "OrderRegistered")
    court.do("chief", "DecideOrder", execution="暂不执行并报告")
    assert court.tasks("prosecutor") == ["PlanInvestigation"]
    court.act("case_mgmt", "OrderRegistered")
    court.do("chief", "DecideOrder")
    assert court.tasks("prosecutor") == []
    close(court, "转办")
    archive(court)
    assert court.outcomes("suggestion_case") == ["transferred"]


def test_what_was_put_right_before_a_letter_is_terminated(court: Office) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    court.do("assistant", "ServeDecision")
    court.do("prosecutor", "PlanInvestigation")
    court.act("prosecutor", "CuredReported")
    court.do("chief", "DecideSelfCured", decision="继续办理")
    assert court.tasks("prosecutor") == ["CollectEvidence"]
    court.act("prosecutor", "CuredReported")
    court.do("chief", "DecideSelfCured")
    assert court.tasks("prosecutor") == []
    assert court.paper("termination_decision").data["close_ground"] == "规则74(3)"
    court.do("assistant", "ServeTermination")
    close(court, "终结")
    archive(court)
    assert court.outcomes("suggestion_case") == ["cured"]


def test_a_letter_cured_before_it_went_out_terminates_a_public_interest_case(court: Office) -> None:
    begin(court, "PIL")
    court.do("prosecutor", "ApplyFiling")
    court.do("dept_head", "CheckFiling")
    court.do("chief", "DecideFiling")
    court.do("assistant", "ServeDecision")
    investigate(court)
    court.do("prosecutor", "WriteReport")
    answer_letter(court, 1, "cured")
    court.do("chief", "ConfirmTermination")
    court.do("assistant", "ServeTermination")
    close(court, "终结")
    archive(court)
    assert court.outcomes("suggestion_case") == ["cured"]


def test_the_chief_lengthens_the_inquiry_and_nobody_else(court: Office) -> None:
    begin(court)
    inquire(court)
    with pytest.raises(AnswersRefused) as refused:
        court.act("prosecutor", "ExtensionAsked", extend_to="2026-05-20")
    assert told(refused) == {"extend_to": "须晚于现在的到期日"}
    court.act("prosecutor", "ExtensionAsked", extend_to="2026-07-01")
    assert "ExtensionAsked" not in court.acts("prosecutor")
    court.do("chief", "DecideExtension", extension_decision="不同意")
    assert court.deadline("investigation").due.isoformat() == "2026-06-01"
    court.act("prosecutor", "ExtensionAsked", extend_to="2026-07-01")
    court.do("chief", "DecideExtension")
    assert court.deadline("investigation").due.isoformat() == "2026-07-01"
    assert court.failures() == []


def test_the_days_of_an_appraisal_do_not_count(court: Office) -> None:
    begin(court)
    inquire(court)
    court.act("prosecutor", "AppraisalCommissioned")
    assert court.paper("appraisal_commission").number == "齐建检委函〔2026〕1号"
    court.go_to("2026-04-21")
    refresh(court)
    court.do("assistant", "ReceiveAppraisal")
    assert court.facts("suggestion_case")["excluded_days"] == 20
    assert court.deadline("investigation").due.isoformat() == "2026-06-22"
    assert court.failures() == []


def test_evidence_asked_for_and_refused_is_reported(court: Office) -> None:
    begin(court)
    inquire(court)
    unit = court.org("urban_management")
    wanted = [{"name": "2026年执法台账"}]
    asked = {"holder": unit, "requested_on": court.today, "request_due": "2026-04-10"}
    court.act("prosecutor", "EvidenceRequested", **asked, request_items=wanted)
    assert court.paper("evidence_request").number == "齐建检调证〔2026〕1号"
    answer = {"request_result": "拒绝或者逾期不提供", "request_answered_on": court.today}
    court.do("assistant", "RecordRequested", **answer, request_note="拒绝提供。")
    facts = "单位负责人当面拒绝提供执法台账，并阻止拍照。"
    told_of = {"refusing_unit": unit, "refused_on": court.today, "refusal_facts": facts}
    court.act("prosecutor", "RefusalNoted", **told_of, refusal_files=[])
    report = {"report_decided_on": court.today, "report_comment": "依法报告。"}
    recipients = [court.org("congress")]
    measures = ["报告同级人大常委会"]
    court.do("chief", "DecideRefusal", **report, report_to=measures, refusal_recipients=recipients)
    assert (
        court.letter("M-ESCALATE").payload["addressee_name"] == "齐齐哈尔市建华区城市管理综合执法局"
    )
    assert court.failures() == []


ENTRUSTED = {"entrust_matter": "查明垃圾来源地的产生单位和运输车辆。"}


def entrust(office: Office) -> None:
    """Entrust the procuratorate next door with an inquiry."""
    begin(office)
    inquire(office)
    other = office.org("neighbour_procuratorate")
    given = {"entrusted_to": other, "entrust_received_on": office.today}
    office.act("prosecutor", "Entrusted", **ENTRUSTED, **given)
    assert "Entrusted" not in office.acts("prosecutor")


def test_an_entrusted_inquiry_has_thirty_days_and_is_urged_and_answered(court: Office) -> None:
    entrust(court)
    assert court.deadline("entrust").due.isoformat() == "2026-05-06"
    assert court.deadline("entrusted").due.isoformat() == "2026-05-06"
    court.go_to("2026-05-08")
    urged = {"entrust_urged_on": court.today, "entrust_urge_mode": "电话"}
    told_them = {"entrust_urge_note": "已电话催办。", "entrust_next": "继续等待"}
    court.do("prosecutor", "UrgeEntrusted", **urged, **told_them)
    assert court.deadline("entrust").due.isoformat() == "2026-06-08"
    taken = {"accepted": True, "inquirer": court.person("neighbour_prosecutor")}
    court.do("neighbour_case_mgmt", "RegisterEntrustment", **taken)
    found = {"two_present": True, "result": "已完成", "text": "产生单位和车辆均已查明。"}
    with pytest.raises(AnswersRefused) as refused:
        court.do("neighbour_prosecutor", "InquireForOther", **found, evidence=[])
    assert told(refused) == {"evidence": "已完成的，须附取得的证据"}
    proof = {"name": "过磅单", "taken_by": "承办人", "taken_at": court.today}
    rows = [{**proof, "file": [File("过磅单.pdf")]}]
    court.do("neighbour_prosecutor", "InquireForOther", **found, evidence=rows)
    back = {"decision": "退回补充", "comment": "请写明车辆号牌。"}
    assert court.do("neighbour_head", "CheckInquiryResult", **back) == ["InquireForOther"]
    court.do("neighbour_prosecutor", "InquireForOther", **found, evidence=rows)
    court.do("neighbour_head", "CheckInquiryResult", decision="同意", comment="同意。")
    assert court.states("entrusted_inquiry") == ["已函告"]
    task = court.task("prosecutor", "ReadEntrusted")
    assert "产生单位和车辆均已查明" in court.shown("prosecutor", task)
    court.finish("prosecutor", task, read=True)
    assert court.paper("entrusted_result_letter").data["evidence"] == ["过磅单"]
    assert court.deadline("entrust").status == "met"
    assert "Entrusted" in court.acts("prosecutor")
    assert court.failures() == []


def test_an_inquiry_that_the_other_office_declines_or_leaves_is_done_here(court: Office) -> None:
    entrust(court)
    reason = "所涉场所已划归他区，本院无法调查，退回委托。"
    court.do("neighbour_case_mgmt", "RegisterEntrustment", accepted=False, decline_reason=reason)
    task = court.task("prosecutor", "ReadDeclined")
    assert reason in court.shown("prosecutor", task)
    court.finish("prosecutor", task, read=True)
    assert court.outcomes("entrusted_inquiry") == ["declined"]
    given = {"entrusted_to": court.org("neighbour_procuratorate")}
    court.act("prosecutor", "Entrusted", **ENTRUSTED, **given, entrust_received_on=court.today)
    paper = {"entrust_result": "部分完成", "entrust_answered_on": court.today}
    court.act("assistant", "EntrustResultCame", **paper, entrust_text="书面函告：车辆已查明。")
    court.do("prosecutor", "ReadEntrusted", read=True)
    assert court.facts("suggestion_case")["entrust_result"] == "部分完成"
    assert court.failures() == []
