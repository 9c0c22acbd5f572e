"""Links tie records and instances, and chains show only what one may see."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage
from workflow_server.content.elements import LinkEffect, RecordEffect
from workflow_server.errors import NotFound
from workflow_server.services import links, records
from workflow_server.services.links import LinkRefused
from workflow_server.services.situation import Situation
from workflow_server.store.db import session, transaction
from workflow_server.store.links import Link
from workflow_server.store.records import Record
from workflow_server.store.types import new_id


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def open_record(situation: Situation, title: str) -> str:
    records.apply(RecordEffect("open", "permit", title=title), situation)
    opened: str = situation.variables["records"]["permit"]["id"]
    return opened


def test_a_chain_is_walked_in_both_directions(stage: Stage) -> None:
    with stage.acting() as situation:
        ids = [open_record(situation, title) for title in ("一", "二", "三")]
        situation.variables.update(a=ids[0], b=ids[1], c=ids[2])
        links.apply(LinkEffect("=a", "converted_from", "=b"), situation)
        links.apply(LinkEffect("=b", "part_of", "=[c, case.id]"), situation)
    for start in ids:
        chain = links.chain(stage.clerk, UUID(start))
        assert {end.id for end in chain.ends} == {*map(UUID, ids), stage.instance_id}
        assert [link.relation for link in chain.links] == ["converted_from", "part_of", "part_of"]
    ends = {end.id: end for end in links.chain(stage.clerk, stage.instance_id).ends}
    assert ends[stage.instance_id].type == "instance"
    assert ends[UUID(ids[1])].title == "二"


def test_a_ring_of_links_ends(stage: Stage) -> None:
    with stage.acting() as situation:
        situation.variables.update(a=open_record(situation, "一"), b=open_record(situation, "二"))
        links.apply(LinkEffect("=a", "next", "=b"), situation)
        links.apply(LinkEffect("=b", "next", "=a"), situation)
        start = UUID(situation.variables["a"])
    chain = links.chain(stage.clerk, start)
    assert (len(chain.ends), len(chain.links)) == (2, 2)


def test_the_same_link_twice_is_one(stage: Stage) -> None:
    with stage.acting() as situation:
        situation.variables["a"] = open_record(situation, "一")
        for _ in range(2):
            links.apply(LinkEffect("=a", "of", "=case.id"), situation)
    assert len(links.chain(stage.clerk, stage.instance_id).links) == 1


@pytest.mark.parametrize("target", ["=nothing", "not an id", "=12", "=a"])
def test_an_end_that_is_none_or_the_same_is_refused(stage: Stage, target: str) -> None:
    with stage.acting() as situation:
        situation.variables["a"] = open_record(situation, "一")
        with pytest.raises(LinkRefused):
            links.apply(LinkEffect("=a", "of", target), situation)


def test_an_end_that_does_not_exist_is_named(stage: Stage) -> None:
    ghost = str(new_id())
    with pytest.raises(LinkRefused, match=ghost), stage.acting() as situation:
        links.apply(LinkEffect("=case.id", "of", ghost), situation)


def test_a_chain_stops_at_what_belongs_to_others(stage: Stage) -> None:
    with stage.acting() as situation:
        mine = open_record(situation, "一")
        theirs = Record(
            kind="permit",
            organisation_id=stage.shop,
            title="secret",
            opened_at=NOW,
            updated_at=NOW,
        )
        session().add(theirs)
        situation.variables.update(a=mine, b=str(theirs.id))
        links.apply(LinkEffect("=a", "of", "=b"), situation)
        links.apply(LinkEffect("=b", "of", "=case.id"), situation)
    chain = links.chain(stage.clerk, UUID(mine))
    assert [end.title for end in chain.ends] == ["一"]
    assert chain.links == ()
    assert [end.title for end in links.chain(stage.owner, theirs.id).ends] == ["secret"]
    with pytest.raises(NotFound):
        links.chain(stage.owner, UUID(mine))


def test_a_long_chain_is_cut_off(stage: Stage) -> None:
    rows = [
        Record(
            kind="permit",
            organisation_id=stage.office,
            title=str(number),
            opened_at=NOW,
            updated_at=NOW,
        )
        for number in range(links.LONGEST_CHAIN + 50)
    ]
    with transaction():
        session().add_all(rows)
        session().add_all(
            Link(
                from_type="record",
                from_id=rows[0].id,
                relation="has",
                to_type="record",
                to_id=row.id,
                made_at=NOW,
            )
            for row in rows[1:]
        )
    assert len(links.chain(stage.clerk, rows[0].id).ends) == links.LONGEST_CHAIN
