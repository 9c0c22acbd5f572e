"""Numbers from patterns, and the patterns that are refused."""

import pytest

from workflow_server.errors import InvalidInput
from workflow_server.rules import numbering


def test_a_number_carries_issuer_year_and_running_number() -> None:
    text = numbering.format("{code}检建〔{year}〕{n}号", {"code": "甲"}, 2026, 7)
    assert text == "甲检建〔2026〕7号"


def test_a_width_pads_with_zeros() -> None:
    assert numbering.format("{year}{n:4}", {}, 2026, 7) == "20260007"


def test_a_field_the_issuer_lacks_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="code"):
        numbering.format("{code}〔{year}〕{n}号", {"code": ""}, 2026, 1)


def test_a_pattern_cannot_reach_into_objects() -> None:
    assert numbering.check("{year.__class__}{n}") is not None
    text = numbering.format("{year}{n}{code.__class__}", {"code": "x"}, 2026, 1)
    assert text == "20261{code.__class__}"


@pytest.mark.parametrize("pattern", ["{n}号", "{year}", "{year}{n", "〔{year}〕{n:x}号"])
def test_a_pattern_without_its_places_is_named(pattern: str) -> None:
    assert numbering.check(pattern) is not None


def test_a_good_pattern_has_nothing_wrong() -> None:
    assert numbering.check("{code}检建〔{year}〕{n}号") is None
