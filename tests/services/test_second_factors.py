"""A second factor: set up, shown once, lost and taken away."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from tests.services.conftest import House
from workflow_server.services import (
    accounts,
    actors,
    passwords,
    second_factors,
    secret_keys,
    sign_ins,
)
from workflow_server.services.actors import Actor
from workflow_server.services.second_factors import SecondFactorWrong
from workflow_server.services.tries import NOWHERE, TryLater
from workflow_server.store import db as database
from workflow_server.store.people import get_person

REAL = datetime.now(UTC).replace(second=15)
STEP = timedelta(seconds=30)
PASSWORD = "correct horse"


def code(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


def token_id(token: str, now: datetime) -> UUID:
    visitor = actors.visitor_for_token(token, now)
    assert visitor is not None
    return visitor.token.id


class Factor:
    """Ann's second factor, confirmed long ago."""

    def __init__(self, house: House) -> None:
        before = REAL - 10 * STEP
        token = sign_ins.sign_in("ann", PASSWORD, before).token
        self.secret = second_factors.enrol(house.ann, before).secret
        self.recovery = second_factors.confirm(
            house.ann, token_id(token, before), code(self.secret, before), before, NOWHERE
        )


@pytest.fixture
def factor(house: House) -> Factor:
    return Factor(house)


def half(now: datetime = REAL) -> str:
    with pytest.raises(sign_ins.SecondFactorNeeded) as needed:
        sign_ins.sign_in("ann", PASSWORD, now)
    return needed.value.more["half_token"]


def test_a_password_alone_lets_nobody_in(house: House, factor: Factor) -> None:
    given = half()
    assert actors.visitor_for_token(given, REAL) is None
    assert sign_ins.complete(given, code(factor.secret, REAL), REAL).actor == house.ann
    later = REAL + 4 * STEP
    assert sign_ins.sign_in("ann", PASSWORD, later, code(factor.secret, later)).token


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True)])
def test_a_code_may_be_a_step_early_or_late(factor: Factor, steps: int, right: bool) -> None:
    shown = code(factor.secret, REAL + steps * STEP)
    if right:
        assert sign_ins.sign_in("ann", PASSWORD, REAL, shown).token
    else:
        with pytest.raises(SecondFactorWrong):
            sign_ins.sign_in("ann", PASSWORD, REAL, shown)


def test_a_code_works_once_and_none_before_it_works_after(factor: Factor) -> None:
    shown, before = code(factor.secret, REAL), code(factor.secret, REAL - STEP)
    assert sign_ins.sign_in("ann", PASSWORD, REAL, shown).token
    for again in (shown, before):
        with pytest.raises(SecondFactorWrong, match="请等待下一个验证码（约30秒）"):
            sign_ins.complete(half(), again, REAL)


def test_wide_digits_of_a_chinese_input_method_are_digits(factor: Factor) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code(factor.secret, REAL))
    assert sign_ins.sign_in("ann", PASSWORD, REAL, wide).token


def test_half_a_sign_in_ends_after_five_minutes_and_with_the_password(factor: Factor) -> None:
    given = half()
    later = REAL + timedelta(seconds=sign_ins.HALF_SECONDS + 2)
    for token, now in ((given, later), ("x", REAL), (secret_keys.encrypt("{}", REAL), REAL)):
        with pytest.raises(sign_ins.HalfTokenRefused):
            sign_ins.complete(token, code(factor.secret, now), now)
    passwords.set_("ann", "Battery-Staple-7", REAL)
    with pytest.raises(sign_ins.HalfTokenRefused):
        sign_ins.complete(given, code(factor.secret, REAL), REAL)


def test_codes_cannot_be_guessed_on_and_on(factor: Factor) -> None:
    wrong = [0]

    def guess(number: int) -> None:
        origin = sign_ins.Origin(f"10.0.0.{number}")
        try:
            sign_ins.complete(given, "abcdef", REAL, origin)
        except SecondFactorWrong:
            wrong[0] += 1

    given = half()
    for number in range(10):
        guess(number)
    with pytest.raises(TryLater):
        guess(11)
    assert wrong == [10]


def test_a_recovery_code_works_once(house: House, factor: Factor) -> None:
    assert len(set(factor.recovery)) == 10
    assert sign_ins.sign_in("ann", PASSWORD, REAL, factor.recovery[3].upper()).token
    with pytest.raises(SecondFactorWrong):
        sign_ins.sign_in("ann", PASSWORD, REAL, factor.recovery[3])
    renewed = second_factors.renew_recovery_codes(
        house.ann, code(factor.secret, REAL), REAL, NOWHERE
    )
    with pytest.raises(SecondFactorWrong):
        sign_ins.sign_in("ann", PASSWORD, REAL, factor.recovery[4])
    assert sign_ins.sign_in("ann", PASSWORD, REAL, renewed[0]).token


def test_a_second_factor_counts_once_it_has_shown_a_code(house: House) -> None:
    token = sign_ins.sign_in("ann", PASSWORD, REAL).token
    second_factors.enrol(house.ann, REAL)
    with pytest.raises(SecondFactorWrong):
        second_factors.confirm(house.ann, token_id(token, REAL), "000000", REAL, NOWHERE)
    assert sign_ins.sign_in("ann", PASSWORD, REAL).token


def test_it_is_taken_away_with_a_code_or_by_the_security_administrator(
    house: House, factor: Factor, administrator: Callable[[str], Actor]
) -> None:
    with pytest.raises(second_factors.SecondFactorThere):
        second_factors.enrol(house.ann, REAL)
    with pytest.raises(SecondFactorWrong):
        second_factors.remove(house.ann, "000000", REAL, NOWHERE)
    second_factors.remove(house.ann, code(factor.secret, REAL), REAL, NOWHERE)
    assert sign_ins.sign_in("ann", PASSWORD, REAL).token
    Factor(house)
    half()
    accounts.remove_second_factor(administrator("security"), house.ann.person_id, REAL)
    assert sign_ins.sign_in("ann", PASSWORD, REAL).token
    with pytest.raises(second_factors.SecondFactorMissing):
        second_factors.remove(house.ann, "000000", REAL, NOWHERE)


def test_who_must_have_one_can_do_nothing_else_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    demanding = replace(database.settings(), second_factor_for="all")
    monkeypatch.setitem(database._settings, database.db.engine, demanding)
    signed_in = sign_ins.sign_in("ann", PASSWORD, REAL)
    assert signed_in.must == ("second-factor",)
    secret = second_factors.enrol(house.ann, REAL).secret
    mine = token_id(signed_in.token, REAL)
    second_factors.confirm(house.ann, mine, code(secret, REAL), REAL, NOWHERE)
    visitor = actors.visitor_for_token(signed_in.token, REAL)
    assert visitor is not None
    assert visitor.token.scopes is None
    with pytest.raises(second_factors.SecondFactorDemanded):
        second_factors.remove(house.ann, "000000", REAL, NOWHERE)


def test_the_secret_is_encrypted_with_a_key_that_only_the_server_reads(
    house: House, factor: Factor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = get_person(house.ann.person_id).totp_secret
    assert stored is not None
    assert factor.secret not in stored
    assert secret_keys.decrypt(stored) == factor.secret
    path = database.settings().data_dir / secret_keys.KEY_FILE
    assert os.stat(path).st_mode & 0o777 == 0o600
    other = replace(database.settings(), secret_key="another key of this server, long enough")
    monkeypatch.setitem(database._settings, database.db.engine, other)
    with pytest.raises(secret_keys.KeyAway):
        sign_ins.sign_in("ann", PASSWORD, REAL, code(factor.secret, REAL))
