"""Shapes of sign-ins, passwords, second factors and tokens."""

from __future__ import annotations

from marshmallow import fields, validate

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Choice, Flag, Id, Moment, Shown, Text, Whole
from workflow_server.api.shapes.people import MUST, MeShape

_CODE = {"example": "123456", "description": "验证码，或一次性恢复码"}
#: What a sign-in came to, as its history tells.
OUTCOMES = (
    "ok",
    "wrong",
    "locked",
    "second-factor-needed",
    "second-factor-wrong",
    "expired",
    "oidc-refused",
    "changed",
    "shown",
    "unlocked",
    "trying",
)


class SignInShape(Shape):
    """Who wants a token."""

    login = Text(longest=100, shortest=1, required=True, metadata={"example": "zhang.san"})
    password = Text(longest=200, shortest=1, required=True, load_only=True)
    code = Text(longest=20, shortest=1, load_default=None, load_only=True, metadata=_CODE)


class HalfSignInShape(Shape):
    """The second half of a sign-in."""

    half_token = Text(longest=1000, shortest=1, required=True, load_only=True)
    code = Text(longest=20, shortest=1, required=True, load_only=True, metadata=_CODE)


class SessionShape(Shape):
    """A fresh token; it is shown this once."""

    token = Shown(required=True)
    expires_at = Moment(required=True, allow_none=True)
    person = fields.Nested(MeShape, required=True, attribute="actor")
    must = fields.List(Shown(), required=True, metadata=MUST)


class OpenidQuery(Shape):
    """What the OpenID provider sends people back with."""

    code = Text(longest=4000, load_default=None)
    state = Text(longest=1000, load_default=None)
    error = Text(longest=200, load_default=None)
    error_description = Text(longest=2000, load_default=None)
    error_uri = Text(longest=2000, load_default=None)
    iss = Text(longest=1000, load_default=None)
    session_state = Text(longest=1000, load_default=None)
    scope = Text(longest=1000, load_default=None)


class PasswordChangeShape(Shape):
    """A password for another one."""

    old = Text(longest=200, shortest=1, required=True, load_only=True)
    new = Text(longest=200, shortest=1, required=True, load_only=True)


class PasswordShape(Shape):
    """A password that its person must change."""

    password = Text(longest=200, shortest=1, required=True, load_only=True)


class UnlockShape(Shape):
    """What is unlocked beside the person."""

    address = Text(longest=100, load_default=None, metadata={"example": "10.1.2.3"})


class CodeShape(Shape):
    """A code of the second factor."""

    code = Text(longest=20, shortest=1, required=True, load_only=True, metadata=_CODE)


class EnrolmentShape(Shape):
    """A secret for an authenticator; it is shown this once."""

    secret = Shown(required=True)
    uri = Shown(required=True, metadata={"example": "otpauth://totp/…"})


class RecoveryCodesShape(Shape):
    """Codes that work once each instead of the second factor; they are shown this once."""

    recovery_codes = fields.List(Shown(), required=True)


class NewTokenShape(Shape):
    """A token for a program."""

    name = Text(longest=100, shortest=1, required=True)
    scopes = fields.List(
        Text(longest=60, shortest=1),
        required=True,
        validate=validate.Length(min=1, max=200, error="应有1至200项"),
        metadata={"example": ["read", "tasks:write"]},
    )
    days = Whole(1, 366, required=True)


class TokenShape(Shape):
    """A token, without itself."""

    id = Id(required=True)
    name = Shown(required=True)
    scopes = fields.List(Shown(), required=True, allow_none=True)
    sign_in = Flag(required=True)
    created_at = Moment(required=True)
    last_used_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)


class MadeTokenShape(Shape):
    """A fresh named token; it is shown this once."""

    token = Shown(required=True)
    described = fields.Nested(TokenShape, required=True, attribute="row")


class SignInRowShape(Shape):
    """One try to sign in."""

    id = Id(required=True)
    at = Moment(required=True)
    login = Shown(required=True)
    person_id = Id(required=True, allow_none=True)
    method = Shown(required=True)
    outcome = Shown(required=True)
    address = Shown(required=True)
    agent = Shown(required=True, allow_none=True)


class SignInQuery(Paging):
    """What the list of tries is narrowed to."""

    person_id = Id(load_default=None)
    login = Text(longest=100, load_default=None)
    address = Text(longest=100, load_default=None)
    outcome = Choice(*OUTCOMES, load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)


TokenPage = page_of(TokenShape, "TokenPage")
SignInPage = page_of(SignInRowShape, "SignInPage")
