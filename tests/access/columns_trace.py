"""Performs the tables of content, of the trail and of inquiries."""

from __future__ import annotations

import io

from tests.access import cast as people
from tests.access import content
from tests.access.matrix import Row, agreed, column, holds, mark_of, reads
from tests.access.world import World

CONTENT = "Content and who puts it in force"
TRAIL = "The trail and inquiries about cases"
#: What is no zip is told so by who may ask at all.
_NO_ZIP = b"no zip"


@column(CONTENT, "see deployments")
def see_deployments(world: World, row: Row) -> str:
    deployment = world.deployment
    return agreed(
        {"list": holds(world, row.login(), "/deployments", deployment)}
        | reads(world, row.login(), f"/deployments/{deployment}")
    )


@column(CONTENT, "take the bundle out")
def take_bundle(world: World, row: Row) -> str:
    return agreed(reads(world, row.login(), f"/deployments/{world.deployment}/bundle"))


@column(CONTENT, "check a bundle")
def check_bundle(world: World, row: Row) -> str:
    data = {"file": (io.BytesIO(_NO_ZIP), "bundle.zip")}
    return mark_of(world.ask(row.login(), "POST", "/deployments/check", data=data))


@column(CONTENT, "propose")
def propose(world: World, row: Row) -> str:
    data = {"file": (io.BytesIO(world.another_bundle), "bundle.zip"), "note": "核对"}
    return mark_of(world.ask(row.login(), "POST", "/proposals", data=data))


@column(CONTENT, "see another's proposal")
def see_proposal(world: World, row: Row) -> str:
    path = f"/proposals/{world.proposal}"
    return agreed(
        {"list": holds(world, row.login(), "/proposals", world.proposal)}
        | reads(world, row.login(), path, f"{path}/bundle")
    )


@column(CONTENT, "draw a draft")
def draw_draft(world: World, row: Row) -> str:
    return mark_of(world.ask(row.login(), "POST", "/drafts", json={"name": "核对"}))


@column(CONTENT, "see another's draft")
def see_draft(world: World, row: Row) -> str:
    path = f"/drafts/{world.draft}"
    return agreed(reads(world, row.login(), path, f"{path}/bundle", f"{path}/differences"))


@column(CONTENT, "change another's draft")
def change_draft(world: World, row: Row) -> str:
    body = {"name": "核对"}
    return mark_of(world.ask(row.login(), "PUT", f"/drafts/{world.draft}", json=body))


@column(CONTENT, "approve another's proposal")
def approve(world: World, row: Row) -> str:
    path = f"/proposals/{world.proposal}/approval"
    return mark_of(world.ask(row.login(), "POST", path, json={"approved": True}))


@column(CONTENT, "take another's proposal back")
def withdraw(world: World, row: Row) -> str:
    path = f"/proposals/{world.proposal}/withdrawal"
    return mark_of(world.ask(row.login(), "POST", path))


@column(CONTENT, "try out an assignment")
def try_assignment(world: World, row: Row) -> str:
    body = {
        "element_id": "do_prosecutor",
        "organisation_id": world.organisation(people.HOME, "procuratorate"),
        "facts": {"do_prosecutor": str(world.cast.people["insider_prosecutor"])},
    }
    path = f"/process-definitions/{content.process_of('procuratorate')}/assignment-trials"
    return mark_of(world.ask(row.login(), "POST", path, json=body))


@column(TRAIL, "read the trail")
def read_trail(world: World, row: Row) -> str:
    return agreed(reads(world, row.login(), "/audit/events", "/audit/anchors"))


@column(TRAIL, "export the trail")
def export_trail(world: World, row: Row) -> str:
    case = row.case(world, "own")
    return agreed(reads(world, row.login(), f"/audit/export?instance_id={case.id}"))


@column(TRAIL, "prove the trail")
def verify_trail(world: World, row: Row) -> str:
    body = {"instance_id": row.case(world, "own").id}
    return mark_of(world.ask(row.login(), "POST", "/audit/verifications", json=body))


def _record(world: World, row: Row, kind: str, place: str) -> str:
    body = {
        "organisation_id": world.organisation(place, row.party),
        "instance_id": row.case(world, kind).id,
        "inquirer": "某人",
        "inquirer_unit": "某单位",
        "manner": "telephone",
        "content": "问进展",
        "occurred_at": "2026-01-05T09:00:00+08:00",
    }
    return mark_of(world.ask(row.login(), "POST", "/inquiries", json=body))


@column(TRAIL, "record an inquiry about one's own case")
def record_inquiry(world: World, row: Row) -> str:
    return _record(world, row, "own", people.HOME)


@column(TRAIL, "record one about a foreign case")
def record_inquiry_abroad(world: World, row: Row) -> str:
    return _record(world, row, "foreign", people.HOME)


@column(TRAIL, "record one in a foreign organisation")
def record_inquiry_there(world: World, row: Row) -> str:
    return _record(world, row, "own", people.FOREIGN)


@column(TRAIL, "read another's record of one's organisation")
def read_inquiry(world: World, row: Row) -> str:
    inquiry = row.case(world, "own").one("inquiry")
    return agreed(
        {"list": holds(world, row.login(), "/inquiries", inquiry)}
        | reads(world, row.login(), f"/inquiries/{inquiry}")
    )


@column(TRAIL, "read a foreign organisation's record")
def read_inquiry_abroad(world: World, row: Row) -> str:
    inquiry = row.case(world, "foreign").one("inquiry")
    return agreed(reads(world, row.login(), f"/inquiries/{inquiry}"))
