"""Acts that a case offers while it waits: chosen on its page, filled in on a page of their own."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from workflow_server.services import case_acts, papers
from workflow_server.services.case_acts import ActNotOffered, Deed
from workflow_server.web import door, forms
from workflow_server.web.cases import pages


@pages.get("/cases/<uuid:instance_id>/acts/<element>")
def show_act(instance_id: UUID, element: str) -> ResponseReturnValue:
    """Show the form of an act, or ask whether it shall be done."""
    deed = _deed(instance_id, element, request.args.get("visit"), request.args.get("role"))
    try:
        desk = case_acts.get_desk(door.actor(), deed, door.now())
    except ActNotOffered:
        return door.to("web.cases.show_case", "act_gone", instance_id=instance_id)
    if desk.previews:
        papers.warm()
    return _page(desk)


@pages.post("/cases/<uuid:instance_id>/acts/<element>")
def do_act(instance_id: UUID, element: str) -> ResponseReturnValue:
    """Do an act that has no form."""
    given = request.form
    deed = _deed(instance_id, element, given.get("visit"), given.get("role"))
    try:
        case_acts.do(door.actor(), deed, {}, door.now(), door.key())
    except ActNotOffered:
        return door.to("web.cases.show_case", "act_gone", instance_id=instance_id)
    return door.to("web.cases.show_case", "act_done", instance_id=instance_id)


def _deed(instance_id: UUID, element: str, visit: str | None, role: str | None) -> Deed:
    try:
        return Deed(instance_id, element, UUID(visit) if visit else None, role or None)
    except ValueError:
        return Deed(instance_id, element, None, role or None)


def _page(desk: case_acts.Desk) -> Response:
    values = [value for _, value in desk.reads]
    files = forms.files_in(door.actor(), values, desk.context)
    return door.render(
        "cases/act.html",
        desk=desk,
        offer=desk.offer,
        instance=desk.instance,
        definition=desk.definition,
        form=forms.of_act(desk, files) if desk.offer.form is not None else None,
        files={str(each.id): each for each in files},
        previews=desk.previews,
        preview_address=(
            f"/api/process-instances/{desk.instance.id}/acts/{desk.offer.element_id}"
            "/document-preview"
        ),
    )
