"""What designs are called in pages: files, changes, elements, proposals, and where faults lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from workflow_server.errors import WorkflowServerError

FILE_KINDS: Mapping[str, Any] = {
    "diagram": _l("流程图"),
    "form": _l("表单"),
    "document": _l("文书"),
    "decision": _l("决策表"),
    "shared": _l("共用内容"),
}
CHANGES: Mapping[str, Any] = {
    "same": _l("未改动"),
    "added": _l("新增"),
    "changed": _l("已修改"),
    "moved": _l("位置调整"),
    "removed": _l("已删除"),
}
CHANGE_COLOURS: Mapping[str, str] = {
    "same": "secondary",
    "added": "green",
    "changed": "blue",
    "moved": "secondary",
    "removed": "red",
}
PROPOSAL_STATES: Mapping[str, Any] = {
    "open": _l("待审批"),
    "deployed": _l("已部署"),
    "rejected": _l("已驳回"),
    "withdrawn": _l("已撤回"),
}
PROPOSAL_COLOURS: Mapping[str, str] = {
    "open": "blue",
    "deployed": "green",
    "rejected": "red",
    "withdrawn": "secondary",
}
SOURCES: Mapping[str, Any] = {
    "folder": _l("随系统安装"),
    "cli": _l("由运维部署"),
    "proposal": _l("经审批部署"),
    "api": _l("接口"),
}
ELEMENTS: Mapping[str, Any] = {
    "process": _l("流程"),
    "participant": _l("泳池"),
    "lane": _l("泳道"),
    "userTask": _l("人工任务"),
    "serviceTask": _l("自动任务"),
    "sendTask": _l("发送任务"),
    "receiveTask": _l("接收任务"),
    "manualTask": _l("手工任务"),
    "scriptTask": _l("脚本任务"),
    "businessRuleTask": _l("规则任务"),
    "callActivity": _l("调用流程"),
    "subProcess": _l("子流程"),
    "startEvent": _l("开始"),
    "endEvent": _l("结束"),
    "intermediateCatchEvent": _l("等待事件"),
    "intermediateThrowEvent": _l("发出事件"),
    "boundaryEvent": _l("边界事件"),
    "exclusiveGateway": _l("排他网关"),
    "parallelGateway": _l("并行网关"),
    "inclusiveGateway": _l("包容网关"),
    "eventBasedGateway": _l("事件网关"),
    "sequenceFlow": _l("连线"),
    "messageFlow": _l("消息流"),
    "message": _l("消息"),
    "collaboration": _l("协作图"),
    "textAnnotation": _l("注释"),
    "association": _l("关联"),
}
#: What a drawing says of people.
DETAILS: Mapping[str, Any] = {
    "separation": _l("职责分离"),
    "separate_from": _l("不得由同一人办理"),
    "assign": _l("由谁办理"),
    "field_access": _l("字段权限"),
    "flag": _l("标识"),
    "team": _l("办案组"),
    "start": _l("由谁发起"),
}
SIGHTS: Mapping[str, Any] = {
    "own": _l("本人的案件"),
    "department": _l("本部门的案件"),
    "organisation": _l("本单位的案件"),
    "jurisdiction": _l("辖区内的案件"),
}
_CHINESE = re.compile("[\u4e00-\u9fff]")
_PLACE = re.compile(r"([^:#]+)(?::(\d+)(?: (\S+))?|#(\S+))?")


def register(app: Flask) -> None:
    """Give templates these words as filters."""
    for name, table in _TABLES.items():
        app.jinja_env.filters[name] = _looking_up(table)
    app.jinja_env.globals["fault_address"] = fault_address
    app.jinja_env.filters["refusal"] = refusal


def refusal(error: WorkflowServerError) -> str:
    """Return why something was refused, in both languages: content refuses in English only."""
    if _CHINESE.search(error.message):
        return error.message
    return f"{(error.__doc__ or '').strip()}。 {error.message}"


def _looking_up(table: Mapping[str, Any]) -> Any:
    return lambda key: str(table.get(key, key))


_TABLES: Mapping[str, Mapping[str, Any]] = {
    "file_kind": FILE_KINDS,
    "change": CHANGES,
    "change_colour": CHANGE_COLOURS,
    "proposal_state": PROPOSAL_STATES,
    "proposal_colour": PROPOSAL_COLOURS,
    "deployment_source": SOURCES,
    "element_type": ELEMENTS,
    "detail": DETAILS,
    "sight": SIGHTS,
}


def fault_address(draft_id: UUID, pointer: str, paths: set[str]) -> str | None:
    """Return where a fault of a draft is put right: the file, at the line, element or field."""
    found = _PLACE.match(pointer)
    if found is None or found[1] not in paths:
        return None
    path, line, element, place = found.groups()
    at = {"element": element} if element else {"line": line} if line else {"at": place}
    given: dict[str, Any] = {name: value for name, value in at.items() if value}
    return url_for("web.designs.edit_file", draft_id=draft_id, path=path, **given)
