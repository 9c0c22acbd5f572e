"""The state is small, flat and self-contained; a definition is shared and never changed."""

import pickle
import tracemalloc
from typing import Any

import orjson
import pytest

from tests.engine.builder import NOW, FakeHost, Player, Process, line, straight
from workflow_server.engine import definitions, runtime
from workflow_server.engine.definitions import process_of, restore
from workflow_server.engine.runtime import StateUnreadable
from workflow_server.engine.tokens import load


def blocks(count: int, width: int) -> Process:
    """Draw parallel blocks one after the other."""
    process, last = Process().start().end(), "start"
    for b in range(count):
        process.parallel(f"s{b}", f"j{b}").flow(last, f"s{b}")
        for w in range(width):
            process.user(f"t{b}_{w}").chain(f"s{b}", f"t{b}_{w}", f"j{b}")
        last = f"j{b}"
    return process.flow(last, "end")


def block_in_loop() -> Process:
    return (
        Process()
        .start()
        .end()
        .xor("merge")
        .parallel("split", "join")
        .user("a", "b")
        .xor("again", default="back")
        .chain("start", "merge", "split")
        .chain("split", "a", "join")
        .chain("split", "b", "join")
        .flow("join", "again")
        .flow("again", "end", when="=done")
        .flow("again", "merge", id="back")
    )


def test_tasks_and_bytes_are_the_same_after_five_hundred_turns() -> None:
    player = Player(block_in_loop()).start()
    sizes, tasks = set(), set()
    for turn in range(500):
        player.complete("a" if turn % 2 else "b")
        player.complete(player.open[0])
        player.variables.clear()
        sizes.add(len(player.state))
        tasks.add(len(load(process_of(player.definition), player.state, NOW).tasks))
    assert len(sizes) == 1
    assert tasks == {3}


def test_a_long_process_has_no_bigger_state_than_a_short_one() -> None:
    long, short = Player(straight(400)).start(), Player(straight(2)).start()
    assert len(long.state) == len(short.state) < 120


def test_blocks_in_a_row_do_not_multiply_the_look_ahead() -> None:
    player = Player(blocks(10, 3)).start()
    assert len(load(process_of(player.definition), player.state, NOW).tasks) == 4
    for block in range(10):
        for branch in (2, 0, 1):
            player.complete(f"t{block}_{branch}")
    assert player.step.ended


def test_answers_of_any_shape_never_touch_the_state() -> None:
    player = Player(line("a", "b")).start()
    before = len(player.state)
    player.complete("a", form={"typename": "x"}, typename="BpmnWorkflow", big="x" * 10_000)
    assert len(player.state) == before
    assert player.complete("b").step.ended


def test_branches_keep_each_others_facts() -> None:
    process = (
        Process()
        .start()
        .end()
        .parallel("split", "join")
        .user("y", "z", "after")
        .flow("start", "split")
        .chain("split", "y", "join")
        .chain("split", "z", "join")
        .chain("join", "after", "end")
    )
    host = FakeHost()
    host.on_leave = lambda visit, variables: variables.update(variables.get("this") or {})
    player = Player(process, host, v=1).start().complete("y", v=2).complete("z")
    assert player.variables["v"] == 2


def test_a_definition_comes_back_from_its_bytes_and_only_once() -> None:
    definition = line("a").definition()
    again = restore(bytes(bytearray(definition.compiled)))
    assert again == definition
    assert process_of(again) is process_of(definition)
    assert line("a").definition().compiled == definition.compiled


def test_instances_of_one_definition_do_not_touch_it_or_each_other() -> None:
    process = (
        line("a", "b")
        .boundary("m", on="a", message="M-X", interrupting=False)
        .boundary("t", on="b", timer="P1D")
        .user("h")
        .end("he")
        .chain("m", "h", "he")
        .flow("t", "h")
    )
    definition = process.definition()
    before = _picture(definition)
    first, second = Player(definition).start(), Player(definition).start()
    first.receive("m").receive("m").complete("a").ring("t").complete("h").complete("h")
    assert (second.open, second.waiting) == (["a"], ["m"])
    third = Player(definition).start()
    assert (third.open, third.waiting) == (["a"], ["m"])
    assert _picture(definition) == before


def test_the_same_acts_give_the_same_steps() -> None:
    def play() -> list[Any]:
        player = Player(block_in_loop()).start().complete("a").complete("b")
        player.variables["done"] = True
        player.complete("b").complete("a")
        return [player.step.moves, player.step.ended, player.host.calls]

    assert play() == play()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{}",
        b"[]",
        b"[3,[]]",
        b'[1,[["x"]]]',
        b"not json",
        pickle.dumps({}),
        b'[1,[["01a200c4-6280-7003-ac99-1a7d720b1454","elsewhere",16]]]',
        b'[1,[["no-uuid","a",16]]]',
        b"[1,[1]]",
    ],
)
def test_a_broken_state_or_one_of_another_process_is_refused(broken: bytes) -> None:
    player = Player(line("a")).start()
    with pytest.raises(StateUnreadable):
        runtime.complete_task(player.definition, broken, {}, player.task("a"), {}, NOW, player.host)


@pytest.mark.parametrize("broken", [b"", b"{}", b"[]", b"[3]", b"[1,2]", pickle.dumps({})])
def test_broken_stored_definitions_are_refused(broken: bytes) -> None:
    with pytest.raises(StateUnreadable):
        restore(broken)


def test_only_json_is_stored() -> None:
    player = Player(blocks(2, 3)).start().complete("t0_1")
    assert orjson.loads(player.state)
    assert orjson.loads(player.definition.compiled)


def _picture(definition: Any) -> str:
    specs = process_of(definition).task_specs
    return repr(
        {name: (s._inputs, s._outputs, sorted(map(str, vars(s)))) for name, s in specs.items()}
    )


def test_processes_ready_to_run_are_few_and_the_oldest_goes_first() -> None:
    compiled = [line("a", key=f"p{n}").definition().compiled for n in range(definitions.CACHED + 5)]
    for each in compiled:
        restore(each)
    kept = definitions._restored.cache_info()
    assert kept.currsize == definitions.CACHED
    restore(compiled[0])
    assert definitions._restored.cache_info().misses == kept.misses + 1


def test_a_process_of_200_elements_holds_less_than_a_megabyte() -> None:
    compiled = straight(200).definition().compiled
    definitions._restored.cache_clear()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        restore(compiled)
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert 100_000 < held < 1_000_000
