"""Text that is no XML: cut off at every kind of place, badly written, in no known characters."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, diagram, file, line

SOUND = diagram(
    '<b:userTask id="a" name="甲"><!-- note --><b:documentation><![CDATA[why]]>'
    "</b:documentation></b:userTask>"
)
SYNTAX, UTF8 = "语法", "UTF-8"


def cut(after: str, more: int = 0) -> bytes:
    """Cut the file right after a text of it, or some bytes later."""
    whole = SOUND.encode()
    return whole[: whole.index(after.encode()) + len(after.encode()) + more]


def put(old: str, new: str) -> str:
    """Replace a text once; the line of what is new is the line that must be named."""
    return SOUND.replace(old, MARK + new, 1) if old else new


def bent(old: str, new: bytes) -> bytes:
    """Replace a text by bytes that are no text."""
    return SOUND.encode().replace(old.encode(), new, 1)


CUT: dict[str, tuple[str, int]] = {
    "in the declaration": ("<?xml ver", 0),
    "after the declaration": ('UTF-8"?>', 0),
    "in the name of the root": ("<b:defi", 0),
    "in the address of a namespace": ("http://www.omg.org/spec", 0),
    "before the root is closed by a bracket": ('targetNamespace="http://example.org/t"', 0),
    "right after the root began": ('targetNamespace="http://example.org/t">', 0),
    "in the name of an element": ("<b:user", 0),
    "in the name of an attribute": ('<b:userTask id="a" na', 0),
    "between an attribute and its value": ('<b:userTask id="a" name=', 0),
    "in the value of an attribute": ('<b:userTask id="a" name="甲', 0),
    "in a comment": ("<!-- no", 0),
    "in CDATA": ("<![CDATA[wh", 0),
    "after CDATA": ("<![CDATA[why]]>", 0),
    "in the name of an element that ends": ("</b:userTa", 0),
    "between two elements": ("</b:userTask>", 0),
    "before the root ends": ("</b:process>", 0),
    "in the last bracket": ("</b:definitions", 0),
}
CUT_CASES = [file(f"cut off {name}", cut(*where), SYNTAX) for name, where in CUT.items()]
CUT_CASES += [
    file("cut off in the middle of a Chinese character", cut('<b:userTask id="a" name="', 1), UTF8),
    file(
        "cut off in a reference to a character",
        put("甲", "&#x75")[: put("甲", "&#x75").index("&#x75") + 5].replace(MARK, ""),
        SYNTAX,
    ),
]

WRITTEN: dict[str, tuple[str, str]] = {
    "text before the root": ("<b:definitions", "hello <b:definitions"),
    "text after the root": ("</b:definitions>", "</b:definitions>hello"),
    "a second root": ("</b:definitions>", "</b:definitions><b:definitions/>"),
    "an empty line before the declaration": ("<?xml", "\n<?xml"),
    "the declaration twice": ("<b:definitions", '<?xml version="1.0"?><b:definitions'),
    "XML of version 7": ('version="1.0"', 'version="7.0" foo="x"'),
    "an attribute twice": ('id="a"', 'id="a" id="a2"'),
    "an attribute without quotes": ('name="甲"', "name=a"),
    "an attribute without a value": ('name="甲"', "name"),
    "an attribute in typographic quotes": ('name="甲"', "name=“甲”"),
    "a smaller-than in an attribute": ("甲", "n < 1"),
    "a bare ampersand": ("甲", "甲 & 乙"),
    "an entity of HTML": ("甲", "甲&nbsp;乙"),
    "an entity that nobody declared": ("甲", "&secret;"),
    "a reference to NUL": ("甲", "&#0;"),
    "a reference to a control character": ("甲", "&#x1;"),
    "a reference to half a character": ("甲", "&#xD800;"),
    "a reference beyond Unicode": ("甲", "&#x110000;"),
    "a reference of many digits": ("甲", f"&#{'9' * 5000};"),
    "NUL in a name": ("甲", "甲\0乙"),
    "NUL between elements": ("<b:userTask", "\0<b:userTask"),
    "a bell": ("甲", "\x07"),
    "an escape sequence of a terminal": ("甲", "\x1b[2J"),
    "a vertical tab between attributes": (" name=", "\x0bname="),
    "a character that is none": ("甲", "\ufffe"),
    "elements crossed": ("</b:documentation></b:userTask>", "</b:userTask></b:documentation>"),
    "an end in capitals": ("</b:userTask>", "</b:USERTASK>"),
    "an end without a beginning": ("</b:userTask>", "</b:userTask></b:userTask>"),
    "a prefix that nobody declared": ("<b:documentation", "<q:documentation"),
    "an attribute with an undeclared prefix": ("name=", "q:name="),
    "one attribute by two prefixes": ('name="甲"', 'xmlns:p="u" xmlns:q="u" p:n="1" q:n="2"'),
    "the prefix xml for another namespace": (" name=", ' xmlns:xml="urn:x" name='),
    "the prefix xmlns declared": (" name=", ' xmlns:xmlns="urn:x" name='),
    "a prefix for no namespace": (" name=", ' xmlns:p="" name='),
    "two colons": ("<b:documentation", "<b:b:documentation"),
    "a name that begins with a colon": ("<b:documentation", "<:documentation"),
    "a name that begins with a digit": ("<b:documentation", "<b:1documentation"),
    "a comment with two hyphens": ("<!-- note -->", "<!-- no -- te -->"),
    "a section of CDATA in an attribute": ("甲", "<![CDATA[甲]]>"),
    "the end of CDATA in text": ("<![CDATA[why]]>", "]]>"),
    "an instruction called xml": ("<!-- note -->", "<?xml nothing?>"),
}
WRITTEN_CASES = [
    file(name, put(old, new).replace(f"{MARK}\n", f"\n{MARK}"), SYNTAX)
    for name, (old, new) in WRITTEN.items()
] + [
    file("a comment without an end", SOUND.replace("<!-- note -->", "<!-- note"), SYNTAX),
    file("an instruction without an end", SOUND.replace("<!-- note -->", "<?php echo 1 >"), SYNTAX),
]

BYTES = {
    "a byte that is never UTF-8": b"\xff",
    "a slash written too long": b"\xc0\xaf",
    "NUL written too long": b"\xc0\x80",
    "half a character in UTF-8": b"\xed\xa0\x80",
    "a character in two halves": b"\xed\xa0\xbd\xed\xb8\x80",
    "a character beyond Unicode": b"\xf4\x90\x80\x80",
    "a beginning without its end": b"\xe7\x94",
    "a lone end": b"\x80",
    "one name in another code": "甲".encode("gbk"),
}
BYTES_CASES = [file(name, bent("甲", data), UTF8) for name, data in BYTES.items()]

_DECLARED = 'encoding="UTF-8"'
CODES = {
    "UTF-16": SOUND.encode("utf-16"),
    "UTF-16 of the other order": b"\xfe\xff" + SOUND.encode("utf-16-be"),
    "UTF-32": SOUND.encode("utf-32"),
    "GBK that says so": SOUND.replace(_DECLARED, 'encoding="GBK"').encode("gbk"),
    "GB18030 that says nothing": SOUND.encode("gb18030"),
    "Big5": SOUND.replace("许", "甲")
    .replace("开始", "甲")
    .replace("结束", "甲")
    .replace("新建", "甲")
    .encode("big5"),
    "Latin-1": line("a", key="bad")
    .replace("许可", "é")
    .encode("latin-1", "replace")
    .replace(b"?xml", b"?xml", 1)
    .replace(b"\xe9", b"\xe9 "),
    "EBCDIC": b"<".decode().encode("cp037") + b"\xa7" * 40,
}
CODES_CASES = [file(f"written in {name}", data, UTF8) for name, data in CODES.items()]
CODES_CASES += [
    file(
        "written in UTF-16 without saying so",
        line("a")
        .replace("许可", "x")
        .replace("开始", "x")
        .replace("结束", "x")
        .replace("新建", "x")
        .encode("utf-16-le"),
        f"{SYNTAX}|{UTF8}",
    ),
    file("written in UTF-7", b'<?xml version="1.0" encoding="utf-7"?>+ADw-x/+AD4-', SYNTAX),
    file("a byte order mark twice", b"\xef\xbb\xbf\xef\xbb\xbf" + SOUND.encode(), "语法|看不见"),
    file("a byte order mark in the middle", put("甲", "\ufeff甲"), "看不见"),
]

CASES: list[Case] = [*CUT_CASES, *WRITTEN_CASES, *BYTES_CASES, *CODES_CASES]
