"""The language of the interface: Chinese as written, English from the catalogue.

Templates and messages of this floor are written in Chinese and marked with `_()`; what content
brings (forms, diagrams, papers, names) keeps its language and stands in elements with
`lang="zh-CN"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, gettext
from markupsafe import Markup, escape

from workflow_server.services.sites import Words

#: Remembers the language that somebody chose.
COOKIE = "workflow_server_language"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SECOND_LANGUAGE = re.compile(r"(?<=[。！？：）”])\s+(?=[A-Z])")


def register(app: Flask) -> None:
    """Give the application's templates `_()` and the filter `spoken`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, default_locale="zh", locale_selector=language)
    app.jinja_env.filters["spoken"] = marked
    app.jinja_env.globals["problem_title"] = problem_title
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


def marked(message: str) -> Markup:
    """Return what is spoken, marked with its language where that is not the reader's."""
    said = spoken(message)
    if language() == "en" and _CHINESE.search(said):
        return Markup('<span lang="zh-CN">{}</span>').format(said)
    if language() == "zh" and said and not _CHINESE.search(said):
        return Markup('<span lang="en">{}</span>').format(said)
    return escape(said)


def problem_title(problem: Mapping[str, Any]) -> str:
    """Return what a problem is called, in the reader's language."""
    return str(gettext(str(problem["title"])))
