"""Builds forms for the tests of forms."""

import json
from datetime import UTC, datetime

from workflow_server.content import forms

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def form(*components, **root):
    """Compile a form of these components."""
    return forms.parse("test/form", source(*components, **root))


def source(*components, **root):
    whole = {"type": "default", "schemaVersion": 18, "components": list(components), **root}
    return json.dumps(whole, ensure_ascii=False).encode()


def text(key="title", label="标题", **rest):
    return {"type": "textfield", "key": key, "label": label, **rest}


def rows(*components, path="rows", label="明细", **rest):
    return {
        "type": "dynamiclist", "path": path, "label": label, "components": list(components), **rest
    }  # fmt: skip


def check(compiled, answers, context=None, *, access=None, sources=lambda *_: True, now=NOW):
    return forms.check(compiled, answers, context or {}, now=now, sources=sources, access=access)


def accepted(compiled, answers, context=None, **rest):
    """The answers as they are kept; fails if there are faults."""
    checked = check(compiled, answers, context, **rest)
    assert checked.faults == ()
    return checked.answers


def faults(compiled, answers, context=None, **rest):
    """What was found wrong, as {pointer: sentence}."""
    found = check(compiled, answers, context, **rest)
    assert found.answers == {} or not found.faults
    return {fault.pointer: fault.detail for fault in found.faults}
