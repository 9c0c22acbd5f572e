"""Turns the OpenAPI document into chapters that a page can show: fields, examples, curl."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
_DEPTH = 6
_EXAMPLES: Mapping[str, Any] = {
    "uuid": "01990000-0000-7000-8000-000000000001",
    "date-time": "2026-07-01T09:00:00+08:00",
    "date": "2026-07-01",
    "binary": "(文件 file)",
}
_BY_TYPE: Mapping[str, Any] = {
    "string": "文字",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table of fields."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body, coming in or going out."""

    media: str
    fields: tuple[Field, ...]
    example: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it."""

    id: str
    method: str
    path: str
    title: str
    subtitle: str
    description: str
    open: bool
    parameters: tuple[Field, ...]
    body: Content | None
    answers: tuple[tuple[str, Content], ...]
    curl: str


@dataclass(slots=True)
class Chapter:
    """One noun."""

    name: str
    title: str
    operations: list[Operation] = field(default_factory=list)


def chapters(document: Mapping[str, Any]) -> list[Chapter]:
    """Order the operations of a document by its tags."""
    made = {tag["name"]: Chapter(tag["name"], tag["description"]) for tag in document["tags"]}
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                operation = _operation(document, path, method, item[method], shared)
                made[item[method]["tags"][0]].operations.append(operation)
    return list(made.values())


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    given: Mapping[str, Any],
    shared: list[Any],
) -> Operation:
    title, _, subtitle = given.get("summary", "").partition(" · ")
    body = given.get("requestBody")
    media, content = next(iter(body["content"].items())) if body else ("", None)
    shown = _content(document, media, content) if content else None
    parameters = [_resolve(document, each) for each in [*shared, *given.get("parameters", [])]]
    is_open = given.get("security") == []
    return Operation(
        id=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        title=title,
        subtitle=subtitle,
        description=given.get("description", ""),
        open=is_open,
        parameters=tuple(_parameter(each) for each in parameters),
        body=shown,
        answers=tuple(_answers(document, given.get("responses", {}))),
        curl=_curl(method, path, shown, parameters, is_open),
    )


def _answers(
    document: Mapping[str, Any], responses: Mapping[str, Any]
) -> Iterator[tuple[str, Content]]:
    for status, given in responses.items():
        if status == "default":
            continue
        response = _resolve(document, given)
        media, content = next(iter(response.get("content", {}).items()), ("", None))
        yield status, _content(document, media, content or {})


def _content(document: Mapping[str, Any], media: str, content: Mapping[str, Any]) -> Content:
    schema = content.get("schema", {})
    example = content.get("example") or _example(document, schema)
    text = "" if schema.get("format") == "binary" or not media else _pretty(example)
    return Content(media, tuple(_fields(document, schema)), text)


def _fields(
    document: Mapping[str, Any], given: Mapping[str, Any], before: str = "", depth: int = 0
) -> Iterator[Field]:
    schema = _resolve(document, given)
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        resolved = _resolve(document, inner)
        description = inner.get("description") or resolved.get("description", "")
        yield Field(before + name, _kind(document, inner), name in required, description)
        deeper = resolved.get("items", {}) if resolved.get("type") == "array" else resolved
        mark = "[]." if deeper is not resolved else "."
        if depth < 2:
            yield from _fields(document, deeper, f"{before}{name}{mark}", depth + 1)


def _parameter(given: Mapping[str, Any]) -> Field:
    schema = given.get("schema", {})
    where = {"path": "路径", "query": "查询", "header": "请求头"}.get(given["in"], given["in"])
    description = given.get("description") or schema.get("description", "")
    kind = f"{where} · {_kind({}, schema)}"
    return Field(given["name"], kind, given.get("required", False), description)


def _kind(document: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    schema = _resolve(document, given)
    kind = schema.get("type", "object" if "properties" in schema else "any")
    if isinstance(kind, list):
        kind = " | ".join(kind)
    if kind == "array":
        return f"[{_kind(document, schema.get('items', {}))}]"
    words = schema.get("enum")
    if words:
        return " | ".join(str(word) for word in words if word is not None)
    return str(schema.get("format") or kind)


def _example(document: Mapping[str, Any], given: Mapping[str, Any], depth: int = 0) -> Any:
    schema = _resolve(document, given)
    for source in (given, schema):
        if "example" in source:
            return source["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        if depth > _DEPTH:
            return {}
        return {
            name: _example(document, inner, depth + 1)
            for name, inner in schema["properties"].items()
        }
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [_example(document, schema.get("items", {}), depth + 1)]
    if kind == "object":
        return {}
    return _EXAMPLES.get(schema.get("format", ""), schema.get("default", _BY_TYPE.get(kind)))


def _resolve(document: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    if "allOf" in given and len(given["allOf"]) == 1:
        return _resolve(document, given["allOf"][0])
    for choice in given.get("anyOf", ()):
        if "$ref" in choice:
            return _resolve(document, choice)
    found: Any = given
    if "$ref" in given and document:
        found = document
        for part in given["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    resolved: Mapping[str, Any] = found
    return resolved


def _curl(
    method: str, path: str, body: Content | None, parameters: list[Any], is_open: bool
) -> str:
    lines = [f"curl -X {method.upper()} $SERVER{path}"]
    if not is_open:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if any(each["name"] == "Idempotency-Key" for each in parameters):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None and body.media == "multipart/form-data":
        lines += [f"-F {each.name}=@{each.name}" for each in body.fields if each.required]
    elif body is not None and body.media == "application/octet-stream":
        lines.append(f'-H "Content-Type: {body.media}" --data-binary @file')
    elif body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(json.loads(body.example), ensure_ascii=False)}'")
    return " \\\n  ".join(lines)


def _pretty(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)
