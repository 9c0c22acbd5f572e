"""Performs the tables of acts: on tasks, on cases, and starting them."""

from __future__ import annotations

from tests.access import content
from tests.access.matrix import ALLOWED, NOTHING, Row, column, holds, mark_of
from tests.access.world import World

TASKS = "What is done with tasks"
STARTS = "Which processes are started"
CASES = "What is done with one's own case"
ACTS = "What cases offer to do"
EMERGENCY = "Looking into a case in an emergency"


def _complete(world: World, row: Row, task: str) -> str:
    answer = world.ask(row.login(), "POST", f"/tasks/{task}/completion", json={"answers": {}})
    return mark_of(answer)


@column(TASKS, "do one's own")
def do_own(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "own"))


@column(TASKS, "draft one's own")
def draft_own(world: World, row: Row) -> str:
    path = f"/tasks/{row.task(world, 'own')}/draft"
    return mark_of(world.ask(row.login(), "PUT", path, json={"answers": {"title": "x"}}))


@column(TASKS, "preview its paper")
def preview_own(world: World, row: Row) -> str:
    path = f"/tasks/{row.task(world, 'own')}/document-preview"
    return mark_of(world.ask(row.login(), "POST", path, json={"kind": content.PAPER}))


@column(TASKS, "take one offered")
def take_offered(world: World, row: Row) -> str:
    return mark_of(world.ask(row.login(), "PUT", f"/tasks/{row.task(world, 'free')}/assignee"))


@column(TASKS, "do one offered to another role")
def do_of_other_role(world: World, row: Row) -> str:
    others = [key for key in content.roles_of(row.party) if key != row.key]
    if not others:
        return NOTHING
    return _complete(world, row, row.case(world, "free").tasks[f"do_{others[0]}"])


@column(TASKS, "do a neighbour's")
def do_of_neighbour(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "department"))


@column(TASKS, "do one of another department")
def do_of_colleague(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "organisation"))


@column(TASKS, "do one of an organisation below")
def do_below(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "below"))


@column(TASKS, "do a foreign one")
def do_foreign(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "foreign"))


@column(TASKS, "do one's own, but recused")
def do_recused(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "recused"))


@column(TASKS, "do one's own, with minors, not certified")
def do_minor(world: World, row: Row) -> str:
    return _complete(world, row, row.task(world, "minor"))


@column(STARTS, "transfer of a lead")
def start_shipped(world: World, row: Row) -> str:
    body = {"process_key": "congress_lead_transfer", "answers": {}}
    answer = world.ask(row.login(), "POST", "/process-instances", json=body)
    # Who may start it is asked for its answers, which are many.
    return ALLOWED if answer.status_code == 422 else mark_of(answer)


@column(STARTS, "a lead by hand")
def start_by_letter(world: World, row: Row) -> str:
    body = {"process_key": "procuratorate_lead_case", "answers": {}}
    answer = world.ask(row.login(), "POST", "/process-instances", json=body)
    return mark_of(answer)


@column(STARTS, "in a foreign organisation")
def start_abroad(world: World, row: Row) -> str:
    body = {
        "process_key": content.process_of(row.party),
        "organisation_id": world.organisation("foreign", row.party),
    }
    return mark_of(world.ask(row.login(), "POST", "/process-instances", json=body))


@column(TASKS, "give one offered to a neighbour")
def reassign(world: World, row: Row) -> str:
    role = row.key if row.is_role else content.roles_of(row.party)[0]
    body = {"person_id": str(world.cast.people[f"neighbour_{role}"]), "reason": "核对"}
    path = f"/tasks/{row.task(world, 'free')}/assignee"
    return mark_of(world.ask(row.login(), "PUT", path, json=body))


def _case(world: World, row: Row, kind: str) -> str:
    return f"/process-instances/{row.case(world, kind).id}"


@column(CASES, "see who is recused")
def see_recusals(world: World, row: Row) -> str:
    path = f"{_case(world, row, 'own')}/recusals"
    return holds(world, row.login(), path, row.case(world, "own").one("recusal"))


@column(CASES, "order a recusal")
def recuse(world: World, row: Row) -> str:
    body = {"person_id": str(world.cast.people["neighbour_assistant"]), "reason": "核对"}
    path = f"{_case(world, row, 'own')}/recusals"
    return mark_of(world.ask(row.login(), "POST", path, json=body))


@column(CASES, "lift a recusal")
def lift_recusal(world: World, row: Row) -> str:
    recusal = row.case(world, "own").one("recusal")
    path = f"{_case(world, row, 'own')}/recusals/{recusal}/lifting"
    return mark_of(world.ask(row.login(), "POST", path, json={"reason": "核对"}))


@column(CASES, "lift one's own recusal")
def lift_own_recusal(world: World, row: Row) -> str:
    case = row.case(world, "recused")
    path = f"/process-instances/{case.id}/recusals/{case.one('recusal')}/lifting"
    return mark_of(world.ask(row.login(), "POST", path, json={"reason": "核对"}))


@column(CASES, "set secrecy and flags")
def restrict(world: World, row: Row) -> str:
    return _restrict(world, row, "own")


@column(CASES, "hold, end, move or set a case right")
def hold(world: World, row: Row) -> str:
    path = f"{_case(world, row, 'own')}/suspension"
    return mark_of(world.ask(row.login(), "POST", path, json={"reason": "核对"}))


@column(CASES, "change a clock")
def change_clock(world: World, row: Row) -> str:
    clock = row.case(world, "own").one("deadline")
    body = {"operation": "pause", "reason": "核对", "basis": "核对"}
    answer = world.ask(row.login(), "POST", f"/deadlines/{clock}/changes", json=body)
    # The rule of this clock does not let it stand still: that is said to who has the right.
    return ALLOWED if answer.status_code == 422 else mark_of(answer)


@column(CASES, "set those of a foreign case")
def restrict_abroad(world: World, row: Row) -> str:
    return _restrict(world, row, "foreign")


def _restrict(world: World, row: Row, kind: str) -> str:
    body = {"secrecy": 1, "minor": False, "reason": "核对"}
    return mark_of(
        world.ask(row.login(), "PUT", f"{_case(world, row, kind)}/restrictions", json=body)
    )


def _break_glass(world: World, row: Row, kind: str) -> str:
    body = {"reason": "紧急情况，领导外出，须立即查阅本案。"}
    path = f"{_case(world, row, kind)}/emergency-access"
    return mark_of(world.ask(row.login(), "POST", path, json=body))


@column(EMERGENCY, "into a work secret, not cleared")
def look_into_secret(world: World, row: Row) -> str:
    return _break_glass(world, row, "secret")


@column(EMERGENCY, "then read it")
def look_and_read(world: World, row: Row) -> str:
    _break_glass(world, row, "secret")
    return mark_of(world.ask(row.login(), "GET", f"{_case(world, row, 'secret')}/history"))


@column(EMERGENCY, "then do one's task in it")
def look_and_act(world: World, row: Row) -> str:
    _break_glass(world, row, "secret")
    return _complete(world, row, row.task(world, "secret"))


@column(EMERGENCY, "into a case with minors, not certified")
def look_into_minors(world: World, row: Row) -> str:
    return _break_glass(world, row, "minor")


@column(EMERGENCY, "into one from which one is recused")
def look_into_recused(world: World, row: Row) -> str:
    return _break_glass(world, row, "recused")


@column(EMERGENCY, "into one of an organisation below")
def look_below(world: World, row: Row) -> str:
    return _break_glass(world, row, "below")


@column(EMERGENCY, "into a foreign one")
def look_abroad(world: World, row: Row) -> str:
    return _break_glass(world, row, "foreign")


@column(EMERGENCY, "see what others took")
def see_emergencies(world: World, row: Row) -> str:
    taken = row.case(world, "own").one("emergency")
    return holds(world, row.login(), "/emergency-accesses", taken)


@column(EMERGENCY, "review what others took")
def review_emergency(world: World, row: Row) -> str:
    taken = row.case(world, "own").one("emergency")
    return mark_of(world.ask(row.login(), "POST", f"/emergency-accesses/{taken}/review"))


def _act(world: World, row: Row, kind: str, act: str = content.ACT) -> str:
    path = f"{_case(world, row, kind)}/acts/{act}"
    return mark_of(world.ask(row.login(), "POST", path, json={"answers": {}}))


@column(ACTS, "see what one's own offers")
def see_acts(world: World, row: Row) -> str:
    return mark_of(world.ask(row.login(), "GET", f"{_case(world, row, 'own')}/acts"))


@column(ACTS, "do one's role's")
def act_in_own(world: World, row: Row) -> str:
    return _act(world, row, "own")


@column(ACTS, "do another role's")
def act_of_other_role(world: World, row: Row) -> str:
    is_first = row.is_role and content.roles_of(row.party)[0] == row.key
    return NOTHING if is_first else _act(world, row, "own", content.FIRST_ACT)


@column(ACTS, "do one in another department")
def act_elsewhere(world: World, row: Row) -> str:
    return _act(world, row, "organisation")


@column(ACTS, "do one in an organisation below")
def act_below(world: World, row: Row) -> str:
    return _act(world, row, "below")


@column(ACTS, "do one in a foreign organisation")
def act_abroad(world: World, row: Row) -> str:
    return _act(world, row, "foreign")


@column(ACTS, "do one, but recused")
def act_recused(world: World, row: Row) -> str:
    return _act(world, row, "recused")


@column(ACTS, "do one, not certified for minors")
def act_with_minors(world: World, row: Row) -> str:
    return _act(world, row, "minor")


@column(ACTS, "do one in an emergency")
def act_in_emergency(world: World, row: Row) -> str:
    _break_glass(world, row, "secret")
    return _act(world, row, "secret")
