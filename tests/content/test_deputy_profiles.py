"""What seven regions and the nation say about deputies' suggestions, each cell of the table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workflow_server.content import bundle, decisions, shared
from workflow_server.content.decisions import DecisionFailed
from workflow_server.content.shared import Shared

ROOT = Path(__file__).parents[2]
FILE = "bpmn/_shared/deputy_profiles.dmn"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
COLUMNS = (
    *("zhejiang2016", "shandong2017", "henan2017", "beijing2014", "chongqing2017"),
    *("qingdao2021", "shanghai2015", "national"),
)
#: Output, then what each column says.
CELLS: dict[str, tuple[Any, ...]] = {
    "region": ("33", "37", "41", "11", "50", "3702", "31", ""),
    "assigned_by": (*("office",) * 2, "research", "directors", *("office",) * 4),
    "extension_consent": (True, True, False, True, True, True, True, True),
    "silent_excluded": (True,) * 8,
    "second_dissatisfied": (
        *("none", "none", "expert", "none", "meeting", "rehand", "joint_talk", "none"),
    ),
    "withdraw_until": (*("always",) * 3, "before_assignment", *("always",) * 4),
    "all_cosigners_withdraw": (True,) * 8,
    "commitments_ledger": (
        *("follow_up", "re_reply", "report", "archive"),
        *("ledger_report", "ledger", "next_year", "ledger"),
    ),
    "publish": ("site", "all_but_secrets", *("public",) * 6),
}
#: What a region's own text says of these; where it is silent the nation's row stands.
OWN = {"silent_excluded": ["chongqing2017"], "all_cosigners_withdraw": ["shanghai2015"]}


@cache
def row(profile: str) -> Any:
    table = decisions.parse((ROOT / FILE).read_bytes(), FILE)["deputy_profiles"]
    return decisions.decide(table, {"profile": profile}, NOW)


@cache
def together() -> Shared:
    return shared.read(bundle.read_folder(ROOT))


@pytest.mark.parametrize("output", CELLS)
def test_each_column_says_what_its_text_says(output: str) -> None:
    assert tuple(row(profile)[output] for profile in COLUMNS) == CELLS[output]


@pytest.mark.parametrize("output", OWN)
def test_it_tells_whose_own_word_it_is(output: str) -> None:
    own = [profile for profile in COLUMNS if output in row(profile)["own"].split(",")]
    assert own == OWN[output]


@pytest.mark.parametrize("profile", COLUMNS)
def test_each_names_its_source_and_a_period_of_contact(profile: str) -> None:
    assert "《" in row(profile)["source"]
    code, _, region = row(profile)["contact_rule"].partition("@")
    assert region == row(profile)["region"]
    assert together().rule(code, region or None, date(2026, 4, 1)) is not None


def test_a_profile_that_is_not_there_is_refused() -> None:
    with pytest.raises(DecisionFailed, match="atlantis1999"):
        row("atlantis1999")


def test_every_office_has_one() -> None:
    chosen = together().parameters["deputy_profile"]
    assert {chosen.value, *chosen.regions.values()} == set(COLUMNS)
    found = [chosen.in_region(each) for each in ("230203", "370201", "370101", "650000", None)]
    assert found == ["chongqing2017", "qingdao2021", "shandong2017", "national", "national"]
