"""Reads a JSON file of a known shape and gathers every fault with its JSON pointer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflow_server.errors import Fault

KEY = re.compile(r"[a-z][a-z0-9_]*")
UNKEEPABLE = "含有数据库无法保存的内容：NUL、残缺的字符，或 NaN、Infinity"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(slots=True)
class Place:
    """A value of a JSON file, where it stands, and the list its faults go to."""

    path: str
    pointer: str
    value: Any
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, sentence: str, step: str | None = None) -> None:
        """Note a fault here, or at a step below."""
        pointer = self.pointer if step is None else f"{self.pointer}/{_escape(step)}"
        self.faults.append(Fault(f"{self.path}#{pointer}", sentence))

    def step(self, key: str | int) -> Place:
        """Go to a member of this object or list."""
        return Place(self.path, f"{self.pointer}/{_escape(str(key))}", self.value[key], self.faults)

    def only(self, *keys: str) -> bool:
        """Tell whether this is an object; refuse members it may not have."""
        if not isinstance(self.value, dict):
            self.refuse("这里应当是一个对象 { … }")
            return False
        for key in self.value:
            if key not in keys:
                self.refuse(f"没有这一项，可用的有：{'、'.join(keys)}", key)
        return True

    def text(self, key: str) -> str:
        """Return a text that must be there and not be blank."""
        found = self.value.get(key)
        if isinstance(found, str) and found.strip():
            return found
        self.refuse("须填写文字", key)
        return ""

    def text_or_none(self, key: str) -> str | None:
        """Return a text that may be missing."""
        return None if self.value.get(key) is None else self.text(key)

    def key(self, key: str) -> str:
        """Return an English key."""
        found = self.text(key)
        if found and not KEY.fullmatch(found):
            self.refuse("须由小写字母、数字和下划线组成，以字母开头", key)
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        found = self.value.get(key, default)
        if not isinstance(found, bool):
            self.refuse("须是 true 或 false", key)
            return default
        return found

    def choice_or_none(self, key: str, choices: tuple[str, ...]) -> str | None:
        """Return one of a few words, or None where it is missing."""
        found: str | None = self.value.get(key)
        if found is None or found in choices:
            return found
        self.refuse(f"只能是 {'、'.join(choices)}", key)
        return None

    def items(self, key: str, required: bool = False) -> Iterator[Place]:
        """Yield the members of a list that may be missing."""
        found = self.value.get(key)
        if isinstance(found, list):
            here = self.step(key)
            yield from (here.step(index) for index in range(len(found)))
        elif found is not None or required:
            self.refuse("须是列表 [ … ]", key)

    def members(self, key: str) -> Iterator[tuple[str, Place]]:
        """Yield the members of an object that may be missing."""
        found = self.value.get(key)
        if isinstance(found, dict):
            here = self.step(key)
            yield from ((name, here.step(name)) for name in found)
        elif found is not None:
            self.refuse("须是对象 { … }", key)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """Return one text, or a list of them."""
        if isinstance(self.value.get(key), list):
            return self.texts(key)
        return (self.text(key),)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that may be missing."""
        found = []
        for item in self.items(key):
            if isinstance(item.value, str) and item.value.strip():
                found.append(item.value)
            else:
                item.refuse("须填写文字")
        return tuple(found)


def parse(path: str, data: bytes, faults: list[Fault]) -> Place | None:
    """Read a JSON file; what is not JSON becomes a fault and None."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members:
                twice.append(key)
            members[key] = value
        return members

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    except UnicodeDecodeError:
        faults.append(Fault(path, "文件不是 UTF-8 编码，请另存为 UTF-8"))
        return None
    except RecursionError:
        faults.append(Fault(path, "嵌套过深"))
        return None
    except json.JSONDecodeError as error:
        faults.append(Fault(f"{path}:{error.lineno}", f"JSON 语法错误：{error.msg}"))
        return None
    except ValueError:
        faults.append(Fault(path, "含有位数过多的数字"))
        return None
    if not is_keepable(value):
        faults.append(Fault(path, UNKEEPABLE))
        return None
    faults.extend(Fault(path, f"“{key}”在同一个对象里写了两次") for key in twice)
    return Place(path, "", value, faults)


def is_keepable(value: Any) -> bool:
    """Tell whether JSON as Python reads it is JSON for everybody else, databases included."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return _NUL.search(text) is None


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
