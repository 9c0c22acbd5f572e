"""Draws numbers from series without gaps, and keeps the register of what each was given to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from workflow_server.config import CHINA
from workflow_server.errors import InvalidInput, InvalidState, NotFound
from workflow_server.events import Event
from workflow_server.rules import numbering
from workflow_server.rules.access import Right
from workflow_server.services import access, history
from workflow_server.services.situation import Situation
from workflow_server.store import numbers as store
from workflow_server.store import organisations
from workflow_server.store.db import transaction
from workflow_server.store.history import NUMBERS, Act
from workflow_server.store.numbers import Number

if TYPE_CHECKING:
    from workflow_server.content.elements import NumberEffect
    from workflow_server.services.actors import Actor


class UnknownSeries(InvalidInput):
    """未声明的编号序列"""


class NumberVoided(InvalidState):
    """编号已作废"""


def apply(effect: NumberEffect, situation: Situation) -> None:
    """Draw the next number of a series into a fact of the instance."""
    number = draw(situation, effect.series, given_to="instance", given_to_id=situation.instance.id)
    situation.variables[effect.name] = number.text


def draw(situation: Situation, series: str, *, given_to: str, given_to_id: UUID) -> Number:
    """Give the next number of the host's series for the year of the business day.

    The series stays locked until the caller's transaction ends: what is rolled back leaves
    no gap, and two drawers stand in line.
    """
    declared = situation.content.shared.series.get(series)
    if declared is None:
        raise UnknownSeries(
            f"未声明编号序列“{series}”。 Expected series '{series}' to be declared, but it is not."
        )
    issuer = situation.instance.organisation_id
    fields = _issuer_fields(situation, declared.pattern)
    year = situation.now.astimezone(CHINA).year
    n = store.next_number(issuer, series, year)
    number = Number(
        organisation_id=issuer,
        series=series,
        year=year,
        n=n,
        text=numbering.format(declared.pattern, fields, year, n),
        given_to=given_to,
        given_to_id=given_to_id,
        instance_id=situation.instance.id,
        given_at=situation.now,
    )
    store.add(number)
    return number


def void(
    actor: Actor,
    number_id: UUID,
    reason: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Number:
    """Void a number; it stays in the register and is not given again. A right of some roles."""
    if not reason.strip():
        raise InvalidInput("请填写作废原因。 Expected a reason to void a number, but it is empty.")
    asked = history.asked(actor, idempotency_key, "numbers.void", number_id, reason)
    with transaction():
        number = store.lock(number_id)
        if not store.is_seen(access.sight(actor, acting=True), number_id):
            raise NotFound(f"未找到编号。 Expected number {number_id}, but there is none.")
        access.check_right(actor, Right.VOID, number.organisation_id)
        if history.first_answer(asked) is not None:
            return number
        if number.voided_at is not None:
            raise NumberVoided(
                f"编号“{number.text}”已作废。 Expected to void '{number.text}', but it is voided."
            )
        number.voided_at = now
        number.void_reason = reason.strip()
        data = {
            "number_id": str(number.id),
            "text": number.text,
            "reason": number.void_reason,
            "before": {"voided_at": None},
            "after": {"voided_at": now.isoformat()},
        }
        by = actor.stamp(number.organisation_id)
        act = Act(at=now, act=Event.NUMBER_VOIDED, by=by, data=data)
        history.append_to_area(NUMBERS, act, asked)
    return number


def list_register(
    actor: Actor,
    organisation_id: UUID | None = None,
    series: str | None = None,
    year: int | None = None,
    *,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[Number], int]:
    """Return the numbers given in cases that the actor sees, and how many there are.

    Newest year first, then by series and number, voided ones included.
    """
    return store.list_register(
        access.sight(actor), organisation_id, series, year, page=page, page_size=page_size
    )


def _issuer_fields(situation: Situation, pattern: str) -> Mapping[str, Any]:
    # The usual places are in the situation already; only others cost a query.
    if numbering.places(pattern) <= {"year", "n", *situation.organisation}:
        return situation.organisation
    row = organisations.get(situation.instance.organisation_id)
    return {**row.fields, **situation.organisation}
