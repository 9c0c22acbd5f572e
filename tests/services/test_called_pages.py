"""A case and what it has called are one click apart."""

from __future__ import annotations

from flask import Flask

from tests.services.conftest import House
from tests.services.drawing import chain, line, process, user
from tests.services.test_calls import DRAFT, call, called_by, calling
from tests.web.conftest import Browser

ONWARD = chain("begin", "draft", "ask", "file", "end")


def test_the_pages_of_caller_and_called_lead_to_each_other(app: Flask, house: House) -> None:
    parent = calling(house).instance.id
    (child,) = called_by(parent)
    bob = Browser(app)
    assert bob.sign_in("bob").status == 200
    page = bob.get(f"/cases/{parent}")
    assert "所调用的流程" in page.text
    assert page.all(f'#facts a[href$="/cases/{child.id}"]')
    below = bob.get(f"/cases/{child.id}")
    assert "上级流程" in below.text
    assert below.all(f'#facts a[href$="/cases/{parent}"]')


def test_a_case_without_records_shows_those_of_what_it_has_called(app: Flask, house: House) -> None:
    opened = '<wf:record operation="open" kind="permit" title="=topic" state="新"/>'
    called = line(user("answer", opened), key="q")
    house.deploy(process(DRAFT, call(), user("file"), ONWARD), called)
    started = house.start(house.ann)
    house.complete(house.ann, "draft", title="甲路占道")
    house.complete(house.ann, "answer", title="乙")
    bob = Browser(app)
    assert bob.sign_in("bob").status == 200
    (facts,) = bob.get(f"/cases/{started.instance.id}").all("#facts")
    assert "许可" in facts.text_content()
    assert "甲路占道" in facts.text_content()
