"""One's own account: password, second factor, tokens, sign-ins, and what must be done first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask

from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.services import passwords
from workflow_server.store import db

Browsers = Callable[..., Browser]
NEW = "Grey-heron-4711"


def _change(someone: Browser, new: str = NEW, again: str | None = None, old: str = "demo") -> Page:
    again = new if again is None else again
    return someone.post("/account/password", old=old, new=new, again=again)


def _secret(page: Page) -> pyotp.TOTP:
    return pyotp.TOTP(page.all("code.once")[0].text_content())


def _add_factor(someone: Browser) -> tuple[pyotp.TOTP, Page]:
    totp = _secret(someone.post("/account/second-factor"))
    code = totp.at(datetime.now(UTC) - timedelta(seconds=30))
    return totp, someone.post("/account/second-factor/confirmation", code=code)


def test_a_password_is_changed_and_other_sign_ins_end(case: Court, browser: Browsers) -> None:
    here, elsewhere = browser("prosecutor"), browser("prosecutor")
    changed = _change(here)
    assert "口令已修改" in changed.text
    assert here.get("/").response.request.path == "/"
    assert elsewhere.get("/").response.request.path == "/sign-in"
    again = browser().post("/sign-in", login="prosecutor", password=NEW)
    assert again.response.request.path == "/"


def test_each_fault_of_a_password_stands_at_its_field(case: Court, browser: Browsers) -> None:
    prosecutor = browser("prosecutor")
    short = _change(prosecutor, "abc")
    assert short.status == 422
    assert "至少10个字符" in short.all("#fault-new")[0].text_content()
    assert short.all("#new")[0].get("aria-describedby") == "fault-new"
    assert len(short.all("#fault-new div")) > 1
    typo = _change(prosecutor, NEW, "Grey-heron-4712")
    assert typo.all("#fault-again")
    wrong = _change(prosecutor, old="nonsense")
    assert (wrong.status, bool(wrong.all("#fault-old"))) == (403, True)
    assert NEW not in wrong.text


def test_the_rules_for_passwords_are_on_the_page(case: Court, browser: Browsers) -> None:
    page = browser("prosecutor").get("/account")
    assert "至少 10 个字符" in page.text
    assert "最近 5 次" in page.text


def test_who_must_change_a_password_does_it_first_and_then_comes_home(
    case: Court, browser: Browsers
) -> None:
    passwords.set_("prosecutor", "Once-and-change-1", datetime.now(UTC))
    someone = browser()
    led = someone.post("/sign-in", login="prosecutor", password="Once-and-change-1")
    assert led.response.request.path == "/account"
    assert "请先修改口令" in led.text
    assert not led.all("#menu a")
    for path in ("/cases", "/account/tokens", "/account/second-factor", "/"):
        assert someone.get(path).response.request.path == "/account"
    home = _change(someone, old="Once-and-change-1")
    assert home.response.request.path == "/"


def test_a_second_factor_is_added_with_a_picture_and_its_codes_are_shown_once(
    case: Court, browser: Browsers
) -> None:
    prosecutor = browser("prosecutor")
    offered = prosecutor.post("/account/second-factor")
    assert offered.all("svg.qr path")
    assert "otpauth://totp/" in offered.link("在本机的验证器中打开")
    assert not offered.all("[style*=url]")
    wrong = prosecutor.post("/account/second-factor/confirmation", code="000000")
    assert wrong.status == 403
    assert _secret(wrong).secret == _secret(offered).secret
    code = _secret(offered).at(datetime.now(UTC) - timedelta(seconds=30))
    codes = prosecutor.post("/account/second-factor/confirmation", code=code)
    assert len({each.text_content() for each in codes.all(".recovery-codes code")}) == 10
    assert codes.response.headers["Cache-Control"] == "no-store"
    later = prosecutor.get("/account/second-factor")
    assert "还剩 10 个恢复码" in later.text
    assert not later.all(".recovery-codes, .once, svg.qr")


def test_recovery_codes_are_renewed_and_the_factor_is_taken_away_for_a_code(
    case: Court, browser: Browsers
) -> None:
    prosecutor = browser("prosecutor")
    totp, _ = _add_factor(prosecutor)
    renewed = prosecutor.post("/account/second-factor/recovery-codes", code=totp.now())
    codes = [each.text_content() for each in renewed.all(".recovery-codes code")]
    assert len(codes) == 10
    refused = prosecutor.post("/account/second-factor/removal", code="000000")
    assert refused.status == 403
    removed = prosecutor.post("/account/second-factor/removal", code=codes[0])
    assert "第二验证因素已停用" in removed.text
    assert "未启用" in removed.text


def test_who_must_add_a_second_factor_does_it_first_and_then_may_go_home(
    case: Court, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    demanding = replace(db.settings(), second_factor_for="all")
    monkeypatch.setitem(db._settings, db.db.engine, demanding)
    someone = browser()
    led = someone.post("/sign-in", login="prosecutor", password="demo")
    assert led.response.request.path == "/account/second-factor"
    assert someone.get("/cases").response.request.path == "/account/second-factor"
    _, codes = _add_factor(someone)
    assert codes.link("我已保存") == "/"
    assert someone.get("/").response.request.path == "/"
    page = someone.get("/account/second-factor")
    assert "不能停用" in page.text
    assert not page.all("form[action$=removal]")


def test_a_token_is_made_shown_once_and_revoked(case: Court, browser: Browsers, app: Flask) -> None:
    prosecutor = browser("prosecutor")
    form = {"name": "报表 <b>x</b>", "scopes": ["read", "tasks:write"], "days": "7"}
    made = prosecutor.post("/account/tokens", **form)
    token = made.all("code.once")[0].text_content()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    program = Browser(app)
    assert program.open("GET", "/api/tasks", headers=headers).status == 200
    page = prosecutor.get("/account/tokens")
    assert token not in page.response.text
    assert "报表 <b>x</b>" in page.text
    revoke = page.all("form[action$=revocation]")[0].get("action")
    assert "令牌已吊销" in prosecutor.post(revoke).text
    assert program.open("GET", "/api/tasks", headers=headers).status == 401


def test_a_bad_token_is_refused_at_its_field_and_keeps_what_was_chosen(
    case: Court, browser: Browsers
) -> None:
    prosecutor = browser("prosecutor")
    refused = prosecutor.post("/account/tokens", name="  ", scopes=["tasks:write"], days="7")
    assert refused.status == 422
    assert refused.all("#fault-name")
    assert refused.all("input[value='tasks:write']")[0].get("checked") is not None
    assert refused.all("#days option[selected]")[0].get("value") == "7"
    unknown = prosecutor.post("/account/tokens", name="x", scopes=["all:write"], days="7")
    assert (unknown.status, "没有权限“all:write”" in unknown.text) == (422, True)
    assert prosecutor.post("/account/tokens", name="x", scopes=["read"], days="9999").status == 422


def test_nobody_revokes_what_is_somebody_elses(case: Court, browser: Browsers) -> None:
    browser("prosecutor").post("/account/tokens", name="x", scopes=["read"], days="7")
    page = browser("prosecutor").get("/account/tokens")
    address = page.all("form[action$=revocation]")[0].get("action")
    assert browser("outsider").post(address).status == 404


def test_ones_own_sign_ins_are_listed_in_words(case: Court, browser: Browsers) -> None:
    browser().post("/sign-in", login="prosecutor", password="wrong")
    page = browser("prosecutor").get("/account/sign-ins")
    outcomes = [re.sub(r"\s", "", each.text_content()) for each in page.all("td .badge")]
    assert outcomes == ["成功", "口令错误"]
