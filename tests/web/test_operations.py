"""Operations: how the house stands, what failed and is tried again, what is deployed."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Office, failing_process
from tests.court import Court
from tests.web.conftest import Browser, Page
from workflow_server.arrivals import SESSION_COOKIE
from workflow_server.services import jobs
from workflow_server.store import upkeep
from workflow_server.store.db import transaction

Browsers = Callable[..., Browser]
SECRET = "机密标题"
PAGES = ("", "/incidents", "/jobs", "/deployments")


@pytest.fixture
def house(app: Flask, databases: Any) -> Office:
    """The office with a process whose second step cannot be done, at which a case stands."""
    made = Office(app)
    made.deploy(failing_process())
    started = made.ann.post("/process-instances", json={"process_key": "p"}).json
    (task,) = made.ann.get("/tasks").json["items"]
    assert started["id"] == task["instance_id"]
    answers = {"answers": {"title": SECRET}}
    assert made.ann.post(f"/tasks/{task['id']}/completion", json=answers).status_code == 200
    return made


@pytest.fixture
def admin(house: Office, browser: Browsers) -> Browser:
    made = browser()
    made.client.set_cookie(SESSION_COOKIE, house.root.token)
    return made


EMPTY = pytest.mark.parametrize("databases", ["sqlite", "postgres"], indirect=True)


@EMPTY
def test_a_step_that_failed_is_found_looked_at_and_tried_again(admin: Browser) -> None:
    overview = admin.get("/operations")
    assert overview.all("#count-1")[0].text == "1"
    found = admin.get(overview.all("#count-1")[0].get("href"))
    (link,) = found.all("tbody a")
    detail = admin.get(link.get("href"))
    assert "未处理" in detail.text
    form = detail.all("details form")[0]
    key = detail.all("details input[name=key]")[0].get("value")
    tried = admin.post(form.get("action"), key=key)
    assert tried.status == 200
    assert "已安排重试" in tried.text
    # It failed again: the old incident is closed, a new one stands.
    assert len(tried.all("tbody tr")) == 1
    assert tried.all("tbody a")[0].get("href") != link.get("href")
    closed = admin.get("/operations/incidents?state=resolved")
    assert closed.all("tbody a")[0].get("href") == link.get("href")
    assert admin.get(link.get("href")).all("details") == []
    # What was clicked twice was done once.
    assert admin.post(form.get("action"), key=key).status == 200
    for wrong in ("", "密" * 3, "k" * 201):
        assert admin.post(form.get("action"), key=wrong).status == 400


@EMPTY
def test_an_administrator_reads_nothing_of_the_case(admin: Browser) -> None:
    incidents = admin.get("/operations/incidents")
    address = incidents.all("tbody a")[0].get("href")
    for path in (*(f"/operations{each}" for each in PAGES), address):
        shown = admin.get(path)
        assert shown.status == 200
        assert SECRET not in shown.response.text


@EMPTY
def test_a_job_that_failed_too_often_is_tried_again(house: Office, admin: Browser) -> None:
    failed = _fail_a_job()
    listed = admin.get("/operations/jobs?status=failed")
    assert [each.get("href") for each in listed.all("tbody a")] == [f"/operations/jobs/{failed}"]
    shown = admin.get(f"/operations/jobs/{failed}")
    assert "KeyError" in shown.text
    assert SECRET not in shown.response.text
    form = shown.all("details form")[0]
    tried = admin.post(form.get("action"), key="b" * 32)
    assert tried.status == 200
    assert tried.all("details") == []
    assert admin.get("/operations/jobs?status=failed").all("tbody a") == []


@EMPTY
def test_a_job_that_nobody_does_turns_the_light(house: Office, admin: Browser) -> None:
    def light() -> str:
        row = admin.get("/operations").all("[data-check=worker] .badge")[0]
        return str(row.text)

    assert light() == "正常"
    _wait_for(timedelta(minutes=5))
    assert light() == "需留意"
    _wait_for(timedelta(hours=5))
    assert light() == "需处理"
    assert upkeep.count_queue(datetime.now(UTC), datetime.now(UTC)).late == 2


def test_what_is_deployed_is_listed_with_what_came_with_it(case: Court, browser: Browsers) -> None:
    shown = browser("admin").get("/operations/deployments")
    assert "随系统安装" in shown.text
    assert "现行" in shown.text
    assert len(shown.all("tbody tr")) >= 3
    assert shown.all("a[href$=bundle]") == []
    designer = browser("designer")
    link = designer.get("/operations/deployments").all("a[href$=bundle]")
    got = Context().run(designer.client.get, link[0].get("href"))
    assert got.mimetype == "application/zip"


@pytest.mark.parametrize("login", ["prosecutor", "security", "auditor", "deputy"])
def test_nobody_but_the_system_administrator_sees_operations(
    case: Court, browser: Browsers, login: str
) -> None:
    stranger = browser(login)
    for path in PAGES:
        assert stranger.get(f"/operations{path}").status == 403


def test_a_page_renews_itself_but_not_for_ever(case: Court, browser: Browsers) -> None:
    admin = browser("admin")

    def renews(times: int) -> Page:
        return admin.get("/operations", headers={"Renewed": str(times)})

    assert renews(0).all("#operations")[0].get("hx-trigger") == "every 10s"
    assert renews(180).all("#operations")[0].get("hx-trigger") is None
    # Whoever stands on something when the page renews itself stands on it afterwards.
    assert all(each.get("id") for each in renews(0).all("#operations a, #operations button"))


def test_an_empty_house_says_what_will_be_there(case: Court, browser: Browsers) -> None:
    admin = browser("admin")
    assert "没有未处理的异常" in admin.get("/operations/incidents").text
    assert "没有符合条件的后台作业" in admin.get("/operations/jobs").text
    assert admin.get("/operations/incidents?page=9&state=x&case=y").status == 200


def _fail_a_job() -> str:
    """Let a job fail until it is left to a person."""
    with transaction():
        job = jobs.enqueue("none", {"secret": SECRET}, now=datetime.now(UTC))
    real = datetime.now(UTC)
    for _ in range(jobs.ATTEMPTS):
        jobs.run_due(datetime.now(UTC), 10, real)
        real += timedelta(hours=1)
    return str(job)


def _wait_for(time: timedelta) -> None:
    with transaction():
        jobs.enqueue("none", {}, now=datetime.now(UTC) - time)
