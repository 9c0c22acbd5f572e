"""The tree of organisations: who may change it, and what keeps it a tree."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.services.administering import NOW, TODAY, acts, administrator, written
from tests.services.conftest import House
from tests.services.drawing import line, user
from workflow_server.errors import Forbidden
from workflow_server.services import departments, structures
from workflow_server.services.administration import DayRefused, NothingDeployed, OfficeFault
from workflow_server.services.structures import (
    Described,
    OrganisationClosed,
    Particulars,
    StillInUse,
    UnderItself,
)
from workflow_server.store import organisations as rows
from workflow_server.store.organisations import Organisation


@pytest.fixture
def deployed(house: House) -> House:
    house.deploy(line(user("draft")))
    return house


def add(house: House, key: str, parent: Organisation | None = None, **more: object) -> Organisation:
    given = {"name": f"{key} 办公室", "party": "office", **more}
    described = Described(key=key, parent_id=parent.id if parent else None, **given)  # type: ignore[arg-type]
    return structures.add(house.root, described, NOW)


def test_an_organisation_stands_below_its_parent(deployed: House) -> None:
    top = add(deployed, "top", level=2, region="230000")
    below = add(deployed, "below", top, level=3, region="230200", fields={"phone": "1"})
    assert below.path == f"{top.id.hex}/{below.id.hex}/"
    assert (below.short_name, below.fields) == ("below 办公室", {"phone": "1"})
    assert acts()[-2:] == ["OrganisationAdded"] * 2


def test_the_same_key_adds_one_organisation(deployed: House) -> None:
    described = Described(key="top", name="上", party="office")
    first = structures.add(deployed.root, described, NOW, "k")
    assert structures.add(deployed.root, described, NOW, "k").id == first.id


@pytest.mark.parametrize("person", ["ann", "security"])
def test_only_the_system_administrator_changes_the_tree(deployed: House, person: str) -> None:
    actor = administrator() if person == "security" else deployed.ann
    with pytest.raises(Forbidden):
        structures.add(actor, Described(key="x", name="某", party="office"), NOW)
    with pytest.raises(Forbidden):
        structures.move(actor, deployed.organisation("office"), None, NOW)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": "office"}, "#/key"),
        ({"key": "Not A Key"}, "#/key"),
        ({"party": "moon"}, "#/party"),
        ({"region": "23"}, "#/region"),
        ({"level": 9}, "#/level"),
        ({"code": "许"}, "#/code"),
        ({"parent_id": "01a2b3c4-0000-7000-8000-000000000000"}, "#/parent_id"),
    ],
)
def test_what_is_wrong_with_an_organisation_is_named(
    deployed: House, change: dict[str, str], pointer: str
) -> None:
    given = {"key": "x", "name": "某", "party": "office", **change}
    if "parent_id" in given:
        given["parent_id"] = UUID(given["parent_id"])  # type: ignore[assignment]
    with pytest.raises(OfficeFault) as refused:
        structures.add(deployed.root, Described(**given), NOW)  # type: ignore[arg-type]
    assert refused.value.faults[0].pointer == pointer


def test_without_a_deployment_nobody_knows_the_parties(house: House) -> None:
    with pytest.raises(NothingDeployed):
        structures.add(house.root, Described(key="x", name="某", party="office"), NOW)


def test_a_branch_goes_along_when_it_moves(deployed: House) -> None:
    top, other = add(deployed, "top"), add(deployed, "other")
    middle = add(deployed, "middle", top)
    leaf = add(deployed, "leaf", middle)
    structures.move(deployed.root, middle.id, other.id, NOW)
    assert rows.get(leaf.id).path == f"{other.id.hex}/{middle.id.hex}/{leaf.id.hex}/"
    structures.move(deployed.root, middle.id, None, NOW)
    assert rows.get(leaf.id).path == f"{middle.id.hex}/{leaf.id.hex}/"


def test_nothing_goes_under_itself_or_its_own_child(deployed: House) -> None:
    top = add(deployed, "top")
    leaf = add(deployed, "leaf", add(deployed, "middle", top))
    for parent in (top, leaf):
        with pytest.raises(UnderItself, match="自己的下级"):
            structures.move(deployed.root, top.id, parent.id, NOW)
    assert rows.get(top.id).parent_id is None


def test_particulars_change_and_the_history_keeps_both(deployed: House) -> None:
    top = add(deployed, "top", region="230000")
    changed = Particulars("230200", 3, False, date(2020, 1, 1), {"phone": "2"})
    structures.change(deployed.root, top.id, changed, NOW)
    change = written()
    assert (change["before"]["region"], change["after"]["region"]) == ("230000", "230200")


def test_what_is_still_in_use_cannot_be_closed(deployed: House) -> None:
    top = add(deployed, "top")
    leaf = add(deployed, "leaf", top)
    with pytest.raises(StillInUse, match="下级单位"):
        structures.close(deployed.root, top.id, TODAY, NOW)
    with pytest.raises(StillInUse, match="在任岗位"):
        structures.close(deployed.root, deployed.organisation("town"), TODAY, NOW)
    deployed.start(deployed.ann)
    with pytest.raises(StillInUse, match="未办结的案件"):
        structures.close(deployed.root, deployed.organisation("office"), TODAY, NOW)
    with pytest.raises(DayRefused):
        structures.close(deployed.root, leaf.id, TODAY + timedelta(days=2), NOW)
    structures.close(deployed.root, leaf.id, TODAY, NOW)
    assert rows.get(leaf.id).closed_on == TODAY
    with pytest.raises(OrganisationClosed):
        add(deployed, "late", leaf)
    with pytest.raises(OrganisationClosed):
        structures.close(deployed.root, leaf.id, TODAY, NOW)


def test_a_code_is_free_again_once_its_organisation_is_closed(deployed: House) -> None:
    first = add(deployed, "first", code="某")
    structures.close(deployed.root, first.id, TODAY, NOW)
    assert add(deployed, "second", code="某").code == "某"


def test_departments_lie_within_departments(deployed: House) -> None:
    office = deployed.organisation("office")
    upper = departments.add(deployed.root, office, "upper", "上级部", None, NOW)
    lower = departments.add(deployed.root, office, "lower", "下级部", upper.id, NOW)
    with pytest.raises(OfficeFault):
        departments.add(deployed.root, office, "lower", "又一个", None, NOW)
    with pytest.raises(OfficeFault):
        departments.move(deployed.root, lower.id, office, NOW)
    with pytest.raises(UnderItself):
        departments.move(deployed.root, upper.id, lower.id, NOW)
    with pytest.raises(StillInUse):
        departments.close(deployed.root, upper.id, TODAY, NOW)
    departments.move(deployed.root, lower.id, None, NOW)
    departments.rename(deployed.root, upper.id, "一部", NOW)
    departments.close(deployed.root, upper.id, TODAY, NOW)
    assert [(row.name, row.closed_on) for row in departments.list_(office)] == [
        ("一部", TODAY),
        ("下级部", None),
    ]
    with pytest.raises(OfficeFault):
        departments.move(deployed.root, lower.id, upper.id, NOW)
    with pytest.raises(Forbidden):
        departments.rename(deployed.ann, upper.id, "二部", NOW)
