"""Letters in the browser: received, acknowledged, read with papers and conversation; one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.court import Court
from tests.web.conftest import Browser
from workflow_server.services import tasks
from workflow_server.store.db import db, session
from workflow_server.store.deliveries import Delivery

Opening = Callable[..., Browser]
REPLY = "整改落实情况回复"


@pytest.fixture
def replied(case: Court) -> Court:
    """The unit has answered item by item, and the procuratorate reads it."""
    case.play(until="ReviewReply")
    return case


def letter(kind: str) -> Delivery:
    found = session().scalars(
        sa.select(Delivery).where(Delivery.type == kind).order_by(Delivery.sent_at)
    )
    return found.all()[-1]


def test_an_empty_office_is_told_what_will_come(browser: Opening, case: Court) -> None:
    clerk = browser("congress_clerk")
    assert "还没有收到函件" in clerk.get("/letters").text
    assert "还没有发出过函件" in clerk.get("/letters?tab=sent").text
    own = clerk.get("/letters/own")
    assert "还没有发起过" in own.text
    assert own.all(".empty a[href^='/start/']")


def test_letters_say_from_whom_and_what_is_to_be_done(browser: Opening, replied: Court) -> None:
    page = browser("prosecutor").get("/letters")
    (row,) = [each for each in page.all("tbody tr") if REPLY in each.text_content()]
    told = row.text_content()
    assert "待签收" in told
    assert "审查整改回复" in told
    assert row.cssselect("a.btn[href^='/tasks/']")
    assert row.cssselect("a[href^='/documents/']")


def test_letters_are_found_by_type_state_counterpart_and_number(
    browser: Opening, replied: Court
) -> None:
    clerk = browser("congress_clerk")
    number = letter("M-FEEDBACK").payload["letter_no"]

    def found(query: str) -> int:
        return len(clerk.get(f"/letters?{query}").all("tbody tr"))

    assert found("") > found("type=M-ACK") == 1
    assert found(f"text={number}") == 1
    assert found("counterpart=检察院") == found("") == found("state=new")
    assert found("counterpart=不存在的单位") == 0
    assert "清除条件" in clerk.get("/letters?state=acknowledged").text
    assert found("text=%25") == 0


def test_a_letter_shows_its_paper_its_words_and_its_conversation(
    browser: Opening, replied: Court
) -> None:
    page = browser("congress_clerk").get(f"/letters/{letter('M-FEEDBACK').id}")
    assert page.all("[data-island=paper][data-source^='/api/documents/']")
    assert "处理结果" in page.text
    assert "立案" in page.text
    thread = [each.text_content() for each in page.all("ol li")]
    assert [words for words in ("移送案件线索", "线索接收回执") if words in " ".join(thread)] == [
        "移送案件线索",
        "线索接收回执",
    ]


def test_a_letter_is_acknowledged_once_and_the_sender_sees_it(
    browser: Opening, replied: Court
) -> None:
    sent = letter("M-REPLY").id
    unit, prosecutor = browser("unit_clerk"), browser("prosecutor")
    assert "待对方签收" in unit.get(f"/letters/{sent}").text
    assert not unit.get(f"/letters/{sent}").all("form[action$=acknowledgement]")
    assert prosecutor.get(f"/letters/{sent}").all("form[action$=acknowledgement]")
    assert "已签收，发件单位可以看到" in prosecutor.post(f"/letters/{sent}/acknowledgement").text
    assert "对方已签收" in unit.get(f"/letters/{sent}").text
    again = prosecutor.post(f"/letters/{sent}/acknowledgement")
    assert again.status == 409
    assert "当前不能签收" in again.text


def test_the_sender_cannot_acknowledge_and_a_stranger_finds_nothing(
    browser: Opening, replied: Court
) -> None:
    sent = letter("M-REPLY").id
    refused = browser("unit_clerk").post(f"/letters/{sent}/acknowledgement")
    assert refused.status == 409
    stranger = browser("outsider")
    for path in (f"/letters/{sent}", f"/letters/{uuid4()}"):
        assert stranger.get(path).status == 404
    assert stranger.post(f"/letters/{sent}/acknowledgement").status == 404
    assert REPLY not in stranger.get("/letters").text


def test_a_letter_on_paper_is_handed_over_with_a_note(browser: Opening, replied: Court) -> None:
    sent = letter("M-REPLY").id
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(Delivery)
            .where(Delivery.id == sent)
            .values(status="paper", delivered_at=None, received_instance_id=None)
        )
    session().expire_all()
    clerk = browser("unit_clerk")
    assert "待登记纸质送达" in clerk.get(f"/letters/{sent}").text
    empty = clerk.post(f"/letters/{sent}/hand-over", note=" ")
    assert (empty.status, "请写明何时" in empty.text) == (422, True)
    done = clerk.post(f"/letters/{sent}/hand-over", note="四月二十日由张某当面送达 <b>")
    assert "已纸质送达" in done.text
    assert "<b>" in done.text
    assert clerk.post(f"/letters/{sent}/hand-over", note="又一次").status == 409


def test_the_clerk_sees_where_each_of_their_own_stands(browser: Opening, case: Court) -> None:
    case.play(until="ApproveTransfer")
    clerk = browser("congress_clerk")
    before = clerk.get("/letters/own")
    assert "尚未发出函件" in before.text
    assert "审批案件线索移送函" in before.text
    case.play(until="ClassifyAndAssign")
    page = clerk.get("/letters/own")
    assert letter("M-LEAD").payload["letter_no"] in page.text
    assert "已回复：线索接收回执" in page.text
    assert "须于" in page.text
    assert "等待线索处理情况反馈" in page.text
    assert page.all("a[href^='/api/documents/']")
    assert len(clerk.get("/letters/own?state=over").all("li.list-group-item")) == 0
    assert len(clerk.get("/letters/own?text=停车").all("li.list-group-item")) == 1


def test_the_unit_answers_item_by_item(case: Court) -> None:
    case.play(until="DraftReply")
    clerk = case.people["unit_clerk"]
    (listed,) = tasks.list_(clerk, mine=True)[0]
    desk = tasks.get_desk(clerk, listed.task.id, case.now)
    items: list[dict[str, Any]] = letter("M-SUGGEST").payload["items"]
    rows = desk.initial["items"]
    assert [row["no"] for row in rows] == list(range(1, len(items) + 1))
    assert [row["suggestion"] for row in rows] == [item["text"] for item in items]
    assert [each.kind for each in desk.previews] == ["rectification_reply"]


def test_a_list_of_letters_takes_as_many_statements_however_long(
    browser: Opening, case: Court, statements: Callable[[], int]
) -> None:
    clerk = browser("congress_clerk")
    case.play(until="ClassifyAndAssign")
    clerk.get("/letters")
    few = _counted(statements, lambda: clerk.get("/letters"))
    case.play(until="InviteDeputy")
    many = _counted(statements, lambda: clerk.get("/letters"))
    assert many <= few + 1


def test_a_list_of_own_matters_takes_as_many_statements_however_long(
    browser: Opening, case: Court, statements: Callable[[], int]
) -> None:
    clerk = browser("congress_clerk")
    case.play(until="ClassifyAndAssign")
    assert len(clerk.get("/letters/own").all("li.list-group-item")) == 1
    few = _counted(statements, lambda: clerk.get("/letters/own"))
    case.start_more(3)
    assert len(clerk.get("/letters/own").all("li.list-group-item")) == 4
    assert _counted(statements, lambda: clerk.get("/letters/own")) == few


def _counted(statements: Callable[[], int], act: Callable[[], object]) -> int:
    before = statements()
    act()
    return statements() - before


@pytest.fixture
def statements(case: Court) -> Any:
    """How many statements were sent until now."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1

    sa.event.listen(db.engine, "before_cursor_execute", count)
    yield lambda: seen[0]
    sa.event.remove(db.engine, "before_cursor_execute", count)
