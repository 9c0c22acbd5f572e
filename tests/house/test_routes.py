"""Guards of the doors: who gets in, which errors have a page, which settings are explained."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import workflow_server
from workflow_server import errors, problems
from workflow_server.app import create_app
from workflow_server.config import PREFIX, Config

#: What needs no person. Whoever adds a route here says why.
OPEN = {
    "health.read_health": "asked by machines that watch the server",
    "sessions.open_session": "this is where a token comes from",
    "sessions.complete_session": "the half token of the password is asked for instead",
    "sessions.begin_openid": "leads to the provider that says who it is",
    "sessions.finish_openid": "this is where a token comes from",
    "problems.list_problem_kinds": "what errors mean is no secret",
    "problems.read_problem_kind": "what errors mean is no secret",
    "api_description.static": "the style sheet of the API's page",
    "web.static": "style sheets and scripts",
    "web.sign_ins.show": "asks who it is",
    "web.sign_ins.sign_in": "this is where the cookie comes from",
    "web.sign_ins.show_code": "asks for the code of who has shown a password",
    "web.sign_ins.complete": "the half token of the password is asked for instead",
    "web.sign_ins.begin_openid": "leads to the provider that says who it is",
    "web.sign_ins.finish_openid": "this is where the cookie comes from",
    "web.home.set_language": "also who has not signed in reads",
}


@pytest.fixture(scope="module")
def strict_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as it is outside demo mode; no test here needs a table."""
    folder = tmp_path_factory.mktemp("strict")
    return create_app({"database_url": f"sqlite:///{folder}/empty.db", "data_dir": folder})


def _address(rule: Rule) -> str:
    values = {
        name: uuid4() if type(rule._converters[name]).__name__ == "UUIDConverter" else "x"
        for name in rule.arguments
    }
    _, path = rule.build(values)
    return path


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def _walk_errors(kind: type[Exception] = errors.WorkflowServerError) -> Iterator[type[Exception]]:
    for below in kind.__subclasses__():
        yield below
        yield from _walk_errors(below)


def _load_everything() -> None:
    for module in pkgutil.walk_packages(workflow_server.__path__, "workflow_server."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def test_every_route_needs_a_person_or_is_listed_as_open(strict_app: Flask) -> None:
    client = strict_app.test_client()
    entered = [
        f"{method} {rule}"
        for rule, method in _rules(strict_app)
        if rule.endpoint not in OPEN
        and not _is_kept_out(client.open(_address(rule), method=method), rule)
    ]
    assert entered == []


def _is_kept_out(answer: TestResponse, rule: Rule) -> bool:
    if rule.endpoint.startswith("web."):
        return answer.status_code == 303 and answer.location.startswith("/sign-in")
    return answer.status_code == 401


def test_every_open_route_exists(strict_app: Flask) -> None:
    assert {rule.endpoint for rule in strict_app.url_map.iter_rules()} >= OPEN.keys()


def test_every_route_has_a_title_in_chinese_and_one_in_english(strict_app: Flask) -> None:
    document = strict_app.extensions["api_description"].document
    untitled = [
        f"{method} {path}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
        and not (" · " in operation["summary"] and operation["summary"][0] > "\u2e80")
    ]
    assert untitled == []


def test_every_error_has_a_title_a_status_and_a_page(strict_app: Flask) -> None:
    _load_everything()
    client = strict_app.test_client()
    for error in _walk_errors():
        assert (error.__doc__ or "").strip(), f"{error.__name__} needs a title"
        kind = problems.catalogue()[error("").code]
        assert kind.status in problems.STATUS.values(), f"{error.__name__} is of none of the kinds"
        page = client.get(f"/api/problems/{kind.code}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert kind.title in page.text


def test_every_setting_is_explained() -> None:
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    unexplained = [
        setting.name
        for setting in fields(Config)
        if f"`{PREFIX}{setting.name.upper()}`" not in text
    ]
    assert unexplained == []
