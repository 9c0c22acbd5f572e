"""One's own account: password, second factor, tokens, sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import segno
from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from workflow_server import arrivals
from workflow_server.errors import WorkflowServerError
from workflow_server.services import passwords, second_factors, sign_ins, tokens
from workflow_server.services.passwords import PasswordWrong
from workflow_server.services.second_factors import (
    Enrolment,
    SecondFactorMissing,
    SecondFactorThere,
)
from workflow_server.services.tries import TryLater
from workflow_server.store.db import settings
from workflow_server.web import door
from workflow_server.web.sign_ins import waiting

pages = door.pages("account")

PAGE_SIZE = 20
#: What is open of the account to who must first do something, by what that is.
FIRST = {
    "password": frozenset({"show", "change_password"}),
    "second-factor": frozenset(
        {"show", "show_second_factor", "add_second_factor", "confirm_second_factor"}
    ),
}
#: For how long a token may be good, in days.
DAYS = (1, 7, 30, 90, 366)
#: The ways to sign in and what came of it, in words.
METHODS: Mapping[str, Any] = {
    "password": _l("口令"),
    "totp": _l("验证码"),
    "oidc": _l("单点登录"),
    "password-change": _l("修改口令"),
    "unlock": _l("解除锁定"),
}
OUTCOMES: Mapping[str, Any] = {
    "ok": _l("成功"),
    "expired": _l("成功，口令已过期"),
    "wrong": _l("口令错误"),
    "locked": _l("尝试过多，被拒绝"),
    "second-factor-needed": _l("口令正确，等待验证码"),
    "second-factor-wrong": _l("验证码错误"),
    "oidc-refused": _l("单点登录被拒绝"),
    "shown": _l("验证通过"),
    "changed": _l("口令正确"),
    "unlocked": _l("已解除锁定"),
    "trying": _l("未完成"),
}


@pages.before_request
def _first_things_first() -> ResponseReturnValue | None:
    function = (request.endpoint or "").rpartition(".")[2]
    must = door.must()
    if must and not any(function in FIRST[each] for each in must):
        return redirect(url_for(".show"), 303)
    return None


@pages.get("/account")
def show() -> ResponseReturnValue:
    """Show what must be done first, else how one's password is changed."""
    if "second-factor" in door.must() and "password" not in door.must():
        return redirect(url_for(".show_second_factor"), 303)
    return _password()


@pages.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Give oneself another password."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _password(422, {"again": _("两次输入的新口令不一致。")})
    try:
        actor, now = door.actor(), datetime.now(UTC)
        passwords.change(actor, g.visitor.token.id, old, new, now, arrivals.origin())
    except PasswordWrong as wrong:
        return _password(403, {"old": wrong.message})
    except TryLater as later:
        return _password(429, {"": _too_many(later)})
    except WorkflowServerError as error:
        return _password(422, _listed(error))
    return _onwards("password", "password_changed", ".show")


@pages.get("/account/second-factor")
def show_second_factor() -> Response:
    """Show whether one signs in with a second factor."""
    return _second_factor()


@pages.post("/account/second-factor")
def add_second_factor() -> ResponseReturnValue:
    """Get a secret for one's authenticator."""
    try:
        enrolment = second_factors.enrol(door.actor(), datetime.now(UTC))
    except SecondFactorThere:
        return redirect(url_for(".show_second_factor"), 303)
    return _second_factor(enrolment=enrolment)


@pages.post("/account/second-factor/confirmation")
def confirm_second_factor() -> ResponseReturnValue:
    """Put one's second factor in force, for a code of it, and show the recovery codes once."""
    actor, now = door.actor(), datetime.now(UTC)

    def confirm() -> Response:
        code = request.form.get("code", "")
        codes = second_factors.confirm(actor, g.visitor.token.id, code, now, arrivals.origin())
        return _codes(codes, is_new=True)

    return _trying(confirm, lambda: second_factors.pending(actor))


@pages.post("/account/second-factor/recovery-codes")
def renew_recovery_codes() -> ResponseReturnValue:
    """Get other recovery codes, shown this once; the old ones are worthless."""

    def renew() -> Response:
        now, code = datetime.now(UTC), request.form.get("code", "")
        found = second_factors.renew_recovery_codes(door.actor(), code, now, arrivals.origin())
        return _codes(found, is_new=False)

    return _trying(renew)


@pages.post("/account/second-factor/removal")
def remove_second_factor() -> ResponseReturnValue:
    """Sign in without a second factor from now on."""

    def remove() -> ResponseReturnValue:
        now, code = datetime.now(UTC), request.form.get("code", "")
        second_factors.remove(door.actor(), code, now, arrivals.origin())
        return door.to(".show_second_factor", notice="factor_removed")

    return _trying(remove)


@pages.get("/account/tokens")
def show_tokens() -> Response:
    """List one's tokens and sign-ins in force."""
    return _tokens()


@pages.post("/account/tokens")
def make_token() -> ResponseReturnValue:
    """Make a named token for a program, and show it this once."""
    name, scopes = request.form.get("name", "").strip()[:100], request.form.getlist("scopes")
    days = request.form.get("days", type=int)
    faults = {
        "name": "" if name else _("请填写名称。"),
        "scopes": "" if scopes else _("请至少选择一项权限。"),
        "days": "" if days in DAYS else _("请选择有效期。"),
    }
    faults = {field: fault for field, fault in faults.items() if fault}
    if faults or days is None:
        return _tokens(422, faults)
    try:
        tokens.check_known(scopes)
        made = tokens.make(door.actor(), name, scopes, days, datetime.now(UTC))
    except WorkflowServerError as error:
        return _tokens(422, {"": error.message})
    return door.render("account/token_made.html", made=made, tab="tokens")


@pages.post("/account/tokens/<uuid:token_id>/revocation")
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """Make one of one's own tokens worthless."""
    tokens.revoke(door.actor(), token_id, datetime.now(UTC))
    return door.to(".show_tokens", notice="token_revoked")


@pages.get("/account/sign-ins")
def show_sign_ins() -> Response:
    """List one's own tries to sign in."""
    page = door.page_number()
    rows, total = sign_ins.list_own(door.actor(), page, PAGE_SIZE)
    return door.render(
        "account/sign_ins.html",
        tab="sign_ins",
        rows=rows,
        total=total,
        page=page,
        page_size=PAGE_SIZE,
        methods=METHODS,
        outcomes=OUTCOMES,
    )


def _password(status: int = 200, faults: Mapping[str, str] | None = None) -> Response:
    return door.render(
        "account/password.html",
        status,
        tab="password",
        faults=faults or {},
        policy=passwords.policy(),
        history=settings().password_history,
        must=door.must(),
    )


def _second_factor(
    status: int = 200, fault: str | None = None, enrolment: Enrolment | None = None
) -> Response:
    return door.render(
        "account/second_factor.html",
        status,
        tab="second_factor",
        fault=fault,
        standing=second_factors.standing_of(door.actor()),
        enrolment=enrolment,
        qr=_qr(enrolment.uri) if enrolment else None,
        must=door.must(),
    )


def _codes(codes: Any, *, is_new: bool) -> Response:
    must = [each for each in door.must() if each != "second-factor"]
    return door.render(
        "account/codes.html", tab="second_factor", codes=codes, is_new=is_new, must=must
    )


def _tokens(status: int = 200, faults: Mapping[str, str] | None = None) -> Response:
    page = door.page_number()
    rows, total = tokens.list_own(door.actor(), page, PAGE_SIZE)
    return door.render(
        "account/tokens.html",
        status,
        tab="tokens",
        rows=rows,
        total=total,
        page=page,
        page_size=PAGE_SIZE,
        faults=faults or {},
        given=request.form,
        nouns=sorted(tokens.nouns().items()),
        in_person=tokens.IN_PERSON,
        days=DAYS,
        own=g.visitor.token.id,
        real=datetime.now(UTC),
    )


def _trying(
    act: Callable[[], ResponseReturnValue],
    enrolment: Callable[[], Enrolment | None] = lambda: None,
) -> ResponseReturnValue:
    """Do what takes a code; say beside the code why it was not taken."""
    try:
        return act()
    except TryLater as later:
        return _second_factor(429, _too_many(later), enrolment())
    except (SecondFactorMissing, SecondFactorThere):
        # Done in another window meanwhile: the page shows how it is.
        return redirect(url_for(".show_second_factor"), 303)
    except WorkflowServerError as error:
        return _second_factor(403, error.message, enrolment())


def _onwards(done: str, notice: str, here: str) -> ResponseReturnValue:
    """Lead home who had to do this first, or to what they must do next."""
    before = door.must()
    if done not in before:
        return door.to(here, notice=notice)
    left = [each for each in before if each != done]
    return door.to(".show" if left else "web.home.show", notice=notice)


def _listed(error: WorkflowServerError) -> Mapping[str, str]:
    """Return what was wrong by field, each rule that was broken as a line of its own."""
    found: dict[str, str] = {}
    for fault in error.faults:
        field = fault.pointer.removeprefix("#/")
        found[field] = f"{found[field]}\n{fault.detail}" if field in found else fault.detail
    return found or {"": error.message}


def _too_many(later: TryLater) -> str:
    return str(_("尝试次数过多，请 %(wait)s后再试。", wait=waiting(later.seconds)))


def _qr(uri: str) -> Markup:
    drawn = segno.make(uri, micro=False, error="m")
    return Markup(drawn.svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=2))  # noqa: S704
