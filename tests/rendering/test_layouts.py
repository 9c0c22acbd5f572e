"""Positions that the standard fixes for each layout, measured from the PDF."""

import io

import pdfplumber
import pytest

IMPORT = '{% import "base/parts.html" as parts %}'
LETTER = (
    '{% extends "base/letter.html" %}' + IMPORT + "{% block title %}关于移送线索的函{% endblock %}"
    "{% block body %}{{ parts.text(d.facts) }}{% endblock %}"
)
INSTRUMENT = (
    '{% extends "base/instrument.html" %}' + IMPORT + "{% block title %}建议书{% endblock %}"
    "{% block body %}{{ parts.text('内容。') }}{% endblock %}"
)
OFFICIAL = (
    '{% extends "base/official.html" %}' + IMPORT + "{% block title %}工作报告{% endblock %}"
    "{% block body %}{{ parts.text('内容。') }}{% endblock %}{% block imprint %}"
    "{{ parts.imprint('某某办公室', d.issued_on, ['甲单位', '乙单位']) }}{% endblock %}"
)
FORM = (
    '{% extends "base/form.html" %}'
    + IMPORT
    + "{% block title %}意见表{% endblock %}{% block body %}"
    "{% call parts.table([28, 50, 28, 50]) %}<tr>{{ parts.field('甲', d.number) }}"
    "{{ parts.field('乙', d.missing | default(none)) }}</tr>"
    "<tr><th>类别</th><td colspan='3'>{{ parts.choice(['行政', '民事'], '民事') }}</td></tr>"
    "{{ parts.opinion('意见', d.facts, '张某某', d.issued_on) }}{% endcall %}{% endblock %}"
)


def text_of(row):
    return "".join(char["text"] for char in row)


def red_rules(pdf, page=0):
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        shapes = document.pages[page].rects + document.pages[page].curves
        scale = 25.4 / 72
        found = {
            tuple(round(shape[key] * scale, 2) for key in ("top", "bottom", "x0", "x1"))
            for shape in shapes
            if shape["non_stroking_color"] and shape["non_stroking_color"][0] > 0.8
        }
    return sorted(rule for rule in found if rule[1] - rule[0] < 3)


def test_a_letter_has_double_red_rules_of_170_millimetres(pool, template, data, options):
    made = pool.render(template(LETTER), data, options)
    rules = red_rules(made.pdf)
    assert len(rules) == 4
    assert all(rule[2] == pytest.approx(20, abs=0.3) for rule in rules)
    assert all(rule[3] == pytest.approx(190, abs=0.3) for rule in rules)
    heights = [rule[1] - rule[0] for rule in rules]
    assert heights[0] > heights[1]
    assert heights[3] > heights[2]
    assert rules[3][1] == pytest.approx(297 - 20, abs=0.3)


def test_a_letters_mark_stands_30_millimetres_from_the_edge_and_4_over_the_rule(
    pool, template, data, options, measured
):
    data["organisation"]["name"] = "某某市某某区人大常委会"
    made = pool.render(template(LETTER), data, options)
    mark = measured(made)[0].rows[0]
    rule = red_rules(made.pdf)[0][0]
    assert text_of(mark) == "某某市某某区人大常委会"
    assert mark[0]["top"] == pytest.approx(30, abs=0.3)
    assert rule - mark[0]["bottom"] == pytest.approx(4, abs=0.3)


def test_a_letters_number_stands_right_seven_eighths_of_a_character_below_the_rule(
    pool, template, data, options, measured
):
    made = pool.render(template(LETTER), data, options)
    number = measured(made)[0].row("某检建")
    assert number[-1]["right"] == pytest.approx(184, abs=0.3)
    assert number[0]["top"] - red_rules(made.pdf)[1][1] == pytest.approx(14 * 25.4 / 72, abs=0.3)


def test_a_letter_bears_no_number_and_rules_on_page_one_only(
    pool, template, data, options, measured
):
    data["facts"] = "\n".join([data["facts"]] * 2)
    made = pool.render(template(LETTER), data, options)
    pages = measured(made)
    assert not any("— 1 —" in line for line in pages[0].lines)
    assert any(line.strip() == "— 2 —" for line in pages[1].lines)
    assert red_rules(made.pdf, 1) == []


def test_letter_text_stays_on_the_grid(pool, template, data, options, measured):
    made = pool.render(template(LETTER), data, options)
    recipient = measured(made)[0].row("某某区综合")
    assert (recipient[0]["top"] - 37) / 10.445 == pytest.approx(6, abs=0.03)


def test_an_instrument_has_two_centred_names_and_its_number_flush_right(
    pool, template, data, options, measured
):
    page = measured(pool.render(template(INSTRUMENT), data, options))[0]
    issuer, name, number = page.rows[:3]
    assert text_of(issuer) == "某某市某某区人民检察院"
    assert text_of(name) == "建议书"
    for row in (issuer, name):
        assert (row[0]["left"] + row[-1]["right"]) / 2 == pytest.approx(106, abs=0.8)
        assert row[0]["font"] == "Doc-Title"
    assert number[-1]["right"] == pytest.approx(184, abs=0.3)


def test_an_instrument_prints_nothing_red_but_its_seal(pool, template, data, options):
    data["seal"] = False
    made = pool.render(template(INSTRUMENT), data, options)
    with pdfplumber.open(io.BytesIO(made.pdf)) as document:
        colours = {char["non_stroking_color"] for char in document.pages[0].chars}
    assert colours <= {(0,), (0, 0, 0)}


def test_the_date_stands_four_squares_from_the_right_with_the_name_centred_on_it(
    pool, template, data, options, measured
):
    data["seal"] = False
    page = measured(pool.render(template(INSTRUMENT), data, options))[0]
    day, name = page.row("2026年11月2日"), page.rows[-3]
    assert text_of(name) == "某某市某某区人民检察院"
    square = 15.79 * 25.4 / 72
    assert day[-1]["right"] == pytest.approx(184 - 4 * square, abs=0.3)
    middle = (day[0]["left"] + day[-1]["right"]) / 2
    assert (name[0]["left"] + name[-1]["right"]) / 2 == pytest.approx(middle, abs=0.3)


def test_a_long_name_stays_inside_the_type_area(pool, template, data, options, measured):
    data["seal"] = False
    data["organisation"]["name"] = "某某省某某市某某区人民代表大会常务委员会"
    page = measured(pool.render(template(INSTRUMENT), data, options))[0]
    name = next(row for row in page.rows[1:] if text_of(row) == data["organisation"]["name"])
    assert name[-1]["right"] == pytest.approx(184, abs=0.3)


def test_the_seal_is_42_millimetres_wide_and_lies_over_name_and_date(
    pool, template, data, options, measured
):
    made = pool.render(template(INSTRUMENT), data, options)
    page = measured(made)[0]
    ring = max(page.boxes, key=lambda box: box["right"] - box["left"])
    day = next(row for row in page.rows if "2026年11月2日" in text_of(row))
    assert 40 <= ring["right"] - ring["left"] <= 42.3
    assert ring["top"] < day[0]["top"] < ring["bottom"]
    text_end = page.row("内容。")[0]["bottom"]
    assert 0 < ring["top"] - text_end < 10.445  # within one row of the text above


def test_a_remark_under_the_date_is_not_touched_by_the_seal(
    pool, template, data, options, measured
):
    remark = (
        '{% block notes %}{{ parts.note("联系人：某某某；联系电话：0452-2550001") }}{% endblock %}'
    )
    page = measured(pool.render(template(LETTER + remark), data, options))[-1]
    ring = max((box for box in page.boxes if box["top"] > 40), key=lambda box: box["bottom"])
    note = page.row("（联系人")
    assert note[-1]["right"] > ring["left"]
    assert ring["bottom"] <= note[0]["top"] + 0.2


def test_a_letters_urgency_stands_on_one_row_at_the_left(pool, template, data, options, measured):
    urgent = "{% block urgency %}特急{% endblock %}"
    page = measured(pool.render(template(LETTER + urgent), data, options))[0]
    words = page.row("特急")
    assert words[0]["left"] == pytest.approx(28, abs=0.3)
    assert text_of(words).startswith("特急某检建")


def test_a_label_of_a_form_breaks_where_its_author_says_and_a_number_before_its_year(
    pool, template, data, options, measured
):
    html = FORM.replace(
        "'甲', d.number", "'某部门负责人\\n意见', parts.number('某某检察机关建〔2026〕12号')"
    )
    page = measured(pool.render(template(html), data, options))[0]
    rows = [text_of(row) for row in page.rows]
    assert any("某部门负责人" in row for row in rows)
    assert any("〔2026〕12号" in row for row in rows)


def test_an_official_document_has_mark_rule_and_imprint_in_place(
    pool, template, data, options, measured
):
    data["seal"] = False
    made = pool.render(template(OFFICIAL), data, options)
    page = measured(made)[0]
    mark = page.rows[0]
    assert text_of(mark) == "某某市某某区人民检察院文件"
    assert mark[0]["top"] == pytest.approx(37 + 35, abs=0.3)
    rule = red_rules(made.pdf)[0]
    assert rule[2:] == pytest.approx((28, 184), abs=0.3)
    number = page.row("某检建")
    assert rule[0] - number[0]["bottom"] == pytest.approx(4, abs=0.3)
    black = [box for box in page.boxes if box["top"] > 230]
    assert max(box["bottom"] for box in black) == pytest.approx(262, abs=0.3)
    assert any("抄送：甲单位，乙单位。" in line for line in page.lines)


def test_a_form_fills_the_type_area_and_ticks_the_chosen_box(
    pool, template, data, options, measured
):
    page = measured(pool.render(template(FORM), data, options))[0]
    assert min(box["left"] for box in page.boxes) == pytest.approx(28, abs=0.5)
    assert max(box["right"] for box in page.boxes) == pytest.approx(184, abs=0.5)
    line = next(line for line in page.lines if "类别" in line)
    assert "☐行政" in line
    assert "☑民事" in line


def test_a_long_text_in_a_form_goes_on_in_a_closed_box_on_the_next_page(
    pool, template, data, options, measured
):
    data["facts"] = "\n".join([data["facts"]] * 3)
    pages = measured(pool.render(template(FORM), data, options))
    assert len(pages) > 1
    for page in pages:
        lines = [box for box in page.boxes if box["right"] - box["left"] > 100]
        text = [row for row in page.rows if row[0]["size"] < 14.5 and row[0]["top"] < 262]
        assert max(box["bottom"] for box in lines) > max(row[0]["bottom"] for row in text[-1:])
    assert min(box["top"] for box in pages[1].boxes) < pages[1].rows[0][0]["top"]


def test_enclosures_align_under_the_first_name(pool, template, data, options, measured):
    data["enclosures"] = [
        "现场照片",
        "某某市某某区某某街道范围内点位情况调查核实统计汇总表以及说明",
    ]
    page = measured(pool.render(template(INSTRUMENT), data, options))[0]
    first, second = page.row("附件："), page.row("2.")
    run_over = page.rows[page.rows.index(second) + 1]
    assert text_of(first) == "附件：1.现场照片"
    assert first[5]["left"] == pytest.approx(second[2]["left"], abs=0.2)
    assert run_over[0]["left"] == pytest.approx(second[2]["left"], abs=0.3)
