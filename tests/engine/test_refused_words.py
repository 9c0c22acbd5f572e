"""Words that would be read another way than they are written are refused."""

import pytest

from tests.engine.builder import Process, line
from tests.engine.refusing import at, between, refused
from tests.engine.shapes import again, body, multi


@pytest.mark.parametrize("value", ["yes", "True", " true", "", "2"])
@pytest.mark.parametrize("name", ["isForCompensation", "instantiate"])
def test_a_mark_is_true_or_false(name: str, value: str) -> None:
    sentence = f"{name} 只能是 true 或 false，现在是 {value!r}"
    assert at(refused(between("userTask", **{name: value})), "x") == sentence


def test_marks_of_events_subprocesses_and_loops_are_true_or_false() -> None:
    drawn = line("a").on("x", "a", "timer", "P1D").flow("x", "end").xml()
    wrong = drawn.replace(b'cancelActivity="true"', b'cancelActivity="no"')
    assert "cancelActivity 只能是" in at(refused(wrong), "x")
    process = Process().start().end().sub("x", body("in", "a"), triggeredByEvent="on")
    assert "triggeredByEvent 只能是" in at(refused(process.chain("start", "x", "end")), "x")
    wrong_loop = multi("=items").replace("false", "no")
    told = at(refused(between("userTask", wrong_loop)), "x")
    assert told == "isSequential 只能是 true 或 false，现在是 'no'"


@pytest.mark.parametrize(
    ("name", "word"), [("isForCompensation", "补偿活动不支持"), ("instantiate", "启动流程不支持")]
)
def test_one_is_true(name: str, word: str) -> None:
    assert word in at(refused(between("userTask", **{name: "1"})), "x")


def test_a_parallel_event_is_refused_however_it_is_written() -> None:
    process = Process().start().end()
    timer = process.about("timer", "P1D")
    process.element("intermediateCatchEvent", "x", timer, parallelMultiple="1")
    assert "并行多重" in at(refused(process.chain("start", "x", "end")), "x")


@pytest.mark.parametrize(
    "mark",
    [
        again("=c").replace("<bpmn:loopCondition", '<bpmn:loopCondition language="python"'),
        multi(count="2").replace(
            "<bpmn:loopCardinality", '<bpmn:loopCardinality language="python"'
        ),
    ],
)
def test_every_expression_is_feel(mark: str) -> None:
    told = at(refused(between("userTask", mark)), "x")
    assert told == "表达式只能用 FEEL 书写，不支持 python"


def test_the_condition_of_an_event_and_the_text_of_a_timer_are_feel() -> None:
    for event, text in (("conditional", "=c"), ("timer", "=due")):
        process = Process().start().end()
        inner = process.about(event, text)
        for name in ("condition", "timeDate"):
            inner = inner.replace(f"<bpmn:{name}", f'<bpmn:{name} language="xpath"')
        inner = inner.replace('<bpmn:condition language="xpath"alEvent', "<bpmn:conditionalEvent")
        process.element("intermediateCatchEvent", "x", inner).chain("start", "x", "end")
        assert "FEEL" in at(refused(process), "x")


@pytest.mark.parametrize(
    "inner",
    [
        again("=a").replace(
            "</bpmn:stand", "<bpmn:loopCondition>b</bpmn:loopCondition></bpmn:stand"
        ),
        multi("=a", done="b").replace(
            "</bpmn:multi", "<bpmn:completionCondition>c</bpmn:completionCondition></bpmn:multi"
        ),
    ],
)
def test_what_is_written_twice_is_refused(inner: str) -> None:
    assert "只能写一个" in at(refused(between("userTask", inner)), "x")


def test_a_flow_has_one_condition() -> None:
    process = line("a").user("b").flow("a", "b", "=c", id="f").flow("b", "end").xml()
    end = b"</bpmn:conditionExpression>"
    twice = process.replace(end, end + b"<bpmn:conditionExpression>d</bpmn:conditionExpression>")
    assert at(refused(twice), "f") == "conditionExpression 只能写一个"
