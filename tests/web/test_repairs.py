"""The page on which a case is put right that its diagram can't."""

from __future__ import annotations

from tests.court import Court
from tests.web.test_cases import Browsers, address_of


def test_who_has_the_right_holds_moves_resumes_and_ends_a_case(
    case: Court, browser: Browsers
) -> None:
    case.play(until="DraftSuggestion")
    address = address_of(case, "prosecutor")
    chief = browser("chief")
    page = chief.get(address)
    assert page.link("处理流程")
    bench = f"{address}/repairs"
    page = chief.get(bench)
    assert "移动到其他环节" in page.text
    targets = {each.text_content() for each in page.all("select[name=target] option")[1:]}
    assert targets
    assert not [each for each in targets if each.isascii()]
    said = [each.text_content() for each in page.all("#fact option")[1:]]
    assert "线索领域（domain）" in said, said
    assert chief.post(f"{address}/suspension", reason="核对").status == 200
    assert "暂停期间到达的函件" in chief.get(bench).text
    assert chief.post(f"{address}/resumption", reason="核对完毕").status == 200
    refused = chief.post(f"{address}/cancellation", reason=" ")
    assert refused.status == 422
    assert "请填写理由" in refused.text
    assert chief.post(f"{address}/cancellation", reason="重复立案").status == 200
    assert "终止流程" not in chief.get(bench).text


def test_a_wrong_value_keeps_what_was_typed(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    address = address_of(case, "prosecutor")
    page = browser("chief").post(f"{address}/variable", name="x", value="同意", reason="更正")
    assert page.status == 422
    assert "JSON" in page.text
    (typed,) = page.all("textarea[name=value]")
    assert typed.text == "同意"


def test_others_are_not_offered_it(case: Court, browser: Browsers) -> None:
    case.play(until="DraftSuggestion")
    address = address_of(case, "prosecutor")
    prosecutor = browser("prosecutor")
    assert "处理流程" not in prosecutor.get(address).text
    assert prosecutor.get(f"{address}/repairs").status == 403
    assert browser("outsider").get(f"{address}/repairs").status == 404
