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

#: What each kind of event may be about.
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset(["none", "message"]),
    "endEvent": frozenset(["none", "message", "terminate"]),
    "intermediateCatchEvent": frozenset(["message", "timer"]),
    "intermediateThrowEvent": frozenset(["none", "message"]),
    "boundaryEvent": frozenset(["message", "timer"]),
}

#: What boundary events may be attached to: elements at which something is waited for.
HOSTS = frozenset(["userTask", "manualTask", "receiveTask", "subProcess"])

#: Elements at which a token stays until something from outside happens.
WAITING = frozenset(["userTask", "manualTask", "receiveTask", "intermediateCatchEvent"])

GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "eventBasedGateway"])

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
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
}


def allowed(kind: str) -> str:
    """Say which events are possible at a place."""
    return "可用：" + "、".join(EVENT_NAMES[event] for event in sorted(EVENTS[kind]))


_DATA = "流程数据不经由数据对象传递，图中的数据不会生效；需要说明时请用文本注释"
_PEOPLE = "办理人不从这里读取，写了也不会生效；请用扩展属性 wf:assign 指定"

#: Elements that are refused, and what to tell the designer.
REFUSED = {
    "task": "未指明类型的任务无法运行，请改为用户任务、人工任务、服务任务、发送或接收任务",
    "scriptTask": "脚本任务不能运行，流程图中的脚本一律不执行；请改用服务任务",
    "callActivity": "调用活动尚不支持，请改用嵌入子流程",
    "transaction": "事务子流程不支持，请改用嵌入子流程",
    "adHocSubProcess": "即席子流程不支持，请改用嵌入子流程",
    "complexGateway": "复杂网关不支持，请改用排他网关或并行网关",
    "inclusiveGateway": "包容网关尚不支持，请改用排他网关与并行网关的组合",
    "subChoreography": "编排元素不能运行",
    "choreographyTask": "编排元素不能运行",
    "callChoreography": "编排元素不能运行",
    "dataObject": _DATA,
    "dataObjectReference": _DATA,
    "dataStoreReference": "数据存储不支持，图中的存取不会发生；需要说明时请用文本注释",
    "dataInputAssociation": _DATA,
    "dataOutputAssociation": _DATA,
    "ioSpecification": _DATA,
    "property": _DATA,
    "multiInstanceLoopCharacteristics": "多实例（会签）标记尚不支持，请改为逐个画出任务",
    "standardLoopCharacteristics": "循环标记不支持，请用网关画出循环",
    "resourceRole": _PEOPLE,
    "performer": _PEOPLE,
    "humanPerformer": _PEOPLE,
    "potentialOwner": _PEOPLE,
    "correlationSubscription": "消息关联不从这里读取；请用扩展属性 wf:message 的 conversation",
    "loopCharacteristics": "循环标记不支持，请用网关画出循环",
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
