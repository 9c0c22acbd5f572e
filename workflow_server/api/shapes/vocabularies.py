"""Shapes of the shared vocabularies."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Id, Shown

_OF = {"description": "给出时取该流程定义所属部署的词表，否则取最新部署的"}


class EntryShape(Shape):
    """One word: what is kept, and what a person reads."""

    value = Shown(required=True)
    label = Shown(required=True)


class VocabularyShape(Shape):
    """A key and its words, in their order."""

    key = Shown(required=True)
    entries = fields.List(fields.Nested(EntryShape), required=True)


class VocabularyQuery(Shape):
    """Which deployment's vocabulary."""

    process_definition_id = Id(load_default=None, metadata=_OF)


class VocabulariesQuery(Paging):
    """Which deployment's vocabularies."""

    process_definition_id = Id(load_default=None, metadata=_OF)


VocabularyPage = page_of(VocabularyShape, "VocabularyPage")
