"""Papers as a draft's template would make them, with made-up data or those of a real paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.content import documents as kinds
from workflow_server.content import forms
from workflow_server.content.bundle import Bundle
from workflow_server.content.documents import DocumentKind
from workflow_server.content.forms import FieldInfo
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.rendering import filters, templates
from workflow_server.services import (
    document_parts,
    documents,
    draft_files,
    draft_papers,
    drafts,
    masking,
    views,
)
from workflow_server.services.actors import Actor
from workflow_server.store.db import session

_TEXT = "这里是一段示例文字，用来查看版面、换行和对齐的效果。"
_LISTED = re.compile(r"for\s+(\w+)\s+in\s+d\.(\w+)")
_ITEMS = re.compile(r"parts\.(?:items|enclosures)\(\s*d\.(\w+)")
_FILTERED = re.compile(r"d\.(\w+)\s*\|\s*(chinese_date|chinese_time|yuan|chinese_number)")
_COUNTED = r"\.(\w+)\s*(?:[<>]=?|[=!]=|[-+*/%])\s*\d"
_SIGNED = re.compile(r"parts\.(?:signature|opinion|imprint)\([^()]*d\.(\w+)\s*\)")
_PRINTED = re.compile(
    r"""(?:parts\.(?:field|area)\(\s*"[^"]*"\s*,|\{\{)\s*d\.(\w+)\s*(?:[,)]|\}\})"""
)
_MACRO = re.compile(r"{%-?\s*macro\s+([a-z]\w*\([^)]{0,300}\))")
#: How much of a template is looked at, and how many of its loops: it may be of any length.
_LOOKED_AT = 100_000
#: So many templates that extend each other are looked at.
_MOST_LAYERS = 4
_EXTENDED = re.compile(r"""\{%-?\s*extends\s+["']([^"']+)["']""")
_MOST_LOOPS = 50
_BY_ENDING = (
    (re.compile(r"(_on|_date|date|day)$"), "date"),
    (re.compile(r"(_no|number)$"), "number"),
    (re.compile(r"(_at)$"), "moment"),
    (re.compile(r"(_name|handler|signer|contact)$"), "name"),
)
_DAY = "2026-04-07"
_MADE: Mapping[str, Any] = {
    "date": _DAY,
    "moment": "2026-04-07T09:30:00+08:00",
    "number": "某字〔2026〕7号",
    "name": "张某某",
    "chinese_date": _DAY,
    "chinese_time": "2026-04-07T09:30:00+08:00",
    "yuan": 1_234_500,
    "chinese_number": 12,
    "checkbox": True,
    "textfield": "示例内容",
    "textarea": f"{_TEXT}\n第二段。{_TEXT}",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Made-up data for a document kind, and what its template may use."""

    data: Mapping[str, Any]
    names: tuple[str, ...]
    filters: tuple[str, ...]
    parts: tuple[str, ...]


def sample_of(actor: Actor, draft_id: UUID, kind_key: str) -> Sample:
    """Return made-up data for a document kind of a draft, and the names to write with."""
    bundle, kind = _kind(actor, draft_id, kind_key)
    source = kind.files.get("base/parts.html", b"").decode("utf-8", "replace")
    return Sample(
        data=_made_up(kind, _fields(bundle)),
        names=tuple(sorted({*kind.data, "organisation.name", "number", "issued_on", "seal"})),
        filters=tuple(filters.FILTERS),
        parts=tuple(_MACRO.findall(source)),
    )


def render(
    actor: Actor,
    draft_id: UUID,
    kind_key: str,
    data: Mapping[str, Any] | None,
    document_id: UUID | None,
    now: datetime,
) -> bytes:
    """Return the PDF that the template makes of made-up data, given data, or a paper's data.

    Only who may read that paper sees it in another dress. Nothing is kept.
    """
    bundle, kind = _kind(actor, draft_id, kind_key)
    found = _made_up(kind, _fields(bundle))
    if document_id is not None:
        found |= _data_of(actor, document_id, kind)
    found |= dict(data or {})
    organisation = {"name": next((each.organisation_name for each in actor.positions), "示例单位")}
    day = now.astimezone(CHINA).date()
    frozen = document_parts.frozen(
        kind, found, organisation, kind.title, _MADE["number"] if kind.series else None, day
    )
    frozen["preview"] = True
    faults = templates.check(kind.files)
    if faults:
        raise ContentRefused(
            f"{faults[0].pointer}：{faults[0].detail}。 Expected a template without faults.",
            [Fault(f"{_folder(kind, each)}{each.pointer}", each.detail) for each in faults],
        )
    session().rollback()
    author = organisation["name"]
    return draft_papers.preview(kind, frozen, title=kind.title, author=author, created=now).pdf


def _folder(kind: DocumentKind, fault: Fault) -> str:
    return "documents/" if fault.pointer.startswith("base/") else f"documents/{kind.key}/"


def _kind(actor: Actor, draft_id: UUID, key: str) -> tuple[Bundle, DocumentKind]:
    bundle = Bundle(draft_files.contents(drafts.see(actor, draft_id)), "")
    found, faults = kinds.read_with_faults(bundle)
    own = [fault for fault in faults if fault.pointer.startswith(f"documents/{key}/")]
    if own:
        raise ContentRefused(
            f"{own[0].pointer}：{own[0].detail}。 Expected a document kind without faults.", own
        )
    if key not in found:
        raise NotFound(f"未找到文书种类。 Expected document kind '{key}', but there is none.")
    return bundle, found[key]


def _data_of(actor: Actor, document_id: UUID, kind: DocumentKind) -> dict[str, Any]:
    document = documents.get(actor, document_id)
    if document.kind != kind.key:
        raise InvalidInput(
            "所选文书不是这一种类。 Expected a document of this kind.",
            [Fault("#/document_id", "所选文书不是这一种类")],
        )
    views.note(actor, document.instance_id, "preview", document.id, masking.sensitive_in(document))
    return dict(document.data)


def _fields(bundle: Bundle) -> dict[str, FieldInfo]:
    """Return the fields of all forms by their last name: what data are mostly called after."""
    found: dict[str, FieldInfo] = {}
    for path, data in bundle.under("forms/", ".json"):
        try:
            form = forms.parse(path, data)
        except ContentRefused:
            continue
        for field in form.fields.values():
            found.setdefault(field.path.rsplit(".", 1)[-1], field)
    return found


def _made_up(kind: DocumentKind, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    text = _text_of(kind)
    listed = dict(_lists(text, fields))
    filtered = {**_counted("d", text), **dict(_FILTERED.findall(text))}
    items = set(_ITEMS.findall(text))
    dated = set(_SIGNED.findall(text))
    printed = set(_PRINTED.findall(text))
    found: dict[str, Any] = {}
    for name in kind.data:
        if name in listed:
            found[name] = listed[name]
        elif name in items:
            found[name] = [_TEXT, f"第二项。{_TEXT}"]
        elif name in filtered:
            found[name] = _MADE[filtered[name]]
        elif name in dated:
            found[name] = _DAY
        else:
            made = _value(name, fields)
            # Where a template prints a choice of several as it is, its data have made it a text.
            found[name] = made[0] if isinstance(made, list) and name in printed else made
    return found


def _text_of(kind: DocumentKind) -> str:
    """Return the template with all that it extends, where the rows may be printed."""
    texts, name = list[str](), kinds.TEMPLATE
    while name in kind.files and len(texts) < _MOST_LAYERS:
        texts.append(kind.files[name][:_LOOKED_AT].decode("utf-8", "replace"))
        extended = _EXTENDED.search(texts[-1])
        name = extended.group(1) if extended is not None else ""
    return "\n".join(texts)


def _lists(text: str, fields: Mapping[str, FieldInfo]) -> Iterator[tuple[str, Any]]:
    for row, name in list(dict.fromkeys(_LISTED.findall(text)))[:_MOST_LOOPS]:
        members = set(re.findall(rf"\b{row}\.(\w+)", text))
        filtered = _counted(row, text) | dict(
            re.findall(rf"\b{row}\.(\w+)\s*\|\s*(chinese_date|chinese_time|yuan)", text)
        )
        made = {
            each: _MADE[filtered[each]] if each in filtered else _value(each, fields)
            for each in sorted(members)
        }
        yield name, [made or _TEXT] * 2


def _counted(row: str, text: str) -> dict[str, str]:
    """Return the names that a template compares or reckons with a number."""
    return dict.fromkeys(re.findall(rf"\b{row}{_COUNTED}", text), "chinese_number")


def _value(name: str, fields: Mapping[str, FieldInfo]) -> Any:
    field = fields.get(name)
    if field is not None:
        if field.options:
            return field.options[0].value
        if field.type == "datetime":
            return _DAY
        if field.type == "number":
            return 12
        if field.type in ("checklist", "taglist"):
            return ["示例"]
        if field.type in _MADE:
            return _MADE[field.type]
    kind = next((kind for ending, kind in _BY_ENDING if ending.search(name)), "textfield")
    return _MADE[kind]
