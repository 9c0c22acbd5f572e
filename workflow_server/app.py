"""Puts the house together: settings, database, doors, errors and logs, here and nowhere else."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from workflow_server import api, config, problems, web
from workflow_server.config import Config, SettingRefused
from workflow_server.content import bundle as bundles
from workflow_server.services import (
    calendars,
    clock,
    definition_cache,
    deployments,
    organisations,
)
from workflow_server.store import db

#: The largest request there is; how large an attachment or a bundle may be is said elsewhere.
UPLOAD_MB = 65
#: What the fields beside a file may take. It must be well above the 64 KiB in which a request
#: is read: what may be the beginning of a boundary is kept over from the chunk before.
FORM_KB = 256
#: So long after its start a web process reads the content whole; it answers meanwhile.
READ_AHEAD_SECONDS = 1.0

#: What every answer says to a browser: nothing from elsewhere, in no foreign frame.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        # Attributes, not sheets: diagrams and forms are placed by style="…" that their libraries
        # write. Pictures and fonts in data: are those that style sheets bring.
        "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Route(Rule):
    """A rule that learns to write addresses when it first writes one.

    werkzeug compiles two functions for each rule at the start, which is most of what it costs to
    make the application; most rules never use one of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: Callable[..., tuple[str, str]] | None = None
        make = super()._compile_builder

        def build(rule: Route, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = make(append_unknown)
            return compiled(rule, **values)

        return build


class Application(Flask):
    """Flask, but for its question at every call whether a function is a coroutine: none is."""

    url_rule_class = Route

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class Json(JSONProvider):
    """JSON by orjson: a few times faster, UUIDs and moments included."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self._prepare_response_obj(args, kwargs)
        return Response(orjson.dumps(body), mimetype="application/json")


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from the environment; `overrides` are settings by name."""
    settings = replace(config.load(os.environ), **(overrides or {}))
    _configure_logs()
    app = Application(__name__, static_folder=None)
    app.json = Json(app)
    app.url_map.strict_slashes = False
    app.config["WORKFLOW_SERVER"] = settings
    app.config["MAX_CONTENT_LENGTH"] = max(settings.attachment_mb + 1, UPLOAD_MB) * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_KB * 1024
    app.config["MAX_FORM_PARTS"] = 20
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    _make_data_dir(settings)
    db.connect(app, settings.url, settings.pool_size)
    problems.register(app)
    api.register(app)
    web.register(app)
    app.after_request(_secure)
    return app


def create_web_app() -> Flask:
    """Build what a web process of `serve` runs; it ends with the process that started it."""
    # Ctrl-C reaches all of us. A web process that is then also told to end by its parent
    # never does, so it leaves Ctrl-C to the parent.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    app = create_app()
    _keep()
    reader = threading.Timer(READ_AHEAD_SECONDS, _read_ahead, args=(app,))
    reader.daemon = True
    reader.start()
    return app


def _read_ahead(app: Flask) -> None:
    """Spare the first who opens a case the reading of all diagrams and forms."""
    # What fails here fails again where it is asked for, and is told there.
    with suppress(Exception), app.app_context():
        definition_cache.read_ahead()
    _keep()


def _keep() -> None:
    """Let the collector pass over what is there now: it stays to the end."""
    gc.collect()
    gc.freeze()


def prepare(app: Flask) -> None:
    """Bring the database and its content to what the settings say; changes nothing twice.

    Tables are migrated, an empty calendar is seeded, the content folder is deployed unless
    exactly these bytes ever were, and in demo mode the demo office moves in.
    """
    settings: Config = app.config["WORKFLOW_SERVER"]
    with app.app_context():
        db.migrate()
        if settings.demo and settings.demo_start:
            clock.begin(settings.demo_start)
        now = clock.now()
        calendars.seed(now)
        bundle = bundles.read_folder(settings.content_root)
        deployed = deployments.deploy_folder(bundle, now)
        deployments.fill_roles()
        office = deployments.content_of(deployed.id).shared.office
        if settings.demo and office is not None:
            organisations.load_office(office, datetime.now(UTC), organisations.DEMO_PASSWORD)
        # What was opened here must not be shared with the processes that are forked next.
        db.db.session.remove()
        db.db.engine.dispose()


def main() -> None:
    """Run the command line."""
    from workflow_server import cli

    house = cli.House(create_app, prepare, "workflow_server.app:create_web_app")
    cli.build(house).main(prog_name="workflow-server")


def _end_with(parent: int) -> None:
    # Killed without notice, the parent cannot stop us, and we would hold its port for ever.
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _make_data_dir(settings: Config) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingRefused(
            f"Expected {config.PREFIX}DATA_DIR to be a folder that can be made,"
            f" but '{settings.data_dir}': {error.strerror or error}"
        ) from error


def _secure(response: Response) -> Response:
    said = set(response.headers.keys(lower=True))
    for name, value in SECURITY_HEADERS.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    if "cache-control" not in said and request.path.startswith("/api/"):
        response.headers.add("Cache-Control", "no-store")
    return response


def _line(event: Any, **_more: Any) -> str:
    """Write an event as JSON; what no JSON can hold must not make its own logging fail."""
    try:
        return orjson.dumps(event, default=repr).decode()
    except TypeError:
        return orjson.dumps({"event": ascii(event)}).decode()


def _configure_logs() -> None:
    """Write one line an event: legible on a terminal, JSON elsewhere."""
    for_people = sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(_line)
    )
    shared = [] if for_people else [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *shared,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
