"""Multi-instance activities: how often, in which order, what each iteration sees and leaves."""

from typing import Any

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process
from tests.engine.refusing import at, between, refused
from tests.engine.shapes import FeelHost, body, learning, multi
from workflow_server.engine import runtime
from workflow_server.engine.definitions import parse

ITEM = {"as": "item"}
HOW = [True, False]


def repeated(mark: str, kind: str = "userTask", inner: str = "", **more: str) -> Process:
    """Draw activity x with a mark, then task after."""
    process = Process().start().end().user("after").element(kind, "x", mark + inner, **more)
    return process.chain("start", "x", "after", "end")


def started(process: Process, host: FakeHost | None = None, **variables: Any) -> Player:
    called = Process("q").start("qs").end("qe").flow("qs", "qe").process_xml()
    return Player(parse({"bpmn/x.bpmn": process.xml(called)})[0], host, **variables).start()


def test_parallel_iterations_open_at_once_and_all_must_end() -> None:
    player = started(repeated(multi("=items")), items=["a", "b", "c"])
    assert player.open == ["x", "x", "x"]
    assert player.complete("x").complete("x").open == ["x"]
    assert player.complete("x").open == ["after"]


def test_sequential_iterations_follow_each_other() -> None:
    player = started(repeated(multi("=items", sequential=True)), items=["a", "b"])
    assert player.open == ["x"]
    assert player.complete("x").open == ["x"]
    assert player.complete("x").open == ["after"]


@pytest.mark.parametrize("sequential", HOW)
def test_a_number_of_times_may_be_said_instead_of_a_list(sequential: bool) -> None:
    player = started(repeated(multi(count="2", sequential=sequential)))
    assert player.complete("x").open == ["x"]
    assert player.complete("x").open == ["after"]


@pytest.mark.parametrize("sequential", HOW)
def test_for_nothing_nothing_is_done(sequential: bool) -> None:
    mark = multi("=items", sequential=sequential, result="=item", into="found", **ITEM)
    player = started(repeated(mark), items=[])
    assert player.open == ["after"]
    assert player.variables["found"] == []
    assert started(repeated(multi(count="=0", sequential=sequential))).open == ["after"]


@pytest.mark.parametrize("value", [None, "text", 3, {"a": 1}])
def test_a_list_that_is_none_is_an_incident_until_it_is_right(value: Any) -> None:
    player = started(repeated(multi("=items")), items=value)
    assert player.failing == ["x"]
    player.variables = {"items": [1]}
    assert player.retry("x").open == ["x"]


@pytest.mark.parametrize("value", [None, "text", -1, 1.5, True, 10_001])
def test_a_number_that_is_none_is_an_incident(value: Any) -> None:
    assert started(repeated(multi(count="=n")), n=value).failing == ["x"]


@pytest.mark.parametrize("sequential", HOW)
def test_results_stand_in_the_order_of_the_items(sequential: bool) -> None:
    mark = multi("=items", sequential=sequential, result="=item * 10", into="found", **ITEM)
    player = started(repeated(mark), FeelHost(), items=[3, 1, 2])
    for task in sorted(player.tasks, reverse=True):
        player.complete(task)
    while player.open == ["x"]:
        player.complete("x")
    assert [int(each) for each in player.variables["found"]] == [30, 10, 20]
    assert "item" not in player.variables


def test_the_last_to_be_done_first_leaves_results_in_order_too() -> None:
    mark = multi("=items", result="=said", into="found", **ITEM)
    player = started(repeated(mark), learning(FakeHost()), items=["a", "b", "c"])
    first, second, third = player.tasks
    player.complete(third, said="C").complete(first, said="A").complete(second, said="B")
    assert player.variables["found"] == ["A", "B", "C"]
    assert "said" not in player.variables


@pytest.mark.parametrize("sequential", HOW)
def test_a_completion_condition_ends_the_activity_early(sequential: bool) -> None:
    done = "nrOfCompletedInstances / nrOfInstances >= 0.5"
    mark = multi("=items", done=done, sequential=sequential, result="=item", into="found", **ITEM)
    player = started(repeated(mark), FeelHost(), items=["a", "b", "c", "d"])
    assert player.complete("x").open[0] == "x"
    assert player.complete("x").open == ["after"]
    assert player.variables["found"] == ["a", "b", None, None]


def test_a_completion_condition_sees_how_many_are_at_work_and_the_frame_that_ended() -> None:
    done = '[nrOfInstances, nrOfActiveInstances, nrOfCompletedInstances, said] = [3, 1, 2, "no"]'
    player = started(repeated(multi("=items", done=done)), learning(FeelHost()), items=[1, 2, 3])
    assert player.complete("x", said="no").open == ["x", "x"]
    assert player.complete("x", said="no").open == ["after"]


def test_one_runs_at_a_time_in_a_sequence() -> None:
    done = "nrOfActiveInstances = 0 and nrOfCompletedInstances = 1"
    player = started(
        repeated(multi("=items", done=done, sequential=True)), FeelHost(), items=[1, 2]
    )
    assert player.complete("x").open == ["after"]


def test_an_iteration_sees_its_item_and_its_number_and_writes_for_itself() -> None:
    host = FakeHost()
    seen: list[Any] = []

    def leave(visit: runtime.Visit, variables: dict[str, Any]) -> None:
        told = [variables.get(name) for name in ("item", "loopCounter", "own")]
        seen.append((visit.element_id, *told))
        variables["own"] = visit.element_id

    host.on_leave = leave
    player = started(repeated(multi("=items", **ITEM)), host, items=["a", "b"])
    player.complete("x").complete("x").complete("after")
    assert seen[1:4] == [
        ("x", "a", 1, "start"),
        ("x", "b", 2, "start"),
        ("after", None, None, "start"),
    ]
    assert player.variables["own"] == "end"


def test_what_one_iteration_writes_the_others_do_not_see() -> None:
    mark = multi("=items", result="=said", into="found", **ITEM)
    player = started(repeated(mark), learning(FakeHost()), items=["a", "b"], said="before")
    player.complete("x", said="one").complete("x")
    assert player.variables["found"] == ["one", "before"]
    assert player.variables["said"] == "before"


def test_shared_names_are_the_instances_even_in_an_iteration() -> None:
    host = learning(FakeHost())
    host.shared = frozenset(["sum"])
    player = started(repeated(multi("=items", **ITEM)), host, items=["a", "b"])
    player.complete("x", sum=1, names={"k": "v"})
    assert (player.variables["sum"], player.variables["names"]) == (1, {"k": "v"})


@pytest.mark.parametrize("sequential", HOW)
def test_every_answer_is_kept_whatever_becomes_of_its_iteration(sequential: bool) -> None:
    inner = Process("in").inside(body("in", "ask", "then"), multi("=items", sequential=sequential))
    process = Process().start().end().user("h").element("subProcess", "x", inner)
    process.on("b", "x", "timer", "P1D").chain("start", "x", "end").chain("b", "h", "end")
    player = Player(process, items=[1, 2]).start().complete("ask", n=1)
    assert "answers" not in player.variables
    player.ring("b")
    assert player.open == ["h"]
    assert player.variables["answers"] == {"ask": [{"n": 1}]}


def test_answers_of_iterations_stand_in_the_order_they_ended() -> None:
    player = started(repeated(multi("=items")), items=[1, 2])
    first, second = player.tasks
    player.complete(second, n=2).complete(first, n=1)
    assert player.variables["answers"] == {"x": [{"n": 2}, {"n": 1}]}


def test_what_a_task_of_an_iteration_sees_can_be_asked_for() -> None:
    player = started(repeated(multi("=items", **ITEM)), items=["a", "b"])
    _, second = player.tasks
    found = runtime.frame(player.definition, player.state, second, NOW)
    assert (found["item"], found["loopCounter"], found["nrOfInstances"]) == ("b", 2, 2)


def test_iterations_within_iterations_have_frames_of_their_own() -> None:
    inner = Process("in").start("is").end("ie").chain("is", "deep", "ie")
    inner.element(
        "userTask", "deep", multi("=item", result="=part", into="parts", **{"as": "part"})
    )
    marked = multi("=items", result="=parts", into="all", **ITEM)
    process = Process().start().end().user("after").chain("start", "x", "after", "end")
    process.element("subProcess", "x", process.inside(inner, marked))
    player = Player(process, items=[["a", "b"], [], ["c"]]).start()
    assert player.open == ["deep", "deep", "deep"]
    for task in list(player.tasks):
        player.complete(task)
    assert player.variables["all"] == [["a", "b"], [], ["c"]]
    assert set(player.variables) == {"items", "all", "answers"}


@pytest.mark.parametrize("kind", ["serviceTask", "businessRuleTask", "sendTask"])
@pytest.mark.parametrize("sequential", HOW)
def test_work_of_the_host_is_repeated(kind: str, sequential: bool) -> None:
    process = Process()
    named = {"messageRef": process._ref("M-X")} if kind == "sendTask" else {}
    mark = multi("=items", sequential=sequential)
    process.start().end().element(kind, "x", mark, **named).chain("start", "x", "end")
    player = Player(process, items=[1, 2, 3]).start()
    assert player.step.ended
    assert player.host.calls.count(("perform", "x")) == 3


def test_messages_are_waited_for_by_each_iteration_with_its_frame() -> None:
    process = Process()
    named = process._ref("M-X")
    process.start().end().element("receiveTask", "x", multi("=items", **ITEM), messageRef=named)
    player = Player(process.chain("start", "x", "end"), items=["a", "b"]).start()
    assert [wait.frame["item"] for wait in player.step.waits_opened] == ["a", "b"]
    assert not player.receive("x").step.ended
    assert player.receive("x").step.ended


@pytest.mark.parametrize("sequential", HOW)
def test_processes_are_called_by_each_iteration(sequential: bool) -> None:
    mark = multi("=items", sequential=sequential, result="=this.n", into="found", **ITEM)
    process = repeated(mark, "callActivity", calledElement="q")
    host = FeelHost()
    player = started(process, learning(host), items=["a", "b"]).end_call("x", n=1)
    assert player.waiting == ["x"]
    assert player.end_call("x", n=2).open == ["after"]
    assert player.variables["results"] == {"x": [{"n": 1}, {"n": 2}]}


def test_subprocesses_run_once_for_each_item_and_apart() -> None:
    inner = Process("in").inside(body("in", "one", "two"), multi("=items", **ITEM))
    player = started(repeated(inner, "subProcess"), items=[1, 2]).complete("one")
    assert player.open == ["one", "two"]
    assert player.complete("two").open == ["one"]
    assert player.complete("one").complete("two").open == ["after"]


def guarded(stop: bool, sequential: bool = False) -> Player:
    process = repeated(multi("=items", sequential=sequential)).on("b", "x", "timer", "P1D", stop)
    return Player(process.user("h").chain("b", "h", "end"), items=[1, 2, 3]).start()


@pytest.mark.parametrize("sequential", HOW)
def test_a_boundary_event_hangs_on_the_activity_as_a_whole(sequential: bool) -> None:
    player = guarded(stop=True, sequential=sequential).complete("x")
    assert player.waiting == ["b"]
    assert player.ring("b").open == ["h"]
    player = guarded(stop=False, sequential=sequential).ring("b")
    assert player.open.count("h") == 1
    assert "x" in player.open


def test_an_incident_in_one_iteration_leaves_the_others_alone() -> None:
    host = FakeHost()
    host.fail["leave", "x"] = RuntimeError("printer is out")
    player = started(repeated(multi("=items")), host, items=[1, 2]).complete("x", n=1)
    assert (player.open, player.failing) == (["x"], ["x"])
    host.fail.clear()
    assert player.complete("x", n=2).open == []
    assert player.retry("x").open == ["after"]
    assert player.variables["answers"] == {"x": [{"n": 2}, {"n": 1}]}


@pytest.mark.parametrize("sequential", HOW)
def test_an_incident_in_the_completion_condition_is_the_activitys(sequential: bool) -> None:
    player = started(repeated(multi("=items", done="stop", sequential=sequential)), items=[1, 2])
    player.variables["stop"] = "maybe"
    player.complete("x", n=1)
    assert player.failing == ["x"]
    player.variables["stop"] = True
    assert player.retry("x").open == ["after"]
    assert player.variables["answers"] == {"x": [{"n": 1}]}


def test_iterations_go_on_while_the_completion_condition_fails() -> None:
    player = started(repeated(multi("=items", done="stop")), items=[1, 2])
    player.variables["stop"] = "maybe"
    player.complete("x")
    assert (player.open, player.failing) == (["x"], ["x"])
    player.variables["stop"] = False
    assert player.complete("x").open == []
    assert player.retry("x").open == ["after"]


def test_the_state_of_many_iterations_in_a_loop_stays_as_big() -> None:
    process = Process().start().end().xor("m").xor("g", default="back")
    process.element("userTask", "x", multi("=items", **ITEM)).chain("start", "m", "x", "g")
    process.flow("g", "end", "=over").flow("g", "m", id="back")
    player = Player(process, items=[1, 2]).start()
    sizes = {len(player.complete("x").complete("x").state) for _ in range(30)}
    assert len(sizes) == 1


def test_true_in_an_iteration_is_not_taken_for_the_one_outside() -> None:
    host = FakeHost(on_leave=lambda visit, seen: seen.update(ok=True))
    mark = multi("=items", result="=ok", into="found")
    player = Player(between("userTask", mark), FeelHost(on_leave=host.on_leave), items=[0], ok=1)
    assert player.start().complete("x").variables["found"] == [True]
    assert player.variables["found"][0] is True


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (multi(), "多实例须写明次数（loopCardinality）或列表（wf:each 的 items），只写一个"),
        (
            multi("=a", "2"),
            "多实例须写明次数（loopCardinality）或列表（wf:each 的 items），只写一个",
        ),
        (multi("=a", into="b"), "wf:each 的 result 与 into 须同时写明：每次的结果，汇集到哪里"),
        (multi("=a", **{"as": "a b"}), "wf:each 的 as 须由字母、数字和下划线组成"),
        (multi("=a", done="=if"), "FEEL 表达式"),
        (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>d"
            "</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>",
            "loopDataInputRef 不支持；请用 wf:each 写明逐项办理的列表",
        ),
        (multi("=a").replace(" isS", ' behavior="One" isS'), "behavior 只支持 All"),
        (multi("=a") + multi("=a"), "多实例标记和循环标记只能有一个"),
    ],
)
def test_marks_that_say_too_little_or_too_much_are_refused(mark: str, sentence: str) -> None:
    assert sentence in at(refused(between("userTask", mark)), "x")


def test_results_and_conditions_of_iterations_see_what_was_said() -> None:
    mark = multi("=items", done="this.n = 2", result="=this.n", into="found", **ITEM)
    process = repeated(mark, "callActivity", calledElement="q")
    player = started(process, FeelHost(), items=["a", "b", "c"]).end_call("x", n=1)
    assert player.waiting == ["x", "x"]
    assert player.end_call("x", n=2).open == ["after"]
    assert player.variables["found"] == [1, 2, None]
