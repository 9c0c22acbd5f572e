"""Cases: the list, and one case from every side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import (
    case_acts,
    case_chains,
    cases,
    process_definitions,
    process_instances,
    worklists,
)
from workflow_server.services.cases import ActLine, Filter, TaskLine
from workflow_server.web import door, formats

pages = door.pages("cases")

PAGE_SIZE = 20
HISTORY_SIZE = 30
#: As much of the history as stands on a printed case.
PRINTED = 200
STATES = ("running", "completed", "suspended", "cancelled")
SORTS = {
    "newest": _l("最近发起"),
    "oldest": _l("最早发起"),
    "due": _l("最近到期"),
    "number": _l("案件编号"),
}
#: What a history may be narrowed to.
GROUPS = {
    "tasks": (
        _l("任务"),
        (
            Event.INSTANCE_STARTED,
            Event.TASK_COMPLETED,
            Event.ACT_DONE,
            Event.TASK_CLAIMED,
            Event.TASK_RELEASED,
            Event.TASK_REASSIGNED,
        ),
    ),
    "drafts": (_l("草稿"), (Event.DRAFT_SAVED,)),
    "letters": (
        _l("函件"),
        (
            Event.MESSAGE_CORRELATED,
            Event.DELIVERY_ACKNOWLEDGED,
            Event.DELIVERY_HANDED_OVER,
        ),
    ),
    "rights": (
        _l("保密和回避"),
        (
            Event.CASE_RESTRICTED,
            Event.PERSON_RECUSED,
            Event.RECUSAL_LIFTED,
            Event.EMERGENCY_ACCESS_TAKEN,
            Event.EMERGENCY_ACCESS_REVIEWED,
            Event.ERASURE_ASKED,
            Event.CASE_ERASED,
        ),
    ),
    "repairs": (
        _l("处理流程"),
        (
            Event.INSTANCE_SUSPENDED,
            Event.INSTANCE_RESUMED,
            Event.INSTANCE_CANCELLED,
            Event.CASE_MOVED,
            Event.VARIABLE_SET,
            Event.DEADLINE_CHANGED,
            Event.ELEMENT_SKIPPED,
        ),
    ),
    "system": (
        _l("系统"),
        (Event.TIMER_FIRED, Event.ELEMENT_RETRIED, Event.JOB_RETRIED, Event.CASE_TAKEN_OVER),
    ),
}


@pages.get("/cases")
def show() -> Response:
    """List the cases that one may see."""
    actor, given = door.actor(), request.args
    status = given.get("status") if given.get("status") in STATES else None
    sort = given.get("sort", "newest")
    narrowed = Filter(
        status=status,
        process_key=given.get("process") or None,
        organisation_id=given.get("organisation", type=UUID),
        text=(given.get("text") or "").strip()[:100] or None,
    )
    sort = sort if sort in SORTS else "newest"
    page = door.page_number()
    found, total = cases.list_(
        actor, door.now(), narrowed, sort=sort, page=page, page_size=PAGE_SIZE
    )
    return door.render(
        "cases/list.html",
        lines=found,
        made=worklists.list_made(actor, [line.instance.id for line in found if not line.records]),
        total=total,
        page=page,
        page_size=PAGE_SIZE,
        narrowed=narrowed,
        sort=sort,
        sorts=SORTS,
        states=STATES,
        processes=process_definitions.list_(),
        organisations=cases.list_organisations(actor),
        may_break_glass=actor.may(Right.BREAK_GLASS),
    )


@pages.get("/cases/<uuid:instance_id>")
def show_case(instance_id: UUID) -> Response:
    """Show one case; what takes longer comes after the first paint."""
    whole = _whole(instance_id)
    acts = case_acts.list_of(door.actor(), whole.instance, whole.definition, door.now())
    own = next((each.record for each in whole.records), None)
    made = {} if own else worklists.list_made(door.actor(), [instance_id])
    return door.render(
        "cases/show.html",
        whole=whole,
        of=own or made.get(instance_id),
        acts=acts,
        own=door.actor().person_id,
    )


@pages.get("/cases/<uuid:instance_id>/thread")
def show_thread(instance_id: UUID) -> Response:
    """Show the letters of a case and what hangs together with it."""
    thread = case_chains.of(door.actor(), instance_id)
    return _part("cases/thread.html", instance_id, _("往来和关联"), thread=thread)


@pages.get("/cases/<uuid:instance_id>/history")
def show_history(instance_id: UUID) -> Response:
    """Show what was done in a case, by days."""
    given, page = request.args, door.page_number()
    group, newest = given.get("group", ""), given.get("order") != "oldest"
    found, total = cases.list_history(
        door.actor(),
        instance_id,
        GROUPS[group][1] if group in GROUPS else (),
        newest=newest,
        page=page,
        page_size=HISTORY_SIZE,
    )
    return _part(
        "cases/history.html",
        instance_id,
        _("办理记录"),
        days=list(_by_day(found)),
        total=total,
        page=page,
        page_size=HISTORY_SIZE,
        groups={key: words for key, (words, _acts) in GROUPS.items()},
        group=group,
        newest=newest,
    )


@pages.get("/cases/<uuid:instance_id>/diagram")
def show_diagram(instance_id: UUID) -> Response:
    """Show where a case is in its diagram, drawn and as a list."""
    return _part("cases/diagram.html", instance_id, _("流程图"), **_drawing(instance_id))


@pages.get("/cases/<uuid:instance_id>/print")
def print_case(instance_id: UUID) -> Response:
    """Show a whole case on one page, to be printed."""
    actor = door.actor()
    found, total = cases.list_history(actor, instance_id, newest=False, page_size=PRINTED)
    return door.render(
        "cases/print.html",
        whole=_whole(instance_id),
        own=actor.person_id,
        thread=case_chains.of(actor, instance_id),
        days=list(_by_day(found)),
        total=total,
        printed=PRINTED,
        printed_at=door.now(),
        printed_by=actor.name,
    )


def _whole(instance_id: UUID) -> cases.Whole:
    return cases.see(door.actor(), instance_id, door.now())


def _part(template: str, instance_id: UUID, title: str, **context: Any) -> Response:
    """Answer with a part of a case: alone for htmx, else as a page of its own."""
    frame = "cases/part.html" if "HX-Request" in request.headers else "cases/alone.html"
    return door.render(
        template,
        frame_template=frame,
        part_title=title,
        instance_id=instance_id,
        back=url_for("web.cases.show_case", instance_id=instance_id),
        **context,
    )


def _by_day(found: Sequence[ActLine]) -> Iterator[tuple[str, list[ActLine]]]:
    days = groupby(found, lambda line: formats.day(line.act["at"]))
    return ((day, list(lines)) for day, lines in days)


def _drawing(instance_id: UUID) -> dict[str, Any]:
    actor = door.actor()
    drawing = process_instances.get_diagram(actor, instance_id)
    instance = process_instances.get(actor, instance_id)
    definition = process_instances.get_definition(instance)
    names = cases.list_elements(instance, definition)
    marks = cases.list_marks(actor, instance_id)
    open_now = [each for each in drawing.current if each not in drawing.incidents]
    done = [each for each in drawing.completed if each not in drawing.current]
    listed = {"failed": drawing.incidents, "open": open_now, "done": done}
    return {
        "definition": definition,
        "drawing": drawing,
        "names": names,
        "marks": marks,
        "listed": {
            state: [each for each in ids if names.get(each)] for state, ids in listed.items()
        },
        "notes": {key: _notes(lines) for key, lines in marks.items()},
    }


def _notes(lines: Sequence[TaskLine]) -> list[dict[str, str | None]]:
    """Return who did or holds what at an element, for the diagram's island."""
    return [
        {
            "state": line.task.status,
            "person": line.doer or line.holder,
            "role": line.role,
            "since": formats.moment(line.task.created_at),
            "at": formats.moment(line.task.completed_at) or None,
            "due": line.task.due_on.isoformat() if line.task.due_on is not None else None,
        }
        for line in lines
    ]
