"""Organisations: the tree that letters and cases live in, and what becomes of its members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page, slice_of
from workflow_server.api.shapes.organisations import (
    ClosureShape,
    DepartmentPage,
    DepartmentShape,
    DescribedShape,
    NewDepartmentShape,
    NewSuccessionShape,
    OrganisationPage,
    OrganisationQuery,
    OrganisationShape,
    ParentShape,
    ParticularsShape,
    SuccessionsShape,
)
from workflow_server.errors import Fault, InvalidInput
from workflow_server.services import administration, departments, organisations, structures
from workflow_server.services import successions as services
from workflow_server.services.structures import Described, Particulars
from workflow_server.services.successions import Ending, Names, Part

noun = door.Noun("organisations", "单位")


@noun.get("", OrganisationPage, query=OrganisationQuery())
def list_organisations(query: dict[str, Any]) -> dict[str, Any]:
    """单位列表 · List organisations by name; a letter may go to any open one of them."""
    found = organisations.list_(query["party"], query["parent_id"], query["open"], query["text"])
    return page(slice_of(found, query), len(found), query)


@noun.post("", OrganisationShape(), takes=DescribedShape(), status=201, keyed=True)
def add_organisation(body: dict[str, Any]) -> Any:
    """新增单位 · Add an organisation to the tree (system administrator)."""
    key = door.idempotency_key()
    return structures.add(door.actor(), Described(**body), datetime.now(UTC), key)


@noun.get("/<uuid:organisation_id>", OrganisationShape())
def read_organisation(organisation_id: UUID) -> Any:
    """单位 · One organisation."""
    return organisations.get(organisation_id)


@noun.put("/<uuid:organisation_id>", OrganisationShape(), takes=ParticularsShape(), keyed=True)
def change_organisation(body: dict[str, Any], organisation_id: UUID) -> Any:
    """修改单位 · Change region, level and the like (system administrator).

    Name, short name and code change by a succession, so that the old ones stay on record.
    """
    key = door.idempotency_key()
    particulars = Particulars(**body)
    return structures.change(door.actor(), organisation_id, particulars, datetime.now(UTC), key)


@noun.put("/<uuid:organisation_id>/parent", OrganisationShape(), takes=ParentShape(), keyed=True)
def move_organisation(body: dict[str, Any], organisation_id: UUID) -> Any:
    """调整隶属 · Put an organisation, with all below it, under another (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return structures.move(door.actor(), organisation_id, body["parent_id"], now, key)


@noun.post("/<uuid:organisation_id>/closure", OrganisationShape(), takes=ClosureShape(), keyed=True)
def close_organisation(body: dict[str, Any], organisation_id: UUID) -> Any:
    """撤销单位 · Close an organisation that nothing hangs on any more (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    closed_on = body["closed_on"] or administration.day_of(now)
    return structures.close(door.actor(), organisation_id, closed_on, now, key)


@noun.get("/<uuid:organisation_id>/departments", DepartmentPage, query=Paging())
def list_departments(query: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    """单位的部门 · List the departments of an organisation by name, closed ones included."""
    found = departments.list_(organisation_id)
    return page(slice_of(found, query), len(found), query)


@noun.post(
    "/<uuid:organisation_id>/departments",
    DepartmentShape(),
    takes=NewDepartmentShape(),
    status=201,
    keyed=True,
)
def add_department(body: dict[str, Any], organisation_id: UUID) -> Any:
    """新增部门 · Add a department to an organisation (system administrator)."""
    key, now = door.idempotency_key(), datetime.now(UTC)
    return departments.add(door.actor(), organisation_id, **body, now=now, idempotency_key=key)


@noun.get("/<uuid:organisation_id>/successions", SuccessionsShape())
def list_successions(organisation_id: UUID) -> dict[str, Any]:
    """单位沿革 · What became of an organisation and what it came from, oldest first."""
    return {"items": services.list_(organisation_id)}


@noun.post(
    "/<uuid:organisation_id>/successions",
    SuccessionsShape(),
    takes=NewSuccessionShape(),
    status=201,
    keyed=True,
)
def succeed_organisation(body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    """更名、合并、拆分 · Rename an organisation, merge it into another or split it.

    Its running cases, departments and people go over to the successors; what has ended is seen
    by the first of them (system administrator).
    """
    return {"items": _ACTS[body["kind"]](organisation_id, body)}


def _rename(organisation_id: UUID, body: Mapping[str, Any]) -> Any:
    known = organisations.get(organisation_id)
    code = known.code if body["code"] is None else body["code"]
    name = _needed(body, "name")
    names = Names(name, body["short_name"] or name, code)
    return services.rename(
        door.actor(),
        organisation_id,
        names,
        body["on"],
        body["reason"],
        datetime.now(UTC),
        door.idempotency_key(),
    )


def _merge(organisation_id: UUID, body: Mapping[str, Any]) -> Any:
    (successor, *others) = _needed(body, "successors")
    if others or successor["organisation_id"] is None:
        raise InvalidInput(
            "合并须指定一个已有的单位。 Expected one organisation that there is, but got others.",
            [Fault("#/successors", "合并须指定一个已有的单位")],
        )
    return services.merge(
        door.actor(),
        organisation_id,
        successor["organisation_id"],
        _ending(body),
        datetime.now(UTC),
        door.idempotency_key(),
    )


def _split(organisation_id: UUID, body: Mapping[str, Any]) -> Any:
    parts = [
        Part(
            successor_id=each["organisation_id"],
            described=Described(**each["organisation"]) if each["organisation"] else None,
            department_ids=tuple(each["department_ids"]),
            instance_ids=tuple(each["instance_ids"]),
        )
        for each in body["successors"]
    ]
    return services.split(
        door.actor(),
        organisation_id,
        parts,
        _ending(body),
        datetime.now(UTC),
        door.idempotency_key(),
    )


_ACTS = {"rename": _rename, "merge": _merge, "split": _split}


def _ending(body: Mapping[str, Any]) -> Ending:
    return Ending(body["on"], body["reason"], body["move_positions"])


def _needed(body: Mapping[str, Any], name: str) -> Any:
    if not body[name]:
        message = f"请填写 {name}。 Expected '{name}' for this kind, but it is missing."
        raise InvalidInput(message, [Fault(f"#/{name}", "缺少此项")])
    return body[name]
