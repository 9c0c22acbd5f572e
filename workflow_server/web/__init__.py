"""The HTML door: pages for people over the same services as the API; one file per noun."""

from __future__ import annotations

from flask import Flask

from workflow_server.web import (
    account,
    acts,
    assets,
    case_acts,
    case_rights,
    cases,
    chrome,
    clock_changes,
    design_words,
    designs,
    door,
    drafts,
    files,
    formats,
    home,
    ledgers,
    letters,
    notices,
    operations,
    proposals,
    registers,
    repairs,
    sign_ins,
    starts,
    tasks,
    texts,
    words,
)

PAGES = (
    sign_ins.pages,
    home.pages,
    account.pages,
    tasks.pages,
    starts.pages,
    cases.pages,
    letters.pages,
    ledgers.pages,
    notices.pages,
    designs.pages,
    operations.pages,
    files.pages,
)
#: Modules whose routes stand in the blueprint of another: read before that is registered.
ADDING = (case_acts, case_rights, clock_changes, drafts, proposals, registers, repairs)
for pages in PAGES:
    door.web.register_blueprint(pages)


def register(app: Flask) -> None:
    """Add all pages, their texts and their frame to the application."""
    texts.register(app)
    formats.register(app)
    acts.register(app)
    words.register(app)
    design_words.register(app)
    assets.register(app)
    app.jinja_env.globals["person_field"] = door.person_field
    app.context_processor(chrome.frame)
    app.register_blueprint(door.web)
