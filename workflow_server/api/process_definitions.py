"""Process definitions: what can be started, by whom, and how it is drawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.assignment_trials import TrialConditionsShape, TrialShape
from workflow_server.api.shapes.base import page, slice_of
from workflow_server.api.shapes.deployments import (
    DefinitionPage,
    DefinitionQuery,
    OfferedDefinitionShape,
    StartFormQuery,
    StartFormShape,
)
from workflow_server.api.shapes.documents import StartPreviewShape
from workflow_server.api.tasks import previewed
from workflow_server.services import assignment_trials, previews, process_definitions
from workflow_server.store.process_definitions import ProcessDefinition

noun = door.Noun("process_definitions", "流程定义")


@noun.get("", DefinitionPage, query=DefinitionQuery())
def list_process_definitions(query: dict[str, Any]) -> dict[str, Any]:
    """流程定义列表 · List processes by key, each in its newest version with your starts."""
    key = query["key"]
    rows = process_definitions.list_versions(key) if key else process_definitions.list_()
    offered = [_offered(row) for row in rows]
    if query["startable"] is not None:
        offered = [each for each in offered if bool(each["starts"]) == query["startable"]]
    return page(slice_of(offered, query), len(offered), query)


@noun.get("/<uuid:definition_id>", OfferedDefinitionShape())
def read_process_definition(definition_id: UUID) -> dict[str, Any]:
    """流程定义 · One process definition with the starts that you may use."""
    return _offered(process_definitions.get(definition_id))


@noun.get("/<uuid:definition_id>/diagram", media="application/xml")
def read_diagram(definition_id: UUID) -> Response:
    """流程图 · The BPMN 2.0 file where the process is drawn."""
    definition = process_definitions.get(definition_id)
    return Response(process_definitions.get_diagram(definition), mimetype="application/xml")


@noun.get("/<uuid:definition_id>/start-form", StartFormShape(), query=StartFormQuery())
def read_start_form(query: dict[str, Any], definition_id: UUID) -> dict[str, Any]:
    """发起表单 · The form that is filled in to start the process, and the papers it leads to."""
    definition = process_definitions.get(definition_id)
    form = process_definitions.get_start_form(door.actor(), definition, **query)
    offer = process_definitions.find_offer(door.actor(), definition, **query)
    papers = () if offer is None else offer.previews
    return {"key": form.key, "source": form.source, "previews": papers}


@noun.post(
    "/<uuid:definition_id>/document-preview", takes=StartPreviewShape(), media="application/pdf"
)
def preview_document(body: dict[str, Any], definition_id: UUID) -> Response:
    """预览文书 · Render a document as it would be once the process is started with these answers.

    For who may start it; nothing is kept. `Missing-Parts` as with the preview of a task.
    """
    made = previews.of_start(
        door.actor(),
        definition_id,
        body["kind"],
        body["answers"],
        body["element_id"],
        body["organisation_id"],
        door.now(),
        body["role"],
    )
    return previewed(made, body["kind"])


@noun.post("/<key>/assignment-trials", TrialShape(), takes=TrialConditionsShape())
def try_assignment(body: dict[str, Any], key: str) -> Any:
    """选人试算 · Who would get a task of the newest version or a draft; nothing is written.

    The case is made up: who started it, what was answered, who did what. For designers and
    approvers of content, system administrators, and who may assign tasks in the organisation.
    """
    conditions = assignment_trials.Conditions(**body)
    return assignment_trials.try_out(door.actor(), key, conditions, door.now())


def _offered(definition: ProcessDefinition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "key": definition.key,
        "version": definition.version,
        "title": definition.title,
        "party": definition.party,
        "deployment_id": definition.deployment_id,
        "starts": process_definitions.list_starts(door.actor(), definition),
    }
