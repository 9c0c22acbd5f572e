"""Compile form-js JSON into a Form, or refuse it with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema
from marshmallow import fields as ma

from workflow_server import feel
from workflow_server.content.forms import compiling, grammar, initials, json_text
from workflow_server.content.forms.fields import Ignored, Inner, RowList
from workflow_server.content.forms.model import (
    Computed,
    FieldInfo,
    Form,
    FormRefused,
    Group,
    Node,
    Rows,
    Rule,
)
from workflow_server.errors import Fault

MAX_COMPONENTS = 500
MAX_DEPTH = 8
MAX_ROWS = 200
SCHEMA_VERSIONS = range(1, 21)

_KEY = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{0,63}")

Members = dict[str, Any]


class FormSchema(Schema):
    """Answers of one level of a form; what it does not know, it refuses."""

    class Meta:
        unknown = RAISE
        register = False

    error_messages = {  # noqa: RUF012 - marshmallow's way
        "unknown": "表单里没有这个字段",
        "type": "应为对象",
    }


@dataclass
class _Level:
    """One object of the answers while it is compiled: its members, by name."""

    members: Members = field(default_factory=dict)

    def inner(self, name: str) -> _Level | None:
        found = self.members.setdefault(name, _Level())
        return found if isinstance(found, _Level) else None

    def schema(self) -> type[Schema]:
        members = {
            name: Inner(member.schema()) if isinstance(member, _Level) else member
            for name, member in self.members.items()
        }
        return FormSchema.from_dict(members, name="Answers")


# Of a draft that is saved, and of the next version, nearly all forms stay as they were.
@lru_cache(maxsize=512)
def parse(key: str, data: bytes) -> Form:
    """Compile a form; FormRefused names every fault by its JSON pointer in the file."""
    reader = _Reader()
    root = json_text.read(key, data)
    form = reader.form(key, root)
    if reader.faults:
        raise FormRefused(
            f"Expected form '{key}' to be right, but it has {len(reader.faults)} faults",
            reader.faults,
        )
    return form


class _Reader:
    """Reads one form; faults gather, so that a designer sees all of them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.infos: dict[str, FieldInfo] = {}
        self.ids: set[str] = set()
        self.count = 0
        self.has_feel = False

    def fault(self, pointer: str, detail: str) -> None:
        if len(self.faults) < 200:
            self.faults.append(Fault(pointer, detail))

    def form(self, key: str, root: Mapping[str, Any]) -> Form:
        self.shapes("#", root, grammar.ROOT)
        if root.get("type") != "default":
            self.fault("#/type", "表单的 type 应为 default")
        version = root.get("schemaVersion", 1)
        if version not in SCHEMA_VERSIONS:
            self.fault("#/schemaVersion", f"不支持的 schemaVersion {version}")
        level = _Level()
        nodes = self.nodes("#", root, level, _Place())
        rules = tuple(self.rules(root))
        begins = () if self.faults else initials.read(root, self.fault)
        title = root.get("title")
        return Form(
            key=key,
            title=title if isinstance(title, str) else key,
            source=root,
            nodes=nodes,
            schema=level.schema()() if not self.faults else FormSchema(),
            fields=self.infos,
            rules=rules,
            has_feel=self.has_feel or bool(rules),
            initials=begins,
        )

    # ---- components ----

    def nodes(
        self, pointer: str, parent: Mapping[str, Any], level: _Level, place: _Place
    ) -> tuple[Node, ...]:
        components = parent.get("components", [])
        if not isinstance(components, list):
            return ()
        if place.depth > MAX_DEPTH:
            self.fault(pointer, f"分组嵌套超过 {MAX_DEPTH} 层")
            return ()
        found: list[Node] = []
        for index, component in enumerate(components):
            node = self.node(f"{pointer}/components/{index}", component, level, place)
            if node is not None:
                found.append(node)
        return tuple(found)

    def node(self, pointer: str, component: Any, level: _Level, place: _Place) -> Node | None:
        self.count += 1
        if self.count > MAX_COMPONENTS:
            if self.count == MAX_COMPONENTS + 1:
                self.fault(pointer, f"表单超过 {MAX_COMPONENTS} 个组件")
            return None
        if not isinstance(component, dict):
            self.fault(pointer, "组件应为对象")
            return None
        kind = component.get("type")
        keys = _keys_of(kind)
        if keys is None:
            self.fault(f"{pointer}/type", f"不支持的组件“{str(kind)[:50]}”")
            return None
        if not self.shapes(pointer, component, keys):
            return None
        self.common(pointer, component)
        if kind in grammar.FIELDS:
            return self.item(pointer, component, level, place)
        if kind == "expression":
            return self.computed(pointer, component, level, place)
        if kind == "group":
            return self.group(pointer, component, level, place)
        if kind == "dynamiclist":
            return self.rows(pointer, component, level, place)
        return None

    def item(
        self, pointer: str, component: Mapping[str, Any], level: _Level, place: _Place
    ) -> Node | None:
        path = self.path(pointer, component, "key")
        if path is None:
            return None
        name = place.name(path)
        compiled = compiling.item(component, place.path + path, name, place.in_rows)
        for aspect, detail in compiled.faults:
            self.fault(f"{pointer}{aspect}", detail)
        for aspect, expression in compiled.expressions:
            self.feel(f"{pointer}{aspect}", expression)
        declared: Any = (
            Ignored(compiled.item.label) if compiled.item.readonly else compiled.item.field
        )
        if not self.declare(pointer, level, path, name, declared):
            return None
        self.infos[name] = compiled.info
        return compiled.item

    def computed(
        self, pointer: str, component: Mapping[str, Any], level: _Level, place: _Place
    ) -> Node | None:
        path = self.path(pointer, component, "key")
        expression = component.get("expression", "")
        if not expression:
            self.fault(pointer, "缺少 expression")
        if path is None or not expression:
            return None
        self.feel(f"{pointer}/expression", expression)
        name = place.name(path)
        label = compiling.label_of(component, name)
        if not self.declare(pointer, level, path, name, Ignored(label)):
            return None
        self.infos[name] = FieldInfo(
            path=name, label=label, type="expression", required=False, readonly=True,
            repeated=place.in_rows, options=(), source=None, source_parameters={},
            personal_class=compiling.properties_of(component).get("class"),
        )  # fmt: skip
        return Computed(place.path + path, name, expression[1:], _hide(component))

    def group(
        self, pointer: str, component: Mapping[str, Any], level: _Level, place: _Place
    ) -> Node | None:
        path: tuple[str, ...] | None = ()
        if component.get("path"):
            path = self.path(pointer, component, "path")
        inner = self.inner(pointer, level, path)
        if path is None or inner is None:
            return None
        nodes = self.nodes(pointer, component, inner, place.deeper(path))
        return Group(_hide(component), nodes)

    def rows(
        self, pointer: str, component: Mapping[str, Any], level: _Level, place: _Place
    ) -> Node | None:
        path = self.path(pointer, component, "path")
        if path is None:
            return None
        name = place.name(path)
        label = compiling.label_of(component, name)
        least, most = self.row_limits(pointer, component)
        row = _Level()
        self.infos[name] = FieldInfo(
            path=name, label=label, type="dynamiclist", required=least > 0, readonly=False,
            repeated=place.in_rows, options=(), source=None, source_parameters={},
            personal_class=compiling.properties_of(component).get("class"),
        )  # fmt: skip
        nodes = self.nodes(pointer, component, row, _Place((), name, True, place.depth + 1))
        if not row.members:
            self.fault(pointer, "重复列表里没有字段")
            return None
        declared = RowList(ma.Nested(row.schema()), label, most)
        if not self.declare(pointer, level, path, name, declared):
            return None
        return Rows(place.path + path, name, label, _hide(component), least, nodes)

    def row_limits(self, pointer: str, component: Mapping[str, Any]) -> tuple[int, int]:
        properties = compiling.properties_of(component)
        limits = []
        for name, default in (("minRows", 0), ("maxRows", MAX_ROWS)):
            text = str(properties.get(name, default))
            if not text.isascii() or not text.isdigit() or int(text) > MAX_ROWS:
                self.fault(f"{pointer}/properties/{name}", f"{name} 应为不超过 {MAX_ROWS} 的整数")
                text = str(default)
            limits.append(int(text))
        if limits[0] > limits[1]:
            self.fault(f"{pointer}/properties/minRows", "minRows 大于 maxRows")
        return limits[0], limits[1]

    # ---- what components share ----

    def shapes(self, pointer: str, value: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
        before = len(self.faults)
        for name, member in value.items():
            kind = keys.get(name)
            if kind is None:
                self.fault(f"{pointer}/{_escaped(name)}", f"不认识的属性“{name[:50]}”")
                continue
            wrong = grammar.shape_fault(kind, member)
            if wrong is not None:
                self.fault(f"{pointer}/{name}", f"{name} {wrong}")
        return len(self.faults) == before

    def common(self, pointer: str, component: Mapping[str, Any]) -> None:
        identity = component.get("id")
        if identity is not None and identity in self.ids:
            self.fault(f"{pointer}/id", f"组件 id“{identity}”用了两次")
        self.ids.add(str(identity))
        conditional = component.get("conditional", {})
        for name, value in conditional.items():
            if name != "hide":
                self.fault(f"{pointer}/conditional/{_escaped(name)}", f"不认识的属性“{name[:50]}”")
            elif not isinstance(value, str) or (value and not value.startswith("=")):
                self.fault(f"{pointer}/conditional/hide", "hide 应为以 = 开头的 FEEL 表达式")
            elif value:
                self.feel(f"{pointer}/conditional/hide", value)
        for name in component.get("properties", {}):
            if name not in grammar.PROPERTIES and not name.startswith("source."):
                self.fault(f"{pointer}/properties/{_escaped(name)}", f"不认识的属性“{name[:50]}”")

    def feel(self, pointer: str, value: str) -> None:
        self.has_feel = True
        try:
            wrong = feel.check(value[1:])
        except feel.FeelError as error:
            wrong = error.message
        if wrong is not None:
            self.fault(pointer, f"FEEL 语法错误：{wrong}")

    def path(self, pointer: str, component: Mapping[str, Any], word: str) -> tuple[str, ...] | None:
        text = component.get(word)
        parts = tuple(text.split(".")) if isinstance(text, str) and text else ()
        if not parts:
            self.fault(f"{pointer}/{word}", f"缺少 {word}")
            return None
        for part in parts:
            if not _KEY.fullmatch(part):
                self.fault(
                    f"{pointer}/{word}",
                    f"字段名“{part[:70]}”只能由字母、数字、下划线和汉字组成，不以数字开头",
                )
                return None
            if part in grammar.RESERVED_KEYS:
                self.fault(f"{pointer}/{word}", f"字段名“{part}”是保留的名字")
                return None
        return parts

    def inner(self, pointer: str, level: _Level, path: tuple[str, ...] | None) -> _Level | None:
        for part in path or ():
            found = level.inner(part)
            if found is None:
                self.fault(pointer, f"“{part}”已经是一个字段，不能再是分组")
                return None
            level = found
        return level

    def declare(
        self, pointer: str, level: _Level, path: tuple[str, ...], name: str, declared: Any
    ) -> bool:
        holder = self.inner(pointer, level, path[:-1])
        if holder is None:
            return False
        if path[-1] in holder.members:
            self.fault(pointer, f"字段“{name}”用了两次")
            return False
        holder.members[path[-1]] = declared
        return True

    def rules(self, root: Mapping[str, Any]) -> Iterator[Rule]:
        properties = root.get("properties", {})
        if not isinstance(properties, dict):
            return
        for name in set(properties) - {"rules", "note"}:
            self.fault(f"#/properties/{_escaped(name)}", f"不认识的属性“{name[:50]}”")
        rules = properties.get("rules", [])
        if not isinstance(rules, list):
            self.fault("#/properties/rules", "rules 应为列表")
            return
        for index, rule in enumerate(rules):
            pointer = f"#/properties/rules/{index}"
            if not isinstance(rule, dict) or set(rule) != {"when", "field", "message"}:
                self.fault(pointer, "规则应有 when、field、message 三项")
            elif not all(isinstance(value, str) and value for value in rule.values()):
                self.fault(pointer, "规则的 when、field、message 应为文字")
            elif not rule["when"].startswith("="):
                self.fault(f"{pointer}/when", "when 应为以 = 开头的 FEEL 表达式")
            elif rule["field"] not in self.infos:
                self.fault(f"{pointer}/field", f"表单里没有字段“{rule['field'][:50]}”")
            else:
                self.feel(f"{pointer}/when", rule["when"])
                yield Rule(rule["when"][1:], rule["field"], rule["message"])


@dataclass(frozen=True)
class _Place:
    """Where in the form we are: path within the row or the root, and the name before it."""

    path: tuple[str, ...] = ()
    prefix: str = ""
    in_rows: bool = False
    depth: int = 0

    def name(self, path: tuple[str, ...]) -> str:
        own = ".".join(self.path + path)
        return f"{self.prefix}.{own}" if self.prefix else own

    def deeper(self, path: tuple[str, ...]) -> _Place:
        return replace(self, path=self.path + path, depth=self.depth + 1)


def _keys_of(kind: Any) -> Mapping[str, str] | None:
    if not isinstance(kind, str):
        return None
    if kind == "expression":
        return grammar.EXPRESSION
    return grammar.FIELDS.get(kind) or grammar.CONTAINERS.get(kind) or grammar.DISPLAYED.get(kind)


def _hide(component: Mapping[str, Any]) -> str | None:
    hide = component.get("conditional", {}).get("hide")
    return hide[1:] if isinstance(hide, str) and hide.startswith("=") else None


def _escaped(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")
