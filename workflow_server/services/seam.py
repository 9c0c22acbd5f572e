"""Ties the effects and operations that diagrams name to the services that perform them."""

from __future__ import annotations

from workflow_server.content.elements import (
    DeadlineEffect,
    DocumentEffect,
    LinkEffect,
    MessageEffect,
    NumberEffect,
    RecordEffect,
    StateEffect,
)
from workflow_server.services import (
    deadline_changes,
    deadlines,
    deliveries,
    documents,
    erasures,
    links,
    numbers,
    operations,
    records,
)
from workflow_server.services.effects import EFFECTS, ON_END, ON_LEAVE, OPERATE

EFFECTS.update(
    {
        RecordEffect: records.apply,
        StateEffect: records.apply,
        LinkEffect: links.apply,
        NumberEffect: numbers.apply,
        DocumentEffect: documents.apply,
        DeadlineEffect: deadline_changes.apply,
        MessageEffect: deliveries.apply,
    }
)
OPERATE[:] = [operations.perform]
ON_LEAVE[:] = [deadlines.stop_on]
ON_END[:] = [deadlines.cancel_all, erasures.follow]

#: Says to who imports this module that it has been read.
TIED = True
