"""The pages' door: who comes in by browser, and how a page or a refused form is answered."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import Conflict

from workflow_server import arrivals
from workflow_server.arrivals import actor as actor
from workflow_server.arrivals import counted as counted
from workflow_server.arrivals import now as now
from workflow_server.services.actors import Actor, Visitor

#: What may be looked at without having signed in.
OPEN = frozenset(
    {
        "web.static",
        "web.sign_ins.show",
        "web.sign_ins.sign_in",
        "web.sign_ins.show_code",
        "web.sign_ins.complete",
        "web.sign_ins.begin_openid",
        "web.sign_ins.finish_openid",
        "web.home.set_language",
    }
)
#: What is open to somebody who must first change their password or add a second factor.
FIRST = frozenset({"web.sign_ins.sign_out", "web.home.set_language"})

web = Blueprint(
    "web", __name__, static_folder="static", static_url_path="/static", template_folder="templates"
)


def pages(name: str) -> Blueprint:
    """Make the blueprint of a noun's pages; its end points are `web.<name>.<function>`."""
    return Blueprint(name, __name__)


@web.before_request
def _let_in() -> ResponseReturnValue | None:
    g.began = time.perf_counter()
    arrivals.check_address()
    arrivals.check_same_origin()
    visitor = arrivals.arrive() if request.endpoint != "web.static" else None
    if visitor is None and request.endpoint not in OPEN:
        return _to_sign_in()
    arrivals.check_form()
    if request.endpoint in OPEN:
        return None
    if request.method == "POST" and request.endpoint not in FIRST:
        _check_person(actor())
    if must() and request.endpoint not in FIRST and request.blueprint != "web.account":
        return redirect(url_for("web.account.show"), 303)
    return None


@web.after_request
def _time(response: Response) -> Response:
    """Say how long the server took, in milliseconds, where a browser's tools show it."""
    if "began" in g:
        spent = (time.perf_counter() - g.began) * 1000
        response.headers["Server-Timing"] = f"page;dur={spent:.1f}"
    if request.endpoint != "web.static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def must() -> tuple[str, ...]:
    """Return what must be done before this sign-in is good for anything else."""
    visitor: Visitor = g.visitor
    return tuple(each.removeprefix("@") for each in visitor.token.scopes or ())


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Answer with a page."""
    return Response(render_template(template, **context), status, mimetype="text/html")


def to(endpoint: str, notice: str | None = None, **values: Any) -> ResponseReturnValue:
    """Lead on to a page after an act; `notice` is a key of `chrome.NOTICES` shown there."""
    return redirect(url_for(endpoint, **values, notice=notice), 303)


def local_path(address: str | None) -> str:
    """Return an address of our own to lead back to; the home page for any other (open redirect)."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # "//[::1"
        return url_for("web.home.show")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    if not is_ours or parts.path.startswith("//") or "\\" in parts.path:
        return url_for("web.home.show")
    return parts._replace(fragment="").geturl()


def page_number() -> int:
    """Return which page of a list is asked for, from 1."""
    given = request.args.get("page", 1, type=int)
    return min(max(given, 1), 1_000_000)


def key() -> str | None:
    """Return the key that a form was given, so that a second click gets the first answer."""
    return arrivals.checked_key(request.form.get("key"))


def person_field() -> Markup:
    """Return the field by which a form tells in whose page it stands; every POST form has it."""
    return Markup('<input type="hidden" name="signed_in_as" value="{}">').format(actor().person_id)


def _check_person(here: Actor) -> None:
    """Refuse a form of somebody who has left the browser to another one in the meantime."""
    shown_to = request.form.get("signed_in_as")
    if shown_to is not None and shown_to != str(here.person_id):
        raise Conflict(
            f"本页是另一人登录时打开的，现在登录的是{here.name}，未予办理。请返回、刷新后再试。"
            f" This page was opened by somebody else; {here.name} is signed in now."
        )


def _to_sign_in() -> ResponseReturnValue:
    # Who comes back after a while is told why they are asked again.
    notice = "session_over" if arrivals.SESSION_COOKIE in request.cookies else None
    if "HX-Request" in request.headers:
        # htmx would put a sign-in page into the middle of another one.
        shown = request.headers.get("HX-Current-URL", "")
        wanted = local_path(shown.removeprefix(request.host_url.rstrip("/")))
        address = url_for("web.sign_ins.show", next=wanted, notice=notice)
        return Response(status=204, headers={"HX-Redirect": address})
    path = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = url_for("web.sign_ins.show", next=path if path != "/" else None, notice=notice)
    return redirect(address, 303)
