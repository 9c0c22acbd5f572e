"""What the people of the demo office usually answer in a case about a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.processes.office import File, Office

FACTS = "经调查，辖区河道滩地长期堆放建筑垃圾，主管机关未依法履行监督管理职责。"
ITEM = {"name": "现场照片", "kind": "视听资料", "taken_at": "2026-04-01", "taken_by": "沈立言"}
APPROVED = "同意，请依法及时办理。"


def usual(office: Office) -> dict[str, Mapping[str, Any]]:
    """Return the answers by element; persons, units and days are those of the demo office."""
    return {**_opening(office), **_investigating(office), **_closing(office), **_acts(office)}


def _opening(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "AssignCase": {
            "recused_prosecutors": [],
            "recused_assistants": [],
            "recusal_check": True,
            "handler": office.person("prosecutor"),
            "assistants": [office.person("assistant")],
            "unified_by": "本院",
            "assigned_on": office.today,
        },
        "ApplyInquiry": {
            "subject": "河道滩地堆放建筑垃圾的治理漏洞",
            "measures": ["现场走访、查验", "听取被建议单位意见"],
            "plan": "先到现场查看并拍照，再调取执法台账，最后听取单位意见。",
            "applied_on": office.today,
        },
        "DecideInquiry": {"decision": "同意", "decided_at": office.today, "reason": APPROVED},
        "ApplyFiling": {
            "agencies": [office.org("urban_management")],
            "filing_basis": "河道滩地长期堆放建筑垃圾，城市管理执法机关负有查处职责而未依法履行。",
            "harm_desc": "河道行洪空间和沿岸环境受到损害。",
            "consultation": False,
            "applied_on": office.today,
            "apply_comment": "建议立案。",
        },
        "CheckFiling": {
            "check_decision": "同意报检察长",
            "checked_on": office.today,
            "comment": "同意。",
        },
        "DecideFiling": {
            "decision": "作出决定",
            "filed": True,
            "decided_at": office.today,
            "reason": APPROVED,
        },
        "ServeDecision": {
            "notice_served_at": office.today,
            "notice_mode": "书面",
            "notice_receiver": "韩冰",
            "notice_proof": [File("送达回证.pdf")],
        },
        "HoldConsultation": {
            "mode": "座谈会",
            "held_at": f"{office.today}T08:30:00+08:00",
            "place": "建华区人民检察院",
            "attendees": [{"name": "韩冰", "unit": "建华区城市管理综合执法局"}],
            "confirmed_facts": "双方确认河道滩地堆放建筑垃圾约二十立方米。",
            "cured": True,
            "cured_facts": "滩地垃圾已经全部清运，并建立了巡查制度。",
            "minutes_on": office.today,
            "minutes": [File("纪要.pdf")],
        },
        "DecideCured": {
            "decision": "终结案件",
            "decided_at": office.today,
            "reason": "行政机关已全面采取整改措施依法履行职责。",
        },
    }


def _investigating(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "PlanInvestigation": {
            "investigators": [office.person("prosecutor"), office.person("assistant")],
            "plan_scope": "堆放的时间、数量、责任单位和执法情况。",
            "plan_steps": "现场勘查、调取台账、听取单位意见，两人共同进行。",
            "planned_on": office.today,
        },
        "CollectEvidence": {
            "evidence": [{**ITEM, "proves": "滩地堆放建筑垃圾的现状", "file": [File("照片.pdf")]}],
            "unit_heard": True,
            "unit_heard_on": office.today,
            "unit_opinion": "认可存在管理不到位的问题。",
            "deputies_invited": [],
            "comment": "事实已经查清，证据确实充分。",
        },
        "WriteReport": {
            "facts": FACTS,
            "evidence_list": [{"name": "现场照片", "kind": "视听资料", "proves": "堆放现状"}],
            "legal_basis": [{"text": "《中华人民共和国固体废物污染环境防治法》第二十条"}],
            "responsible_unit": office.org("urban_management"),
            "disposition": "提出建议",
            "addressees": [{"unit": office.org("urban_management"), "rel": "本级"}],
            "disposition_reason": "主管机关未依法履职，应当制发检察建议督促整改。",
            "hearing_needed": False,
            "reported_on": office.today,
        },
        "DecideDisposition": {
            "decision": "同意",
            "decided_at": office.today,
            "reason": APPROVED,
        },
        "ConfirmTermination": {
            "close_ground": "规则74(3)",
            "decided_at": office.today,
            "reason": "制发前行政机关已全面采取整改措施依法履行职责。",
        },
        "ServeTermination": {
            "termination_served_on": office.today,
            "termination_mode": "书面",
            "termination_receiver": "韩冰",
            "termination_proof": [File("送达回证.pdf")],
        },
    }


def _closing(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "PrepareClosing": {
            "close_type": "办复",
            "close_summary": "线索系办案发现，经调查制发检察建议，单位已经整改并书面回复。",
            "outcome_numbers": [{"indicator": "清理垃圾", "quantity": 20, "unit": "立方米"}],
            "close_opinion": "建议结案。",
            "prepared_on": office.today,
        },
        "CheckClosing": {
            "check_decision": "同意",
            "checked_on": office.today,
            "check_comment": "同意结案。",
        },
        "ApproveClosing": {
            "closing_decision": "同意",
            "closing_on": office.today,
            "closing_comment": "同意结案。",
        },
        "ArchiveCase": {
            "volume_no": "2026-公益-001",
            "archived_at": office.today,
            "extra_items": [{"name": "现场勘查图", "pages": 2}],
            "quality_sample": False,
        },
    }


def _acts(office: Office) -> dict[str, Mapping[str, Any]]:
    return {
        "HandlerChanged": {
            "change_kind": "回避",
            "changed_on": office.today,
            "new_handler": office.person("prosecutor_two"),
            "new_assistants": [office.person("assistant")],
            "change_reason": "原承办检察官与单位负责人有近亲属关系。",
            "recusal_check": True,
        },
        "MinorFound": {"minor_basis": "受害人之一未满十四周岁。", "minor_found_on": office.today},
        "SecretFound": {
            "offline_no": "线下〔2026〕3号",
            "secret_basis": "材料标有密级标志",
            "keeper": "保密办",
            "offline_on": office.today,
            "offline_confirmed": True,
        },
        "OrderRegistered": {
            "order_no": "齐检指〔2026〕5号",
            "ordered_on": office.today,
            "order_kind": "提级办理",
            "order_text": "本案由市院提级办理，请停止办理并移送材料。",
            "order_file": [File("指令.pdf")],
        },
        "DecideOrder": {
            "execution": "按指令执行",
            "executed_on": office.today,
            "execution_comment": "按指令停止办理。",
        },
        "CuredReported": {
            "cured_facts": "单位已将垃圾全部清运并复绿，现场核实属实。",
            "cured_on": office.today,
            "cured_files": [File("核实.pdf")],
        },
        "DecideSelfCured": {
            "decision": "终结案件",
            "decided_at": office.today,
            "reason": "行政机关已全面采取整改措施依法履行职责。",
        },
        "ExtensionAsked": {
            "extend_reason": "鉴定意见尚未作出，需要继续调查。",
            "extend_applied_on": office.today,
        },
        "DecideExtension": {
            "extension_decision": "同意",
            "extension_decided_on": office.today,
            "extension_comment": APPROVED,
        },
        "AppraisalCommissioned": {
            "appraiser": "齐齐哈尔市环境监测站",
            "appraisal_kind": "鉴定",
            "commissioned_on": office.today,
            "appraisal_question": "滩地土壤受污染的程度和面积。",
        },
        "ReceiveAppraisal": {
            "appraisal_result": "收到鉴定意见",
            "appraisal_received_on": office.today,
            "appraisal_text": "轻度污染。",
            "appraisal_file": [File("鉴定意见.pdf")],
        },
    }
