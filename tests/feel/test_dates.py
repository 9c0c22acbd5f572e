"""Dates, times, durations and zones: against the calendar and against Python's zoneinfo."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_server import feel

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(1901, 1, 1), date(2199, 12, 31))


def value(expression, /, now=NOW, **context):
    return feel.evaluate(expression, context, now=now)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-08-07", "P2M", "2026-10-07"),
        ("2025-12-31", "P2M", "2026-02-28"),
        ("2023-12-31", "P2M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2025-08-31", "P6M", "2026-02-28"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2026-02-10", "P5D", "2026-02-15"),
        ("2026-12-31", "P1D", "2027-01-01"),
        ("2026-03-01", "-P1D", "2026-02-28"),
        ("2024-03-31", "-P1M", "2024-02-29"),
        ("2026-03-15", "-P1Y2M", "2025-01-15"),
        ("2026-01-01", "PT36H", "2026-01-02"),
        ("2026-01-02", "-PT1H", "2026-01-01"),
        ("2026-01-01", "P400D", "2027-02-05"),
        ("2026-01-31", "P13M", "2027-02-28"),
        ("1900-02-28", "P1D", "1900-03-01"),
        ("2000-02-28", "P1D", "2000-02-29"),
    ],
)
def test_a_date_plus_a_duration_is_a_date(start, duration, expected):
    assert value("date(d) + duration(p)", d=start, p=duration) == expected
    assert value("duration(p) + date(d)", d=start, p=duration) == expected


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-03-31", "P1M", "2026-02-28"),
        ("2026-01-31", "P2M", "2025-11-30"),
        ("2024-02-29", "P1Y", "2023-02-28"),
        ("2026-03-01", "P15D", "2026-02-14"),
    ],
)
def test_a_date_minus_a_duration_is_a_date(start, duration, expected):
    assert value("date(d) - duration(p)", d=start, p=duration) == expected


@given(DAYS, st.integers(-40_000, 40_000))
@settings(max_examples=200, deadline=None)
def test_counting_days_agrees_with_python(day, days):
    target = day.toordinal() + days
    if 36525 * 10 < target < 36525 * 24:
        expected = date.fromordinal(target).isoformat()
        sign = "-" if days < 0 else ""
        assert (
            value("date(d) + duration(p)", d=day.isoformat(), p=f"{sign}P{abs(days)}D") == expected
        )


@given(DAYS, DAYS)
@settings(max_examples=200, deadline=None)
def test_comparing_and_subtracting_days_agrees_with_python(a, b):
    found = feel.evaluate_all(
        ["date(a) < date(b)", "date(a) = date(b)", "date(a) >= date(b)",
         "(date(a) - date(b)).days", "date(a).year * 10000 + date(a).month * 100 + date(a).day",
         "day of week(date(a))", "week of year(date(a))", "day of year(date(a))"],
        {"a": a.isoformat(), "b": b.isoformat()},
    )  # fmt: skip
    assert found == [
        a < b, a == b, a >= b, (a - b).days, int(a.strftime("%Y%m%d")),
        a.strftime("%A"), a.isocalendar().week, a.timetuple().tm_yday,
    ]  # fmt: skip


ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
]


@pytest.mark.parametrize("zone", ZONES)
def test_zones_agree_with_zoneinfo_through_every_change(zone):
    info = ZoneInfo(zone)
    moments = [
        datetime(year, month, day, hour, 30, tzinfo=info)
        for year in (1905, 1941, 1988, 2011, 2026, 2090)
        for month, day in ((3, 8), (4, 17), (9, 11), (10, 26), (11, 1), (12, 30))
        for hour in (0, 1, 2, 3, 12)
    ]
    real = [m for m in moments if m.astimezone(UTC).astimezone(info).replace(fold=0) == m]
    texts = [m.replace(tzinfo=None).isoformat() + "@" + zone for m in real]
    found = feel.evaluate(
        'for t in texts return date and time(t) - date and time("1970-01-01T00:00:00Z")',
        {"texts": texts},
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for text, moment, duration in zip(texts, real, found, strict=True):
        seconds = (moment - epoch).total_seconds()
        assert _seconds(duration) in (seconds, (moment.replace(fold=1) - epoch).total_seconds()), (
            text
        )


def _seconds(duration):
    match = re.fullmatch(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", duration)
    sign, days, hours, minutes, seconds = match.groups()
    total = timedelta(
        days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0),
        seconds=float(seconds or 0),
    ).total_seconds()  # fmt: skip
    return -total if sign else total


def test_an_unknown_zone_is_null_and_a_path_is_no_zone():
    assert value('date and time("2026-01-01T00:00:00@Mars/Base")') is None
    assert value('date and time("2026-01-01T00:00:00@../../etc/passwd")') is None


def test_now_and_today_are_counted_in_shanghai():
    late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert value("now()", now=late) == "2027-01-01T00:30:00+08:00"
    assert value("today()", now=late) == "2027-01-01"
    assert value("date(now())", now=late) == "2027-01-01"
    assert value("today().year", now=late) == 2027
    assert value("time(now())", now=late) == "00:30:00"


def test_today_is_a_date_among_dates():
    assert value('today() = date("2026-11-22")') is True
    assert value('today() >= date("2026-11-22")') is True
    assert value('today() > date("2026-11-22")') is False
    assert value('today() in [date("2026-11-01")..date("2026-11-22")]') is True
    assert value('string(today() + duration("P1M"))') == "2026-12-22"


def test_the_process_zone_does_not_matter(monkeypatch):
    program = (
        "from datetime import *; from workflow_server import feel;"
        "print(feel.evaluate_all(['now()', 'today()', 'time(\"10:00:00\")'], {},"
        " now=datetime(2026, 12, 31, 16, 30, tzinfo=UTC)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], env={"TZ": "America/Los_Angeles"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == "['2027-01-01T00:30:00+08:00', '2027-01-01', '10:00:00']"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T10:00:00", "2026-01-01T10:00:00+08:00"),
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T10:00:00+05:30", "2026-01-01T10:00:00+05:30"),
        ("2026-01-01T10:00:00.250-03:00", "2026-01-01T10:00:00.250-03:00"),
        ("2026-01-01", "2026-01-01T00:00:00+08:00"),
        ("2026-07-01T10:00:00@America/New_York", "2026-07-01T10:00:00-04:00"),
        ("1988-07-01T10:00:00", "1988-07-01T10:00:00+09:00"),
        ("2026-02-29T10:00:00", None),
        ("2026-01-01T25:00:00", None),
        ("garbage", None),
    ],
)
def test_instants_are_written_with_their_offset(text, expected):
    assert value("date and time(t)", t=text) == expected


@pytest.mark.parametrize("bad", ["2026-02-30", "2026-13-01", "20260101", "2026-1-1", "2026-W05-1",
                                 "2026-123", "", "x", "2026/01/01"])  # fmt: skip
def test_what_is_no_date_is_null(bad):
    assert value("date(d)", d=bad) is None
    assert value("date(d) > date(e)", d=bad, e="2026-01-01") is None


def test_dates_are_built_from_numbers():
    assert value("date(2024, 2, 29)") == "2024-02-29"
    assert value("date(2026, 2, 29)") is None
    assert value("date(year: 2026, month: 3, day: 1)") == "2026-03-01"
    assert (
        value('date and time(date("2026-03-01"), time("09:30:00"))') == "2026-03-01T09:30:00+08:00"
    )
    assert value("time(9, 5, 0)") == "09:05:00"
    assert value('time(9, 5, 0, duration("PT8H")) = time("09:05:00")') is True


def test_the_day_of_an_instant_is_its_own_and_in_utc_that_of_shanghai():
    assert value("date(t)", t="2026-11-22T23:30:00+08:00") == "2026-11-22"
    assert value("date(t)", t="2026-11-22T16:30:00Z") == "2026-11-23"
    assert value("date(date and time(t))", t="2026-11-22T16:30:00Z") == "2026-11-23"
    assert value("date(date and time(t))", t="2026-11-22T01:00:00+08:00") == "2026-11-22"


def test_instants_are_compared_as_instants():
    assert value('date and time("2026-01-01T08:00:00") = date and time("2026-01-01T00:00:00Z")')
    assert value(
        'date and time("2026-01-01T08:00:00+08:00") < date and time("2026-01-01T00:00:01Z")'
    )


def test_a_date_among_instants_is_its_midnight_in_shanghai():
    early = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
    assert value('date("2026-11-22") <= now()', now=early) is True
    assert value('date("2026-11-23") <= now()', now=early) is False
    assert value('(now() - date("2026-11-22")).hours', now=early) == 5


def test_times_of_day_move_within_the_day_and_compare():
    assert value('time("23:30:00") + duration("PT1H")') == "00:30:00"
    assert value('time("00:30:00") - duration("PT1H")') == "23:30:00"
    assert value('time("10:00:00") < time("10:00:01")') is True
    assert value('time("10:00:00") = time("02:00:00Z")') is True
    assert value('time("10:00:00") = date("2026-01-01")') is None
    assert value('string(time("10:00:00") - time("09:30:00"))') == "PT30M"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('duration("P14M")', "P1Y2M"),
        ('duration("PT50H")', "P2DT2H"),
        ('duration("P0D")', "P0D"),
        ('duration("-P1DT2H")', "-P1DT2H"),
        ('duration("P1Y") + duration("P2M")', "P1Y2M"),
        ('duration("P1D") - duration("PT36H")', "-PT12H"),
        ('string(duration("P400D"))', "P400D"),
        ('string(date("2026-03-01") - date("2025-01-01"))', "P424D"),
        ('duration("PT1.5S")', "PT1.5S"),
        ('years and months duration(date("2024-02-29"), date("2026-03-10"))', "P2Y"),
        ('years and months duration(date("2026-01-31"), date("2026-02-28"))', "P0D"),
        ('years and months duration(date("2026-03-01"), date("2025-01-15"))', "-P1Y1M"),
        ('duration("x")', None),
    ],
)
def test_durations_have_one_spelling(expression, expected):
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('duration("P14M").years', 1), ('duration("P14M").months', 2),
        ('duration("PT50H").days', 2), ('duration("PT50H").hours', 2),
        ('duration("P1Y") = duration("P12M")', True),
        ('duration("P200D") = duration("P201D")', False),
        ('duration("PT0.5S") = duration("PT0S")', False),
        ('duration("P1Y") > duration("P12M")', False),
        ('duration("P12M") < duration("P1Y")', False),
        ('duration("P1M") < duration("P40D")', None),
        ('duration("P1M") = duration("P30D")', None),
        ('duration("P2D") in [duration("P1D")..duration("P3D")]', True),
        ('max(duration("P1D"), duration("PT25H"))', "P1DT1H"),
    ],
)  # fmt: skip
def test_durations_are_read_and_compared_exactly(expression, expected):
    assert value(expression) == expected


def test_the_earliest_and_latest_of_dates_are_found():
    days = ["2026-03-01", "2025-12-31", "2026-02-28"]
    assert value("min(for d in days return date(d))", days=days) == "2025-12-31"
    assert value("max(for d in days return date(d))", days=days) == "2026-03-01"
    assert value('min("b", "a")') == "a"
    assert value("max(3, 10, 2)") == 10
    assert value('max(1, "a")') is None


def test_lists_and_ranges_find_dates_by_value():
    assert value('list contains([date("2026-01-01")], date("2026-01-01"))') is True
    assert value('date("2026-01-01") in [date("2026-01-01"), date("2026-02-01")]') is True
    assert value('includes([date("2026-01-01")..date("2026-02-01")], date("2026-02-01"))') is True
    assert value('before(date("2026-01-01"), date("2026-01-02"))') is True


def test_values_have_feel_types():
    names = ["number", "string", "boolean", "date", "time", "date and time",
             "days and time duration", "years and months duration", "list", "context"]  # fmt: skip
    samples = ["1", '"a"', "true", "today()", 'time("10:00:00")', "now()", 'duration("P1D")',
               'duration("P1M")', "[1]", "{a: 1}"]  # fmt: skip
    for index, sample in enumerate(samples):
        found = [value(f"({sample}) instance of {name}") for name in names]
        assert found == [i == index for i in range(len(names))], sample


def test_what_cannot_be_ordered_is_null_not_a_failure():
    for expression in ('"10" > 5', "true > 0", '[1] > "a"', 'date("2026-01-01") > 5', "{} < 3"):
        assert value(expression) is None, expression
