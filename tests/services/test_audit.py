"""Whoever changes the trail with the database's own rights is found out, and the row is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.services.conftest import NOW, House
from tests.services.drawing import line
from tests.services.tampering import attacker
from workflow_server.errors import NotFound
from workflow_server.events import Event
from workflow_server.services import anchors, history, verifications
from workflow_server.store import anchors as anchor_rows
from workflow_server.store import history as rows
from workflow_server.store.anchors import Anchor, AnchoredHead
from workflow_server.store.db import db, run, session, table, transaction
from workflow_server.store.history import Act, Chain, HistoryRow
from workflow_server.store.process_instances import ProcessInstance
from workflow_server.store.types import new_id

HISTORY, CHAINS = table(HistoryRow), table(Chain)
INSTANCES = table(ProcessInstance)


def found(**scope: Any) -> list[tuple[str, str, int]]:
    """Return what is wrong: which chain, how, and at which row."""
    return [(each.chain, each.kind, each.seq) for each in verifications.verify(**scope).findings]


def write(name: str, count: int) -> UUID:
    for number in range(count):
        with transaction():
            act = Act(at=NOW, act=Event.NOTHING_CHANGED, data={"n": number})
            history.append_to_area(name, act)
    return rows.area(name)


def row(chain: UUID, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(HISTORY.c.chain_id == chain, HISTORY.c.seq == seq)


def values_of(chain: UUID, seq: int) -> dict[str, Any]:
    return dict(run(sa.select(HISTORY).where(row(chain, seq))).one()._mapping)


def shift(chain: UUID, first: int, by: int) -> None:
    """Renumber the rows from one on, in an order in which no two have one number."""
    seqs = run(sa.select(HISTORY.c.seq).where(HISTORY.c.chain_id == chain, HISTORY.c.seq >= first))
    for (seq,) in sorted(seqs, reverse=by > 0):
        run(sa.update(HISTORY).where(row(chain, seq)).values(seq=seq + by))


def set_end(chain: UUID) -> None:
    """Let the chain's own row agree with what the rows say now."""
    last = run(
        sa.select(HISTORY.c.seq, HISTORY.c.hash)
        .where(HISTORY.c.chain_id == chain)
        .order_by(HISTORY.c.seq.desc())
        .limit(1)
    ).one()
    run(sa.update(CHAINS).where(CHAINS.c.id == chain).values(length=last.seq, head=last.hash))


def rewrite(chain: UUID, first: int) -> None:
    """Change a row and make all hashes after it fit."""
    head = values_of(chain, first - 1)["hash"] if first > 1 else b""
    run(sa.update(HISTORY).where(row(chain, first)).values(act="Forged"))
    total = run(sa.select(sa.func.max(HISTORY.c.seq)).where(HISTORY.c.chain_id == chain)).scalar()
    for seq in range(first, (total or 0) + 1):
        head = rows.hash_row(head, values_of(chain, seq))
        run(sa.update(HISTORY).where(row(chain, seq)).values(hash=head))
    set_end(chain)


def test_what_nobody_touched_is_whole(house: House) -> None:
    house.deploy(line("draft", "check"))
    house.start(house.ann)
    house.complete(house.ann, "draft", title="甲")
    write("errands", 3)
    assert anchors.make(NOW) is not None
    report = verifications.verify()
    assert report.findings == []
    assert report.is_complete
    assert report.rows == run(sa.select(sa.func.count()).select_from(HISTORY)).scalar()
    assert report.anchors == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET act = 'x'",
        "DELETE FROM history",
        "UPDATE history_anchors SET heads = 9",
        "DELETE FROM history_anchors",
        "UPDATE history_anchored_heads SET length = 9",
        "DELETE FROM history_anchored_heads",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_written(
    house: House, statement: str
) -> None:
    write("errands", 1)
    anchors.make(NOW)
    with pytest.raises(sa.exc.DatabaseError, match="written once"), transaction():
        session().execute(sa.text(statement))


def test_what_was_never_written_is_not_told_to_be_whole(house: House) -> None:
    house.deploy(line("draft"))
    for unknown in ("inquiry", "views", ""):
        with pytest.raises(verifications.UnknownArea, match="inquiries") as refused:
            verifications.verify(area=unknown)
        assert refused.value.faults[0].pointer == "#/area"
    with pytest.raises(NotFound):
        verifications.verify(instance_id=new_id())
    assert found(area="inquiries") == []


def test_an_altered_row_is_named(house: House) -> None:
    chain = write("errands", 5)
    with attacker():
        run(sa.update(HISTORY).where(row(chain, 3)).values(data={"n": 99}))
    assert found() == [("errands", "altered", 3)]


def test_two_altered_rows_are_both_named(house: House) -> None:
    chain = write("errands", 6)
    with attacker():
        for seq in (2, 5):
            run(sa.update(HISTORY).where(row(chain, seq)).values(address="10.0.0.9"))
    assert found() == [("errands", "altered", 2), ("errands", "altered", 5)]


def test_a_missing_row_is_named(house: House) -> None:
    chain = write("errands", 5)
    with attacker():
        run(sa.delete(HISTORY).where(row(chain, 3)))
    assert found() == [("errands", "missing", 3)]


def test_a_row_that_was_taken_out_and_the_gap_closed_is_named(house: House) -> None:
    chain = write("errands", 6)
    with attacker():
        run(sa.delete(HISTORY).where(row(chain, 3)))
        shift(chain, 4, -1)
        set_end(chain)
    assert found() == [("errands", "missing", 3)]


@pytest.mark.parametrize("fits", [False, True])
def test_an_inserted_row_is_named(house: House, fits: bool) -> None:
    chain = write("errands", 5)
    with attacker():
        forged = values_of(chain, 3) | {"act": "Forged"}
        before = values_of(chain, 2)["hash"]
        shift(chain, 3, 1)
        hash_ = rows.hash_row(before, forged) if fits else b"0" * 32
        run(sa.insert(HISTORY).values(**forged | {"hash": hash_}))
        set_end(chain)
    assert found() == [("errands", "inserted", 3)]


def test_a_row_put_after_the_end_is_named(house: House) -> None:
    chain = write("errands", 3)
    with attacker():
        last = values_of(chain, 3)
        forged = last | {"seq": 4}
        run(sa.insert(HISTORY).values(**forged | {"hash": rows.hash_row(last["hash"], forged)}))
    assert found() == [("errands", "inserted", 4)]


@pytest.mark.parametrize(("first", "second"), [(2, 3), (2, 5), (4, 5)])
def test_rows_that_changed_places_are_named(house: House, first: int, second: int) -> None:
    chain = write("errands", 7)
    with attacker():
        for place, to in ((first, 900), (second, first), (900, second)):
            run(sa.update(HISTORY).where(row(chain, place)).values(seq=to))
    assert found() == [("errands", "reordered", first)]


def test_a_tail_that_was_cut_off_is_missed(house: House) -> None:
    chain = write("errands", 5)
    with attacker():
        run(sa.delete(HISTORY).where(HISTORY.c.chain_id == chain, HISTORY.c.seq > 3))
    assert found() == [("errands", "missing", 4)]


def test_a_tail_rolled_back_with_the_head_is_missed_by_the_anchor(house: House) -> None:
    house.deploy(line("draft", "check"))
    instance_id = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="甲")
    anchors.make(NOW)
    with attacker():
        run(sa.delete(HISTORY).where(row(instance_id, 2)))
        head = values_of(instance_id, 1)["hash"]
        run(
            sa.update(INSTANCES)
            .where(INSTANCES.c.id == instance_id)
            .values(history_length=1, history_hash=head)
        )
    assert found() == [("instance", "missing", 2)]
    assert found(instance_id=instance_id) == [("instance", "missing", 2)]


def test_a_chain_rewritten_with_all_its_hashes_does_not_fit_its_anchor(house: House) -> None:
    chain = write("errands", 3)
    anchors.make(NOW)
    write("errands", 2)
    anchors.make(NOW + timedelta(hours=1))
    with attacker():
        rewrite(chain, 2)
    assert found() == [("errands", "rewritten", 3)]
    assert "锚定1" in verifications.verify().findings[0].detail


def test_a_chain_that_is_gone_is_missed_with_its_own_row(house: House) -> None:
    write("errands", 3)
    chain = write("access", 4)
    anchors.make(NOW)
    with attacker():
        run(sa.delete(HISTORY).where(HISTORY.c.chain_id == chain))
        run(sa.delete(CHAINS).where(CHAINS.c.id == chain))
    report = verifications.verify()
    assert [(each.chain, each.kind, each.seq) for each in report.findings] == [
        ("access", "chain_missing", 1)
    ]
    assert "4" in report.findings[0].detail


def test_a_chain_whose_own_row_alone_is_gone_is_named(house: House) -> None:
    chain = write("access", 2)
    with attacker():
        run(sa.delete(CHAINS).where(CHAINS.c.id == chain))
    assert found() == [("access", "end_missing", 2)]


def _forge_hash() -> None:
    run(sa.update(table(Anchor)).where(table(Anchor).c.seq == 1).values(hash=b"1" * 32))


def _forge_head() -> None:
    heads = table(AnchoredHead)
    run(sa.update(heads).where(heads.c.anchor_seq == 1).values(length=2))


def _drop_head() -> None:
    heads = table(AnchoredHead)
    run(sa.delete(heads).where(heads.c.anchor_seq == 1, heads.c.chain_id == rows.area("errands")))


@pytest.mark.parametrize("forge", [_forge_hash, _drop_head, _forge_head])
def test_a_forged_anchor_is_named(house: House, forge: Callable[[], None]) -> None:
    write("errands", 3)
    anchors.make(NOW)
    write("errands", 1)
    anchors.make(NOW + timedelta(hours=1))
    with attacker():
        forge()
    assert ("anchors", "anchor_altered", 1) in found()


def test_an_anchor_that_is_gone_is_named(house: House) -> None:
    for hour in range(3):
        write("errands", 1)
        anchors.make(NOW + timedelta(hours=hour))
    with attacker():
        run(sa.delete(table(AnchoredHead)).where(table(AnchoredHead).c.anchor_seq == 2))
        run(sa.delete(table(Anchor)).where(table(Anchor).c.seq == 2))
    assert found() == [("anchors", "anchor_missing", 2)]


def test_the_newest_anchor_cannot_go_unmissed_when_its_hash_is_kept_elsewhere(
    house: House,
) -> None:
    write("errands", 1)
    made = anchors.make(NOW)
    assert made is not None
    kept = (made.seq, made.hash.hex())
    assert found(known=kept) == []
    assert found(known=(made.seq, "0" * 64)) == [("anchors", "anchor_altered", 1)]
    with attacker():
        run(sa.delete(table(AnchoredHead)))
        run(sa.delete(table(Anchor)))
    assert found() == []
    assert found(known=kept) == [("anchors", "anchor_missing", 1)]


def test_only_what_came_after_an_anchor_is_proved_on_its_ground(house: House) -> None:
    chain, other = write("errands", 50), write("calls", 50)
    anchors.make(NOW)
    write("errands", 3)
    report = verifications.verify(since=1)
    assert report.findings == []
    assert report.rows < 30
    with attacker():
        run(sa.update(HISTORY).where(row(chain, 52)).values(act="Forged"))
        run(sa.update(HISTORY).where(row(other, 7)).values(act="Forged"))
    assert found(since=1) == [("errands", "altered", 52)]
    with pytest.raises(verifications.UnknownAnchor):
        verifications.verify(since=2)


def test_only_chains_that_went_on_are_anchored_again(house: House) -> None:
    house.deploy(line("draft", "check"))
    for _ in range(3):
        house.start(house.ann)
    first = anchors.make(NOW)
    assert first is not None
    assert first.heads >= 3
    assert anchors.make(NOW) is None
    house.complete(house.ann, "draft", title="甲")
    second = anchors.make(NOW + timedelta(minutes=1))
    assert second is not None
    assert second.heads == 1
    assert found() == []


def test_an_anchor_is_made_when_it_is_due_and_by_one_of_many(house: House) -> None:
    write("errands", 1)
    assert anchors.make_if_due(NOW) is not None
    write("errands", 1)
    assert anchors.make_if_due(NOW + timedelta(minutes=59)) is None
    assert anchors.make_if_due(NOW + timedelta(minutes=60)) is not None


def test_a_walk_that_is_bounded_says_that_it_is_not_complete(house: House) -> None:
    write("errands", 20)
    report = verifications.verify(limit=10)
    assert report.rows == 10
    assert not report.is_complete
    assert report.findings == []


def test_a_walk_goes_on_while_others_write(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflow_server.store import chains

    monkeypatch.setattr(chains, "CHUNK", 2)
    write("errands", 9)
    told: list[int] = []
    monkeypatch.setattr(verifications, "_STEP", 3)

    def write_beside(_chains: int, seen: int) -> None:
        told.append(seen)
        write("errands", 1)
        db.session.rollback()

    assert verifications.verify(progress=write_beside).findings == []
    assert told


def test_what_went_on_is_found_by_the_time_of_the_acts(house: House) -> None:
    query = anchor_rows._ends_since(NOW)
    text = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
    if db.engine.dialect.name == "postgresql":
        # Of a table with few rows the planner may read whatever it likes.
        session().execute(
            sa.text(
                "INSERT INTO history (chain_id, seq, at, act, hash)"
                " SELECT gen_random_uuid(), 1, timestamptz '2020-01-01' + g * interval '1 minute',"
                " 'X', '' FROM generate_series(1, 20000) g"
            )
        )
        session().execute(sa.text("ANALYZE history"))
        plan = session().execute(sa.text(f"EXPLAIN {text.replace('%%', '%')}"))
    else:
        plan = session().execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))
    told = "\n".join(str(line) for line in plan)
    assert "ix_history_at" in told
    assert "SCAN history'" not in told
    assert "Seq Scan on history " not in told
