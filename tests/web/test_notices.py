"""Notices in the browser: counted in the frame, listed, read, and leading to their case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.court import Court
from tests.web.conftest import Browser
from workflow_server.services.deadlines import DeadlineView
from workflow_server.store.db import session
from workflow_server.store.notices import Notice
from workflow_server.store.people import Person
from workflow_server.store.types import new_id
from workflow_server.web import words

Opening = Callable[..., Browser]


@pytest.fixture
def served(case: Court) -> Court:
    """The letter has been served, and its clocks run."""
    case.play(until="UrgeUnit")
    case.work()
    return case


def notices_of(login: str) -> list[Notice]:
    query = sa.select(Notice).join(Person, Person.id == Notice.person_id)
    return list(session().scalars(query.where(Person.login == login).order_by(Notice.id.desc())))


def test_an_empty_list_says_what_will_come(browser: Opening, case: Court) -> None:
    page = browser("chief").get("/notices")
    assert "没有未读的提醒" in page.text
    assert page.all("header a[href='/notices'] .badge") == []


def test_notices_are_counted_listed_and_read(browser: Opening, served: Court) -> None:
    prosecutor = browser("prosecutor")
    page = prosecutor.get("/notices")
    told = notices_of("prosecutor")
    assert told
    (badge,) = page.all("header a[href='/notices'] .badge")
    assert int(badge.text) == len(told)
    assert told[0].text in page.text
    opened = prosecutor.post(f"/notices/{told[0].id}")
    assert opened.response.request.path == f"/cases/{told[0].instance_id}"
    assert told[0].text not in prosecutor.get("/notices").text
    assert told[0].text in prosecutor.get("/notices?tab=all").text
    prosecutor.post("/notices/read")
    assert "没有未读的提醒" in prosecutor.get("/notices").text


def test_nobody_opens_a_notice_of_somebody_else(browser: Opening, served: Court) -> None:
    (told, *_) = notices_of("prosecutor")
    assert browser("outsider").post(f"/notices/{told.id}").response.status_code == 404
    session().expire_all()
    assert notices_of("prosecutor")[0].read_at is None


def test_a_case_page_tells_each_clock_in_one_sentence(browser: Opening, served: Court) -> None:
    (told, *_) = notices_of("prosecutor")
    page = browser("prosecutor").get(f"/cases/{told.instance_id}")
    (clocks,) = page.all("#deadlines")
    assert "送达之日起算二个月（《人民检察院检察建议工作规定》第十九条" in clocks.text_content()


@pytest.mark.parametrize(("silent", "said"), [(True, "已届满"), (False, "已逾期 3 天")])
def test_a_right_that_has_lapsed_is_not_shown_as_missed(
    app: Flask, silent: bool, said: str
) -> None:
    clock: Any = SimpleNamespace(rule_row={"silent": silent})
    view = DeadlineView(clock, "overdue", -3)
    with app.test_request_context():
        assert words.clock_words(view) == said
        assert (words.clock_colour(view) == "secondary") is silent


def test_the_newest_of_a_clock_stands_for_what_was_told_before(
    browser: Opening, served: Court
) -> None:
    told, *_ = notices_of("prosecutor")
    for days in (2, 1):
        session().add(replace(told, id=new_id(), text=f"{told.text}（第{days}次）"))
    session().commit()
    prosecutor = browser("prosecutor")
    folded = [each.text_content() for each in prosecutor.get("/notices").all("#notices details li")]
    assert len([text for text in folded if told.text in text]) == 2
    newest, *_ = notices_of("prosecutor")
    prosecutor.post(f"/notices/{newest.id}")
    assert told.text not in prosecutor.get("/notices").text
