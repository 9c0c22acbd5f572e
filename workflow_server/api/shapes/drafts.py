"""Shapes of drafts of content."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.deployments import CheckedShape as CheckedShape
from workflow_server.api.shapes.fields import Answers, Choice, Flag, Id, Moment, Shown, Text
from workflow_server.services.draft_starters import KINDS

CHANGES = ("same", "added", "changed", "removed")
FILE_KINDS = ("diagram", "form", "document", "decision", "shared")


class DraftQuery(Paging):
    """Which drafts."""

    mine = Flag(load_default=None, metadata={"description": "只列本人的"})


class NewDraftShape(Shape):
    """What a draft is called, and what it is for."""

    name = Text(100, 1, required=True, metadata={"example": "增加复核环节"})
    note = Text(2_000, load_default="")


class NewDraftForm(NewDraftShape):
    """What is said beside a zip or a diagram."""


class ContentDraftShape(Shape):
    """A designer's working copy."""

    id = Id(required=True)
    name = Shown(required=True)
    note = Shown(required=True)
    status = Choice("open", "closed", required=True)
    base_id = Id(required=True)
    owner_id = Id(required=True)
    owner_name = Shown(required=True)
    created_at = Moment(required=True)
    changed_at = Moment(required=True)
    proposal_id = Id(required=True, allow_none=True)


class DraftFileShape(Shape):
    """A file of a draft; one that is left out has no checksum."""

    path = Shown(required=True)
    kind = Choice(*FILE_KINDS, required=True)
    change = Choice(*CHANGES, required=True)
    size = fields.Integer(required=True)
    checksum = Shown(required=True, allow_none=True)
    changed_by = Id(required=True, allow_none=True)
    changed_at = Moment(required=True, allow_none=True)


class WholeDraftShape(ContentDraftShape):
    """A draft with its files."""

    base_is_old = fields.Boolean(required=True)
    is_mine = fields.Boolean(required=True)
    files = fields.List(fields.Nested(DraftFileShape), required=True)


class PathQuery(Shape):
    """Which file."""

    path = Text(200, 1, required=True, metadata={"example": "bpmn/a/a.bpmn"})


class PathShape(Shape):
    """Which file."""

    path = Text(200, 1, required=True, metadata={"example": "bpmn/a/a.bpmn"})


class FileMoveShape(PathShape):
    """Which file, and its new path."""

    to = Text(200, 1, required=True, metadata={"example": "bpmn/b/b.bpmn"})


class StarterShape(Shape):
    """A new process, form, document or decision."""

    kind = Choice(*KINDS, required=True)
    key = Text(130, 1, required=True, metadata={"example": "review/second_look"})
    title = Text(100, 1, required=True, metadata={"example": "复核意见"})
    role = Text(100, load_default=None, allow_none=True)
    layout = Text(60, load_default=None, allow_none=True)


class PathsShape(Shape):
    """The files that were made; the first is the one to edit."""

    paths = fields.List(Shown(), required=True)


class ElementChangeShape(Shape):
    """An element of a diagram that differs."""

    element_id = Shown(required=True)
    type = Shown(required=True)
    name = Shown(required=True)
    change = Choice("added", "changed", "moved", "removed", required=True)


class FileDifferenceShape(Shape):
    """How a file differs: as text, or element by element."""

    path = Shown(required=True)
    kind = Choice(*FILE_KINDS, required=True)
    change = Choice("added", "changed", "removed", required=True)
    text = Shown(required=True, allow_none=True)
    is_cut = fields.Boolean(required=True)
    elements = fields.List(fields.Nested(ElementChangeShape), required=True)


class DifferencesShape(Shape):
    """How each file differs."""

    files = fields.List(fields.Nested(FileDifferenceShape), required=True)


class RebaseShape(Shape):
    """What was deployed since the draft was begun."""

    newest_id = Id(required=True)
    is_needed = fields.Boolean(required=True)
    theirs = fields.List(Shown(), required=True)
    both = fields.List(Shown(), required=True)


class RebaseChoiceShape(Shape):
    """Which version to keep of a file that both changed."""

    path = Text(200, 1, required=True)
    keep = Choice("mine", "theirs", required=True)


class RebaseChoicesShape(Shape):
    """Which versions to keep."""

    keep = fields.List(fields.Nested(RebaseChoiceShape), load_default=list)


class TakeInForm(Shape):
    """How a zip is taken into a draft."""

    whole = Flag(load_default=False, metadata={"description": "压缩包里没有的文件是否从草稿删去"})
    dry_run = Flag(load_default=False, metadata={"description": "只列出改动，不写入"})


class ProposeDraftShape(Shape):
    """What is proposed, in words."""

    note = Text(2_000, 1, required=True, metadata={"description": "改了什么，为什么"})


class DraftVocabularyShape(Shape):
    """Everything that diagrams and forms of a draft may name, with labels."""

    roles = fields.List(Answers(), required=True)
    parties = fields.List(Shown(), required=True)
    forms = fields.List(Answers(), required=True)
    documents = fields.List(Answers(), required=True)
    rules = fields.List(Answers(), required=True)
    records = fields.List(Answers(), required=True)
    messages = fields.List(Answers(), required=True)
    series = fields.List(Answers(), required=True)
    vocabularies = fields.List(Answers(), required=True)
    classes = fields.List(Answers(), required=True)
    operations = fields.List(Answers(), required=True)
    groups = fields.List(Answers(), required=True)
    processes = fields.List(Answers(), required=True)


class DraftPaperShape(Shape):
    """Which paper of a draft is looked at, and with which data beside the made-up ones."""

    kind = Text(100, 1, required=True, metadata={"example": "letter"})
    data = Answers(load_default=None, allow_none=True)
    document_id = Id(load_default=None, allow_none=True)


class KindQuery(Shape):
    """Which kind of document."""

    kind = Text(100, 1, required=True, metadata={"example": "letter"})


class SampleShape(Shape):
    """Made-up data of a document kind, and what its template may use."""

    data = Answers(required=True)
    names = fields.List(Shown(), required=True)
    filters = fields.List(Shown(), required=True)
    parts = fields.List(Shown(), required=True)


DraftPage = page_of(ContentDraftShape, "DraftPage")
