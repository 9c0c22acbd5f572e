"""Binds the chains of the history together from time to time, so that none can be rewritten."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow_server.store import anchors as store
from workflow_server.store.anchors import Anchor
from workflow_server.store.db import settings, transaction

#: How far back an anchor looks beyond the one before: what was still being written then.
OVERLAP = timedelta(hours=1)


def make(now: datetime) -> Anchor | None:
    """Bind every chain that went on since the last anchor; None when none did."""
    with transaction():
        return _make(store.lock_last(), now)


def make_if_due(now: datetime) -> Anchor | None:
    """Bind them if the last anchor is as old as the settings say; of many processes one does."""
    interval = timedelta(minutes=settings().anchor_minutes)
    last = store.find_last()
    if last is not None and now - last.at < interval:
        return None
    with transaction():
        last = store.lock_last()
        if last is not None and now - last.at < interval:
            return None
        return _make(last, now)


def find_last() -> Anchor | None:
    """Return the newest anchor, if there is one."""
    return store.find_last()


def _make(last: Anchor | None, now: datetime) -> Anchor | None:
    seq, before = (last.seq + 1, last.hash) if last is not None else (1, b"")
    since = last.at - OVERLAP if last is not None else None
    bound = store.add(seq, now, before, store.changed(since))
    return store.find(seq) if bound else None
