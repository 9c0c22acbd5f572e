"""Content is checked whole, sealed and kept; what has a fault leaves nothing behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from workflow_server.content import bundle as bundles
from workflow_server.content import checks, content, measures
from workflow_server.content.bundle import Bundle
from workflow_server.content.content import Content
from workflow_server.content.elements import DocumentEffect, ProcessExtensions
from workflow_server.content.refusals import ContentRefused
from workflow_server.engine import definitions
from workflow_server.engine.definitions import Definition, DefinitionRefused
from workflow_server.errors import Fault, InvalidInput, NotFound
from workflow_server.events import Event
from workflow_server.rendering import templates
from workflow_server.rules.access import Right
from workflow_server.services import definition_cache, history, operations, roles_in_use
from workflow_server.services.actors import Actor
from workflow_server.services.advance import schedules
from workflow_server.store import deployments, process_definitions, roles
from workflow_server.store.db import session, transaction
from workflow_server.store.deployments import Deployment
from workflow_server.store.history import DEPLOYMENTS, Act
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.store.types import new_id

#: So many faults of a bundle are told, of so many characters each.
MOST_FAULTS = 300
LONGEST_FAULT = 400

#: Folders that every process and every document may use.
_SHARED = ("bpmn/_shared/", "documents/base/")


class BundleRefused(InvalidInput):
    """部署内容未通过检查"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A bundle without faults, read and compiled: nothing of it is written yet."""

    content: Content
    definitions: tuple[Definition, ...]


def check(bundle: Bundle) -> tuple[Fault, ...]:
    """Return every fault of a bundle: content, diagrams that cannot run right, templates."""
    if too_much := tuple(measures.check(bundle)):
        return _bounded(too_much)
    faults = list(checks.check(bundle))
    faults.extend(_engine_faults(bundle))
    faults.extend(_template_faults(bundle))
    if not faults:
        loaded = content.load(bundle)
        faults.extend(_operation_faults(loaded))
        faults.extend(_right_faults(loaded))
    return _bounded(faults)


def judge(bundle: Bundle) -> tuple[Fault, ...]:
    """Check the same bytes once: a page shows their faults after each act, each approval asks."""
    found = _JUDGED.get(bundle.checksum)
    if found is None:
        while len(_JUDGED) >= _KEEP:
            _JUDGED.pop(next(iter(_JUDGED)), None)
        found = _JUDGED[bundle.checksum] = check(bundle)
    return found


_KEEP = 32
_JUDGED: dict[str, tuple[Fault, ...]] = {}


def deploy(actor: Actor | None, bundle: Bundle, now: datetime, source: str) -> Deployment:
    """Deploy a bundle, or return the deployment of exactly these bytes if there is one.

    For the operator of the machine; whoever comes over HTTP needs approvals (`proposals`).

    A process gets the next version when its diagram or anything that it uses has changed
    since the deployment before, otherwise it keeps the number. Running instances stay with
    what they were started with.
    """
    known = deployments.find_by_checksum(bundle.checksum)
    if known is not None:
        return known
    prepared = prepare(bundle)
    with transaction():
        deployments.lock()
        known = deployments.find_by_checksum(bundle.checksum)
        if known is not None:
            return known
        return write(actor, prepared, now, source)


def prepare(bundle: Bundle) -> Prepared:
    """Check a bundle whole, read and compile it; BundleRefused with every fault it has."""
    faults = judge(bundle) or tuple(roles_in_use.faults(content.load(bundle)))
    if faults:
        raise BundleRefused(
            f"内容有{len(faults)}处错误，请全部改正后重新提交。"
            f" Expected content without faults, but there are {len(faults)};"
            f" the first: {faults[0].pointer}: {faults[0].detail}",
            faults,
        )
    return Prepared(content.load(bundle), _parse(bundle))


def deploy_folder(bundle: Bundle, now: datetime) -> Deployment:
    """Deploy the content folder unless exactly these bytes ever were.

    What was deployed since, from the browser or by hand, stays the newest.
    """
    return deploy(None, bundle, now, "folder")


def list_(page: int = 1, page_size: int = 50) -> tuple[Sequence[Deployment], int]:
    """Return deployments, newest first, and how many there are."""
    return deployments.list_(page_size, (page - 1) * page_size)


def get(deployment_id: UUID) -> Deployment:
    """Return a deployment."""
    return deployments.get(deployment_id)


def list_definitions(deployment_id: UUID) -> Sequence[ProcessDefinition]:
    """Return the process definitions that came with a deployment."""
    get(deployment_id)
    return process_definitions.list_of_deployment(deployment_id)


def content_of(deployment_id: UUID) -> Content:
    """Return what a deployment means; parsed once per process."""
    return definition_cache.content_of(deployment_id)


def content_of_newest() -> Content:
    """Return what the newest deployment means."""
    newest = deployments.find_newest()
    if newest is None:
        raise NotFound("Expected a deployment, but there is none")
    return content_of(newest.id)


def _bounded(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return each fault once, no more of them and no longer than somebody reads."""
    told = list(dict.fromkeys(_shortened(fault) for fault in faults))
    if len(told) > MOST_FAULTS:
        left = len(told) - MOST_FAULTS
        told[MOST_FAULTS:] = [Fault("bundle", f"还有 {left} 处错误没有列出，请先改正以上各处")]
    return tuple(told)


def _shortened(fault: Fault) -> Fault:
    if len(fault.pointer) <= LONGEST_FAULT and len(fault.detail) <= LONGEST_FAULT:
        return fault
    pointer, detail = fault.pointer[:LONGEST_FAULT], fault.detail
    if len(detail) > LONGEST_FAULT:
        half = LONGEST_FAULT // 2
        detail = f"{detail[:half]}…{detail[-half:]}"
    return Fault(pointer, detail)


@lru_cache(maxsize=2)
def _parse(bundle: Bundle) -> tuple[Definition, ...]:
    return definitions.parse(dict(bundle.under("bpmn/", ".bpmn")))


def _engine_faults(bundle: Bundle) -> Sequence[Fault]:
    try:
        _parse(bundle)
    except DefinitionRefused as refused:
        return refused.faults or (Fault("bpmn", refused.message),)
    return ()


def _template_faults(bundle: Bundle) -> Iterator[Fault]:
    """Judge each document's templates as they will be read: with the base layouts."""
    base = _files_below(bundle, "documents/base/")
    for path, _ in bundle.under("documents/", "/document.json"):
        folder = path.removesuffix("document.json")
        key = folder.removeprefix("documents/").strip("/")
        files = {f"base/{name}": data for name, data in base.items()}
        for fault in templates.check(files | _files_below(bundle, folder)):
            place = fault.pointer if fault.pointer.startswith("base/") else f"{key}/{fault.pointer}"
            yield Fault(f"documents/{place}", fault.detail)


def _files_below(bundle: Bundle, folder: str) -> dict[str, bytes]:
    return {path.removeprefix(folder): data for path, data in bundle.under(folder)}


def _operation_faults(loaded: Content) -> Iterator[Fault]:
    for process in loaded.processes.values():
        for element in process.elements.values():
            if element.operation is None:
                continue
            problem = operations.check_use(element.operation, loaded)
            if problem is not None:
                yield Fault(f"{process.path}:{element.line} {element.id}", problem)


def _right_faults(loaded: Content) -> Iterator[Fault]:
    for role in loaded.shared.roles.values():
        for right in role.rights:
            if right not in set(Right):
                known = "、".join(Right)
                yield Fault(
                    "bpmn/_shared/roles.json", f"角色“{role.key}”的权限“{right}”不存在，有：{known}"
                )


def write(
    actor: Actor | None,
    prepared: Prepared,
    now: datetime,
    source: str,
    told: dict[str, Any] | None = None,
) -> Deployment:
    """Write a deployment, inside a transaction that holds the lock of deployments.

    `told` is what history keeps beside what is deployed: who proposed and approved it.
    """
    loaded = prepared.content
    person_id = actor.person_id if actor is not None else None
    deployment = Deployment(
        id=new_id(),
        checksum=loaded.bundle.checksum,
        source=source,
        deployed_at=now,
        deployed_by=person_id,
        files=len(loaded.bundle.files),
        bundle=bundles.write_zip(loaded.bundle),
    )
    previous_id = deployments.find_newest_id()
    session().add(deployment)
    session().flush()
    roles.replace_all(_declared_roles(loaded))
    versions = {
        definition.key: _write_definition(deployment, definition, loaded).version
        for definition in prepared.definitions
    }
    schedules.follow(previous_id, prepared.definitions, now)
    act = Act(
        at=now,
        act=Event.CONTENT_DEPLOYED,
        by=actor.stamp() if actor is not None else None,
        data={
            "deployment_id": str(deployment.id),
            "checksum": deployment.checksum,
            "source": source,
            "versions": versions,
            **(told or {}),
        },
    )
    history.append_to_area(DEPLOYMENTS, act)
    return deployment


def fill_roles() -> None:
    """Bring the table of roles to what the newest deployment declares.

    They differ after an upgrade from a version that had no such table.
    """
    newest = deployments.find_newest()
    if newest is None:
        return
    try:
        declared = _declared_roles(content_of(newest.id))
    except ContentRefused:
        # This version no longer reads it: the next deployment says what its roles are.
        return
    with transaction():
        deployments.lock()
        if roles.list_declared() != sorted(declared, key=itemgetter("key")):
            roles.replace_all(declared)


def _declared_roles(loaded: Content) -> list[dict[str, Any]]:
    return [
        {
            "key": role.key,
            "label": role.label,
            "party": role.party,
            "sees": role.sees,
            "rights": list(role.rights),
        }
        for role in loaded.shared.roles.values()
    ]


def _write_definition(
    deployment: Deployment, definition: Definition, loaded: Content
) -> ProcessDefinition:
    process = loaded.processes[definition.key]
    fingerprint = fingerprint_of(loaded, process)
    before = process_definitions.find_newest(definition.key)
    version = 1 if before is None else before.version + (before.fingerprint != fingerprint)
    row = ProcessDefinition(
        id=new_id(),
        deployment_id=deployment.id,
        key=definition.key,
        version=version,
        title=process.title or definition.name or definition.key,
        party=process.party,
        path=process.path,
        fingerprint=fingerprint,
        compiled=definition.compiled,
    )
    session().add(row)
    session().flush()
    return row


def fingerprint_of(loaded: Content, process: ProcessExtensions) -> bytes:
    """Return the checksum of a diagram and of all that it uses."""
    digest = hashlib.sha256()
    for path in sorted(_paths_used(loaded, process)):
        digest.update(path.encode() + b"\0" + hashlib.sha256(loaded.bundle.files[path]).digest())
    return digest.digest()


def _paths_used(loaded: Content, process: ProcessExtensions) -> set[str]:
    prefixes = [*_SHARED]
    paths = {process.path}
    for element in process.elements.values():
        if element.form is not None:
            paths.add(f"forms/{element.form}.json")
        decision = operations.decision_of(element.operation, loaded)
        if decision is not None:
            paths.add(decision.path)
        prefixes += [
            f"documents/{effect.kind}/"
            for effect in element.effects
            if isinstance(effect, DocumentEffect)
        ]
    paths.update(f"forms/{start.form}.json" for start in process.starts if start.form is not None)
    return {
        path for path in loaded.bundle.files if path in paths or path.startswith(tuple(prefixes))
    }
