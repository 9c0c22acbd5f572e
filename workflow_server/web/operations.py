"""Operations: how the house stands, incidents, jobs and deployments, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from workflow_server.rules.access import Right
from workflow_server.services import incidents, jobs, upkeep
from workflow_server.web import door
from workflow_server.web.design_words import SOURCES

pages = door.pages("operations")

PAGE_SIZE = 20
#: A page renews itself every ten seconds, so often: then nobody sits before it any more, and
#: the sign-in should end as it does for everybody who has gone.
RENEWALS = 180
JOB_STATES: Mapping[str, Any] = {
    "ready": _l("等待"),
    "running": _l("执行中"),
    "failed": _l("失败"),
    "done": _l("完成"),
}
JOB_COLOURS = {"ready": "blue", "running": "azure", "failed": "red", "done": "green"}
INCIDENT_STATES: Mapping[str, Any] = {
    "open": _l("未处理"),
    "resolved": _l("已处理"),
    "all": _l("全部"),
}


@pages.get("/operations")
def show() -> Response:
    """Show how the house stands."""
    return _page("overview", health=upkeep.look(door.actor(), door.now()))


@pages.get("/operations/incidents")
def show_incidents() -> Response:
    """List what could not be done by itself."""
    state = request.args.get("state", "open")
    state = state if state in INCIDENT_STATES else "open"
    actor, page = door.actor(), door.page_number()
    # People of a case see its incidents on the case's own page; this is not their place.
    upkeep.check(actor)
    wanted = {"open": True, "resolved": False}.get(state)
    case = request.args.get("case", type=UUID)
    rows, total = incidents.list_(
        actor, is_open=wanted, instance_id=case, page=page, page_size=PAGE_SIZE
    )
    return _page(
        "incidents",
        rows=rows,
        total=total,
        page=page,
        state=state,
        case=case,
        states=INCIDENT_STATES,
        places=upkeep.places(rows),
    )


@pages.get("/operations/incidents/<uuid:incident_id>")
def show_incident(incident_id: UUID) -> Response:
    """Show one incident, and let it be tried again."""
    upkeep.check(door.actor())
    incident = incidents.get(door.actor(), incident_id)
    job = jobs.get(door.actor(), incident.job_id) if incident.job_id is not None else None
    place = upkeep.places([incident]).get(incident.id)
    return door.render(
        "operations/incident.html",
        incident=incident,
        place=place,
        job=job,
        states=JOB_STATES,
        key=uuid4(),
    )


@pages.post("/operations/incidents/<uuid:incident_id>/resolution")
def resolve(incident_id: UUID) -> ResponseReturnValue:
    """Try again what failed."""
    incidents.resolve(door.actor(), incident_id, door.now(), door.key())
    return door.to("web.operations.show_incidents", notice="retried")


@pages.get("/operations/jobs")
def show_jobs() -> Response:
    """List what the server does by itself."""
    actor, given, page = door.actor(), request.args, door.page_number()
    status = given.get("status") if given.get("status") in JOB_STATES else None
    kind = given.get("kind") or None
    case = given.get("case", type=UUID)
    rows, total = jobs.list_(
        actor, status=status, kind=kind, instance_id=case, page=page, page_size=PAGE_SIZE
    )
    # A kind that is filtered by stays on offer, though nothing of it waits any more.
    kinds = {*upkeep.kinds(actor), *(row.kind for row in rows), *([kind] if kind else ())}
    return _page(
        "jobs",
        rows=rows,
        total=total,
        page=page,
        status=status,
        kind=kind,
        case=case,
        kinds=sorted(kinds),
        states=JOB_STATES,
        colours=JOB_COLOURS,
        attempts=jobs.ATTEMPTS,
    )


@pages.get("/operations/jobs/<uuid:job_id>")
def show_job(job_id: UUID) -> Response:
    """Show one job, and let it be tried again if it failed."""
    job = jobs.get(door.actor(), job_id)
    return door.render(
        "operations/job.html",
        job=job,
        states=JOB_STATES,
        colours=JOB_COLOURS,
        attempts=jobs.ATTEMPTS,
        key=uuid4(),
    )


@pages.post("/operations/jobs/<uuid:job_id>/retry")
def retry(job_id: UUID) -> ResponseReturnValue:
    """Let a failed job be tried again."""
    jobs.retry(door.actor(), job_id, door.now(), door.key())
    return door.to("web.operations.show_job", notice="retried", job_id=job_id)


@pages.get("/operations/deployments")
def show_deployments() -> Response:
    """List what content is in force and was before, who brought it and what came with it."""
    actor, page = door.actor(), door.page_number()
    rows, total = upkeep.list_deployments(actor, page, PAGE_SIZE)
    may_prepare = actor.may(Right.PROPOSE) or actor.may(Right.APPROVE)
    return _page(
        "deployments",
        rows=rows,
        total=total,
        page=page,
        sources=SOURCES,
        may_prepare=may_prepare,
    )


def _page(name: str, **context: Any) -> Response:
    renewed = request.headers.get("Renewed", 0, type=int)
    return door.render(
        f"operations/{name}.html",
        here=name,
        page_size=PAGE_SIZE,
        renewed=renewed + 1 if renewed < RENEWALS else None,
        **context,
    )
