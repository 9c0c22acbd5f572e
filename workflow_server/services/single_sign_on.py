"""Single sign-on: who of the OpenID provider is whom here, and their sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_server.errors import WorkflowServerError
from workflow_server.events import Event
from workflow_server.rules import passwords as rules
from workflow_server.services import history, openid, sign_ins, tries
from workflow_server.services.openid import Identity, Journey, OpenidRefused
from workflow_server.services.sign_ins import SignIn
from workflow_server.services.tries import Origin
from workflow_server.store import people
from workflow_server.store.db import session, settings, transaction
from workflow_server.store.history import ACCESS, Act, Stamp
from workflow_server.store.people import Person
from workflow_server.store.sign_ins import OK
from workflow_server.store.types import new_id

_LONGEST_NAME = 100


def begin(redirect_url: str, now: datetime) -> Journey:
    """Send somebody to the provider."""
    return openid.start(redirect_url, now)


def sign_in(
    code: str | None,
    state: str | None,
    error: str | None,
    memory: str | None,
    now: datetime,
    origin: Origin,
) -> SignIn:
    """Give a token to who comes back from the provider and is somebody here.

    Tied by the login claim the first time, from then on by issuer and subject only. No
    connection waits for the provider; its own second factor is its own business.
    """
    login = ""
    session().rollback()
    try:
        identity = openid.finish(code, state, error, memory, now)
        login = _login_of(identity)
        with transaction():
            person = _person_of(identity, login, now, origin)
            tries.note(person.login, person.id, origin, now, "oidc", OK)
            return sign_ins.let_in(person, now, origin)
    except OpenidRefused:
        with transaction():
            tries.note(login[:_LONGEST_NAME], None, origin, now, "oidc", "oidc-refused")
        raise


def _login_of(identity: Identity) -> str:
    claim: Any = identity.claims.get(settings().oidc_login_claim)
    login = rules.normalised(claim) if isinstance(claim, str) else ""
    return login if rules.is_login(login) else ""


def _person_of(identity: Identity, login: str, now: datetime, origin: Origin) -> Person:
    person = people.find_person_by_subject(identity.issuer, identity.subject)
    if person is None:
        person = _link(identity, login, now, origin)
    # An administrator's account is nobody's to give but this server's, however it was tied.
    if not person.active or person.administration is not None:
        raise _unknown()
    return person


def _link(identity: Identity, login: str, now: datetime, origin: Origin) -> Person:
    person = people.find_person_by_login(login) if login else None
    if person is None and login and settings().oidc_add_people:
        person = _add(identity, login, now, origin)
    if person is None or person.oidc_subject is not None or person.administration is not None:
        raise _unknown()
    person.oidc_issuer, person.oidc_subject = identity.issuer, identity.subject
    session().flush()
    _note(Event.OPENID_LINKED, person, now, origin)
    return person


def _add(identity: Identity, login: str, now: datetime, origin: Origin) -> Person:
    name = identity.claims.get("name")
    shown = name[:_LONGEST_NAME] if isinstance(name, str) and name.strip() else login
    person = Person(id=new_id(), login=login, name=shown.replace("\x00", ""))
    session().add(person)
    session().flush()
    _note(Event.PERSON_ADDED, person, now, origin)
    return person


def _note(event: Event, person: Person, now: datetime, origin: Origin) -> None:
    by = Stamp(person.id, address=origin.address or None)
    act = Act(at=now, act=event, by=by, data={"login": person.login})
    history.append_to_area(ACCESS, act)


def _unknown() -> WorkflowServerError:
    return OpenidRefused(
        "您的单点登录账号在本服务器没有可用的人员，请联系系统管理员。"
        " Expected an account here that is yours, but there is none."
    )
