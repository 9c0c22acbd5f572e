"""A head changes a clock on the page of the case: seen first, then made, and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa

from tests.court import Court
from tests.web.conftest import Browser
from workflow_server.store.db import session
from workflow_server.store.deadlines import Deadline
from workflow_server.store.jobs import Job

WHY = {"reason": "案情复杂，须补充鉴定", "basis": "检察长批准〔2026〕3号"}


def running(case: Court) -> Deadline:
    case.play(until="DraftSuggestion")
    return session().scalars(sa.select(Deadline).where(Deadline.status == "running")).one()


def test_a_head_sees_what_a_change_comes_to_and_then_makes_it(
    case: Court, browser: Callable[..., Browser]
) -> None:
    clock = running(case)
    head, page = browser("congress_head"), f"/deadlines/{clock.id}/change"
    shown = head.get(f"/cases/{clock.instance_id}")
    assert page in shown.link("调整期限")
    earlier = date.fromisoformat(clock.started_at[:10]) - timedelta(days=1)
    form = {"operation": "revise", "day": earlier.isoformat(), **WHY}
    seen = head.post(page, **form, do="preview")
    assert (seen.status, "调整以后" in seen.text, WHY["basis"] in seen.text) == (200, True, True)
    assert "曾调整" not in head.get(f"/cases/{clock.instance_id}").text
    key = seen.all("input[name=key]")[0].get("value")
    made = head.post(page, **form, do="change", key=key)
    assert "期限已调整，并记入办理记录。" in made.text
    assert "曾调整 1 次" in made.text
    twice = head.post(page, **form, do="change", key=key)
    assert "期限已调整，并记入办理记录。" in twice.text
    assert "曾调整 1 次" in twice.text
    # Those who work on the case are told by a job.
    told = session().scalars(sa.select(Job.payload).where(Job.kind == "deadline_told")).all()
    assert [each["reason"].startswith("起算日更正") for each in told] == [True]
    # What is wrong is said with all that was typed; others have no way in.
    refused = head.post(page, operation="revise", do="preview", day="明天", **WHY)
    assert (refused.status, "“明天”不是日期" in refused.text) == (422, True)
    assert WHY["reason"] in refused.text
    assert browser("congress_clerk").get(page).status == 403
    assert browser("chief").get(page).status == 404
