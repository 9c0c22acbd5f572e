"""What plain SpiffWorkflow 3.2.0 does wrong with events and repetition, and what happens here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, timer
from SpiffWorkflow.bpmn.util.diff import diff_workflow, migrate_workflow

from tests.engine.builder import NOW, FakeHost, Player, Process, line
from tests.engine.plain import Plain, parsed
from tests.engine.shapes import FeelHost, body, handler, multi, with_handler
from workflow_server.engine.definitions import parse
from workflow_server.engine.steps import BusinessError
from workflow_server.services.advance import due


def sent(plain: Plain) -> Plain:
    plain.workflow.catch(BpmnEvent(MessageEventDefinition("M-X"), {}))
    return plain.go_on()


def handled(event: str, stop: bool = True) -> Process:
    """Draw task x with an event subprocess beside it."""
    process = with_handler(body("p", "x"), handler(event, stop=stop))
    process.key = "p"
    return process


def test_an_interrupting_event_subprocess_interrupts() -> None:
    assert sent(Plain(handled("message"))).open == ["h", "x"]
    assert Player(handled("message")).start().receive("hs").open == ["h"]


def test_a_nested_event_subprocess_fires() -> None:
    inner = with_handler(body("in", "x"), handler("message"))
    process = Process().start().end().sub("sub", inner).chain("start", "sub", "end")
    assert sent(Plain(process)).open == ["x"]
    assert Player(process).start().receive("hs").open == ["h"]


@pytest.mark.parametrize("event", ["error", "escalation"])
def test_an_event_subprocess_for_what_is_thrown_does_not_run_at_the_start(event: str) -> None:
    assert Plain(handled(event)).open == ["h", "x"]
    assert Player(handled(event)).start().open == ["x"]


def test_a_non_interrupting_event_comes_as_often_as_it_comes() -> None:
    process = line("x").boundary("b", on="x", message="M-X", interrupting=False).user("h")
    process.chain("b", "h", "end")
    assert sent(sent(Plain(process))).open == ["h", "x"]
    assert Player(process).start().receive("b").receive("b").open == ["h", "h", "x"]


def test_the_signal_of_an_end_is_thrown() -> None:
    process = Process().start().end().parallel("s").user("a").chain("start", "s", "a", "x")
    process.element("endEvent", "x", process.about("signal", "S-X"))
    process.element("intermediateCatchEvent", "c", process.about("signal", "S-X"))
    process.chain("s", "c", "end")
    plain = Plain(process).complete("a")
    assert (plain.ended, plain.workflow.get_events()) == (False, [])
    player = Player(process).start().complete("a")
    assert (player.step.ended, player.step.signals) == (True, ("S-X",))


def test_a_link_goes_on() -> None:
    process = Process().start().end().user("a", "b").chain("start", "a", "t").chain("c", "b", "end")
    process.element("intermediateThrowEvent", "t", process.about("link", "L"))
    process.element("intermediateCatchEvent", "c", process.about("link", "L"))
    plain = Plain(process).complete("a")
    assert (plain.open, plain.ended) == ([], True)
    assert Player(process).start().complete("a").open == ["b"]


def test_a_completion_condition_knows_how_many_there_are() -> None:
    process = Process().start().end().chain("start", "x", "end")
    done = "nrOfCompletedInstances / nrOfInstances >= 0.5"
    process.element("userTask", "x", multi(count="2", done=done))
    with pytest.raises(WorkflowTaskException, match="nrOfCompletedInstances"):
        Plain(process).complete("x [child]")
    assert Player(process, FeelHost()).start().complete("x").step.ended


def test_an_error_event_catches_the_error_of_an_operation() -> None:
    process = Process().start().end().user("h").on("b", "x", "error").chain("b", "h", "end")
    process.element("scriptTask", "x", "<bpmn:script>1 / 0</bpmn:script>").chain(
        "start", "x", "end"
    )
    with pytest.raises(WorkflowTaskException, match="ZeroDivisionError"):
        Plain(process)
    process = Process().start().end().user("h").on("b", "x", "error").chain("b", "h", "end")
    host = FakeHost(fail={("perform", "x"): BusinessError("E-X", "no paper")})
    assert Player(process.service("x").chain("start", "x", "end"), host).start().open == ["h"]


# Times


def test_a_time_without_zone_does_not_depend_on_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "2026-12-01T09:00:00"
    found = set()
    for hours in (0, 8):
        monkeypatch.setattr(timer, "LOCALTZ", timezone(timedelta(hours=hours)))
        found.add(timer.TimerEventDefinition.get_datetime(text))
    assert len(found) == 2
    process = Process().start().end().catch("t", timer=text).chain("start", "t", "end")
    (wait,) = Player(process).start().step.waits_opened
    assert wait.timer is not None
    assert due.of_timer(*wait.timer, NOW) == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def reminded(text: str) -> Process:
    process = line("x").boundary("b", on="x", timer=text, interrupting=False).user("h")
    return process.chain("b", "h", "end")


def quoted(process: Process, text: str) -> bytes:
    """Write a timer as the plain library wants it: as an expression of Python."""
    return process.xml().replace(f">{text}<".encode(), f'>"{text}"<'.encode())


def test_a_timer_is_unquoted_iso() -> None:
    with pytest.raises(WorkflowTaskException, match="P1D"):
        Plain(reminded("P1D"))
    assert Player(reminded("P1D")).start().waits


def test_missed_cycles_are_all_caught_up() -> None:
    plain = Plain(quoted(reminded("R5/P1D"), "R5/P1D"))
    (task,) = plain.workflow.get_tasks(spec_name="b")
    first = datetime.now(UTC) - timedelta(days=2, hours=1)
    task.internal_data["event_value"] |= {"next": first.isoformat()}
    assert plain.go_on().open.count("h") < 3
    player = Player(reminded("R5/P1D")).start()
    rung, moment = 0, due.of_timer("cycle", "R5/P1D", NOW)
    while moment <= NOW + timedelta(days=3, hours=1):
        player.ring("b", due=moment)
        wait = player.waits[player.wait("b")]
        assert wait.timer is not None
        rung, moment = rung + 1, due.of_timer(*wait.timer, NOW, wait.since)
    assert (rung, player.open.count("h")) == (3, 3)


def test_a_duration_does_not_begin_anew_with_a_new_version() -> None:
    plain = Plain(quoted(reminded("P1D"), "P1D"))
    before = _due(plain)
    spec, subs = parsed(quoted(reminded("P1D"), "P1D").replace(b"do x", b"do it"))
    registry = BpmnWorkflowSerializer.configure()
    difference, _ = diff_workflow(registry, plain.workflow, spec, subs)
    migrate_workflow(difference, plain.workflow, spec)
    assert _due(plain.go_on()) != before
    player = Player(beside()).start()
    waiting = player.wait("b")
    player.definition = parse({"bpmn/x.bpmn": beside().xml().replace(b"do x", b"do it")})[0]
    player.complete("other")
    assert (player.wait("b"), player.step.waits_opened) == (waiting, ())


def beside() -> Process:
    """Draw task x with a timer beside another task."""
    process = Process().start().parallel("s").user("x", "other", "h").end().flow("start", "s")
    process.boundary("b", on="x", timer="P1D").chain("s", "x", "end").chain("b", "h", "end")
    return process.chain("s", "other", "end")


def _due(plain: Plain) -> Any:
    (task,) = plain.workflow.get_tasks(spec_name="b")
    return task.internal_data["event_value"]
