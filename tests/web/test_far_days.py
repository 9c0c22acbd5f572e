"""Moments at the edge of time, as somebody may type them into a text: shown as they stand."""

from workflow_server.web import formats

FAR = "9999-12-31T23:00:00+00:00"


def test_a_moment_beyond_the_calendar_stands_for_itself() -> None:
    assert formats.moment_told(FAR) == FAR
    assert formats.moment_told("2026-04-07T01:30:00+00:00") == "2026-04-07 09:30"
    assert formats.day_told("10000-01-01") == "10000-01-01"
