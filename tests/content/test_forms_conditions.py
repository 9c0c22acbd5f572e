"""Hidden, read-only, required, computed: what depends on other answers and on the task."""

from tests.content.form_building import accepted, check, faults, form, rows, text
from workflow_server import feel

REASON = text("reason", "理由", validate={"required": True}, conditional={"hide": "=agreed"})
AGREED = {"type": "checkbox", "key": "agreed", "label": "同意"}
N = {"type": "number", "key": "n", "label": "数"}


def test_a_hidden_field_is_not_asked_for_and_not_kept():
    compiled = form(AGREED, REASON)
    assert faults(compiled, {"agreed": False}) == {"#/answers/reason": "请填写理由"}
    assert accepted(compiled, {"agreed": True, "reason": "x"}) == {"agreed": True}


def test_what_is_wrong_in_a_hidden_field_does_not_matter():
    assert accepted(form(AGREED, REASON), {"agreed": True, "reason": 7}) == {"agreed": True}


def test_a_hidden_answer_decides_nothing():
    third = text("c", "丙", validate={"required": True}, conditional={"hide": '=reason = "x"'})
    found = faults(form(AGREED, REASON, third), {"agreed": True, "reason": "x"})
    assert found == {"#/answers/c": "请填写丙"}


def test_a_hidden_group_hides_all_of_it():
    group = {
        "type": "group", "path": "more", "conditional": {"hide": "=agreed"},
        "components": [text("a", "甲", validate={"required": True})],
    }  # fmt: skip
    assert accepted(form(AGREED, group), {"agreed": True, "more": {"a": "x"}}) in (
        {"agreed": True},
        {"agreed": True, "more": {}},
    )


def test_the_context_of_the_case_can_decide():
    compiled = form(text("a", "甲", validate={"required": "=urgent"}))
    assert faults(compiled, {}, {"urgent": True}) == {"#/answers/a": "请填写甲"}
    assert accepted(compiled, {}, {"urgent": False}) == {}


def test_answers_stand_before_the_context_of_the_same_name():
    compiled = form(N, text("a", "甲", validate={"required": "=n > 5"}))
    assert faults(compiled, {"n": 9}, {"n": 1}) == {"#/answers/a": "请填写甲"}


def test_read_only_values_are_not_taken_from_the_browser():
    compiled = form(
        text("a", "甲", readonly=True),
        text("b", "乙", disabled=True),
        text("c", "丙", readonly="=true"),
    )
    assert accepted(compiled, {"a": "1", "b": "2", "c": "3"}) == {}


def test_computed_values_are_computed_again_in_their_order():
    compiled = form(
        N,
        {"type": "expression", "key": "double", "expression": "=n * 2"},
        {"type": "expression", "key": "more", "expression": "=double + 1"},
        text("a", "甲", validate={"required": "=more > 10"}),
    )
    assert accepted(compiled, {"n": 2, "double": 999, "more": 1}) == {
        "n": 2,
        "double": 4,
        "more": 5,
    }
    assert faults(compiled, {"n": 7}) == {"#/answers/a": "请填写甲"}


def test_rows_see_this_parent_and_their_number():
    compiled = form(
        N,
        rows(
            {"type": "number", "key": "n", "label": "行数", "validate": {"required": True}},
            {"type": "expression", "key": "share", "expression": "=this.n + parent.n * i[1]"},
        ),
        {"type": "expression", "key": "total", "expression": "=sum(rows.share)"},
    )
    answers = {"n": 100, "rows": [{"n": 1}, {"n": 2, "share": 0}]}
    assert accepted(compiled, answers) == {
        "n": 100, "rows": [{"n": 1, "share": 101}, {"n": 2, "share": 202}], "total": 303
    }  # fmt: skip


def test_rows_within_rows_have_pointers_of_their_own():
    compiled = form(
        rows(rows(N | {"validate": {"required": "=parent.parent = null"}}, path="inner"))
    )
    found = faults(compiled, {"rows": [{"inner": []}, {"inner": [{"n": 1}, {"n": "x"}]}]})
    assert found == {"#/answers/rows/1/inner/1/n": "数应为数字"}


def test_rows_have_a_least_and_a_greatest_number():
    compiled = form(rows(N, properties={"minRows": "1", "maxRows": "2"}))
    assert faults(compiled, {}) == {"#/answers/rows": "明细至少填写1行"}
    assert faults(compiled, {"rows": [{}] * 3}) == {"#/answers/rows": "明细最多2行"}
    assert faults(compiled, {"rows": [None]}) == {"#/answers/rows/0": "应为对象"}
    assert faults(compiled, {"rows": {"n": 1}}) == {"#/answers/rows": "明细应为列表"}


def test_each_wrong_thing_in_a_row_is_told_once():
    compiled = form(rows(N | {"validate": {"required": True}}, text("t", "字")))
    answers = {"rows": [{"n": 1}, {"n": "x"}, {}, {"n": 1, "zz": 1}]}
    assert faults(compiled, answers) == {
        "#/answers/rows/1/n": "数应为数字",
        "#/answers/rows/2/n": "请填写数",
        "#/answers/rows/3/zz": "表单里没有这个字段",
    }
    assert len(check(compiled, answers).faults) == 3


def test_unknown_keys_are_refused_at_every_level():
    group = {"type": "group", "path": "g", "components": [text("a", "甲")]}
    found = faults(form(group, text()), {"x/y": 1, "g": {"b": 1}})
    assert found == {
        "#/answers/x~1y": "表单里没有这个字段",
        "#/answers/g/b": "表单里没有这个字段",
    }


def test_bounds_may_be_computed():
    compiled = form(N | {"validate": {"min": "=floor_n", "max": "=floor_n + 10"}})
    assert faults(compiled, {"n": 4}, {"floor_n": 5}) == {"#/answers/n": "数不能小于5"}
    assert faults(compiled, {"n": 16}, {"floor_n": 5}) == {"#/answers/n": "数不能大于15"}


def test_options_may_be_computed_or_come_from_the_context():
    computed = {"type": "select", "key": "c", "label": "甲", "valuesExpression": "=given"}
    keyed = {"type": "taglist", "key": "k", "label": "乙", "valuesKey": "given"}
    context = {"given": [{"label": "一", "value": "a"}, "b"]}
    assert accepted(form(computed, keyed), {"c": "a", "k": ["b"]}, context)
    assert faults(form(computed, keyed), {"c": "x", "k": ["a", "y"]}, context) == {
        "#/answers/c": "甲没有这个选项",
        "#/answers/k": "乙没有这个选项",
    }
    assert faults(form(computed), {"c": "a"}, {}) == {"#/answers/c": "甲没有这个选项"}


def test_picked_values_are_asked_of_their_source_with_its_parameters():
    asked = []

    def sources(source, value, parameters):
        asked.append((source, value, dict(parameters)))
        return value == "known"

    properties = {"source": "people", "source.role": "clerk", "source.at": "=where"}
    compiled = form({"type": "select", "key": "p", "label": "承办人", "properties": properties})
    assert accepted(compiled, {"p": "known"}, {"where": 7}, sources=sources) == {"p": "known"}
    assert asked == [("people", "known", {"role": "clerk", "at": 7})]
    assert faults(compiled, {"p": "other"}, sources=sources) == {
        "#/answers/p": "承办人不在可选的范围内"
    }


def test_what_a_task_may_not_write_is_dropped_and_what_it_must_is_asked_for():
    compiled = form(text("a", "甲"), text("b", "乙"), text("c", "丙", validate={"required": True}))
    access = {"a": "required", "b": "read", "c": "hidden"}
    assert faults(compiled, {"b": "x", "c": 7}, access=access) == {"#/answers/a": "请填写甲"}
    assert accepted(compiled, {"a": "1", "b": "x"}, access=access) == {"a": "1"}


def test_access_reaches_into_rows():
    compiled = form(rows(text("a", "甲"), text("b", "乙")))
    kept = accepted(compiled, {"rows": [{"a": "1", "b": "2"}]}, access={"rows.b": "read"})
    assert kept == {"rows": [{"a": "1"}]}
    assert faults(compiled, {"rows": []}, access={"rows": "required"})


def test_a_rule_over_several_fields_tells_its_sentence_at_its_field():
    dates = [
        {"type": "datetime", "key": k, "label": k, "subtype": "date"} for k in ("start", "end")
    ]
    rule = {"when": "=date(end) < date(start)", "field": "end", "message": "结束不能早于开始"}
    compiled = form(*dates, properties={"rules": [rule]})
    assert accepted(compiled, {"start": "2026-01-02", "end": "2026-01-02"})
    assert accepted(compiled, {"start": "2026-01-02"})
    assert faults(compiled, {"start": "2026-01-02", "end": "2026-01-01"}) == {
        "#/answers/end": "结束不能早于开始"
    }


def test_today_is_the_day_in_shanghai():
    rule = {"when": "=date(at) > today()", "field": "at", "message": "日期在未来"}
    moment = {"type": "datetime", "key": "at", "label": "日期", "subtype": "date"}
    compiled = form(moment, properties={"rules": [rule]})
    assert accepted(compiled, {"at": "2026-11-22"})
    assert faults(compiled, {"at": "2026-11-23"})


def test_a_form_with_feel_crosses_once(monkeypatch):
    crossings = []
    evaluate = feel.evaluate_in_place
    monkeypatch.setattr(
        feel, "evaluate_in_place", lambda *a, **k: crossings.append(1) or evaluate(*a, **k)
    )
    compiled = form(
        AGREED, REASON, N, {"type": "expression", "key": "e", "expression": "=n * 2"},
        rows(text("a", "甲", conditional={"hide": "=this.b"}), {"type": "checkbox", "key": "b"}),
    )  # fmt: skip
    accepted(compiled, {"agreed": True, "n": 1, "rows": [{"a": "x"}, {"a": "y"}]})
    assert crossings == [1]


def test_a_formula_that_cannot_be_computed_is_told_not_raised():
    endless = {"type": "expression", "key": "e", "expression": "=count(for i in 1..n return i)"}
    assert list(faults(form(N, endless), {"n": 10**12})) == ["#/answers"]
    assert accepted(form(N, endless), {"n": 3}) == {"n": 3, "e": 3}
