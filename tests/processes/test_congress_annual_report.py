"""The year's table of deputies' suggestions: from the ledgers, drafted, checked, presented."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.processes.office import Office
from workflow_server.services.answers import AnswersRefused
from workflow_server.store.db import session, transaction
from workflow_server.store.links import Link
from workflow_server.store.records import Record

OPENED = datetime.fromisoformat("2026-02-01T09:00:00+08:00")
TEXTS = {"problems": "个别单位重答复、轻落实。", "plans": "继续跟踪承诺事项，按季度通报进展。"}


@pytest.fixture
def year(office: Office) -> Office:
    """A year of the congress: five suggestions, two units that answered, two promises."""
    urban, farms = office.org("urban_management"), office.org("agriculture")
    said = {"submitted_on": "2026-02-01", "admission": "受理", "assigned_on": "2026-02-10"}
    done: dict[str, Any] = {**said, "reply_class": "A", "attitude": "满意", "result": "满意"}
    add(office, "deputy_suggestion", "甲", "办结", **done, key="重点督办", suggestion_no="1号")
    unhappy = {**done, "reply_class": "B", "attitude": "基本满意", "result": "不满意"}
    add(office, "deputy_suggestion", "乙", "办结", **unhappy)
    silent = {**done, "attitude": "未评价", "result": "未评价"}
    adopted = add(office, "deputy_suggestion", "丙", "办结", **silent)
    add(office, "deputy_suggestion", "丁", "退回", submitted_on="2026-03-01", admission="退回")
    add(office, "deputy_suggestion", "戊", "办结", **{**done, "submitted_on": "2025-03-01"})
    add(office, "deputy_suggestion", "己", "草稿")
    conversion = add(office, "conversion", "采纳", "办结")
    with transaction():
        session().add(
            Link(
                from_type="record",
                from_id=adopted,
                relation="adopted_from",
                to_type="record",
                to_id=conversion,
                made_at=office.now,
            )
        )
    for handler, kind in ((urban, "A"), (urban, "B"), (farms, "A")):
        answered = {"assigned_on": "2026-02-10", "replied_on": "2026-03-10"}
        add(office, "handling", "办", "办结", handler=handler, reply_class=kind, **answered)
    add(office, "commitment", "堆粪棚", "已兑现", due="2026-03-31")
    add(office, "commitment", "泊位", "逾期", due="2026-03-01")
    return office


def add(office: Office, kind: str, title: str, state: str, **fields: Any) -> UUID:
    made = Record(
        kind=kind,
        organisation_id=UUID(office.org("congress")),
        title=title,
        state=state,
        fields=fields,
        opened_at=OPENED,
        updated_at=OPENED,
    )
    with transaction():
        session().add(made)
    return made.id


def test_the_year_is_told_from_the_ledgers_and_presented(year: Office) -> None:
    year.start(
        "deputy_clerk",
        "congress_annual_report",
        year="2026",
        from_day="2026-01-01",
        to_day=year.today,
    )
    task = year.task("deputy_clerk", "DraftReport")
    with pytest.raises(AnswersRefused):
        year.finish("deputy_clerk", task, plans="继续。")
    year.do("deputy_clerk", "DraftReport", **TEXTS)
    # Who drafted it does not check it.
    assert year.tasks("deputy_clerk") == []
    year.do("deputy_office", "CheckReport", agreed=False, comment="请写明未评价的件数。")
    year.do("deputy_clerk", "DraftReport")
    year.do("deputy_office", "CheckReport", agreed=True)
    year.do("director", "PresentReport", agreed=True, meeting="区人大常委会第三十次会议")
    told = year.paper("deputy_annual_report").data
    figures = {key: (each["value"], each["share"]) for key, each in told["f"].items()}
    assert figures["submitted"] == (4, None)
    assert figures["admitted"] == (3, 75)
    # Who said nothing is no part of the rate: one of the two who said something.
    assert (figures["evaluated"], figures["unevaluated"]) == ((2, None), (1, None))
    assert (figures["attitude_content"], figures["result_content"]) == ((2, 100), (1, 50))
    assert [figures[f"class_{each}"][0] for each in "abcd"] == [2, 1, 0, 0]
    assert (figures["key"][0], figures["adopted"][0], figures["converted"][0]) == (1, 1, 0)
    by_unit = {
        each["label"][-5:]: [each["figures"][f"class_{one}"]["value"] for one in "ab"]
        for each in told["handlers"]
    }
    assert by_unit == {"农业农村局": [1, 0], "综合执法局": [1, 1]}
    assert [each["value"] for each in told["c"]] == [2, 1, 0, 1]
    assert told["keys"] == ["《甲》（1号），办结，答复类别A类。"]
    assert year.outcomes("congress_annual_report") == ["presented"]
    assert year.failures() == []
