"""The language of the interface: Chinese as written, English from the catalogue.

Templates and messages of this floor are written in Chinese and marked with `_()`; what content
brings (forms, diagrams, papers, names) keeps its language and stands in elements with
`lang="zh-CN"`.
"""

from __future__ import annotations

import re

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

from workflow_server.services.sites import Words

#: Remembers the language that somebody chose.
COOKIE = "workflow_server_language"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
_SECOND_LANGUAGE = re.compile(r"(?<=[。！？：）”])\s+(?=[A-Z])")


def register(app: Flask) -> None:
    """Give the application's templates `_()` and the filter `spoken`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, default_locale="zh", locale_selector=language)
    app.jinja_env.filters["spoken"] = spoken
    app.jinja_env.filters["words"] = words
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES


def language() -> str:
    """Return "zh" or "en": what was chosen, else Chinese."""
    if not has_request_context():
        return "zh"
    chosen = g.get("language") or request.cookies.get(COOKIE, "zh")
    return chosen if chosen in LANGUAGES else "zh"


def words(given: Words) -> str:
    """Return what the content says in both languages, in the reader's."""
    return given.en if language() == "en" else given.zh


def spoken(message: str) -> str:
    """Return the part of a message in both languages that is in the reader's.

    The house writes them as one text, Chinese first: `已办结。 It is completed.`
    """
    parts = _SECOND_LANGUAGE.split(message, maxsplit=1)
    return parts[-1] if language() == "en" else parts[0]
