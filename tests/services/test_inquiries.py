"""Inquiries from outside are recorded once; nobody changes them, and each sees what is theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.services.conftest import NOW, House
from tests.services.drawing import line
from tests.services.tampering import attacker
from workflow_server.errors import InvalidInput, NotFound
from workflow_server.services import inquiries, verifications
from workflow_server.services.actors import Actor
from workflow_server.services.inquiries import Noted, NotOfThisOffice
from workflow_server.store.db import session, table, transaction
from workflow_server.store.inquiries import Inquiry
from workflow_server.store.types import new_id


def noted(house: House, **more: object) -> Noted:
    told = Noted(
        organisation_id=house.organisation("office"),
        inquirer="钱某",
        inquirer_unit="某局",
        manner="telephone",
        content="询问案件进展",
        occurred_at=NOW - timedelta(hours=1),
    )
    return replace(told, **more)  # type: ignore[arg-type]


def supervisor(house: House) -> Actor:
    post = replace(house.eve.positions[0], rights=frozenset({"inquiries.read"}))
    return replace(house.eve, positions=(post,))


def auditor(house: House) -> Actor:
    return replace(house.root, administration="audit")


def found() -> list[tuple[str, str, int]]:
    report = verifications.verify(area="inquiries")
    return [(each.chain, each.kind, each.seq) for each in report.findings]


def test_who_works_there_records_it_and_reads_it_again(house: House) -> None:
    house.deploy(line("draft"))
    instance_id = house.start(house.ann).instance.id
    made = inquiries.record(house.ann, noted(house, instance_id=instance_id), NOW, "k1")
    again = inquiries.record(house.ann, noted(house, instance_id=instance_id), NOW, "k1")
    assert made.id == again.id
    assert inquiries.get(house.ann, made.id, NOW).inquiry.content == "询问案件进展"
    assert inquiries.list_(house.ann, NOW)[1] == 1


def test_nobody_records_for_an_office_where_they_hold_no_post(house: House) -> None:
    with pytest.raises(NotOfThisOffice):
        inquiries.record(house.tom, noted(house), NOW)


def test_a_case_that_the_recorder_does_not_see_is_not_there(house: House) -> None:
    house.deploy(line("draft"))
    instance_id = house.start(house.ann).instance.id
    town = noted(house, organisation_id=house.organisation("town"), instance_id=instance_id)
    with pytest.raises(NotFound):
        inquiries.record(house.tom, town, NOW)


def test_what_has_not_happened_yet_and_what_is_blank_is_refused(house: House) -> None:
    for wrong in ({"occurred_at": NOW + timedelta(minutes=1)}, {"content": "  "}):
        with pytest.raises(InvalidInput) as refused:
            inquiries.record(house.ann, noted(house, **wrong), NOW)
        assert refused.value.faults[0].pointer == f"#/{next(iter(wrong))}"


def test_others_see_a_record_only_by_right_and_the_auditor_no_content(house: House) -> None:
    made = inquiries.record(house.ann, noted(house), NOW)
    with pytest.raises(NotFound):
        inquiries.get(house.bob, made.id, NOW)
    assert inquiries.list_(house.bob, NOW)[1] == 0
    with pytest.raises(NotFound):
        inquiries.get(house.root, made.id, NOW)
    assert inquiries.get(supervisor(house), made.id, NOW).is_whole
    assert inquiries.list_(supervisor(house), NOW)[1] == 1
    seen = inquiries.get(auditor(house), made.id, NOW)
    assert not seen.is_whole


def test_a_correction_is_a_further_record_and_both_stand(house: House) -> None:
    first = inquiries.record(house.ann, noted(house), NOW)
    second = inquiries.record(house.ann, noted(house, corrects_id=first.id, content="更正"), NOW)
    assert second.corrects_id == first.id
    assert inquiries.get(house.ann, first.id, NOW).inquiry.content == "询问案件进展"
    with pytest.raises(NotFound):
        inquiries.record(house.bob, noted(house, corrects_id=first.id), NOW)
    with pytest.raises(NotFound):
        inquiries.record(house.ann, noted(house, corrects_id=uuid4()), NOW)


@pytest.mark.parametrize(
    "statement", ["UPDATE inquiries SET content = ''", "DELETE FROM inquiries"]
)
def test_the_database_itself_keeps_a_record_as_it_is(house: House, statement: str) -> None:
    inquiries.record(house.ann, noted(house), NOW)
    with pytest.raises(sa.exc.DatabaseError, match="written once"), transaction():
        session().execute(sa.text(statement))


def test_a_record_that_was_altered_removed_or_inserted_is_named(house: House) -> None:
    made = [inquiries.record(house.ann, noted(house), NOW) for _ in range(3)]
    assert found() == []
    with attacker():
        session().execute(
            sa.update(Inquiry).where(Inquiry.id == made[1].id).values(content="没有此事")
        )
    assert found() == [("inquiries", "inquiry_altered", 2)]
    with attacker():
        session().execute(sa.delete(Inquiry).where(Inquiry.id == made[1].id))
    assert found() == [("inquiries", "inquiry_missing", 2)]
    with attacker() as open_:
        values = {name: getattr(made[0], name) for name in table(Inquiry).c.keys()}  # noqa: SIM118
        open_.add(Inquiry(**values | {"id": new_id()}))
    assert found() == [("inquiries", "inquiry_missing", 2), ("inquiries", "inquiry_inserted", 4)]
