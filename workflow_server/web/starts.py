"""Starts: the form that begins a process, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from workflow_server.errors import NotFound
from workflow_server.services import papers, process_definitions, process_instances, tasks
from workflow_server.services.process_definitions import StartOffer
from workflow_server.store.process_definitions import ProcessDefinition
from workflow_server.web import door, forms

pages = door.pages("starts")

#: So many open tasks of a new case are named.
_NEXT = 20


@pages.get("/start/<key>")
def show(key: str) -> Response:
    """Show the form that begins a process, in one of the organisations where one may begin it."""
    definition = process_definitions.get_newest(key)
    wanted = request.args.get("organisation", type=UUID)
    offers = _offers(definition, wanted)
    offer = next((each for each in offers if each.organisation_id == wanted), offers[0])
    form = process_definitions.form_of(definition, offer)
    if offer.previews:
        papers.warm()
    return door.render(
        "tasks/start.html",
        definition=definition,
        offer=offer,
        offers=offers,
        form=forms.of_start(definition, offer, form),
        previews=offer.previews,
        preview_address=f"/api/process-definitions/{definition.id}/document-preview",
    )


@pages.get("/started/<uuid:instance_id>")
def show_started(instance_id: UUID) -> Response:
    """Say what was begun, under which number, and who has it next."""
    instance = process_instances.get(door.actor(), instance_id)
    waiting, _ = tasks.list_(door.actor(), instance_id=instance_id, page_size=_NEXT)
    mine = [each for each in waiting if each.task.assignee_id == door.actor().person_id]
    return door.render(
        "tasks/started.html",
        instance=instance,
        definition=process_instances.get_definition(instance),
        waiting=waiting,
        mine=mine,
    )


def _offers(definition: ProcessDefinition, wanted: UUID | None) -> list[StartOffer]:
    """Return the start that the address means, by office; refused like a page that there is not."""
    actor, element, role = door.actor(), request.args.get("element"), request.args.get("role")
    find = process_definitions.find_offer
    meant = find(actor, definition, element, wanted, role)
    meant = meant or find(actor, definition, element, None, role)
    if meant is None:
        raise NotFound(f"Expected a start of '{definition.key}', but there is none")
    found = [
        offer
        for offer in process_definitions.list_starts(actor, definition)
        if (offer.element_id, offer.role) == (meant.element_id, meant.role)
    ]
    # One office may be named twice, by two posts there.
    return list({offer.organisation_id: offer for offer in reversed(found)}.values())[::-1]
