"""Vocabularies: the words that pickers of forms offer."""

from __future__ import annotations

from typing import Any

from workflow_server.api import door
from workflow_server.api.shapes.base import page, slice_of
from workflow_server.api.shapes.vocabularies import (
    VocabulariesQuery,
    VocabularyPage,
    VocabularyQuery,
    VocabularyShape,
)
from workflow_server.services import vocabularies

noun = door.Noun("vocabularies", "词表")


@noun.get("", VocabularyPage, query=VocabulariesQuery())
def list_vocabularies(query: dict[str, Any]) -> dict[str, Any]:
    """词表列表 · List the shared vocabularies by key, each with its entries."""
    found = vocabularies.list_(query["process_definition_id"])
    return page(slice_of(found, query), len(found), query)


@noun.get("/<key>", VocabularyShape(), query=VocabularyQuery())
def read_vocabulary(query: dict[str, Any], key: str) -> Any:
    """词表 · One vocabulary: the values that a picker offers, and their labels."""
    return vocabularies.get(key, query["process_definition_id"])
