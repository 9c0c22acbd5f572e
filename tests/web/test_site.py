"""The site as a whole: its name from the content, its error pages, what every page says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.court import ROOT, Court, court_content
from tests.web.conftest import Browser
from workflow_server.cli import serving
from workflow_server.content import bundle, content
from workflow_server.services import deployments, myself, sites, worklists
from workflow_server.store import db

Browsers = Callable[..., Browser]
JSON = "bpmn/_shared/site.json"


def _named(title: dict[str, str] | None) -> bundle.Bundle:
    files = dict(court_content().files)
    given: dict[str, Any] = json.loads(files.pop(JSON))
    if title is not None:
        files[JSON] = json.dumps({**given, "title": title, "short_title": title}).encode()
    return bundle.from_files(files)


def test_the_newest_content_names_the_site(case: Court, browser: Browsers) -> None:
    clerk = browser("congress_clerk")
    assert sites.current().short_title.zh in clerk.get("/").all(".navbar-brand")[0].text_content()
    deployments.deploy_folder(_named({"zh": "新的名称", "en": "Another Name"}), datetime.now(UTC))
    page = clerk.get("/")
    assert page.all(".navbar-brand")[0].text_content().strip() == "新的名称"
    assert page.all("title")[0].text_content().endswith("· 新的名称")
    english = clerk.post("/language", language="en", back="/")
    assert english.all(".navbar-brand")[0].text_content().strip() == "Another Name"


def test_content_without_a_name_is_named_plainly(case: Court, browser: Browsers) -> None:
    deployments.deploy_folder(_named(None), datetime.now(UTC))
    page = browser().get("/sign-in")
    assert sites.NAMELESS.zh in page.text
    assert not page.all(".account")


def test_what_is_not_there_and_what_may_not_be_seen_look_alike(
    case: Court, browser: Browsers
) -> None:
    case.play(until="ClassifyAndAssign")
    (line,) = worklists.list_started(case.people["congress_clerk"], case.now)[0]
    instance = line.instance
    outsider = browser("outsider")
    kept, missing = (outsider.get(f"/cases/{each}") for each in (instance.id, uuid4()))
    assert kept.status == missing.status == 404
    assert kept.text == missing.text
    assert str(instance.id) not in kept.response.text


def test_an_address_that_there_is_not_has_a_page_with_a_way_on(
    case: Court, browser: Browsers
) -> None:
    page = browser("prosecutor").get("/no/such/page")
    assert page.status == 404
    assert page.link("回到首页") == "/"
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inner words")

    monkeypatch.setattr(worklists, "list_to_do", fail)


def test_what_nobody_foresaw_gives_a_reference_and_no_inner_words(
    case: Court, browser: Browsers, broken: None
) -> None:
    prosecutor = browser()
    prosecutor.sign_in("prosecutor")
    page = prosecutor.get("/")
    assert page.status == 500
    assert len(page.all("code.once")[0].text_content()) == 12
    assert "secret" not in page.response.text


def test_a_database_that_is_away_is_told_with_a_way_to_try_again(
    case: Court, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    prosecutor = browser("prosecutor")

    def away(*_: Any, **__: Any) -> None:
        raise db.DatabaseAway("数据库无法连接。 Expected the database, but it is away.")

    monkeypatch.setattr("workflow_server.store.deployments.find_newest_id", away)
    monkeypatch.setattr(myself.people, "list_names_of", away)
    page = prosecutor.get("/?tab=done")
    assert page.status == 503
    assert page.link("再试一次") == "/?tab=done"
    assert "Retry-After" in page.response.headers


def test_too_large_a_body_is_refused_with_the_limit(
    case: Court, browser: Browsers, app: Flask
) -> None:
    limit = db.settings().attachment_mb
    prosecutor = browser("prosecutor")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    page = prosecutor.post("/account/password", old="x" * 2000)
    assert page.status == 413
    assert f"不超过 {limit} MB" in page.text


def test_error_pages_speak_english_too(case: Court, browser: Browsers) -> None:
    reader = browser("prosecutor")
    reader.post("/language", language="en", back="/")
    for code in ("not-found", "task-taken", "internal-server-error", "database-away"):
        page = reader.get(f"/api/problems/{code}")
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in page.text), page.text


def test_no_page_is_kept_and_each_says_how_long_it_took(case: Court, browser: Browsers) -> None:
    page = browser("prosecutor").get("/")
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Server-Timing"].startswith("page;dur=")
    assert replace(sites.current()) == sites.last_known()


def test_make_run_tells_newcomers_whom_to_try_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shared = content.load(bundle.read_folder(ROOT)).shared
    assert shared.site is not None
    assert shared.office is not None
    serving._show_accounts(shared.office, shared.site)
    told = "".join(capsys.readouterr().out.split())
    for each in (*shared.site.newcomer, *(account.words for account in shared.site.accounts)):
        assert "".join(each.zh.split()) in told
        assert "".join(each.en.split()) in told
    assert all(person["login"] in told for person in shared.office["people"])
