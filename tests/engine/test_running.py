"""Tasks, gateways and subprocesses run as drawn, with the state going through bytes each time."""

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process, line, straight
from workflow_server.engine import runtime
from workflow_server.engine.runtime import Move, TaskNotOpen, WaitNotOpen


def loop_with_block() -> Process:
    """Draw: a parallel b, then a decision that goes back to the split or ends."""
    return (
        Process()
        .start()
        .end()
        .xor("back")
        .parallel("split", "join")
        .user("a", "b", "judge")
        .element("exclusiveGateway", "decide", default="done")
        .chain("start", "back", "split")
        .flow("split", "a")
        .flow("split", "b")
        .flow("a", "join")
        .flow("b", "join")
        .chain("join", "judge", "decide")
        .flow("decide", "back", when="=again")
        .flow("decide", "end", id="done")
    )


def test_tasks_open_one_after_the_other_and_the_instance_ends() -> None:
    player = Player(line("a", "b")).start()
    assert player.open == ["a"]
    assert player.complete("a").open == ["b"]
    assert player.complete("b").step.ended
    assert player.step.end_events == ("end",)


def test_an_open_task_names_its_element_and_lane() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Desk">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    player = Player(line("a").raw(lanes)).start()
    (task,) = player.step.opened
    assert (task.element_id, task.name, task.lane) == ("a", "do a", "Desk")
    assert player.definition.elements["a"].type == "userTask"


def test_answers_are_appended_per_element_and_shown_as_this_only_on_leaving() -> None:
    host = FakeHost()
    seen = []
    host.on_leave = lambda visit, variables: seen.append((visit.element_id, variables.get("this")))
    before = {"answers": {"a": [{"x": 0}]}}
    player = Player(line("a", "b"), host, **before).start().complete("a", x=1)
    assert player.variables == {"answers": {"a": [{"x": 0}, {"x": 1}]}}
    assert ("a", {"x": 1}) in seen
    assert ("start", None) in seen
    assert before == {"answers": {"a": [{"x": 0}]}}


def test_the_host_is_asked_in_order_and_every_move_is_noted() -> None:
    process = Process().start().service("s").user("a").end().chain("start", "s", "a", "end")
    player = Player(process).start()
    assert player.host.calls == [
        ("enter", "start"),
        ("leave", "start"),
        ("enter", "s"),
        ("perform", "s"),
        ("leave", "s"),
        ("enter", "a"),
    ]
    assert player.step.moves[-2:] == (Move("s", "left"), Move("a", "entered"))


def test_facts_set_on_leaving_reach_the_gateway_behind() -> None:
    host = FakeHost()
    host.on_leave = lambda visit, variables: variables.update(variables.get("this") or {})
    process = (
        Process()
        .start()
        .user("ask", "yes", "no")
        .end()
        .xor("g", default="otherwise")
        .chain("start", "ask", "g")
        .flow("g", "yes", when="=agreed")
        .flow("g", "no", id="otherwise")
        .chain("yes", "end")
        .chain("no", "end")
    )
    assert Player(process, host).start().complete("ask", agreed=True).open == ["yes"]
    assert Player(process, host).start().complete("ask", agreed=False).open == ["no"]
    assert Player(process, host).start().complete("ask").open == ["no"]


def test_all_conditions_of_a_gateway_go_over_in_one_call_and_the_first_true_one_wins() -> None:
    process = (
        Process()
        .start()
        .xor("g")
        .user("x", "y", "z")
        .end()
        .flow("start", "g")
        .flow("g", "x", when="=p")
        .flow("g", "y", when="= q ")
        .flow("g", "z", when="r")
    )
    for task in "xyz":
        process.flow(task, "end")
    player = Player(process, q=True, r=True).start()
    assert player.host.expressions == [["p", "q", "r"]]
    assert player.open == ["y"]


def test_a_join_waits_for_all_its_branches() -> None:
    player = Player(loop_with_block()).start()
    assert player.open == ["a", "b"]
    assert player.complete("b").open == ["a"]
    assert player.complete("a").open == ["judge"]


def test_a_join_in_a_loop_waits_in_every_turn_whatever_the_order() -> None:
    player = Player(loop_with_block(), again=True).start()
    for turn in range(8):
        first, second = ("a", "b") if turn % 3 else ("b", "a")
        assert player.complete(first).open == [second]
        assert player.complete(second).open == ["judge"]
        assert player.complete("judge").open == ["a", "b"]


def test_a_loop_goes_on_far_beyond_a_thousand_turns() -> None:
    process = (
        Process()
        .start()
        .end()
        .xor("merge")
        .user("a")
        .xor("again", default="back")
        .chain("start", "merge", "a", "again")
        .flow("again", "end", when="=done")
        .flow("again", "merge", id="back")
    )
    player = Player(process).start()
    for _ in range(1200):
        assert player.complete("a").open == ["a"]
    player.variables["done"] = True
    assert player.complete("a").step.ended


def test_a_loop_may_go_straight_back_into_a_task() -> None:
    process = (
        Process()
        .start()
        .end()
        .user("a")
        .xor("again", default="back")
        .chain("start", "a", "again")
        .flow("again", "end", when="=done")
        .flow("again", "a", id="back")
    )
    player = Player(process).start().complete("a").complete("a")
    assert player.open == ["a"]


def test_two_tokens_at_one_task_are_two_tasks() -> None:
    process = (
        Process()
        .start()
        .end()
        .parallel("split")
        .user("a")
        .flow("start", "split")
        .flow("split", "a")
        .flow("split", "a")
        .flow("a", "end")
    )
    player = Player(process).start()
    assert player.open == ["a", "a"]
    assert player.complete("a").open == ["a"]
    assert not player.step.ended
    assert player.complete("a").step.ended


def test_a_join_counts_flows_not_sources() -> None:
    process = (
        Process()
        .start()
        .end()
        .parallel("split", "join")
        .user("a")
        .flow("start", "split")
        .flow("split", "join")
        .flow("split", "join")
        .chain("join", "a", "end")
    )
    assert Player(process).start().open == ["a"]


def test_a_surplus_token_waits_for_the_next_round() -> None:
    process = (
        Process()
        .start()
        .end()
        .parallel("split", "join")
        .xor("merge")
        .user("a", "b", "c", "d", "after")
        .flow("start", "split")
    )
    for task in "abcd":
        process.flow("split", task)
    process.flow("a", "merge").flow("b", "merge").flow("merge", "join")
    process.xor("other").flow("c", "other").flow("d", "other").flow("other", "join")
    player = Player(process.chain("join", "after", "end")).start()
    assert player.complete("a").complete("b").open == ["c", "d"]
    assert player.complete("c").open == ["after", "d"]
    assert player.complete("d").open == ["after", "after"]


def test_one_gateway_may_join_and_split() -> None:
    process = (
        Process()
        .start()
        .end()
        .parallel("one", "two", "three")
        .user("a", "b", "c", "d")
        .flow("start", "one")
        .flow("one", "a")
        .flow("one", "b")
        .flow("a", "two")
        .flow("b", "two")
        .flow("two", "c")
        .flow("two", "d")
        .flow("c", "three")
        .flow("d", "three")
        .flow("three", "end")
    )
    player = Player(process).start().complete("a").complete("b")
    assert player.open == ["c", "d"]
    assert player.complete("d").complete("c").step.ended


def test_branches_may_end_without_a_join() -> None:
    process = (
        Process()
        .start()
        .end("e1")
        .end("e2")
        .parallel("split")
        .user("a", "b")
        .flow("start", "split")
        .chain("split", "a", "e1")
        .chain("split", "b", "e2")
    )
    player = Player(process).start().complete("a")
    assert (player.step.ended, player.step.end_events) == (False, ("e1",))
    assert player.complete("b").step.ended


def test_a_terminating_end_cancels_everything_else() -> None:
    process = (
        Process()
        .start()
        .end()
        .end("stop", terminate=True)
        .parallel("split")
        .user("a", "b")
        .receive("r", "M-X")
        .flow("start", "split")
        .chain("split", "a", "stop")
        .chain("split", "b", "end")
        .chain("split", "r", "end")
    )
    player = Player(process).start()
    open_b, waiting = player.task("b"), player.wait("r")
    player.complete("a")
    assert player.step.ended
    assert [(c.id, c.reason) for c in player.step.closed][1:] == [(open_b, "cancelled")]
    assert player.step.waits_closed == (waiting,)
    assert Move("b", "cancelled") in player.step.moves


def test_what_opens_and_closes_in_one_step_is_only_among_the_moves() -> None:
    process = (
        Process()
        .start()
        .end()
        .end("stop", terminate=True)
        .parallel("split")
        .user("a")
        .flow("start", "split")
        .chain("split", "a", "end")
        .chain("split", "stop")
    )
    step = Player(process).start().step
    assert step.ended
    assert step.opened == step.closed == ()
    assert Move("a", "cancelled") in step.moves


def test_a_finished_task_is_not_open_any_more() -> None:
    player = Player(line("a", "b")).start()
    task = player.task("a")
    player.complete("a")
    with pytest.raises(TaskNotOpen):
        player.complete(task)


def test_an_instance_that_ended_has_no_open_task() -> None:
    player = Player(line("a")).start()
    task = player.task("a")
    player.complete("a")
    with pytest.raises(TaskNotOpen):
        player.complete(task)


@pytest.mark.parametrize("length", [60, 200, 480, 900])
def test_a_long_line_of_automatic_work_runs_through_in_one_step(length: int) -> None:
    names = [f"s{i}" for i in range(length)]
    process = Process().start().end().service(*names).chain("start", *names, "end")
    assert Player(process).start().step.ended


@pytest.mark.parametrize("length", [60, 200, 480, 900])
def test_a_long_line_of_tasks_parses_and_runs(length: int) -> None:
    player = Player(straight(length)).start().complete("t0").complete("t1")
    assert player.open == ["t2"]


def test_a_plain_start_keeps_a_forms_answers() -> None:
    player = Player(line("a")).start(payload={"x": 1})
    assert player.variables == {"answers": {"start": [{"x": 1}]}}


def test_an_unknown_start_is_refused() -> None:
    definition = line("a").definition()
    with pytest.raises(WaitNotOpen):
        runtime.start(definition, {}, NOW, FakeHost(), element_id="a")
    with pytest.raises(WaitNotOpen):
        runtime.start(definition, {}, NOW, FakeHost(), message="M-X")


def test_ids_are_unique_and_in_the_order_of_time() -> None:
    process = Process().start().end().parallel("split").flow("start", "split")
    for i in range(50):
        process.user(f"t{i}").chain("split", f"t{i}", "end")
    ids = [task.id for task in Player(process).start().step.opened]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50
    assert all(identity.version == 7 for identity in ids)
    assert [task.element_id for task in Player(process).start().step.opened][:3] == [
        "t0",
        "t1",
        "t2",
    ]


@pytest.mark.parametrize("task", ["Start", "End", "Root", "p.EndJoin", "p.StartEventSplit"])
def test_an_element_may_have_a_name_that_the_library_uses_itself(task: str) -> None:
    drawn = Process().start("s").end("e").user(task).chain("s", task, "e")
    player = Player(drawn).start()
    assert player.complete(task).step.ended
