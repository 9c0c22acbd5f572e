"""Opens BPMN files that a stranger wrote: no entity is resolved, no address followed."""

from __future__ import annotations

import re

from lxml import etree

from workflow_server.errors import Fault

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

MAXIMUM_BYTES = 4_000_000
MAXIMUM_DEPTH = 64

_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


class Faults:
    """The faults of one file, in the order they are found."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Fault] = []

    def add(self, line: int | None, element_id: str | None, sentence: str) -> None:
        """Note one fault at a line and an element of the file."""
        pointer = self.path if line is None else f"{self.path}:{line}"
        self.found.append(Fault(f"{pointer} {element_id}" if element_id else pointer, sentence))

    def at(self, element: etree._Element, sentence: str) -> None:
        """Note one fault at an XML element, or the nearest around it that has an id."""
        named: etree._Element | None = element
        while named is not None and named.get("id") is None:
            named = named.getparent()
        self.add(line_of(element), None if named is None else named.get("id"), sentence)


def line_of(element: etree._Element) -> int | None:
    """Return the line an element begins on."""
    return element.sourceline


def name_of(element: etree._Element) -> str | None:
    """Return the local name of an element of BPMN, None for any other element or node."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith(f"{{{BPMN}}}"):
        return None
    return tag.rpartition("}")[2]


def open_xml(data: bytes, faults: Faults) -> etree._Element | None:
    """Read a file into its root element, or note why it can't be read."""
    if len(data) > MAXIMUM_BYTES:
        faults.add(None, None, f"文件超过 {MAXIMUM_BYTES // 1_000_000} MB，请拆分流程图")
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        faults.add(None, None, "文件不是 UTF-8 编码，请另存为 UTF-8")
        return None
    if found := _DECLARATION.search(data):
        line = data.count(b"\n", 0, found.start()) + 1
        faults.add(line, None, "文件含有 DOCTYPE 或实体声明，出于安全不予接受，请删除")
        return None
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
        faults.add(error.lineno or 1, None, f"XML 语法错误：{error.msg}")
        return None
    return _checked(root, faults)


def _checked(root: etree._Element, faults: Faults) -> etree._Element | None:
    if name_of(root) != "definitions":
        faults.at(root, "不是 BPMN 2.0 文件：最外层应为 bpmn:definitions")
        return None
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAXIMUM_DEPTH:
            faults.at(element, f"元素嵌套超过 {MAXIMUM_DEPTH} 层")
            return None
    return root
