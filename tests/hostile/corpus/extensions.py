"""Words of our own namespace that are misspelt, misplaced, or name what is not there."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, chain, drawn, message, node, user

LINE = chain("begin", "a", "end")
#: Each on a person's task: what is written and a word of what is said to it.
ON_TASK = {
    "a word that there is not": ('<wf:approve by="x"/>', "不是扩展"),
    "a word of processes": ('<wf:process title="x"/>', "不能写在"),
    "a word of ends": ('<wf:outcome value="x" label="x"/>', "不能写在"),
    "a word of services": ('<wf:operation name="x"/>', "不能写在"),
    "a word with text": ('<wf:output name="x" value="=1">import os</wf:output>', "文字"),
    "a word with a stranger in it": ('<wf:output name="x" value="=1"><x:x/></wf:output>', "不能写"),
    "a word in itself": (
        '<wf:output name="x" value="=1"><wf:output name="y" value="=1"/></wf:output>',
        "不能写",
    ),
    "an attribute that there is not": ('<wf:output name="x" value="=1" onclick="x"/>', "没有属性"),
    "an attribute with our prefix": ('<wf:output name="x" value="=1" wf:value="=2"/>', "前缀"),
    "an attribute missing": ('<wf:output name="x"/>', "缺少属性"),
    "an attribute that is empty": ('<wf:output name="x" value=""/>', "不能为空"),
    "a second form": ('<wf:form key="a/note"/>', "一次"),
    "a form by a path": ('<wf:form key="../../etc/passwd"/>', "form"),
    "rights to an unknown field": ('<wf:fieldAccess field="ghost" access="read"/>', "没有字段"),
    "rights that there are not": ('<wf:fieldAccess field="title" access="sudo"/>', "access"),
    "a field of a million letters": (
        '<wf:fieldAccess field="' + "f" * 9_999 + '" access="read"/>',
        "没有字段",
    ),
    "a separation from an unknown task": ('<wf:separateFrom tasks="ghost"/>', "没有元素"),
    "a separation from a gateway": ('<wf:separateFrom tasks="begin"/>', "不是人工任务"),
    "a record of no kind": ('<wf:record operation="open" kind="ghost" title="x"/>', "台账种类"),
    "a record that nobody opened": ('<wf:record operation="close" kind="permit"/>', "建立过"),
    "a record destroyed": ('<wf:record operation="drop" kind="permit"/>', "operation"),
    "a state of no kind": ('<wf:state record="ghost" label="x"/>', "台账种类"),
    "a field of no record": (
        '<wf:record operation="open" kind="permit" title="x">'
        '<wf:field name="ghost" value="=1"/></wf:record>',
        "没有字段",
    ),
    "a number of no series": ('<wf:number series="ghost" name="n"/>', "编号序列"),
    "a document of no kind": ('<wf:document kind="ghost" moment="issue"/>', "没有文书"),
    "a document at no moment": ('<wf:document kind="letter" moment="never"/>', "moment"),
    "a preview of what is never made": ('<wf:preview kind="letter"/>', "没有制作"),
    "a deadline of no rule": ('<wf:deadline name="d" rule="R-GHOST" start="=today"/>', "没有规则"),
    "a deadline that stops and never began": ('<wf:deadline operation="stop" name="d"/>', "起算"),
    "a deadline that stops at nothing": (
        '<wf:deadline name="d" rule="R-REPLY" start="=today" stopOn="ghost"/>',
        "没有元素",
    ),
    "a message on a task": ('<wf:message type="M-TELL" to="x" conversation="x"/>', "不能写在"),
    "an assignment twice": ('<wf:assign strategy="role" role="drafter"/>', "一次"),
}
TASKS = [
    drawn(f"{name}, on a task", "a", word, f"{MARK}{user('a', ours)}", LINE)
    for name, (ours, word) in ON_TASK.items()
]
ASSIGNED = {
    "by a way that there is not": ('strategy="root"', "strategy"),
    "to a role that there is not": ('strategy="role" role="ghost"', "没有角色"),
    "to a role called like JavaScript": ('strategy="role" role="__proto__"', "role"),
    "to who did an unknown task": ('strategy="task" task="ghost"', "ghost"),
    "to a head at level nought": ('strategy="head_above" level="0"', "level"),
    "to a head at level a hundred": ('strategy="head_above" level="100"', "level"),
    "to whom an unknown field names": ('strategy="field" field="ghost"', "ghost"),
    "by half an expression": ('strategy="expression" value="=1 +"', "FEEL"),
    "in no way": ('role="drafter"', "strategy"),
}
ASSIGNMENTS = [
    drawn(
        f"assigned {name}",
        "a",
        word,
        f"{MARK}" + node("userTask", "a", f'<wf:form key="a/note"/><wf:assign {given}/>'),
        LINE,
    )
    for name, (given, word) in ASSIGNED.items()
]
OURS = {
    "a start for a role that there is not": '<wf:start role="ghost" label="x"/>',
    "a start with a form that there is not": '<wf:start role="drafter" label="x" form="a/ghost"/>',
    "a start at a task": '<wf:start role="drafter" label="x" element="a"/>',
    "a start at nothing": '<wf:start role="drafter" label="x" element="ghost"/>',
    "a start without a label": f'{MARK}<wf:start role="drafter" label=" "/>',
    "a secrecy that there is not": '<wf:flag name="secrecy" value="cosmic"/>',
    "a flag that is no expression": '<wf:flag name="minor" value="yes"/>',
    "a separation of one": '<wf:separate tasks="a" label="x"/>',
    "a separation from what is not there": '<wf:separate tasks="a ghost" label="x"/>',
    "a second head": f'{MARK}<wf:process title="x" party="office"/>',
}
HEADS = [
    drawn(f"{name}, on a process", "bad", "wf:", user("a"), LINE, ours=ours)
    for name, ours in OURS.items()
]
SENT = [
    drawn(
        "a message to nobody",
        "x",
        "缺少 to",
        user("a"),
        f"{MARK}"
        + node(
            "intermediateThrowEvent", "x", '<wf:message type="M-ASK" conversation="x"/>', message()
        ),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "a message of another name",
        "x",
        "不一致",
        user("a"),
        f"{MARK}"
        + node(
            "intermediateThrowEvent",
            "x",
            '<wf:message type="M-TELL" to="x" conversation="x"/>',
            message(),
        ),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "a message that encloses nothing known",
        "x",
        "没有文书",
        user("a"),
        f"{MARK}"
        + node(
            "intermediateThrowEvent",
            "x",
            '<wf:message type="M-ASK" to="x" conversation="x">'
            '<wf:enclose document="ghost"/></wf:message>',
            message(),
        ),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "a message sent by who only receives it",
        "x",
        "属于",
        user("a"),
        f"{MARK}"
        + node(
            "intermediateThrowEvent",
            "x",
            '<wf:message type="M-ASK" to="x" conversation="x"/>',
            message(),
        ),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "an answer that waits for no conversation",
        "x",
        "conversation",
        user("a"),
        f"{MARK}" + node("receiveTask", "x", '<wf:message type="M-ASK"/>', messageRef="m_ask"),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "an operation of the host",
        "x",
        "os|操作|name",
        user("a"),
        f"{MARK}" + node("serviceTask", "x", '<wf:operation name="os.system"/>'),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "an operation that there is not",
        "x",
        "操作|ghost",
        user("a"),
        f"{MARK}" + node("serviceTask", "x", '<wf:operation name="ghost"/>'),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "a service that does nothing",
        "x",
        "wf:operation",
        user("a"),
        f"{MARK}" + node("serviceTask", "x"),
        chain("begin", "a", "x", "end"),
    ),
    drawn(
        "a program of another house",
        "x",
        "wf:operation",
        user("a"),
        f"{MARK}"
        + node(
            "serviceTask",
            "x",
            '<c:x xmlns:c="http://camunda.org/schema/1.0/bpmn" class="java.lang.Runtime"/>',
        ),
        chain("begin", "a", "x", "end"),
    ),
]

CASES: list[Case] = [*TASKS, *ASSIGNMENTS, *HEADS, *SENT]
