"""What masking leaves of a value, and that it never leaves more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_server.rules import masking


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("all", "王小明", "***"),
        ("keep_last_4", "110101199003071234", "**************1234"),
        ("keep_last_4", "13812345678", "*******5678"),
        ("keep_last_4", "1234567", "***"),
        ("initial", "苏轼", "苏××"),
        ("initial", "欧阳修", "欧××"),
        ("initial", "苏", "×"),
        ("district", "浙江省杭州市西湖区文三路100号", "浙江省杭州市西湖区***"),
        ("district", "文三路小区5幢", "***"),
        ("district", "桐庐县城南街道", "桐庐县***"),
        ("district", "文三路100号西湖区", "***"),
        ("year", "1990-03-07", "1990年"),
        ("year", "三月七日", "***"),
        ("no such kind", "王小明", "***"),
    ],
)
def test_a_mask_leaves_what_its_kind_allows(kind: str, value: str, left: str) -> None:
    assert masking.mask(kind, value) == left


@pytest.mark.parametrize("kind", masking.KINDS)
def test_nothing_stays_nothing_and_what_is_no_text_is_hidden(kind: str) -> None:
    assert masking.mask(kind, None) is None
    assert masking.mask(kind, "") == ""
    assert masking.mask(kind, True) == "***"
    assert masking.mask(kind, [1.5, {"a": False}]) == ["***", {"a": "***"}]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(min_size=2))
def test_no_mask_leaves_more_than_it_may(text: str) -> None:
    bare = text.strip()
    assert masking.mask("all", text) == masking.HIDDEN
    last = masking.mask("keep_last_4", text)
    assert last == masking.HIDDEN or (len(bare) >= 8 and last == "*" * (len(bare) - 4) + bare[-4:])
    initial = masking.mask("initial", text)
    assert initial == "×" or initial == f"{bare[0]}××"


@given(st.text(alphabet="杭州市西湖区县旗文三路小0189-年月", min_size=1))
def test_an_address_keeps_at_most_its_district_and_a_date_its_year(text: str) -> None:
    district = masking.mask("district", text)
    kept = district.removesuffix(masking.HIDDEN)
    assert text.startswith(kept)
    assert len(kept) <= 20
    assert not kept or kept[-1] in "区县旗"
    assert not set(kept) & set("路0189")
    year = masking.mask("year", text)
    assert year == masking.HIDDEN or (len(year) == 5 and text.startswith(year[:4]))


@given(st.sampled_from(masking.KINDS), _JSON)
def test_the_shape_of_a_value_stays(kind: str, value: Any) -> None:
    masked = masking.mask(kind, value)
    if isinstance(value, list):
        assert len(masked) == len(value)
    elif isinstance(value, dict):
        assert masked.keys() == value.keys()
    else:
        assert masked is None or isinstance(masked, str)
