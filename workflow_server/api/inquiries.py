"""Inquiries about cases from outside: recorded and read, never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.inquiries import (
    InquiryPage,
    InquiryQuery,
    InquiryShape,
    RecordInquiryShape,
)
from workflow_server.services import inquiries
from workflow_server.services.inquiries import Noted, View

noun = door.Noun("inquiries", "过问记录")

_HIDDEN = dict.fromkeys(("inquirer", "inquirer_unit", "inquirer_post", "content"))


@noun.post("", InquiryShape(), takes=RecordInquiryShape(), status=201, keyed=True)
def record_inquiry(body: dict[str, Any]) -> dict[str, Any]:
    """登记过问 · Record who asked about or spoke for a case; it can be corrected, not changed."""
    key = door.idempotency_key()
    return _shown(View(inquiries.record(door.actor(), Noted(**body), door.now(), key), True))


@noun.get("", InquiryPage, query=InquiryQuery())
def list_inquiries(query: dict[str, Any]) -> dict[str, Any]:
    """过问记录列表 · Your own records, and those of offices whose inquiries you read."""
    found, total = inquiries.list_(door.actor(), door.now(), **query)
    return page([_shown(each) for each in found], total, query)


@noun.get("/<uuid:inquiry_id>", InquiryShape())
def read_inquiry(inquiry_id: UUID) -> dict[str, Any]:
    """过问记录 · One record."""
    return _shown(inquiries.get(door.actor(), inquiry_id, door.now()))


def _shown(view: View) -> dict[str, Any]:
    row = view.inquiry
    shown = {name: getattr(row, name) for name in InquiryShape().fields}
    return shown if view.is_whole else {**shown, **_HIDDEN}
