"""A file changed at random is refused with faults, or it runs; nothing else ever comes out."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.engine.builder import Player, Process, line
from workflow_server.engine.definitions import Definition, DefinitionRefused, parse


def rich() -> bytes:
    """Draw one of everything that runs."""
    inner = Process("in").start("is").end("ie").user("x").parallel("ip", "ij")
    inner.receive("iy", "M-I").flow("is", "ip").chain("ip", "x", "ij").chain("ip", "iy", "ij")
    inner.flow("ij", "ie")
    return (
        line("a", "b")
        .start("ms", message="M-START")
        .parallel("split", "join")
        .chain("ms", "split", "join")
        .service("s")
        .send("out", "M-OUT")
        .chain("split", "s", "out", "join")
        .xor("g", default="d")
        .flow("join", "g")
        .sub("sub", inner)
        .flow("g", "sub", "=n > 1")
        .flow("g", "a", id="d")
        .boundary("late", on="sub", timer="P1D", interrupting=False)
        .boundary("stop", on="b", message="M-STOP")
        .event_gateway("eg")
        .catch("m", message="M-X")
        .catch("t", timer="=due")
        .chain("sub", "eg")
        .chain("eg", "m", "end")
        .chain("eg", "t", "halt")
        .end("halt", terminate=True)
        .flow("late", "halt")
        .flow("stop", "halt")
        .xml()
    )


SEED = rich()


def mutate(data: bytes, random: Random) -> bytes:
    """Change elements, attributes or bytes of a file at random."""
    if random.random() < 0.2:
        at = random.randrange(len(data))
        return (
            data[:at] + random.randbytes(random.randint(0, 4)) + data[at + random.randint(0, 9) :]
        )
    root = etree.fromstring(data)
    for _ in range(random.randint(1, 4)):
        elements = [element for element in root.iter("*") if element.getparent() is not None]
        element, other = random.choice(elements), random.choice(elements)
        act = random.randrange(6)
        if act == 0:
            element.getparent().remove(element)
        elif act == 1:
            element.tag = other.tag
        elif act == 2 and element.attrib:
            del element.attrib[random.choice(list(element.attrib))]
        elif act == 3 and element.attrib and other.attrib:
            values = [value for each in (other, root) for value in each.attrib.values()]
            element.set(random.choice(list(element.attrib)), random.choice(values))
        elif act == 4:
            element.text = random.choice(["", "=1", "x", "P1D", "${x}", "__import__('os')"])
        elif act == 5 and not any(each is other for each in element.iter()):
            other.append(element)
    return etree.tostring(root)


def play(definition: Definition, random: Random) -> None:
    """Do anything an instance asks for, some steps long."""
    first = [definition.none_start] if definition.none_start else []
    starts = first + [start.element_id for start in definition.message_starts]
    player = Player(definition, n=2).start(element_id=random.choice(starts), payload={})
    for _ in range(12):
        if player.step.ended:
            return
        acts = [(player.complete, element) for element in player.open]
        for wait in player.waits.values():
            act = player.ring if wait.kind == "timer" else player.receive
            acts.append((act, wait.element_id))
        acts += [(player.retry, element) for element in player.failing]
        act, element = random.choice(acts)
        act(element)


def test_the_unchanged_file_runs() -> None:
    (definition,) = parse({"bpmn/x.bpmn": SEED})
    for seed in range(20):
        play(definition, Random(seed))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_a_changed_file_is_refused_or_runs(seed: int) -> None:
    random = Random(seed)
    data = mutate(SEED, random)
    for definition in _accepted(data):
        play(definition, random)


def _accepted(data: bytes) -> tuple[Definition, ...]:
    try:
        return parse({"bpmn/x.bpmn": data})
    except DefinitionRefused as refused:
        if not refused.faults:
            raise
        return ()
