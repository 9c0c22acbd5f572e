"""Timers that come again: counted, caught up one by one, from when they were due."""

from datetime import timedelta
from typing import Any

import pytest

from tests.engine.builder import NOW, Player, Process, line
from tests.engine.refusing import at, refused
from tests.engine.shapes import handler, multi, with_handler

DAY = timedelta(days=1)
CYCLE = "<bpmn:timeCycle>=rhythm</bpmn:timeCycle>"
EVERY = f"<bpmn:timerEventDefinition>{CYCLE}</bpmn:timerEventDefinition>"


def reminded(text: str, stop: bool = False) -> Process:
    process = line("x").user("h").on("b", "x", "timer", text, stop)
    return process.chain("b", "h", "end")


def left(player: Player) -> tuple[str, str] | None:
    return player.waits[player.wait("b")].timer


def test_a_counted_cycle_rings_that_often() -> None:
    player = Player(reminded("R3/PT10H")).start()
    assert left(player) == ("cycle", "R3/PT10H")
    player.ring("b")
    assert left(player) == ("cycle", "R2/PT10H")
    player.ring("b").ring("b")
    assert (player.open, player.waiting) == (["h", "h", "h", "x"], [])


def test_a_cycle_without_number_rings_for_ever() -> None:
    player = Player(reminded("R/P1D")).start()
    for _ in range(20):
        player.ring("b")
    assert left(player) == ("cycle", "R/P1D")
    assert player.complete("x").waiting == []


def test_a_cycle_counts_on_from_when_it_was_due_not_from_when_it_rang() -> None:
    player = Player(reminded("R/P1D")).start()
    due = NOW - 3 * DAY
    player.ring("b", due=due)
    assert player.waits[player.wait("b")].since == due
    player.ring("b", due=due + DAY)
    assert player.waits[player.wait("b")].since == due + DAY
    assert player.open.count("h") == 2


def test_what_a_cycle_is_may_be_worked_out_once() -> None:
    process = line("x").user("h").chain("b", "h", "end")
    process.element("boundaryEvent", "b", EVERY, attachedToRef="x", cancelActivity="false")
    player = Player(process, rhythm="R2/P1D").start()
    assert left(player) == ("cycle", "R2/P1D")
    player.variables["rhythm"] = "R/PT1S"
    player.ring("b")
    assert left(player) == ("cycle", "R1/P1D")


@pytest.mark.parametrize("value", [None, "P1D", 3, "R0/P1D"])
def test_a_cycle_that_is_worked_out_wrongly_is_an_incident(value: Any) -> None:
    process = line("x").user("h").chain("b", "h", "end")
    process.element("boundaryEvent", "b", EVERY, attachedToRef="x", cancelActivity="false")
    player = Player(process, rhythm=value).start()
    assert (player.open, player.failing) == (["x"], ["b"])
    player.variables["rhythm"] = "R/P1D"
    assert player.retry("b").waiting == ["b"]


@pytest.mark.parametrize("text", ["P1D", "2026-12-01T09:00:00+08:00"])
def test_a_time_or_a_duration_rings_once(text: str) -> None:
    player = Player(reminded(text)).start().ring("b")
    assert (player.open, player.waiting) == (["h", "x"], [])


def test_a_timer_that_is_loaded_and_saved_is_the_same_timer() -> None:
    player = Player(_beside()).start()
    wait = player.wait("b")
    player.complete("other")
    assert player.step.waits_opened == ()
    assert player.wait("b") == wait


def _beside() -> Process:
    process = Process().start().end().parallel("s").user("x", "other", "after", "h")
    process.flow("start", "s").chain("s", "x", "end").chain("s", "other", "after", "end")
    return process.on("b", "x", "timer", "P1D", False).chain("b", "h", "end")


def test_a_cycle_in_each_iteration_has_its_frame() -> None:
    inner = with_handler(
        Process("in").start("is").end("ie").user("x").chain("is", "x", "ie"),
        handler("timer", "R2/P1D", stop=False),
    )
    process = Process().start().end().chain("start", "sub", "end")
    process.element("subProcess", "sub", process.inside(inner, multi("=items", **{"as": "item"})))
    player = Player(process, items=["a", "b"]).start()
    assert sorted(w.frame["item"] for w in player.waits.values()) == ["a", "b"]
    assert player.ring("hs").ring("hs").open.count("h") == 2


@pytest.mark.parametrize("text", ["R/P1D", "R3/PT10H", "R3/2026-11-22T09:00:00+08:00/P1D"])
def test_cycles_are_iso_8601(text: str) -> None:
    assert left(Player(reminded(text)).start()) == ("cycle", text)


@pytest.mark.parametrize("text", ["R0/P1D", "R-1/P1D", "R3/tomorrow/P1D", "R3/5 days", "RP1D"])
def test_cycles_that_are_none_are_refused(text: str) -> None:
    assert at(refused(reminded(text)), "b").startswith(f"循环 {text!r} 不是 ISO 8601")


def test_cycles_where_only_one_ringing_counts_are_refused() -> None:
    told = "循环定时只能用在非中断的边界事件、非中断的事件子流程和流程的开始事件上"
    assert at(refused(reminded("R/P1D", stop=True)), "b") == told
    caught = Process().start().end().catch("c", timer="R/P1D").chain("start", "c", "end")
    assert at(refused(caught), "c") == told
    assert at(refused(with_handler(line("x"), handler("timer", "R/P1D"))), "hs") == told
