"""Numbers are gapless, unique, registered, and never given twice."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.services.stage import NOW, Stage
from workflow_server.content.elements import NumberEffect
from workflow_server.errors import Forbidden, InvalidInput, NotFound
from workflow_server.services import numbers
from workflow_server.services.actors import Actor
from workflow_server.services.numbers import NumberVoided, UnknownSeries
from workflow_server.store import numbers as store
from workflow_server.store.db import db, session, transaction
from workflow_server.store.numbers import Number


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage().build()


def draw(stage: Stage, series: str = "letter_no", now: datetime = NOW) -> str:
    with stage.acting(now=now) as situation:
        return numbers.draw(
            situation, series, given_to="instance", given_to_id=stage.instance_id
        ).text


def without_rights(actor: Actor) -> Actor:
    return replace(
        actor, positions=tuple(replace(each, rights=frozenset()) for each in actor.positions)
    )


def draw_and_fail(stage: Stage) -> None:
    with stage.acting() as situation:
        numbers.draw(situation, "letter_no", given_to="instance", given_to_id=stage.instance_id)
        raise ZeroDivisionError


def test_numbers_of_a_series_follow_each_other(stage: Stage) -> None:
    assert [draw(stage) for _ in range(3)] == [f"甲函〔2026〕{n}号" for n in (1, 2, 3)]
    assert draw(stage, "permit_no") == "甲许〔2026〕1号"


def test_a_number_becomes_a_fact(stage: Stage) -> None:
    with stage.acting() as situation:
        numbers.apply(NumberEffect("letter_no", "doc_no"), situation)
    assert stage.variables()["doc_no"] == "甲函〔2026〕1号"


def test_a_year_begins_with_one_at_midnight_of_shanghai(stage: Stage) -> None:
    draw(stage)
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert draw(stage, now=new_year) == "甲函〔2027〕1号"


def test_other_fields_of_the_issuer_are_found(stage: Stage) -> None:
    assert draw(stage, "seal_no") == "东2026001"


def test_a_rolled_back_transaction_leaves_no_gap(stage: Stage) -> None:
    draw(stage)
    with pytest.raises(ZeroDivisionError):
        draw_and_fail(stage)
    assert draw(stage) == "甲函〔2026〕2号"
    _, total = numbers.list_register(stage.clerk, stage.office, "letter_no", 2026)
    assert total == 2


def test_an_undeclared_series_is_refused(stage: Stage) -> None:
    with pytest.raises(UnknownSeries, match="nowhere"):
        draw(stage, "nowhere")


def test_a_voided_number_stays_in_the_register_and_is_not_given_again(stage: Stage) -> None:
    draw(stage)
    (first,), _ = numbers.list_register(stage.clerk, stage.office, "letter_no", 2026)
    numbers.void(stage.clerk, first.id, "打印错误", NOW)
    assert draw(stage) == "甲函〔2026〕2号"
    rows, total = numbers.list_register(stage.clerk, stage.office, "letter_no", 2026)
    assert [(row.n, row.void_reason) for row in rows] == [(1, "打印错误"), (2, None)]
    assert total == 2
    with pytest.raises(NumberVoided):
        numbers.void(stage.clerk, first.id, "again", NOW)


def test_voiding_needs_a_reason_and_ones_own_number(stage: Stage) -> None:
    draw(stage)
    (first,), _ = numbers.list_register(stage.clerk, stage.office, "letter_no", 2026)
    with pytest.raises(InvalidInput, match="原因"):
        numbers.void(stage.clerk, first.id, " ", NOW)
    with pytest.raises(NotFound):
        numbers.void(stage.owner, first.id, "x", NOW)
    with pytest.raises(Forbidden):
        numbers.void(without_rights(stage.clerk), first.id, "x", NOW)
    assert numbers.list_register(stage.owner, stage.office, "letter_no", 2026) == ([], 0)
    assert numbers.list_register(stage.root) == ([], 0)
    assert numbers.list_register(stage.owner) == ([], 0)


def test_simultaneous_drawers_stand_in_line(app: Flask, stage: Stage) -> None:
    drawn: list[int] = []
    failed: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    # No instance is locked here: only the series makes them wait.
                    with transaction():
                        drawn.append(store.next_number(stage.office, "letter_no", 2026))
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(drawn) == list(range(1, 41))


DRAW_FOR_EVER = """
import sys, uuid
from pathlib import Path
from datetime import UTC, datetime
from workflow_server.app import create_app
from workflow_server.store import numbers
from workflow_server.store.db import transaction
from workflow_server.store.numbers import Number
office = uuid.UUID(sys.argv[2])
with create_app({"database_url": sys.argv[1], "data_dir": Path(sys.argv[3])}).app_context():
    print("ready", flush=True)
    while True:
        with transaction():
            n = numbers.next_number(office, "letter_no", 2026)
            numbers.add(Number(
                organisation_id=office, series="letter_no", year=2026, n=n, text=str(n),
                given_to="instance", given_to_id=office, given_at=datetime.now(UTC)))
"""


def start_drawing(url: str, stage: Stage, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", DRAW_FOR_EVER, url, str(stage.office), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def _drawn(stage: Stage) -> tuple[list[Number], int]:
    """Return the register as it is now: others draw."""
    session().rollback()
    return numbers.list_register(stage.clerk, stage.office, "letter_no", 2026, page_size=1_000_000)


def test_kill_9_of_drawing_processes_leaves_no_gap(
    database_url: str, stage: Stage, tmp_path: Path
) -> None:
    children = [start_drawing(database_url, stage, tmp_path) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
    until = time.monotonic() + 60
    while _drawn(stage)[1] <= len(children) and time.monotonic() < until:
        time.sleep(0.05)
    for child in children:
        child.kill()
        child.communicate()
    # Drawn first: it waits for a commit that was under way when its client was killed.
    last = draw(stage)
    rows, total = _drawn(stage)
    assert total > 2
    assert [row.n for row in rows] == list(range(1, total + 1))
    assert last == f"甲函〔2026〕{total}号"
