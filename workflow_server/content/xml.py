"""Reads XML that a stranger wrote; resolves no entity, follows no address."""

from __future__ import annotations

import re

from lxml import etree

from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault

MAXIMUM_BYTES = 4_000_000
MAXIMUM_DEPTH = 64
MAXIMUM_ELEMENTS = 50_000
#: Attributes and namespaces of one element.
MAXIMUM_ATTRIBUTES = 500
MAXIMUM_PREFIX = 100
#: Characters of an attribute; a formula may have as many.
MAXIMUM_ATTRIBUTE = 10_000

_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
_CROWDED = re.compile(
    rf"""<[^\s<>"'=]+(?:\s+[^\s<>"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){{{MAXIMUM_ATTRIBUTES + 1}}}"""
)


class TooMuch(ContentRefused):
    """文件过大"""


def parse(path: str, data: bytes) -> etree._Element:
    """Read one UTF-8 XML file into its root element; refuse what could harm the server."""
    _refuse_before_parsing(path, data)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise _refused(f"{path}:{line}", f"XML 语法错误：{error.msg}") from error
    _refuse_oversized_tree(path, root)
    return root


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """Return the element's namespace, or an empty text."""
    return etree.QName(element).namespace or ""


def _refuse_before_parsing(path: str, data: bytes) -> None:
    if len(data) > MAXIMUM_BYTES:
        raise _too_much(path, f"文件超过 {MAXIMUM_BYTES // 1_000_000} MB，请拆分后再提交")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(path, "文件不是 UTF-8 编码，请另存为 UTF-8") from error
    if _DECLARATION.search(text):
        raise _refused(path, "文件含有 DOCTYPE 或实体声明，出于安全不予接受，请删除")
    # Counted before it is parsed, which takes time in proportion to their square.
    for tag in _CROWDED.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        raise _too_much(
            f"{path}:{line}", f"一个元素的属性或命名空间超过 {MAXIMUM_ATTRIBUTES} 个，请删减"
        )


def _refuse_oversized_tree(path: str, root: etree._Element) -> None:
    depth = 0
    count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAXIMUM_DEPTH:
            raise _too_much(path, f"元素嵌套超过 {MAXIMUM_DEPTH} 层")
        if count > MAXIMUM_ELEMENTS:
            raise _too_much(path, f"元素超过 {MAXIMUM_ELEMENTS} 个，请拆分后再提交")
        if event == "start" and any(map(_is_too_long, element.attrib.values())):
            place = f"{path}:{element.sourceline}"
            raise _too_much(place, f"属性超过 {MAXIMUM_ATTRIBUTE} 个字符，请缩短")
        if event == "start" and len(element.prefix or "") > MAXIMUM_PREFIX:
            place = f"{path}:{element.sourceline}"
            raise _too_much(place, f"命名空间的前缀超过 {MAXIMUM_PREFIX} 个字符，请缩短")


def _is_too_long(value: str | bytes) -> bool:
    return len(value) > MAXIMUM_ATTRIBUTE


def _refused(
    pointer: str, detail: str, kind: type[ContentRefused] = ContentRefused
) -> ContentRefused:
    return kind(f"Expected a harmless XML file, but {pointer} is refused", [Fault(pointer, detail)])


def _too_much(pointer: str, detail: str) -> ContentRefused:
    return _refused(pointer, detail, TooMuch)
