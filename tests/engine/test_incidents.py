"""Whatever the host raises stands as an incident; nothing done is lost, and others go on."""

from uuid import uuid4

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process, line
from workflow_server.engine import runtime, walk
from workflow_server.engine.runtime import IncidentNotOpen, Move, TaskNotOpen
from workflow_server.engine.tokens import Instance


def branches() -> Process:
    """Draw two branches: a then service s then task c, and task b."""
    return (
        Process()
        .start()
        .end()
        .parallel("split", "join")
        .user("a", "b", "c")
        .service("s")
        .flow("start", "split")
        .chain("split", "a", "s", "c", "join")
        .chain("split", "b", "join")
        .flow("join", "end")
    )


@pytest.mark.parametrize("call", ["enter", "perform", "leave"])
def test_a_failing_service_leaves_the_completion_and_the_other_branch_alone(call: str) -> None:
    host = FakeHost(fail={(call, "s"): ValueError("no paper")})
    player = Player(branches(), host).start().complete("a", x=1)
    assert player.failing == ["s"]
    assert player.step.incidents[0].message == "no paper"
    assert player.step.closed[0].reason == "completed"
    assert player.variables["answers"]["a"] == [{"x": 1}]
    assert player.complete("b").failing == ["s"]
    assert not player.step.ended
    player.retry("s")
    assert player.failing == ["s"]
    assert player.step.incidents_resolved == ()
    host.fail.clear()
    player.retry("s")
    assert (player.failing, player.open) == ([], ["c"])
    assert len(player.step.incidents_resolved) == 1
    assert player.complete("c").step.ended


def test_a_retry_does_not_repeat_what_had_succeeded() -> None:
    host = FakeHost(fail={("leave", "s"): ValueError("late")})
    player = Player(branches(), host).start().complete("a")
    host.calls.clear()
    host.fail.clear()
    player.retry("s")
    assert host.calls[0] == ("leave", "s")
    assert ("perform", "s") not in host.calls
    assert player.step.moves == (Move("s", "left"), Move("c", "entered"))


def test_a_failing_leave_of_a_task_keeps_its_answers_for_the_retry() -> None:
    host = FakeHost(fail={("leave", "a"): RuntimeError("full disk")})
    player = Player(line("a", "b"), host).start().complete("a", x=7)
    assert (player.failing, player.open) == (["a"], [])
    assert player.step.closed[0].reason == "completed"
    seen = []
    host.fail.clear()
    host.on_leave = lambda visit, variables: seen.append(variables.get("this"))
    assert player.retry("a").open == ["b"]
    assert seen == [{"x": 7}]


def test_a_completed_task_with_an_incident_cannot_be_completed_again() -> None:
    host = FakeHost(fail={("leave", "a"): RuntimeError("full disk")})
    player = Player(line("a", "b"), host).start()
    task = player.task("a")
    player.complete("a")
    with pytest.raises(TaskNotOpen):
        player.complete(task)


def test_a_task_whose_enter_fails_opens_after_the_retry() -> None:
    host = FakeHost(fail={("enter", "b"): RuntimeError("nobody to ask")})
    process = line("a", "b").boundary("t", on="b", timer="P1D").flow("t", "end")
    player = Player(process, host).start().complete("a")
    assert (player.failing, player.open, player.waiting) == (["b"], [], [])
    host.fail.clear()
    player.retry("b")
    assert (player.failing, player.open, player.waiting) == ([], ["b"], ["t"])


def test_boundary_events_are_closed_once_the_person_is_done() -> None:
    host = FakeHost(fail={("leave", "a"): RuntimeError("full disk")})
    process = line("a").boundary("t", on="a", timer="P1D").flow("t", "end")
    player = Player(process, host).start().complete("a")
    assert (player.failing, player.waiting) == (["a"], [])


def test_a_failing_boundary_event_goes_on_after_the_retry() -> None:
    host = FakeHost(fail={("enter", "t"): RuntimeError("x")})
    process = line("a").boundary("t", on="a", timer="P1D").user("h").chain("t", "h", "end")
    player = Player(process, host).start().ring("t")
    assert (player.failing, player.open) == (["t"], [])
    host.fail.clear()
    assert player.retry("t").open == ["h"]


def test_a_failing_message_keeps_its_payload_for_the_retry() -> None:
    host = FakeHost(fail={("leave", "r"): RuntimeError("x")})
    process = Process().start().end().user("a").receive("r", "M-X").chain("start", "r", "a", "end")
    player = Player(process, host).start().receive("r", n=1)
    assert (player.failing, player.waiting) == (["r"], [])
    seen = []
    host.fail.clear()
    host.on_leave = lambda visit, variables: seen.append(variables.get("this"))
    player.retry("r")
    assert seen == [{"n": 1}]
    assert player.variables["messages"] == {"M-X": [{"n": 1}]}


def test_what_a_failing_call_set_is_taken_back() -> None:
    host = FakeHost(fail={("leave", "a"): RuntimeError("x")})
    host.on_leave = lambda visit, variables: variables.update(half="done")
    player = Player(line("a"), host).start()
    player.variables.clear()
    assert "half" not in player.complete("a").variables
    assert "this" not in player.variables


@pytest.mark.parametrize("value", ["text", 1, [True], {"a": 1}])
def test_a_condition_that_is_no_truth_value_is_an_incident(value: object) -> None:
    player = Player(_fork(), p=value).start()
    assert player.failing == ["g"]
    assert "真或假" in player.step.incidents[0].message


def test_no_match_without_default_is_an_incident_until_the_facts_are_right() -> None:
    player = Player(_fork()).start()
    assert player.failing == ["g"]
    player.variables["q"] = True
    assert player.retry("g").open == ["y"]


def test_a_raising_condition_is_an_incident() -> None:
    host = FakeHost(fail={("evaluate", "p"): RuntimeError("FEEL: too slow")})
    player = Player(_fork(), host).start()
    assert [f.message for f in player.step.incidents] == ["FEEL: too slow"]


def test_python_in_a_condition_is_only_ever_text_for_the_host() -> None:
    text = '__import__("os").system("touch owned")'
    process = (
        Process()
        .start()
        .end()
        .user("x")
        .xor("g", default="d")
        .flow("start", "g")
        .flow("g", "x", when=f"={text}")
        .flow("x", "end")
        .flow("g", "end", id="d")
    )
    player = Player(process).start()
    assert player.host.expressions == [[text]]
    assert player.step.ended


def test_spiffworkflows_script_engine_evaluates_nothing() -> None:
    definition = line("a").definition()
    from workflow_server.engine.definitions import process_of

    engine = Instance(process_of(definition), NOW).script_engine
    for call in (engine.evaluate, engine.execute, engine.call_service, engine.environment.execute):
        with pytest.raises(PermissionError):
            call(None, "1 + 1")


def test_a_cancelled_incident_is_resolved() -> None:
    host = FakeHost(fail={("perform", "s"): RuntimeError("x")})
    inner = Process("in").start("is").end("ie").service("s").chain("is", "s", "ie")
    process = (
        Process()
        .start()
        .end()
        .sub("sub", inner)
        .boundary("t", on="sub", timer="P1D")
        .chain("start", "sub", "end")
        .flow("t", "end")
    )
    player = Player(process, host).start()
    assert player.failing == ["s"]
    player.ring("t")
    assert player.step.ended
    assert len(player.step.incidents_resolved) == 1


def test_a_join_whose_branch_can_never_come_says_so_instead_of_waiting() -> None:
    process = (
        Process()
        .start()
        .end()
        .xor("g")
        .parallel("join")
        .user("a", "b")
        .flow("start", "g")
        .flow("g", "a", when="=p")
        .flow("g", "b", when="=q")
        .flow("a", "join")
        .flow("b", "join")
        .flow("join", "end")
    )
    player = Player(process, p=True).start().complete("a")
    assert player.failing == ["join"]
    assert not player.step.ended
    assert player.retry("join").failing == ["join"]


def test_joins_that_wait_for_each_other_say_so() -> None:
    process = Process().start().end().parallel("split", "j1", "j2").user("x", "y").xor("m1", "m2")
    process.flow("start", "split").flow("split", "j1").flow("split", "j2")
    process.xor("g1", default="d1").flow("split", "g1").flow("g1", "m1", id="d1")
    process.xor("g2", default="d2").flow("split", "g2").flow("g2", "m2", id="d2")
    process.flow("g1", "end", "=p").flow("g2", "end", "=q").flow("j1", "end").flow("j2", "end")
    process.chain("m1", "j1", "x", "m2").chain("m2", "j2", "y", "m1")
    assert Player(process, p=True).start().open == ["y"]
    assert Player(process, p=True, q=True).start().failing == ["j1", "j2"]


def test_a_failing_split_is_no_reason_to_give_up_its_join() -> None:
    host = FakeHost(fail={("enter", "inner"): RuntimeError("x")})
    process = Process().start().end().parallel("split", "inner", "join").user("a", "b")
    process.flow("start", "split").chain("split", "a", "join").flow("split", "inner")
    process.flow("inner", "join").flow("inner", "b").chain("b", "join", "end")
    player = Player(process, host).start().complete("a")
    assert player.failing == ["inner"]
    host.fail.clear()
    assert player.retry("inner").complete("b").step.ended


def test_a_diagram_that_multiplies_its_tokens_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAXIMUM_TOKENS", 100)
    process = Process().start().end().user("a").flow("m39", "a").flow("a", "end")
    for i in range(40):
        process.parallel(f"p{i}").xor(f"m{i}").flow(f"m{i - 1}" if i else "start", f"p{i}")
        process.flow(f"p{i}", f"m{i}").flow(f"p{i}", f"m{i}")
    player = Player(process).start()
    assert player.incidents
    assert all("成倍" in failure.message for failure in player.incidents.values())


def test_a_step_that_runs_away_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAXIMUM_VISITS", 10)
    names = [f"s{i}" for i in range(30)]
    process = Process().start().service(*names).end().chain("start", *names, "end")
    player = Player(process).start()
    assert player.failing == ["s9"]
    assert player.retry("s9").failing == ["s19"]


def test_a_visit_without_incident_cannot_be_retried() -> None:
    player = Player(line("a")).start()
    for visit in (uuid4(), player.task("a")):
        with pytest.raises(IncidentNotOpen):
            runtime.retry(
                player.definition, player.state, player.variables, visit, NOW, player.host
            )


def test_what_is_no_exception_goes_through() -> None:
    host = FakeHost(fail={("enter", "a"): KeyboardInterrupt()})  # type: ignore[dict-item]
    with pytest.raises(KeyboardInterrupt):
        Player(line("a"), host).start()


def _fork() -> Process:
    return (
        Process()
        .start()
        .end()
        .xor("g")
        .user("x", "y")
        .flow("start", "g")
        .flow("g", "x", when="=p")
        .flow("g", "y", when="=q")
        .flow("x", "end")
        .flow("y", "end")
    )
