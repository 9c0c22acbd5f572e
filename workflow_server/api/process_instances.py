"""Process instances: started by hand, and looked at from every side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.emergency_accesses import shown
from workflow_server.api.shapes.access import EmergencyShape, ReasonShape, RestrictionsShape
from workflow_server.api.shapes.base import Paging, page
from workflow_server.api.shapes.deadlines import DeadlinePage
from workflow_server.api.shapes.documents import DocumentPage
from workflow_server.api.shapes.process_instances import (
    DiagramShape,
    HistoryPage,
    InstancePage,
    InstanceQuery,
    InstanceShape,
    StartedShape,
    StartShape,
    VariablesShape,
)
from workflow_server.api.shapes.records import RecordPage
from workflow_server.api.shapes.repairs import CaseMoveShape, FactShape, PlacesShape
from workflow_server.api.tasks import next_tasks
from workflow_server.rules.access import Marks
from workflow_server.services import (
    deadlines,
    documents,
    emergency_accesses,
    history,
    process_instances,
    records,
    repairs,
    restrictions,
)
from workflow_server.store.process_instances import ProcessInstance

noun = door.Noun("process_instances", "流程实例")


@noun.post("", StartedShape(), takes=StartShape(), status=201, keyed=True)
def start_process(body: dict[str, Any]) -> dict[str, Any]:
    """发起流程 · Start the newest version of a process with the answers of its start form."""
    actor = door.actor()
    started = process_instances.start(
        actor,
        body["process_key"],
        body["answers"],
        body["organisation_id"],
        door.now(),
        door.idempotency_key(),
        element_id=body["element_id"],
        role=body["role"],
    )
    return {
        "instance": started.instance,
        "definition": started.definition,
        "next_tasks": next_tasks(actor, started.next_tasks),
    }


@noun.get("", InstancePage, query=InstanceQuery())
def list_process_instances(query: dict[str, Any]) -> dict[str, Any]:
    """流程实例列表 · List instances that you may see, newest first."""
    found, total = process_instances.list_(door.actor(), **query)
    shown = [{"instance": instance, "definition": definition} for instance, definition in found]
    return page(shown, total, query)


@noun.get("/<uuid:instance_id>", InstanceShape())
def read_process_instance(instance_id: UUID) -> dict[str, Any]:
    """流程实例 · One instance: what it runs, where, and how it stands."""
    return _shown(process_instances.get(door.actor(), instance_id))


@noun.get("/<uuid:instance_id>/history", HistoryPage, query=Paging())
def list_history(query: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """办理记录 · Every act of an instance, oldest first, hash-chained."""
    found, total = process_instances.list_history(door.actor(), instance_id, **query)
    return page(history.named(found), total, query)


@noun.put(
    "/<uuid:instance_id>/restrictions", InstanceShape(), takes=RestrictionsShape(), keyed=True
)
def restrict_process_instance(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """设定密级和标识 · Set a case's secrecy and flags by hand; in force at once."""
    marks = Marks(body["secrecy"], body["minor"], frozenset(body["flags"]))
    reason, key = body["reason"], door.idempotency_key()
    return _shown(restrictions.set_(door.actor(), instance_id, marks, reason, door.now(), key))


@noun.post(
    "/<uuid:instance_id>/emergency-access",
    EmergencyShape(),
    takes=ReasonShape(),
    status=201,
    keyed=True,
)
def take_emergency_access(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """紧急查阅 · Read a case for a day against the rules, with a reason; auditors see it."""
    key = door.idempotency_key()
    return shown(
        emergency_accesses.take(door.actor(), instance_id, body["reason"], door.now(), key)
    )


@noun.get("/<uuid:instance_id>/positions", PlacesShape())
def list_positions(instance_id: UUID) -> dict[str, Any]:
    """流程所在环节 · Where a case stands, and where each branch can be moved to."""
    return {"items": repairs.positions(door.actor(), instance_id, door.now())}


@noun.post("/<uuid:instance_id>/suspension", InstanceShape(), takes=ReasonShape(), keyed=True)
def suspend_process_instance(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """暂停流程 · Hold a case: nobody can act on it until it is resumed."""
    return _shown(repairs.suspend(_repair(body, instance_id)))


@noun.post("/<uuid:instance_id>/resumption", InstanceShape(), takes=ReasonShape(), keyed=True)
def resume_process_instance(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """恢复流程 · Let a case go on; what came meanwhile is taken up."""
    return _shown(repairs.resume(_repair(body, instance_id)))


@noun.post("/<uuid:instance_id>/cancellation", InstanceShape(), takes=ReasonShape(), keyed=True)
def cancel_process_instance(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """终止流程 · End a case before its time."""
    return _shown(repairs.cancel(_repair(body, instance_id)))


@noun.post("/<uuid:instance_id>/move", InstanceShape(), takes=CaseMoveShape(), keyed=True)
def move_process_instance(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """移动环节 · Take a branch of a case to another element."""
    repair = _repair(body, instance_id)
    return _shown(repairs.move(repair, body["visit_id"], body["to"], body["besides"]))


@noun.post("/<uuid:instance_id>/variable", InstanceShape(), takes=FactShape(), keyed=True)
def set_variable(body: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """修改变量 · Set a shared fact of a case, with a reason."""
    return _shown(repairs.set_variable(_repair(body, instance_id), body["name"], body["value"]))


def _repair(body: dict[str, Any], instance_id: UUID) -> repairs.Repair:
    key = door.idempotency_key()
    return repairs.Repair(door.actor(), instance_id, body["reason"], door.now(), key)


@noun.get("/<uuid:instance_id>/variables", VariablesShape())
def read_variables(instance_id: UUID) -> dict[str, Any]:
    """流程变量 · What an instance holds."""
    return {"variables": process_instances.get_variables(door.actor(), instance_id)}


@noun.get("/<uuid:instance_id>/diagram", DiagramShape())
def read_instance_diagram(instance_id: UUID) -> Any:
    """流程图与进度 · The drawing, with current, completed and failed elements."""
    return process_instances.get_diagram(door.actor(), instance_id)


@noun.get("/<uuid:instance_id>/documents", DocumentPage, query=Paging())
def list_instance_documents(query: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """案件文书 · The documents of an instance."""
    process_instances.get(door.actor(), instance_id)
    found, total = documents.list_(door.actor(), instance_id=instance_id, **query)
    return page(found, total, query)


@noun.get("/<uuid:instance_id>/deadlines", DeadlinePage, query=Paging())
def list_instance_deadlines(query: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """案件期限 · The deadlines of an instance."""
    found, total = deadlines.list_(door.actor(), door.now(), instance_id=instance_id, **query)
    return page(found, total, query)


@noun.get("/<uuid:instance_id>/records", RecordPage, query=Paging())
def list_instance_records(query: dict[str, Any], instance_id: UUID) -> dict[str, Any]:
    """案件的业务记录 · The records that an instance opened."""
    process_instances.get(door.actor(), instance_id)
    found, total = records.list_(door.actor(), instance_id=instance_id, **query)
    return page(found, total, query)


def _shown(instance: ProcessInstance) -> dict[str, Any]:
    definition = process_instances.get_definition(instance)
    return {"instance": instance, "definition": definition}
