"""What is done with a whole draft: proposed once, renamed, seen with a real paper's data."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.services.conftest import NOW, House
from tests.services.drawing import line
from tests.services.test_content_drafts import DIAGRAM, FORM, ann, changes, deploy, draft
from workflow_server.content import bundle as bundles
from workflow_server.services import (
    deployments,
    documents,
    draft_changes,
    draft_edits,
    draft_files,
    draft_previews,
    drafts,
    masking,
    views,
)
from workflow_server.services.actors import Actor
from workflow_server.services.drafts import DraftBaseOld
from workflow_server.store.db import session
from workflow_server.store.drafts import Draft
from workflow_server.store.proposals import Proposal

assert ann
assert draft


def test_a_file_is_renamed_in_the_case_of_its_letters_only(ann: Actor, draft: Draft) -> None:
    draft_edits.move_file(ann, draft.id, FORM, "forms/a/Note.json", None, NOW)
    assert changes(ann, draft) == {FORM: "removed", "forms/a/Note.json": "added"}


def test_a_whole_bundle_takes_the_place_of_files_as_large(
    ann: Actor, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = draft_files.contents(draft)
    files["forms/a/Note.json"] = files.pop(FORM)
    monkeypatch.setattr(bundles, "MAXIMUM_FILES", len(files))
    draft_changes.take_in(ann, draft.id, bundles.from_files(files), NOW, whole=True, dry_run=False)
    assert changes(ann, draft) == {FORM: "removed", "forms/a/Note.json": "added"}


def test_a_repeated_proposal_is_answered_though_something_was_deployed_since(
    house: House, ann: Actor, draft: Draft
) -> None:
    draft_edits.write_file(ann, draft.id, DIAGRAM, line("draft", "mine").encode(), "*", NOW)
    first = drafts.propose(ann, draft.id, "改", NOW, "one").proposal.id
    deploy(house, line("theirs"))
    assert drafts.propose(ann, draft.id, "改", NOW, "one").proposal.id == first
    with pytest.raises(DraftBaseOld):
        drafts.propose(ann, draft.id, "改", NOW, "two")


def test_what_is_deployed_while_a_proposal_is_made_stops_it(
    house: House, ann: Actor, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_edits.write_file(ann, draft.id, DIAGRAM, line("draft", "mine").encode(), "*", NOW)
    prepare = deployments.prepare

    def meanwhile(bundle: Any) -> Any:
        monkeypatch.setattr(deployments, "prepare", prepare)
        deploy(house, line("theirs"))
        return prepare(bundle)

    monkeypatch.setattr(deployments, "prepare", meanwhile)
    with pytest.raises(DraftBaseOld):
        drafts.propose(ann, draft.id, "改", NOW)
    assert session().scalar(sa.select(sa.func.count()).select_from(Proposal)) == 0
    assert drafts.get(ann, draft.id).draft.proposal_id is None


def test_a_papers_data_are_seen_in_a_draft_with_a_trace(
    ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper: Any = SimpleNamespace(id=1, instance_id=2, kind="k", data={"name": "甲"})
    noted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(documents, "get", lambda actor, document_id: paper)
    monkeypatch.setattr(views, "note", lambda *given: noted.append(given[1:]))
    monkeypatch.setattr(masking, "sensitive_in", lambda document: ("names",))
    kind: Any = SimpleNamespace(key="k")
    assert draft_previews._data_of(ann, paper.id, kind) == {"name": "甲"}
    assert noted == [(2, "preview", 1, ("names",))]
