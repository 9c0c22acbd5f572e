"""Home: what is to do, what was done, what one has started; how near its days are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.services import due_days, working_days
from workflow_server.store import db
from workflow_server.store.db import session, transaction
from workflow_server.store.tasks import Task, TaskStatus
from workflow_server.store.types import new_id

Browsers = Callable[..., Browser]


def _badges(page: Page) -> list[int]:
    return [int(each.text_content()) for each in page.all("#worklist .nav-link .badge")]


def _names(page: Page) -> list[str]:
    return [each.text_content() for each in page.all("#worklist tbody .row-link")]


def _make_due(day: date | None) -> None:
    with transaction():
        db.run(sa.update(Task).where(Task.status == TaskStatus.OPEN).values(due_on=day))


def test_who_has_a_task_finds_it_and_is_led_to_it(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    page = browser("dept_head").get("/")
    assert _badges(page)[0] == len(_names(page)) == 1
    assert page.link(_names(page)[0]).startswith("/tasks/")
    assert "待领取" in page.text


def test_what_somebody_has_done_stays_to_be_looked_at(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    manager = browser("case_mgmt")
    assert _badges(manager.get("/")) == [0, 1, 0]
    done = manager.get("/?tab=done")
    assert len(_names(done)) == 1
    assert manager.get(done.link(_names(done)[0])).status == 200
    assert _badges(browser("prosecutor").get("/"))[1] == 0


def test_who_started_a_case_sees_how_far_it_is(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    page = browser("congress_clerk").get("/?tab=started")
    assert _badges(page)[2] == 1
    assert "办理中" in page.text
    assert browser("congress_clerk").get(page.link(_names(page)[0])).status == 200
    assert not _names(browser("case_mgmt").get("/?tab=started"))


def test_nobody_sees_what_others_have_to_do(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    for tab in ("to_do", "done", "started"):
        page = browser("outsider").get(f"/?tab={tab}")
        assert _badges(page) == [0, 0, 0]
        assert not _names(page)


@pytest.mark.parametrize("tab", ["to_do", "done"])
def test_a_list_is_searched_by_name_and_title_and_number(
    case: Court, browser: Browsers, tab: str
) -> None:
    case.play(until="ClassifyAndAssign")
    reader = browser("dept_head" if tab == "to_do" else "case_mgmt")
    (name,) = _names(reader.get(f"/?tab={tab}"))
    row = reader.get(f"/?tab={tab}").all("tbody td")[1].text_content().split()
    for text in (name, name[1:3], *row):
        assert _names(reader.get(f"/?tab={tab}&text={text}")) == [name], text
    none = reader.get(f"/?tab={tab}&text=%25")
    assert not _names(none)
    assert "没有符合条件的内容" in none.text
    assert none.link("清除条件")


def test_what_is_typed_into_the_search_is_shown_as_text(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    page = browser("dept_head").get("/?text=%22%3E%3Cscript%3Ex%3C/script%3E")
    assert page.all("#text")[0].get("value") == '"><script>x</script>'
    assert not [each for each in page.all("script") if each.text]


def test_a_list_is_narrowed_by_process_and_by_day(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    head = browser("dept_head")
    keys = [each.get("value") for each in head.get("/").all("#process option")][1:]
    assert sum(len(_names(head.get(f"/?process={key}"))) for key in keys) == 1
    today = due_days.today(datetime.now().astimezone())
    _make_due(today - timedelta(days=1))
    assert len(_names(head.get("/?due=overdue"))) == 1
    _make_due(today)
    assert not _names(head.get("/?due=overdue"))
    assert len(_names(head.get("/?due=week"))) == 1
    _make_due(today + timedelta(days=8))
    assert not _names(head.get("/?due=week"))


def test_how_near_a_day_is_is_said_in_words_and_by_colour(case: Court, browser: Browsers) -> None:
    case.play(until="ClassifyAndAssign")
    today = due_days.today(datetime.now().astimezone())
    lights = {
        today - timedelta(days=3): ("due-red", "已超期 3 天"),
        today: ("due-yellow", "今天到期"),
        today + timedelta(days=100): ("due-green", "还有 100 天"),
    }
    for day, (colour, words) in lights.items():
        _make_due(day)
        (light,) = browser("dept_head").get("/").all(".due")
        assert colour in light.get("class")
        assert words in light.text_content()
        assert day.isoformat() in light.text_content()


@pytest.mark.parametrize(
    ("day", "colour", "workdays"),
    [
        ("2026-09-30", "yellow", 1),
        ("2026-10-08", "yellow", 2),
        ("2026-10-10", "green", 4),
        ("2026-09-29", "yellow", 0),
    ],
)
def test_days_are_counted_as_working_days(
    case: Court, day: str, colour: str, workdays: int
) -> None:
    at = datetime.fromisoformat("2026-09-29T09:00+08:00")
    assert working_days.current(at).is_workday(date(2026, 10, 10))
    light = due_days.look_at(date.fromisoformat(day), at)
    assert (light.colour, light.workdays) == (colour, workdays)


def test_the_week_ends_on_sunday() -> None:
    for day in range(5, 12):
        at = datetime.fromisoformat(f"2026-10-{day:02}T23:59+08:00")
        assert due_days.week_end(at) == date(2026, 10, 11)


def test_the_most_urgent_comes_first_and_long_lists_have_pages(
    case: Court, browser: Browsers
) -> None:
    case.play(until="ClassifyAndAssign")
    row = session().scalars(sa.select(Task).where(Task.status == TaskStatus.OPEN)).one()
    columns = {each.name: getattr(row, each.name) for each in Task.__table__.columns}
    with transaction():
        for number in range(25):
            day = date(2030, 1, 1) + timedelta(days=25 - number)
            session().add(Task(**columns | {"id": new_id(), "due_on": day, "name": f"{day}"}))
    head = browser("dept_head")
    first, second = head.get("/"), head.get("/?page=2")
    assert _badges(first)[0] == 26
    assert _names(first) == sorted(_names(first))
    assert (len(_names(first)), len(_names(second))) == (20, 6)
    assert first.link("下一页") == "/?page=2"
    assert "没有内容" in head.get("/?page=9").text


def test_an_empty_home_says_what_comes_and_what_can_be_started(
    case: Court, browser: Browsers
) -> None:
    page = browser("congress_clerk").get("/")
    assert "没有待办任务" in page.text
    assert page.all(".hint[href^='/start/']")


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("admin", "/operations"),
        ("security", "/account"),
        ("auditor", "/api/docs"),
        ("designer", "/designs"),
    ],
)
def test_who_has_no_tasks_is_told_what_there_is_to_do(
    case: Court, browser: Browsers, login: str, address: str
) -> None:
    page = browser(login).get("/")
    assert address in [each.get("href") for each in page.all(".hint")]
    assert all(browser(login).get(each.get("href")).status == 200 for each in page.all(".hint"))


def test_an_identity_narrows_what_is_to_do_and_stands_beside_the_name(
    case: Court, browser: Browsers
) -> None:
    head = browser("dept_head")
    (position,) = [each.get("value") for each in head.get("/").all("button[name=position]")]
    chosen = head.post("/identity", position=position, back="/")
    assert chosen.all(".me-post")[0].text_content()
    assert head.post("/identity", position="no-uuid", back="/").status == 200


def test_a_home_takes_the_same_number_of_statements_however_much_there_is(
    case: Court, browser: Browsers
) -> None:
    case.play(until="ApproveTransfer")
    head, clerk = browser("congress_head"), browser("congress_clerk")
    assert len(_names(head.get("/"))) == len(clerk.get("/?tab=started").all("tbody tr")) == 1
    few = _statements(head, "/"), _statements(clerk, "/?tab=started")
    case.start_more(4)
    assert len(_names(head.get("/"))) == len(clerk.get("/?tab=started").all("tbody tr")) == 5
    assert (_statements(head, "/"), _statements(clerk, "/?tab=started")) == few


def _statements(someone: Browser, path: str) -> int:
    seen: list[str] = []

    def note(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(text)

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
    try:
        assert someone.get(path).status == 200
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
    return len([each for each in seen if each.lstrip().startswith(("SELECT", "WITH"))])
