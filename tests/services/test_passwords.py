"""Passwords: which are taken, and what happens when one takes the place of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.services.conftest import House
from workflow_server.rules.passwords import Policy, faults, is_login
from workflow_server.services import accounts, actors, organisations, passwords, sign_ins, tokens
from workflow_server.services.actors import Actor, TokenInUse
from workflow_server.services.organisations import LoginRefused
from workflow_server.services.passwords import PasswordRefused, PasswordWrong
from workflow_server.store import db as database

REAL = datetime.now(UTC)
OLD, NEW = "correct horse", "Battery-Staple-7"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Ab1-Ab1-x", "至少10个字符"),
        ("alllowercase", "3类"),
        ("lower case 12", None),
        ("UPPER lower xy", None),
        ("a phrase of several words", None),
        ("Xann-2026-ok", "登录名或姓名"),
        ("安全-Quick-2026", None),
        ("王小明-Quick-2026", "登录名或姓名"),
        ("Admin123456!", "太常见"),
        ("P@ssw0rd123", "太常见"),
        ("Woaini1314-", "太常见"),
        ("1qaz@WSX3edc", "太常见"),
        ("5201314Woaini!", "太常见"),
        ("aaaaaaaaaaaaaaaaaaaa", "重复过多"),
        ("x" * 201, "最多200个字符"),
    ],
)
def test_a_refused_password_is_told_which_rule_it_breaks(password: str, rule: str | None) -> None:
    found = " ".join(faults(password, "ann", "王小明", Policy()))
    assert (rule in found) if rule else found == ""


def test_logins_are_plain() -> None:
    assert all(map(is_login, ("ann", "zhang.san", "li_si-2", "a@b")))
    hostile = ("", "a", "Ann", "аnn", "ａｎｎ", "ann ", "an\x00n", "安", ".ann", "a" * 65)
    assert not any(map(is_login, hostile))


def test_who_is_added_keeps_the_rules_and_changes_the_password_at_once(house: House) -> None:
    with pytest.raises(PasswordRefused):
        organisations.add_person("zoe", "佐伊", password="zoe")
    with pytest.raises(LoginRefused):
        organisations.add_person("Zoё", "佐伊")
    organisations.add_person("zoe", "佐伊", password=NEW)
    assert sign_ins.sign_in("zoe", NEW, REAL).must == ("password",)


def change(token: str, old: str, new: str, key: str | None = None) -> None:
    visitor = actors.visitor_for_token(token, REAL)
    assert visitor is not None
    passwords.change(visitor.actor, visitor.token.id, old, new, REAL, idempotency_key=key)


def test_a_changed_password_ends_the_other_sign_ins_and_no_named_token(house: House) -> None:
    mine, other = (sign_ins.sign_in("ann", OLD, REAL).token for _ in range(2))
    named = sign_ins.issue_token("ann", "script", now=REAL)
    change(mine, OLD, NEW)
    assert actors.visitor_for_token(mine, REAL) is not None
    assert actors.visitor_for_token(named, REAL) is not None
    assert actors.visitor_for_token(other, REAL) is None
    assert sign_ins.sign_in("ann", NEW, REAL).must == ()
    with pytest.raises(sign_ins.SignInRefused):
        sign_ins.sign_in("ann", OLD, REAL)


def test_only_who_knows_the_old_password_changes_it_and_may_not_guess_on(house: House) -> None:
    token = sign_ins.sign_in("ann", OLD, REAL).token
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            change(token, "wrong", NEW)
    with pytest.raises(passwords.tries.TryLater):
        change(token, OLD, NEW)


def test_none_of_the_last_five_passwords_comes_back(house: House) -> None:
    used = ["correct horse"] + [f"Battery-Staple-{number}" for number in range(6)]
    for password in used[1:]:
        passwords.set_("ann", password, REAL)
    for password in used[-5:]:
        with pytest.raises(PasswordRefused, match="最近5次"):
            passwords.set_("ann", password, REAL)
    passwords.set_("ann", used[1], REAL)


def test_a_change_asked_twice_is_made_once(house: House) -> None:
    token = sign_ins.sign_in("ann", OLD, REAL).token
    change(token, OLD, NEW, "k")
    change(token, OLD, NEW, "k")
    with pytest.raises(PasswordWrong):
        change(token, OLD, "Another-Staple-8", "other")


@pytest.fixture
def settle(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for the test."""

    def change_settings(**values: Any) -> None:
        engine = database.db.engine
        monkeypatch.setitem(database._settings, engine, replace(database.settings(), **values))

    return change_settings


def test_an_old_password_must_be_changed(house: House, settle: Callable[..., None]) -> None:
    passwords.set_("ann", NEW, REAL, must_change=False)
    settle(password_days=90)
    assert sign_ins.sign_in("ann", NEW, REAL + timedelta(days=89)).must == ()
    assert sign_ins.sign_in("ann", NEW, REAL + timedelta(days=91)).must == ("password",)
    found, _ = sign_ins.list_own(house.ann)
    assert [row.outcome for row in found] == ["expired", "ok"]


def test_a_sign_in_that_is_not_used_for_an_hour_is_over(house: House) -> None:
    signed_in = sign_ins.sign_in("ann", OLD, REAL).token
    named = sign_ins.issue_token("ann", "script", now=REAL)

    def used(minutes: int) -> TokenInUse | None:
        visitor = actors.visitor_for_token(signed_in, REAL + timedelta(minutes=minutes))
        return visitor.token if visitor is not None else None

    first = used(59)
    assert first is not None
    tokens.note_use(first.id, REAL + timedelta(minutes=59))
    assert used(118) is not None
    assert used(119) is None
    assert actors.visitor_for_token(named, REAL + timedelta(days=900)) is not None


def test_no_sign_in_idles_away_when_none_should(house: House, settle: Callable[..., None]) -> None:
    signed_in = sign_ins.sign_in("ann", OLD, REAL).token
    settle(idle_minutes=0)
    assert actors.visitor_for_token(signed_in, REAL + timedelta(hours=11)) is not None


def test_the_security_administrator_resets_a_password(
    house: House, administrator: Callable[[str], Actor]
) -> None:
    before = sign_ins.sign_in("ann", OLD, REAL).token
    safe = administrator("security")
    accounts.reset_password(safe, house.ann.person_id, NEW, REAL, "k")
    accounts.reset_password(safe, house.ann.person_id, NEW, REAL, "k")
    assert actors.visitor_for_token(before, REAL) is None
    assert sign_ins.sign_in("ann", NEW, REAL).must == ("password",)
