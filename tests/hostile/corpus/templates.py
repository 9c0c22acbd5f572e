"""Templates of documents that reach for the host, for the network, or never come to an end."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, file, laid

PATH = "documents/letter/template.html"
REACHING = {
    "a file of the server included": "{% include '/etc/passwd' %}",
    "a file further up included": "{% include '../../../etc/passwd' %}",
    "a file of another document": "{% include 'letter/template.html' %}",
    "a file that the data name": "{% include d.name %}",
    "a file out of a list": "{% include ['/etc/passwd', 'x'] %}",
    "a layout of the server": "{% extends '/etc/passwd' %}",
    "a module": "{% import 'os' as os %}",
    "a part of a module": "{% from 'os' import system %}",
    "all classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "a class by its name": "{{ d['__class__'] }}",
    "a class by a name put together": "{{ d|attr('__cl' ~ 'ass__') }}",
    "the world of a function": "{{ range.__globals__ }}",
    "the world of a template": "{{ self._TemplateReference__context }}",
    "an attribute by a filter": "{{ d|attr('x') }}",
    "markup let through": "{{ d.x|safe }}",
    "escaping turned off": "{% autoescape false %}{{ d.x }}{% endautoescape %}",
    "a filter that there is not": "{{ d.x|shell }}",
    "a test that there is not": "{{ d.x is evil }}",
    "a picture of the disk": '<img src="file:///etc/passwd">',
    "a picture of the network": '<img src="http://127.0.0.1:1/x.png">',
    "a picture of the same protocol": '<img src="//127.0.0.1/x.png">',
    "a picture further up": '<img src="../../../../etc/passwd">',
    "a picture of a script": '<img src="javascript:alert(1)">',
    "a picture that is a page": '<img src="data:text/html,x">',
    "a style of the disk": '<div style="background: url(file:///etc/passwd)">x</div>',
    "a style imported": "<style>@import 'http://127.0.0.1:1/x.css';</style>",
    "a file attached": '<link rel="attachment" href="file:///etc/passwd">',
    "a script": "<script>fetch('/api')</script>",
    "a script in capitals": "<SCRIPT>1</SCRIPT>",
    "a frame": '<iframe src="base/letter.html"></iframe>',
    "an object": '<object data="x.pdf"></object>',
    "a form to send": '<form action="http://127.0.0.1:1/"></form>',
    "another base": '<base href="http://127.0.0.1:1/">',
    "a loop without an end": "{% for x in %}",
    "a loop that is not closed": "{% for x in d.x %}",
    "a value that is not closed": "{{ d.x",
    "a word that there is not": "{% exec 'id' %}",
    "half a character in a text": "{{ '\\ud800' }}",
    "a page that hides": "通过\u202e回退",
}

DEEP = {
    "brackets by the thousand": "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "lists by the thousand": "{{ " + "[" * 3_000 + "]" * 3_000 + " }}",
    "minus signs by the thousand": "{{ " + "-" * 3_000 + "1 }}",
    "choices by the thousand": "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
    "a sum of thousands": "{{ " + "1 + " * 20_000 + "1 }}",
    "a chain of filters by the thousand": "{{ d.x" + "|upper" * 20_000 + " }}",
    "a chain of attributes by the thousand": "{{ d" + ".x" * 20_000 + " }}",
}


def page(text: str) -> str:
    """Write a template with a text on a line of its own."""
    return f"<html>\n<body>\n{MARK}{text}</body></html>"


def sheet(name: str, text: str, word: str) -> Case:
    """Write a file beside the template."""
    return file(
        f"{name} beside a template",
        f"x\n{MARK}{text}",
        word,
        path=f"documents/letter/{'evil.svg' if '<' in text else 'evil.css'}",
    )


REACHED = [
    file(f"{name} in a template", page(text), ".", path=PATH) for name, text in REACHING.items()
]
REACHED += [
    file(f"{name} in a template", page(text).replace(MARK, ""), "过深|超过", path=PATH)
    for name, text in DEEP.items()
]
BESIDE = [
    sheet("a style of the disk", "p { background: url(file:///etc/passwd) }", "外部"),
    sheet("a style of the network", "@import 'http://127.0.0.1:1/x.css';", "外部"),
    sheet("a drawing with a script", "<svg><script>x</script></svg>", "script"),
    sheet(
        "a drawing with a picture", '<svg><image xlink:href="file:///etc/passwd"/></svg>', "外部"
    ),
    laid("a template in GBK", {PATH: "<p>函</p>".encode("gbk")}, f"{PATH}:1", "UTF-8"),
    laid("a template of NUL", {PATH: b"\0" * 100}, PATH, "看不见|UTF-8|NUL"),
    laid("a template of three megabytes", {PATH: b"x" * 3_000_000}, f"{PATH}:1", "超过"),
    laid(
        "a template of a hundred thousand pictures",
        lambda: {PATH: b'<img src="x.png">\n' * 100_000},
        PATH,
        "找不到",
    ),
    laid(
        "a template of a hundred thousand scripts",
        lambda: {PATH: b"<script>\n" * 150_000},
        PATH,
        "script",
    ),
    laid(
        "a template of a hundred thousand loops",
        lambda: {PATH: b"{% for a in d %}{% endfor %}" * 60_000 + b"{% for %}"},
        PATH,
        "超过",
    ),
    laid("a template of brackets", lambda: {PATH: b"{{" * 500_000}, PATH, "超过"),
    laid(
        "a document without a description",
        {"documents/bad/template.html": b"x"},
        "documents/bad/document.json",
        "缺少",
    ),
    laid(
        "a document without a template",
        {"documents/bad/document.json": b"{}"},
        "documents/bad/template.html",
        "缺少",
    ),
    laid(
        "a document of a list",
        {"documents/bad/document.json": b"[]", "documents/bad/template.html": b"x"},
        "documents/bad/document.json",
        "对象",
    ),
    laid(
        "a document of no layout",
        {
            "documents/bad/document.json": b'{"title": "x", "layout": "wild"}',
            "documents/bad/template.html": b"x",
        },
        "documents/bad/document.json#/layout",
        "版式",
    ),
    laid(
        "a document of half an expression",
        {
            "documents/bad/document.json": b'{"title":"x","layout":"form","data":{"a":"=1 +"}}',
            "documents/bad/template.html": b"x",
        },
        "documents/bad/document.json#/data/a",
        "FEEL",
    ),
]

CASES: list[Case] = [*REACHED, *BESIDE]
