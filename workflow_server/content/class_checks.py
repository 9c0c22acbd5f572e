"""Whether content keeps what it says of classes of data: known, declared, disclosed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow_server.content import lineage
from workflow_server.content.documents import DocumentKind
from workflow_server.content.elements import (
    DeadlineEffect,
    DocumentEffect,
    ElementExtensions,
    MessageEffect,
    ProcessExtensions,
    RecordEffect,
)
from workflow_server.content.lineage import Lineage
from workflow_server.content.process_checks import Known
from workflow_server.content.shared import ANYBODY, FOLDER, DataClass
from workflow_server.errors import Fault

_PATH = f"{FOLDER}data_classes.json"
_BUSINESS_KEY = "business_key"
_TITLES = "写明了“{}”类信息，标题、案号和往来标识人人可见，请换成不含此类信息的内容"


def check(known: Known) -> Iterator[Fault]:
    """Yield every fault that classes of data have, or bring to light."""
    yield from _class_faults(known)
    yield from _unknown(known)
    lineages = lineage.trace(known.processes, known.forms, known.shared.records)
    for key, process in known.processes.items():
        check_one = _Check(known, process, lineages[key])
        yield from check_one.faults()


def _class_faults(known: Known) -> Iterator[Fault]:
    for index, declared in enumerate(known.shared.classes.values()):
        pointer = f"{_PATH}#/classes/{index}/readers"
        for role in declared.readers:
            if role != ANYBODY and role not in known.shared.roles:
                yield Fault(pointer, f"“{declared.key}”：roles.json 里没有角色“{role}”")


def _unknown(known: Known) -> Iterator[Fault]:
    """Yield the classes that are named and not declared."""
    for form in known.forms.values():
        for path, info in form.fields.items():
            yield from _named(known, f"forms/{form.key}.json {path}", [info.personal_class])
    for index, kind in enumerate(known.shared.records.values()):
        for declared in kind.fields.values():
            pointer = f"{FOLDER}records.json#/kinds/{index}/fields/{declared.key}"
            yield from _named(known, pointer, [declared.data_class])
    for document in known.documents.values():
        pointer = f"documents/{document.key}/document.json#/classes"
        yield from _named(known, pointer, document.classes)


def _named(known: Known, pointer: str, keys: Iterable[str | None]) -> Iterator[Fault]:
    for key in keys:
        if key is not None and key not in known.shared.classes:
            yield Fault(pointer, f"data_classes.json 里没有信息类别“{key}”")


class _Check:
    """Checks one process against the classes of what it holds."""

    def __init__(self, known: Known, process: ProcessExtensions, held: Lineage) -> None:
        self.known = known
        self.process = process
        self.held = held
        self.classes = known.shared.classes

    def faults(self) -> Iterator[Fault]:
        for element in self.process.elements.values():
            pointer = f"{self.process.path}:{element.line} {element.id}"
            for label, value in _titles(element):
                for declared in self.classed(self.held.made_of(value, element.id)):
                    yield Fault(pointer, f"{label}“{value}”{_TITLES.format(declared.label)}")
            for effect in element.effects:
                if isinstance(effect, MessageEffect):
                    yield from self.message(pointer, effect)
            yield from self.shut_rows(pointer, element)
            yield from self.initials(element)
        made = {
            effect.kind
            for element in self.process.elements.values()
            for effect in element.effects
            if isinstance(effect, DocumentEffect)
        }
        for kind in sorted(made & self.known.documents.keys()):
            yield from self.document(kind)

    def initials(self, element: ElementExtensions) -> Iterator[Fault]:
        """Yield where a form begins with what is classed, and its field does not say so."""
        form = self.known.forms.get(element.form or "")
        for each in form.initials if form is not None else ():
            expression = f"={each.expression}"
            places = self.held.of(expression, element.id)
            made = places or {"": self.held.made_of(expression, element.id)}
            for place, marks in made.items():
                path = ".".join((*each.path, place) if place else each.path)
                info = form.fields.get(path) if form is not None else None
                for declared in self.classed(marks):
                    if info is None or info.personal_class != declared.key:
                        yield Fault(
                            f"forms/{element.form}.json {path}",
                            f"initial“{expression}”属于“{declared.label}”，"
                            f'请给字段写明 "class": "{declared.key}"',
                        )

    def classed(self, marks: Iterable[str]) -> list[DataClass]:
        return [self.classes[mark] for mark in sorted(marks) if mark in self.classes]

    def document(self, key: str) -> Iterator[Fault]:
        kind = self.known.documents[key]
        path = f"documents/{key}/document.json"
        for name, value in kind.data.items():
            for declared in self.in_document(kind, value):
                yield Fault(
                    f"{path}#/data/{name}",
                    f"流程 {self.process.process_id} 制作时，“{value}”属于“{declared.label}”，"
                    f'请在 classes 里写明 "{declared.key}"',
                )
        for name, text in (("filename", kind.filename), ("title", kind.title)):
            for declared in self.classed(self.held.made_of(text)):
                yield Fault(f"{path}#/{name}", f"“{text}”{_TITLES.format(declared.label)}")

    def in_document(self, kind: DocumentKind, value: str) -> Iterator[DataClass]:
        """Yield the classes that a part of a document's data needs and the document lacks.

        Under a class with a flag the document may make something of a value: whether it is
        hidden is asked of the case (services/legibility).
        """
        copied = {mark for marks in self.held.of(value).values() for mark in marks}
        for declared in self.classed(self.held.made_of(value) - set(kind.classes)):
            if declared.flag is None or declared.key in copied:
                yield declared

    def message(self, pointer: str, effect: MessageEffect) -> Iterator[Fault]:
        let_go = {key for part in effect.payload for key in part.disclose} | set(effect.disclose)
        for key in sorted(let_go):
            declared = self.classes.get(key)
            if declared is None:
                yield Fault(
                    pointer, f"wf:message disclose：data_classes.json 里没有信息类别“{key}”"
                )
            elif declared.confined:
                yield Fault(
                    pointer,
                    f"wf:message disclose：“{declared.label}”不得离开本单位，不能写 disclose",
                )
        for enclosed in effect.enclose:
            kind = self.known.documents.get(enclosed)
            for declared in self.classed(set(kind.classes) - let_go if kind else ()):
                yield Fault(
                    pointer,
                    f"wf:enclose：文书“{enclosed}”含有“{declared.label}”，随附须写明"
                    f' disclose="{declared.key}"',
                )

    def shut_rows(self, pointer: str, element: ElementExtensions) -> Iterator[Fault]:
        """Yield the lists whose rows lose a field that this task may not write."""
        form = self.known.forms.get(element.form or "")
        lists = (
            {path for path, info in form.fields.items() if info.type == "dynamiclist"}
            if form
            else set()
        )
        for path, access in element.field_access.items():
            above = next((each for each in lists if path.startswith(f"{each}.")), None)
            shut = access in ("read", "hidden") and above is not None
            if shut and element.field_access.get(above or "") not in ("read", "hidden"):
                for output in element.outputs:
                    if output.value == f"=this.{above}":
                        yield Fault(
                            pointer,
                            f"wf:fieldAccess：“{path}”不可填写，而 wf:output {output.name} 会用"
                            f"缺少它的“{above}”覆盖原值，请把“{above}”设为 read，或不写出它",
                        )


def _titles(element: ElementExtensions) -> Iterator[tuple[str, str | None]]:
    for output in element.outputs:
        if output.name == _BUSINESS_KEY:
            yield "wf:output business_key", output.value
    if element.outcome is not None:
        yield "wf:outcome label", element.outcome.label
    for effect in element.effects:
        match effect:
            case RecordEffect():
                yield "wf:record title", effect.title
            case DocumentEffect():
                yield "wf:document name", effect.name
            case DeadlineEffect():
                yield "wf:deadline label", effect.label
                yield "wf:deadline reason", effect.reason
            case MessageEffect():
                yield "wf:message conversation", effect.conversation
                yield "wf:message inReplyTo", effect.in_reply_to
            case _:
                pass
