"""Dates, numbers and money as Chinese papers write them."""

from datetime import date, datetime

import pytest

from workflow_server.rendering import filters


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-11-22", "2026年11月22日"),
        ("2026-01-02", "2026年1月2日"),
        (date(2026, 3, 4), "2026年3月4日"),
        ("2026-11-21T20:00:00+00:00", "2026年11月22日"),
        (datetime(2026, 5, 6, 23, 0), "2026年5月6日"),
    ],
)
def test_dates_have_no_zero_padding_and_shanghai_days(value, written):
    assert filters.chinese_date(value) == written


def test_a_time_is_written_in_shanghai():
    assert filters.chinese_time("2026-11-22T01:05:00Z") == "2026年11月22日9时05分"


@pytest.mark.parametrize("value", ["", "昨天", None, 5])
def test_what_is_no_date_is_refused(value):
    with pytest.raises(ValueError, match=r".+"):
        filters.chinese_date(value)


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"),
     (110, "一百一十"), (1003, "一千零三"), (1010, "一千零一十"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_numbers_are_written_in_chinese(number, written):
    assert filters.chinese_number(number) == written


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match="中文数字"):
        filters.chinese_number(10000)


def test_headings_are_numbered_by_level():
    assert [filters.ordinal(3, level) for level in (1, 2, 3, 4)] == [
        "三、",
        "（三）",
        "3.",
        "（3）",
    ]
    with pytest.raises(ValueError, match="层次"):
        filters.ordinal(1, 5)


@pytest.mark.parametrize(
    ("fen", "written"),
    [(123456, "1,234.56元"), (120000, "1,200元"), (5, "0.05元"), (0, "0元"), (-150, "-1.50元")],
)
def test_money_in_fen_is_written_in_yuan(fen, written):
    assert filters.yuan(fen) == written


def test_typed_text_becomes_paragraphs():
    assert filters.paragraphs("　　一\r\n\n 二 \n") == ["一", "二"]
    assert filters.paragraphs(None) == []


def test_a_name_is_made_to_fit_its_line():
    assert filters.fit("院" * 10, 156, 32) == 32
    assert filters.fit("院" * 20, 156, 32) == 22
    assert filters.fit("院" * 90, 156, 32, 14) == 14


def test_the_seal_escapes_the_name_and_bears_no_emblem():
    import base64

    address = filters.FILTERS["seal"]("甲<script>院")
    svg = base64.b64decode(address.split(",")[1]).decode()
    assert "<script>" not in svg
    assert "path" not in svg
    assert "polygon" not in svg
