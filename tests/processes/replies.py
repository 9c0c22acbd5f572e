"""What is done about a letter that was served to a unit on paper."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.office import File, Office
from tests.processes.served import PUBLIC, Served
from workflow_server.content.parameters import Parameter
from workflow_server.content.shared import Shared

KINDS: dict[str, dict[str, Any]] = {"SG": {}, "PIL": PUBLIC}
PERIODS: dict[str, dict[str, Any]] = {
    "R-REPLY-2M": {"reply_rule": "R-REPLY-2M"},
    "R-REPLY-15D": {"reply_rule": "R-REPLY-15D", "urgent_reason": "损害正在扩大。"},
}
REPLY: dict[str, Any] = {
    "reply_no": "建水函〔2026〕3号",
    "adopted": "全部",
    "plan": "已按检察建议逐项整改。",
    "items": [
        {"no": 1, "status": "已完成", "measure": "清理占道停车", "done_by": None},
        {"no": 2, "status": "已完成", "measure": "建立巡查制度", "done_by": None},
    ],
    "mechanism": None,
    "signed_by": "局长",
    "sealed": True,
    "files": [File("回函.pdf")],
}
OBJECTION: dict[str, Any] = {
    "kind": "事实",
    "reasons": "其中一处车位经依法审批设置，不属于违法占道。",
    "want": "变更",
    "evidence": [File("异议书.pdf")],
}
RESTART = {"成立-变更": {"restart_clock": True}}
REASON = "经复核，单位提交的审批材料真实有效，所提事实成立。"
CHANGED = {
    "reason": REASON,
    "items": [
        {"text": "清理未经审批的占道车位", "basis": "《城市道路管理条例》", "expect_by": None}
    ],
    "reply_rule": "R-REPLY-2M",
    "objection_days": 15,
}
URGE: dict[str, Any] = {
    "mode": "走访",
    "note": "到单位走访，督促按期整改并书面回复，单位表示正在落实。",
    "record": [File("督促笔录.pdf")],
}
SECOND = {"合格": "到位"}
GAPS = {"补充": {"gaps": "第二项没有提交巡查制度文本，请补充。"}}
CAUSE = "冬季冻土，栽植的树木不能成活，须待次年解冻后补植。"


def serve(office: Office, track: str = "SG", rule: str = "R-REPLY-2M") -> Served:
    """Issue and serve a letter to a unit that is not on the server: what it says comes on paper."""
    unit = office.org("water_affairs")
    letter = Served(office, addressee=unit, **KINDS[track])
    letter.issue(addressee=unit, **PERIODS[rule])
    letter.serve()
    assert office.failures() == []
    return letter


def reply(office: Office, element: str = "ReplyArrived", **more: Any) -> list[str]:
    return office.act("prosecutor", element, **{**REPLY, "reply_date": office.today, **more})


def review(office: Office, assessment: str = "合格", **more: Any) -> list[str]:
    answers = {
        "form_ok": True,
        "item_reviews": [
            {"no": 1, "status": "到位", "note": "现场已清理。"},
            {"no": 2, "status": SECOND.get(assessment, "部分"), "note": "见巡查记录。"},
        ],
        "site_check": False,
        "assessment": assessment,
        "reason": "逐项对照检察建议审查，结论如上。",
        "reviewed_on": office.today,
        **GAPS.get(assessment, {}),
    }
    return office.do("prosecutor", "ReviewReply", **{**answers, **more})


def object_(office: Office, **more: Any) -> list[str]:
    answers = {**OBJECTION, "objected_on": office.today, **more}
    return office.act("prosecutor", "ObjectionMade", **answers)


def decide(office: Office, result: str) -> list[str]:
    more = RESTART.get(result, {})
    office.do("prosecutor", "ReviewObjection", result=result, reason=REASON, **more)
    return office.do("chief", "DecideObjection", result=result, reason=REASON)


def ask_extension(office: Office, until: str) -> list[str]:
    return office.act(
        "prosecutor",
        "ExtensionAsked",
        to_date=until,
        reason="改造工程正在招标，须延长期限。",
        progress="已完成设计。",
        applied_on=office.today,
    )


def due(office: Office, name: str = "reply") -> str:
    return office.deadline(name).due.isoformat()


def set_parameter(monkeypatch: pytest.MonkeyPatch, key: str, value: Any) -> None:
    """Let the office have set a value of its own."""
    shipped = Parameter.in_region

    def in_region(parameter: Parameter, region: str | None) -> Any:
        return value if parameter.key == key else shipped(parameter, region)

    answer = Shared.rule

    def rule(shared: Shared, *asked: Any) -> Any:
        # The table has seen the parameters, and its answers are kept.
        shared._resolved.clear()
        found = answer(shared, *asked)
        shared._resolved.clear()
        return found

    monkeypatch.setattr(Parameter, "in_region", in_region)
    monkeypatch.setattr(Shared, "rule", rule)
