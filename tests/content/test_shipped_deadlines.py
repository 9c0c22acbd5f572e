"""The rules of deadlines that are shipped: all that the law and local rules ask for, each whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from workflow_server.content import bundle, shared
from workflow_server.content.shared import Shared
from workflow_server.rules.deadlines import Rule, read_rule

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 16)
#: Code, amount, unit, direction.
EXPECTED = [
    *(("R-INV-2M", 2, "month"), ("R-REPLY-2M", 2, "month"), ("R-REPLY-15D", 15, "day")),
    *(("R-REPLY-1M-MINOR", 1, "month"), ("R-FILE-5D-SG", 5, "day"), ("R-FILE-5D-PIL", 5, "day")),
    *(("R-SERVE-3D", 3, "day"), ("R-FILING-NOTICE-7D", 7, "day"), ("R-SUE-1M", 1, "month")),
    *(("R-ENTRUST-30D", 30, "day"), ("R-RECUSAL-3D", 3, "day"), ("R-SUITFILE-5D", 5, "day")),
    *(("R-WITHDRAW-3D", 3, "day"), ("R-RETRIAL-15D", 15, "day"), ("R-RETRIAL-5D", 5, "day")),
    *(("R-COMM-FB", 5, "day"), ("R-FLOWMON-10D", 10, "day"), ("R-POLICE-EXP-7D", 7, "day")),
    *(("R-POLICE-FILE-15D", 15, "day"), ("R-POLICE-URGE-3M", 3, "month")),
    *(("R-DREPLY-3M", 3, "month"), ("R-DREPLY-6M", 6, "month"), ("R-INSP-OBJ-30D", 30, "day")),
    *(("R-INSP-DEC-30D", 30, "day"), ("R-NPC-OPIN-3M", 3, "month"), ("R-COPY-10D", 10, "day")),
    *(("R-OBJ", 15, "day"), ("R-ACK", 2, "workday"), ("R-UNIT-ACK", 3, "workday")),
    *(("R-EVAL", 15, "workday"), ("R-ADOPT", 15, "workday"), ("R-REVIEW", 5, "workday")),
    *(("R-VISIT-30D", 30, "day"), ("R-VISIT-90D", 90, "day"), ("R-VISIT-180D", 180, "day")),
    ("R-RESERVE", 6, "month"),
]
BACKWARD = [
    *(("R-HEARING-NOTICE", 3), ("R-COMM-MAT", 3), ("R-NPC-20", 20), ("R-NPC-10", 10)),
    ("R-NPC-7", 7),
]
#: 浙江 山东 河南 北京 重庆 青岛 上海; None: no days are fixed there, and the general row says so.
REGIONS = ("330100", "370100", "410100", "110100", "500000", "370203", "310000")
LOCAL: dict[str, tuple[str | None, ...]] = {
    "R-ASSIGN": ("7 day", "5 day", None, None, "10 workday", "5 workday", "7 workday"),
    "R-HOBJ": ("10 day", "5 day", "10 workday", None, "10 workday", "5 workday", "7 workday"),
    "R-COH": ("2 month", "1 month", "2 month", None, "30 workday", "1 month", "1 month"),
    "R-DFB": (None, None, "10 workday", "15 workday", "20 workday", None, None),
    "R-REDO": ("1 month", "1 month", "1 month", "2 month", "2 month", None, "1 month"),
}
#: What only some of them fix: elsewhere the general row holds.
FEW: dict[str, tuple[str | None, ...]] = {
    "R-REASSIGN": (None, None, "10 workday", None, "10 workday", None, None),
    "R-CONTACT": (None, None, None, None, "20 workday", None, None),
    "R-COH-REDO": (None, None, None, None, "5 workday", None, None),
}


@pytest.fixture(scope="module")
def together() -> Shared:
    return shared.read(bundle.read_folder(ROOT))


def rule(together: Shared, code: str, region: str | None = "230200") -> Rule:
    row = together.rule(code, region, DAY)
    assert row is not None, code
    return read_rule(code, row)


@pytest.mark.parametrize(("code", "amount", "unit"), EXPECTED)
def test_a_rule_of_law_is_there(together: Shared, code: str, amount: int, unit: str) -> None:
    found = rule(together, code)
    assert (found.amount, found.unit, found.roll) == (amount, unit, "next_workday")
    assert found.basis
    assert found.start_event
    assert found.version


@pytest.mark.parametrize(("code", "amount"), BACKWARD)
def test_what_is_due_before_a_meeting_counts_back(together: Shared, code: str, amount: int) -> None:
    found = rule(together, code)
    assert (found.amount, found.direction, found.roll) == (amount, "backward", "previous_workday")


def cells() -> Iterator[tuple[str, str, str]]:
    for code, found in LOCAL.items():
        for region, cell in zip(REGIONS, found, strict=True):
            yield code, region, cell or "default"


@pytest.mark.parametrize(("code", "region", "says"), list(cells()))
def test_seven_regions_have_their_own(together: Shared, code: str, region: str, says: str) -> None:
    found, general = rule(together, code, region), rule(together, code, None)
    default = f"{general.amount} {general.unit}"
    assert f"{found.amount} {found.unit}" == says.replace("default", default)
    assert ("未规定天数" in found.basis) is (says == "default")
    assert "@" in found.version


@pytest.mark.parametrize("code", FEW)
def test_what_few_regions_fix_is_theirs_and_the_platforms_elsewhere(
    together: Shared, code: str
) -> None:
    for region, says in zip(REGIONS, FEW[code], strict=True):
        found = rule(together, code, region)
        assert (f"{found.amount} {found.unit}" == says) or says is None, (code, region)
        assert ("@" in found.version) is (says is not None), (code, region)
        assert ("平台设定" in found.basis) is (says is None), (code, region)


@pytest.mark.parametrize("region", REGIONS)
def test_deputies_are_answered_in_three_months_and_six_everywhere(
    together: Shared, region: str
) -> None:
    found = [rule(together, code, region) for code in ("R-DREPLY-3M", "R-DREPLY-6M")]
    assert [(each.amount, each.unit) for each in found] == [(3, "month"), (6, "month")]
    assert ("告知代表" in found[0].extension_approver) is (region == "410100")


def test_an_office_without_a_region_goes_by_the_general_row(together: Shared) -> None:
    for code in (*LOCAL, *FEW):
        assert "@" not in rule(together, code, None).version


def test_every_code_is_a_whole_rule_with_its_reason(together: Shared) -> None:
    for code in sorted(together.rule_codes):
        row: Any = together.rule(code, None, DAY)
        made = read_rule(code, {**row, "amount": row["amount"] or 10})
        assert made.basis, code
        assert made.label, code
        assert made.start_event, code
        assert row["valid_from"] <= DAY.isoformat()


def test_who_may_lengthen_and_hold_what(together: Shared) -> None:
    sue = rule(together, "R-SUE-1M")
    assert (sue.extendable, sue.pausable, sue.excludable, sue.max_extension) == (True,) * 3 + ("",)
    assert rule(together, "R-SUE-EXT-1M").counts_from == "due"
    deputies = rule(together, "R-DREPLY-3M")
    assert (deputies.extendable, deputies.max_extension) == (True, "P3M")
    assert not rule(together, "R-REPLY-2M-PIL").extendable
    assert rule(together, "R-REPLY-2M").extendable
    assert not rule(together, "R-REPLY-2M").pausable
    assert not rule(together, "R-REPLY-15D").extendable
    objection = rule(together, "R-OBJ")
    assert (objection.min_amount, objection.max_amount) == (3, 60)


def test_a_rule_is_not_in_force_before_its_law(together: Shared) -> None:
    assert together.rule("R-REPLY-1M-MINOR", None, date(2021, 5, 31)) is None
    assert together.rule("R-REPLY-1M-MINOR", None, date(2021, 6, 1)) is not None
