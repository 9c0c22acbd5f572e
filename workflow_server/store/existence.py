"""Tells whether something is there at all, for the trail of what was asked for and not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from workflow_server.store.attachments import Attachment
from workflow_server.store.db import Model, run, table
from workflow_server.store.deadlines import Deadline
from workflow_server.store.deliveries import Delivery
from workflow_server.store.documents import Document
from workflow_server.store.incidents import Incident
from workflow_server.store.inquiries import Inquiry
from workflow_server.store.numbers import Number
from workflow_server.store.organisations import Organisation
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.records import Record
from workflow_server.store.tasks import Task

#: By how ids are called in addresses and bodies.
_BY_NAME: dict[str, type[Model]] = {
    "attachment_id": Attachment,
    "deadline_id": Deadline,
    "delivery_id": Delivery,
    "document_id": Document,
    "incident_id": Incident,
    "inquiry_id": Inquiry,
    "instance_id": ProcessInstance,
    "number_id": Number,
    "organisation_id": Organisation,
    "record_id": Record,
    "task_id": Task,
}


def find(ids: Mapping[str, Any]) -> UUID | None:
    """Return the last of the ids that is one of something that is there."""
    for name, given in reversed(list(ids.items())):
        model, id_ = _BY_NAME.get(name), _id(given)
        if model is None or id_ is None:
            continue
        key = table(model).c.id
        if run(sa.select(key).where(key == id_)).one_or_none() is not None:
            return id_
    return None


def last_id(ids: Mapping[str, Any]) -> UUID | None:
    """Return the last of the ids."""
    return next((found for each in reversed(list(ids.values())) if (found := _id(each))), None)


def _id(given: Any) -> UUID | None:
    if isinstance(given, UUID):
        return given
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None
