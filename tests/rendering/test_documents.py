"""The finished file: same input same bytes, archival, data attached, nothing injected."""

import hashlib
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pikepdf
import pytest

from workflow_server.rendering.pool import RenderPool

HTML = (
    '{% extends "base/letter.html" %}{% import "base/parts.html" as parts %}'
    "{% block title %}关于情况的函{% endblock %}"
    "{% block body %}{{ parts.text(d.facts) }}{% endblock %}"
)


def text_of(page):
    return "\n".join(page.lines)


def test_two_processes_make_the_same_bytes(pool, template, data, options):
    options = replace(options, attachment=data)
    source = template(HTML)
    with RenderPool(workers=1) as other:
        made = [pool.render(source, data, options), other.render(source, data, options),
                pool.render(source, data, options)]  # fmt: skip
    assert len({hashlib.sha256(one.pdf).hexdigest() for one in made}) == 1


def test_another_date_of_creation_makes_other_bytes(pool, template, data, options):
    later = replace(options, created=options.created.replace(day=23))
    source = template(HTML)
    assert pool.render(source, data, options).pdf != pool.render(source, data, later).pdf


def test_the_data_are_attached_as_json_with_their_relationship(pool, template, data, options):
    made = pool.render(template(HTML), data, replace(options, attachment=data))
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        specification = pdf.Root.AF[0]
        attached = pdf.attachments["data.json"]
        assert specification.AFRelationship == "/Data"
        assert json.loads(attached.get_file().read_bytes()) == data
        assert attached.get_file().mime_type == "application/json"


def test_without_attachment_nothing_is_attached(pool, template, data, options):
    made = pool.render(template(HTML), data, options)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert not pdf.attachments


def test_the_file_declares_pdf_a_3b_and_embeds_every_font(pool, template, data, options):
    made = pool.render(template(HTML), data, options)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3B"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert pdf.Root.Lang == "zh-CN"
        assert "/ID" in pdf.trailer
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


def test_title_author_and_date_come_from_the_options(pool, template, data, options):
    made = pool.render(template(HTML), data, options)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "样本"
        assert str(pdf.docinfo["/Author"]) == "某某院"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261122010000")


def test_the_number_of_pages_is_told(pool, template, data, options, measured):
    made = pool.render(template(HTML), data, options)
    assert made.pages == len(measured(made)) == 2


def test_markup_in_data_is_printed_as_text(pool, template, data, options, measured):
    data["facts"] = '<b>粗</b><img src="file:///etc/hostname"><script>x</script>{{ d.number }}'
    data["recipient"] = "<i>单位</i>"
    printed = text_of(measured(pool.render(template(HTML), data, options))[0])
    assert '<b>粗</b><imgsrc="file:///etc/hostname">' in printed.replace(" ", "").replace("\n", "")
    assert "<i>单位</i>：" in printed
    assert "{{" in printed


@pytest.mark.parametrize(
    "name", ["张䶮", "李㛃", "王𬭎", "赵𫍯", "朱镕基", "陶喆", "堃玥祎", "𠮷", "𰻞"]
)
def test_rare_names_have_real_glyphs_and_can_be_copied(
    pool, template, data, options, measured, name
):
    data["facts"] = name
    made = pool.render(template(HTML), data, options)
    assert name in text_of(measured(made)[0])
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        contents = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert b"<0000>" not in contents


def test_spaces_between_characters_of_any_face_print_nothing(
    pool, template, data, options, measured
):
    data["facts"] = "张 三、李\t四、王\u00a0五、赵\u3000六、A B"
    made = pool.render(template(HTML), data, options)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        contents = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert b"0000" not in re.sub(rb"[^<]*<([0-9a-f]*)>[^<]*", rb"\1 ", contents)
    assert "张 三、李 四" in text_of(measured(made)[0])


def test_importing_the_pool_loads_no_pdf_library():
    code = (
        "import sys; from workflow_server.rendering import pool, templates; "
        "print([m for m in sys.modules if m.split('.')[0] in ('weasyprint', 'fontTools')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
