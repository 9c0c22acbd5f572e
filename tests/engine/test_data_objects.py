"""Data objects are variables under `data`, written by the arrows that lead to them."""

import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process
from tests.engine.refusing import at, refused
from tests.engine.shapes import FeelHost, multi
from workflow_server.engine import runtime

OBJECT = '<bpmn:dataObject id="Draft"/><bpmn:dataObjectReference id="r" dataObjectRef="Draft"/>'


def arrow(transformation: str = "", target: str = "r") -> str:
    return (
        f'<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>{target}</bpmn:targetRef>'
        f"{transformation}</bpmn:dataOutputAssociation>"
    )


def feel(text: str) -> str:
    return f"<bpmn:transformation>{text}</bpmn:transformation>"


def read_by(task: str) -> str:
    return (
        f'<bpmn:property id="pr_{task}" name="__targetRef_placeholder"/>'
        f'<bpmn:dataInputAssociation id="in_{task}"><bpmn:sourceRef>r</bpmn:sourceRef>'
        f"<bpmn:targetRef>pr_{task}</bpmn:targetRef></bpmn:dataInputAssociation>"
    )


def writing(inner: str) -> Process:
    process = Process().start().end().raw(OBJECT).element("userTask", "a", inner)
    return process.element("userTask", "b", read_by("b")).chain("start", "a", "b", "end")


def test_what_a_person_answers_is_written_when_the_task_is_done() -> None:
    player = Player(writing(arrow())).start()
    assert "data" not in player.variables
    assert player.complete("a", x=1).variables["data"] == {"Draft": {"x": 1}}


def test_a_transformation_says_what_is_written() -> None:
    player = Player(writing(arrow(feel("=this.x + rate"))), FeelHost(), rate=2).start()
    assert int(player.complete("a", x=1).variables["data"]["Draft"]) == 3


def test_the_next_writing_replaces_what_stood_there() -> None:
    process = Process().start().end().raw(OBJECT).element("userTask", "a", arrow())
    told = process._ref("M-X")
    process.element("receiveTask", "m", arrow().replace('"out"', '"o2"'), messageRef=told)
    player = Player(process.chain("start", "a", "m", "end")).start()
    player.complete("a", x=1).receive("m", y=2)
    assert player.variables["data"] == {"Draft": {"y": 2}}


def test_conditions_see_data_objects() -> None:
    process = Process().start().end().raw(OBJECT).element("userTask", "a", arrow())
    process.user("x", "y").xor("g", default="d").chain("start", "a", "g")
    process.flow("g", "x", "=data.Draft.ok").flow("g", "y", id="d").flow("x", "end").flow(
        "y", "end"
    )
    assert Player(process, FeelHost()).start().complete("a", ok=True).open == ["x"]
    assert Player(process, FeelHost()).start().complete("a", ok=False).open == ["y"]


def test_a_transformation_that_fails_is_an_incident_and_keeps_the_answers() -> None:
    host = FakeHost()
    player = Player(writing(arrow(feel("x"))), host).start()
    host.fail["evaluate", "x"] = RuntimeError("no")
    assert player.complete("a", x=1).failing == ["a"]
    host.fail.clear()
    player.variables["x"] = 5
    assert player.retry("a").variables["data"] == {"Draft": 5}
    assert player.variables["answers"] == {"a": [{"x": 1}]}


def test_a_transformation_that_is_tried_again_does_not_leave_the_element_twice() -> None:
    player = Player(writing(arrow(feel("x"))), FakeHost()).start()
    player.host.fail["evaluate", "x"] = RuntimeError("no")
    player.complete("a", x=1)
    player.host.fail.clear()
    player.retry("a")
    assert player.host.calls.count(("leave", "a")) == 1


def test_of_several_arrows_none_is_written_if_one_fails() -> None:
    beside = arrow(feel("y"), target="r2").replace('"out"', '"o2"')
    process = (
        Process().start().end().raw(OBJECT + OBJECT.replace("Draft", "Copy").replace('"r"', '"r2"'))
    )
    process.element("userTask", "a", arrow(feel("x")) + beside).chain("start", "a", "end")
    player = Player(process, FakeHost(), x=1, y=2).start()
    player.host.fail["evaluate", "y"] = RuntimeError("no")
    assert "data" not in player.complete("a").variables
    player.host.fail.clear()
    assert player.retry("a").variables["data"] == {"Draft": 1, "Copy": 2}


def test_an_iteration_sees_what_is_written_outside_after_it_wrote_itself() -> None:
    process = (
        Process().start().end().raw(OBJECT + OBJECT.replace("Draft", "Mine").replace('"r"', '"m"'))
    )
    inner = Process("in").start("is").end("ie").user("second")
    inner.element("userTask", "first", arrow(target="m")).chain("is", "first", "second", "ie")
    process.element("subProcess", "s", process.inside(inner, multi(count="1")))
    process.parallel("split", "join").element("userTask", "beside", arrow().replace("out", "o2"))
    process.chain("start", "split", "s", "join", "end").chain("split", "beside", "join")
    player = Player(process, FakeHost(), data={"Draft": "old"}).start().complete("first", x=1)
    player.complete("beside", new=True)
    seen = runtime.frame(player.definition, player.state, player.task("second"), NOW)
    assert seen["data"] == {"Mine": {"x": 1}}
    assert runtime.overlaid(player.variables, seen)["data"]["Draft"] == {"new": True}


def test_what_an_iteration_writes_is_its_own() -> None:
    process = Process().start().end().raw(OBJECT).user("after")
    mark = multi("=items", result="=data.Draft.x", into="found")
    process.element("userTask", "a", mark + arrow()).chain("start", "a", "after", "end")
    player = Player(process, FeelHost(), items=[1, 2]).start()
    player.complete("a", x=7).complete("a", x=8)
    assert [int(each) for each in player.variables["found"]] == [7, 8]
    assert "data" not in player.variables


@pytest.mark.parametrize(
    ("drawn", "element", "sentence"),
    [
        (
            '<bpmn:dataObjectReference id="r" dataObjectRef="no"/>',
            "r",
            "数据对象 no 没有定义",
        ),
        (
            '<bpmn:dataObject id="a-b"/><bpmn:dataObjectReference id="r" dataObjectRef="a-b"/>',
            "r",
            "数据对象的标识 a-b 须由字母、数字和下划线组成",
        ),
    ],
)
def test_data_objects_that_could_not_be_named_are_refused(
    drawn: str, element: str, sentence: str
) -> None:
    process = Process().start().end().raw(drawn).user("a").chain("start", "a", "end")
    assert at(refused(process), element) == sentence


@pytest.mark.parametrize(
    "inner",
    [
        arrow(target="nowhere"),
        arrow("<bpmn:assignment/>"),
        read_by("a").replace(">r<", ">nowhere<"),
        '<bpmn:property id="q" name="total"/>',
        arrow(feel("")),
    ],
)
def test_arrows_that_would_not_be_followed_are_refused(inner: str) -> None:
    assert "数据" in " ".join(fault.detail for fault in refused(writing(inner)))
