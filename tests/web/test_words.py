"""What values are called in pages: the same in a record and in a letter."""

from __future__ import annotations

from typing import Any

import pytest

from workflow_server.services.record_words import UNDECLARED, Fact
from workflow_server.web import words


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("date", "2026-04-07", "2026-04-07"),
        ("date", "2026-04-**", "2026-04-**"),
        ("datetime", "2026-04-07T01:30:00+00:00", "2026-04-07 09:30"),
        ("datetime", "2026-04-07T09:30:00", "2026-04-07 09:30"),
        ("datetime", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00"),
        ("text", "2026-04-07T01:30:00+00:00", "2026-04-07T01:30:00+00:00"),
        ("money", 123450, "1,234.50"),
        ("number", 3.0, "3"),
        (UNDECLARED, "2026-04-07T01:30:00+00:00", "2026-04-07 09:30"),
        (UNDECLARED, "2026-04-07", "2026-04-07"),
        (UNDECLARED, "甲T", "甲T"),
        (UNDECLARED, ["2026-04-07T01:30:00+00:00", "乙"], "2026-04-07 09:30、乙"),
    ],
)
def test_a_value_reads_as_its_type_says(kind: str, value: Any, told: str) -> None:
    assert words.fact_text(Fact("key", "名称", kind, value)) == told
