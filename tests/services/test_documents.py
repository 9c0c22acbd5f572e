"""Documents are checked, numbered and frozen at once; their pages come from a job."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask

from tests.services.stage import NOW, Stage, counting, with_parts
from workflow_server.content.elements import DocumentEffect
from workflow_server.errors import InvalidInput, NotFound
from workflow_server.services import documents, jobs, numbers, previews
from workflow_server.services.documents import (
    DocumentNotIssued,
    DocumentNotReady,
    RequiredPartsMissing,
    UnknownDocumentKind,
)
from workflow_server.store import documents as store
from workflow_server.store.db import transaction

FACTS = {"street": "东大街", "reason": "符合条件"}


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def make(
    stage: Stage, moment: Any = "issue", kind: str = "permit_letter", **more: Any
) -> dict[str, Any]:
    facts = more.pop("facts", FACTS)
    with stage.acting(facts) as situation:
        documents.apply(DocumentEffect(kind, moment, **more), situation)
    shown: dict[str, Any] = stage.variables()["documents"][kind]
    return shown


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_issuing_draws_the_number_and_freezes_the_data(stage: Stage) -> None:
    shown = make(stage)
    assert (shown["number"], shown["issued_on"]) == ("甲函〔2026〕1号", "2026-03-16")
    document = documents.get(stage.clerk, UUID(shown["id"]))
    assert document.data["street"] == "东大街"
    assert document.data["fixed"] == "照办"
    assert document.data["number"] == "甲函〔2026〕1号"
    assert document.data["organisation"]["name"] == "甲单位"
    assert document.data["seal"] is True
    assert (document.deployment_id, document.filename) == (stage.deployment_id, "许可函-东大街.pdf")
    (given,), _ = numbers.list_register(stage.clerk, stage.office, "letter_no", 2026)
    assert (given.given_to, given.given_to_id) == ("document", document.id)


def test_words_that_are_left_out_are_in_no_title_and_no_file_name_either(stage: Stage) -> None:
    left_out = [{"text": "东大街", "instead": "某街"}, {"text": "符合"}]
    shown = make(stage, name='="致" + street', facts={**FACTS, "left_out": left_out})
    document = documents.get(stage.clerk, UUID(shown["id"]))
    assert (document.title, document.filename) == ("致某街", "许可函-某街.pdf")
    assert (document.data["street"], document.data["reason"]) == ("某街", "××条件")
    assert "redactions" not in document.data


def test_every_missing_part_is_named_and_no_number_is_lost(stage: Stage) -> None:
    with pytest.raises(RequiredPartsMissing) as refusal:
        make(stage, facts={"street": " ", "reason": None})
    assert [fault.detail for fault in refusal.value.faults] == ["缺少街道", "缺少理由"]
    assert refusal.value.faults[0].pointer == "documents/permit_letter/street"
    assert make(stage)["number"] == "甲函〔2026〕1号"


def test_the_pages_come_from_a_job_and_repeat_byte_by_byte(stage: Stage) -> None:
    document_id = UUID(make(stage)["id"])
    with pytest.raises(DocumentNotReady, match="正在生成"):
        documents.download(stage.clerk, document_id)
    assert jobs.run_due(NOW, 10) == 1
    document, chunks = documents.download(stage.clerk, document_id)
    pdf = b"".join(chunks)
    assert document.pages == 1
    assert (document.size, document.sha256) == (len(pdf), hashlib.sha256(pdf).hexdigest())
    assert "东大街" in text_of(pdf)
    assert "甲函〔2026〕1号" in text_of(pdf)
    again_at = NOW + timedelta(days=30)
    with transaction():
        store.get(document_id).rendered_at = None
    write_down = documents.render({"document_id": str(document_id)}, again_at)
    assert write_down is not None
    with transaction():
        write_down()
    assert store.get(document_id).sha256 == hashlib.sha256(pdf).hexdigest()


def test_a_document_that_is_rendered_is_not_rendered_again(stage: Stage) -> None:
    document_id = make(stage)["id"]
    jobs.run_due(NOW, 10)
    assert documents.render({"document_id": document_id}, NOW) is None


def test_a_later_change_of_facts_does_not_reach_an_issued_document(stage: Stage) -> None:
    document_id = UUID(make(stage)["id"])
    with stage.acting({"street": "西大街"}):
        pass
    assert documents.get(stage.clerk, document_id).data["street"] == "东大街"


def test_a_draft_has_neither_number_nor_seal_and_gives_way(stage: Stage) -> None:
    draft = make(stage, "draft", facts={"street": "东大街"})
    assert (draft["number"], draft["status"]) == (None, "draft")
    assert documents.get(stage.clerk, UUID(draft["id"])).data["seal"] is False
    issued = make(stage)
    assert issued["number"] == "甲函〔2026〕1号"
    assert documents.get(stage.clerk, UUID(draft["id"])).status == "superseded"


def test_a_kind_without_series_bears_no_number_of_its_own(stage: Stage) -> None:
    assert make(stage, kind="slip", name='="便条：" + street')["number"] is None
    (document,), _ = documents.list_(stage.clerk, kind="slip")
    assert (document.title, document.filename) == ("便条：东大街", "便条：东大街.pdf")


def make_in_series(stage: Stage, series: str, facts: dict[str, Any], moment: Any = "issue") -> Any:
    with stage.acting({**FACTS, **facts}) as situation:
        kinds = situation.content.documents
        letter = replace(kinds["permit_letter"], series=series)
        kinds = {**kinds, "permit_letter": letter}
        situation.content = with_parts(situation.content, documents=kinds)
        documents.apply(DocumentEffect("permit_letter", moment), situation)
    return stage.variables()["documents"]["permit_letter"]["number"]


def test_the_series_may_depend_on_the_case(stage: Stage) -> None:
    series = '=if grave then "permit_no" else "letter_no"'
    assert make_in_series(stage, series, {"grave": True}) == "甲许〔2026〕1号"
    assert make_in_series(stage, series, {"grave": False}) == "甲函〔2026〕1号"
    assert make_in_series(stage, series, {"grave": False}) == "甲函〔2026〕2号"
    assert make_in_series(stage, "=1 + 1", {}, "draft") is None


@pytest.mark.parametrize("value", ["=null", "=1 + 1", '=""'])
def test_without_knowing_its_series_no_document_is_issued(stage: Stage, value: str) -> None:
    with pytest.raises(InvalidInput, match="编号序列不明"):
        make_in_series(stage, value, {})
    with pytest.raises(numbers.UnknownSeries, match="ghost"):
        make_in_series(stage, '="gh" + "ost"', {})


def test_serving_marks_the_issued_one(stage: Stage) -> None:
    document_id = UUID(make(stage)["id"])
    shown = make(stage, "serve", to=str(stage.shop))
    assert (shown["status"], shown["served_on"]) == ("served", "2026-03-16")
    assert documents.get(stage.clerk, document_id).recipient_id == stage.shop


def test_what_cannot_be_made_is_refused(stage: Stage) -> None:
    with pytest.raises(UnknownDocumentKind, match="ghost"):
        make(stage, kind="ghost")
    with pytest.raises(DocumentNotIssued):
        make(stage, "serve")
    make(stage, "draft")
    with pytest.raises(DocumentNotIssued):
        make(stage, "serve")
    with pytest.raises(InvalidInput, match="收文单位不明"):
        make(stage, to="=12")


def test_a_preview_shows_the_answers_and_stores_nothing(stage: Stage) -> None:
    task_id = stage.add_task()
    with stage.acting({"reason": "符合条件"}):
        pass
    answers = {"street": "南大街"}
    rendered = previews.of_task(stage.clerk, "permit_letter", task_id, answers, NOW)
    assert rendered.pages == 1
    assert "南大街" in text_of(rendered.pdf)
    assert documents.list_(stage.clerk) == ([], 0)
    assert "street" not in stage.variables()


def test_a_preview_needs_ones_own_task_and_a_known_kind(stage: Stage) -> None:
    task_id = stage.add_task()
    with pytest.raises(NotFound):
        previews.of_task(stage.owner, "permit_letter", task_id, {}, NOW)
    with pytest.raises(NotFound, match="ghost"):
        previews.of_task(stage.clerk, "ghost", task_id, {}, NOW)


def test_another_organisation_sees_no_document(stage: Stage) -> None:
    document_id = UUID(make(stage)["id"])
    for stranger in (stage.owner, stage.outsider):
        with pytest.raises(NotFound):
            documents.get(stranger, document_id)
        with pytest.raises(NotFound):
            documents.download(stranger, document_id)
        assert documents.list_(stranger) == ([], 0)
    assert documents.list_(stage.clerk, instance_id=stage.instance_id)[1] == 1


def test_issuing_costs_few_statements(stage: Stage) -> None:
    with stage.acting(FACTS) as situation, counting() as counted:
        documents.apply(DocumentEffect("permit_letter", "issue"), situation)
    # The series, the register, the document and its job.
    assert counted.count == 4, counted.sent


def test_the_day_of_issue_is_that_of_shanghai(stage: Stage) -> None:
    late = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
    with stage.acting(FACTS, now=late) as situation:
        documents.apply(DocumentEffect("permit_letter", "issue"), situation)
    assert stage.variables()["documents"]["permit_letter"]["issued_on"] == "2026-03-17"
