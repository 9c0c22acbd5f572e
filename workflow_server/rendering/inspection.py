"""What can be wrong with a template without any data: syntax, sandbox, files, addresses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from jinja2 import Environment, TemplateSyntaxError, nodes

from workflow_server.errors import Fault

MAX_FILE = 2_000_000
#: Statements and values of one template, and faults of one file that are told.
MAX_TAGS = 5_000
MAX_FAULTS = 100
#: Where HTML and CSS name another file. A template expression in the name is left to the run.
_REFERENCE = re.compile(
    r"""url\(\s*["']?(?P<css>[^"')\s]*)|@import\s+["'](?P<sheet>[^"']*)"""
    r"""|(?:src|href|data|xlink:href)\s*=\s*["'](?P<html>[^"']*)["']""",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|form|base)\b", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_SMALL_IMAGE = re.compile(r"^data:image/(?:png|jpeg|svg\+xml)[;,]", re.IGNORECASE)
#: One that is not closed reaches to the end: it is looked for once, not from each beginning.
_COMMENT = re.compile(r"\{#.*?(?:#\}|\Z)|/\*.*?(?:\*/|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)


def inspect(
    texts: Mapping[str, str], files: Mapping[str, bytes], environment: Environment
) -> tuple[Fault, ...]:
    """Collect the faults of all files, sorted by file and line."""
    faults: list[tuple[str, int, str]] = []
    if "template.html" not in files:
        faults.append(("template.html", 1, "缺少 template.html"))
    for path, data in files.items():
        if len(data) > MAX_FILE:
            faults.append((path, 1, f"文件超过 {MAX_FILE} 字节"))
    for path, text in texts.items():
        if "�" in text:
            faults.append((path, 1, "文件不是 UTF-8 编码"))
        if path.endswith(".html"):
            found = _syntax(text, frozenset(texts), environment)
            faults.extend((path, line, detail) for line, detail in found)
        faults.extend(
            (path, line, detail)
            for line, detail in islice(_references(path, text, files), MAX_FAULTS)
        )
    return tuple(Fault(f"{path}:{line}", detail) for path, line, detail in sorted(set(faults)))


# The layouts stand beside every template: each is read once, not once for each template.
@lru_cache(maxsize=512)
def _syntax(
    text: str, names: frozenset[str], environment: Environment
) -> tuple[tuple[int, str], ...]:
    return tuple(islice(_faulty(text, names, environment), MAX_FAULTS))


def _faulty(
    text: str, names: frozenset[str], environment: Environment
) -> Iterator[tuple[int, str]]:
    if text.count("{%") + text.count("{{") > MAX_TAGS:
        yield 1, f"模板里的语句和取值超过 {MAX_TAGS} 处，请拆分"
        return
    line = 1
    try:
        for node in environment.parse(text).find_all(nodes.Node):
            line = node.lineno
            detail = _refusal(node, names, environment)
            if detail:
                yield line, detail
    except TemplateSyntaxError as error:
        yield error.lineno, f"语法错误：{error.message}"
    except RecursionError:
        yield line, "语句或算式嵌套过深，请简化"


def _refusal(node: nodes.Node, names: frozenset[str], environment: Environment) -> str | None:
    """Say why a node of the template may not stand there."""
    match node:
        case nodes.Extends() | nodes.Include() | nodes.Import() | nodes.FromImport():
            return _loaded(node.template, names)
        case nodes.Filter() if node.name not in environment.filters:
            return f"未知或禁用的过滤器：{node.name}"
        case nodes.Test() if node.name not in environment.tests:
            return f"未知的测试：{node.name}"
        case nodes.Getattr() if node.attr.startswith("_"):
            return f"不允许访问内部属性：{node.attr}"
        case nodes.Name() if node.name.startswith("_"):
            return f"不允许使用以下划线开头的名称：{node.name}"
        case nodes.Getitem(arg=nodes.Const(value=str(key))) if key.startswith("__"):
            return f"不允许访问内部属性：{key}"
        case nodes.Const(value=str(text)) if any("\ud800" <= each <= "\udfff" for each in text):
            return "文字里有残缺的字符"
        case nodes.EvalContextModifier():
            return "不允许关闭自动转义"
    return None


def _loaded(name: nodes.Expr, names: frozenset[str]) -> str | None:
    if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
        return "引用的模板必须写明文件名"
    return None if name.value in names else f"找不到模板文件：{name.value}"


def _references(path: str, text: str, files: Mapping[str, bytes]) -> Iterator[tuple[int, str]]:
    """Find addresses that lead outside, or to a file that is not there."""
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _ACTIVE.finditer(plain):
        yield _line(plain, match.start()), f"文书中不允许 <{match[1]}>"
    for match in _REFERENCE.finditer(plain):
        address = next(group for group in match.groups() if group is not None).strip()
        if not address or "{" in address or address.startswith("#"):
            continue
        detail = _address(path, address, files)
        if detail:
            yield _line(plain, match.start()), detail


def _address(path: str, address: str, files: Mapping[str, bytes]) -> str | None:
    if _SCHEME.match(address):
        return None if _SMALL_IMAGE.match(address) else f"不允许引用外部地址：{address[:80]}"
    place = posixpath.dirname(path) if path.endswith(".css") else ""
    target = posixpath.normpath(posixpath.join(place, address.split("?")[0].split("#")[0]))
    return None if target in files else f"找不到文件：{address}"


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
