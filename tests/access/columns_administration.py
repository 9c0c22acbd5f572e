"""Performs the table of registers, failures and time."""

from __future__ import annotations

import io

from tests.access.matrix import Row, agreed, column, holds, mark_of, reads
from tests.access.world import World

REGISTERS = "Registers, failures and time"


@column(REGISTERS, "void a number")
def void_number(world: World, row: Row) -> str:
    path = f"/numbers/{row.case(world, 'own').one('number')}/void"
    return mark_of(world.ask(row.login(), "POST", path, json={"reason": "核对"}))


@column(REGISTERS, "take an old register over")
def take_register_over(world: World, row: Row) -> str:
    ledger = "conversions" if row.party == "congress" else "leads"
    file = (io.BytesIO("编号,标题,状态,建立日期\n".encode()), "a.csv")
    path = f"/ledgers/{ledger}/imports"
    return mark_of(world.ask(row.login(), "POST", path, data={"file": file, "dry_run": "true"}))


@column(REGISTERS, "resolve an incident of one's own case")
def resolve_incident(world: World, row: Row) -> str:
    path = f"/incidents/{row.case(world, 'own').one('incident')}/resolution"
    return mark_of(world.ask(row.login(), "POST", path))


@column(REGISTERS, "see jobs")
def see_jobs(world: World, row: Row) -> str:
    job = row.case(world, "own").one("job")
    return agreed(
        {"list": holds(world, row.login(), "/jobs", job)}
        | reads(world, row.login(), f"/jobs/{job}")
    )


@column(REGISTERS, "see the calendar")
def see_calendar(world: World, row: Row) -> str:
    paths = ("/calendar-days?year=2026", "/calendar-days/revisions")
    return agreed(reads(world, row.login(), *paths))


@column(REGISTERS, "change the calendar")
def change_calendar(world: World, row: Row) -> str:
    day = {"day": "2026-12-31", "is_workday": False, "name": "核对"}
    body = {"changes": [day], "source": "核对", "known_until": "2026-12-31"}
    return mark_of(world.ask(row.login(), "PUT", "/calendar-days", json=body))


@column(REGISTERS, "read the clock")
def read_clock(world: World, row: Row) -> str:
    return agreed(reads(world, row.login(), "/clock"))


@column(REGISTERS, "move the clock")
def move_clock(world: World, row: Row) -> str:
    return mark_of(world.ask(row.login(), "POST", "/clock/moves", json={"days": 1}))
