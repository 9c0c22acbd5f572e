"""Parts that documents are made of: frozen data, names of files, recipients."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server import feel
from workflow_server.errors import InvalidInput

if TYPE_CHECKING:
    from workflow_server.content.documents import DocumentKind

_LONGEST_FILENAME = 120
#: Among the data of a paper: what is to be read instead of which words, everywhere in it.
REDACTIONS = "redactions"


def frozen(
    kind: DocumentKind,
    data: Mapping[str, Any],
    organisation: Mapping[str, Any],
    title: str,
    number: str | None,
    issued_on: date | None,
) -> dict[str, Any]:
    """Return what the template sees: the kind's own data over what every paper bears."""
    day = issued_on.isoformat() if issued_on else None
    common = {
        "organisation": dict(organisation),
        "title": title,
        "number": number,
        "issued_on": day,
        "seal": kind.seal,
    }
    drawn = {"number": number} if number is not None else {}
    sealed = {} if issued_on else {"seal": False}
    return redacted({**common, **data, **drawn, **sealed})


def redacted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a paper's data with the words that it redacts replaced, and no word of which.

    The pages and what is attached to them are made of this: nothing else is kept.
    """
    rows = data.get(REDACTIONS)
    pairs = [
        (each["text"], str(each.get("instead") or "××"))
        for each in (rows if isinstance(rows, list) else ())
        if isinstance(each, Mapping) and isinstance(each.get("text"), str) and each["text"]
    ]
    # The longer words first: a shorter one may be part of them.
    pairs.sort(key=lambda pair: -len(pair[0]))
    return {name: _replaced(each, pairs) for name, each in data.items() if name != REDACTIONS}


def _replaced(value: Any, pairs: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for text, instead in pairs:
            value = value.replace(text, instead)
        return value
    if isinstance(value, Mapping):
        return {name: _replaced(each, pairs) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, pairs) for each in value]
    return value


def is_empty(value: Any) -> bool:
    """Tell whether a required part is lacking."""
    return (
        value is None
        or value is False
        or value in ("", [], {})
        or (isinstance(value, str) and not value.strip())
    )


def organisation_id(value: Any, kind: DocumentKind) -> UUID | None:
    """Return the recipient that an expression gave; refuse what is no id."""
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"“{kind.title}”的收文单位不明：{value!r}。"
            f" Expected the recipient's id for document '{kind.key}', but got {value!r}."
        ) from error


def clean_filename(text: Any) -> str:
    """Return a name that a file of a document may have."""
    name = re.sub(r'[\x00-\x1f\x7f\\/:*?"<>|]+', "_", str(text)).strip(" .")
    name = name.removesuffix(".pdf")[:_LONGEST_FILENAME] or "document"
    return f"{name}.pdf"


def answered(
    context: Mapping[str, Any], element_id: str, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what an expression context has more, once a task was answered."""
    given = context["answers"]
    mine = [*given.get(element_id, []), dict(answers)]
    return {"this": dict(answers), "answers": {**given, element_id: mine}}


def evaluated(
    values: list[tuple[str, str]], context: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return named values: "=…" is FEEL, other text is itself."""
    asked = [(name, text[1:]) for name, text in values if text.startswith("=")]
    results = feel.evaluate_all([text for _, text in asked], context, now=now) if asked else []
    found = dict(values)
    return {**found, **dict(zip((name for name, _ in asked), results, strict=True))}
