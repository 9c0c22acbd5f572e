"""The words of our BPMN namespace: which attribute each has, and where each may stand.

`docs/extension-namespace.xsd` says the same for other tools; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NAMESPACE = "urn:workflow-server:bpmn:1"

TASKS = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
    ]
)
ACTIVITIES = TASKS | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
CATCHING = frozenset(["startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"])
THROWING = frozenset(["intermediateThrowEvent", "endEvent", "sendTask"])
EVENTS = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
)
#: Events that a person may make happen.
ACTABLE = frozenset(["startEvent", "intermediateCatchEvent", "boundaryEvent"])
GATEWAYS = frozenset(
    [
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    ]
)
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
_WORKING = ACTIVITIES | EVENTS

_WHITESPACE = " \t\n\r"


@dataclass(frozen=True, slots=True)
class Type:
    """The texts an attribute may hold, and how a refusal describes them."""

    name: str
    pattern: re.Pattern[str] | None
    sentence: str

    def accepts(self, text: str) -> bool:
        """Tell whether the text is of this type, exactly as the schema does."""
        if self.pattern is None:
            return bool(text.strip(_WHITESPACE))
        return self.pattern.fullmatch(text) is not None


def _choice(name: str, *words: str) -> Type:
    return Type(name, re.compile("|".join(words)), "只能是 " + "、".join(words))


_ID = r"[A-Za-z_][A-Za-z0-9_.-]*"
TEXT = Type("text", None, "不能为空")
KEY = Type("key", re.compile(r"[a-z][a-z0-9_]*"), "须由小写字母、数字和下划线组成，以字母开头")
NAME = Type(
    "name",
    re.compile(r"_?[A-Za-z][A-Za-z0-9_]*"),
    "须由字母、数字和下划线组成，以字母或一个下划线加字母开头",
)
PATH = Type(
    "path",
    re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*"),
    "须是表单字段的路径，如 reason 或 evidence.note",
)
ID = Type("id", re.compile(_ID), "须是图中一个元素的标识")
IDS = Type("ids", re.compile(f"{_ID}( {_ID})*"), "须是图中元素的标识，以一个空格分隔")
FORM_KEY = Type(
    "formKey", re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)+"), "须是 forms 目录下的“目录/表单”"
)
MESSAGE_TYPE = Type(
    "messageType", re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*"), "须由大写字母、数字和连字符组成"
)
OFFSET = Type(
    "offset",
    re.compile(r"-?P([0-9]{1,4}W|[0-9]{1,4}D(T[0-9]{1,4}H)?|T[0-9]{1,4}H)"),
    "须是 ISO 8601 时长，如 -P15D",
)
KEYS = Type(
    "keys",
    re.compile(r"[a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*"),
    "须是由小写字母、数字和下划线组成的名称，以一个空格分隔",
)
WHEN = _choice("when", "enter", "leave")
ACCESS = _choice("access", "read", "write", "hidden", "required")
LEVEL = Type("level", re.compile(r"[1-9][0-9]?"), "须是 1 到 99 的整数")
STRATEGIES = (
    "role",
    "none",
    "post",
    "person",
    "department",
    "department_head",
    "head_above",
    "starter",
    "starter_department_head",
    "starter_head_above",
    "task",
    "field",
    "field_department_head",
    "chosen_by_starter",
    "chosen_by_previous",
    "group",
    "expression",
)
STRATEGY = _choice("strategy", *STRATEGIES)
ON_EMPTY = _choice("onEmpty", "incident", "role", "head_above", "starter", "person")
SELF_RULE = _choice("selfRule", "allow", "exclude", "head_above", "department_head")
UNTIL = _choice("until", "top")
SIGNALS = _choice("signals", "organisation", "called")
RECORD_OPERATION = _choice("recordOperation", "open", "update", "close")
DEADLINE_OPERATION = _choice(
    "deadlineOperation",
    *("start", "stop", "extend", "pause", "resume", "exclude", "restart", "revise", "add"),
)
ENDED_AS = _choice("endedAs", "cancelled")
MOMENT = _choice("moment", "draft", "issue", "serve")


@dataclass(frozen=True, slots=True)
class Word:
    """One element of the namespace: required and optional attributes, children, places."""

    required: Mapping[str, Type] = field(default_factory=dict)
    optional: Mapping[str, Type] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()  # local names of BPMN elements; empty: a child of ours
    once: bool = False

    def attribute(self, name: str) -> Type | None:
        """Return the type of an attribute, or None if the word has no such attribute."""
        return self.required.get(name) or self.optional.get(name)


_PROCESS = frozenset({"process"})
_USER_TASK = frozenset({"userTask"})

WORDS: Mapping[str, Word] = {
    "process": Word(
        {"title": TEXT}, {"party": KEY, "signals": SIGNALS}, places=_PROCESS, once=True
    ),
    "start": Word({"role": KEY, "label": TEXT}, {"form": FORM_KEY, "element": ID}, places=_PROCESS),
    "team": Word({"role": KEY, "value": TEXT}, places=_PROCESS),
    "flag": Word({"name": KEY, "value": TEXT}, places=_PROCESS),
    "separate": Word({"tasks": IDS, "label": TEXT}, places=_PROCESS),
    "lane": Word({"role": KEY}, places=frozenset({"lane"}), once=True),
    "assign": Word(
        {"strategy": STRATEGY},
        {
            "role": KEY,
            "task": ID,
            "value": TEXT,
            "title": TEXT,
            "department": TEXT,
            "of": TEXT,
            "level": LEVEL,
            "until": UNTIL,
            "group": TEXT,
            "field": PATH,
            "onEmpty": ON_EMPTY,
            "fallback": TEXT,
            "selfRule": SELF_RULE,
        },
        places=_USER_TASK,
        once=True,
    ),
    "separateFrom": Word({"tasks": IDS}, places=_USER_TASK, once=True),
    "form": Word({"key": FORM_KEY}, places=_USER_TASK, once=True),
    "fieldAccess": Word({"field": PATH, "access": ACCESS}, places=_USER_TASK),
    "reads": Word({"label": TEXT, "value": TEXT}, places=_USER_TASK | ACTABLE),
    "preview": Word({"kind": KEY}, places=_USER_TASK | ACTABLE),
    "act": Word(
        {"role": KEYS, "label": TEXT},
        {"form": FORM_KEY, "condition": TEXT},
        places=ACTABLE,
        once=True,
    ),
    "output": Word({"name": NAME, "value": TEXT}, places=_WORKING),
    "record": Word(
        {"operation": RECORD_OPERATION, "kind": KEY},
        {"of": TEXT, "title": TEXT, "state": TEXT, "when": WHEN},
        children=("field",),
        places=_WORKING,
    ),
    "field": Word({"name": NAME, "value": TEXT}),
    "link": Word({"from": TEXT, "relation": KEY, "to": TEXT}, {"when": WHEN}, places=_WORKING),
    "state": Word({"record": KEY, "label": TEXT}, {"of": TEXT}, places=_WORKING),
    "number": Word({"series": KEY, "name": NAME}, {"when": WHEN}, places=_WORKING),
    "document": Word(
        {"kind": KEY, "moment": MOMENT},
        {"to": TEXT, "name": TEXT, "when": WHEN},
        places=_WORKING,
    ),
    "deadline": Word(
        {"name": NAME},
        {
            "operation": DEADLINE_OPERATION,
            "rule": TEXT,
            "start": TEXT,
            "amount": TEXT,
            "until": TEXT,
            "by": TEXT,
            "days": TEXT,
            "from": TEXT,
            "to": TEXT,
            "reason": TEXT,
            "as": ENDED_AS,
            "copyTo": TEXT,
            "stopOn": IDS,
            "subject": KEY,
            "label": TEXT,
            "when": WHEN,
        },
        places=_WORKING,
    ),
    "message": Word(
        {"type": MESSAGE_TYPE},
        {"to": TEXT, "conversation": TEXT, "inReplyTo": TEXT},
        children=("payload", "enclose"),
        places=CATCHING | THROWING,
    ),
    "payload": Word({"name": NAME, "value": TEXT}, {"disclose": KEYS}),
    "enclose": Word({"document": KEY}, {"disclose": KEYS}),
    "timer": Word(
        {"deadline": NAME},
        {"offset": OFFSET},
        places=ACTABLE,
        once=True,
    ),
    "operation": Word(
        {"name": KEY},
        {"result": NAME},
        children=("parameter",),
        places=frozenset({"serviceTask", "businessRuleTask"}),
        once=True,
    ),
    "parameter": Word({"name": NAME, "value": TEXT}),
    "outcome": Word({"value": KEY, "label": TEXT}, places=frozenset({"endEvent"}), once=True),
    "each": Word(
        optional={"items": TEXT, "as": NAME, "result": TEXT, "into": NAME},
        places=frozenset({"multiInstanceLoopCharacteristics"}),
        once=True,
    ),
    "call": Word(children=("parameter",), places=frozenset({"callActivity"}), once=True),
}
