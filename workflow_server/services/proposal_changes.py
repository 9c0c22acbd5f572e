"""What a bundle would change, compared with what is deployed: files, processes, roles, classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_server.content.bundle import Bundle
from workflow_server.content.content import Content
from workflow_server.services import definition_cache, deployments, process_changes
from workflow_server.store import deployments as rows
from workflow_server.store import process_definitions


def changes_of(loaded: Content) -> dict[str, Any]:
    """Return what deploying this content now would change, ready to be kept as JSON."""
    newest = rows.find_newest()
    before = definition_cache.content_of(newest.id) if newest is not None else None
    return {
        "compared_with": str(newest.id) if newest is not None else None,
        "files": list(_files(loaded.bundle, before.bundle if before is not None else None)),
        "process_definitions": list(_definitions(loaded, before)),
        "roles": list(_roles(loaded, before)),
        "data_classes": list(
            process_changes.classes_of(
                before.shared.classes if before is not None else {}, loaded.shared.classes
            )
        ),
    }


def none_known() -> dict[str, Any]:
    """Return the changes of content that cannot be read."""
    newest = rows.find_newest()
    compared_with = str(newest.id) if newest is not None else None
    nothing: dict[str, Any] = {name: [] for name in ("files", "process_definitions", "roles")}
    return {"compared_with": compared_with, **nothing, "data_classes": []}


def _files(bundle: Bundle, before: Bundle | None) -> Iterator[dict[str, str]]:
    old = before.files if before is not None else {}
    for path in sorted(bundle.files.keys() | old.keys()):
        change = _change(old.get(path), bundle.files.get(path))
        if change is not None:
            yield {"path": path, "change": change}


def _definitions(loaded: Content, before: Content | None) -> Iterator[dict[str, Any]]:
    for key, process in sorted(loaded.processes.items()):
        newest = process_definitions.find_newest(key)
        fingerprint = deployments.fingerprint_of(loaded, process)
        change = _change(newest.fingerprint if newest is not None else None, fingerprint)
        if change is not None:
            version = newest.version if newest is not None else 0
            yield {
                "key": key,
                "title": process.title or key,
                "change": change,
                "version_before": version or None,
                "version": version + 1,
                "details": process_changes.details_of(
                    before.processes.get(key) if before is not None else None,
                    process,
                    before.shared.roles if before is not None else {},
                    loaded.shared.roles,
                ),
            }
    for key, process in sorted(before.processes.items() if before is not None else ()):
        if key not in loaded.processes:
            newest = process_definitions.find_newest(key)
            yield {
                "key": key,
                "title": process.title or key,
                "change": "removed",
                "version_before": newest.version if newest is not None else None,
                "version": None,
                "details": [],
            }


def _roles(loaded: Content, before: Content | None) -> Iterator[dict[str, Any]]:
    new = loaded.shared.roles
    old = before.shared.roles if before is not None else {}
    for key in sorted(new.keys() | old.keys()):
        was, will = old.get(key), new.get(key)
        change = _change(was, will)
        if change is None:
            continue
        rights_before = set(was.rights) if was is not None else set()
        rights = set(will.rights) if will is not None else set()
        named = will or was
        yield {
            "key": key,
            "label": named.label if named is not None else key,
            "change": change,
            "party_before": was.party if was is not None else None,
            "party": will.party if will is not None else None,
            "sees_before": was.sees if was is not None else None,
            "sees": will.sees if will is not None else None,
            "rights_added": sorted(rights - rights_before),
            "rights_removed": sorted(rights_before - rights),
        }


def _change(before: object | None, after: object | None) -> str | None:
    if before == after:
        return None
    if before is None:
        return "added"
    return "removed" if after is None else "changed"
