"""Moments at the edge of time, as somebody may type them into a text: shown as they stand."""

from workflow_server.web import letters, words

FAR = "9999-12-31T23:00:00+00:00"


def test_a_moment_beyond_the_calendar_stands_for_itself() -> None:
    assert letters.tell(FAR) == FAR
    assert words._day("datetime", FAR) == FAR
    assert letters.tell("2026-04-07T01:30:00+00:00") == "2026-04-07 09:30"
