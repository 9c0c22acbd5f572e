"""Words that everybody sees or that leave the house: nothing classed stands in them.

The checks of content refuse what they can follow; here is what only shows as it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from workflow_server.errors import InvalidInput
from workflow_server.services import masking
from workflow_server.services.veils import Veil

if TYPE_CHECKING:
    from workflow_server.content.shared import DataClass
    from workflow_server.services.situation import Situation


class ClassedWords(InvalidInput):
    """此处不得出现涉密信息"""


def masked(text: str, situation: Situation) -> str:
    """Return a title, label or number in which what the case hides is masked."""
    if not _found(text, situation, _held(situation)):
        return text
    active = masking.active(situation.content, situation).values()
    return _veil(situation, list(active)).text(text)


def check(text: str, what: str, situation: Situation) -> None:
    """Refuse words that leave the house and hold what the case hides."""
    found = _found(text, situation, _held(situation))
    if not found:
        return
    active = masking.active(situation.content, situation)
    hidden = [each for each in found if each.key in active]
    if hidden:
        raise ClassedWords(
            f"{what}含有“{hidden[0].label}”类信息，不能发出。"
            f" Expected nothing of class '{hidden[0].key}' here, but it is there."
        )


def classes_in(value: Any, situation: Situation) -> set[str]:
    """Return the classes of which a value of the case turns up anywhere in some texts."""
    words = "\n".join(_texts(value))
    return {each.key for each in _found(words, situation, _held(situation))}


def _held(situation: Situation) -> list[DataClass]:
    held = situation.content.lineages.get(situation.process.process_id)
    marks = held.marks if held is not None else frozenset()
    return [each for key, each in situation.content.shared.classes.items() if key in marks]


def _found(text: str, situation: Situation, classes: Collection[DataClass]) -> list[DataClass]:
    if not classes or _veil(situation, classes).text(text) == text:
        return []
    return [each for each in classes if _veil(situation, [each]).text(text) != text]


def _veil(situation: Situation, classes: Collection[DataClass]) -> Veil:
    held = situation.content.lineages[situation.process.process_id]
    closed = {each.key: each.mask for each in classes if each.key in held.marks}
    return Veil(held, closed).learn(situation.variables)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
