"""A case and what it has called are one click apart."""

from __future__ import annotations

from flask import Flask

from tests.services.conftest import House
from tests.services.test_calls import called_by, calling
from tests.web.conftest import Browser


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
