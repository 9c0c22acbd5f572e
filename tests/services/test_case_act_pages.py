"""The page of a case offers what somebody may do; a page of its own takes the answers."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask

from tests.services.conftest import House
from tests.services.drawing import line
from tests.services.test_case_acts import ACT, SAID, begun, beside_waiting, catch, do
from tests.web.conftest import Browser, Page
from workflow_server.services import process_instances as instances

READS = '<wf:reads label="经办" value="=actor.name"/>'
BARE = '<wf:act role="checker" label="催一下"/>'


@pytest.fixture
def bob(app: Flask, house: House) -> Browser:
    browser = Browser(app)
    assert browser.sign_in("bob").status == 200
    return browser


def act_page(bob: Browser, case: UUID) -> Page:
    """Follow the link of the case's only act."""
    (link,) = bob.get(f"/cases/{case}").all("#acts a")
    return bob.get(link.get("href"))


def test_the_case_offers_it_and_its_page_has_the_form(house: House, bob: Browser) -> None:
    case = begun(house, line(catch(ACT + READS + SAID), "after"))
    page = act_page(bob, case)
    assert "登记投诉" in page.text
    assert "经办博" in page.text
    (block,) = page.all('[data-island="form"] script')
    desk = json.loads(block.text_content())
    assert desk["send"]["url"] == f"/api/process-instances/{case}/acts/told"
    assert desk["send"]["after"] == f"/cases/{case}?notice=act_done"
    assert desk["organisation_id"] == str(house.organisation("office"))
    assert [each["key"] for each in desk["schema"]["components"]] == ["title", "remark", "handler"]


def test_nothing_is_shown_to_whom_nothing_is_offered(
    app: Flask, house: House, bob: Browser
) -> None:
    case = begun(house, line(catch(), "after"))
    eve = Browser(app)
    assert eve.sign_in("eve").status == 200
    assert eve.get(f"/cases/{case}").all("#acts") == []
    assert eve.get(f"/cases/{case}/acts/told").status == 403
    do(house, case, house.bob, title="好")
    assert bob.get(f"/cases/{case}").all("#acts") == []


def test_an_act_that_is_gone_leads_back_to_the_case(house: House, bob: Browser) -> None:
    case = begun(house, line(catch(), "after"))
    do(house, case, house.bob, title="好")
    page = bob.get(f"/cases/{case}/acts/told")
    assert page.status == 200
    assert "该事项现在不能办理" in page.text


def test_without_a_form_it_is_confirmed(house: House, bob: Browser) -> None:
    case = begun(house, line(catch(BARE), "after"))
    asked = act_page(bob, case)
    assert asked.all('[data-island="form"]') == []
    given = {each.get("name"): each.get("value") for each in asked.all("form[action] input[name]")}
    done = bob.post(f"/cases/{case}/acts/told", **given)
    assert "已办理" in done.text
    assert instances.get_diagram(house.bob, case).current == ["after"]


def test_what_may_be_done_beside_is_not_waited_for(house: House, bob: Browser) -> None:
    case = begun(house, beside_waiting())
    page = bob.get(f"/cases/{case}")
    assert [each.text_content().strip() for each in page.all("#acts a")] == ["登记投诉"]
    assert "told" not in page.all("#tasks")[0].text_content()


def test_the_history_says_that_it_was_done(house: House, bob: Browser) -> None:
    case = begun(house, line(catch(), "after"))
    do(house, case, house.bob, title="好")
    assert "办理事项" in bob.get(f"/cases/{case}/history").text
