"""The site's own file: what pages are called, and how newcomers are welcomed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workflow_server.content import bundle, shared
from workflow_server.content.sites import DemoAccount, Words

ROOT = Path(__file__).resolve().parents[2]
OFFICE = {"people": [{"login": "ann", "name": "安"}]}
NAME = {"zh": "某平台", "en": "Some Platform"}


def _read(site: Any) -> tuple[shared.Shared, dict[str, str]]:
    files = {"bpmn/_shared/site.json": site, "bpmn/_shared/office.json": OFFICE}
    sealed = bundle.from_files({path: json.dumps(data).encode() for path, data in files.items()})
    found, faults = shared.read_with_faults(sealed)
    return found, {each.pointer.rpartition("/")[2]: each.detail for each in faults}


def test_a_site_has_a_name_in_both_languages_and_words_for_newcomers() -> None:
    account = {"login": "ann", "zh": "经办", "en": "Clerk"}
    found, faults = _read(
        {"title": NAME, "newcomer": [{"zh": "试试。", "en": "Try."}], "accounts": [account]}
    )
    assert faults == {}
    site = found.site
    assert site is not None
    assert site.title == site.short_title == Words("某平台", "Some Platform")
    assert site.newcomer == (Words("试试。", "Try."),)
    assert site.accounts == (DemoAccount("ann", Words("经办", "Clerk")),)


@pytest.mark.parametrize(
    ("site", "place"),
    [
        ({}, "title"),
        ({"title": "某平台"}, "title"),
        ({"title": {"zh": "某平台"}}, "en"),
        ({"title": {"zh": "某平台", "en": " "}}, "en"),
        ({"title": NAME, "logo": "x"}, "logo"),
        ({"title": NAME, "newcomer": "试试"}, "newcomer"),
        ({"title": NAME, "newcomer": [{"zh": "试试"}]}, "en"),
        ({"title": NAME, "accounts": ["ann"]}, "0"),
        ({"title": NAME, "accounts": [{"login": "bob", "zh": "某", "en": "x"}]}, "login"),
        ([], "site.json#"),
    ],
)
def test_a_bad_site_is_refused_where_it_is_bad(site: Any, place: str) -> None:
    assert place in _read(site)[1]


def test_content_without_a_site_is_fine() -> None:
    assert shared.read(bundle.from_files({"bpmn/_shared/office.json": b"{}"})).site is None


def test_the_shipped_site_has_its_words() -> None:
    site = shared.read(bundle.read_folder(ROOT)).site
    assert site is not None
    assert len(site.newcomer) == 3
    assert all(each.words.zh and each.words.en for each in site.accounts)
