"""Walks through all pages that somebody can reach by links from here, one of each kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from playwright.sync_api import Page

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=^/ledgers/)\w+|(?<=^/start/)\w+")
#: Not pages: answers for programs, and files.
_NO_PAGE = re.compile(r"^/(api|static)/|/file$|/bundle$|/export|/image|\.(xlsx|csv|pdf|zip|bpmn)$")
_LINKS = """() => [...document.querySelectorAll("a[href]:not([download])")]
  .map((each) => new URL(each.href)).filter((each) => each.origin === location.origin)
  .map((each) => each.pathname + each.search)"""


def kind_of(address: str) -> str:
    """Return an address without what differs from case to case: `/cases/~`."""
    return _ID.sub("~", address.partition("?")[0])


def walk(
    page: Page,
    begin: Sequence[str] = ("/",),
    *,
    known: Collection[str] = (),
    most: int = 60,
) -> Iterator[str]:
    """Open one page of each kind but those that are known, and yield its kind while it is open."""
    waiting, seen = list(begin), {*known, *(kind_of(each) for each in begin)}
    for _ in range(most):
        if not waiting:
            return
        address = waiting.pop(0)
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, (address, answer.status)
        settle(page)
        for link in page.evaluate(_LINKS):
            kind = kind_of(link)
            if kind not in seen and not _NO_PAGE.search(kind):
                seen.add(kind)
                waiting.append(link)
        yield kind_of(address)


def settle(page: Page) -> None:
    """Wait until what a page does by itself is done: islands, and parts that come later."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-island]")].every((each) =>
             each.matches("[data-ready], [data-failed]") || !each.checkVisibility())"""
    )
