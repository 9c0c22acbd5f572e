"""The API's door: who comes in, how large a body may be, and how a route is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import Request, Response, after_this_request, g, jsonify, request
from flask_smorest import Blueprint
from marshmallow import RAISE
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage, WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    Unauthorized,
    UnsupportedMediaType,
)

from workflow_server import arrivals
from workflow_server.api import scopes
from workflow_server.api.shapes.base import Shape
from workflow_server.api.shapes.fields import Id
from workflow_server.arrivals import actor as actor
from workflow_server.arrivals import counted as counted
from workflow_server.arrivals import now as now
from workflow_server.downloads import download as download
from workflow_server.errors import Fault, InvalidInput
from workflow_server.services import tokens
from workflow_server.services.actors import Visitor
from workflow_server.store.db import session, settings
from workflow_server.store.history import ActInProgress

#: What may be asked without a token. A route not named here needs a person.
OPEN = frozenset(
    {
        "health.read_health",
        "sessions.open_session",
        "sessions.complete_session",
        "sessions.begin_openid",
        "sessions.finish_openid",
    }
)

#: The largest body of a request that carries no file.
ANSWERS_BYTES = 2 * 1024 * 1024
#: A body up to here is read before its sender is known, so that a connection is taken once.
SMALL_BYTES = 64 * 1024
#: How deep a body may be nested: no form needs more, and nobody downstream must count.
DEPTH = 64

_SEND_JSON = "请以 application/json 提交。 Send application/json."
_SEND_FORM = "请以 multipart/form-data 提交。 Send multipart/form-data."

F = TypeVar("F", bound=Callable[..., Any])


class Parser(FlaskParser):
    """Reads bodies with orjson, refuses what is not JSON and unknown query names."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def get_default_request(self) -> Request:
        return arrivals.asked()

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json and req.content_length:
            raise UnsupportedMediaType(_SEND_JSON)
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        if not req.is_json:
            raise UnsupportedMediaType(_SEND_JSON)
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(
                f"JSON 格式有误：第{error.lineno}行第{error.colno}列。 The body is not valid JSON."
            ) from error
        if body.count(b"[") + body.count(b"{") > DEPTH and _is_deeper(found, DEPTH):
            raise BadRequest(f"JSON 嵌套超过{DEPTH}层。 The body is nested too deeply.")
        return found


PARSER = Parser()


class Noun:
    """The routes of one noun, each described once: for Flask and for the API's page."""

    def __init__(self, name: str, title: str, prefix: str | None = None) -> None:
        self.name = name
        self.title = title
        tokens.add_noun(name, title)
        self.blueprint: Any = Blueprint(
            name,
            __name__,
            url_prefix=f"/api/{name.replace('_', '-')}" if prefix is None else prefix,
            description=title,
        )
        self.blueprint.ARGUMENTS_PARSER = PARSER
        self.blueprint.before_request(self._let_in)
        self._forms: set[str] = set()
        self._raw: dict[str, int] = {}
        self.blueprint._prepare_doc_cbks.append(self._describe)

    def route(
        self,
        method: str,
        rule: str,
        gives: Shape | None = None,
        *,
        takes: Shape | None = None,
        query: Shape | None = None,
        status: int = 200,
        media: str | None = None,
        form: Shape | None = None,
        raw: int | None = None,
        keyed: bool = False,
    ) -> Callable[[F], F]:
        """Add a route: `takes` is the body's shape, `query` the query's, `gives` the answer's.

        The function gets the loaded query, then the loaded body, then what the rule names.
        `media` is the content type of an answer that is not JSON. `form` is the shape of the
        parts beside the `file` of a multipart request (`uploaded_file` gives that). `raw` is
        how many bytes a body may have that is a file itself (`raw_body` gives it). `keyed`
        says that the service heeds an Idempotency-Key.
        """

        def decorate(function: F) -> F:
            wrapped: Any = _asked_again(function) if keyed else function
            if gives is not None:
                wrapped = self.blueprint.response(status, gives)(wrapped)
            else:
                wrapped = self.blueprint.response(
                    status, _binary(media), content_type=media, description="OK"
                )(wrapped)
            if takes is not None:
                wrapped = self.blueprint.arguments(takes)(wrapped)
            if query is not None:
                wrapped = self.blueprint.arguments(query, location="query")(wrapped)
            if form is not None:
                self._forms.add(f"{self.name}.{function.__name__}")
                wrapped = PARSER.use_args(form, location="form")(wrapped)
                wrapped = self.blueprint.doc(requestBody=_multipart(form))(wrapped)
            if raw is not None:
                self._raw[f"{self.name}.{function.__name__}"] = raw
                wrapped = self.blueprint.doc(requestBody=_RAW)(wrapped)
            if keyed:
                wrapped = self.blueprint.doc(parameters=["IdempotencyKey"])(wrapped)
            if f"{self.name}.{function.__name__}" in OPEN:
                wrapped = self.blueprint.doc(security=[])(wrapped)
            self.blueprint.add_url_rule(rule, function.__name__, wrapped, methods=[method])
            return function

        return decorate

    def get(self, rule: str, gives: Shape | None = None, **more: Any) -> Callable[[F], F]:
        """Add a route that reads."""
        return self.route("GET", rule, gives, **more)

    def post(self, rule: str, gives: Shape | None = None, **more: Any) -> Callable[[F], F]:
        """Add a route that makes something."""
        return self.route("POST", rule, gives, **more)

    def put(self, rule: str, gives: Shape | None = None, **more: Any) -> Callable[[F], F]:
        """Add a route that sets something."""
        return self.route("PUT", rule, gives, **more)

    def delete(self, rule: str, gives: Shape | None = None, **more: Any) -> Callable[[F], F]:
        """Add a route that takes something away."""
        return self.route("DELETE", rule, gives, **more)

    def _let_in(self) -> None:
        came = arrivals.asked()
        endpoint = came.endpoint or ""
        takes_form = endpoint in self._forms
        if not takes_form:
            came.max_content_length = self._raw.get(endpoint, ANSWERS_BYTES)
        arrivals.check_address()
        if endpoint in OPEN:
            return
        is_small = came.is_json and (came.content_length or ANSWERS_BYTES) <= SMALL_BYTES
        if is_small:
            came.get_data()
        visitor = _identify()
        scopes.check(visitor.token.scopes, self.name, endpoint, came.method)
        if takes_form and came.mimetype != "multipart/form-data":
            raise UnsupportedMediaType(_SEND_FORM)
        if came.method != "GET" and came.content_length != 0 and not is_small:
            # However slowly the body arrives, no connection waits for it.
            session().rollback()

    def _describe(self, doc: Any, _doc_info: Any, **_more: Any) -> Any:
        """Say what all operations share: how they are refused."""
        doc.setdefault("responses", {})["default"] = "Problem"
        doc["responses"].pop("422", None)
        doc["responses"].pop(422, None)
        return doc


def must() -> tuple[str, ...]:
    """Return what must be done before this sign-in is good for anything else."""
    visitor: Visitor = g.visitor
    return scopes.to_do(visitor.token.scopes)


def token_id() -> UUID:
    """Return which token the request came with."""
    visitor: Visitor = g.visitor
    return visitor.token.id


def forget_cookie(name: str, path: str) -> None:
    """Take a cookie away with the answer, whatever that is."""

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(name, path=path, httponly=True, samesite="Lax")
        return response


def idempotency_key() -> str | None:
    """Return the key under which a repeated write gets its first answer again."""
    return arrivals.checked_key(request.headers.get("Idempotency-Key"))


def plain(body: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with a dict as it is: for the hot paths, where a shape's dump would cost."""
    response = jsonify(body)
    response.status_code = status
    return response


def raw_body() -> bytes:
    """Return a body that is a file itself."""
    return request.get_data(cache=False)


def expected_version() -> str | None:
    """Return the version that If-Match names: a checksum, `*` for any, None without the header."""
    given = request.headers.get("If-Match")
    return given.strip().removeprefix("W/").strip('"') if given is not None else None


def uploaded_file() -> FileStorage:
    """Return the file of a multipart request."""
    file = request.files.get("file")
    if file is None:
        raise InvalidInput("请选择要提交的文件。 A file is needed.", [Fault("#/file", "缺少文件")])
    file.stream.seek(0)
    return file


def require_reader() -> None:
    """Let in who may read the API's description: everybody in demo mode, else a person."""
    if not settings().demo:
        _identify()


def _asked_again(function: F) -> F:
    """Ask a second time when the same key came twice at once: by then the first answer is there."""

    @wraps(function)
    def ask(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except ActInProgress:
            return function(*arguments, **named)

    return ask  # type: ignore[return-value]


def _is_deeper(value: Any, depth: int) -> bool:
    """Tell whether lists and objects are nested more than `depth` levels deep."""
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _identify() -> Visitor:
    visitor = arrivals.arrive()
    if visitor is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "workflow-server"}))
    return visitor


_RAW = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def _binary(media: str | None) -> dict[str, Any] | None:
    return None if media is None else {"type": "string", "format": "binary"}


def _multipart(form: Shape) -> dict[str, Any]:
    parts: dict[str, Any] = {"file": {"type": "string", "format": "binary"}}
    for name, field in form.fields.items():
        kind = {"type": "string"} | ({"format": "uuid"} if isinstance(field, Id) else {})
        parts[name] = {**kind, **field.metadata}
    schema = {"type": "object", "properties": parts, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
