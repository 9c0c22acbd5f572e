"""Reads the JSON of a form strictly: no double keys, no constants, no bombs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from workflow_server.content.forms.model import FormRefused
from workflow_server.content.reading import UNKEEPABLE, is_keepable
from workflow_server.errors import Fault

MAX_BYTES = 1_000_000


def read(key: str, data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _refused(key, f"表单超过 {MAX_BYTES // 1_000_000} MB")
    try:
        root = json.loads(
            data.decode("utf-8"), object_pairs_hook=_members, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise _refused(key, "表单不是 UTF-8 编码") from error
    except RecursionError as error:
        raise _refused(key, "表单嵌套太深") from error
    except ValueError as error:
        raise _refused(key, f"表单不是正确的 JSON：{error}") from error
    if not is_keepable(root):
        raise _refused(key, f"表单{UNKEEPABLE}")
    if not isinstance(root, dict):
        raise _refused(key, "表单应为 JSON 对象")
    return root


def _refused(key: str, detail: str) -> FormRefused:
    return FormRefused(f"Expected form '{key}' as form-js JSON, but {detail}", [Fault("#", detail)])


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"“{ascii(name)[1:-1] if not name.isprintable() else name}”写了两次")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} 不是 JSON 的数字")
