"""The figures of the source cases come out of registers that were taken over, by query."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from tests.api.conftest import statements as statements

# Empty databases of both kinds: the figures are the store's work.
from tests.conftest import databases as databases
from tests.court import settle_court
from tests.processes.registers import lines, person, take_over, told
from workflow_server.services import ledgers, links
from workflow_server.services.ledgers import Amount, Told, Wanted

COHORTS = (
    ("suggestions", "f2-suggestions", "procuratorate", 66),
    ("leads", "f5-leads", "city_procuratorate", 2),
    ("suggestions", "f5-suggestions", "city_procuratorate", 1),
    ("leads", "f6-leads", "procuratorate", 5),
    ("suggestions", "f6-suggestions", "procuratorate", 5),
    ("handled_cases", "f7-handled-cases", "procuratorate", 115),
    ("leads", "f8-leads", "procuratorate", 42),
    ("suggestions", "f8-suggestions", "procuratorate", 38),
    ("leads", "f1-leads", "procuratorate", 14),
    # Four of the nineteen are in the register before, too.
    ("leads", "f3-leads", "procuratorate", 15),
    ("commitments", "f16-commitments", "congress", 4),
)


@pytest.fixture
def loaded(app: Flask) -> None:
    settle_court()
    for ledger, name, place, count in COHORTS:
        assert take_over(ledger, lines(name), place).added == count


def values(figures: dict[str, Told], *keys: str) -> list[int]:
    return [int(figures[key].value) for key in keys]


def test_the_figures_of_the_source_cases_come_out(
    loaded: None, statements: Callable[[], list[str]]
) -> None:
    _check_refusals()
    _check_merged_leads()
    _check_addressees()
    _check_cross_foot()
    _check_funnel()
    _check_distinct_leads()
    _check_quantities()
    _check_statements(statements)


def _check_refusals() -> None:
    """F-2: 66 reviewed = 52 issued (78.8 %) + 14 refused, of which 9 for quality, 5 unsuitable."""
    found = told("case_mgmt", "suggestions", year=2024)
    keys = ("reviewed", "issued", "refused", "refused_for_quality", "refused_as_unsuitable")
    assert values(found, *keys) == [66, 52, 14, 9, 5]
    assert [found[key].share for key in ("issued", "refused")] == [Decimal("78.8"), Decimal("21.2")]
    assert [found[key].gap for key in ("reviewed", "refused")] == [0, 0]
    narrowed = told("case_mgmt", "suggestions", year=2024, chosen=(("refusal_reason", "质量"),))
    assert values(narrowed, "reviewed", "refused") == [9, 9]


def _check_merged_leads() -> None:
    """F-5: two leads of two offices, merged to one suggestion that both lead to."""
    found = told("city_case_mgmt", "leads", year=2025)
    keys = ("registered", "distinct_leads", "merged", "reporters", "with_letter")
    assert values(found, *keys) == [2, 1, 1, 2, 2]
    assert found["registered"].gap == 0
    assert values(told("city_case_mgmt", "suggestions", year=2025), "issued", "letters") == [1, 1]
    actor = person("city_case_mgmt")
    rows, _ = ledgers.read(actor, ledgers.get(actor, "leads"), Wanted())
    for row in rows:
        ends = links.chain(actor, row.record.id).ends
        assert "关于加强房地产行业内部管理的检察建议" in {end.title for end in ends}


def _check_addressees() -> None:
    """F-6: five leads, one case, five agencies: five letters and five clocks."""
    found = told("case_mgmt", "suggestions", year=2025)
    keys = ("issued", "cases", "addressees", "letters", "clocks", "with_leads")
    assert values(found, *keys) == [5, 1, 5, 5, 5, 5]
    leads = told("case_mgmt", "leads", year=2025)
    assert values(leads, "distinct_leads", "with_letter") == [5, 5]


def _check_cross_foot() -> None:
    """F-7: 87 = 27 + 60 and 125 = 47 + 78; a case without its outcome leaves a gap."""
    found = told("case_mgmt", "handled_cases", year=2025)
    assert values(found, "accepted", "concluded", "prosecuted", "not_prosecuted") == [
        115,
        87,
        27,
        60,
    ]
    persons = ("accepted_persons", "concluded_persons")
    assert values(found, *persons) == [219, 125]
    assert values(found, "prosecuted_persons", "not_prosecuted_persons") == [47, 78]
    assert [found[key].gap for key in ("concluded", "concluded_persons")] == [0, 0]
    rows = lines("f7-handled-cases")
    head, first = rows[0], list(rows[1])
    first[head.index("处理结果")] = ""
    assert take_over("handled_cases", [head, first]).changed == 1
    found = told("case_mgmt", "handled_cases", year=2025)
    assert [found[key].gap for key in ("concluded", "concluded_persons")] == [1, 2]


def _check_funnel() -> None:
    """F-8: 42 filed, 38 suggestions (90.5 %), 1 suit (2.6 %)."""
    found = told("case_mgmt", "leads", year=2023)
    keys = ("filed", "filed_with_letter", "filed_with_suit")
    assert values(found, *keys) == [42, 38, 1]
    assert [found[key].share for key in keys] == [None, Decimal("90.5"), Decimal("2.6")]


def _check_distinct_leads() -> None:
    """F-1: 14 to 10 (71.4 %); F-3: 19 to 4 + 1 (26.3 %); F-4: who has two sources counts once."""
    found = told("case_mgmt", "leads", year=2024)
    assert values(found, "deputy_leads", "deputy_cases") == [14, 10]
    assert values(found, "model_leads", "model_cases") == [19, 5]
    parts = ("model_public_interest", "model_administrative", "model_governance")
    assert values(found, *parts) == [4, 1, 0]
    assert values(found, "either_leads", "either_cases", "distinct_leads") == [29, 13, 29]
    shares = [found[key].share for key in ("deputy_cases", "model_cases")]
    assert shares == [Decimal("71.4"), Decimal("26.3")]
    assert found["model_cases"].gap == 0


def _check_quantities() -> None:
    """F-16: what is promised, unit by unit."""
    found = told("congress_head", "commitments", year=2024)
    assert found["planned"].amounts == (Amount("亩", Decimal(2000)), Amount("座", Decimal(100)))
    assert found["delivered"].amounts == (Amount("亩", Decimal(2000)), Amount("座", Decimal(75)))


def _check_statements(statements: Callable[[], list[str]]) -> None:
    actor = person("case_mgmt")
    sheet = ledgers.get(actor, "leads")
    statements()
    ledgers.figures(actor, sheet, Wanted(year=2023))
    assert len(statements()) == 1
    head = person("congress_head")
    promises = ledgers.get(head, "commitments")
    statements()
    assert ledgers.figures(head, promises, Wanted())
    assert len(statements()) == 1
