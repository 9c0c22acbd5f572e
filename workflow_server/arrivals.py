"""Who comes in: the token of a request, the identity chosen for it, and for what purpose.

Programs send a bearer token. A browser sends the same token in a cookie that no script can
read; what it then writes must come from our own pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from flask import Request, Response, after_this_request, current_app, g, request
from werkzeug.exceptions import BadRequest, Forbidden, TooManyRequests

from workflow_server.services import actors, tokens
from workflow_server.services.actors import Actor, IdentityNotHeld, Visitor
from workflow_server.services.tries import Origin, TryLater

#: Holds the token of a sign-in by browser.
SESSION_COOKIE = "workflow_server_session"
#: Holds the position that somebody chose to act in; no secret.
IDENTITY_COOKIE = "workflow_server_identity"
#: How much of a Purpose header is kept.
LONGEST_PURPOSE = 200

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_READING = ("GET", "HEAD", "OPTIONS")

log = structlog.get_logger(__name__)


def asked() -> Request:
    """Return the request itself: each look at it through Flask's stand-in costs forty steps."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def arrive() -> Visitor | None:
    """Find out who comes in, keep them as `g.visitor` and return them; None if nobody known.

    IdentityNotHeld for a header with somebody else's position, 403 for a write that a foreign
    page makes a browser send.
    """
    came = asked()
    bearer = _bearer_token(came)
    given = bearer or came.cookies.get(SESSION_COOKIE)
    real = datetime.now(UTC)
    if not given:
        return None
    visitor = actors.visitor_for_token(given, real, came.remote_addr, _purpose(came))
    if visitor is None:
        return None
    if bearer is None:
        if not _is_of_sign_in(visitor) or not _is_expected(visitor):
            return None
        check_same_origin()
    # Known before the identity is looked at: to name one that is not theirs is refused to them.
    g.visitor = visitor
    chosen = _as_chosen(visitor.actor, came, by_cookie=not bearer)
    if chosen is not visitor.actor:
        g.visitor = visitor = replace(visitor, actor=chosen)
    if not tokens.is_used(visitor.token.last_used_at, real):
        _note_use(visitor.token.id, real)
    return visitor


def actor() -> Actor:
    """Return who asks."""
    visitor: Visitor = g.visitor
    return visitor.actor


def now() -> datetime:
    """Return business time when the request came in."""
    visitor: Visitor = g.visitor
    return visitor.now


def token() -> str | None:
    """Return the token that the request came with."""
    came = asked()
    return _bearer_token(came) or came.cookies.get(SESSION_COOKIE)


def origin() -> Origin:
    """Return where the request came from, and with what program."""
    return Origin(request.remote_addr or "", request.headers.get("User-Agent"))


@contextmanager
def counted() -> Iterator[None]:
    """Answer 429 with Retry-After when something was tried too often."""
    try:
        yield
    except TryLater as later:
        raise TooManyRequests(retry_after=later.seconds) from later


def checked_key(key: str | None) -> str | None:
    """Return the key of a write that may come twice; 400 for one that no program would make."""
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest(
            "Idempotency-Key 应为1至200个可见的 ASCII 字符。"
            " Expected a key of 1 to 200 visible ASCII characters."
        )
    return key


def check_address() -> None:
    """Refuse an address with a NUL, which no database takes as text."""
    came = asked()
    if "\x00" in came.path or b"%00" in came.query_string:
        raise BadRequest("地址含有不允许的字符。 The address holds a NUL character.")


def check_form() -> None:
    """Refuse a NUL in what a form sends: its names, its values, the names of its files."""
    typed = [each for pair in request.form.items(multi=True) for each in pair]
    sent = [
        each
        for name, file in request.files.items(multi=True)
        for each in (name, file.filename or "")
    ]
    if any("\x00" in each for each in (*typed, *sent)):
        raise BadRequest("提交的内容含有不允许的字符。 The form holds a NUL character.")


def check_same_origin() -> None:
    """Refuse a write that a page from elsewhere makes a browser send (CSRF).

    Browsers say where a request comes from in Sec-Fetch-Site, old ones in Origin; the cookie
    is SameSite=Lax besides.
    """
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    source = request.headers.get("Origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        is_ours = source is None or urlsplit(source).netloc == request.host
    if not is_ours:
        raise Forbidden("请求来自其他网站，未予办理。 The request came from another site.")


def _bearer_token(came: Request) -> str | None:
    given = came.authorization
    return given.token if given is not None and given.type == "bearer" else None


def _is_of_sign_in(visitor: Visitor) -> bool:
    # A token that was made for a program is no sign-in, wherever a browser got it from.
    scopes = visitor.token.scopes
    return scopes is None or all(scope.startswith("@") for scope in scopes)


def _is_expected(visitor: Visitor) -> bool:
    # A page knows whose it is; what was typed in it never goes out in the name of whoever
    # signed in meanwhile in another window.
    return request.headers.get("Person") in (None, str(visitor.actor.person_id))


def _purpose(came: Request) -> str | None:
    """Return what the Purpose header says, which is percent-encoded UTF-8."""
    given = unquote(came.headers.get("Purpose", "")).strip()
    return "".join(each for each in given if each.isprintable())[:LONGEST_PURPOSE] or None


def _as_chosen(actor: Actor, came: Request, *, by_cookie: bool) -> Actor:
    """Return who asks, in the one position that the header or the cookie names, if any."""
    header = came.headers.get("Identity")
    if header is None and by_cookie:
        return _as_remembered(actor)
    if header is None:
        return actor
    try:
        return actor.acting_as(UUID(header))
    except ValueError as error:
        message = "Identity 应为岗位的编号（UUID）。 Expected the id of a position."
        raise BadRequest(message) from error


def _as_remembered(actor: Actor) -> Actor:
    # A post that ended since must not lock its holder out of the others.
    try:
        return actor.acting_as(UUID(request.cookies.get(IDENTITY_COOKIE, "")))
    except (ValueError, IdentityNotHeld):
        return actor


def _note_use(used: UUID, real: datetime) -> None:
    """Write that a token is in use once the answer is sent; nobody waits for it or fails by it."""
    application = current_app._get_current_object()  # type: ignore[attr-defined]

    def note() -> None:
        try:
            with application.app_context():
                tokens.note_use(used, real)
        except Exception as error:
            log.warning("token_use_not_noted", reason=type(error).__name__)

    @after_this_request
    def when_sent(response: Response) -> Response:
        response.call_on_close(note)
        return response
