"""The engine plays random diagrams as the reference does, saved and loaded after every act.

`make fuzz N=10000` plays more. A difference found there becomes a test of its own in
tests/engine/test_found_by_fuzzing.py.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fuzzing.seeds import tell

SEEDS = 200
PARTS = 8

#: What must occur among these seeds: no kind may silently drop out of the generator.
OCCURRING = {
    *(
        f"boundaryEvent {event} {mode}"
        for event in ("message", "timer", "signal", "conditional")
        for mode in ("interrupting", "beside")
    ),
    "boundaryEvent error interrupting",
    "boundaryEvent escalation interrupting",
    "boundaryEvent escalation beside",
    *(
        f"eventSubprocess start {event} {mode}"
        for event in ("message", "timer", "signal", "conditional", "escalation")
        for mode in ("interrupting", "beside")
    ),
    "eventSubprocess start error interrupting",
    "eventSubprocess nested",
    *(f"intermediateCatchEvent {e}" for e in ("message", "timer", "signal", "conditional", "link")),
    *(f"intermediateThrowEvent {e}" for e in ("none", "message", "signal", "escalation", "link")),
    *(f"endEvent {e}" for e in ("none", "message", "signal", "error", "escalation", "terminate")),
    *(
        f"{kind} {task}"
        for kind in ("parallel", "sequential", "standard")
        for task in ("userTask", "receiveTask", "serviceTask", "callActivity", "subProcess")
    ),
    *(
        f"{kind}Gateway {way}"
        for kind in ("exclusive", "parallel", "inclusive")
        for way in ("split", "join")
    ),
    *(
        f"boundary on {host}{loop}"
        for host in ("userTask", "serviceTask", "callActivity", "subProcess")
        for loop in ("", " looped")
    ),
    "eventBasedGateway split",
    "completion parallel",
    "completion sequential",
    "conditional flows",
    "several flows",
    "cycle boundaryEvent",
    "cycle startEvent",
    "manualTask",
    "businessRuleTask",
    "sendTask",
}
ACTS = {
    "start",
    "complete",
    "deliver",
    "ring",
    "signal",
    "retry",
    "answer_call",
    "fail_call",
    "escalate_call",
    "edit",
    "skip",
    "move",
}

_told: dict[int, tuple[Counter[str], Counter[str]]] = {}


@pytest.mark.parametrize("part", range(PARTS))
def test_random_diagrams_run_like_the_reference(part: int) -> None:
    acts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(part, SEEDS, PARTS):
        told = tell(seed)
        assert told.difference is None, f"seed {seed}: {told.difference}\n{told.shown}"
        acts += told.acts
        kinds += told.kinds
    _told[part] = acts, kinds


def test_every_construct_and_every_act_occurs_among_these_seeds() -> None:
    for part in set(range(PARTS)) - _told.keys():
        test_random_diagrams_run_like_the_reference(part)
    acts = sum((acts for acts, _ in _told.values()), Counter())
    kinds = sum((kinds for _, kinds in _told.values()), Counter())
    assert OCCURRING - kinds.keys() == set()
    assert ACTS - acts.keys() == set()
    assert kinds["userTask"] > SEEDS
    assert acts.total() > 10 * SEEDS
