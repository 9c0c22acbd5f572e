"""Turns whatever was refused into application/problem+json (RFC 9457), or a page for a browser."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from workflow_server import errors

log = structlog.get_logger(__name__)

#: The one place that knows which kind of refusal is which HTTP status.
STATUS: dict[type[errors.WorkflowServerError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.InvalidState: 409,
    errors.InvalidInput: 422,
    errors.Unavailable: 503,
}

#: What HTTP itself refuses, before any service is asked: status -> title, sentence.
REFUSED_AT_THE_DOOR: dict[int, tuple[str, str]] = {
    400: ("请求无法解析", "请求格式不正确，服务器无法解析。 The request is malformed."),
    401: ("需要登录", "请提供有效的访问令牌。 A valid bearer token is needed."),
    403: ("无权操作", "您无权进行此操作。 You may not do this."),
    404: ("未找到", "没有这个地址。 There is nothing at this address."),
    405: ("不支持此方法", "此地址不支持该请求方法。 This address does not take that method."),
    406: ("无法提供该格式", "无法按要求的格式答复。 That format cannot be given."),
    408: ("请求超时", "请求未能及时送达。 The request took too long."),
    409: ("状态冲突", "当前状态不允许此操作。 The state does not allow this."),
    411: ("缺少长度", "请求必须说明内容长度。 The request must state its length."),
    413: ("内容过大", "提交的内容超过上限。 The body is larger than allowed."),
    414: ("地址过长", "请求地址过长。 The address is too long."),
    415: ("不支持的内容类型", "请按要求的内容类型提交。 This content type is not taken."),
    422: ("输入有误", "提交的内容有误，请按提示修改。 The input has faults, listed below."),
    429: ("请求过于频繁", "请稍后再试。 Too many attempts, try again later."),
    431: ("请求头过大", "请求头过大。 The headers are too large."),
    500: (
        "服务器内部错误",
        "服务器出错，请把编号告知管理员。 Give the reference to an administrator.",
    ),
    503: ("暂时不可用", "服务暂时不可用，请稍后再试。 Try again later."),
}

#: Headers of a werkzeug error that the client needs to go on.
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

blueprint = Blueprint("problems", __name__, url_prefix="/api/problems")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem a client may be told of."""

    code: str
    title: str
    status: int


def catalogue() -> dict[str, ProblemKind]:
    """List every kind of problem by its code, those of HTTP and those of the house."""
    kinds = {
        _http_code(status): ProblemKind(_http_code(status), title, status)
        for status, (title, _) in REFUSED_AT_THE_DOOR.items()
    }
    for error in _concrete_errors():
        kind = ProblemKind(error("").code, _title(error), status_of(error))
        kinds[kind.code] = kind
    return kinds


def status_of(error: type[errors.WorkflowServerError]) -> int:
    """Give the HTTP status of an error class."""
    return next((STATUS[kind] for kind in error.__mro__ if kind in STATUS), 500)


def register(app: Flask) -> None:
    """Handle every error of the application here, and serve the list of problem kinds."""
    app.register_error_handler(errors.WorkflowServerError, _refused)
    app.register_error_handler(HTTPException, _refused_at_the_door)
    app.register_error_handler(Exception, _unexpected)
    app.register_blueprint(blueprint)


@blueprint.get("")
def list_problem_kinds() -> Response:
    """Every kind of problem."""
    kinds = sorted(catalogue().values(), key=lambda kind: (kind.status, kind.code))
    return jsonify({"items": [_kind_body(kind) for kind in kinds]})


@blueprint.get("/<code>")
def read_problem_kind(code: str) -> Response:
    """What one kind of problem means; the `type` of a problem leads here."""
    kind = catalogue().get(code)
    if kind is None:
        raise NotFound
    if _wants_page():
        return _page(200, _kind_body(kind))
    return jsonify(_kind_body(kind))


def _refused(error: errors.WorkflowServerError) -> Response:
    status = status_of(type(error))
    if status == 500:
        return _unexpected(error)
    # Who asked is the door's to know: it keeps who was refused what.
    g.refused = error
    faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.faults]
    headers = {"Retry-After": "1"} if status == 503 else {}
    title = _title(type(error))
    sentence = _for_people(title, error.message)
    return _problem(status, error.code, title, sentence, faults, headers, **error.more)


def _refused_at_the_door(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect of the router, not a refusal
        return Response(status=status, headers=dict(error.get_response().headers))
    if status == 500:
        return _unexpected(getattr(error, "original_exception", None) or error)
    title, sentence = REFUSED_AT_THE_DOOR.get(status, (HTTPStatus(status).phrase, ""))
    given = error.get_response().headers
    headers = {name: given[name] for name in KEPT_HEADERS if name in given}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    messages = (getattr(error, "data", None) or {}).get("messages") or {}
    own_words = error.description if error.description != type(error).description else None
    faults = list(_faults(messages))
    return _problem(status, _http_code(status), title, own_words or sentence, faults, headers)


def _unexpected(error: BaseException) -> Response:
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected_error", reference=reference, path=request.path, exc_info=error)
    title, sentence = REFUSED_AT_THE_DOOR[500]
    return _problem(500, _http_code(500), title, sentence, [], {}, reference=reference)


def _problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    faults: list[dict[str, str]],
    headers: dict[str, str],
    **more: str,
) -> Response:
    body: dict[str, Any] = {
        "type": f"/api/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    if faults:
        body["errors"] = faults
    if _wants_page():
        response = _page(status, body)
    else:
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    response.status_code = status
    response.headers.update(headers)
    return response


def _page(status: int, body: dict[str, Any]) -> Response:
    g.problem = body["code"]
    g.frame = {}
    page = render_template("problem.html", problem=body)
    return Response(page, status, {"Cache-Control": "no-store"}, mimetype="text/html")


def _wants_page() -> bool:
    accepted = request.accept_mimetypes
    html = accepted["text/html"]
    return html > 0 and html > accepted["application/json"] and "text/html" in accepted.values()


def _for_people(title: str, message: str) -> str:
    """Put Chinese before a message that is English only."""
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in message)
    return message if is_chinese else f"{title}。 {message}"


def _faults(messages: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten marshmallow's nested messages into JSON pointers; query names become `?name`."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _faults(inner, _deeper(pointer, str(key)))
    elif isinstance(messages, list):
        for inner in messages:
            if isinstance(inner, dict | list):
                yield from _faults(inner, pointer)
            else:
                yield {"pointer": pointer or "#", "detail": str(inner)}
    else:
        yield {"pointer": pointer or "#", "detail": str(messages)}


def _deeper(pointer: str, key: str) -> str:
    if pointer == "":
        return {"json": "#", "form": "#", "files": "#", "query": "?"}.get(key, f"#/{key}")
    if key == "_schema":
        return pointer
    if pointer == "?":
        return f"?{key}"
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


def _http_code(status: int) -> str:
    # What the door and the services refuse alike has one name.
    for kind, its_status in STATUS.items():
        if status == its_status:
            return kind("").code
    return HTTPStatus(status).phrase.lower().replace(" ", "-").replace("'", "")


def _title(error: type[errors.WorkflowServerError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0] if error.__doc__ else error.__name__


def _kind_body(kind: ProblemKind) -> dict[str, Any]:
    return {
        "type": f"/api/problems/{kind.code}",
        "code": kind.code,
        "title": kind.title,
        "status": kind.status,
    }


def _concrete_errors() -> Iterator[type[errors.WorkflowServerError]]:
    waiting = list(errors.WorkflowServerError.__subclasses__())
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        yield error
