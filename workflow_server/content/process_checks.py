"""What is wrong with a process, judged by content alone, as sentences for its designer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflow_server import feel
from workflow_server.content import act_checks, assign_checks, deadline_checks, turns
from workflow_server.content.documents import DocumentKind
from workflow_server.content.elements import (
    AUTOMATIC,
    SECRECIES,
    DeadlineEffect,
    DocumentEffect,
    ElementExtensions,
    LinkEffect,
    MessageEffect,
    NumberEffect,
    ProcessExtensions,
    RecordEffect,
    StateEffect,
)
from workflow_server.content.forms import Form
from workflow_server.content.shared import RecordKind, Shared
from workflow_server.errors import Fault

#: Names that the server keeps for itself in every expression.
RESERVED = frozenset(
    {
        "actor",
        "answers",
        "case",
        "data",
        "deadlines",
        "documents",
        "errors",
        "messages",
        "names",
        "organisation",
        "parameters",
        "records",
        "results",
        "this",
        "today",
    }
)
_ISO_TIMER = re.compile(
    r"(R[0-9]*/)?(P[0-9A-Z.]+|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?)(/P[0-9A-Z.]+)?"
)

#: Of one kind of record.
MOST_STATES = 200
#: Of what there is instead of a wrong name, a sentence tells so many.
_MOST_NAMED = 20

Sentences = Iterator[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the bundle has, for looking names up."""

    processes: Mapping[str, ProcessExtensions]
    forms: Mapping[str, Form]
    documents: Mapping[str, DocumentKind]
    shared: Shared
    form_keys: frozenset[str] = frozenset()  # also of the forms that have faults themselves


@dataclass(frozen=True, slots=True)
class Declared:
    """What one process brings about somewhere, in whatever order."""

    facts: frozenset[str] = frozenset()
    #: Which of them are known where.
    names: turns.Names | None = None
    opened: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    deadlines: frozenset[str] = frozenset()


@dataclass(slots=True)
class ProcessCheck:
    """Checks one process; `faults` yields everything that is wrong with it."""

    known: Known
    process: ProcessExtensions
    declared: Declared = field(default_factory=Declared)

    def __post_init__(self) -> None:
        self.declared = declare(self.process, self.known.processes.values())

    def faults(self) -> Iterator[Fault]:
        """Yield every fault, element by element."""
        head = f"{self.process.path}:{self.process.line} {self.process.process_id}"
        for sentence in self.head():
            yield Fault(head, sentence)
        for element in self.process.elements.values():
            for sentence in self.element(element):
                yield Fault(f"{self.process.path}:{element.line} {element.id}", sentence)

    def head(self) -> Sentences:
        process = self.process
        if process.party is not None and process.party not in self.known.shared.parties:
            yield f"wf:process：没有哪个角色属于 party“{process.party}”，请先在 roles.json 里声明"
        ways = Counter((start.element_id, start.role) for start in process.starts)
        for start in process.starts:
            yield from self.role("wf:start", start.role)
            if ways[start.element_id, start.role] > 1:
                yield f"wf:start“{start.label}”：角色“{start.role}”在同一开始事件只能有一个发起入口"
            yield from self.form("wf:start", start.form)
            target = process.elements.get(start.element_id)
            if target is None or target.type != "startEvent":
                yield f"wf:start“{start.label}”：找不到可以手工开始的开始事件"
            elif target.event is not None or target.scope is not None:
                yield f"wf:start“{start.label}”：{target.id} 由事件触发，不能手工开始"
        for member in process.team:
            yield from self.role("wf:team", member.role)
        yield from _flags(process)
        for separation in process.separations:
            yield from assign_checks.separation(process, separation)

    def element(self, element: ElementExtensions) -> Sentences:
        if element.lane_role is not None:
            yield from self.role("wf:lane", element.lane_role)
        if element.type == "userTask":
            yield from self.user_task(element)
        yield from act_checks.sentences(element, self.known.shared.roles, self.known.form_keys)
        yield from self.previews(element)
        yield from self.facts(element)
        yield from self.effects(element)
        yield from self.messages(element)
        yield from self.timer(element)
        yield from turns.sentences(self.process, element)
        if element.type in AUTOMATIC and element.operation is None and not element.work:
            yield "缺少 wf:operation：请写明这个自动任务做什么"

    def user_task(self, element: ElementExtensions) -> Sentences:
        if element.form is None:
            yield "缺少 wf:form：每个人工任务都要有表单"
        yield from self.form("wf:form", element.form)
        yield from self.field_access(element)
        yield from assign_checks.assign(self.process, element, self.known.forms)
        role = None if element.assign is None else element.assign.role
        if role is not None and role != element.lane_role:
            yield from self.role("wf:assign", role)
        for task in element.separate_from:
            yield from self.task("wf:separateFrom", task)

    def field_access(self, element: ElementExtensions) -> Sentences:
        form = self.known.forms.get(element.form or "")
        if form is not None:
            for name in element.field_access:
                if name not in form.fields:
                    yield f"wf:fieldAccess：表单 {element.form} 没有字段“{name}”"

    def previews(self, element: ElementExtensions) -> Sentences:
        for kind in element.previews:
            yield from self.document("wf:preview", kind)
            if kind in self.known.documents and kind not in self.declared.documents:
                yield f"wf:preview：这个流程没有制作过文书“{kind}”"
        for kind in _repeated(element.previews):
            yield f"wf:preview：“{kind}”在这个元素上写了两次"
        starts = (start for start in self.process.starts if start.element_id == element.id)
        has_form = element.type == "userTask" or any(start.form for start in starts)
        if element.previews and element.act is None and not has_form:
            yield "wf:preview：这个事件没有表单，没有可以预览的内容"

    def facts(self, element: ElementExtensions) -> Sentences:
        for name in _repeated(output.name for output in element.outputs):
            yield f"wf:output：“{name}”在这个元素上写了两次"
        for name in _repeated(parameter.name for parameter in element.call):
            yield f"wf:call：“{name}”写了两次"
        given = (("wf:call", parameter.name) for parameter in element.call)
        for word, name in (*fact_names(element), *given):
            if name in RESERVED or name in turns.COUNTERS:
                yield f"{word}：“{name}”是系统保留的名字，请换一个"
            elif name in feel.RESERVED:
                yield f"{word}：“{name}”是 FEEL 的关键字，请换一个"

    def effects(self, element: ElementExtensions) -> Sentences:
        for effect in element.effects:
            match effect:
                case RecordEffect():
                    yield from self.record(effect)
                case StateEffect():
                    yield from self.opened("wf:state", effect.record, effect.of)
                    yield from self.state("wf:state", effect.record, effect.label)
                case NumberEffect() if effect.series not in self.known.shared.series:
                    yield f"wf:number：series.json 里没有编号序列“{effect.series}”"
                case DocumentEffect():
                    yield from self.document("wf:document", effect.kind)
                case DeadlineEffect():
                    yield from self.deadline(effect)
                case MessageEffect() | NumberEffect() | LinkEffect():
                    pass

    def record(self, effect: RecordEffect) -> Sentences:
        kind = self.known.shared.records.get(effect.kind)
        if effect.operation == "open":
            if kind is None:
                yield f"wf:record：records.json 里没有台账种类“{effect.kind}”"
            if effect.title is None:
                yield "wf:record operation=open：缺少 title"
            if effect.of is not None:
                yield "wf:record operation=open：用不到属性 of"
        else:
            yield from self.opened("wf:record", effect.kind, effect.of)
        if effect.state is not None and not effect.state.startswith("="):
            yield from self.state("wf:record", effect.kind, effect.state)
        for item in effect.fields:
            if kind is not None and item.name not in kind.fields:
                yield f"wf:field：台账种类“{effect.kind}”没有字段“{item.name}”"

    def opened(self, word: str, kind: str, of: str | None) -> Sentences:
        if kind not in self.known.shared.records:
            yield f"{word}：records.json 里没有台账种类“{kind}”"
        elif of is not None and not of.startswith("="):
            yield f"{word} of：“{of}”须是 FEEL（以 = 开头），给出记录的标识"
        elif of is None and kind not in self.declared.opened:
            yield f"{word}：这个流程没有用 wf:record operation=open 建立过“{kind}”"

    def state(self, word: str, kind: str, label: str) -> Sentences:
        declared: RecordKind | None = self.known.shared.records.get(kind)
        if declared is not None and label not in declared.states[:MOST_STATES]:
            known = "、".join(declared.states[:_MOST_NAMED])
            yield f"{word}：台账种类“{kind}”没有状态“{label}”，已有：{known}"

    def document(self, word: str, kind: str) -> Sentences:
        if kind not in self.known.documents:
            yield f"{word}：没有文书 documents/{kind}/"

    def deadline(self, effect: DeadlineEffect) -> Sentences:
        yield from deadline_checks.sentences(
            effect, self.known.shared.rule_codes, self.declared.deadlines
        )
        for target in effect.stop_on:
            if target not in self.process.elements:
                yield f"wf:deadline stopOn：流程里没有元素“{target}”"
        if effect.subject is not None and effect.subject not in self.known.shared.records:
            yield f"wf:deadline subject：records.json 里没有台账种类“{effect.subject}”"

    def messages(self, element: ElementExtensions) -> Sentences:
        sent = [effect for effect in element.effects if isinstance(effect, MessageEffect)]
        throws = element.type == "sendTask" or (
            element.event == "message" and element.type in ("intermediateThrowEvent", "endEvent")
        )
        if throws and not sent:
            yield "缺少 wf:message：请写明发什么消息、发给谁"
        if sent and not throws:
            yield "wf:message：这个元素不是发送消息的事件或任务"
        for message in sent if throws else ():
            yield from self.message_type(message.type, element, sends=True)
            if message.to is None:
                yield "wf:message：缺少 to，请写明发给哪个单位"
            if message.conversation is None:
                yield "wf:message：缺少 conversation，对方无法据此回信"
            for kind in message.enclose:
                yield from self.document("wf:enclose", kind)
                if kind in self.known.documents and kind not in self.declared.documents:
                    yield f"wf:enclose：这个流程没有制作过文书“{kind}”"
        yield from self.caught(element)

    def caught(self, element: ElementExtensions) -> Sentences:
        caught = element.catch_message
        waits = element.event == "message" or element.type == "receiveTask"
        if caught is None:
            throws = element.type in ("intermediateThrowEvent", "endEvent")
            if waits and not throws and element.act is None:
                yield "缺少 wf:message：请写明等待哪种消息"
            return
        if not waits:
            yield "wf:message：这个元素不等待消息"
            return
        yield from self.message_type(caught.type, element, sends=False)
        starts_process = element.type == "startEvent" and element.scope is None
        if not starts_process and caught.conversation is None:
            yield "wf:message：缺少 conversation，收到的消息无法找到这个实例"

    def message_type(self, key: str, element: ElementExtensions, *, sends: bool) -> Sentences:
        if element.message_name != key:
            yield f"wf:message：type“{key}”与 BPMN 消息名“{element.message_name or ''}”不一致"
            return
        declared = self.known.shared.messages.get(key)
        if declared is None:
            yield f"wf:message：messages.json 里没有消息“{key}”"
            return
        parties = declared.senders if sends else declared.recipients
        if self.process.party is not None and self.process.party not in parties:
            role = "发送" if sends else "接收"
            owners = "、".join(parties)
            yield f"wf:message：“{key}”由 {owners} {role}，而本流程属于 {self.process.party}"

    def timer(self, element: ElementExtensions) -> Sentences:
        if element.event == "timer":
            if element.timer_text is None and element.timer is None:
                yield "定时器缺少时间：请写 ISO 8601 时间、=FEEL，或 wf:timer"
            elif element.timer_text is not None and element.timer is not None:
                yield "定时器的时间写了两处：wf:timer 与定时器自己的时间只能留一处"
            elif element.timer_text and not _is_time(element.timer_text):
                yield f"定时器的时间“{element.timer_text}”既不是 ISO 8601，也不是 =FEEL"
        elif element.timer is not None:
            yield "wf:timer：这个元素不是定时器"
        if element.timer is not None and element.timer.deadline not in self.declared.deadlines:
            yield f"wf:timer：这个流程没有起算过期限“{element.timer.deadline}”"

    def role(self, word: str, key: str) -> Sentences:
        if key not in self.known.shared.roles:
            yield f"{word}：roles.json 里没有角色“{key}”"

    def form(self, word: str, key: str | None) -> Sentences:
        if key is not None and key not in self.known.form_keys:
            yield f"{word}：没有表单 forms/{key}.json"

    def task(self, word: str, element_id: str) -> Sentences:
        target = self.process.elements.get(element_id)
        if target is None:
            yield f"{word}：流程里没有元素“{element_id}”"
        elif target.type != "userTask":
            yield f"{word}：元素“{element_id}”不是人工任务"


def declare(process: ProcessExtensions, callers: Iterable[ProcessExtensions] = ()) -> Declared:
    """Gather what the elements of a process bring about, and what those who call it give it."""
    given = frozenset(
        parameter.name
        for caller in callers
        for element in caller.elements.values()
        if element.called == process.process_id
        for parameter in element.call
    )
    facts = {
        element.id: frozenset(name for _, name in fact_names(element))
        for element in process.elements.values()
    }
    effects = [effect for element in process.elements.values() for effect in element.effects]
    return Declared(
        facts=given.union(*facts.values()),
        names=turns.names_of(process, facts, given),
        opened=frozenset(
            effect.kind
            for effect in effects
            if isinstance(effect, RecordEffect) and effect.operation == "open"
        ),
        documents=frozenset(e.kind for e in effects if isinstance(e, DocumentEffect)),
        deadlines=frozenset(
            effect.name
            for effect in effects
            if isinstance(effect, DeadlineEffect) and effect.operation == "start"
        ),
    )


def fact_names(element: ElementExtensions) -> Iterator[tuple[str, str]]:
    """Yield the facts that an element sets, with the word that sets each."""
    for output in element.outputs:
        yield "wf:output", output.name
    for effect in element.effects:
        if isinstance(effect, NumberEffect):
            yield "wf:number", effect.name
    if element.operation is not None and element.operation.result is not None:
        yield "wf:operation", element.operation.result
    if element.loop is not None:
        for name in (element.loop.item, element.loop.into):
            if name is not None:
                yield "wf:each", name


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _is_time(text: str) -> bool:
    return text.startswith("=") or _ISO_TIMER.fullmatch(text) is not None


def _flags(process: ProcessExtensions) -> Sentences:
    for name in _repeated(flag.name for flag in process.flags):
        yield f"wf:flag“{name}”声明了不止一次"
    for flag in process.flags:
        if flag.name == "secrecy" and not flag.value.startswith("="):
            if flag.value not in SECRECIES:
                known = "、".join(SECRECIES)
                yield f"wf:flag“secrecy”的值“{flag.value}”不是密级，可用：{known}，或 FEEL"
        elif not flag.value.startswith("="):
            yield f"wf:flag“{flag.name}”的值须是 FEEL（以 = 开头）"
