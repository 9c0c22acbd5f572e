"""Second factors: time-based codes (RFC 6238) beside the password, and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp

from workflow_server.errors import Forbidden, InvalidState
from workflow_server.events import Event
from workflow_server.services import history, secret_keys, tries
from workflow_server.services.actors import Actor
from workflow_server.services.tries import Origin
from workflow_server.store import credentials, people, sign_ins, tokens
from workflow_server.store.db import settings, transaction
from workflow_server.store.history import ACCESS, Act, Stamp
from workflow_server.store.people import Person

#: What narrows a sign-in until its person has set up the second factor that is demanded.
MUST_ADD = "@second-factor"
ISSUER = "Workflow Server"
_RECOVERY_CODES = 10
_STEP_SECONDS = 30
#: Letters and digits that nobody confuses; ten of them are 50 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecondFactorWrong(Forbidden):
    """验证码不正确"""


def wrong() -> SecondFactorWrong:
    """Return the refusal of a code; it does not tell a wrong one from one that was used."""
    return SecondFactorWrong(
        "验证码不正确或已使用过，请等待下一个验证码（约30秒）。"
        " The code is wrong, or was used before: wait for the next one, about 30 seconds."
    )


class SecondFactorThere(InvalidState):
    """已启用第二验证因素"""


class SecondFactorMissing(InvalidState):
    """尚未启用第二验证因素"""


class SecondFactorDemanded(Forbidden):
    """必须使用第二验证因素"""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret to be kept by an authenticator; it is shown this once."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to second factors: since when they have one, whether they must."""

    since: datetime | None
    is_demanded: bool
    codes_left: int


def standing_of(actor: Actor) -> Standing:
    """Return how the actor stands to second factors."""
    person = people.get_person(actor.person_id)
    left = credentials.count_recovery_codes(person.id) if is_on(person) else 0
    return Standing(person.totp_confirmed_at, is_demanded(person), left)


def is_on(person: Person) -> bool:
    """Tell whether a person signs in with a second factor."""
    return person.totp_confirmed_at is not None


def is_demanded(person: Person) -> bool:
    """Tell whether a person must sign in with a second factor."""
    whom = settings().second_factor_for
    return whom == "all" or (whom == "administrators" and person.administration is not None)


def enrol(actor: Actor, now: datetime) -> Enrolment:
    """Give the actor a secret; it is in force once a code of it was shown."""
    secret = pyotp.random_base32()
    with transaction():
        person = people.get_person(actor.person_id)
        if is_on(person):
            raise SecondFactorThere(
                "请先停用现有的第二验证因素。 Remove the second factor that you have first."
            )
        person.totp_secret = secret_keys.encrypt(secret, now)
        person.totp_last_step = None
    return _enrolment(secret, person.login)


def pending(actor: Actor) -> Enrolment | None:
    """Return the secret that waits for its first code, if there is one."""
    person = people.get_person(actor.person_id)
    if is_on(person) or person.totp_secret is None:
        return None
    return _enrolment(secret_keys.decrypt(person.totp_secret), person.login)


def confirm(
    actor: Actor, token_id: UUID, code: str, now: datetime, origin: Origin
) -> Sequence[str]:
    """Put the actor's second factor in force, for a code of it; returns recovery codes."""
    person = people.get_person(actor.person_id)
    if is_on(person):
        raise SecondFactorThere("第二验证因素已启用。 The second factor is in force already.")
    if person.totp_secret is None:
        raise SecondFactorMissing("请先申请密钥。 Expected an enrolment, but there is none.")
    _try(person.login, origin, now, person.id, code, recovery=False)
    codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
    with transaction():
        stored = people.get_person(actor.person_id)
        if is_on(stored):
            raise SecondFactorThere("第二验证因素已启用。 It is in force already.")
        stored.totp_confirmed_at = now
        credentials.replace_recovery_codes(stored.id, [_digest(each) for each in codes])
        tokens.widen(token_id, MUST_ADD)
        _note(Event.SECOND_FACTOR_ADDED, actor, stored.id, now)
    return codes


def renew_recovery_codes(actor: Actor, code: str, now: datetime, origin: Origin) -> Sequence[str]:
    """Give the actor other recovery codes, for a code of their second factor."""
    person = _of(actor)
    _try(person.login, origin, now, person.id, code, recovery=False)
    codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
    with transaction():
        credentials.replace_recovery_codes(person.id, [_digest(each) for each in codes])
        _note(Event.RECOVERY_CODES_ISSUED, actor, person.id, now)
    return codes


def remove(
    actor: Actor, code: str, now: datetime, origin: Origin, idempotency_key: str | None = None
) -> None:
    """Take the actor's second factor away, for a code of it or a recovery code."""
    asked = history.asked(actor, idempotency_key, "second_factors.remove")
    if history.first_answer(asked) is not None:
        return
    person = _of(actor)
    if is_demanded(person):
        raise SecondFactorDemanded(
            "按规定您必须使用第二验证因素。 Expected an account that may do without it."
        )
    _try(person.login, origin, now, person.id, code)
    with transaction():
        take_away(people.get_person(person.id))
        _note(Event.SECOND_FACTOR_REMOVED, actor, person.id, now, asked)


def take_away(person: Person) -> None:
    """Forget a person's second factor and recovery codes; call it inside a transaction."""
    person.totp_secret = None
    person.totp_confirmed_at = None
    person.totp_last_step = None
    credentials.replace_recovery_codes(person.id, ())


def is_right(
    person_id: UUID, code: str, now: datetime, *, recovery: bool = True, address: str = ""
) -> bool:
    """Use a code up: of the authenticator, one step early or late, or a recovery code."""
    with transaction():
        person = people.get_person(person_id)
        if person.totp_secret is None:
            return False
        step = _step_of(secret_keys.decrypt(person.totp_secret), _bare(code), now)
        if step is not None:
            return credentials.use_step(person_id, step)
        if not recovery or not credentials.use_recovery_code(person_id, _digest(code), now):
            return False
        by = Stamp(person_id, address=address or None)
        left = {"left": credentials.count_recovery_codes(person_id)}
        act = Act(at=now, act=Event.RECOVERY_CODE_USED, by=by, data=left)
        history.append_to_area(ACCESS, act)
    return True


def _enrolment(secret: str, login: str) -> Enrolment:
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    return Enrolment(secret, uri)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    current = int(now.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def _try(
    login: str, origin: Origin, now: datetime, person_id: UUID, code: str, *, recovery: bool = True
) -> None:
    """Use a code up, counted like a try to sign in."""
    attempt = tries.begin(login, origin, now, "totp")
    right = is_right(person_id, code, now, recovery=recovery, address=origin.address)
    tries.end(attempt, "shown" if right else sign_ins.SECOND_FACTOR_WRONG)
    if not right:
        raise wrong()


def _of(actor: Actor) -> Person:
    person = people.get_person(actor.person_id)
    if not is_on(person):
        raise SecondFactorMissing("尚未启用第二验证因素。 Expected a second factor, but none.")
    return person


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _bare(code: str) -> str:
    # An input method for Chinese types digits that are wide.
    plain = unicodedata.normalize("NFKC", code)
    return "".join(letter for letter in plain if letter.isalnum()).lower()


def _digest(code: str) -> bytes:
    return hashlib.sha256(_bare(code).encode()).digest()


def _note(
    event: Event, actor: Actor, person_id: UUID, now: datetime, asked: history.Asked | None = None
) -> None:
    act = Act(at=now, act=event, by=actor.stamp(), data={"person_id": str(person_id)})
    history.append_to_area(ACCESS, act, asked)
