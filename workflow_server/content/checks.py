"""Everything that content alone can know to be wrong, all at once.

Whether a diagram can run is judged by the engine, templates by rendering, and the names of
operations by the services that offer them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from workflow_server import feel
from workflow_server.content import (
    class_checks,
    decisions,
    documents,
    drawing_checks,
    expressions,
    extensions,
    form_checks,
    forms,
    ledger_checks,
    legibility_checks,
    office_checks,
    shared,
)
from workflow_server.content.bundle import Bundle
from workflow_server.content.content import form_key
from workflow_server.content.decisions import Decision
from workflow_server.content.documents import DocumentKind
from workflow_server.content.elements import MessageEffect, ProcessExtensions
from workflow_server.content.forms import Form
from workflow_server.content.grammar import KEY
from workflow_server.content.process_checks import MOST_STATES, Known, ProcessCheck
from workflow_server.content.shared import MessageType, Shared
from workflow_server.errors import Fault, WorkflowServerError

#: Seconds of CPU that the expressions of one file may take to be read and tried. The largest
#: of the diagrams that the server brings takes a third of it.
EXPRESSIONS_SECONDS = 1.6
#: Wrong expressions of one process after which no others are looked for.
MOST_WRONG = 300

_PLACE = re.compile(r"\{[a-z_]+(?::0?[1-9])?\}")
_BRACES = re.compile(r"[{}]")
_T = TypeVar("_T")


def check(bundle: Bundle) -> tuple[Fault, ...]:
    """Return every fault of the bundle's content, each a sentence for its designer."""
    faults: list[Fault] = []
    known = Known(
        processes=_processes(bundle, faults),
        forms=_forms(bundle, faults),
        documents=_kept(documents.read_with_faults(bundle), faults),
        shared=_kept(shared.read_with_faults(bundle), faults),
        form_keys=frozenset(form_key(path) for path, _ in bundle.under("forms/", ".json")),
    )
    _decisions(bundle, known.shared.rules, faults)
    faults.extend(legibility_checks.check(bundle))
    for path, data in bundle.under("bpmn/", ".bpmn"):
        faults.extend(drawing_checks.faults(path, data))
    faults.extend(_shared_faults(known))
    faults.extend(class_checks.check(known))
    for kind in known.documents.values():
        with feel.allowance(EXPRESSIONS_SECONDS):
            faults.extend(_document_faults(kind, known))
    for form in known.forms.values():
        faults.extend(_form_faults(form, known.shared))
        faults.extend(form_checks.check(form))
    for process in known.processes.values():
        one = ProcessCheck(known, process)
        faults.extend(one.faults())
        with feel.allowance(EXPRESSIONS_SECONDS):
            wrong = expressions.process_faults(process, one.declared, known)
            faults.extend(islice(wrong, MOST_WRONG))
    return tuple(dict.fromkeys(faults))


def _kept(read: tuple[_T, tuple[Fault, ...]], faults: list[Fault]) -> _T:
    faults.extend(read[1])
    return read[0]


def _processes(bundle: Bundle, faults: list[Fault]) -> Mapping[str, ProcessExtensions]:
    found: dict[str, ProcessExtensions] = {}
    for path, data in bundle.under("bpmn/", ".bpmn"):
        for process in _kept(extensions.read_with_faults(path, data), faults):
            pointer = f"{path}:{process.line} {process.process_id}"
            other = found.get(process.process_id)
            if other is not None:
                faults.append(
                    Fault(pointer, f"流程标识“{process.process_id}”在 {other.path} 里已用")
                )
            elif not KEY.accepts(process.process_id):
                faults.append(Fault(pointer, f"流程标识“{process.process_id}”{KEY.sentence}"))
            found[process.process_id] = process
    return found


def _forms(bundle: Bundle, faults: list[Fault]) -> Mapping[str, Form]:
    found: dict[str, Form] = {}
    for path, data in bundle.under("forms/", ".json"):
        key = form_key(path)
        form = _tried(path, faults, partial(forms.parse, key, data))
        if form is not None:
            found[key] = form
    return found


def _decisions(bundle: Bundle, rules: Decision | None, faults: list[Fault]) -> None:
    found = {} if rules is None else {rules.id: rules}
    for path, data in bundle.under("bpmn/", ".dmn"):
        read = path != shared.RULES and _tried(path, faults, partial(decisions.parse, data, path))
        for decision in read.values() if read else ():
            other = found.setdefault(decision.id, decision)
            if other is not decision:
                pointer = f"{path}:{decision.line} {decision.id}"
                faults.append(Fault(pointer, f"决策标识“{decision.id}”在 {other.path} 里已用"))


def _tried(path: str, faults: list[Fault], read: Callable[[], Any]) -> Any:
    try:
        with feel.allowance(EXPRESSIONS_SECONDS):
            return read()
    except WorkflowServerError as error:
        found = error.faults or (Fault("", error.message),)
        faults.extend(Fault(_placed(path, fault.pointer), fault.detail) for fault in found)
        return None


def _placed(path: str, pointer: str) -> str:
    return pointer if pointer.startswith(path) else f"{path}{pointer}"


def _document_faults(kind: DocumentKind, known: Known) -> Iterator[Fault]:
    path = f"documents/{kind.key}/document.json"
    named = kind.series is not None and not kind.series.startswith("=")
    if named and kind.series not in known.shared.series:
        yield Fault(f"{path}#/series", f"series.json 里没有编号序列“{kind.series}”")
    yield from expressions.document_faults(kind)


def _form_faults(form: Form, content: Shared) -> Iterator[Fault]:
    """Yield what a form's pickers ask for that nobody has declared."""
    names: Mapping[str, tuple[Container[str], str]] = {
        "vocabulary": (content.vocabularies, "vocabularies.json 里没有词表"),
        "role": (content.roles, "roles.json 里没有角色"),
        "party": (content.parties, "没有哪个角色属于"),
        "kind": (content.records, "records.json 里没有台账种类"),
    }
    for path, field in form.fields.items():
        for name, value in field.source_parameters.items():
            known, sentence = names.get(name, ((), ""))
            if sentence and not value.startswith("=") and value not in known:
                yield Fault(
                    f"forms/{form.key}.json {path}",
                    f"字段“{path}”的 source.{name}：{sentence}“{value}”",
                )


def _shared_faults(known: Known) -> Iterator[Fault]:
    yield from _record_faults(known.shared)
    yield from _series_faults(known.shared)
    yield from ledger_checks.check(known.shared)
    yield from office_checks.check(known.shared)
    for role in known.shared.alerts.roles():
        if role not in known.shared.roles:
            yield Fault(f"{shared.FOLDER}alerts.json", f"roles.json 里没有角色“{role}”")
    for index, message in enumerate(known.shared.messages.values()):
        pointer = f"{shared.FOLDER}messages.json#/types/{index}"
        for sentence in _message_sentences(message, known):
            yield Fault(pointer, f"“{message.key}”：{sentence}")


def _record_faults(content: Shared) -> Iterator[Fault]:
    for index, kind in enumerate(content.records.values()):
        pointer = f"{shared.FOLDER}records.json#/kinds/{index}"
        if kind.series is not None and kind.series not in content.series:
            yield Fault(f"{pointer}/series", f"series.json 里没有编号序列“{kind.series}”")
        if len(kind.states) > MOST_STATES:
            yield Fault(f"{pointer}/states", f"状态超过 {MOST_STATES} 个，请精简")
        for state, count in Counter(kind.states).items():
            if count > 1:
                yield Fault(f"{pointer}/states", f"状态“{state}”写了两次")
        for declared in kind.fields.values():
            if declared.vocabulary and declared.vocabulary not in content.vocabularies:
                yield Fault(
                    f"{pointer}/fields",
                    f"字段“{declared.key}”：vocabularies.json 里没有“{declared.vocabulary}”",
                )


def _series_faults(content: Shared) -> Iterator[Fault]:
    for index, series in enumerate(content.series.values()):
        if "{year}" not in series.pattern or "{n" not in series.pattern:
            yield Fault(
                f"{shared.FOLDER}series.json#/series/{index}/pattern",
                "编号格式须含 {year} 和 {n}，例如 {code}函〔{year}〕{n}号",
            )
        elif _BRACES.search(_PLACE.sub("", series.pattern)):
            yield Fault(
                f"{shared.FOLDER}series.json#/series/{index}/pattern",
                "编号格式的花括号里只能是 {year}、{n}、{n:4}（1 至 9 位）或单位的字段名",
            )


def _message_sentences(message: MessageType, known: Known) -> Iterator[str]:
    for party in (*message.senders, *message.recipients):
        if party not in known.shared.parties:
            yield f"没有哪个角色属于“{party}”，请先在 roles.json 里声明"
    sent = _parts_sent(message, known)
    for part in message.shows:
        if sent and part not in sent:
            yield f"shows：没有流程在这种消息里发送“{part}”"
    if message.starts is None:
        return
    process = known.processes.get(message.starts)
    if process is None:
        yield f"starts 所指的流程“{message.starts}”不在流程包里"
    elif message.key not in process.message_starts.values():
        yield f"流程“{message.starts}”没有由它触发的消息开始事件"


def _parts_sent(message: MessageType, known: Known) -> set[str]:
    """Return what the payloads of a type hold, in whichever process sends it."""
    return {
        part.name
        for process in known.processes.values()
        for element in process.elements.values()
        for effect in element.effects
        if isinstance(effect, MessageEffect) and effect.type == message.key
        for part in effect.payload
    }
