"""Every scenario that is shipped names only what there is; playing them is `make demo`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from workflow_server.cli.demands import LISTS
from workflow_server.cli.player import ACTS

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "bpmn" / "_shared"
FILES = sorted((SHARED / "scenarios").glob("*.json"))
OFFICE = json.loads((SHARED / "office.json").read_text())
LOGINS = {each["login"] for each in OFFICE["people"]}
POSTS = {(each["person"], each["organisation"]) for each in OFFICE["positions"]}
DIAGRAMS = "\n".join(path.read_text() for path in (ROOT / "bpmn").rglob("*.bpmn"))
ELEMENTS = set(re.findall(r'<bpmn:\w+ id="(\w+)"', DIAGRAMS))
PROCESSES = set(re.findall(r'<bpmn:process id="(\w+)"', DIAGRAMS))
PAPERS = {path.parent.name for path in (ROOT / "documents").glob("*/document.json")}
LETTERS = {each["key"] for each in json.loads((SHARED / "messages.json").read_text())["types"]}
KINDS = {each["key"] for each in json.loads((SHARED / "records.json").read_text())["kinds"]}
#: Answers are keyed by the fields of the forms that there are.
FIELDS = set(
    re.findall(
        r'"(?:key|path)": "(\w+)"',
        "\n".join(path.read_text() for path in (ROOT / "forms").rglob("*.json")),
    )
)


def told(path: Path) -> Any:
    return json.loads(path.read_text())


def acts(scenario: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return enumerate(scenario["acts"], 1)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def scenario(request: pytest.FixtureRequest) -> Any:
    return told(request.param)


def test_each_act_is_one_that_there_is_by_somebody_who_has_the_post(scenario: Any) -> None:
    wrong = [
        number
        for number, act in acts(scenario)
        if act["act"] not in ACTS
        or act["person"] not in LOGINS
        or ("organisation" in act and (act["person"], act["organisation"]) not in POSTS)
        or not set(act.get("grants", ())) <= LOGINS
        or not Path(ROOT, act.get("file", "")).exists()
    ]
    assert wrong == []


def test_each_act_is_at_an_element_that_there_is(scenario: Any) -> None:
    wanted = {act["task"] for _, act in acts(scenario) if "task" in act}
    wanted |= {task for _, act in acts(scenario) for task in act.get("expect", {}).get("tasks", ())}
    assert wanted - ELEMENTS == set()
    named = {act["process"] for _, act in acts(scenario) if "process" in act}
    assert (named | set(scenario["result"].get("instances", ()))) - PROCESSES == set()


def test_answers_and_files_are_for_fields_that_there_are(scenario: Any) -> None:
    answered = {key for _, act in acts(scenario) for key in act.get("answers", ())}
    assert answered - FIELDS == set()
    attached = [file["field"] for _, act in acts(scenario) for file in act.get("attach", ())]
    assert {part for field in attached for part in field.split(".") if not part.isdigit()} <= FIELDS


def test_what_is_expected_is_of_kinds_that_there_are(scenario: Any) -> None:
    expected = [scenario["result"], *(act.get("expect", {}) for _, act in acts(scenario))]
    papers = {kind for each in expected for kind in each.get("documents", ())}
    papers |= {paper["kind"] for each in expected for paper in each.get("papers", ())}
    letters = {kind for each in expected for kind in each.get("deliveries", ())}
    assert (papers - PAPERS, letters - LETTERS) == (set(), set())
    assert set(scenario["result"].get("records", ())) - KINDS == set()
    seen = {name for each in expected for name in each.get("sees", ())}
    seen |= {name for each in expected for name in each.get("does_not_see", ())}
    assert seen - set(LISTS) == set()


def test_time_goes_forward_and_each_says_what_it_shows(scenario: Any) -> None:
    moments = [datetime.fromisoformat(act["at"]) for _, act in acts(scenario) if "at" in act]
    assert moments == sorted(moments)
    assert [name for name in ("title", "description", "shows") if not scenario[name]] == []
    cases = {act["as"] for _, act in acts(scenario) if "as" in act}
    assert {act["in"] for _, act in acts(scenario) if "in" in act} <= cases


@pytest.mark.parametrize("office", ["procuratorate", "city_procuratorate"])
def test_a_case_of_a_minor_finds_somebody_certified_in_every_post(office: str) -> None:
    certified = {each["login"] for each in OFFICE["people"] if each.get("minors_certified")}
    posts = [each for each in OFFICE["positions"] if each["organisation"] == office]
    held = {each["role"] for each in posts if each["person"] in certified}
    assert {each["role"] for each in posts} == held
