"""The page grid of GB/T 9704, measured from the PDF."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from workflow_server.rendering.documents import Options

INSTRUMENT = """{% extends "base/instrument.html" %}{% import "base/parts.html" as parts %}
{% block title %}通知书{% endblock %}{% block body %}{{ parts.text(d.facts) }}{% endblock %}"""
PLAIN = (
    '{% extends "base/instrument.html" %}{% block title %}书{% endblock %}'
    "{% block body %}<p>{{ d.text }}</p>{% endblock %}"
)
LEADING = "，。、；：？！）》〉」』】〕”’…—％%"
TRAILING = "（《〈「『【〔“‘"


@pytest.fixture(scope="module")
def pages(pool, template, measured, paragraph):
    data = {
        "organisation": {"name": "某某市某某区人民检察院"},
        "number": "某检建〔2026〕12号",
        "issued_on": "2026-11-02",
        "facts": "\n".join([paragraph] * 9),
    }
    made = pool.render(
        template(INSTRUMENT), data, Options(created=datetime(2026, 1, 1, tzinfo=UTC))
    )
    return measured(made)


def body(page):
    return [row for row in page.rows if row[0]["top"] < 262]


def test_a_full_page_has_22_rows_from_37_to_262_millimetres(pages):
    rows = body(pages[1])
    assert len(rows) == 22
    assert rows[0][0]["top"] == pytest.approx(37, abs=0.3)
    assert rows[-1][0]["bottom"] == pytest.approx(262, abs=0.3)


def test_rows_keep_one_pitch(pages):
    tops = [row[0]["bottom"] for row in body(pages[1])]
    steps = [after - before for before, after in pairwise(tops)]
    assert min(steps) == pytest.approx(max(steps), abs=0.05)


def test_a_row_of_hanzi_holds_28_characters(pool, template, measured, options):
    text = "国家机关公务文书用纸采用" * 40
    source = template(PLAIN.replace("<p>", '<p class="flush">'))
    data = {"organisation": {"name": "某院"}, "text": text}
    first = measured(pool.render(source, data, options))[0]
    rows = [row for row in first.rows if len(row) > 20]
    assert {len(row) for row in rows[:-1]} == {28}
    assert rows[0][0]["left"] == pytest.approx(28, abs=0.3)
    assert rows[0][-1]["right"] == pytest.approx(184, abs=0.3)


def test_no_line_but_the_last_of_a_paragraph_is_ragged(pages, paragraph):
    ends = [row[-1]["right"] for page in pages for row in body(page)
            if len(row) > 20 and not paragraph.endswith(text_of(row))]  # fmt: skip
    assert len(ends) > 40
    assert all(end == pytest.approx(184, abs=0.5) for end in ends)


def text_of(row):
    return "".join(char["text"] for char in row)


def test_characters_of_a_justified_line_keep_even_gaps(pages):
    row = next(row for row in body(pages[1]) if all(char["text"] > "\u2e7f" for char in row)
               and row[-1]["right"] > 183)  # fmt: skip
    gaps = [after["left"] - before["left"] for before, after in pairwise(row)]
    assert max(gaps) - min(gaps) < 0.05


def test_digits_stay_together_when_a_line_is_stretched(pages):
    row = next(row for page in pages for row in body(page) if "2026年" in text_of(row))
    start = text_of(row).index("2026")
    digits = row[start : start + 4]
    gaps = [after["left"] - before["right"] for before, after in pairwise(digits)]
    assert max(gaps) < 0.01


def test_no_line_starts_with_a_closing_sign_or_ends_with_an_opening_one(pages):
    lines = [text_of(row).strip() for page in pages for row in body(page)]
    assert not [line for line in lines if line[0] in LEADING and not line.startswith("——")]
    assert not [line for line in lines if line[-1] in TRAILING]


def test_a_rare_name_does_not_push_its_row_off_the_grid(pool, template, measured, options):
    source = template(PLAIN)
    data = {"organisation": {"name": "某院"}, "text": "代表张䶮李㛃王𬭎赵𫍯钱𠮷孙𰻞" * 12}
    rows = [row for row in measured(pool.render(source, data, options))[0].rows if len(row) > 20]
    tops = [row[0]["bottom"] for row in rows]
    steps = [after - before for before, after in pairwise(tops)]
    assert steps == pytest.approx([10.445] * len(steps), abs=0.05)


def test_page_numbers_stand_seven_millimetres_below_at_the_outer_edge(pages):
    odd = next(row for row in pages[0].rows if text_of(row).strip() == "— 1 —")
    even = next(row for row in pages[1].rows if text_of(row).strip() == "— 2 —")
    square = 14 * 25.4 / 72
    assert odd[-1]["right"] == pytest.approx(184 - square, abs=0.3)
    assert even[0]["left"] == pytest.approx(28 + square, abs=0.3)
    # The dash lies in the middle of its square.
    assert (odd[0]["top"] + odd[0]["bottom"]) / 2 == pytest.approx(269, abs=0.5)
    assert odd[0]["size"] == pytest.approx(14, abs=0.1)
