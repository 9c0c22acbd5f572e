"""A small sound bundle, and what is judged of it when a part is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow_server.content import bundle, checks

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
RULES = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="n"><decision id="deadlines" name="d"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1"><inputExpression id="e1"><text>rule</text></inputExpression></input>
<output id="o1" name="amount"/><output id="o2" name="unit"/>
<rule id="r1"><inputEntry id="c1"><text>"R-1"</text></inputEntry>
<outputEntry id="c2"><text>2</text></outputEntry>
<outputEntry id="c3"><text>"month"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""

FORM: Mapping[str, Any] = {
    "type": "default",
    "id": "Form_one",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "f1", "key": "title", "label": "题目"},
        {"type": "textfield", "id": "f2", "key": "handler", "label": "经办"},
    ],
}

SHARED: Mapping[str, Any] = {
    "roles": {
        "roles": [
            {"key": "clerk", "label": "经办人", "party": "office"},
            {"key": "guest", "label": "来访人", "party": "town"},
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
    "series": {"series": [{"key": "permit_no", "label": "号", "pattern": "{year}-{n}"}]},
    "messages": {
        "types": [{"key": "M-A", "label": "甲", "from": "office", "to": ["town", "office"]}]
    },
    "vocabularies": {"vocabularies": {"size": [{"value": "s", "label": "小"}]}},
    "office": {
        "organisations": [{"key": "hall", "name": "大厅", "party": "office"}],
        "people": [{"login": "a", "name": "甲"}],
        "positions": [{"person": "a", "organisation": "hall", "role": "clerk"}],
    },
}

DOCUMENT: Mapping[str, Any] = {
    "title": "函",
    "layout": "letter",
    "series": "permit_no",
    "data": {"x": "=title"},
}

#: A process without a fault: a start, a task, a message out, a message in, a timer, an end.
START = '<b:startEvent id="begin" name="开始"/>'
TASK = (
    '<wf:form key="a/one"/><wf:assign strategy="role" role="clerk"/>'
    '<wf:output name="title" value="=this.title"/>'
    '<wf:record operation="open" kind="permit" title="=title" state="新"/>'
    '<wf:document kind="letter" moment="issue"/>'
    '<wf:deadline rule="R-1" name="reply" start="=today" stopOn="task"/>'
)
HEAD = '<wf:process title="甲" party="office"/><wf:start role="clerk" label="新建" form="a/one"/>'
#: What makes an event one of a message, and a message with its payload left open.
MESSAGE = '<b:messageEventDefinition messageRef="m"/>'
SEND = '<wf:message type="M-A" to="=title" conversation="=title">{}</wf:message>'


def node(tag: str, ours: str, inner: str = "", attributes: str = "", key: str = "e") -> str:
    wrapped = f"<b:extensionElements>{ours}</b:extensionElements>{inner}"
    return f'<b:{tag} id="{key}" name="n" {attributes}>{wrapped}</b:{tag}>'


def diagram(body: str = "", task: str = TASK, head: str = HEAD, key: str = "one") -> str:
    return f"""<b:definitions xmlns:b="{BPMN}" xmlns:wf="urn:workflow-server:bpmn:1">
<b:message id="m" name="M-A"/><b:message id="other" name="M-B"/>
<b:process id="{key}" name="甲" isExecutable="true">
<b:extensionElements>{head}</b:extensionElements>
{START}{node("userTask", task, key="task")}{body}
</b:process></b:definitions>"""


def faults(
    body: str = "", task: str = TASK, head: str = HEAD, files: Mapping[str, Any] | None = None
) -> list[str]:
    return judge({"bpmn/one/one.bpmn": diagram(body, task, head), **(files or {})})


def sealed(files: Mapping[str, Any]) -> bundle.Bundle:
    every = {
        **{f"bpmn/_shared/{name}.json": data for name, data in SHARED.items()},
        "bpmn/_shared/deadlines.dmn": RULES,
        "forms/a/one.json": FORM,
        "documents/letter/document.json": DOCUMENT,
        "documents/letter/template.html": "<p></p>",
        **files,
    }
    return bundle.from_files(
        {
            path: (data if isinstance(data, str) else json.dumps(data)).encode()
            for path, data in every.items()
        }
    )


def judge(files: Mapping[str, Any]) -> list[str]:
    return [f"{fault.pointer} {fault.detail}" for fault in checks.check(sealed(files))]
