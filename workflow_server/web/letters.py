"""Letters: received and sent, one with its conversation, and where one's own matters stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workflow_server.errors import InvalidState
from workflow_server.services import correspondences, deliveries, paper_answers
from workflow_server.services.correspondences import Direction, Line
from workflow_server.services.letters import Letter
from workflow_server.store.correspondences import Filter as Matters
from workflow_server.store.deliveries import NEW, DeliveryStatus, Filter
from workflow_server.web import door, forms

pages = door.pages("letters")

PAGE_SIZE = 20
_LONGEST_SEARCH = 100
#: What a list may be narrowed to by state, on each side: name, statuses.
STATES: Mapping[Direction, Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "received": {
        "new": (_l("待签收"), NEW),
        "acknowledged": (_l("已签收"), (DeliveryStatus.ACKNOWLEDGED,)),
        "entered": (_l("纸质来函"), (DeliveryStatus.ENTERED,)),
    },
    "sent": {
        "waiting": (_l("待送达"), (DeliveryStatus.WAITING,)),
        "new": (_l("已送达，待对方签收"), NEW),
        "acknowledged": (_l("对方已签收"), (DeliveryStatus.ACKNOWLEDGED,)),
        "paper": (_l("纸质送达"), (DeliveryStatus.PAPER,)),
    },
}


@pages.get("/letters")
def show() -> Response:
    """List the letters that were received, or those that were sent."""
    tab = request.args.get("tab", "received")
    direction: Direction = "sent" if tab == "sent" else "received"
    given = {
        name: request.args.get(name, "").strip()[:_LONGEST_SEARCH]
        for name in ("type", "state", "counterpart", "text")
    }
    actor, page = door.actor(), door.page_number()
    statuses = STATES[direction].get(given["state"], ("", ()))[1]
    narrowed = Filter(
        given["type"] or None, statuses, given["counterpart"] or None, given["text"] or None
    )
    lines, total = correspondences.list_letters(
        actor, direction, narrowed, door.now(), page, PAGE_SIZE
    )
    return door.render(
        "letters/list.html",
        tab=direction,
        lines=[(line, *state_of(line.letter, direction, _is_over(line))) for line in lines],
        total=total,
        page=page,
        page_size=PAGE_SIZE,
        given=given,
        is_narrowed=any(given.values()),
        types=correspondences.list_types(),
        states={key: label for key, (label, _statuses) in STATES[direction].items()},
        new=correspondences.count_new(actor),
    )


@pages.get("/letters/own")
def show_own() -> Response:
    """List what one's office started and where each stands, in words."""
    state = request.args.get("state", "")
    text = request.args.get("text", "").strip()[:_LONGEST_SEARCH]
    is_open = {"open": True, "over": False}.get(state)
    actor, page = door.actor(), door.page_number()
    found, total = correspondences.list_own(
        actor, Matters(is_open, text or None), door.now(), page, PAGE_SIZE
    )
    return door.render(
        "letters/own.html",
        tab="own",
        rows=found,
        total=total,
        page=page,
        page_size=PAGE_SIZE,
        given={"state": state, "text": text},
        is_narrowed=bool(state or text),
        new=correspondences.count_new(actor),
    )


@pages.get("/letters/<uuid:delivery_id>")
def show_letter(delivery_id: UUID, fault: str = "", note: str = "", status: int = 200) -> Response:
    """Show a letter: its papers, its conversation, and what is to be done with it."""
    whole = correspondences.see(door.actor(), delivery_id, door.now())
    direction: Direction = "received" if whole.is_received else "sent"
    is_over = whole.standing is not None and whole.standing.is_over
    colour, words = state_of(whole.letter, direction, is_over)
    is_on_paper = whole.letter.delivery.status == DeliveryStatus.PAPER
    return door.render(
        "letters/show.html",
        status,
        whole=whole,
        letter=whole.letter,
        delivery=whole.letter.delivery,
        colour=colour,
        words=words,
        fault=fault,
        note=note,
        own=door.actor().organisation_ids,
        awaited=paper_answers.list_(door.actor(), delivery_id) if is_on_paper else (),
    )


@pages.post("/letters/<uuid:delivery_id>/acknowledgement")
def acknowledge(delivery_id: UUID) -> ResponseReturnValue:
    """Write down that the letter was seen; a second click changes nothing."""
    try:
        deliveries.acknowledge(door.actor(), delivery_id, door.now())
    except InvalidState as refusal:
        return show_letter(delivery_id, refusal.message, status=409)
    return door.to("web.letters.show_letter", "acknowledged", delivery_id=delivery_id)


@pages.post("/letters/<uuid:delivery_id>/hand-over")
def hand_over(delivery_id: UUID) -> ResponseReturnValue:
    """Write down how a letter on paper reached its recipient."""
    note = request.form.get("note", "").strip()[:2000]
    if not note:
        return show_letter(delivery_id, _("请写明何时、由何人、以何种方式送达。"), status=422)
    try:
        deliveries.hand_over(door.actor(), delivery_id, note, door.now())
    except InvalidState as refusal:
        return show_letter(delivery_id, refusal.message, note, status=409)
    return door.to("web.letters.show_letter", "handed_over", delivery_id=delivery_id)


@pages.get("/letters/<uuid:delivery_id>/answer")
def show_answer(delivery_id: UUID) -> ResponseReturnValue:
    """Show the form in which an answer that came on paper is entered."""
    found = paper_answers.list_(door.actor(), delivery_id)
    if not found:
        return door.to("web.letters.show_letter", "answer_gone", delivery_id=delivery_id)
    wanted = request.args.get("type", "")
    meant = next((each for each in found if each.type.key == wanted), found[0])
    letter = deliveries.get(door.actor(), delivery_id)
    return door.render(
        "letters/answer.html",
        letter=letter,
        delivery=letter.delivery,
        found=found,
        meant=meant,
        form=forms.of_paper_answer(letter, meant),
    )


def state_of(letter: Letter, direction: Direction, is_over: bool) -> tuple[str, str]:
    """Return the colour and the words of where a letter stands, for a reader on one side."""
    delivery = letter.delivery
    if delivery.status == DeliveryStatus.WAITING:
        return "yellow", _("待送达")
    if delivery.status == DeliveryStatus.PAPER:
        is_done = delivery.delivered_at is not None
        return ("green", _("已纸质送达")) if is_done else ("orange", _("待登记纸质送达"))
    if delivery.status == DeliveryStatus.ENTERED:
        return ("secondary", _("已办结")) if is_over else ("green", _("纸质来函"))
    if direction == "sent":
        is_new = delivery.status in NEW
        return ("blue", _("已送达，待对方签收")) if is_new else ("green", _("对方已签收"))
    if delivery.status in NEW:
        return "orange", _("待签收")
    return ("secondary", _("已办结")) if is_over else ("green", _("已签收"))


def _is_over(line: Line) -> bool:
    return line.standing is not None and line.standing.is_over
