"""Which BPMN elements are run, which may stand beside, and why the others are refused."""

from __future__ import annotations

#: What may stand in a process without being run.
BESIDE = frozenset(
    [
        "documentation",
        "extensionElements",
        "laneSet",
        "textAnnotation",
        "group",
        "auditing",
        "monitoring",
    ]
)

#: What may stand in a flow node without being run.
WITHIN = frozenset(
    ["documentation", "extensionElements", "incoming", "outgoing", "auditing", "monitoring"]
)

#: What an event may be about, by the place it stands at.
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset(["none", "message", "timer", "signal"]),
    "subprocessStart": frozenset(["none"]),
    "eventSubprocessStart": frozenset(
        ["message", "timer", "signal", "conditional", "error", "escalation"]
    ),
    "endEvent": frozenset(["none", "message", "terminate", "signal", "error", "escalation"]),
    "intermediateCatchEvent": frozenset(["message", "timer", "signal", "conditional", "link"]),
    "intermediateThrowEvent": frozenset(["none", "message", "signal", "escalation", "link"]),
    "boundaryEvent": frozenset(
        ["message", "timer", "signal", "conditional", "error", "escalation"]
    ),
}

#: Elements at which a token stays until something from outside happens.
WAITING = frozenset(
    ["userTask", "manualTask", "receiveTask", "callActivity", "intermediateCatchEvent"]
)

#: Tasks that are done at once; of what is attached to them only an error can happen.
WORKING = frozenset(["serviceTask", "businessRuleTask", "sendTask"])

ACTIVITIES = WORKING | {"userTask", "manualTask", "receiveTask", "callActivity", "subProcess"}

GATEWAYS = frozenset(
    ["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"]
)

#: Elements that look at the conditions of the flows behind them.
DECIDING = frozenset(["exclusiveGateway", "inclusiveGateway"]) | ACTIVITIES

#: The names of event definitions, as a designer knows them.
EVENT_NAMES = {
    "none": "空",
    "message": "消息",
    "timer": "定时",
    "terminate": "终止",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "link": "链接",
    "conditional": "条件",
    "compensate": "补偿",
    "cancel": "取消",
}

#: How the kinds of event are called.
PLACES = {
    "startEvent": "开始事件",
    "subprocessStart": "子流程的开始事件",
    "eventSubprocessStart": "事件子流程的开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
}


def allowed(kind: str) -> str:
    """Say which events are possible at a place."""
    return "可用：" + "、".join(EVENT_NAMES[event] for event in sorted(EVENTS[kind]))


_DATA = "数据关联只能连接数据对象引用（dataObjectReference）与环节"
_PEOPLE = "办理人不从这里读取，写了也不会生效；请用扩展属性 wf:assign 指定"

#: Elements that are refused, and what to tell the designer.
REFUSED = {
    "task": "未指明类型的任务无法运行，请改为用户任务、人工任务、服务任务、发送或接收任务",
    "scriptTask": "脚本任务不能运行，流程图中的脚本一律不执行；请改用服务任务",
    "transaction": "事务子流程不支持，请改用嵌入子流程",
    "adHocSubProcess": "即席子流程不支持，请改用嵌入子流程",
    "complexGateway": "复杂网关不支持，请改用排他网关、并行网关或包容网关",
    "subChoreography": "编排元素不能运行",
    "choreographyTask": "编排元素不能运行",
    "callChoreography": "编排元素不能运行",
    "dataStoreReference": "数据存储不支持，图中的存取不会发生；需要说明时请用文本注释",
    "dataInputAssociation": _DATA,
    "dataOutputAssociation": _DATA,
    "ioSpecification": _DATA,
    "property": _DATA,
    "resourceRole": _PEOPLE,
    "performer": _PEOPLE,
    "humanPerformer": _PEOPLE,
    "potentialOwner": _PEOPLE,
    "correlationSubscription": "消息关联不从这里读取；请用扩展属性 wf:message 的 conversation",
    "loopCharacteristics": "请用多实例标记或循环标记写明怎样重复",
    "globalUserTask": "全局任务不能调用，请画成流程",
}

#: Words of SpiffWorkflow's own namespace that would make it run something.
SPIFF_SCRIPTS = frozenset(
    [
        "preScript",
        "postScript",
        "serviceTaskOperator",
        "messagePayload",
        "messageVariable",
        "payloadExpression",
        "variableName",
        "calledDecisionId",
    ]
)
