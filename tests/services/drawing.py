"""Draws tiny processes as BPMN text and seals them with the shared content that they need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<b:definitions '
    'xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:wf="urn:workflow-server:bpmn:1" id="d" targetNamespace="http://example.org/t">'
    '<b:message id="m_ask" name="M-ASK"/><b:message id="m_tell" name="M-TELL"/>'
    '<b:error id="er" name="拒绝" errorCode="E-REFUSED"/><b:signal id="sg" name="S-BELL"/>'
    '<b:escalation id="es" name="催办" escalationCode="X-URGE"/>'
)

SHARED: dict[str, Any] = {
    "roles": {
        "roles": [
            {"key": "drafter", "label": "拟稿人", "party": "office", "sees": "organisation"},
            {"key": "checker", "label": "核稿人", "party": "office", "sees": "organisation"},
            {
                "key": "reader",
                "label": "阅件人",
                "party": "office",
                "sees": "organisation",
                "rights": ["numbers.void", "cases.repair", "deadlines.change"],
            },
            {"key": "town_clerk", "label": "镇文员", "party": "town", "sees": "organisation"},
        ]
    },
    "records": {
        "kinds": [
            {
                "key": "permit",
                "label": "许可",
                "series": "permit_no",
                "fields": [{"key": "street", "label": "街道", "type": "text"}],
                "states": ["新", "办结"],
            }
        ]
    },
    "series": {"series": [{"key": "permit_no", "label": "号", "pattern": "{code}〔{year}〕{n}号"}]},
    "messages": {
        "types": [
            {"key": "M-ASK", "label": "来函", "from": "town", "to": "office"},
            {"key": "M-TELL", "label": "复函", "from": "town", "to": "office"},
        ]
    },
}

NOTE = {
    "type": "default",
    "id": "Form_note",
    "schemaVersion": 18,
    "components": [
        {
            "type": "textfield",
            "id": "f1",
            "key": "title",
            "label": "题目",
            "validate": {"required": True, "maxLength": 50},
        },
        {"type": "textfield", "id": "f2", "key": "remark", "label": "备注"},
        {"type": "textfield", "id": "f3", "key": "handler", "label": "经办人"},
    ],
}


def node(tag: str, key: str, ours: str = "", inner: str = "", **attributes: str) -> str:
    """Draw a node with its extension elements."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    extensions = f"<b:extensionElements>{ours}</b:extensionElements>" if ours else ""
    return f'<b:{tag} id="{key}" name="{key}"{written}>{extensions}{inner}</b:{tag}>'


def user(
    key: str, ours: str = "", role: str | None = "drafter", form: str | None = "a/note"
) -> str:
    """Draw a person's task."""
    assign = f'<wf:assign strategy="role" role="{role}"/>' if role else ""
    shown = f'<wf:form key="{form}"/>' if form else ""
    return node("userTask", key, shown + assign + ours)


def flow(source: str, target: str, when: str | None = None, key: str | None = None) -> str:
    """Draw a sequence flow."""
    name = key or f"{source}-{target}"
    inner = (
        f'<b:conditionExpression xsi:type="b:tFormalExpression">{when}</b:conditionExpression>'
        if when
        else ""
    )
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<b:sequenceFlow id="{name}" {ends}>{inner}</b:sequenceFlow>'


def chain(*keys: str) -> str:
    """Draw flows from each to the next."""
    return "".join(flow(a, b) for a, b in pairwise(keys))


def process(
    *parts: str, key: str = "p", start: str = '<wf:start role="drafter" label="新建"/>'
) -> str:
    """Draw a process of the office; `begin` and `end` are there already."""
    ours = f'<wf:process title="许可" party="office"/>{start}'
    head = f"<b:extensionElements>{ours}</b:extensionElements>"
    body = "".join(parts)
    begin = "" if 'id="begin"' in body else '<b:startEvent id="begin" name="开始"/>'
    end = "" if 'id="end"' in body else '<b:endEvent id="end" name="结束"/>'
    return (
        f'{_HEAD}<b:process id="{key}" name="许可" isExecutable="true">'
        f"{head}{begin}{end}{body}</b:process></b:definitions>"
    )


def line(*tasks: str, key: str = "p", **more: Any) -> str:
    """Draw persons' tasks in a row: names, or drawn nodes whose id is their first attribute."""
    drawn = [task if task.startswith("<") else user(task) for task in tasks]
    ids = [task.split('id="')[1].split('"')[0] for task in drawn]
    return process(*drawn, chain("begin", *ids, "end"), key=key, **more)


def files_of(processes: Sequence[str]) -> dict[str, bytes]:
    """Return the content files around some processes."""
    files = {
        f"bpmn/_shared/{name}.json": json.dumps(given, ensure_ascii=False).encode()
        for name, given in SHARED.items()
    }
    files["forms/a/note.json"] = json.dumps(NOTE, ensure_ascii=False).encode()
    for index, text in enumerate(processes):
        files[f"bpmn/{chr(ord('a') + index)}.bpmn"] = text.encode()
    return files


def bundle_of(*processes: str) -> Bundle:
    """Seal some processes."""
    return bundles.from_files(files_of(processes))
