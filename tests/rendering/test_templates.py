"""What a template may not do, found before and while it runs."""

import pytest

from workflow_server.rendering import templates
from workflow_server.rendering.documents import RenderFailed


def faults(template, html, **files):
    return [
        (fault.pointer, fault.detail) for fault in templates.check(template(html, **files).files)
    ]


def fill(template, html, data=None):
    return templates.fill(template(html), data or {})


def test_the_layouts_themselves_are_without_fault(template):
    for layout in ("instrument", "letter", "form", "official"):
        assert faults(template, '{% extends "base/' + layout + '.html" %}') == []


@pytest.mark.parametrize(
    ("html", "place", "detail"),
    [
        ("a\n\n{% if %}", "template.html:3", "语法错误"),
        ("\n{{ d.x | nonsense }}", "template.html:2", "过滤器：nonsense"),
        ("{{ d.x | safe }}", "template.html:1", "过滤器：safe"),
        ("{{ d.x | attr('y') }}", "template.html:1", "过滤器：attr"),
        ("{% if d is nonsense %}{% endif %}", "template.html:1", "测试：nonsense"),
        ("\n\n{{ d.__class__ }}", "template.html:3", "内部属性：__class__"),
        ("{{ d['__class__'] }}", "template.html:1", "内部属性：__class__"),
        ("{{ __import__('os') }}", "template.html:1", "下划线"),
        ("{% autoescape false %}{{ d.x }}{% endautoescape %}", "template.html:1", "自动转义"),
        ('{% extends "base/nowhere.html" %}', "template.html:1", "base/nowhere.html"),
        ('{% include "../secret.html" %}', "template.html:1", "../secret.html"),
        ("{% include d.name %}", "template.html:1", "写明文件名"),
        ('\n<img src="http://example.org/a.png">', "template.html:2", "外部地址"),
        ('<img src="//example.org/a.png">', "template.html:1", "外部地址"),
        ('<link href="file:///etc/passwd">', "template.html:1", "外部地址"),
        ("<style>p { background: url(https://example.org/x) }</style>", "template.html:1", "外部"),
        ("<style>@import 'other.css';</style>", "template.html:1", "找不到文件：other.css"),
        ('<img src="data:text/html,x">', "template.html:1", "外部地址"),
        ("<script>1</script>", "template.html:1", "<script>"),
    ],
)
def test_a_faulty_template_is_refused_with_file_and_line(template, html, place, detail):
    found = faults(template, html)
    assert any(pointer == place and detail in text for pointer, text in found), found


def test_a_fault_in_a_companion_names_the_companion(template):
    found = faults(template, "x", **{"extra.css": b"\n\np { background: url(http://a/b) }"})
    assert found[0][0] == "extra.css:3"


def test_a_small_image_in_the_page_and_a_file_beside_it_are_allowed(template):
    html = '<img src="data:image/png;base64,AAAA"><img src="mark.svg">'
    assert faults(template, html, **{"mark.svg": b"<svg/>"}) == []


def test_a_missing_entry_is_a_fault(base_files):
    assert templates.check(base_files)[0].pointer == "template.html:1"


@pytest.mark.parametrize(
    "html",
    [
        "{{ ''.__class__ }}",
        "{{ d.__class__.__mro__ }}",
        "{{ '{0.__class__}'.format(d) }}",
        "{{ ''['__class__'] }}",
        "{{ self._TemplateReference__context }}",
        "{{ range.__globals__ }}",
        "{{ d.update({'a': 1}) }}",
        "{{ [].append(1) }}",
        "{{ 'a' * 1000000 }}",
        "{{ 9999 ** 9999 }}",
        "{{ '%1000000d' % 3 }}",
        "{{ range(10000000) }}",
        "{{ lipsum() }}",
    ],
)
def test_a_trick_is_refused_with_a_name_of_the_template(template, html):
    with pytest.raises(RenderFailed) as refusal:
        fill(template, html)
    assert refusal.value.faults[0].pointer.startswith("documents/sample/template.html")


def test_a_missing_value_names_itself_and_its_line(template):
    with pytest.raises(RenderFailed) as refusal:
        fill(template, "一\n二{{ d.reason }}")
    assert refusal.value.faults[0].pointer == "documents/sample/template.html:2"
    assert "数据中没有“reason”" in refusal.value.message


def test_a_fault_inside_a_layout_names_the_layout(template):
    with pytest.raises(RenderFailed) as refusal:
        fill(template, '{% extends "base/letter.html" %}', {"number": "1"})
    assert refusal.value.faults[0].pointer.startswith("documents/base/letter.html:")


def test_too_much_output_is_refused(template):
    with pytest.raises(RenderFailed, match="超过"):
        fill(template, "{% for a in range(50) %}{{ 'x' * 100000 }}{% endfor %}")


def test_a_field_wins_over_a_method_of_the_same_name(template):
    assert fill(template, "{{ d.items }}-{{ d.values }}", {"items": "甲", "values": 2}) == "甲-2"


def test_optional_data_are_asked_for_by_default(template):
    assert fill(template, "{{ d.a | default('无') }}{% if d.b is defined %}有{% endif %}") == "无"
