"""The API's description of itself: OpenAPI 3.1 at /api/openapi.json, a page at /api/docs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from importlib.metadata import version
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template
from flask_smorest import Api

from workflow_server.api import reader
from workflow_server.api.door import Noun, require_reader
from workflow_server.api.shapes.base import ProblemShape

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "同一键重复提交只生效一次，并得到第一次的答复。"
        " The same key gets the first answer again; use a fresh UUID for each act."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
INTRODUCTION = (
    "以 JSON 收发，字段名为 snake_case，时间为带时区的 ISO 8601。"
    "每个请求以 Authorization: Bearer 令牌 表明身份；列表分页写在正文里；"
    "出错时答复 application/problem+json（RFC 9457）。"
    " JSON in and out; every request carries a bearer token; lists are paged in the body;"
    " refusals are RFC 9457 problems."
)

pages = Blueprint(
    "api_description",
    __name__,
    url_prefix="/api",
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs/static",
)


class Description:
    """Builds the OpenAPI document when somebody first asks for it."""

    def __init__(self, app: Flask, nouns: Iterable[Noun]) -> None:
        self._app = app
        self._nouns = tuple(nouns)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document as plain JSON values."""
        api = _Describer(
            Flask("description"),
            spec_kwargs={
                "title": "Workflow Server API",
                "version": version("workflow-server"),
                "openapi_version": "3.1.0",
                "info": {"description": INTRODUCTION},
                "security": [{"token": []}],
            },
        )
        spec = api.spec
        spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        spec.components.parameter("IdempotencyKey", "header", IDEMPOTENCY_KEY)
        spec.components.response("Problem", _problem_response())
        for noun in self._nouns:
            noun.blueprint.register_views_in_doc(
                api, self._app, spec, name=noun.name, parameters=None
            )
            spec.tag({"name": noun.name, "description": noun.title})
        document: dict[str, Any] = orjson.loads(orjson.dumps(spec.to_dict(), default=str))
        return document

    @cached_property
    def encoded(self) -> bytes:
        """The document as it is sent."""
        return orjson.dumps(self.document, option=orjson.OPT_INDENT_2)

    @cached_property
    def chapters(self) -> list[reader.Chapter]:
        """The document as the page shows it."""
        return reader.chapters(self.document)


class _Describer(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest as a describer only: it answers no request and no error."""

    def _register_doc_blueprint(self) -> None:
        return None

    def _register_error_handlers(self) -> None:
        return None


def register(app: Flask, nouns: Iterable[Noun]) -> None:
    """Add the nouns and their description to the application."""
    nouns = tuple(nouns)
    for noun in nouns:
        app.register_blueprint(noun.blueprint)
    app.extensions["api_description"] = Description(app, nouns)
    app.register_blueprint(pages)


@pages.get("/openapi.json")
def read_openapi() -> Response:
    """The OpenAPI 3.1 description."""
    require_reader()
    return Response(_description().encoded, mimetype="application/json")


@pages.get("/docs")
def read_page() -> str:
    """The description as a page that loads nothing from elsewhere."""
    require_reader()
    description = _description()
    return render_template(
        "api_docs.html", document=description.document, chapters=description.chapters
    )


def _description() -> Description:
    description: Description = current_app.extensions["api_description"]
    return description


def _problem_response() -> dict[str, Any]:
    return {
        "description": "未能完成：原因写在正文里。 Refused: the body says why.",
        "content": {"application/problem+json": {"schema": ProblemShape()}},
    }
