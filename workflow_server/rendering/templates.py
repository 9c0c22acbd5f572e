"""Templates of documents: a Jinja sandbox that sees data and its own files, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workflow_server.errors import Fault
from workflow_server.rendering import filters, inspection
from workflow_server.rendering.blanks import blanked
from workflow_server.rendering.sources import ENTRY, RenderFailed, TemplateSource, failed

#: Characters of HTML that a template may produce; a hundred printed pages are about 400,000.
MAX_OUTPUT = 4_000_000
#: Length of a text or list that a multiplication may produce.
MAX_PRODUCT = 100_000
_TEXT_FILES = (".html", ".css", ".svg")
#: Filters that would let data through as markup or reach attributes by name.
_WITHHELD_FILTERS = ("safe", "attr", "urlize", "pprint", "xmlattr", "random")
_WITHHELD_GLOBALS = ("lipsum", "cycler", "joiner")


class MissingValue(StrictUndefined):
    """A value that the data lack: using it fails, testing it with `is defined` does not."""

    @property
    def _undefined_message(self) -> str:
        return f"数据中没有“{self._undefined_name}”"


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox: keys of data come before methods, names with an underscore do not exist."""

    intercepted_binops = frozenset(["*", "**", "%"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse every name with a leading underscore, and what Jinja's sandbox refuses."""
        return not attr.startswith("_") and super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read `d.items` as the field `items` where the data have one."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read an item; text arguments never reach an attribute."""
        try:
            return obj[argument]
        except (LookupError, TypeError, AttributeError):
            return self.undefined(obj=obj, name=str(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Bound what `*`, `**` and `%` can make of two values."""
        if operator == "**" and not (abs(left) <= 10_000 and abs(right) <= 8):
            raise OverflowError("乘方的数太大")
        if operator == "*" and _product_length(left, right) > MAX_PRODUCT:
            raise OverflowError("重复的文字太长")
        if operator == "%" and isinstance(left, str):
            raise TypeError("模板中不能用 % 拼接文字")
        return super().call_binop(context, operator, left, right)


def _product_length(left: Any, right: Any) -> int:
    for text, times in ((left, right), (right, left)):
        if isinstance(text, str | list | tuple | bytes) and isinstance(times, int):
            return len(text) * times
    return 0


def fill(source: TemplateSource, data: Mapping[str, Any]) -> str:
    """Fill the template with the data, which it sees as `d`; refusals name file and line."""
    environment = _environment(source)
    if data.get("preview"):
        data = blanked(data)
    try:
        template = environment.get_template(ENTRY)
        return _collect(template.generate(d=data))
    except TemplateSyntaxError as error:
        raise failed(source.key, error.name or ENTRY, error.lineno, error.message or "") from None
    except TemplateNotFound as error:
        raise failed(source.key, ENTRY, None, f"找不到模板文件 {error.message}") from None
    except RenderFailed:
        raise
    except MemoryError:
        raise
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError,
            AttributeError, RecursionError) as error:  # fmt: skip
        file, line = place(error, source.files)
        raise failed(source.key, file, line, str(error) or type(error).__name__) from None


def _collect(pieces: Any) -> str:
    parts: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_OUTPUT:
            raise OverflowError(f"模板输出超过 {MAX_OUTPUT} 字")
        parts.append(piece)
    return "".join(parts)


def place(error: BaseException, files: Collection[str]) -> tuple[str, int | None]:
    """Find the innermost template line of a traceback."""
    found: tuple[str, int | None] = (ENTRY, None)
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in files:
            # Jinja maps the lines of ordinary errors itself, but not those of a time limit.
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            line = trace.tb_lineno
            found = name, template.get_corresponding_lineno(line) if template else line
        trace = trace.tb_next
    return found


def texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Decode the files that Jinja may load; a file that is not UTF-8 keeps its marks."""
    return {
        path: data.decode("utf-8", "replace")
        for path, data in files.items()
        if path.endswith(_TEXT_FILES)
    }


def _environment(source: TemplateSource) -> TemplateEnvironment:
    digest = hashlib.sha256()
    for path in sorted(source.files):
        digest.update(path.encode() + b"\0" + hashlib.sha256(source.files[path]).digest())
    kept = _KEPT.get(digest.digest())
    if kept is None:
        while len(_KEPT) >= _KEEP:
            _KEPT.pop(next(iter(_KEPT)))
        kept = _KEPT[digest.digest()] = environment_for(texts(source.files))
    return kept


_KEEP = 64
_KEPT: dict[bytes, TemplateEnvironment] = {}


def environment_for(files: Mapping[str, str]) -> TemplateEnvironment:
    """Make the sandbox for a set of template texts."""
    environment = TemplateEnvironment(
        loader=_NamedLoader(files),
        undefined=MissingValue,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in _WITHHELD_FILTERS:
        environment.filters.pop(name, None)
    for name in _WITHHELD_GLOBALS:
        environment.globals.pop(name, None)
    environment.filters.update(filters.FILTERS)
    return environment


class _NamedLoader(DictLoader):
    """Loads from memory and tells Jinja each file's path, so that tracebacks name it."""

    def load(self, environment: Any, name: str, globals: Any = None) -> Template:
        """Compile a template under its own path."""
        text, _, fresh = self.get_source(environment, name)
        code = environment.compile(text, name, name)
        return Template.from_code(environment, code, globals or {}, fresh)


def check(files: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """Find what is wrong with a template before any data are there.

    `files` holds `template.html`, its companions and `base/…`. Pointers read `file:line`.
    """
    return inspection.inspect(texts(files), files, _bare())


@lru_cache(maxsize=1)
def _bare() -> TemplateEnvironment:
    return environment_for({})
