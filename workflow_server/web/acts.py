"""What the acts of a case's history are called in pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from workflow_server.events import Event

#: What is said of an act; the others happen outside of cases.
WORDS: Mapping[str, Any] = {
    Event.INSTANCE_STARTED: _l("发起流程"),
    Event.TASK_CLAIMED: _l("领取"),
    Event.TASK_REASSIGNED: _l("指派"),
    Event.TASK_RELEASED: _l("退回"),
    Event.TASK_COMPLETED: _l("办结"),
    Event.ACT_DONE: _l("办理事项"),
    Event.DRAFT_SAVED: _l("保存草稿"),
    Event.MESSAGE_CORRELATED: _l("收到函件"),
    Event.SIGNAL_HEARD: _l("收到信号"),
    Event.CALL_ENDED: _l("所调用的流程已结束"),
    Event.CALL_ESCALATED: _l("所调用的流程已升级"),
    Event.TIMER_FIRED: _l("期限届至"),
    Event.ELEMENT_RETRIED: _l("重新执行"),
    Event.ELEMENT_SKIPPED: _l("跳过环节"),
    Event.CASE_MOVED: _l("移动环节"),
    Event.VARIABLE_SET: _l("修改变量"),
    Event.INSTANCE_SUSPENDED: _l("暂停流程"),
    Event.INSTANCE_RESUMED: _l("恢复流程"),
    Event.INSTANCE_CANCELLED: _l("终止流程"),
    Event.DEADLINE_CHANGED: _l("调整期限"),
    Event.ERASURE_ASKED: _l("待办结后清除内容"),
    Event.CASE_ERASED: _l("清除内容"),
    Event.JOB_RETRIED: _l("重试后台作业"),
    Event.ATTACHMENT_ADDED: _l("上传附件"),
    Event.DELIVERY_ACKNOWLEDGED: _l("签收函件"),
    Event.DELIVERY_HANDED_OVER: _l("转交纸质函件"),
    Event.DELIVERY_ENTERED: _l("登记纸质来函"),
    Event.INCIDENT_CLOSED: _l("关闭异常"),
    Event.NUMBER_VOIDED: _l("作废文号"),
    Event.CASE_RESTRICTED: _l("设定密级和标识"),
    Event.CASE_TAKEN_OVER: _l("由承继单位接办"),
    Event.PERSON_RECUSED: _l("回避"),
    Event.RECUSAL_LIFTED: _l("解除回避"),
    Event.EMERGENCY_ACCESS_TAKEN: _l("紧急查阅"),
    Event.EMERGENCY_ACCESS_REVIEWED: _l("核查紧急查阅"),
    Event.INQUIRY_RECORDED: _l("登记过问"),
}
_ICONS: Mapping[str, str] = {
    Event.INSTANCE_STARTED: "plus",
    Event.TASK_COMPLETED: "check",
    Event.ACT_DONE: "check",
    Event.MESSAGE_CORRELATED: "mail",
    Event.SIGNAL_HEARD: "mail",
    Event.CALL_ENDED: "check",
    Event.TIMER_FIRED: "clock",
}


def register(app: Flask) -> None:
    """Give templates the filters `act` and `act_icon`."""
    app.jinja_env.filters["act"] = act
    app.jinja_env.filters["act_icon"] = act_icon


def act(name: str) -> str:
    """Return what an act is called; one without a word keeps its name."""
    return str(WORDS.get(name, name))


def act_icon(name: str) -> str:
    """Return the icon of an act."""
    return _ICONS.get(name, "history")
