"""The three administrators: made and unmade on the server's command line only, never by API."""

from __future__ import annotations

from datetime import datetime

from workflow_server.errors import InvalidState
from workflow_server.events import Event
from workflow_server.services import administration, passwords, positions, second_factors
from workflow_server.services.administration import acting, day_of
from workflow_server.services.positions import DutiesExclusive
from workflow_server.store import people, tokens
from workflow_server.store.people import Person


class LastAdministrator(InvalidState):
    """至少须保留一名此类管理员"""


def appoint(login: str, wanted: str | None, now: datetime) -> Person:
    """Give somebody an administration, or take theirs; `now` is real time.

    Whoever set the password, a token or another way in of an ordinary account must not thereby
    have an administrator's: all of them end, and a new password is set on the server.
    """
    with acting(None, "security"):
        row = people.find_person_by_login(login)
        if row is None:
            raise passwords.nobody(login)
        if wanted == row.administration:
            return row
        _check(row, wanted, now)
        before, row.administration = row.administration, wanted
        if wanted is not None:
            _close_ways_in(row, now)
        subject = {"person_id": str(row.id)}
        note = ({"administration": before}, {"administration": wanted})
        administration.note(None, Event.GRANT_CHANGED, now, subject, note)
    return row


def check_not_last(row: Person) -> None:
    """Refuse that the last administrator of a kind goes."""
    if row.administration is None:
        return
    _, total = people.list_accounts(None, 1, 0, administration=row.administration)
    if total <= 1:
        raise LastAdministrator(
            f"“{row.name}”是最后一名此类管理员，请先任命另一名。"
            " Expected another administrator of this kind, but they are the last."
        )


def _check(row: Person, wanted: str | None, now: datetime) -> None:
    if row.administration is not None:
        if wanted is not None:
            raise DutiesExclusive(
                f"“{row.name}”已是三员之一，不能再任另一员；请先撤销原来的身份。"
                " Expected nobody to have two administrations, but they have one."
            )
        check_not_last(row)
    elif positions.holds_any(row.id, day_of(now)):
        raise DutiesExclusive(
            f"“{row.name}”担任业务岗位，不能任三员；请先终止其岗位。"
            " Expected an administrator to hold no position, but they hold one."
        )


def _close_ways_in(row: Person, now: datetime) -> None:
    passwords.forget(row)
    second_factors.take_away(row)
    row.oidc_issuer = row.oidc_subject = None
    tokens.revoke_all(row.id, now)
