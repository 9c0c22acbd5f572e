"""Messages and timers: what waits, what comes, and what it takes away."""

from uuid import uuid4

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions import timer as spiff_timer

from tests.engine.builder import FakeHost, Player, Process, line
from workflow_server.engine.runtime import Move, WaitNotOpen


def guarded(**event: object) -> Process:
    """Draw task a with a boundary event that leads to task h."""
    return (
        line("a")
        .boundary("b", on="a", **event)  # type: ignore[arg-type]
        .user("h")
        .end("he")
        .chain("b", "h", "he")
    )


def choice_of_events() -> Process:
    return (
        Process()
        .start()
        .end()
        .event_gateway("g")
        .catch("m", message="M-X")
        .catch("t", timer="P3D")
        .receive("r", "M-Y")
        .user("am", "at", "ar")
        .flow("start", "g")
        .chain("g", "m", "am", "end")
        .chain("g", "t", "at", "end")
        .chain("g", "r", "ar", "end")
    )


def test_a_message_start_keeps_the_payload_and_shows_it_on_leaving() -> None:
    host = FakeHost()
    seen = []
    host.on_leave = lambda visit, variables: seen.append((visit.element_id, variables.get("this")))
    process = Process().start("ms", message="M-IN").user("a").end().chain("ms", "a", "end")
    player = Player(process, host).start(element_id="ms", payload={"n": 1}, message="M-IN")
    assert player.definition.none_start is None
    assert player.definition.message_starts[0].message == "M-IN"
    assert player.variables == {"messages": {"M-IN": [{"n": 1}]}}
    assert seen == [("ms", {"n": 1})]


def test_a_message_start_is_found_by_its_message() -> None:
    process = line("a").start("ms", message="M-IN").user("b").chain("ms", "b", "end")
    assert Player(process).start(message="M-IN", payload={}).open == ["b"]
    assert Player(process).start().open == ["a"]


@pytest.mark.parametrize("kind", ["receive", "catch"])
def test_a_message_is_waited_for_and_its_payload_kept(kind: str) -> None:
    process = Process().start().end().user("a").chain("start", "w", "a", "end")
    process = process.receive("w", "M-X") if kind == "receive" else process.catch("w", "M-X")
    player = Player(process).start()
    (wait,) = player.step.waits_opened
    assert (wait.element_id, wait.kind, wait.name, wait.timer) == ("w", "message", "M-X", None)
    player.receive("w", n=1)
    assert player.step.waits_closed == (wait.id,)
    assert player.variables == {"messages": {"M-X": [{"n": 1}]}}
    assert player.open == ["a"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("P15D", "duration"),
        ("2026-12-01T09:00:00+08:00", "date"),
        ("=due", "date"),
        ('=duration("P1D")', "duration"),
    ],
)
def test_a_timer_carries_its_text_as_written(text: str, kind: str) -> None:
    process = Process().start().end().catch("t", timer=text).chain("start", "t", "end")
    player = Player(process).start()
    (wait,) = player.step.waits_opened
    assert (wait.kind, wait.name, wait.timer) == ("timer", None, (kind, text))
    assert player.ring("t").step.ended


def test_a_timer_may_be_left_to_an_extension() -> None:
    inner = (
        '<bpmn:extensionElements><wf:timer deadline="reply" offset="-P15D"/>'
        "</bpmn:extensionElements><bpmn:timerEventDefinition/>"
    )
    process = Process().start().end().element("intermediateCatchEvent", "t", inner)
    player = Player(process.chain("start", "t", "end")).start()
    assert player.step.waits_opened[0].timer is None


def test_spiffworkflows_own_clock_and_scripts_are_never_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the wall clock was read")

    for name in ("has_fired", "timer_value", "update_task", "get_datetime"):
        for kind in vars(spiff_timer).values():
            if isinstance(kind, type) and hasattr(kind, name):
                monkeypatch.setattr(kind, name, never)
    player = Player(guarded(timer="PT1S")).start()
    assert player.waiting == ["b"]
    player.ring("b").complete("h")
    assert player.step.ended


def test_thrown_and_sent_messages_pass_through_the_host() -> None:
    process = (
        Process()
        .start()
        .throw("t", message="M-T")
        .throw("milestone")
        .send("s", "M-S")
        .end("e", message="M-E")
        .chain("start", "t", "milestone", "s", "e")
    )
    player = Player(process).start()
    assert player.step.ended
    assert ("perform", "s") in player.host.calls
    assert player.host.calls[-2:] == [("enter", "e"), ("leave", "e")]
    assert player.step.end_events == ("e",)


@pytest.mark.parametrize("event", [{"message": "M-X"}, {"timer": "P1D"}])
def test_an_interrupting_event_takes_the_task_away(event: dict[str, str]) -> None:
    player = Player(guarded(**event)).start()
    task = player.task("a")
    player = player.receive("b") if "message" in event else player.ring("b")
    assert player.open == ["h"]
    assert [(c.id, c.reason) for c in player.step.closed] == [(task, "cancelled")]
    assert player.step.moves[:3] == (
        Move("a", "cancelled"),
        Move("b", "entered"),
        Move("b", "left"),
    )
    assert player.complete("h").step.ended


def test_a_boundary_event_ends_with_its_task() -> None:
    player = Player(guarded(timer="P1D")).start()
    wait = player.wait("b")
    player.complete("a")
    assert player.step.waits_closed == (wait,)
    assert player.step.ended
    assert ("enter", "b") not in player.host.calls


def test_a_non_interrupting_timer_leaves_the_task_and_the_work_after_it() -> None:
    process = guarded(timer="P1D", interrupting=False).raw("")
    player = Player(process).start().ring("b")
    assert player.open == ["a", "h"]
    assert player.waiting == []
    assert player.complete("a").open == ["h"]
    assert player.complete("h").step.ended


def test_work_behind_a_task_goes_on_while_a_reminder_is_still_open() -> None:
    process = (
        line("a", "next")
        .boundary("b", on="a", timer="P1D", interrupting=False)
        .user("h")
        .end("he")
        .chain("b", "h", "he")
    )
    player = Player(process).start().ring("b").complete("a")
    assert player.open == ["h", "next"]
    assert player.complete("h").open == ["next"]
    assert player.complete("next").step.ended


def test_a_non_interrupting_message_may_come_again_and_again() -> None:
    player = Player(guarded(message="M-X", interrupting=False)).start()
    for turn in range(5):
        before = player.wait("b")
        player.receive("b", turn=turn)
        assert player.step.waits_closed == (before,)
        assert player.waiting == ["b"]
        assert player.wait("b") != before
    assert player.open == ["a", "h", "h", "h", "h", "h"]
    assert [m["turn"] for m in player.variables["messages"]["M-X"]] == [0, 1, 2, 3, 4]
    player.complete("a")
    assert player.waiting == []
    assert player.open == ["h"] * 5


def test_an_interrupting_event_leaves_the_handlers_of_the_others_alone() -> None:
    process = (
        guarded(timer="P1D", interrupting=False)
        .boundary("stop", on="a", message="M-X")
        .end("se")
        .flow("stop", "se")
    )
    player = Player(process).start().ring("b").receive("stop")
    assert player.open == ["h"]
    assert player.waiting == []


def test_boundary_events_work_on_receive_tasks_and_subprocesses() -> None:
    inner = Process("in").start("is").end("ie").user("x").receive("y", "M-Y").parallel("ip")
    inner.flow("is", "ip").chain("ip", "x", "ie").chain("ip", "y", "ie")
    process = (
        Process()
        .start()
        .end()
        .end("he")
        .sub("sub", inner)
        .boundary("late", on="sub", timer="P1D")
        .receive("r", "M-R")
        .boundary("b", on="r", timer="P2D")
        .user("h")
        .chain("start", "sub", "r", "end")
        .chain("late", "h", "he")
        .chain("b", "h")
    )
    player = Player(process).start()
    assert (player.open, player.waiting) == (["x"], ["late", "y"])
    player.ring("late")
    assert (player.open, player.waiting) == (["h"], [])
    player = Player(process).start().complete("x").receive("y")
    assert (player.open, player.waiting) == ([], ["b", "r"])
    player.receive("r")
    assert player.step.ended


def test_a_reminder_inside_a_subprocess_keeps_the_subprocess_open() -> None:
    inner = line("x", key="in").process_xml().replace('"start"', '"is"').replace('"end"', '"ie"')
    body = inner.split(">", 1)[1].rsplit("</bpmn:process>", 1)[0]
    timer = (
        '<bpmn:boundaryEvent id="b" attachedToRef="x" cancelActivity="false">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        '<bpmn:userTask id="h"/><bpmn:sequenceFlow id="q1" sourceRef="b" targetRef="h"/>'
        '<bpmn:sequenceFlow id="q2" sourceRef="h" targetRef="ie"/>'
    )
    process = Process().start().end().user("z").chain("start", "sub", "z", "end")
    process.raw(f'<bpmn:subProcess id="sub">{body}{timer}</bpmn:subProcess>')
    player = Player(process).start().ring("b").complete("x")
    assert player.open == ["h"]
    assert player.complete("h").open == ["z"]


@pytest.mark.parametrize(("event", "after"), [("m", "am"), ("r", "ar"), ("t", "at")])
def test_the_first_event_behind_an_event_gateway_closes_the_others(event: str, after: str) -> None:
    player = Player(choice_of_events()).start()
    assert player.waiting == ["m", "r", "t"]
    player = player.ring(event) if event == "t" else player.receive(event, n=1)
    assert (player.open, player.waiting) == ([after], [])
    assert len(player.step.waits_closed) == 3
    assert player.complete(after).step.ended


def test_an_event_gateway_in_a_loop_offers_anew() -> None:
    process = (
        Process()
        .start()
        .end()
        .xor("merge")
        .event_gateway("g")
        .catch("m", message="M-X")
        .catch("t", timer="P3D")
        .chain("start", "merge", "g")
        .chain("g", "m", "merge")
        .chain("g", "t", "end")
    )
    player = Player(process).start()
    for _ in range(3):
        assert player.receive("m").waiting == ["m", "t"]
    assert player.ring("t").step.ended


def test_a_wait_that_is_over_or_of_another_kind_is_refused() -> None:
    player = Player(guarded(timer="P1D")).start()
    wait = player.waits[player.wait("b")]
    for wrong in (uuid4(), player.task("a"), wait.id):
        player.waits = {wrong: wait}
        with pytest.raises(WaitNotOpen):
            player.receive("b")
    player.waits = {player.task("a"): wait}
    with pytest.raises(WaitNotOpen):
        player.ring("b")
