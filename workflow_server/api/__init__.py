"""The JSON door: one file per noun; a route loads a shape, calls one service, dumps a shape."""

from __future__ import annotations

from flask import Flask

from workflow_server.api import (
    accounts,
    attachments,
    audit,
    calendar_days,
    case_acts,
    clock,
    deadlines,
    deliveries,
    departments,
    deployments,
    description,
    documents,
    drafts,
    emergency_accesses,
    groups,
    health,
    incidents,
    inquiries,
    jobs,
    ledgers,
    links,
    me,
    notices,
    numbers,
    organisation_imports,
    organisations,
    people,
    process_definitions,
    process_instances,
    proposals,
    records,
    recusals,
    refusals,
    sessions,
    tasks,
    vocabularies,
)

#: In the order in which the API's page shows them.
NOUNS = (
    sessions.noun,
    me.noun,
    accounts.noun,
    accounts.history,
    process_definitions.noun,
    process_instances.noun,
    case_acts.noun,
    recusals.noun,
    emergency_accesses.noun,
    tasks.noun,
    documents.noun,
    attachments.noun,
    deliveries.noun,
    records.noun,
    ledgers.noun,
    links.noun,
    deadlines.noun,
    notices.noun,
    numbers.noun,
    organisations.noun,
    departments.noun,
    people.noun,
    people.posts,
    groups.noun,
    organisation_imports.noun,
    inquiries.noun,
    vocabularies.noun,
    deployments.noun,
    drafts.noun,
    proposals.noun,
    calendar_days.noun,
    clock.noun,
    jobs.noun,
    incidents.noun,
    audit.noun,
    health.noun,
)


def register(app: Flask) -> None:
    """Add all nouns and their description to the application."""
    description.register(app, NOUNS)
    app.after_request(refusals.note)
