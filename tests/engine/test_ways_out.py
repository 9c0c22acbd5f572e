"""Flows out of activities: several at once, with conditions, with a default."""

import pytest

from tests.engine.builder import FakeHost, Player, Process
from tests.engine.refusing import at, refused
from tests.engine.shapes import FeelHost, body, learning


def ways(kind: str, *flows: tuple[str, str | None], default: str | None = None) -> Player:
    """Draw x with a way to each named task, and do x."""
    process = Process().start().end().flow("start", "x")
    inner = process.inside(body("in", "deep")) if kind == "subProcess" else ""
    process.element(kind, "x", inner, default=default and f"to_{default}")
    for task, when in flows:
        process.user(task).flow("x", task, when, id=f"to_{task}").flow(task, "end")
    player = Player(process, yes=True, no=False).start()
    doing = {"userTask": ["x"], "subProcess": ["deep"]}.get(kind, [])
    return [player, *(player.complete(task) for task in doing)][-1]


KINDS = ["userTask", "serviceTask", "subProcess"]


@pytest.mark.parametrize("kind", KINDS)
def test_all_ways_without_condition_are_taken(kind: str) -> None:
    assert ways(kind, ("a", None), ("b", None)).open == ["a", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_ways_are_taken_whose_condition_is_met_beside_those_without(kind: str) -> None:
    assert ways(kind, ("a", "yes"), ("b", "no"), ("c", None)).open == ["a", "c"]
    assert ways(kind, ("a", "yes"), ("b", "yes"), ("c", "unknown")).open == ["a", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_way_is_for_when_no_other_is_taken(kind: str) -> None:
    assert ways(kind, ("a", "no"), ("d", None), default="d").open == ["d"]
    assert ways(kind, ("a", "yes"), ("d", None), default="d").open == ["a"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_way_at_all_is_an_incident_at_the_activity(kind: str) -> None:
    player = ways(kind, ("a", "no"), ("b", "unknown"))
    assert (player.open, player.failing) == ([], ["x"])
    player.variables["no"] = True
    assert player.retry("x").open == ["a"]


def test_one_conditional_way_is_not_taken_against_its_condition() -> None:
    player = ways("userTask", ("a", "no"))
    assert (player.open, player.failing) == ([], ["x"])


def test_a_way_sees_what_the_activity_has_just_learnt() -> None:
    process = Process().start().end().user("x", "a").flow("start", "x").flow("a", "end")
    process.flow("x", "a", "more").flow("x", "end", id="d")
    player = Player(process, learning(FakeHost())).start().complete("x", more=True)
    assert player.open == ["a"]


def test_events_send_a_token_down_each_of_their_ways() -> None:
    process = Process().start().end().user("a", "b", "h", "i").flow("start", "a").flow("start", "b")
    process.on("e", "a", "message", "M-X").flow("e", "h").flow("e", "i")
    for task in "abhi":
        process.flow(task, "end")
    player = Player(process).start()
    assert player.open == ["a", "b"]
    assert player.receive("e").open == ["b", "h", "i"]


def test_several_flows_into_a_task_are_no_join() -> None:
    process = Process().start().end().user("a", "b", "c").flow("start", "a").flow("start", "b")
    process.flow("a", "c").flow("b", "c").flow("c", "end")
    player = Player(process).start().complete("a").complete("b")
    assert player.open == ["c", "c"]


def test_conditions_on_ways_out_of_events_and_parallel_gateways_are_refused() -> None:
    told = "从 start 流出的流向带有条件，但这里不判断条件；请改用排他网关"
    process = Process().start().end().flow("start", "end", "=x", id="f")
    assert at(refused(process), "f") == told


def test_a_default_beside_no_condition_is_refused() -> None:
    process = Process().start().end().element("userTask", "x", default="f").flow("start", "x")
    process.flow("x", "end", id="f")
    assert at(refused(process), "x") == "默认流向 f 没有意义：这里流出的流向都没有条件"


def test_a_default_where_no_way_is_chosen_is_refused() -> None:
    process = (
        Process().start().end().element("parallelGateway", "x", default="f").flow("start", "x")
    )
    process.flow("x", "end", id="f").flow("x", "end")
    assert at(refused(process), "x") == "默认流向 f 没有意义：这里流出的流向都没有条件"


def test_a_way_out_of_a_task_sees_what_was_said_there() -> None:
    process = Process().start().end().element("userTask", "x").user("a", "b").chain("start", "x")
    process.flow("x", "a", "this.way = 1").flow("x", "b", "this.way = 2")
    process.flow("a", "end").flow("b", "end")
    player = Player(process, FeelHost()).start()
    assert player.complete("x", way=2).open == ["b"]
