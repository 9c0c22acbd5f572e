"""Promises of an answer, followed until they are kept; who evaluates; key supervision."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.handlings import SHEDS, Handling
from tests.processes.handlings import handling_databases as databases
from tests.processes.handlings import one_handling as handling
from tests.processes.office import Office
from workflow_server.services import ledgers
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.ledgers import Wanted

__all__ = ["databases", "handling"]

K = "建人-建人代建〔2026〕1号-h1-k1"


@pytest.fixture(name="promised")
def with_promise(handling: Handling) -> Handling:
    """A class B answer that promises a hundred sheds by the end of the year."""
    handling.answered(reply_class="B", commitments=[SHEDS])
    counted = {**SHEDS, "qty": 100, "unit": "座"}
    handling.delivered(commitments=[counted])
    handling.evaluated("基本满意")
    return handling


def lights(office: Office) -> list[dict[str, date]]:
    """Return the days that have a light in the ledger of promises."""
    actor = office.people["deputy_office"]
    rows, _ = ledgers.read(actor, ledgers.get(actor, "commitments"), Wanted())
    return [dict(row.due) for row in rows]


def test_a_promise_is_kept_with_its_quantity(office: Office, promised: Handling) -> None:
    found = office.record("commitment")
    assert (found.title, found.state) == ("建成100座集中堆粪棚", "待兑现")
    assert [each.relation for each in office.links("promised_in")] == ["promised_in"]
    assert lights(office) == [{"due": date(2026, 12, 31)}]
    office.go_to("2026-09-01")
    promised.act("ReportCame", done=False, text="已建成60座。", qty=60)
    promised.act("ReportCame", done=True, text="全部建成并投入使用。", qty=100)
    with pytest.raises(AnswersRefused):
        promised.do("ConfirmFulfilment", confirmed=True, done_qty=80, comment="实地查看。")
    promised.do("ConfirmFulfilment", confirmed=True, done_qty=100, comment="实地查看属实。")
    found = office.record("commitment")
    assert (found.state, found.fields["done_on"]) == ("已兑现", "2026-09-01")
    assert lights(office) == [{}]
    assert office.paper("commitment_extract").kind == "commitment_extract"
    promised.closed()
    (row,) = office.facts("handling_case")["commitments"]
    wanted = {"qty": 100, "unit": "座", "done_on": "2026-09-01", "outcome": "done"}
    assert {key: row[key] for key in wanted} == wanted


def test_a_promise_is_reminded_of_and_put_off_by_consent(
    office: Office, promised: Handling
) -> None:
    office.go_to("2026-12-02")
    assert office.letter("M-COMMITMENT-URGE").conversation == f"{K}-1"
    assert office.record("commitment").state == "临近"
    promised.act("ReportCame", done=False, text="冬季无法施工。", new_due="2027-06-30")
    promised.do("DecideNewDate", granted=True, reason="冬季停工属实。")
    found = office.record("commitment")
    assert (found.state, found.fields["due"]) == ("已展期", "2027-06-30")
    office.go_to("2027-07-01")
    assert office.record("commitment").state == "逾期"
    assert office.tasks("deputy_office") == ["HandleBroken"]


def test_a_broken_promise_is_urged_then_handled_again(office: Office, promised: Handling) -> None:
    office.go_to("2027-01-02")
    promised.do("HandleBroken", measure="催办", reason="请抓紧建设并说明原因。")
    assert office.letter("M-COMMITMENT-URGE").conversation == f"{K}-2"
    office.pass_days(20)
    promised.do("HandleBroken", measure="退回重新办理", reason="逾期一年仍未动工，无正当理由。")
    assert office.record("commitment").state == "重新办理"
    task = office.task("deputy_office", "PrepareRedo", promised.case)
    assert "未动工" in office.shown("deputy_office", task)
    promised.do("PrepareRedo")
    assert office.letter("M-REDO").payload["round"] == 2
    again = {**SHEDS, "no": 2, "due": "2027-10-31"}
    promised.answered(reply_class="B", commitments=[again])
    promised.delivered()
    promised.evaluated()
    promised.act("ReportCame", done=True, text="全部建成。")
    promised.do("ConfirmFulfilment", confirmed=True, comment="属实。")
    promised.closed()
    assert office.states("commitment") == ["重新办理", "已兑现"]
    assert len(office.facts("handling_case")["commitments"]) == 2


def test_a_broken_promise_may_stand_as_broken(office: Office, promised: Handling) -> None:
    office.go_to("2027-01-02")
    promised.do("HandleBroken", measure="认定未兑现并报告", reason="项目已取消，列入年度报告。")
    assert office.record("commitment").state == "未兑现"
    promised.closed()
    assert promised.state == "办结"


def test_what_is_not_so_goes_on(office: Office, promised: Handling) -> None:
    promised.act("ReportCame", done=True, text="全部建成。")
    promised.do("ConfirmFulfilment", confirmed=False, comment="现场只见四十座。")
    assert office.record("commitment").state == "待兑现"
    assert "ReportCame" in office.acts("deputy_office", promised.case)


def test_several_promises_are_followed_each_for_itself(office: Office, handling: Handling) -> None:
    second = {"no": 2, "matter": "落实管护经费", "due": "2026-06-30"}
    handling.answered(reply_class="B", commitments=[SHEDS, second])
    handling.delivered()
    handling.evaluated()
    assert office.states("commitment") == ["待兑现", "待兑现"]
    assert len(office.cases("commitment_follow_up")) == 2


def test_a_withdrawn_suggestion_has_no_promises_left(office: Office, promised: Handling) -> None:
    promised.act("WithdrawWanted", reason="已另行解决。")
    assert office.states("commitment") == ["撤回"]
    assert office.outcomes("handler_assignment") == ["withdrawn"]
    assert office.failures() == []


def test_another_deputy_evaluates_or_nobody(office: Office, handling: Handling) -> None:
    handling.answered()
    handling.delivered()
    handling.act("ChangeWanted", successor=office.person("deputy_two"))
    assert office.tasks("deputy", handling.case) == []
    assert office.tasks("deputy_two", handling.case) == ["EvaluateReply"]
    handling.act("ChangeWanted", successor=None)
    assert handling.fields["result"] == "未评价"
    handling.closed()
    assert office.outcomes("handler_assignment") == ["unevaluated"]


def test_a_key_matter_is_planned_decided_supervised_and_reported(office: Office) -> None:
    case = Handling(office, mode="重点督办")
    plan = {"goal": "年底前建成集中堆粪棚。", "measures": "五月视察，七月听取汇报。"}
    plan |= {"leader": "常委会副主任尚德林", "report_by": "2026-06-30"}
    case.do("ProposeKey", "congress_clerk", **plan)
    case.do("DecideKey", "director", decision="修改方案后再议", comment="增加暗访。")
    case.do("ProposeKey", "congress_clerk", **plan)
    case.do("DecideKey", "director", decision="列入")
    assert office.deadline("key_report").due.isoformat() == "2026-07-01"
    seen = {"way": "实地视察", "people": "部分代表", "finding": "现场查看三处，一处开工。"}
    case.do("SuperviseKey", "congress_clerk", more=True, **seen)
    office.go_to("2026-07-02")
    case.do("RemindKey", "congress_clerk", note="已催报。")
    case.do("SuperviseKey", "congress_clerk", more=False, **seen)
    report = {"report": "已建成六十座，其余年底前完工。", "result": "取得阶段成效"}
    case.do("ReportKey", "congress_clerk", advice="加快资金拨付。", **report)
    case.do("HearReport", "director", accepted=True)
    found = office.record("key_matter")
    assert (found.state, found.fields["visits"]) == ("办结", 2)
    assert found.fields["report_no"] == office.paper("key_supervision_report").number
    assert office.outcomes("key_supervision") == ["supervised"]


def test_what_the_directors_do_not_list_is_not_supervised(office: Office) -> None:
    case = Handling(office, mode="重点督办")
    plan = {"goal": "建成堆粪棚。", "measures": "视察、听取汇报。", "leader": "尚德林"}
    case.do("ProposeKey", "congress_clerk", **plan, report_by="2026-06-30")
    case.do("DecideKey", "director", decision="不列入", comment="已有专项督办。")
    assert office.record("key_matter").state == "未列入"
    assert office.papers("key_supervision_plan") == []
