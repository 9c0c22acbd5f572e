"""Drafts: designers' working copies of the content; nothing that runs knows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow_server.content import bundle as bundles
from workflow_server.content import content
from workflow_server.content.bundle import Bundle
from workflow_server.content.refusals import ContentRefused
from workflow_server.errors import Fault, Forbidden, InvalidInput, InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.rules.access import Right
from workflow_server.services import access, deployments, draft_files, history, roles_in_use
from workflow_server.services import proposals as proposing
from workflow_server.services.actors import Actor
from workflow_server.services.draft_files import FileInDraft
from workflow_server.store import deployments as deployment_rows
from workflow_server.store import drafts
from workflow_server.store.db import session, transaction
from workflow_server.store.drafts import Draft, DraftFile
from workflow_server.store.history import DEPLOYMENTS, Act
from workflow_server.store.types import new_id

#: How many drafts of one person may be open at a time.
MOST_OPEN = 50
_LONGEST_NAME = 100
_LONGEST_NOTE = 2_000


class NotYourDraft(Forbidden):
    """不得修改他人的草稿"""


class DraftClosed(InvalidState):
    """草稿已关闭"""


class TooManyDrafts(InvalidState):
    """草稿过多"""


class DraftBaseOld(InvalidState):
    """草稿所依据的版本已不是最新"""


class NothingChanged(InvalidState):
    """草稿没有改动"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A draft with its files."""

    draft: Draft
    files: Sequence[FileInDraft]
    #: Whether something was deployed since it was begun or last brought up to date.
    base_is_old: bool
    #: Whether the actor may change it.
    is_mine: bool


def list_(
    actor: Actor, *, mine: bool | None = None, page: int = 1, page_size: int = 50
) -> tuple[Sequence[Draft], int]:
    """Return open drafts, newest first, for who proposes or approves content."""
    check_may_look(actor)
    owner = actor.person_id if mine else None
    return drafts.list_(owner, "open", page_size, (page - 1) * page_size)


def get(actor: Actor, draft_id: UUID) -> Whole:
    """Return a draft with its files."""
    draft = see(actor, draft_id)
    return Whole(draft, draft_files.list_(draft), base_is_old(draft), _is_mine(actor, draft))


def see(actor: Actor, draft_id: UUID) -> Draft:
    """Return a draft; NotFound for who neither proposes nor approves content."""
    check_may_look(actor, draft_id)
    return drafts.get(draft_id)


def check_may_look(actor: Actor, draft_id: UUID | None = None) -> None:
    """Refuse who neither proposes nor approves content, before what they send is looked at."""
    if draft_id is None:
        proposing.check_may_prepare(actor)
    elif not (actor.may(Right.PROPOSE) or actor.may(Right.APPROVE)):
        raise NotFound(f"未找到草稿。 Expected draft {draft_id}, but there is none.")


def may_draw(actor: Actor) -> bool:
    """Tell whether an actor may begin drafts."""
    return actor.may(Right.PROPOSE)


def count_changes(found: Sequence[Draft]) -> Mapping[UUID, int]:
    """Return how many files differ in each of some drafts."""
    return drafts.count_files([each.id for each in found])


def base_is_old(draft: Draft) -> bool:
    """Tell whether something was deployed that the draft does not know."""
    newest = deployment_rows.find_newest()
    return newest is not None and newest.id != draft.base_id


def create(
    actor: Actor,
    name: str,
    note: str,
    now: datetime,
    *,
    files: Mapping[str, bytes | None] | None = None,
    idempotency_key: str | None = None,
) -> Draft:
    """Begin a draft of what is deployed now; `files` are changed in it from the start."""
    access.check_right(actor, Right.PROPOSE)
    name = _named(name)
    request = (name, note, _prints(files))
    asked = history.asked(actor, idempotency_key, "drafts.create", *request)
    with transaction():
        first = history.first_answer(asked)
        if first is not None:
            return drafts.get(UUID(first["draft_id"]))
        draft = _begin(actor, name, note, now)
        if files:
            put_all(actor, draft, files, now)
        tell(actor, Event.CONTENT_DRAFT_BEGUN, draft, now, asked)
    return draft


def rename(actor: Actor, draft_id: UUID, name: str, note: str, now: datetime) -> Draft:
    """Give a draft another name and note."""
    with transaction():
        draft = hold(actor, draft_id)
        draft.name, draft.note, draft.changed_at = _named(name), note[:_LONGEST_NOTE], now
        session().flush()
    return draft


def close(actor: Actor, draft_id: UUID, now: datetime, idempotency_key: str | None = None) -> Draft:
    """Put a draft away; it is shown in no list any more."""
    asked = history.asked(actor, idempotency_key, "drafts.close", str(draft_id))
    with transaction():
        if history.first_answer(asked) is not None:
            return drafts.get(draft_id)
        draft = hold(actor, draft_id)
        draft.status, draft.changed_at = "closed", now
        session().flush()
        tell(actor, Event.CONTENT_DRAFT_CLOSED, draft, now, asked)
    return draft


def read_file(actor: Actor, draft_id: UUID, path: str) -> tuple[bytes, str]:
    """Return the bytes of a file and their checksum."""
    data = draft_files.contents(see(actor, draft_id)).get(path)
    if data is None:
        raise NotFound(f"草稿里没有文件 {path[:200]}。 Expected the file, but there is none.")
    return data, draft_files.checksum_of(data)


def check(actor: Actor, draft_id: UUID) -> tuple[Fault, ...]:
    """Return every fault that would keep the draft from being deployed."""
    return check_files(draft_files.contents(see(actor, draft_id)))


def check_files(files: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """Return every fault of content files."""
    try:
        bundle = bundles.from_files(files)
    except ContentRefused as refused:
        return refused.faults
    # Who holds a role may change at any time, what the files mean does not.
    return deployments.judge(bundle) or tuple(roles_in_use.faults(content.load(bundle)))


def bundle_of(actor: Actor, draft_id: UUID) -> tuple[Draft, Bundle]:
    """Return a draft as it would be deployed."""
    draft = see(actor, draft_id)
    return draft, draft_files.bundle_of(draft)


def propose(
    actor: Actor, draft_id: UUID, note: str, now: datetime, idempotency_key: str | None = None
) -> proposing.Whole:
    """Propose what is drafted; the draft stays, for what others ask to be changed.

    What was deployed meanwhile would be undone by it: then bring the draft up to date first.
    """
    draft, bundle = bundle_of(actor, draft_id)
    made = proposing.made_before(actor, bundle, note, idempotency_key)
    if made is not None:
        return made
    _check_proposable(actor, draft)

    def keep(proposal_id: UUID) -> None:
        held = hold(actor, draft_id)
        _check_proposable(actor, held)
        held.proposal_id = proposal_id
        session().flush()

    return proposing.propose(actor, bundle, note, now, idempotency_key, keep)


def _check_proposable(actor: Actor, draft: Draft) -> None:
    _check_may_write(actor, draft)
    if base_is_old(draft):
        raise DraftBaseOld(
            "本草稿所依据的版本之后已有新的部署，请先更新到最新版本再提交。"
            " Expected a draft of what is deployed now, but something was deployed since;"
            " bring it up to date first."
        )
    if not drafts.list_files(draft.id):
        raise NothingChanged(
            "本草稿还没有改动，无需提交。 Expected a draft that changes something."
        )


def hold(actor: Actor, draft_id: UUID) -> Draft:
    """Return a draft to be changed, inside a transaction; refuse another's and closed ones."""
    draft = drafts.lock(see(actor, draft_id).id)
    _check_may_write(actor, draft)
    return draft


def put_all(actor: Actor, draft: Draft, files: Mapping[str, bytes | None], now: datetime) -> None:
    """Write and (None) leave out files of a draft that is held; what equals the base is no change.

    Refuses what would make it larger than a bundle may be.
    """
    draft_files.check_room(draft, files)
    base = draft_files.of_deployment(draft.base_id)
    drafts.drop_files(draft.id, list(files))
    for path, data in files.items():
        same = path not in base if data is None else path in base and base[path].content == data
        if not same:
            drafts.put_file(
                DraftFile(
                    draft_id=draft.id,
                    path=path,
                    content=data,
                    checksum=draft_files.checksum_of(data) if data is not None else None,
                    size=len(data or b""),
                    changed_by=actor.person_id,
                    changed_at=now,
                )
            )
    draft.changed_at = now
    session().flush()


def _begin(actor: Actor, name: str, note: str, now: datetime) -> Draft:
    newest = deployment_rows.find_newest()
    if newest is None:
        raise NotFound("还没有部署任何内容。 Expected a deployment to begin from, but none.")
    if drafts.count_open(actor.person_id) >= MOST_OPEN:
        raise TooManyDrafts(
            f"您的草稿已有{MOST_OPEN}份，请先关闭不再需要的。"
            f" Expected fewer than {MOST_OPEN} open drafts of yours; close one first."
        )
    draft = Draft(
        id=new_id(),
        name=name,
        note=note[:_LONGEST_NOTE],
        base_id=newest.id,
        owner_id=actor.person_id,
        organisation_id=next(
            (each.organisation_id for each in actor.positions if Right.PROPOSE in each.rights),
            None,
        ),
        created_at=now,
        changed_at=now,
    )
    session().add(draft)
    session().flush()
    return draft


def _is_mine(actor: Actor, draft: Draft) -> bool:
    return (
        draft.owner_id == actor.person_id and draft.status != "closed" and actor.may(Right.PROPOSE)
    )


def _check_may_write(actor: Actor, draft: Draft) -> None:
    access.check_right(actor, Right.PROPOSE)
    if draft.owner_id != actor.person_id:
        raise NotYourDraft(
            "这是他人的草稿，只能查看；需要修改时，请导出后另建草稿。"
            " Expected your own draft, but it is another's."
        )
    if draft.status == "closed":
        raise DraftClosed("本草稿已关闭。 Expected an open draft, but it is closed.")


def _named(name: str) -> str:
    text = name.strip()
    if not 1 <= len(text) <= _LONGEST_NAME:
        detail = f"请填写1至{_LONGEST_NAME}个字的名称"
        raise InvalidInput(f"{detail}。 A name is needed.", [Fault("#/name", detail)])
    return text


def _prints(files: Mapping[str, bytes | None] | None) -> dict[str, str | None]:
    return {
        path: draft_files.checksum_of(data) if data is not None else None
        for path, data in (files or {}).items()
    }


def tell(
    actor: Actor,
    event: Event,
    draft: Draft,
    now: datetime,
    asked: history.Asked | None = None,
    more: Mapping[str, str | None] | None = None,
) -> None:
    """Write what was done with a draft into the history."""
    answer = {"draft_id": str(draft.id)}
    data = {**answer, "name": draft.name, "base_id": str(draft.base_id), **(more or {})}
    act = Act(at=now, act=event, by=actor.stamp(), data=data)
    history.append_to_area(DEPLOYMENTS, act, asked, answer)
