"""Areas outside any instance take acts that come at once, each in its turn."""

from __future__ import annotations

from threading import Thread

import sqlalchemy as sa
from flask import Flask

from tests.services.conftest import NOW, House
from tests.services.drawing import line
from tests.services.tampering import attacker
from workflow_server.events import Event
from workflow_server.services import history, verifications
from workflow_server.store import history as rows
from workflow_server.store.db import db, transaction
from workflow_server.store.history import Act


def test_acts_of_an_area_that_come_at_once_stand_in_one_chain(app: Flask) -> None:
    refused: list[Exception] = []

    def act() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    with transaction():
                        history.append_to_area("errands", Act(at=NOW, act=Event.NOTHING_CHANGED))
            except Exception as error:
                refused.append(error)
            db.session.remove()

    threads = [Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    chain = rows.area("errands")
    assert rows.list_(chain, 1, 0)[1] == 40
    assert verifications.find_break(chain) is None


def test_rows_cut_off_a_tail_are_missed(house: House) -> None:
    house.deploy(line("draft", "check"))
    cut = house.start(house.ann).instance.id
    house.complete(house.ann, "draft", title="甲")
    emptied = house.start(house.ann).instance.id
    assert verifications.verify().findings == []
    of = rows.HistoryRow.chain_id
    with attacker() as session:
        session.execute(sa.delete(rows.HistoryRow).where(of == cut, rows.HistoryRow.seq == 2))
        session.execute(sa.delete(rows.HistoryRow).where(of == emptied))
    assert {each.chain_id: each.seq for each in verifications.verify().findings} == {
        cut: 2,
        emptied: 1,
    }
