"""What is frequent hints at a conversion each month, once; what is handled already does not."""

from __future__ import annotations

from tests.processes.conversion_letters import FIELD, Conversion
from tests.processes.conversion_letters import conversion as conversion
from tests.processes.conversion_letters import databases as databases
from tests.processes.conversion_letters import letter_conversions as letter_conversions


def test_three_letters_of_a_field_within_a_year_hint_once(conversion: Conversion) -> None:
    office = conversion.office
    for unit in ("township", "agriculture"):
        conversion.issue(unit)
    conversion.issue("school", minor=True)
    conversion.issue("urban_management", issued=False)
    conversion.issue("culture_tourism", domain="养老服务")
    office.go_to("2026-05-06")
    assert set(office.outcomes("conversion_screening")) == {"none"}
    assert office.letters("M-HINT") == []
    conversion.issue("market_regulation")
    office.go_to("2026-06-06")
    (hint,) = office.letters("M-HINT")
    assert hint.recipient_id == hint.sender_id
    assert (hint.payload["trigger"], hint.payload["domain"]) == ("高频", FIELD)
    found = [conversion.letters[n] for n in (0, 1, 5)]
    assert hint.payload["suggestion_ids"] == found
    case = office.cases("conversion_case")[0].id
    assert str(case) == str(hint.received_instance_id)
    office.go_to("2026-07-06")
    assert len(office.letters("M-HINT")) == 1
    # Nobody took it up in time: the head did not think it worth while.
    late = {"decision": "不转化", "decline_reason": "正在制定管理办法。"}
    office.do("dept_head", "HeadConsiders", **late)
    office.go_to("2026-08-06")
    assert len(office.letters("M-HINT")) == 1, "the same letters are not told twice"
    conversion.issue("township")
    office.go_to("2026-09-06")
    again = office.letters("M-HINT")[1:]
    assert [len(each.payload["suggestion_ids"]) for each in again] == [4]
    office.do("prosecutor", "ConsiderHint", decision="转化")
    told = conversion.told
    assert (told["trigger"], told["letters_count"]) == ("高频", 4)
    assert "AnalyseCases" in office.tasks("prosecutor")
    office.go_to("2026-10-06")
    assert len(office.letters("M-HINT")) == 2, "not while a conversion of the group runs"
    assert office.failures() == []
