"""What is wrong with an act: what people may do to a case while an event of it waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from workflow_server.content.elements import ElementExtensions

Sentences = Iterator[str]


def sentences(
    element: ElementExtensions, roles: Collection[str], form_keys: Collection[str]
) -> Sentences:
    """Yield what is wrong with the act of an element, and with what stands beside its form."""
    act = element.act
    if act is None:
        if element.reads and element.type != "userTask":
            yield "wf:reads：这个事件没有 wf:act，没有表单可以并列显示"
        return
    if element.event != "message":
        yield "wf:act：只能写在消息事件上，请改用消息事件（messageRef）"
    elif element.type == "startEvent" and element.scope is None:
        yield "wf:act：流程自己的开始事件由 wf:start 发起，wf:act 只能写在事件子流程的开始事件上"
    for role in act.roles:
        if role not in roles:
            yield f"wf:act：roles.json 里没有角色“{role}”"
    for role, count in Counter(act.roles).items():
        if count > 1:
            yield f"wf:act：角色“{role}”写了两次"
    if act.form is not None and act.form not in form_keys:
        yield f"wf:act：没有表单 forms/{act.form}.json"
    if act.condition is not None and not act.condition.startswith("="):
        yield f"wf:act condition：“{act.condition}”须是 FEEL（以 = 开头）"
    if act.form is None and (element.previews or element.reads):
        yield "wf:act：没有表单，wf:preview 和 wf:reads 无处显示"
