"""The API describes itself: OpenAPI 3.1, and a page that loads nothing from elsewhere."""

from __future__ import annotations

import re

from flask import Flask

from tests.api.conftest import Office
from workflow_server.app import create_app


def test_the_description_is_openapi_with_every_route(app: Flask, office: Office) -> None:
    document = office.ann.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    described = {
        (method.upper(), re.sub(r"{(\w+)}", "<>", path))
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    routed = {
        (method, re.sub(r"<[^>]+>", "<>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.split(".")[0] not in ("web", "problems", "api_description")
    }
    assert described == routed


def test_writes_that_heed_a_key_say_so(office: Office) -> None:
    paths = office.ann.get("/openapi.json").json["paths"]
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert key in paths["/api/tasks/{task_id}/completion"]["post"]["parameters"]
    assert key in paths["/api/process-instances"]["post"]["parameters"]


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(
    app: Flask, office: Office
) -> None:
    page = app.test_client().get("/api/docs").text
    document = office.ann.get("/openapi.json").json
    for path, item in document["paths"].items():
        for method in item:
            if method != "parameters":
                anchor = f"{method}{path}".replace("/", "-").replace("{", "").replace("}", "")
                assert f'id="{anchor}"' in page
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    style = app.test_client().get("/api/docs/static/docs.css")
    assert style.mimetype == "text/css"
    assert "url(" not in style.text


def test_outside_demo_mode_the_description_needs_a_person(
    office: Office, database_url: str, tmp_path: object
) -> None:
    strict = create_app({"database_url": database_url, "data_dir": tmp_path})
    headers = {"Authorization": f"Bearer {office.ann.token}"}
    for path in ("/api/docs", "/api/openapi.json"):
        assert strict.test_client().get(path).status_code == 401
        assert strict.test_client().get(path, headers=headers).status_code == 200
