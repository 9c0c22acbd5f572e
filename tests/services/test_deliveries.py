"""Letters go out once, wait for their papers, and let the recipient read what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.services.stage import NOW, Stage, counting
from workflow_server.content.elements import DocumentEffect, MessageEffect, NamedValue
from workflow_server.errors import NotFound
from workflow_server.services import attachments, deliveries, documents, jobs, links
from workflow_server.services.deliveries import (
    DeliveryNotPending,
    EnclosureNotReady,
    LetterIncomplete,
    LetterRepeated,
    RecipientUnknown,
    UnknownMessageType,
)
from workflow_server.store import jobs as job_rows
from workflow_server.store import subscriptions
from workflow_server.store.db import session, transaction
from workflow_server.store.process_instances import ProcessInstance

FACTS = {"street": "东大街", "reason": "符合条件"}


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def issue(stage: Stage) -> UUID:
    with stage.acting(FACTS) as situation:
        documents.apply(DocumentEffect("permit_letter", "issue"), situation)
    return UUID(stage.variables()["documents"]["permit_letter"]["id"])


def send(stage: Stage, to: str | None = None, **more: Any) -> None:
    payload = tuple(NamedValue(*pair) for pair in more.pop("payload", {}).items())
    effect = MessageEffect(
        more.pop("type", "M-PERMIT"),
        to=to if to is not None else str(stage.shop),
        conversation=more.pop("conversation", "甲函〔2026〕1号"),
        payload=payload,
        **more,
    )
    with stage.acting(FACTS) as situation:
        deliveries.apply(effect, situation)


def only(stage: Stage) -> deliveries.Letter:
    (letter,), total = deliveries.list_(stage.clerk)
    assert total == 1
    return letter


def test_a_letter_waits_for_its_papers_and_then_arrives(stage: Stage) -> None:
    document_id = issue(stage)
    send(stage, enclose=("permit_letter",), payload={"street": "=street"})
    assert only(stage).delivery.status == "waiting"
    with pytest.raises(EnclosureNotReady):
        deliveries.deliver({"delivery_id": str(only(stage).delivery.id)}, NOW)
    assert jobs.run_due(NOW, 10) == 2
    letter = only(stage)
    assert (letter.delivery.status, letter.delivery.delivered_at) == ("delivered", NOW)
    assert (letter.sender.name, letter.recipient.name) == ("甲单位", "乙单位")
    assert [paper.id for paper in letter.documents] == [document_id]


def test_the_recipient_gets_the_payload_with_documents_sender_and_conversation(
    stage: Stage,
) -> None:
    document_id = issue(stage)
    send(
        stage, enclose=("permit_letter",), payload={"street": "=street", "n": "=1"}, in_reply_to="x"
    )
    jobs.run_due(NOW, 10)
    received = subscriptions.find_received(only(stage).delivery.id)
    assert received is not None
    assert received.payload == {
        "street": "东大街",
        "n": 1,
        "documents": [{"id": str(document_id), "title": "许可函", "number": "甲函〔2026〕1号"}],
        "sender": {"id": str(stage.office), "name": "甲单位"},
        "conversation": "甲函〔2026〕1号",
        "in_reply_to": "x",
    }
    assert received.organisation_id == stage.shop


def test_papers_and_files_become_readable_to_the_recipient_on_arrival(stage: Stage) -> None:
    document_id = issue(stage)
    task_id = stage.add_task()
    file = attachments.add(stage.clerk, [b"%PDF-1.7\n%%EOF\n"], "证据.pdf", NOW, task_id=task_id)
    kept = attachments.add(stage.clerk, [b"%PDF-1.6\n%%EOF\n"], "内部.pdf", NOW)
    send(stage, enclose=("permit_letter",), payload={"files": f'=["{file.id}"]'})
    with pytest.raises(NotFound):
        documents.get(stage.owner, document_id)
    assert deliveries.list_(stage.owner) == ([], 0)
    jobs.run_due(NOW, 10)
    assert documents.get(stage.owner, document_id).id == document_id
    assert [row.id for row in documents.list_(stage.owner)[0]] == [document_id]
    assert attachments.get(stage.owner, file.id).name == "证据.pdf"
    assert [end.id for end in links.chain(stage.owner, document_id).ends] == [document_id]
    for stranger, hidden in ((stage.owner, kept.id), (stage.outsider, file.id)):
        with pytest.raises(NotFound):
            attachments.get(stranger, hidden)
    with pytest.raises(NotFound):
        documents.get(stage.outsider, document_id)
    (letter,), _ = deliveries.list_(stage.owner, direction="received")
    assert [row.id for row in letter.attachments] == [file.id]


def test_sending_again_is_the_same_letter(stage: Stage) -> None:
    for _ in range(2):
        send(stage)
    only(stage)
    pending = job_rows.list_pending_of(stage.instance_id, deliveries.DELIVER_JOB)
    assert len(pending) == 1
    send(stage, conversation="甲函〔2026〕1号/2")
    assert deliveries.list_(stage.clerk)[1] == 2


def test_another_letter_under_the_same_name_is_refused(stage: Stage) -> None:
    send(stage, payload={"street": "=street"})
    with pytest.raises(LetterRepeated, match="已用往来标识"):
        send(stage, payload={"street": "西大街"})


def test_a_job_that_runs_twice_delivers_once(stage: Stage) -> None:
    send(stage)
    payload = {"delivery_id": str(only(stage).delivery.id)}
    jobs.run_due(NOW, 10)
    write_down = deliveries.deliver(payload, NOW)
    assert write_down is not None
    write_down()
    assert only(stage).delivery.status == "delivered"


def test_several_recipients_get_a_letter_each(stage: Stage) -> None:
    send(stage, to=f'=["{stage.shop}", "{stage.far}", "{stage.shop}"]')
    rows, total = deliveries.list_(stage.clerk)
    assert {letter.recipient.id for letter in rows} == {stage.shop, stage.far}
    assert total == 2


def test_a_recipient_who_is_not_here_gets_paper(stage: Stage) -> None:
    send(stage, to=str(stage.far))
    jobs.run_due(NOW, 10)
    letter = only(stage)
    assert (letter.delivery.status, letter.delivery.delivered_at) == ("paper", None)
    assert "纸质" in (letter.delivery.note or "")
    assert deliveries.list_(stage.outsider) == ([], 0)
    with pytest.raises(LetterIncomplete):
        deliveries.hand_over(stage.clerk, letter.delivery.id, " ", NOW)
    deliveries.hand_over(stage.clerk, letter.delivery.id, "邮寄EMS，3月18日签收", NOW)
    assert only(stage).delivery.note == "邮寄EMS，3月18日签收"
    with pytest.raises(DeliveryNotPending):
        deliveries.hand_over(stage.clerk, letter.delivery.id, "again", NOW)


def test_only_the_recipient_acknowledges_and_once(stage: Stage) -> None:
    send(stage)
    delivery_id = only(stage).delivery.id
    with pytest.raises(NotFound):
        deliveries.acknowledge(stage.owner, delivery_id, NOW)
    jobs.run_due(NOW, 10)
    with pytest.raises(DeliveryNotPending):
        deliveries.acknowledge(stage.clerk, delivery_id, NOW)
    with pytest.raises(NotFound):
        deliveries.acknowledge(stage.outsider, delivery_id, NOW)
    letter = deliveries.acknowledge(stage.owner, delivery_id, NOW)
    assert (letter.delivery.status, letter.delivery.acknowledged_by) == (
        "acknowledged",
        stage.owner.person_id,
    )
    with pytest.raises(DeliveryNotPending):
        deliveries.acknowledge(stage.owner, delivery_id, NOW)
    assert deliveries.get(stage.owner, delivery_id).delivery.acknowledged_at == NOW


@pytest.mark.parametrize(
    "to", ["=null", "=[]", "nobody", "=12", "00000000-0000-7000-8000-00000000"]
)
def test_a_recipient_that_is_missing_or_unknown_is_refused(stage: Stage, to: str) -> None:
    with pytest.raises(RecipientUnknown, match="收件单位不明"):
        send(stage, to=to)
    assert deliveries.list_(stage.clerk) == ([], 0)


def test_a_recipient_of_the_wrong_kind_is_refused(stage: Stage) -> None:
    with pytest.raises(RecipientUnknown, match="不能发给"):
        send(stage, to=str(stage.office))


def test_an_incomplete_letter_is_refused(stage: Stage) -> None:
    with pytest.raises(UnknownMessageType, match="M-GHOST"):
        send(stage, type="M-GHOST")
    for conversation in ("=null", "=12", "= ' '"):
        with pytest.raises(LetterIncomplete, match="往来标识"):
            send(stage, conversation=conversation.replace("'", '"'))
    with pytest.raises(LetterIncomplete, match="尚未制发"):
        send(stage, enclose=("permit_letter",))


def test_a_draft_is_never_sent(stage: Stage) -> None:
    with stage.acting(FACTS) as situation:
        documents.apply(DocumentEffect("permit_letter", "draft"), situation)
    with pytest.raises(LetterIncomplete, match="尚未制发"):
        send(stage, enclose=("permit_letter",))


def test_lists_are_narrowed_by_side_instance_and_state(stage: Stage) -> None:
    send(stage)
    assert deliveries.list_(stage.clerk, direction="sent", status="waiting")[1] == 1
    assert deliveries.list_(stage.clerk, direction="received")[1] == 0
    assert deliveries.list_(stage.clerk, instance_id=stage.instance_id)[1] == 1
    assert deliveries.list_(stage.clerk, status="delivered")[1] == 0


def test_sending_costs_few_statements(stage: Stage) -> None:
    issue(stage)
    effect = MessageEffect(
        "M-PERMIT", to=str(stage.shop), conversation="c", enclose=("permit_letter",)
    )
    with stage.acting(FACTS) as situation, counting() as counted:
        deliveries.apply(effect, situation)
    # Recipient, same letter, letter, enclosure, job.
    assert counted.count == 5, counted.sent


@pytest.mark.parametrize("kept", [{"secrecy": 2}, {"minor": True}])
def test_an_untaken_letter_of_a_case_kept_from_somebody_is_not_there_for_them(
    stage: Stage, kept: dict[str, Any]
) -> None:
    send(stage)
    jobs.run_due(NOW, 10)
    letter = only(stage).delivery.id
    assert deliveries.list_(stage.owner)[1] == 1
    with transaction():
        session().execute(sa.update(ProcessInstance).values(**kept))
    assert deliveries.list_(stage.owner) == ([], 0)
    with pytest.raises(NotFound):
        deliveries.get(stage.owner, letter)
    cleared = replace(stage.owner, clearance=2, minors_certified=True)
    assert deliveries.get(cleared, letter).delivery.id == letter
