"""What a reader of a case gave themselves: at which places it stands, and in which facts still."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow_server.content.forms import copies_shut

if TYPE_CHECKING:
    from workflow_server.content.content import Content
    from workflow_server.content.elements import ElementExtensions, ProcessExtensions
    from workflow_server.store.masking import Part

_COPIED = re.compile(r"=\s*this\.([\w.]+)\s*")
_FOR_PEOPLE = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True, slots=True)
class Given:
    """Places by paths below them."""

    #: Element and index of the answer there.
    answers: Mapping[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    #: By name.
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)


NOTHING = Given()


def by_reader(part: Part, content: Content) -> Given:
    """Return what the reader typed into forms; what the server computed there is not theirs."""
    process = content.processes.get(part.process_key)
    if process is None or not any(is_own for _, is_own in part.answered):
        return NOTHING
    typed = {
        element_id: _typed(element_id, process, content)
        for element_id, is_own in part.answered
        if is_own and element_id in process.elements
    }
    counted: Counter[str] = Counter()
    answers: dict[tuple[str, int], frozenset[str]] = {}
    for element_id, is_own in part.answered:
        if is_own and element_id in typed:
            answers[element_id, counted[element_id]] = typed[element_id]
        counted[element_id] += 1
    # What failed may have written nothing, or have written later than its answer.
    facts = {} if part.has_failed else dict(_facts(part, process, typed))
    return Given(answers, facts)


def _typed(element_id: str, process: ProcessExtensions, content: Content) -> frozenset[str]:
    starts = (each.form for each in process.starts if each.element_id == element_id)
    keys = {process.elements[element_id].form, *starts}
    forms = [content.forms[key] for key in keys if key is not None and key in content.forms]
    fields = [info for form in forms for info in form.fields.values()]
    computed = [info.path for info in fields if info.type == "expression"]
    return frozenset(
        info.path
        for info in fields
        if not any(each == info.path or each.startswith(f"{info.path}.") for each in computed)
    )


def _facts(
    part: Part, process: ProcessExtensions, typed: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the facts of which an answer of the reader was the last to write them."""
    for name, writers in _writers(process).items():
        if not all(_is_answered(process.elements[each]) for each in writers):
            continue
        last = next((each for each in reversed(part.answered) if each[0] in writers), None)
        if last is None or not last[1]:
            continue
        copied = _COPIED.fullmatch(writers[last[0]])
        below = _below(typed[last[0]], copied.group(1)) if copied is not None else frozenset()
        if below:
            yield name, below


def _is_answered(element: ElementExtensions) -> bool:
    """Tell whether every answer is an act of the history; else nobody knows who wrote last."""
    if element.act is not None:
        return element.catch_message is None
    plain_start = element.type == "startEvent" and element.scope is None
    return element.type in _FOR_PEOPLE or plain_start


def _writers(process: ProcessExtensions) -> dict[str, dict[str, str]]:
    """Return for every fact the elements that write it, with what they write last."""
    found: dict[str, dict[str, str]] = {}
    for element in process.elements.values():
        for output in element.outputs:
            if not copies_shut(output.value, element.field_access):
                found.setdefault(output.name, {})[element.id] = output.value
        if element.operation is not None and element.operation.result is not None:
            found.setdefault(element.operation.result, {})[element.id] = ""
    return found


def _below(paths: frozenset[str], top: str) -> frozenset[str]:
    within = {path.removeprefix(f"{top}.") for path in paths if path.startswith(f"{top}.")}
    return frozenset(within | {""}) if top in paths else frozenset(within)
