"""A lead is reported, registered and compared with those that are there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.processes.leads import LEAD, NEW, accept, assess, judge, report, tell
from tests.processes.office import File, Office
from workflow_server.services import ledgers, worklists
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.ledgers import Wanted


def test_a_lead_is_numbered_registered_and_looked_for_among_the_others(office: Office) -> None:
    case = report(office, attachments=[File("现场照片.pdf")])
    lead = office.record("lead")
    assert (lead.number, lead.state) == ("齐建检线〔2026〕1号", "查重中")
    assert lead.fields["source_tags"] == "办案发现"
    assert [each.kind for each in office.papers()] == ["lead_registration"]
    assert office.paper("lead_registration").data["reporter_name"] == "沈立言"
    assert office.tasks("assistant", case) == ["DedupeLead"]
    # What called the intake has no record of its own, and yet a title.
    for login, title in (("assistant", lead.title), ("outsider", None)):
        made = worklists.list_made(office.people[login], [case])
        assert [each.title for each in made.values()] == [title][: len(made)]
        assert bool(made) is bool(title)
    accept(office, case)
    assert office.record("lead").state == "研判中"
    assert office.failures() == []


def test_a_state_secret_is_refused_at_the_door_and_only_a_stub_is_kept(office: Office) -> None:
    with pytest.raises(AnswersRefused) as refused:
        report(office, state_secret=True)
    assert "请转线下办理" in str(refused.value.faults)
    assert office.records("lead") == office.cases("lead_to_reply") == []
    office.start("prosecutor", "secret_stub", offline_no="线下〔2026〕3号", keeper="保密室")
    (stub,) = office.records("offline_file")
    assert stub.fields == {
        "offline_no": "线下〔2026〕3号",
        "keeper": "保密室",
        "registered_on": "2026-04-01",
    }
    assert office.outcomes("secret_stub") == ["offline"]


@pytest.mark.parametrize("source", ["代表建议", "政协提案", "移送", "模型"])
def test_some_sources_have_a_number(office: Office, source: str) -> None:
    with pytest.raises(AnswersRefused):
        report(office, lead_source=source)
    report(office, lead_source=source, source_ref="齐建人大建〔2026〕7号")
    assert office.record("lead").fields["source_ref"] == "齐建人大建〔2026〕7号"


def test_short_contents_and_minors_not_flagged_are_refused(office: Office) -> None:
    with pytest.raises(AnswersRefused):
        report(office, content="太短的内容")
    with pytest.raises(AnswersRefused):
        report(office, domain="未成年人保护")
    assert office.cases("lead_to_reply") == []


def test_a_minor_closes_the_case_to_who_is_not_certified_from_the_start(office: Office) -> None:
    case = report(office, minor_involved=True, domain="未成年人保护")
    assert [each.minor for each in office.cases("lead_to_reply")] == [True]
    assert [each.minor for each in office.cases("lead_intake")] == [True]
    accept(office, case)
    office.do(
        "prosecutor",
        "ResearchLead",
        case,
        authenticity="高",
        checkability="高",
        necessity="未成年人权益受到侵害，确有监督必要。",
        pre_inquiry=False,
        expert_meeting=False,
        proposed_triage="不予立项",
        reason="主管部门已经依法处理完毕。",
    )
    # Of the policy office only who is certified gives the opinion.
    assert office.tasks("legal_policy", case) == []
    opinion = {"agree": "同意", "opinion": "同意承办人意见。"}
    office.do("legal_policy_two", "GivePolicyOpinion", case, **opinion)
    office.do(
        "dept_head",
        "DecideTriage",
        case,
        decision="作出结论",
        triage="不予立项",
        reason="同意承办人意见。",
    )
    tell(office, case)
    assert office.outcomes("lead_to_reply") == ["not_filed"]
    assert office.failures() == []


def test_the_informant_is_read_by_the_team_and_the_head_alone(office: Office) -> None:
    case = report(office, lead_source="群众举报", source_confidential=True, informant="吴桂芳")
    task = office.task("assistant", "DedupeLead", case)
    assert "吴桂芳" not in office.shown("assistant", task)
    office.do("assistant", "DedupeLead", case, **NEW)
    task = office.task("dept_head", "JudgeJurisdiction", case)
    assert "吴桂芳" in office.shown("dept_head", task)
    paper = office.paper("lead_registration")
    assert "吴桂芳" not in str(paper.data)


def test_a_duplicate_is_merged_its_source_is_tagged_and_both_reporters_are_told(
    office: Office,
) -> None:
    first = report(office, lead_source="群众举报", informant="吴桂芳")
    accept(office, first)
    second = report(
        office,
        "prosecutor_two",
        lead_source="代表建议",
        source_ref="建人建〔2026〕12号",
        source_org=office.org("congress"),
        title=LEAD["title"] + "问题",
    )
    main = office.records("lead")[0]
    similar = office.facts("lead_intake")["similar"]
    assert [each["id"] for each in similar] == [str(main.id)]
    merge = {"dedupe_result": "重复", "reason": "反映同一小区同一问题。"}
    with pytest.raises(AnswersRefused):
        office.do("assistant", "DedupeLead", second, **merge)
    office.do("assistant", "DedupeLead", second, **merge, main_lead=str(main.id))
    tell(office, second)
    kept, merged = office.records("lead")
    assert (kept.state, merged.state) == ("研判中", "已并案")
    assert kept.fields["source_tags"] == "群众举报、代表建议"
    assert merged.fields["merged_into_no"] == kept.number
    (link,) = office.links("merged_into")
    assert (link.from_id, link.to_id) == (merged.id, kept.id)
    assert office.outcomes("lead_to_reply") == [None, "merged"]
    assert len(office.cases("lead_notice")) == 2
    told = office.letter("M-LEAD-RESULT")
    assert str(told.recipient_id) == office.org("congress")
    assert told.payload["notice_kind"] == "线索并案情况"
    assert office.failures() == []


def test_the_same_unit_and_domain_are_a_possible_duplicate_for_ninety_days(office: Office) -> None:
    units = [office.org("urban_management"), office.org("market_regulation")]
    report(office, units=units)
    other = {"title": "某超市灭火器过期", "units": units[1:]}
    report(office, **other)
    (found,) = office.facts("lead_intake")["similar"]
    assert (found["number"], found["same"]) == ("齐建检线〔2026〕1号", True)
    second = office.cases("lead_intake")[-1].id
    task = office.task("assistant", "DedupeLead", second)
    assert "('涉及单位', '齐齐哈尔市建华区市场监督管理局')" in office.shown("assistant", task)
    assert "90日内同一单位同一领域" in office.shown("assistant", task)
    report(office, **{**other, "title": "学校周边商店卖烟", "domain": "食品药品安全"})
    assert office.facts("lead_intake")["similar"] == []
    office.now += timedelta(days=91)
    report(office, **{**other, "title": "加油站通道上锁"})
    assert office.facts("lead_intake")["similar"] == []


def test_a_lead_with_two_sources_is_counted_once_with_both_tags(office: Office) -> None:
    report(office, lead_source="群众举报", informant="吴桂芳")
    office.do("assistant", "DedupeLead", **NEW)
    second = report(office, lead_source="代表建议", source_ref="12号", title=LEAD["title"] + "问题")
    main = str(office.records("lead")[0].id)
    office.do(
        "assistant",
        "DedupeLead",
        second,
        dedupe_result="并案",
        main_lead=main,
        reason="反映同一小区同一问题。",
    )
    chief = office.people["chief"]
    found = ledgers.figures(chief, ledgers.get(chief, "leads"), Wanted())
    figures = {each.label: each.value for each in found}
    assert figures["登记件数"] == 2
    assert figures["线索数（并案的计一件）"] == 1
    assert figures["其中代表建议来源"] == 1


def test_a_lead_that_is_merged_into_a_merged_one_goes_to_the_main_one(office: Office) -> None:
    for _ in range(2):
        report(office)
    first = office.records("lead")[0]
    cases = office.cases("lead_to_reply")
    office.do("assistant", "DedupeLead", cases[0].id, **NEW)
    again = {"dedupe_result": "重复", "reason": "反映同一小区同一问题。"}
    office.do("assistant", "DedupeLead", cases[1].id, **again, main_lead=str(first.id))
    third = report(office)
    second = office.records("lead")[1]
    office.do("assistant", "DedupeLead", third, **again, main_lead=str(second.id))
    assert [each.state for each in office.records("lead")] == ["待研判", "已并案", "已并案"]
    assert {link.to_id for link in office.links("merged_into")} == {first.id}
    assert len(office.records("lead")[0].fields["sources"]) == 3
    assert office.failures() == []


def test_a_related_lead_is_linked_and_goes_on_by_itself(office: Office) -> None:
    report(office)
    office.do("assistant", "DedupeLead", **NEW)
    first = office.record("lead")
    second = report(office, title=LEAD["title"] + "二期")
    related = {
        "dedupe_result": "关联",
        "related_leads": [str(first.id)],
        "reason": "同一物业公司。",
    }
    office.do("assistant", "DedupeLead", second, **related)
    (link,) = office.links("related_to")
    assert link.to_id == first.id
    assert judge(office, second, jurisdiction="不属检察", basis="属于民事纠纷，可向法院起诉。")
    assert office.failures() == []


def test_a_lead_like_none_can_only_be_new(office: Office) -> None:
    report(office)
    with pytest.raises(AnswersRefused) as refused:
        office.do("assistant", "DedupeLead", dedupe_result="重复", reason="同一问题。")
    assert refused.value.faults


def test_the_whole_way_of_a_lead_to_a_case_is_told_to_its_source(office: Office) -> None:
    case = report(office, source_org=office.org("congress"))
    accept(office, case)
    assess(office, case)
    told = office.letters("M-LEAD-RESULT")
    assert [each.payload["notice_kind"] for each in told][:1] == ["线索处理情况"]
    assert office.failures() == []
