"""What plain SpiffWorkflow 3.2.0 does wrong with tokens, data and size, and what happens here.

The first half of each test holds what the library does: when an upgrade puts it right, the
test fails, and the adapter may become smaller.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import orjson
import pytest
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition

from tests.engine.builder import FakeHost, Player, Process, line, straight
from tests.engine.plain import Plain, parsed
from tests.engine.refusing import at, between, refused
from tests.engine.shapes import body, handler, learning, with_handler


def test_these_are_the_traps_of_the_version_that_is_used() -> None:
    assert version("SpiffWorkflow") == "3.2.0"


def turning() -> Process:
    """Draw task a in a loop of three nodes."""
    process = Process().start().end().xor("merge").user("a").xor("again", default="back")
    process.chain("start", "merge", "a", "again").flow("again", "end", "over")
    return process.flow("again", "merge", id="back")


def test_a_deep_tree_does_not_stop_in_silence() -> None:
    plain = Plain(turning(), over=False)
    for _ in range(333):
        plain.complete("a")
    assert (plain.open, plain.ended) == ([], True)
    player = Player(turning(), over=False).start()
    for _ in range(400):
        player.complete("a")
    assert (player.open, player.step.ended) == (["a"], False)


def judged(kind: str) -> Process:
    """Draw a and b between a split and a join, then a decision that goes back to the split."""
    process = Process().start().end().xor("m").user("a", "b", "judge").xor("g", default="d")
    condition = {"inclusiveGateway": "yes"}.get(kind)
    process.element(kind, "s").element(kind, "j").chain("start", "m", "s")
    process.flow("s", "a", condition).flow("s", "b", condition)
    process.flow("a", "j").flow("b", "j").chain("j", "judge", "g")
    return process.flow("g", "end", "over").flow("g", "m", id="d")


JOINS = ["parallelGateway", "inclusiveGateway"]


@pytest.mark.parametrize("kind", JOINS)
def test_a_join_in_a_loop_does_not_open_early(kind: str) -> None:
    turns = [Plain(judged(kind), over=False, yes=True), Player(judged(kind), yes=True).start()]
    for each in turns:
        each.complete("a").complete("b").complete("judge").complete("b")
    assert [each.open for each in turns] == [["a", "judge"], ["a"]]


def nested(kind: str) -> Process:
    """Draw a block in a block in a loop: a beside (b and c), then judge."""
    process = Process().start().end().xor("m").user("a", "b", "c", "judge").xor("g", default="d")
    condition = {"inclusiveGateway": "yes"}.get(kind)
    for name in ("s", "s2", "j2", "j"):
        process.element(kind, name)
    process.chain("start", "m", "s").flow("s", "a", condition).flow("s", "s2", condition)
    process.flow("s2", "b", condition).flow("s2", "c", condition).flow("b", "j2").flow("c", "j2")
    process.flow("a", "j").flow("j2", "j").chain("j", "judge", "g")
    return process.flow("g", "end", "over").flow("g", "m", id="d")


@pytest.mark.parametrize("kind", JOINS)
def test_nested_joins_in_a_loop_do_not_open_early_in_any_order(kind: str) -> None:
    plain = Plain(nested(kind), over=False, yes=True)
    player = Player(nested(kind), yes=True).start()
    for task in ["a", "b", "c", "judge", "c", "b"]:
        plain.complete(task)
        player.complete(task)
    assert (plain.open, player.open) == (["a", "judge"], ["a"])
    for order in ["a", "abc", "cab", "bca", "acb"]:
        player = _round(player, order)


def _round(player: Player, order: str) -> Player:
    """Complete what is open in an order, and the judgement once it is there, and only then."""
    for task in [task for task in order if task in player.open]:
        assert player.open != ["judge"]
        player.complete(task)
    assert player.open == ["judge"]
    return player.complete("judge")


def blocks(count: int) -> Process:
    """Draw blocks of two branches in a row."""
    process, last = Process().start().end(), "start"
    for i in range(count):
        process.parallel(f"s{i}", f"j{i}").user(f"a{i}", f"b{i}").flow(last, f"s{i}")
        process.chain(f"s{i}", f"a{i}", f"j{i}").chain(f"s{i}", f"b{i}", f"j{i}")
        last = f"j{i}"
    return process.flow(last, "end")


def test_the_look_ahead_does_not_explode() -> None:
    assert [len(Plain(blocks(n)).workflow.get_tasks()) for n in (2, 4, 6, 8)] == [
        29,
        125,
        509,
        2045,
    ]
    tokens = [len(orjson.loads(Player(blocks(n)).start().state)[1]) for n in (2, 4, 6, 8, 100)]
    assert tokens == [2, 2, 2, 2, 2]


def test_a_join_loses_no_update() -> None:
    process = Process().start().end().parallel("s", "j").user("y", "z", "after").flow("start", "s")
    process.chain("s", "y", "j").chain("s", "z", "j").chain("j", "after", "end")
    plain = Plain(process, v=1).complete("y", v=2).complete("z")
    assert plain.workflow.get_tasks(spec_name="after")[0].data == {"v": 1}
    player = Player(process, learning(FakeHost()), v=1).start().complete("y", v=2).complete("z")
    assert (player.open, player.variables["v"]) == (["after"], 2)


def test_data_with_a_key_typename_do_not_brick_an_instance() -> None:
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    plain = Plain(line("a", "b")).complete("a", form={"typename": "x"})
    saved = serializer.serialize_json(plain.workflow)
    with pytest.raises(TypeError):
        serializer.deserialize_json(saved)
    player = Player(line("a", "b")).start().complete("a", form={"typename": "x"})
    assert player.complete("b").step.ended


def test_a_long_line_does_not_run_into_the_recursion_limit() -> None:
    with pytest.raises(ValidationException, match="RecursionError"):
        parsed(straight(600))
    assert Player(straight(600)).start().complete("t0").open == ["t1"]


def circling() -> Process:
    """Draw a way back into a task through a parallel split."""
    process = Process().start().end().user("x", "y", "z").parallel("s")
    return process.chain("start", "x", "y", "s").flow("s", "x").chain("s", "z", "end")


def test_a_circle_does_not_run_into_the_recursion_limit() -> None:
    with pytest.raises(RecursionError):
        Plain(circling())
    player = Player(circling()).start().complete("x").complete("y")
    assert player.open == ["x", "z"]
    endless = Process().start().end().user("x", "y").chain("start", "x", "y", "x")
    assert "没有流向到达这里，永远走不到" in at(refused(endless), "end")


def test_instances_do_not_change_the_definition_that_they_share() -> None:
    process = with_handler(body("p", "x"), handler("message", stop=False))
    process.key = "p"
    specs = parsed(process)
    before = _names(Plain(specs))
    first = Plain(specs)
    _send(first)
    assert first.open == ["h", "x"]
    assert "handler" not in before
    assert "handler" in _names(Plain(specs))
    definition = process.definition()
    Player(definition).start().receive("hs")
    second = Player(definition).start()
    assert (second.open, second.waiting) == (["x"], ["hs"])


def _names(plain: Plain) -> list[str]:
    return [task.task_spec.name for task in plain.workflow.get_tasks()]


def _send(plain: Plain) -> None:
    plain.workflow.catch(BpmnEvent(MessageEventDefinition("M-X"), {}))
    plain.go_on()


def test_scripts_do_not_run() -> None:
    process = Process().start().end().user("a").chain("start", "x", "a", "end")
    process.element("scriptTask", "x", "<bpmn:script>import os; pid = os.getpid()</bpmn:script>")
    data: dict[str, Any] = Plain(process).workflow.get_tasks(spec_name="a")[0].data
    assert data["pid"] > 0
    told = "脚本任务不能运行，流程图中的脚本一律不执行；请改用服务任务"
    assert at(refused(process), "x") == told


def test_conditions_are_not_evaluated_by_python() -> None:
    text = "__import__('os').getpid() > 0"
    process = Process().start().end().xor("g", default="d").user("a").flow("start", "g")
    process.flow("g", "a", text, id="f").flow("g", "end", id="d").flow("a", "end")
    assert Plain(process).open == ["a"]
    assert "FEEL" in at(refused(process), "f")


def test_a_condition_on_the_only_way_out_is_not_ignored() -> None:
    process = Process().start().end().user("a", "b").flow("start", "a").flow("b", "end")
    process.flow("a", "b", "no")
    assert Plain(process, no=False).complete("a").open == ["b"]
    player = Player(process, no=False).start().complete("a")
    assert (player.open, player.failing) == ([], ["a"])


def test_a_receive_task_without_message_does_not_pass() -> None:
    process = between("receiveTask")
    assert Plain(process).ended
    assert at(refused(process), "x") == "没有写明是哪一种消息：请选择消息（messageRef）"
