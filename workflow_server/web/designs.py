"""Designs: what is deployed, in which versions, and what stands in a drawing."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from workflow_server.services import designs, drafts, proposals
from workflow_server.web import door

pages = door.pages("designs")

_FEW = 10


@pages.get("/designs")
def show() -> Response:
    """List process definitions with their versions, open drafts and proposals."""
    actor = door.actor()
    found = designs.list_(actor)
    page = door.page_number()
    drafted, total = drafts.list_(actor, page=page, page_size=20)
    waiting, waiting_total = proposals.list_(actor, "open", 1, _FEW)
    return door.render(
        "designs/list.html",
        designs=found,
        drafts=drafted,
        counts=drafts.count_changes(drafted),
        total=total,
        page=page,
        page_size=20,
        proposals=waiting,
        proposals_total=waiting_total,
        may_draw=drafts.may_draw(actor),
        me_id=actor.person_id,
    )


@pages.get("/designs/definitions/<uuid:definition_id>")
def show_definition(definition_id: UUID) -> Response:
    """Show a version of a process, read-only: its drawing and what stands in it."""
    actor = door.actor()
    definition, version = designs.get(actor, definition_id)
    return door.render(
        "designs/definition.html",
        definition=definition,
        version=version,
        parts=designs.parts_of(definition),
        may_draw=drafts.may_draw(actor),
    )
