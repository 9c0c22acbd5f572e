"""The built files of the browser: found under their logical names, kept by browsers for ever."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for

BUILT = Path(__file__).parent / "static" / "built"
_FOR_EVER = "public, max-age=31536000, immutable"


class AssetsNotBuilt(RuntimeError):
    """The pages' files were not built; `make setup` does it."""


def register(app: Flask) -> None:
    """Give templates `asset('site.css')`, and let browsers keep what has its hash in its name."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(name: str) -> str:
    """Return the address of a built file."""
    found = _manifest().get(name)
    if found is None:
        raise AssetsNotBuilt(f"Expected the built file '{name}', but there is none: make setup")
    return url_for("web.static", filename=f"built/{found}")


def _manifest() -> dict[str, Any]:
    """Return what the newest build made; a running server follows a build that comes later."""
    path = BUILT / "manifest.json"
    try:
        stat = path.stat()
    except FileNotFoundError as error:
        raise AssetsNotBuilt(f"Expected {path}, but there is none: run make setup") from error
    return _read(path, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _file: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _keep(response: Response) -> Response:
    if request.path.startswith("/static/built/") and response.status_code == 200:
        response.headers["Cache-Control"] = _FOR_EVER
    return response
