"""Embedded subprocesses keep their tokens to themselves and go on when they are empty."""

from tests.engine.builder import Player, Process, line
from workflow_server.engine.definitions import Definition, parse


def test_a_subprocess_goes_on_when_nothing_moves_in_it_any_more() -> None:
    inner = (
        Process("in")
        .start("is")
        .end("ie")
        .parallel("ip")
        .user("x", "y")
        .flow("is", "ip")
        .chain("ip", "x", "ie")
        .chain("ip", "y", "ie")
    )
    process = Process().start().end().user("z").sub("sub", inner).chain("start", "sub", "z", "end")
    player = Player(process).start()
    assert player.open == ["x", "y"]
    assert player.complete("y").open == ["x"]
    assert player.complete("x").open == ["z"]
    assert player.step.end_events == ("ie",)
    assert player.host.calls[-2:] == [("leave", "sub"), ("enter", "z")]


def test_a_terminating_end_in_a_subprocess_ends_only_the_subprocess() -> None:
    inner = (
        Process("in")
        .start("is")
        .end("ie")
        .end("stop", terminate=True)
        .parallel("ip")
        .user("x", "y")
        .flow("is", "ip")
        .chain("ip", "x", "stop")
        .chain("ip", "y", "ie")
    )
    process = (
        Process()
        .start()
        .end()
        .parallel("split")
        .user("beside", "z")
        .sub("sub", inner)
        .flow("start", "split")
        .chain("split", "beside", "end")
        .chain("split", "sub", "z", "end")
    )
    assert Player(process).start().complete("x").open == ["beside", "z"]


def test_two_tokens_in_one_subprocess_do_not_join_each_other() -> None:
    inner = (
        Process("in")
        .start("is")
        .end("ie")
        .parallel("ip", "ij")
        .user("x", "y")
        .flow("is", "ip")
        .chain("ip", "x", "ij")
        .chain("ip", "y", "ij")
        .flow("ij", "ie")
    )
    process = (
        Process()
        .start()
        .end()
        .parallel("split")
        .user("z")
        .sub("sub", inner)
        .flow("start", "split")
        .flow("split", "sub")
        .flow("split", "sub")
        .chain("sub", "z", "end")
    )
    player = Player(process).start()
    assert player.open == ["x", "x", "y", "y"]
    first, second = (i for i, name in player.tasks.items() if name == "x")
    player.complete(first).complete(second)
    assert player.open == ["y", "y"]
    assert player.complete("y").open == ["y", "z"]
    assert player.complete("y").open == ["z", "z"]


def test_nested_subprocesses_in_a_loop_keep_their_size() -> None:
    deepest = line("x", key="in2").process_xml().replace('"start"', '"s2"').replace('"end"', '"e2"')
    inner = Process("in").start("is").end("ie").raw(_as_sub("sub2", deepest))
    inner.chain("is", "sub2", "ie")
    process = (
        Process()
        .start()
        .end()
        .xor("merge")
        .sub("sub", inner)
        .xor("g", default="back")
        .chain("start", "merge", "sub", "g")
        .flow("g", "end", when="=done")
        .flow("g", "merge", id="back")
    )
    player = Player(process).start()
    sizes = {len(player.complete("x").state) for _ in range(50)}
    assert len(sizes) == 1


def _as_sub(id: str, process_xml: str) -> str:
    inner = process_xml.split(">", 1)[1].rsplit("</bpmn:process>", 1)[0]
    return f'<bpmn:subProcess id="{id}">{inner}</bpmn:subProcess>'


def in_a_lane() -> Definition:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Desk">'
        "<bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    inner = Process("in").start("is").end("ie").user("x").chain("is", "x", "ie")
    process = Process().start().end().sub("sub", inner).chain("start", "sub", "end").raw(lanes)
    return parse({"bpmn/x.bpmn": process.xml()})[0]


def test_what_is_in_a_subprocess_is_in_its_lane() -> None:
    (task,) = Player(in_a_lane()).start().step.opened
    assert task.lane == "Desk"
