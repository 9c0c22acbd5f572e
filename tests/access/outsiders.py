"""Who has nothing to do with a case, and what they operate all the same."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.access import cast as people
from tests.access import content
from tests.access.matrix import TWICE, Row
from tests.access.world import Case, World

OUTSIDERS = [*content.unlike_roles(), *people.ADMINISTRATIONS]
#: Things that somebody has to do with wherever they are, by what their ids are called, and why.
OPERATED: dict[tuple[str, str], str] = {
    ("system", "job_id"): "sees which job failed and tries it again; jobs tell ids, no content",
    ("system", "incident_id"): "sees where something failed and tries it again; no content",
    ("system", "person_id"): "enters people",
    ("security", "person_id"): "gives posts and grants, and looks after accounts",
    ("security", "position_id"): "gives and ends posts",
    ("audit", "person_id"): "reads who holds which post and which tokens",
    ("system", "group_id"): "enters groups",
    ("security", "group_id"): "sees who is in which group",
    ("audit", "group_id"): "sees who is in which group",
    ("designer", "draft_id"): "draws content, which is the same for all organisations",
    ("case_mgmt", "draft_id"): "looks at content before it is proposed",
    ("legal_policy", "draft_id"): "looks at content before it is proposed",
    ("designer", "proposal_id"): "proposes content, which is the same for all organisations",
    ("case_mgmt", "proposal_id"): "approves content",
    ("legal_policy", "proposal_id"): "approves content",
    ("audit", "emergency_id"): "looks at who broke into which case, and why",
    ("audit", "inquiry_id"): "sees that there is one, not who asked nor what was said",
}
#: Of these they read what was written for them to judge.
JUDGED = {("audit", "emergency_id")}
#: Lists of what was written for an administration to read.
TOLD: dict[tuple[str, str], str] = {
    ("audit", "/api/emergency-accesses"): "the reasons that were given for it to judge",
}
#: Lists in which an administration finds the ids of what it operates, and nothing else.
LISTED: dict[tuple[str, str], str] = {
    ("system", "/api/jobs"): "the jobs that it may try again",
    ("system", "/api/incidents"): "the incidents that it may resolve",
    ("audit", "/api/audit/events"): "which act was done at which case, without its content",
    ("audit", "/api/audit/export"): "the same",
    ("audit", "/api/inquiries"): "that there is a record, not who asked nor what was said",
}


#: Who also tries another party's case, and lists by words; how a list narrows hangs on no role.
THOROUGH = {"prosecutor", "judic_committee", "unit_clerk"}


#: Every outsider on SQLite, and each way of seeing on PostgreSQL too; who administers has none.
each_outsider = pytest.mark.parametrize(
    ("databases", "outsider"),
    [("sqlite", each) for each in OUTSIDERS]
    + [("postgresql", each) for each in OUTSIDERS if each in TWICE - {*people.ADMINISTRATIONS}],
    indirect=True,
    scope="session",
)


def cases_of(world: World, row: Row) -> list[Case]:
    """Return a case of the row's own party, and for some roles also another party's."""
    parties = {row.party: None}
    if row.key in THOROUGH:
        parties |= dict.fromkeys(["procuratorate" if row.party != "procuratorate" else "unit"])
    return [world.cases[party, "own"] for party in parties]


def operates(row: Row, ids: Iterable[str]) -> bool:
    """Tell whether somebody has to do with what an id names, wherever it is."""
    return any((row.key, name) in OPERATED for name in ids)
