"""Addresses that pages write of what stands in their own: never taken for a part of the route."""

from __future__ import annotations

import pytest
from flask import Flask

from workflow_server.content.forms import rights
from workflow_server.web.formats import filter_address, page_address


@pytest.mark.parametrize("name", ["_scheme", "_external", "_anchor", "endpoint", "_method"])
def test_what_is_written_into_an_address_stays_in_its_query(name: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/cases", "cases", lambda: "")
    with app.test_request_context(f"/cases?{name}=x&page=2&text=%E7%94%B2&a=1"):
        assert filter_address(text="b", a=None) == f"/cases?{name}=x&text=b"
        assert page_address(3) == f"/cases?{name}=x&text=%E7%94%B2&a=1&page=3"


def test_a_filter_that_was_taken_away_leaves_no_question_mark() -> None:
    app = Flask(__name__)
    app.add_url_rule("/cases", "cases", lambda: "")
    with app.test_request_context("/cases?a=1"):
        assert filter_address(a=None) == "/cases"


def test_a_field_is_hidden_with_what_it_stands_in() -> None:
    access = {"group.field": "hidden", "shut": "hidden", "group": "read"}
    assert rights.is_hidden("group.field", access)
    assert rights.is_hidden("shut.inner", access)
    assert not rights.is_hidden("group.other", access)
