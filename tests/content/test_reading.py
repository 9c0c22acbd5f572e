"""A part of the content is read when it is first asked for, and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.court import ROOT
from workflow_server.content import bundle, content, extensions, forms


def test_what_the_house_is_called_is_known_without_a_diagram(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("a diagram or a form was read")

    monkeypatch.setattr(extensions, "read", refuse)
    monkeypatch.setattr(forms, "parse", refuse)
    found = content.Content(bundle.read_folder(ROOT))
    assert found.shared.site is not None
    with pytest.raises(AssertionError):
        _ = found.processes


def test_a_part_is_read_once() -> None:
    found = content.of(bundle.read_folder(ROOT))
    assert found is content.load(bundle.read_folder(ROOT))
    assert found.shared is found.shared
