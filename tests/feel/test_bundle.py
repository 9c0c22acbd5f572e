"""The bundle is what its checksum says, carries its licences, and reads as feelin reads."""

import hashlib
import json
import re
from importlib import resources
from pathlib import Path

import pytest

from workflow_server import feel

FOLDER = resources.files("workflow_server.feel")
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts" / "feel"


def test_the_bundle_has_its_checksum():
    digest, name = FOLDER.joinpath("feelin.bundle.js.sha256").read_text().split()
    assert hashlib.sha256(FOLDER.joinpath(name).read_bytes()).hexdigest() == digest


def test_every_package_in_the_bundle_has_its_licence():
    licences = FOLDER.joinpath("feelin.licences.txt").read_text()
    locked = json.loads((SCRIPTS / "package-lock.json").read_text())["packages"]
    bundled = [
        (path.removeprefix("node_modules/"), package["version"])
        for path, package in locked.items()
        if path and not package.get("dev")
    ]
    assert ("@bpmn-io/feelin", "6.1.1") in bundled
    for name, version in bundled:
        assert f"==== {name} {version} ====" in licences
    assert licences.count("Permission is hereby granted") == len(bundled)


def test_every_package_is_locked_by_checksum():
    locked = json.loads((SCRIPTS / "package-lock.json").read_text())["packages"]
    assert all(package.get("integrity") for path, package in locked.items() if path)


def test_the_bundle_calls_nothing_of_the_outside():
    text = FOLDER.joinpath("feelin.bundle.js").read_text()
    assert not re.search(r"\b(fetch|XMLHttpRequest|require|import)\s*\(", text)


@pytest.mark.parametrize(
    "context",
    [
        {"a": 3, "b": 1, "ab": 5},
        {"a-b": 7, "a": 3, "b": 1},
        {"a b": 7, "x": {"a-b": 2}},
        {"a": {"b": 1}},
    ],
)
@pytest.mark.parametrize("expression", ["a-b", "a b", "x.a-b", "a.b", "a - b", "{a: 9, r: a-b}.r"])
def test_a_cached_reading_is_a_fresh_reading(expression, context):
    # An odd name that the expression cannot mean makes the machine read the text anew.
    fresh = dict(context) | {"some odd-name": 1}
    first = _value(expression, context)
    assert _value(expression, fresh) == first
    assert _value(expression, context) == first


def _value(expression, context):
    try:
        return feel.evaluate(expression, context)
    except feel.FeelError as error:
        return error.message
