"""Each component's answers: what is taken, in which spelling, and what is refused."""

import pytest

from tests.content.form_building import accepted, faults, form, text
from workflow_server import feel


def _number(**rest):
    return {"type": "number", "key": "n", "label": "数", **rest}


def _moment(subtype, **rest):
    return {"type": "datetime", "key": "at", "label": "送达时间", "subtype": subtype, **rest}


def _chosen(kind, **rest):
    values = [{"label": "同意", "value": "agree"}, {"label": "退回", "value": "return"}]
    return {"type": kind, "key": "c", "label": "意见", "values": values, **rest}


REQUIRED = {"validate": {"required": True}}


def test_text_is_trimmed_and_blank_text_is_no_answer():
    compiled = form(text(), text("note", "备注"))
    assert accepted(compiled, {"title": "  停车场\t", "note": "   "}) == {"title": "停车场"}


@pytest.mark.parametrize("blank", ["", "  ", "\u3000", None])
def test_a_required_text_must_be_there(blank):
    assert faults(form(text(**REQUIRED)), {"title": blank}) == {"#/answers/title": "请填写标题"}


@pytest.mark.parametrize("bad", ["a\x00b", "a\x07", "a\u202eb", "a\u2028b", "a\x85b", "a\ufffeb"])
def test_control_characters_are_refused(bad):
    assert faults(form(text()), {"title": bad}) == {"#/answers/title": "标题含有不可用的控制字符"}


def test_a_half_character_is_refused():
    assert "#/answers" in faults(form(text()), {"title": "\ud800"})


def test_only_a_text_area_has_lines():
    area = {"type": "textarea", "key": "body", "label": "正文"}
    assert accepted(form(area), {"body": "一\r\n二"}) == {"body": "一\n二"}
    assert faults(form(text()), {"title": "一\n二"}) == {"#/answers/title": "标题只能填写一行"}


def test_rare_characters_count_as_one():
    compiled = form(text(validate={"maxLength": 2}))
    assert accepted(compiled, {"title": "𠮷𡈽"}) == {"title": "𠮷𡈽"}


def test_lengths_have_limits_even_where_the_form_has_none():
    area = {"type": "textarea", "key": "body", "label": "正文"}
    assert faults(form(text()), {"title": "字" * 2_001}) == {"#/answers/title": "标题最多2000个字"}
    assert faults(form(area), {"body": "字" * 20_001}) == {"#/answers/body": "正文最多20000个字"}
    assert accepted(form(area), {"body": "字" * 20_000})


def test_minimum_and_maximum_length_are_told():
    compiled = form(text(validate={"minLength": 3, "maxLength": 5}))
    assert faults(compiled, {"title": "二字"}) == {"#/answers/title": "标题至少3个字"}
    assert faults(compiled, {"title": "六个字的标题"}) == {"#/answers/title": "标题最多5个字"}


def test_a_pattern_tells_its_own_sentence():
    rule = {"pattern": r"^\d{4}$", "patternErrorMessage": "请填写四位数字"}
    compiled = form(text(validate=rule))
    assert accepted(compiled, {"title": "1234"})
    assert faults(compiled, {"title": "12a4"}) == {"#/answers/title": "请填写四位数字"}


def test_digits_of_other_scripts_are_no_digits():
    compiled = form(text(validate={"pattern": r"^\d+$"}))
    assert "#/answers/title" in faults(compiled, {"title": "１２３"})


@pytest.mark.parametrize("good", ["13812345678", "0571-87654321", "+8613812345678", "12309"])
def test_chinese_telephone_numbers_are_taken(good):
    assert accepted(form(text(validate={"validationType": "phone"})), {"title": good})


def test_a_wrong_address_or_number_is_told():
    phone = form(text("p", "电话", validate={"validationType": "phone"}))
    email = form(text("e", "邮箱", validate={"validationType": "email"}))
    assert faults(phone, {"p": "12"}) == {"#/answers/p": "电话不是正确的电话号码"}
    assert faults(email, {"e": "a@b"}) == {"#/answers/e": "邮箱不是正确的电子邮箱"}
    assert accepted(email, {"e": "zhang.san@example.gov.cn"})


@pytest.mark.parametrize(
    ("given", "kept"), [(3, 3), (3.0, 3), (2.5, 2.5), (-1, -1), (0, 0), (1e3, 1000)]
)
def test_numbers_are_kept_as_numbers(given, kept):
    assert accepted(form(_number()), {"n": given}) == {"n": kept}


@pytest.mark.parametrize("bad", ["3", "x", True, [1], {"a": 1}, float("nan"), float("inf")])
def test_what_is_no_number_is_refused(bad):
    assert faults(form(_number(**REQUIRED)), {"n": bad})


@pytest.mark.parametrize("bad", [2**53, -(2**53), 1e300])
def test_numbers_that_cannot_be_told_apart_are_refused(bad):
    assert faults(form(_number()), {"n": bad}) == {"#/answers/n": "数的数字太大"}


def test_decimal_digits_and_bounds_are_exact():
    compiled = form(_number(decimalDigits=2, validate={"min": 0.1, "max": 100}))
    assert accepted(compiled, {"n": 0.1}) == {"n": 0.1}
    assert faults(compiled, {"n": 0.005}) == {"#/answers/n": "数最多2位小数"}
    assert faults(compiled, {"n": 0.09}) == {"#/answers/n": "数不能小于0.1"}
    assert faults(compiled, {"n": 100.01}) == {"#/answers/n": "数不能大于100"}


def test_zero_is_an_answer():
    assert accepted(form(_number(**REQUIRED)), {"n": 0}) == {"n": 0}


def test_money_is_whole_fen():
    compiled = form(_number(properties={"money": "fen"}))
    assert accepted(compiled, {"n": 1250}) == {"n": 1250}
    assert faults(compiled, {"n": 12.5}) == {"#/answers/n": "数应为整数"}


def test_a_number_kept_as_text_keeps_its_digits():
    compiled = form(_number(serializeToString=True))
    assert accepted(compiled, {"n": " 12.50 "}) == {"n": "12.5"}
    assert faults(compiled, {"n": "1e5"})


@pytest.mark.parametrize(
    ("subtype", "given", "kept"),
    [
        ("date", "2024-02-29", "2024-02-29"),
        ("time", "09:05", "09:05:00"),
        ("time", "01:00Z", "09:00:00"),
        ("datetime", "2026-03-01T09:30", "2026-03-01T09:30:00+08:00"),
        ("datetime", "2026-02-28T16:30:00Z", "2026-03-01T00:30:00+08:00"),
        ("datetime", "2026-03-01T00:30:00+08:00", "2026-03-01T00:30:00+08:00"),
    ],
)
def test_moments_have_one_spelling_counted_in_shanghai(subtype, given, kept):
    assert accepted(form(_moment(subtype)), {"at": given}) == {"at": kept}


@pytest.mark.parametrize(
    ("subtype", "bad"),
    [
        ("date", "2026-02-29"),
        ("date", "2026-99-99"),
        ("date", "20260301"),
        ("date", "2026-W09-1"),
        ("date", "２０２６-03-01"),
        ("date", 20260301),
        ("date", "1899-12-31"),
        ("time", "24:00"),
        ("time", "9:00"),
        ("datetime", "2026-03-01"),
        ("datetime", "2026-03-01 09:30"),
        ("datetime", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_moment_is_refused(subtype, bad):
    assert "#/answers/at" in faults(form(_moment(subtype)), {"at": bad})


def test_a_missing_moment_is_asked_for_by_its_label():
    found = faults(form(_moment("datetime", **REQUIRED)), {})
    assert found == {"#/answers/at": "请填写送达时间"}


def test_a_day_before_today_is_refused_where_the_form_says_so():
    compiled = form(_moment("date", disallowPassedDates=True))
    assert accepted(compiled, {"at": "2026-11-22"})
    assert faults(compiled, {"at": "2026-11-21"}) == {"#/answers/at": "送达时间不能早于今天"}


@pytest.mark.parametrize("kind", ["select", "radio"])
def test_a_choice_is_one_of_the_options(kind):
    compiled = form(_chosen(kind, **REQUIRED))
    assert accepted(compiled, {"c": "agree"}) == {"c": "agree"}
    assert faults(compiled, {"c": "other"}) == {"#/answers/c": "意见没有这个选项"}
    assert faults(compiled, {}) == {"#/answers/c": "请选择意见"}


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_choices_are_told_apart(kind):
    compiled = form(_chosen(kind, **REQUIRED))
    assert accepted(compiled, {"c": ["return", "agree"]}) == {"c": ["return", "agree"]}
    assert faults(compiled, {"c": ["agree", "agree"]}) == {"#/answers/c": "意见有重复的选项"}
    assert faults(compiled, {"c": []}) == {"#/answers/c": "请选择意见"}
    assert faults(compiled, {"c": "agree"}) == {"#/answers/c": "意见应为选项的列表"}


def test_true_is_not_the_option_one():
    compiled = form(_chosen("radio") | {"values": [{"label": "一", "value": 1}]})
    assert faults(compiled, {"c": True}) == {"#/answers/c": "意见没有这个选项"}


@pytest.mark.parametrize("more", [REQUIRED, {}])
def test_no_is_an_answer_where_it_is_one_of_the_options(more):
    values = [{"label": "是", "value": True}, {"label": "否", "value": False}]
    answer = {"type": "radio", "key": "c", "label": "公开", "values": values, **more}
    assert accepted(form(answer), {"c": False}) == {"c": False}


def test_an_unanswered_list_is_empty_and_an_unticked_box_is_false():
    compiled = form(_chosen("checklist"), {"type": "checkbox", "key": "b", "label": "确认"})
    assert accepted(compiled, {}) == {"c": [], "b": False}


def test_a_required_box_must_be_ticked():
    box = form({"type": "checkbox", "key": "b", "label": "已核对", **REQUIRED})
    assert faults(box, {"b": False}) == {"#/answers/b": "请勾选已核对"}
    assert faults(box, {"b": "true"}) == {"#/answers/b": "已核对应为是或否"}


FILE = "0192f0c1-0000-7000-8000-000000000001"


def test_files_are_ids_that_the_sources_know():
    asked = []
    picker = {"type": "filepicker", "key": "f", "label": "附件", "multiple": True, "accept": ".pdf"}
    compiled = form(picker)
    sources = lambda *arguments: asked.append(arguments) or False  # noqa: E731
    assert faults(compiled, {"f": [FILE]}, sources=sources) == {
        "#/answers/f": "附件不在可选的范围内"
    }
    assert asked == [("attachments", FILE, {"accept": ".pdf"})]


@pytest.mark.parametrize("bad", ["x", ["../../x"], [FILE, FILE], [1], {"a": FILE}])
def test_what_is_no_list_of_files_is_refused(bad):
    picker = {"type": "filepicker", "key": "f", "label": "附件", "multiple": True}
    assert faults(form(picker), {"f": bad})


def test_a_single_file_stays_single():
    other = FILE[:-1] + "2"
    picker = {"type": "filepicker", "key": "f", "label": "附件"}
    assert faults(form(picker), {"f": [FILE, other]}) == {"#/answers/f": "附件最多1个附件"}


def test_a_plain_form_never_crosses_into_feel(monkeypatch):
    compiled = form(text(**REQUIRED), _number(), _moment("date"))
    monkeypatch.setattr(feel, "evaluate_in_place", None)
    assert accepted(compiled, {"title": "a", "n": 1, "at": "2026-01-01"})
