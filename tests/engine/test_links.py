"""Links: what is thrown goes on at the one catch of the same name in the same scope."""

import pytest

from tests.engine.builder import Player, Process
from tests.engine.refusing import at, refused
from tests.engine.shapes import body


def link(process: Process, id: str, name: str, catch: bool = False) -> Process:
    kind = "intermediateCatchEvent" if catch else "intermediateThrowEvent"
    return process.element(kind, id, process.about("link", name))


def linked(*, thrown: str = "L", caught: tuple[str, ...] = ("L",)) -> Process:
    process = Process().start().end().user("a", "b").chain("start", "a", "t")
    link(process, "t", thrown).flow("b", "end")
    for i, name in enumerate(caught):
        link(process, f"c{i}", name, catch=True).flow(f"c{i}", "b")
    return process


def test_a_link_goes_on_at_its_other_end() -> None:
    player = Player(linked()).start().complete("a")
    assert player.open == ["b"]
    assert player.step.moves[-1].element_id == "b"
    assert player.complete("b").step.ended


def test_several_links_may_lead_to_one_and_back_in_a_loop() -> None:
    process = Process().start().end().user("a").xor("m").xor("g", default="d")
    process.chain("start", "m", "a", "g").flow("g", "t", "=more").flow("g", "end", id="d")
    link(link(process, "t", "again"), "c", "again", catch=True).flow("c", "m")
    player = Player(process, more=True).start()
    for _ in range(3):
        assert player.complete("a").open == ["a"]
    player.variables["more"] = False
    assert player.complete("a").step.ended


def test_links_join_like_flows() -> None:
    process = Process().start().end().parallel("s", "j").user("a", "b", "c").flow("start", "s")
    link(process.chain("s", "a", "t").chain("s", "b", "j"), "t", "L")
    link(process, "k", "L", catch=True).chain("k", "j", "c", "end")
    assert Player(process).start().complete("b").complete("a").open == ["c"]


def test_links_of_one_name_in_two_scopes_are_two() -> None:
    inner = Process("in").start("is").end("ie").user("x").chain("is", "it").chain("ic", "x", "ie")
    link(link(inner, "it", "L"), "ic", "L", catch=True)
    process = Process().start().end().sub("sub", inner).user("b").chain("start", "sub", "t")
    link(link(process, "t", "L"), "c", "L", catch=True).chain("c", "b", "end")
    player = Player(process).start()
    assert player.open == ["x"]
    assert player.complete("x").open == ["b"]


@pytest.mark.parametrize(
    ("caught", "count"), [((), "没有"), (("M",), "没有"), (("L", "L"), "有 2 个")]
)
def test_a_link_that_leads_nowhere_or_two_ways_is_refused(
    caught: tuple[str, ...], count: str
) -> None:
    sentence = f"链接“L”在同一范围内{count}捕获事件，应恰好有一个"
    assert at(refused(linked(caught=caught)), "t") == sentence


def test_links_with_flows_on_the_wrong_side_are_refused() -> None:
    assert "不能再有流出的流向" in at(refused(linked().flow("t", "b")), "t")
    assert "不能有流入的流向" in at(refused(linked().flow("a", "c0")), "c0")


def test_a_caught_link_that_nothing_throws_is_refused() -> None:
    process = link(body("p", "a"), "c", "L", catch=True).flow("c", "p_e")
    assert at(refused(process), "c") == "没有流向到达这里，永远走不到"


def test_a_link_without_name_is_refused() -> None:
    process = linked(thrown="")
    assert "链接事件没有写名称" in at(refused(process), "t")
