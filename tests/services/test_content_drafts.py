"""Drafts of content: nothing that runs knows of them, and nothing of them is lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.services.conftest import NOW, House
from tests.services.drawing import SHARED, files_of, line
from workflow_server.content import bundle as bundles
from workflow_server.content.refusals import ContentRefused
from workflow_server.services import (
    actors,
    deployments,
    draft_changes,
    draft_edits,
    draft_files,
    drafts,
)
from workflow_server.services import process_instances as instances
from workflow_server.services.actors import Actor
from workflow_server.services.draft_files import DraftFileChanged
from workflow_server.services.drafts import DraftBaseOld, NotYourDraft, TooManyDrafts
from workflow_server.services.verifications import verify
from workflow_server.store import history
from workflow_server.store.drafts import Draft

FORM = "forms/a/note.json"
DIAGRAM = "bpmn/a.bpmn"
RIGHTS = ["deployments.propose"]


def deploy(house: House, *processes: str) -> None:
    """Deploy processes in an office where who drafts may also design."""
    roles = [
        {**role, "rights": RIGHTS} if role["key"] == "drafter" else role
        for role in SHARED["roles"]["roles"]
    ]
    shared = {"bpmn/_shared/roles.json": json.dumps({"roles": roles}).encode()}
    bundle = bundles.from_files({**files_of(processes), **shared})
    deployments.deploy(None, bundle, NOW, "cli")
    house.people = {key: actors.actor_of(each.person_id) for key, each in house.people.items()}


@pytest.fixture
def ann(house: House) -> Actor:
    deploy(house, line("draft"))
    return house.ann


@pytest.fixture
def draft(ann: Actor) -> Draft:
    return drafts.create(ann, "改", "", NOW)


def changes(actor: Actor, draft: Draft) -> dict[str, str]:
    files = drafts.get(actor, draft.id).files
    return {each.path: each.change for each in files if each.change != "same"}


def test_a_draft_keeps_only_what_differs(ann: Actor, draft: Draft) -> None:
    data, checksum = drafts.read_file(ann, draft.id, FORM)
    draft_edits.write_file(ann, draft.id, FORM, data + b"\n", checksum, NOW)
    assert changes(ann, draft) == {FORM: "changed"}
    draft_edits.write_file(ann, draft.id, FORM, data, draft_files.ANY, NOW)
    assert changes(ann, draft) == {}
    draft_edits.delete_file(ann, draft.id, FORM, None, NOW)
    assert changes(ann, draft) == {FORM: "removed"}
    draft_edits.restore_file(ann, draft.id, FORM, None, NOW)
    assert drafts.read_file(ann, draft.id, FORM) == (data, checksum)


def test_what_is_done_with_a_file_is_in_the_history_and_a_sitting_is_one_act(
    ann: Actor, draft: Draft
) -> None:
    def acts() -> list[tuple[str, str, str]]:
        found, _ = history.list_(history.area("deployments"), 100, 0)
        told = [each.data for each in found if each.act == "ContentDraftFileChanged"]
        return [(each["path"], each["change"], each.get("moved_from", "")) for each in told]

    path, last = "forms/a/sitting.json", NOW
    for number in range(4):
        last = NOW + number * timedelta(minutes=9)
        draft_edits.write_file(ann, draft.id, path, b"%d" % number, draft_files.ANY, last)
    assert acts() == [(path, "written", "")]
    later = last + timedelta(minutes=11)
    done = draft_edits.write_file(ann, draft.id, path, b"later", draft_files.ANY, later)
    moved = "forms/a/moved.json"
    draft_edits.move_file(ann, draft.id, path, moved, done.checksum, later)
    draft_edits.delete_file(ann, draft.id, moved, done.checksum, later)
    draft_edits.delete_file(ann, draft.id, FORM, None, later)
    draft_edits.restore_file(ann, draft.id, FORM, None, later)
    assert acts()[1:] == [
        (path, "written", ""),
        (moved, "moved", path),
        (moved, "deleted", ""),
        (FORM, "deleted", ""),
        (FORM, "restored", ""),
    ]


def test_who_saves_late_is_told_and_who_repeats_is_not(ann: Actor, draft: Draft) -> None:
    _, checksum = drafts.read_file(ann, draft.id, FORM)
    draft_edits.write_file(ann, draft.id, FORM, b"mine", checksum, NOW)
    with pytest.raises(DraftFileChanged):
        draft_edits.write_file(ann, draft.id, FORM, b"late", checksum, NOW)
    again = draft_edits.write_file(ann, draft.id, FORM, b"mine", checksum, NOW)
    assert again.checksum == draft_files.checksum_of(b"mine")
    assert drafts.read_file(ann, draft.id, FORM)[0] == b"mine"


def test_running_cases_and_the_deployment_stay_as_they_are(
    house: House, ann: Actor, draft: Draft
) -> None:
    started = house.start(ann)
    before = deployments.content_of_newest().bundle.checksum
    draft_edits.write_file(ann, draft.id, DIAGRAM, line("other").encode(), draft_files.ANY, NOW)
    assert deployments.content_of_newest().bundle.checksum == before
    house.complete(ann, "draft", title="x")
    assert instances.get(ann, started.instance.id).status == "completed"


def test_another_only_reads(house: House, ann: Actor, draft: Draft) -> None:
    assert drafts.read_file(house.bob, draft.id, FORM)
    with pytest.raises(NotYourDraft):
        draft_edits.write_file(house.bob, draft.id, FORM, b"{}", draft_files.ANY, NOW)


def test_what_is_larger_than_a_bundle_may_be_is_refused(
    ann: Actor, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changes(ann, draft) == {}
    monkeypatch.setattr(bundles, "MAXIMUM_FILES", 3)
    with pytest.raises(ContentRefused) as refused:
        draft_edits.write_file(ann, draft.id, "forms/a/more.json", b"{}", None, NOW)
    assert "3" in refused.value.faults[0].detail
    assert changes(ann, draft) == {}


def test_all_files_together_may_be_no_larger_than_a_bundle(
    ann: Actor, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    had = sum(each.size for each in drafts.get(ann, draft.id).files)
    size = len(drafts.read_file(ann, draft.id, FORM)[0])
    monkeypatch.setattr(bundles, "MAXIMUM_BYTES", had + 100)
    draft_edits.write_file(ann, draft.id, "forms/a/one.json", b"x" * 100, None, NOW)
    with pytest.raises(ContentRefused):
        draft_edits.write_file(ann, draft.id, "forms/a/two.json", b"x", None, NOW)
    draft_edits.delete_file(ann, draft.id, FORM, None, NOW)
    draft_edits.write_file(ann, draft.id, "forms/a/two.json", b"x" * size, None, NOW)
    with pytest.raises(ContentRefused):
        draft_edits.restore_file(ann, draft.id, FORM, None, NOW)
    assert changes(ann, draft)[FORM] == "removed"


def test_nobody_hoards_drafts(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_OPEN", 1)
    first = drafts.create(ann, "一", "", NOW)
    with pytest.raises(TooManyDrafts):
        drafts.create(ann, "二", "", NOW)
    drafts.close(ann, first.id, NOW)
    drafts.create(ann, "二", "", NOW)


def test_both_sides_are_named_before_one_gives_way(house: House, ann: Actor, draft: Draft) -> None:
    draft_edits.write_file(ann, draft.id, DIAGRAM, line("mine").encode(), draft_files.ANY, NOW)
    draft_edits.write_file(ann, draft.id, "forms/a/new.json", b"{}", None, NOW)
    deploy(house, line("theirs"))
    with pytest.raises(DraftBaseOld):
        drafts.propose(ann, draft.id, "改", NOW)
    assert draft_changes.rebase_of(ann, draft.id).both == [DIAGRAM]
    with pytest.raises(draft_changes.RebaseUndecided):
        draft_changes.rebase(ann, draft.id, {}, NOW)
    assert changes(ann, draft) == {DIAGRAM: "changed", "forms/a/new.json": "added"}
    draft_changes.rebase(ann, draft.id, {DIAGRAM: "theirs"}, NOW)
    assert changes(ann, draft) == {"forms/a/new.json": "added"}
    assert b"theirs" in drafts.read_file(ann, draft.id, DIAGRAM)[0]


def test_the_history_tells_of_drafts_and_stays_whole(ann: Actor, draft: Draft) -> None:
    drafts.close(ann, draft.id, NOW)
    rows, _ = history.list_(history.area("deployments"), 50, 0)
    assert [row.act for row in rows][-2:] == ["ContentDraftBegun", "ContentDraftClosed"]
    assert verify().findings == []
