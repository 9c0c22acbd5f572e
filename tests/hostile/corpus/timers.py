"""Times that are none: in no calendar, in another grammar, absurdly long, or for ever."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.hostile.corpus.case import MARK, Case, boundary, chain, drawn, flow, node, timer, user

A = user("a")
DURATIONS = {
    "nothing": "",
    "a word": "bald",
    "Chinese": "三天",
    "a number": "15",
    "a P alone": "P",
    "a T alone": "PT",
    "a T at the end": "P1DT",
    "a duration of negative days": "-P1D",
    "days in small letters": "p1d",
    "days before months": "P1D2M",
    "half a day": "P0.5D",
    "a comma": "PT1,5S",
    "weeks in an endless number": f"P{'9' * 400}W",
    "years beyond all calendars": "P99999999Y",
    "seconds beyond all calendars": f"PT{'9' * 30}S",
    "a date": "2026-11-22",
    "a repetition": "R3/P1D",
    "wide digits": "P１D",
    "Arabic digits": "P\u0661D",
    "a space within": "P 1D",
    "two durations": "P1D P2D",
    "a script": "__import__('os').system('id')",
    "an expression of another house": "${days}",
    "half an expression": "=1 +",
    "a duration of five thousand letters": "P" + "1D" * 2_500,
}
DATES = {
    "the thirtieth of February": "2026-02-30",
    "the thirteenth month": "2026-13-01",
    "the twenty-fifth hour": "2026-01-01T25:00:00+08:00",
    "a leap second": "2016-12-31T23:59:60Z",
    "a year of five digits": "20260-01-01",
    "a year before all": "0000-01-01",
    "an offset of two days": "2026-01-01T00:00:00+48:00",
    "slashes": "2026/01/01",
    "Chinese": "2026年1月1日",
    "a duration": "P1D",
    "a number of seconds": "1790000000",
    "now": "now",
    "wide digits": "２０２６-01-01",
    "a name of JavaScript": "__proto__",
}
CYCLES = {
    "a word": "daily",
    "cron": "0 0 * * *",
    "no number": "R/",
    "minus three times": "R-3/PT1H",
    "in no time": "R/PT0S",
    "a billion times a second": "R1000000000/PT0.000000001S",
    "ten to the hundredth times": "R1" + "0" * 100 + "/PT1H",
    "backwards": "R/-PT1H",
    "without a length": "R3/2026-01-01T00:00:00Z",
    "for a wait in the way": "R3/PT1H",
}


def caught(text: str, kind: str) -> str:
    """Draw an event that waits for a time."""
    inner = timer(escape(text), kind)
    return f"{MARK}{node('intermediateCatchEvent', 'x', inner=inner)}"


WAY = chain("begin", "a", "x", "end")
TEXTS = [
    drawn(f"{kind}: {name}", "x", "时|定时|FEEL", A, caught(text, kind), WAY)
    for kind, texts in (("timeDuration", DURATIONS), ("timeDate", DATES), ("timeCycle", CYCLES))
    for name, text in texts.items()
]
SHAPES = [
    drawn(
        "a timer without a time",
        "x",
        "时间",
        A,
        f"{MARK}" + node("intermediateCatchEvent", "x", inner="<b:timerEventDefinition/>"),
        WAY,
    ),
    drawn(
        "a timer with two times",
        "x",
        "一个时间|只能",
        A,
        f"{MARK}"
        + node(
            "intermediateCatchEvent",
            "x",
            inner="<b:timerEventDefinition><b:timeDate>2026-01-01"
            "</b:timeDate><b:timeDuration>P1D</b:timeDuration></b:timerEventDefinition>",
        ),
        WAY,
    ),
    drawn(
        "a timer that a deadline and a text set",
        "x",
        "两处|又写",
        user("a", '<wf:deadline name="d" rule="R-REPLY" start="=today"/>'),
        f"{MARK}" + node("intermediateCatchEvent", "x", '<wf:timer deadline="d"/>', timer("P1D")),
        WAY,
    ),
    drawn(
        "a timer of a deadline that never begins",
        "x",
        "期限",
        A,
        f"{MARK}"
        + node(
            "intermediateCatchEvent",
            "x",
            '<wf:timer deadline="ghost"/>',
            "<b:timerEventDefinition/>",
        ),
        WAY,
    ),
    drawn(
        "a timer with an absurd distance",
        "x",
        "offset",
        user("a", '<wf:deadline name="d" rule="R-REPLY" start="=today"/>'),
        f"{MARK}"
        + node(
            "intermediateCatchEvent",
            "x",
            f'<wf:timer deadline="d" offset="-P{"9" * 400}D"/>',
            "<b:timerEventDefinition/>",
        ),
        WAY,
    ),
    drawn(
        "a timer that interrupts again and again",
        "late",
        "循环",
        A,
        f"{MARK}{boundary('late', 'a', timer('R/PT1H', 'timeCycle'))}",
        chain("begin", "a", "end"),
        flow("late", "end"),
    ),
    drawn(
        "a timer beside a task in no time for ever",
        "late",
        "循环|时",
        A,
        f"{MARK}" + boundary("late", "a", timer("R/PT0S", "timeCycle"), cancelActivity="false"),
        chain("begin", "a", "end"),
        flow("late", "end"),
    ),
    drawn(
        "a start every moment",
        "begin",
        "循环|定时|时",
        f'{MARK}<b:startEvent id="begin">{timer("R/PT0S", "timeCycle")}</b:startEvent>',
        A,
        chain("begin", "a", "end"),
        ours="",
    ),
]

CASES: list[Case] = [*TEXTS, *SHAPES]
