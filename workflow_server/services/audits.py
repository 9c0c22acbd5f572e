"""What the audit administrator may look at: acts of all chains, without the content of cases."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from workflow_server.config import CHINA
from workflow_server.errors import Fault, InvalidInput
from workflow_server.events import Event
from workflow_server.services import access, history, secret_keys, verifications
from workflow_server.services.actors import Actor
from workflow_server.store import acts as store
from workflow_server.store import anchors
from workflow_server.store.acts import Filter
from workflow_server.store.anchors import Anchor
from workflow_server.store.db import transaction
from workflow_server.store.history import AUDIT, REFUSALS, VIEWS, Act
from workflow_server.store.types import canonical

#: Where the auditors' own acts stand.
AREA = AUDIT
#: How many rows a verification by the API reads; more is the command line's.
MOST_VERIFIED = 200_000

_COLUMNS = (
    *("at", "chain", "chain_id", "seq", "act", "outcome", "instance_id", "task_id", "element_id"),
    *("person_id", "person_name", "position_id", "role", "title"),
    *("organisation_id", "organisation_name", "on_behalf_of", "on_behalf_of_name", "address"),
    *("data", "data_digest"),
)
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnknownAct(InvalidInput):
    """没有这种行为"""


def list_(
    actor: Actor, narrowed: Filter, now: datetime, page: int = 1, page_size: int = 50
) -> tuple[list[dict[str, Any]], int]:
    """Return acts, newest first, and how many there are; that they were asked for is an act too."""
    access.check_administers(actor, "audit")
    _check(narrowed)
    _note(actor, Event.TRAIL_READ, _given(narrowed) | {"page": page}, now)
    rows, total = store.list_(narrowed, page_size, (page - 1) * page_size)
    return [_shown(row) for row in rows], total


def list_anchors(actor: Actor, page: int = 1, page_size: int = 50) -> tuple[list[Anchor], int]:
    """Return the anchors, newest first, and how many there are."""
    access.check_administers(actor, "audit")
    rows, total = anchors.list_(page_size, (page - 1) * page_size)
    return list(rows), total


def export(actor: Actor, narrowed: Filter, form: str, now: datetime) -> Iterator[bytes]:
    """Return acts, oldest first, as JSON lines (a manifest at the end) or as CSV, in portions."""
    access.check_administers(actor, "audit")
    _check(narrowed)
    _note(actor, Event.TRAIL_EXPORTED, _given(narrowed) | {"format": form}, now)
    rows = (_shown(row) for row in store.iterate(narrowed))
    return _as_csv(rows) if form == "csv" else _as_lines(rows, narrowed)


def export_to(
    out: Path, since: datetime | None, until: datetime | None, now: datetime
) -> dict[str, Any]:
    """Write acts into a file of JSON lines, a CSV beside it and a manifest with their hashes."""
    narrowed = Filter(since=since, until=until)
    _note(None, Event.TRAIL_EXPORTED, _given(narrowed) | {"format": "files"}, now)
    table = out.with_suffix(".csv")
    count = 0
    with out.open("wb") as lines, table.open("w", encoding="utf-8-sig", newline="") as cells:
        writer = csv.writer(cells)
        writer.writerow(_COLUMNS)
        for row in store.iterate(narrowed):
            shown = _shown(row)
            lines.write(orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE))
            writer.writerow(_cells(shown))
            count += 1
    last = anchors.find_last()
    manifest = {
        "made_at": now.astimezone(CHINA).isoformat(),
        "since": since.astimezone(CHINA).isoformat() if since is not None else None,
        "until": until.astimezone(CHINA).isoformat() if until is not None else None,
        "rows": count,
        "last_anchor": f"{last.seq}:{last.hash.hex()}" if last is not None else None,
        "files": [{"name": path.name, "sha256": _digest(path)} for path in (out, table)],
    }
    out.with_suffix(".manifest.json").write_bytes(
        orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    return manifest


def verify(
    actor: Actor,
    now: datetime,
    *,
    instance_id: UUID | None = None,
    area: str | None = None,
    since_anchor: int | None = None,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Prove one instance's chains, an area's, what came after an anchor, or everything.

    Reads no more than `MOST_VERIFIED` rows: `is_complete` tells whether that was all.
    """
    access.check_administers(actor, "audit")
    asked = history.asked(actor, idempotency_key, "audits.verify", instance_id, area, since_anchor)
    first = history.first_answer(asked)
    if first is not None:
        return dict(first)
    report = verifications.verify(
        instance_id=instance_id, area=area, since=since_anchor, limit=MOST_VERIFIED
    )
    found: dict[str, Any] = orjson.loads(orjson.dumps(asdict(report)))
    data = {"instance_id": instance_id, "area": area, "since_anchor": since_anchor}
    data |= {"findings": len(report.findings), "rows": report.rows}
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return dict(first)
        act = _act(actor, Event.TRAIL_VERIFIED, data, now)
        history.append_to_area(AREA, act, asked, found)
    return found


def note_read(actor: Actor, what: dict[str, Any], now: datetime) -> None:
    """Keep that an auditor looked something up."""
    _note(actor, Event.TRAIL_READ, what, now)


def _check(narrowed: Filter) -> None:
    """Refuse to look for what there cannot be: nothing found would say that nothing was done."""
    if narrowed.area is not None:
        verifications.check_area(narrowed.area, VIEWS, pointer="?area")
    if narrowed.act is not None and narrowed.act not in set(Event):
        known = "、".join(Event)
        raise UnknownAct(
            f"没有“{narrowed.act}”这种行为，应为以下之一：{known}。"
            f" Expected an act, but '{narrowed.act}' is none.",
            [Fault("?act", f"应为以下之一：{known}")],
        )


def _note(actor: Actor | None, event: Event, data: dict[str, Any], now: datetime) -> None:
    with transaction():
        history.append_to_area(AREA, _act(actor, event, data, now))


def _act(actor: Actor | None, event: Event, data: dict[str, Any], now: datetime) -> Act:
    kept = {name: _plain(value) for name, value in data.items() if value is not None}
    return Act(at=now, act=event, by=actor.stamp() if actor is not None else None, data=kept)


def _given(narrowed: Filter) -> dict[str, Any]:
    given = {name: value for name, value in asdict(narrowed).items() if value is not None}
    moments = {name: each for name, each in given.items() if isinstance(each, datetime)}
    return given | {name: each.astimezone(CHINA) for name, each in moments.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _shown(row: Any) -> dict[str, Any]:
    """Return an act as an auditor sees it: of a case's own acts the content stays hidden."""
    is_case = row.area is None
    return {
        "at": row.at.astimezone(CHINA),
        "chain": "instance" if is_case else row.area,
        "chain_id": row.chain_id,
        "seq": row.seq,
        "act": row.act,
        "outcome": "refused" if row.area == REFUSALS else "done",
        "instance_id": row.chain_id if is_case else row.instance_id,
        "task_id": row.task_id,
        "element_id": row.element_id,
        "person_id": row.person_id,
        "person_name": row.person_name,
        "position_id": row.position_id,
        "role": row.role,
        "title": row.title,
        "organisation_id": row.organisation_id,
        "organisation_name": row.organisation_name,
        "on_behalf_of": row.on_behalf_of,
        "on_behalf_of_name": row.on_behalf_of_name,
        "address": row.address,
        "data": None if is_case else row.data,
        # Bound to its place, so that equal content is not seen to be equal.
        "data_digest": None
        if row.data is None
        else secret_keys.digest(canonical([row.chain_id, row.seq, row.data])),
    }


def _as_lines(rows: Iterable[dict[str, Any]], narrowed: Filter) -> Iterator[bytes]:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        digest.update(line)
        count += 1
        yield line
    manifest = {"rows": count, "sha256": digest.hexdigest(), "asked": _given(narrowed)}
    yield orjson.dumps({"manifest": manifest}, option=orjson.OPT_APPEND_NEWLINE)


def _as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(_COLUMNS)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow(_cells(row))
        if held.tell() > 64 * 1024:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def _cells(row: dict[str, Any]) -> list[str]:
    return [_cell(row[name]) for name in _COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
