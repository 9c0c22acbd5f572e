"""The reference itself does what the rules say, example by example."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fuzzing.model import Loop
from tests.fuzzing.reference_side import ReferenceSide
from tests.fuzzing.sketching import Sketch
from tests.fuzzing.world import CodedFault, World


def begin(sketch: Sketch, called: bool = False, **variables: Any) -> ReferenceSide:
    side = ReferenceSide(sketch.diagram, World(0), variables, called)
    side.game.start()
    return side


def complete(side: ReferenceSide, *tasks: str) -> ReferenceSide:
    for task in tasks:
        side.complete(task, 0, {"n": 1})
    return side


def open_tasks(side: ReferenceSide) -> str:
    return " ".join(sorted(side.tasks()))


class Failing(World):
    def __init__(self, code: str) -> None:
        super().__init__(0)
        self.code = code

    def work(self, call: str, element: str, kind: str, looped: bool) -> None:
        if call == "perform":
            raise CodedFault(self.code)


def test_a_parallel_join_takes_one_token_of_each_flow() -> None:
    side = begin(Sketch("start>p1>a>p2>c>end p1>b>p2"))
    assert open_tasks(side) == "a b"
    assert open_tasks(complete(side, "a")) == "b"
    assert open_tasks(complete(side, "b")) == "c"
    assert complete(side, "c").game.end_events == ["end"]
    assert side.game.ended


def test_a_parallel_join_keeps_a_surplus_for_the_next_round() -> None:
    side = begin(Sketch("start>p1>x1>a>p2>c>end p1>x1 p1>b>p2"))
    assert open_tasks(complete(side, "a", "a")) == "b"
    assert open_tasks(complete(side, "b")) == "c"
    assert len(side.stuck()) == 1


def test_several_tokens_perform_a_task_each() -> None:
    side = begin(Sketch("start>p1>a>c>end p1>b>c"))
    assert open_tasks(complete(side, "a", "b")) == "c c"


def test_an_exclusive_gateway_takes_the_first_true_flow_or_the_default() -> None:
    flows = "start>x1 x1>a?v0 x1>b?v1 x1>c?default a>end b>end c>end"
    assert open_tasks(begin(Sketch(flows), v0=True, v1=True)) == "a"
    assert open_tasks(begin(Sketch(flows), v0=None, v1=True)) == "b"
    assert open_tasks(begin(Sketch(flows))) == "c"


@pytest.mark.parametrize("given", [{}, {"v0": False}, {"v0": 7}])
def test_no_way_out_is_an_incident(given: dict[str, Any]) -> None:
    side = begin(Sketch("start>x1 x1>a?v0 x1>b?v1 a>end b>end"), **given)
    assert (side.incidents(), side.tasks()) == (["x1"], [])
    side.edit({"v0": True})
    side.retry("x1", 0)
    assert open_tasks(side) == "a"


def test_an_inclusive_split_takes_all_true_flows_and_its_join_waits_for_them() -> None:
    side = begin(Sketch("start>o1 o1>a?v0 o1>b?v1 o1>c?v2 a>o2 b>o2 c>o2 o2>d>end"), v0=1 > 0, v1=1)
    assert side.incidents() == ["o1"]
    side.edit({"v1": True})
    side.retry("o1", 0)
    assert open_tasks(complete(side, "a")) == "b"
    assert open_tasks(complete(side, "b")) == "d"


def test_an_inclusive_join_does_not_wait_for_who_comes_on_a_flow_that_has_a_token() -> None:
    # Whoever is at m may still go to either flow: one of them has a token already.
    side = begin(Sketch("start>p1>a>o2>d>end p1>m>x1 x1>a?v0 x1>b?default b>o2"))
    assert open_tasks(complete(side, "a")) == "d m"


def test_an_inclusive_join_waits_for_who_can_only_come_on_an_empty_flow() -> None:
    side = begin(Sketch("start>p1>a>o2>d>end p1>b>o2"))
    assert open_tasks(complete(side, "a")) == "b"
    assert open_tasks(complete(side, "b")) == "d"


def test_an_inclusive_join_sees_boundary_events_and_links_as_ways() -> None:
    sketch = Sketch("start>p1>a>o2>d>end p1>b>end2 b_late>throw1 catch1>o2")
    sketch.having("b_late", attached="b", event="timer", timer="P1D")
    sketch.having("throw1", event="link", name="l").having("catch1", event="link", name="l")
    side = complete(begin(sketch), "a")
    assert open_tasks(side) == "b"
    side.ring("b_late", 0)
    assert open_tasks(side) == "d"


def test_tasks_with_conditional_flows_take_the_default_only_if_nothing_else() -> None:
    flows = "start>a a>b?v0 a>c?v1 a>d?default b>end c>end d>end"
    assert open_tasks(complete(begin(Sketch(flows), v0=True, v1=True), "a")) == "b c"
    assert open_tasks(complete(begin(Sketch(flows)), "a")) == "d"
    side = complete(begin(Sketch("start>a a>b?v0 a>c b>end c>end")), "a")
    assert open_tasks(side) == "c"


def test_what_is_behind_an_event_gateway_is_offered_and_the_first_to_come_takes_it() -> None:
    sketch = Sketch("start>ev1>catch1>a>end ev1>catch2>b>end")
    sketch.having("catch1", event="message", name="m").having("catch2", event="timer", timer="P1D")
    side = begin(sketch)
    assert (side.waits("message"), side.waits("timer")) == (["catch1"], ["catch2"])
    side.deliver("catch1", 0, {"n": 5})
    assert (open_tasks(side), side.waits("timer")) == ("a", [])
    assert side.game.variables["messages"] == {"m": [{"n": 5}]}


def test_a_terminate_end_ends_its_own_scope_alone() -> None:
    sketch = Sketch("start>sub>a>end").within("sub", "start_i>p1>b>end_i p1>c>end_t")
    sketch.having("end_t", event="terminate")
    side = begin(sketch)
    assert open_tasks(side) == "b c"
    assert open_tasks(complete(side, "c")) == "a"


def boundary(event: str, interrupting: bool, **more: Any) -> Sketch:
    sketch = Sketch("start>a>end b_on>h>end2")
    return sketch.having("b_on", attached="a", event=event, interrupting=interrupting, **more)


def test_an_interrupting_boundary_event_takes_the_task_away() -> None:
    side = begin(boundary("message", True, name="m"))
    side.deliver("b_on", 0, {"n": 1})
    assert (open_tasks(side), side.waits("message")) == ("h", [])


def test_a_message_beside_comes_as_often_as_it_comes() -> None:
    side = begin(boundary("message", False, name="m"))
    side.deliver("b_on", 0, {"n": 1})
    side.deliver("b_on", 0, {"n": 2})
    assert open_tasks(side) == "a h h"
    assert complete(side, "a").waits("message") == []


@pytest.mark.parametrize(("timer", "rings"), [("P1D", 1), ("R2/P1D", 2), ("R/P1D", 5)])
def test_a_timer_beside_rings_once_or_as_its_cycle_says(timer: str, rings: int) -> None:
    side = begin(boundary("timer", False, timer=timer))
    rung = 0
    while side.waits("timer") and rung < 5:
        side.ring("b_on", 0)
        rung += 1
    assert rung == rings
    assert open_tasks(side) == "a" + " h" * rings


def test_a_condition_fires_again_only_after_it_was_false() -> None:
    side = begin(boundary("conditional", False, condition="v0"))
    side.edit({"v0": True})
    side.edit({"v1": True})
    assert open_tasks(side) == "a h"
    side.edit({"v0": False})
    side.edit({"v0": True})
    assert open_tasks(side) == "a h h"


def test_a_condition_that_is_true_already_fires_at_once() -> None:
    assert open_tasks(begin(boundary("conditional", True, condition="v0"), v0=True)) == "h"


def test_a_signal_thrown_reaches_all_that_wait_before_its_own_way_goes_on() -> None:
    sketch = Sketch("start>p1>catch1>a>end p1>b>throw1>c>end b_s>h>end")
    sketch.having("catch1", event="signal", name="s").having("throw1", event="signal", name="s")
    sketch.having("b_s", event="signal", name="s", attached="c")
    side = complete(begin(sketch), "b")
    assert (open_tasks(side), side.game.signals) == ("a c", ["s"])


def test_a_signal_that_takes_its_own_scope_away_lets_nothing_go_on() -> None:
    sketch = Sketch("start>sub>end b_s>h>end2").within("sub", "start_i>throw1>a>end_i")
    sketch.having("throw1", event="signal", name="s")
    sketch.having("b_s", event="signal", name="s", attached="sub")
    assert open_tasks(begin(sketch)) == "h"


def throwing(event: str, code: str = "e0") -> Sketch:
    sketch = Sketch("start>sub>after>end b_exact>exact>end b_any>any>end")
    sketch.within("sub", "start_i>a>end_throw")
    sketch.having("end_throw", event=event, name=code)
    sketch.having("b_any", attached="sub", event=event)
    return sketch.having("b_exact", attached="sub", event=event, name="e0")


def test_an_error_is_caught_by_its_code_before_any() -> None:
    assert open_tasks(complete(begin(throwing("error")), "a")) == "exact"
    side = complete(begin(throwing("error", "e1")), "a")
    assert open_tasks(side) == "any"
    assert side.game.variables["errors"] == {"b_any": [{"code": "e1"}]}


def test_an_escalation_beside_lets_who_throws_go_on() -> None:
    sketch = throwing("escalation").having("b_exact", interrupting=False)
    assert open_tasks(complete(begin(sketch), "a")) == "after exact"


def test_an_event_subprocess_catches_before_the_boundary_does() -> None:
    sketch = throwing("error").within("es", "start_e>caught>end_e", scope="sub", triggered=True)
    sketch.having("start_e", event="error")
    side = complete(begin(sketch), "a")
    assert open_tasks(side) == "caught"
    assert open_tasks(complete(side, "caught")) == "after"


def test_an_error_within_the_event_subprocess_that_caught_goes_outside() -> None:
    sketch = throwing("error").within("es", "start_e>caught>end_e", scope="sub", triggered=True)
    sketch.having("start_e", event="error").having("end_e", event="error", name="e2")
    side = complete(begin(sketch), "a", "caught")
    assert open_tasks(side) == "any"


def test_an_uncaught_error_is_an_incident_or_ends_the_called_instance() -> None:
    sketch = Sketch("start>p1>a>end1 p1>b>end2").having("end1", event="error", name="e0")
    side = complete(begin(sketch), "a")
    assert (side.incidents(), open_tasks(side)) == (["end1"], "b")
    side = complete(begin(sketch, called=True), "a")
    assert (side.game.ended, side.game.error) == (True, "e0")


def test_a_failing_service_is_caught_at_its_own_boundary_first() -> None:
    sketch = Sketch("start>work>end b_e>h>end2").having("b_e", attached="work", event="error")
    side = ReferenceSide(sketch.diagram, Failing("e1"), {})
    side.game.start()
    assert open_tasks(side) == "h"
    side = ReferenceSide(Sketch("start>work>end").diagram, Failing("e1"), {})
    side.game.start()
    assert side.incidents() == ["work"]


def handler(event: str, interrupting: bool, **more: Any) -> Sketch:
    sketch = Sketch("start>a>end").within("es", "start_e>h>end_e", triggered=True)
    return sketch.having("start_e", event=event, interrupting=interrupting, **more)


def test_an_interrupting_event_subprocess_takes_the_rest_of_its_scope() -> None:
    side = begin(handler("message", True, name="m"))
    side.deliver("start_e", 0, {"n": 1})
    assert (open_tasks(side), side.waits("message")) == ("h", [])
    assert complete(side, "h").game.ended


def test_event_subprocesses_beside_may_be_several_and_the_scope_waits_for_all() -> None:
    side = begin(handler("message", False, name="m"))
    side.deliver("start_e", 0, {"n": 1})
    side.deliver("start_e", 0, {"n": 2})
    assert open_tasks(complete(side, "a")) == "h h"
    assert not complete(side, "h").game.ended
    assert complete(side, "h").game.ended


def test_an_event_subprocess_listens_once_it_is_entered_not_to_what_happens_before() -> None:
    # Both signals are thrown before the handler that the first begins is performed.
    sketch = Sketch("start>p1>throw1>end p1>throw2>end")
    sketch.having("throw1", event="signal", name="s").having("throw2", event="signal", name="s")
    sketch.within("sub_e", "start_e>h>end_e", triggered=True)
    sketch.having("start_e", event="signal", name="s", interrupting=False)
    inner = Sketch("", "sub_e", sketch.diagram).within("sub_i", "start_i>k>end_i", triggered=True)
    inner.having("start_i", event="signal", name="s", interrupting=False)
    side = begin(sketch)
    assert (open_tasks(side), side.waits("signal").count("start_i")) == ("h h", 2)
    side.signal("s")
    assert open_tasks(side) == "h h h k k"


def looped(kind: str, **more: Any) -> Sketch:
    more.setdefault("items", "3")
    loop = Loop(kind, counted=True, **more)
    return Sketch("start>a>b>end").having("a", loop=loop)


def test_multi_instances_are_all_done_or_as_many_as_suffice() -> None:
    side = begin(looped("parallel"))
    assert open_tasks(side) == "a a a"
    assert open_tasks(complete(side, "a", "a", "a")) == "b"
    side = begin(looped("parallel", condition="nrOfCompletedInstances >= 2"))
    assert open_tasks(complete(side, "a", "a")) == "b"
    side = begin(looped("sequential", condition="nrOfActiveInstances = 0"))
    assert open_tasks(side) == "a"
    assert open_tasks(complete(side, "a")) == "b"
    assert open_tasks(begin(looped("parallel", items="0"))) == "b"


def test_results_stand_in_the_order_of_the_items_and_answers_are_handed_out() -> None:
    loop = Loop("parallel", items="list", name="item", result="item + got", into="sums")
    side = begin(Sketch("start>a>b>end").having("a", loop=loop), list=[10, 20, 30])
    side.complete("a", 2, {"n": 3})
    side.complete("a", 0, {"n": 1})
    side.complete("a", 0, {"n": 2})
    assert side.game.variables["sums"] == [11, 22, 33]
    assert side.game.variables["answers"] == {"a": [{"n": 3}, {"n": 1}, {"n": 2}]}
    assert "got" not in side.game.variables
    assert side.game.variables["common"] == 2


@pytest.mark.parametrize(
    ("loop", "turns"),
    [
        (Loop("standard", condition="loopCounter < 3"), 3),
        (Loop("standard", condition="loopCounter < 3", before=True), 3),
        (Loop("standard", condition="True", maximum=4), 4),
        (Loop("standard", condition="False"), 1),
        (Loop("standard", condition="False", before=True), 0),
    ],
)
def test_a_standard_loop_goes_round_while_its_condition_is_true(loop: Loop, turns: int) -> None:
    side = begin(Sketch("start>a>b>end").having("a", loop=loop))
    complete(side, *["a"] * turns)
    assert open_tasks(side) == "b"


def test_the_boundary_event_of_a_loop_takes_all_of_it() -> None:
    sketch = looped("parallel").having("b_m", attached="a", event="message", name="m")
    Sketch("b_m>h>end", None, sketch.diagram)
    side = begin(sketch)
    side.complete("a", 0, {"n": 1})
    side.deliver("b_m", 0, {"n": 2})
    assert open_tasks(side) == "h"


def test_a_call_is_answered_fails_or_escalates() -> None:
    sketch = Sketch("start>call>a>end b_e>h>end b_u>u>end").having("call", name="q")
    sketch.having("b_e", attached="call", event="error", name="e0")
    sketch.having("b_u", attached="call", event="escalation", interrupting=False)
    side = begin(sketch)
    side.escalate_call("call", 0, "e1")
    assert (open_tasks(side), side.waits("call")) == ("u", ["call"])
    side.fail_call("call", 0, "e0")
    assert (open_tasks(side), side.waits("call")) == ("h u", [])
    side = begin(sketch)
    side.fail_call("call", 0, "e1")
    assert side.incidents() == ["call"]
    side = begin(sketch)
    side.answer_call("call", 0, {"n": 9})
    assert (open_tasks(side), side.game.variables["got"]) == ("a", 9)
