"""Who signs in, with what, and what the demo office is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests import hiring
from tests.services.conftest import NOW, OFFICE, House
from workflow_server.errors import Forbidden, InvalidInput, NotFound
from workflow_server.services import actors, clock, organisations, sign_ins, tokens, verifications
from workflow_server.services.clock import ClockFixed
from workflow_server.services.organisations import DEMO_PASSWORD, LoginTaken
from workflow_server.services.sign_ins import SignInRefused
from workflow_server.store import db as database
from workflow_server.store import history as history_rows
from workflow_server.store.db import session
from workflow_server.store.tokens import ApiToken
from workflow_server.store.types import new_id

REAL = datetime.now(UTC)


def test_a_password_gives_a_token_that_stands_for_its_person(house: House) -> None:
    signed_in = sign_ins.sign_in("ann", "correct horse", REAL)
    visitor = actors.visitor_for_token(signed_in.token, REAL)
    assert visitor is not None
    assert visitor.actor == house.ann == signed_in.actor
    assert visitor.now == REAL
    assert {position.role for position in visitor.actor.positions} == {"drafter", "checker"}
    assert sign_ins.sign_in("bob", DEMO_PASSWORD, REAL).actor == house.bob


def test_a_wrong_password_and_an_unknown_login_are_refused_alike(house: House) -> None:
    messages = []
    for login, password in (("ann", "wrong"), ("nobody", "wrong"), ("ann", "")):
        with pytest.raises(SignInRefused) as refused:
            sign_ins.sign_in(login, password, REAL)
        messages.append(refused.value.message)
    assert len(set(messages)) == 1


def test_tokens_end(house: House) -> None:
    signed_in = sign_ins.sign_in("ann", "correct horse", REAL)
    assert actors.visitor_for_token(signed_in.token, REAL + timedelta(hours=13)) is None
    sign_ins.sign_out(signed_in.token, REAL)
    assert actors.visitor_for_token(signed_in.token, REAL) is None
    for token in ("", "wst_", "wst_unknown", "other"):
        assert actors.visitor_for_token(token, REAL) is None


def test_a_named_token_is_listed_and_revoked_by_its_owner_alone(house: House) -> None:
    token = sign_ins.issue_token("ann", "script", days=30, now=REAL)
    named = tokens.list_own(house.ann)[0][0]
    assert (named.name, named.expires_at) == ("script", REAL + timedelta(days=30))
    with pytest.raises(NotFound):
        tokens.revoke(house.bob, named.id, REAL)
    tokens.revoke(house.ann, named.id, REAL)
    assert actors.visitor_for_token(token, REAL) is None
    with pytest.raises(NotFound):
        sign_ins.issue_token("nobody", "script", now=REAL)


def test_a_token_is_nowhere_stored_as_it_is(house: House) -> None:
    token = sign_ins.issue_token("ann", "script", now=REAL)
    rows = session().query(ApiToken).all()
    assert all(token.encode() not in row.digest for row in rows)


def test_the_demo_office_moves_in_once(house: House) -> None:
    organisations.load_office(OFFICE, NOW)
    assert [row.key for row in organisations.list_()] == ["office", "town"] or len(
        organisations.list_()
    ) == 2
    assert [row.key for row in organisations.list_("town")] == ["town"]
    assert organisations.list_people(house.ann)[1] == 5


def test_people_are_seen_by_their_own_organisation_and_administrators(house: House) -> None:
    town = house.organisation("town")
    with pytest.raises(NotFound):
        organisations.list_people(house.ann, town)
    found, total = organisations.list_people(house.root, town)
    assert ([person.login for person, _ in found], total) == (["tom"], 1)
    drafters, _ = organisations.list_people(house.ann, role="drafter")
    assert {person.login for person, _ in drafters} == {"ann", "bob"}
    everybody, total = organisations.list_people(house.root, page_size=100)
    assert len(everybody) == total == 6


def test_people_come_by_the_page(house: House) -> None:
    everybody, _ = organisations.list_people(house.ann)
    pages = [organisations.list_people(house.ann, page=n, page_size=2) for n in (1, 2, 3, 4)]
    assert [len(found) for found, _ in pages] == [2, 2, 1, 0]
    assert {total for _, total in pages} == {5}
    assert [row for found, _ in pages for row in found] == everybody


def test_a_login_is_taken_once(house: House) -> None:
    added = organisations.add_person("zoe", "佐伊", password="a rather long one")
    assert sign_ins.sign_in("zoe", "a rather long one", REAL).actor.person_id == added.id
    with pytest.raises(LoginTaken):
        organisations.add_person("zoe", "佐伊")
    with pytest.raises(InvalidInput):
        organisations.add_person("yan", "严", password="")


def test_a_post_is_given_once(house: House) -> None:
    office = house.organisation("office")
    first = hiring.give_post(house.eve.person_id, office, "drafter")
    assert hiring.give_post(house.eve.person_id, office, "drafter").id == first.id
    assert actors.actor_of(house.eve.person_id).holds(office, "drafter")
    with pytest.raises(NotFound):
        actors.actor_of(new_id())


def test_what_administrators_do_is_chained_too(house: House) -> None:
    sign_ins.issue_token("ann", "script", now=REAL)
    for area in ("organisations", "access"):
        rows, total = history_rows.list_(history_rows.area(area), 100, 0)
        assert total == len(rows) > 0
        assert verifications.find_break(history_rows.area(area)) is None


def test_business_time_moves_ahead_in_demo_mode(house: House) -> None:
    before = clock.now()
    clock.move(house.ann, timedelta(days=55))
    assert timedelta(days=55) <= clock.now() - before < timedelta(days=56)
    assert clock.offset() == timedelta(days=55)
    clock.move(house.ann, timedelta(days=1))
    assert clock.offset() == timedelta(days=56)


def test_business_time_never_goes_back_nor_for_ever(house: House) -> None:
    for delta in (timedelta(0), timedelta(days=-1), timedelta(days=100_000)):
        with pytest.raises(InvalidInput):
            clock.move(house.ann, delta)
    assert clock.offset() == timedelta(0)


def test_business_time_ends_with_the_year_2200(house: House) -> None:
    with pytest.raises(InvalidInput, match="2200"):
        clock.begin(datetime(2201, 1, 1, tzinfo=UTC))
    clock.begin(datetime(2195, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="不能超过2200年"):
        clock.move(house.ann, timedelta(days=3650))
    with pytest.raises(InvalidInput, match="2200"):
        clock.move(house.ann, datetime(2201, 1, 1, tzinfo=UTC))
    clock.move(house.ann, datetime(2200, 12, 31, tzinfo=UTC))
    assert clock.now().year == 2200


def test_business_time_is_real_time_outside_demo_mode(
    house: House, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move(house.ann, timedelta(days=55))
    serious = database.Config(database_url="x", demo=False)
    monkeypatch.setitem(database._settings, database.db.engine, serious)
    with pytest.raises(ClockFixed) as refused:
        clock.move(house.ann, timedelta(days=1))
    assert isinstance(refused.value, Forbidden)
    assert clock.now() - datetime.now(UTC) < timedelta(seconds=5)
