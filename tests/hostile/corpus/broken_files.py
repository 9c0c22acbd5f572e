"""Files of another kind, empty ones, and those that want something of the reader."""

from __future__ import annotations

import gzip
import json
import zipfile

from tests.hostile.corpus.case import MARK, Case, diagram, file, line, packed

SYNTAX, ROOT, DECLARED = "语法", "definitions", "DOCTYPE"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
XSL = "http://www.w3.org/1999/XSL/Transform"

OTHERS = [
    file("nothing at all", b"", SYNTAX),
    file("a byte order mark alone", b"\xef\xbb\xbf", SYNTAX),
    file("nothing but spaces", b" \n" * 1000, SYNTAX),
    file("a declaration alone", b'<?xml version="1.0"?>', SYNTAX),
    file("a comment alone", b"<!-- later -->", SYNTAX),
    file("plain words", "请把这张图补上".encode(), SYNTAX),
    file("NUL without end", b"\0" * 100_000, SYNTAX),
    file("brackets without end", b"<" * 100_000, SYNTAX),
    file("JSON", json.dumps({"id": "p"}).encode(), SYNTAX),
    file("YAML", b"process:\n  id: p\n", SYNTAX),
    file("a page of HTML", b"<html><body><p>x</p></body></html>", ROOT),
    file("HTML as browsers save it", b"<!doctype html>\n<html><br></html>", DECLARED),
    file("a picture", PNG, "UTF-8"),
    file("a drawing", b'<svg xmlns="http://www.w3.org/2000/svg"/>', ROOT),
    file("a zip", packed((zipfile.ZipInfo("a"), b"x")), "语法|UTF-8"),
    file("a packed diagram", gzip.compress(line("a").encode(), mtime=0), "UTF-8|语法"),
    file("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "UTF-8"),
    file("a program", b"\x7fELF\x02\x01\x01" + b"\0" * 57, SYNTAX),
    file("a style sheet that transforms", f'<x:stylesheet xmlns:x="{XSL}" version="1.0"/>', ROOT),
    file("XPDL", b'<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', ROOT),
    file(
        "a decision table",
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        ROOT,
    ),
    file(
        "a case of CMMN",
        b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>',
        ROOT,
    ),
    file(
        "what a tool left in a conflict",
        line("a").replace("<b:process", "\n<<<<<<< HEAD\n<b:process"),
        SYNTAX,
    ),
]


def declared(subset: str, used: str = "许可") -> str:
    """Draw a file with a declaration of its type."""
    body = line("a", key="bad").split("?>", 1)[1].replace("许可", used, 1)
    return f'<?xml version="1.0"?>\n{MARK}<!DOCTYPE d {subset}>{body}'


LAUGHS = (
    '[<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]"
)
QUADRATIC = f'[<!ENTITY a "{"x" * 50_000}">]'
OPENED = [
    file("a bomb of entities", declared(LAUGHS, "&a11;"), DECLARED),
    file("a bomb of one large entity", declared(QUADRATIC, "&a;" * 50_000), DECLARED),
    file("an entity of itself", declared('[<!ENTITY a "&a;">]', "&a;"), DECLARED),
    file(
        "a file of the server",
        declared('[<!ENTITY a SYSTEM "file:///etc/passwd">]', "&a;"),
        DECLARED,
    ),
    file(
        "an address of the network",
        declared('[<!ENTITY a SYSTEM "http://127.0.0.1:1/">]', "&a;"),
        DECLARED,
    ),
    file(
        "a device without end", declared('[<!ENTITY a SYSTEM "file:///dev/zero">]', "&a;"), DECLARED
    ),
    file(
        "an entity of parameters",
        declared('[<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd"> %a;]'),
        DECLARED,
    ),
    file("a declaration that is elsewhere", declared('SYSTEM "file:///etc/passwd"'), DECLARED),
    file("a declaration of nothing", declared(""), DECLARED),
    file(
        "attributes given by a declaration",
        declared('[<!ATTLIST b:process isExecutable CDATA "true">]'),
        DECLARED,
    ),
    file("a notation", declared('[<!NOTATION n SYSTEM "/bin/sh">]'), DECLARED),
    file(
        "a declaration in a comment of UTF-16",
        declared('[<!ENTITY a SYSTEM "file:///etc/passwd">]').replace(MARK, "").encode("utf-16"),
        "UTF-8",
    ),
    file(
        "another file included",
        diagram(
            f'{MARK}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"'
            ' parse="text"/>'
        ),
        "不是 BPMN",
        "bad",
    ),
    file(
        "a process included in its place",
        diagram(f'{MARK}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="a.bpmn"/>'),
        "不是 BPMN",
        "bad",
    ),
]

CASES: list[Case] = [*OTHERS, *OPENED]
