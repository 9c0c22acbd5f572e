"""Shapes of deliveries: letters between organisations."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.attachments import AttachmentShape
from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.documents import DocumentShape
from workflow_server.api.shapes.fields import Answers, Choice, Id, Moment, Shown, Text

_STATUS = ("waiting", "delivered", "unclaimed", "acknowledged", "paper", "entered", "recalled")


class DeliveryShape(Shape):
    """A letter, with who sent it, who gets it and what is enclosed."""

    id = Id(required=True, attribute="delivery.id")
    type = Shown(required=True, attribute="delivery.type")
    label = Shown(required=True, attribute="delivery.label")
    status = Choice(*_STATUS, required=True, attribute="delivery.status")
    conversation = Shown(required=True, attribute="delivery.conversation")
    in_reply_to = Shown(required=True, allow_none=True, attribute="delivery.in_reply_to")
    sender_id = Id(required=True, attribute="sender.id")
    sender_name = Shown(required=True, attribute="sender.name")
    recipient_id = Id(required=True, attribute="recipient.id")
    recipient_name = Shown(required=True, attribute="recipient.name")
    instance_id = Id(required=True, attribute="delivery.instance_id")
    received_instance_id = Id(
        required=True, allow_none=True, attribute="delivery.received_instance_id"
    )
    payload = Answers(required=True, attribute="delivery.payload")
    sent_at = Moment(required=True, attribute="delivery.sent_at")
    delivered_at = Moment(required=True, allow_none=True, attribute="delivery.delivered_at")
    acknowledged_at = Moment(required=True, allow_none=True, attribute="delivery.acknowledged_at")
    acknowledged_by = Id(required=True, allow_none=True, attribute="delivery.acknowledged_by")
    note = Shown(required=True, allow_none=True, attribute="delivery.note")
    documents = fields.List(fields.Nested(DocumentShape), required=True)
    attachments = fields.List(fields.Nested(AttachmentShape), required=True)


class DeliveryQuery(Paging):
    """What a list of deliveries is narrowed to."""

    direction = Choice(
        "sent", "received", load_default=None, metadata={"description": "发出的或收到的"}
    )
    instance_id = Id(load_default=None)
    status = Choice(*_STATUS, load_default=None)


class HandOverShape(Shape):
    """How a letter on paper reached its recipient."""

    note = Text(longest=2000, shortest=1, required=True)


class PaperAnswerFormShape(Shape):
    """An answer that a case waits for, with the form to enter it from its paper."""

    type = Shown(required=True, attribute="type.key")
    label = Shown(required=True, attribute="type.label")
    form = Answers(
        required=True, attribute="form.source", metadata={"description": "form-js 的表单"}
    )


class PaperAnswersShape(Shape):
    """The answers that may be entered."""

    items = fields.List(fields.Nested(PaperAnswerFormShape), required=True)


class PaperAnswerShape(Shape):
    """An answer that came on paper."""

    type = Text(shortest=1, required=True, metadata={"example": "M-ANSWER"})
    answers = Answers(required=True, metadata={"example": {"paper_received_on": "2026-04-07"}})


DeliveryPage = page_of(DeliveryShape, "DeliveryPage")
