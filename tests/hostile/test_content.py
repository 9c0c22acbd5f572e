"""Content that would harm the server: refused at its file, line and element, and not deployed."""

from __future__ import annotations

import io
import json
import stat
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.world import World, faults, form, refused, zip_of
from tests.services.drawing import SHARED, chain, flow, line, node, process, user

# One database is enough: what is refused here never reaches the store.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

DOCTYPE = '<?xml version="1.0"?><!DOCTYPE d [{}]>'
BOMB = DOCTYPE.format(
    '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
)
EXTERNAL = DOCTYPE.format('<!ENTITY x SYSTEM "file:///etc/passwd">')
PARAMETER = DOCTYPE.format('<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;')
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"'
    ' namespace="urn:test"><decision id="x" name="x">{}</decision></definitions>'
)


def drawn(*parts: str, **more: Any) -> str:
    return process(*parts, key="bad", **more)


def bpmn(text: str, before: str = "") -> dict[str, bytes]:
    body = text.split("?>", 1)[1] if before else text
    return {"bpmn/bad.bpmn": (before + body).encode()}


def gateways(count: int) -> str:
    """Draw tasks in a row, very many."""
    names = [f"t{n}" for n in range(count)]
    return drawn(*(user(name) for name in names), chain("begin", *names, "end"))


def condition(text: str) -> dict[str, bytes]:
    way = '<b:exclusiveGateway id="g" default="no"/>'
    return bpmn(
        drawn(way, user("a"), chain("begin", "g"), flow("g", "a", text),
              flow("g", "end", key="no"), chain("a", "end"))
    )  # fmt: skip


DIAGRAMS = {
    "entity bomb": bpmn(line("a", key="bad"), BOMB),
    "entity bomb used": bpmn(line("a", key="bad").replace("许可", "&a11;"), BOMB),
    "external entity": bpmn(line("a", key="bad").replace("许可", "&x;"), EXTERNAL),
    "parameter entity": bpmn(line("a", key="bad"), PARAMETER),
    "utf-16 entity": {"bpmn/bad.bpmn": (EXTERNAL + "<x>&x;</x>").encode("utf-16")},
    "utf-7 claim": {"bpmn/bad.bpmn": b'<?xml version="1.0" encoding="utf-7"?>+ADw-x/+AD4-'},
    "script task": bpmn(
        drawn(
            node("scriptTask", "s", inner="<b:script>import os; os.system('id')</b:script>",
                 scriptFormat="python"),
            chain("begin", "s", "end"),
        )
    ),
    "import in a condition": condition("=__import__('os').system('id')"),
    "import without a sign": condition("__import__('os').system('id')"),
    "juel in a condition": condition("${''.getClass().forName('java.lang.Runtime')}"),
    "a condition in python": condition("=[c for c in ().__class__.__bases__]"),
    "deep nesting": bpmn(
        drawn("<b:subProcess>" * 5_000 + "</b:subProcess>" * 5_000, chain("begin", "end"))
    ),
    "deep nesting of strangers": bpmn(
        drawn("<x>" * 100_000 + "</x>" * 100_000, chain("begin", "end"))
    ),
    "huge attribute": bpmn(drawn(user("a"), chain("begin", "a", "end")).replace(
        'name="a"', f'name="{"x" * 3_000_000}"')),
    "hundred thousand elements": bpmn(
        drawn(user("a"), '<b:dataObject id="x"/>' * 100_000, chain("begin", "a", "end"))
    ),
    "no end in sight": bpmn(drawn(user("a"), chain("begin", "a"))),
    "an id twice": bpmn(drawn(user("a"), user("a"), chain("begin", "a", "end"))),
    "nul": {"bpmn/bad.bpmn": line("a", key="bad").replace("许可", "许\x00可").encode()},
    "a name of javascript": bpmn(
        drawn(user("a", '<wf:output name="__proto__" value="=1"/>'), chain("begin", "a", "end"))
    ),
    "a reserved name": bpmn(
        drawn(user("a", '<wf:output name="answers" value="=1"/>'), chain("begin", "a", "end"))
    ),
    "an operation of the host": bpmn(
        drawn(node("serviceTask", "s", '<wf:operation name="os.system"/>'),
              chain("begin", "s", "end"))
    ),
    "a form elsewhere": bpmn(
        drawn(user("a", form="../../etc/passwd"), chain("begin", "a", "end"))
    ),
    "dmn bomb": {"bpmn/bad.dmn": (BOMB + DMN.format("&a11;")).encode()},
    "dmn external": {"bpmn/bad.dmn": (EXTERNAL + DMN.format("&x;")).encode()},
    "rules bomb": {"bpmn/_shared/deadlines.dmn": (BOMB + DMN.format("&a11;")).encode()},
    "dmn deep": {"bpmn/bad.dmn": DMN.format("<x>" * 5_000 + "</x>" * 5_000).encode()},
    "dmn wide": {"bpmn/bad.dmn": DMN.format("<x/>" * 100_000).encode()},
    "dmn in python": {
        "bpmn/bad.dmn": DMN.format(
            "<literalExpression><text>__import__('os')</text></literalExpression>"
        ).encode()
    },
}  # fmt: skip


@pytest.mark.parametrize("changed", DIAGRAMS.values(), ids=DIAGRAMS)
def test_a_hostile_diagram_is_refused_at_its_place(
    untouched: World, changed: dict[str, bytes]
) -> None:
    before = time.process_time()
    told = faults(refused(untouched.propose_with(changed)))
    (path,) = changed
    assert all(detail for detail in told.values())
    assert any(pointer.startswith(path) for pointer in told), told
    assert time.process_time() - before < 4
    assert "root:" not in json.dumps(told)


@pytest.mark.parametrize(
    ("name", "element"),
    [("script task", "s"), ("import in a condition", "g"), ("an operation of the host", "s")],
)
def test_the_element_and_its_line_are_named(untouched: World, name: str, element: str) -> None:
    told = faults(refused(untouched.propose_with(DIAGRAMS[name])))
    assert any(pointer.startswith("bpmn/bad.bpmn:") and element in pointer for pointer in told), (
        told
    )


def test_a_large_diagram_takes_time_in_proportion(untouched: World) -> None:
    took = []
    for count in (1_000, 4_000):
        before = time.process_time()
        answer = untouched.desk["artist"].post(
            "/deployments/check",
            data={"file": (io.BytesIO(zip_of(untouched.files | bpmn(gateways(count)))), "b.zip")},
        )
        assert answer.status_code == 200, answer.text
        took.append(time.process_time() - before)
    assert took[1] < 10 * took[0]
    assert took[1] < 8


JSON_BOMBS = {
    "deep": "[" * 50_000 + "]" * 50_000,
    "deep objects": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "a number of many digits": "9" * 10_000,
    "a number without end": "1e999",
    "nan": "NaN",
    "infinity": "-Infinity",
    "half a character": '"\\ud800"',
    "nul": '"\\u0000"',
    "a list": "[1, 2]",
}
FILES = [
    "bpmn/_shared/roles.json",
    "bpmn/_shared/records.json",
    "bpmn/_shared/office.json",
    "bpmn/_shared/vocabularies.json",
    "bpmn/_shared/scenarios/x.json",
    "forms/a/bad.json",
    "documents/bad/document.json",
]


@pytest.mark.parametrize("value", JSON_BOMBS.values(), ids=JSON_BOMBS)
@pytest.mark.parametrize("path", FILES)
def test_hostile_json_is_refused_whole(untouched: World, path: str, value: str) -> None:
    changed = {path: value.encode(), "documents/bad/template.html": b"<p>x</p>"}
    if path != "documents/bad/document.json":
        del changed["documents/bad/template.html"]
    told = faults(refused(untouched.propose_with(changed)))
    assert any(pointer.startswith(path) for pointer in told), told


#: The same, where a text is expected in an otherwise sound file.
TEXTS = {
    "bpmn/_shared/roles.json": ("拟稿人", SHARED["roles"]),
    "bpmn/_shared/records.json": ("街道", SHARED["records"]),
    "bpmn/_shared/series.json": ("{code}", SHARED["series"]),
}


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\udfff x"])
def test_characters_that_cannot_be_kept_are_refused_in_content(
    untouched: World, path: str, text: str
) -> None:
    old, given = TEXTS[path]
    changed = json.dumps(given, ensure_ascii=False).replace(old, text + old)
    refused(untouched.propose_with({path: changed.encode()}))


@pytest.mark.parametrize("place", ["label", "description", "pattern", "key"])
@pytest.mark.parametrize("text", ["\ud800", "\x00"])
def test_characters_that_cannot_be_kept_are_refused_in_forms(
    untouched: World, place: str, text: str
) -> None:
    field: dict[str, Any] = {"type": "textfield", "key": "t", "label": "x"}
    if place == "pattern":
        field["validate"] = {"pattern": text}
    else:
        field[place] = text
    body = json.dumps({"type": "default", "id": "F", "components": [{"id": "a", **field}]})
    refused(untouched.propose_with({"forms/a/bad.json": body.encode()}))


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(a|a)*b", r"(\w+\s?)+x", "(?=x)", "a{1,60000}{1,60000}", "(" * 400]
)
def test_a_pattern_that_never_ends_is_refused(untouched: World, pattern: str) -> None:
    field = {"type": "textfield", "key": "t", "label": "x", "validate": {"pattern": pattern}}
    told = faults(refused(untouched.propose_with({"forms/a/bad.json": form(field)})))
    assert any(pointer.startswith("forms/a/bad.json") for pointer in told), told


def packed(*entries: tuple[zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for entry, data in entries:
            entry.compress_type = method
            archive.writestr(entry, data)
    return target.getvalue()


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    return made


def lying(data: bytes) -> bytes:
    """Say that the one entry of a zip is ten bytes long."""
    size = (30_000_000).to_bytes(4, "little")
    return data.replace(size, (10).to_bytes(4, "little"))


ZIPS = {
    "a zip in a zip": zip_of({"bpmn/a.zip": zip_of({"bpmn/a.bpmn": b"<x/>"})}),
    "up": zip_of({"../../etc/cron.d/x": b"x"}),
    "up inside": zip_of({"bpmn/../../x.bpmn": b"<x/>"}),
    "absolute": zip_of({"/etc/passwd": b"x"}),
    "drive": zip_of({"C:/x.bpmn": b"x"}),
    "backslashes": zip_of({"bpmn\\..\\..\\x.bpmn": b"<x/>"}),
    "symlink": packed((entry("bpmn/a.bpmn", stat.S_IFLNK | 0o777), b"/etc/passwd")),
    "symlink folder": packed(
        (entry("bpmn/x", stat.S_IFLNK | 0o777), b"/etc"), (entry("bpmn/x/passwd.json"), b"{}")
    ),
    "device": packed((entry("bpmn/a.bpmn", stat.S_IFCHR | 0o666), b"")),
    "pipe": packed((entry("bpmn/a.bpmn", stat.S_IFIFO | 0o666), b"")),
    "lzma": packed((entry("bpmn/a.bpmn"), b"<x/>"), method=zipfile.ZIP_LZMA),
    "long name": zip_of({"bpmn/" + "x" * 60_000 + ".bpmn": b"<x/>"}),
    "control characters": zip_of({"bpmn/\x07\x1b[2J.bpmn": b"<x/>"}),
    "python": zip_of({"bpmn/a.py": b"import os"}),
    "hidden": zip_of({"bpmn/.htaccess": b"x"}),
    "case twice": zip_of({"forms/a.json": b"{}", "forms/A.json": b"{}"}),
    "cut short": zip_of({"bpmn/a.bpmn": b"<x/>" * 100})[:-30],
    "nothing": b"",
    "not a zip": b"\x1f\x8b\x08\x00" + b"x" * 100,
    "empty zip": zip_of({}),
}


#: Made when they are tried, for they take a second each.
LARGE_ZIPS: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: packed((entry("bpmn/a.bpmn"), b" " * 200_000_000)),
    "zip bomb that lies": lambda: lying(packed((entry("bpmn/a.bpmn"), b" " * 30_000_000))),
    "many large files": lambda: zip_of({f"forms/f{n}.json": b" " * 3_900_000 for n in range(20)}),
    "many files": lambda: zip_of({f"forms/f{n}.json": b"{}" for n in range(3_000)}),
}


@pytest.mark.parametrize("data", ZIPS.values(), ids=ZIPS)
def test_a_hostile_zip_is_refused(untouched: World, data: bytes) -> None:
    _refuse_zip(untouched, data)


@pytest.mark.parametrize("make", LARGE_ZIPS.values(), ids=LARGE_ZIPS)
def test_a_large_hostile_zip_is_refused(untouched: World, make: Callable[[], bytes]) -> None:
    _refuse_zip(untouched, make())


def _refuse_zip(untouched: World, data: bytes) -> None:
    before = time.process_time()
    problem = refused(untouched.propose(data))
    assert all(fault["pointer"] and fault["detail"] for fault in problem["errors"])
    assert time.process_time() - before < 3


TEMPLATES = {
    "include": "{% include '/etc/passwd' %}",
    "include up": "{% include '../../../etc/passwd' %}",
    "include computed": "{% include d.name %}",
    "extends": "{% extends '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "import from": "{% from 'os' import system %}",
    "class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "item": "{{ d['__class__'] }}",
    "globals": "{{ range.__globals__ }}",
    "attr": "{{ d|attr('__class__') }}",
    "self": "{{ self._TemplateReference__context }}",
    "safe": "{{ d.x|safe }}",
    "autoescape": "{% autoescape false %}{{ d.x }}{% endautoescape %}",
    "file": '<img src="file:///etc/passwd">',
    "network": '<img src="http://127.0.0.1:1/x.png">',
    "css": '<div style="background: url(file:///etc/passwd)">x</div>',
    "css import": "<style>@import 'http://127.0.0.1:1/x.css';</style>",
    "link": '<link rel="attachment" href="file:///etc/passwd">',
    "protocol relative": '<img src="//127.0.0.1/x.png">',
    "script": "<script>fetch('/api')</script>",
    "frame": '<iframe src="base/letter.html"></iframe>',
    "syntax": "{% for x in %}",
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_reaches_out_is_refused_at_its_line(untouched: World, text: str) -> None:
    changed = {"documents/letter/template.html": f"<html>\n<body>\n{text}</body></html>".encode()}
    told = faults(refused(untouched.propose_with(changed)))
    assert any(pointer.startswith("documents/letter/template.html:3") for pointer in told), told


@pytest.mark.parametrize("name", ["evil.css", "evil.svg"])
def test_a_style_sheet_that_reaches_out_is_refused(untouched: World, name: str) -> None:
    text = "\np { background: url(file:///etc/passwd) } <script>x</script>"
    told = faults(refused(untouched.propose_with({f"documents/letter/{name}": text.encode()})))
    assert any(pointer.startswith(f"documents/letter/{name}:2") for pointer in told), told
