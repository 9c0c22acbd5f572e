"""A procuratorial suggestion becomes something for the congress: every way that this may go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.conversion_letters import CLEAN, Conversion
from tests.processes.conversion_letters import conversion as conversion
from tests.processes.conversion_letters import databases as databases
from tests.processes.conversion_letters import letter_conversions as letter_conversions
from tests.processes.sight import words_of
from workflow_server.services.answers import AnswersRefused


def test_a_result_with_quantities_returns_to_the_letters_it_came_from(
    conversion: Conversion,
) -> None:
    office = conversion.office
    conversion.issue(), conversion.issue("agriculture")
    conversion.transfer()
    sent = office.letter("M-CONVERT").payload
    assert (sent["case_count"], sent["linked_letters"][0]["addressee_name"]) == (2, "某镇")
    assert sent["contact_phone"] == "0452-2550101"
    assert conversion.state == "已移送"
    conversion.evaluate("代表建议")
    assert conversion.state == "推荐"
    sheds = [{"name": "集中堆粪棚", "qty": 100, "unit": "座"}]
    conversion.result("adopted_done", suggestion_no="第12号", reply_class="B", outcomes=sheds)
    first = {"set_assessment": True, "assessment": "合格", "reason": "堆粪棚已经建成使用。"}
    office.do("prosecutor", "KeepLetter", office.cases("letter_kept")[1].id)
    conversion.take(effect="建成集中堆粪棚50座", **first)
    assert office.failures() == []
    assert office.outcomes("conversion_case") == ["adopted_done"]
    told = conversion.told
    assert (told["direction"], told["outcomes_text"]) == ("反向", "100座集中堆粪棚")
    one, other = told["effects"]
    assert one["registered"] == "已记入检察建议登记"
    assert other["registered"] == "原登记已经办结，记入转化台账"
    assert one["set_by"]
    assert one["reason"] == "堆粪棚已经建成使用。"
    changed, closed = office.records("suggestion")
    assert changed.fields["assessment"] == "合格"
    assert "堆粪棚已经建成使用" in changed.fields["conversion_effect"]
    assert closed.state == "办复"
    assert closed.fields.get("assessment") is None
    links = {(str(each.from_id), str(each.to_id)) for each in office.links("converts")}
    here = str(office.record("conversion").id)
    assert links == {(here, each) for each in conversion.letters}


ENDS = {
    "legislative": ("立法计划", "转立法", "办结"),
    "inspection": ("专题视察", "转视察", "办结"),
    "listed": ("执法检查", "转报告", "办结"),
    "reference": ("参考", "参考", "参考"),
    "no_adopter": ("代表建议", "推荐", "无人采纳"),
}


@pytest.mark.parametrize("outcome", ENDS)
def test_each_evaluation_ends_as_the_congress_says(conversion: Conversion, outcome: str) -> None:
    suit, between, final = ENDS[outcome]
    conversion.transfer()
    conversion.evaluate(suit)
    assert conversion.state == between
    conversion.result(outcome)
    conversion.take()
    assert conversion.state == final
    assert conversion.office.outcomes("conversion_case") == [outcome]
    assert conversion.office.failures() == []


def test_who_does_not_answer_in_time_is_asked_and_waited_for(conversion: Conversion) -> None:
    office = conversion.office
    conversion.transfer()
    office.pass_days(6)
    asked = {"mode": "电话", "note": "经办人出差，三日内签收。"}
    office.do("assistant", "AskAck", **asked)
    conversion.answer("M-CONV-ACK", ledger_no="人转1", received_on=office.today)
    office.pass_days(25)
    office.do("assistant", "AskEval", **asked)
    conversion.answer("M-CONV-EVAL", suit="参考", reason="供参考。", evaluated_on=office.today)
    office.go_to("2026-12-20")
    office.do("assistant", "AskResult", **asked)
    conversion.result("reference")
    conversion.take()
    assert office.outcomes("conversion_case") == ["reference"]
    assert office.failures() == []


def test_a_deputys_visit_is_planned_and_recorded_without_files_of_cases(
    conversion: Conversion,
) -> None:
    office = conversion.office
    conversion.transfer()
    conversion.evaluate("代表建议")
    wish = {"kind": "视察", "wish": "看看堆放点", "when": "五月上旬"}
    conversion.answer("M-CONV-SUPPORT", "-s1", **wish)
    assert "看看堆放点" in office.shown("prosecutor", office.task("prosecutor", "PlanSupport"))
    plan = {"agree": True, "plan": "到两个村看堆放点", "at": "2026-05-08T09:00:00+08:00"}
    office.do("prosecutor", "PlanSupport", **plan, place="某村")
    assert office.letter("M-CONV-SUPPORT-RESULT").payload["plan"] == "到两个村看堆放点"
    seen = {"visit_people": "代表二人", "visit_text": "实地查看了两处堆放点。"}
    office.do("assistant", "WriteVisitRecord", **seen)
    assert office.paper("deputy_visit_record").status == "issued"
    conversion.answer("M-CONV-SUPPORT", "-s2", **wish)
    office.do("prosecutor", "PlanSupport", agree=False, text="正值汛期，道路不通。")
    assert office.letter("M-CONV-SUPPORT-RESULT").payload["plan"] == "不便安排"
    conversion.result("no_adopter")
    conversion.take()
    assert office.failures() == []


# 脱密脱敏


def prepared(conversion: Conversion, *units: str) -> None:
    for unit in units or ("township",):
        conversion.issue(unit)
    conversion.begin()
    conversion.analyse()
    conversion.prepare()


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"pending_case": True}, "涉未审结案件的不能移送"),
    ({"deidentified": False}, "还没有隐去"),
    ({"privacy": True}, "不能通过"),
    ({"minor": True}, "不能通过"),
    ({"state_secret": True}, "必须转线下"),
    ({"result": "转线下"}, "只有涉及国家秘密"),
    ({"result": "退回"}, "理由"),
)


def test_nothing_passes_that_must_not_leave(conversion: Conversion) -> None:
    prepared(conversion)
    for answers, told in REFUSED:
        given = {**answers, "pending": conversion.letters if "pending_case" in answers else []}
        with pytest.raises(AnswersRefused) as refused:
            conversion.office.do("secrecy_officer", "CheckDeident", **given)
        assert told in str(refused.value.faults), answers


def test_a_pending_case_is_taken_out_or_waited_for(conversion: Conversion) -> None:
    office = conversion.office
    prepared(conversion, "township", "agriculture")
    back = {**CLEAN, "pending_case": True, "result": "退回", "reason": "两件尚未审结。"}
    office.do("secrecy_officer", "CheckDeident", **back, pending=conversion.letters)
    out = {"take_out": conversion.letters[:1], "note": "一件取出，一件五月审结。"}
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "TakeOutPending", **out, wait_until=office.today)
    office.do("prosecutor", "TakeOutPending", **out, wait_until="2026-05-06")
    assert "PrepareDeident" not in office.tasks("assistant")
    office.go_to("2026-05-07")
    conversion.prepare()
    office.do("secrecy_officer", "CheckDeident")
    conversion.approve()
    office.do("assistant", "PrepareTransfer")
    assert [row["doc_no"] for row in office.letter("M-CONVERT").payload["linked_letters"]] == [
        "齐建检建〔2026〕2号"
    ]
    assert office.failures() == []


def test_when_every_case_is_pending_nothing_is_sent(conversion: Conversion) -> None:
    office = conversion.office
    prepared(conversion)
    back = {**CLEAN, "pending_case": True, "result": "退回", "reason": "尚未审结。"}
    office.do("secrecy_officer", "CheckDeident", **back, pending=conversion.letters)
    office.do("prosecutor", "TakeOutPending", take_out=conversion.letters, note="二审未结。")
    assert office.outcomes("conversion_case") == ["rejected"]
    assert "二审未结" in conversion.told["decline_reason"]
    assert office.letters("M-CONVERT") == []


def test_names_and_numbers_of_the_cases_do_not_slip_through(conversion: Conversion) -> None:
    office = conversion.office
    conversion.issue("township")
    conversion.begin()
    conversion.analyse()
    name = office.facts("conversion_case")["leak_names"][0]
    leak = {"analysis_out": f"{name}辖区散养户粪污露天堆放，整改以后多次反弹。"}
    with pytest.raises(AnswersRefused) as refused:
        conversion.prepare(**leak)
    assert "仍有关联案件的单位或者人员名称" in str(refused.value.faults)
    with pytest.raises(AnswersRefused) as refused:
        conversion.prepare(analysis_out="散养户粪污露天堆放，联系电话13912345678，多次反弹。")
    assert "手机号码" in str(refused.value.faults)
    conversion.prepare(**leak, leak_reason="单位名称已经公开。")
    assert name in office.shown("secrecy_officer", office.task("secrecy_officer", "CheckDeident"))
    back = {**CLEAN, "result": "退回", "reason": "单位名称也要隐去。"}
    office.do("secrecy_officer", "CheckDeident", **back)
    assert "单位名称也要隐去" in office.shown(
        "prosecutor", office.task("prosecutor", "AnalyseCases")
    )
    conversion.analyse()
    hidden = [{"text": name, "instead": "某镇人民政府"}]
    with pytest.raises(AnswersRefused):
        conversion.prepare(**leak, redactions=hidden, leak_reason=None)
    conversion.prepare(text=f"建议{name}设置集中堆放点。", redactions=hidden)
    office.do("secrecy_officer", "CheckDeident")
    conversion.approve()
    office.do("assistant", "PrepareTransfer")
    assert office.failures() == []
    assert name not in str(office.letter("M-CONVERT").payload)
    for kind in ("conversion_letter", "analysis_report"):
        assert name not in words_of(office.paper(kind)), kind


def test_a_state_secret_leaves_the_server(conversion: Conversion) -> None:
    office = conversion.office
    prepared(conversion)
    offline = {"offline_no": "线下1", "keeper": "保密办", "secret_basis": "定密责任人认定"}
    found = {**CLEAN, "state_secret": True, "result": "转线下", "stopped": True, **offline}
    office.do("secrecy_officer", "CheckDeident", **found)
    assert office.outcomes("conversion_case") == ["rejected_secrecy"]
    assert "粪污" not in str(office.cases("conversion_case")[0].variables)
    assert (conversion.state, office.record("conversion").title) != ("转线下", "畜禽粪污")
    assert office.record("offline_file").fields["offline_no"] == "线下1"
    assert office.failures() == []


def test_a_secret_found_mid_way_ends_the_transfer(conversion: Conversion) -> None:
    office = conversion.office
    conversion.transfer()
    offline = {"offline_no": "线下2", "keeper": "保密办", "secret_basis": "来文机关告知"}
    office.act("prosecutor", "SecretFound", **offline, stopped=True)
    assert office.outcomes("conversion_case") == ["rejected_secrecy"]
    assert office.waiting() == {
        key: name for key, name in office.waiting().items() if name == "KeepLetter"
    }


# 审批


def test_a_refusal_ends_with_its_reason_and_what_was_linked_stays(conversion: Conversion) -> None:
    office = conversion.office
    prepared(conversion)
    office.do("secrecy_officer", "CheckDeident")
    office.do("dept_head", "DeptOpinion", opinion="退回", comment="补充数据。")
    conversion.analyse()
    conversion.prepare()
    office.do("secrecy_officer", "CheckDeident")
    office.do("dept_head", "DeptOpinion")
    office.do("legal_policy", "PolicyOpinion", opinion="不同意", comment="个别问题。")
    office.do("chief", "ChiefDecide", decision="不同意", comment="问题尚不普遍。")
    assert office.outcomes("conversion_case") == ["rejected"]
    assert (conversion.state, conversion.told["decline_reason"]) == ("不予转化", "问题尚不普遍。")
    assert len(office.links("converts")) == 1
    assert office.paper("conversion_approval").status == "issued"
    assert office.letters("M-CONVERT") == []


# 联合研判


def test_the_inspection_office_joins_in_or_is_not_waited_for(conversion: Conversion) -> None:
    office = conversion.office
    conversion.issue()
    conversion.begin()
    ask = {"ask_inspection": True, "inspection": office.org("district_government")}
    office.do("prosecutor", "AnalyseCases", **ask, question="请提供热线反映的件数。")
    office.do(
        "inspector",
        "AnalyseMatter",
        agree=True,
        data="热线去年反映63件。",
        opinion="同意研判意见。",
    )
    office.do("gov_head", "AgreeAnalysis", decision="退回", comment="核实件数。")
    office.do(
        "inspector",
        "AnalyseMatter",
        agree=True,
        data="热线去年反映61件。",
        opinion="同意研判意见。",
    )
    office.do("gov_head", "AgreeAnalysis", decision="同意", comment="同意。")
    assert "61件" in office.shown("prosecutor", office.task("prosecutor", "CompleteReport"))
    office.do("prosecutor", "CompleteReport")
    office.do("dept_head", "CheckReport", decision="退回", comment="再核一次。")
    office.do("prosecutor", "AnalyseCases", **ask, question="请核对件数。")
    assert len(office.letters("M-ANALYSE")) == 2
    office.pass_days(24)
    assert "逾期未答复" in office.shown("prosecutor", office.task("prosecutor", "CompleteReport"))
    office.do("prosecutor", "CompleteReport")
    office.do("dept_head", "CheckReport")
    assert [each.kind for each in office.papers("case_analysis_report")] == ["case_analysis_report"]
    assert office.papers("joint_research_report") == []
    assert office.failures() == []


# 提示


def test_a_hint_is_declined_with_a_reason_or_taken_by_the_head(conversion: Conversion) -> None:
    office = conversion.office
    letter, minors = conversion.issue(), conversion.issue(minor=True)
    home = office.org("procuratorate")
    hint = {"trigger": "已抄送人大", "reason": "多镇同类", "topic": "粪污治理", "domain": "其他"}
    given = {**hint, "suggestion_ids": [letter, minors], "group_key": None}
    conversion.receive("M-HINT", "a", home, **given)
    assert "关联检察建议" in office.shown("prosecutor", office.task("prosecutor", "ConsiderHint"))
    assert "2026〕2号" not in office.shown("prosecutor", office.task("prosecutor", "ConsiderHint"))
    with pytest.raises(AnswersRefused):
        office.do("prosecutor", "ConsiderHint", decision="不转化")
    office.do("prosecutor", "ConsiderHint", decision="不转化", decline_reason="已有同类建议。")
    assert office.outcomes("conversion_case") == ["hint_declined"]
    assert conversion.told["decline_reason"] == "已有同类建议。"
    conversion.receive("M-HINT", "b", home, **given)
    office.pass_days(20)
    office.do("dept_head", "HeadConsiders", decision="转化", handler=office.person("prosecutor"))
    assert office.tasks("prosecutor").count("AnalyseCases") == 1
    assert office.failures() == []
