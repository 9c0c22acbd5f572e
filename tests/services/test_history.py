"""Areas outside any instance take acts that come at once, each in its turn."""

from __future__ import annotations

from threading import Thread

from flask import Flask

from tests.services.conftest import NOW
from workflow_server.events import Event
from workflow_server.services import history
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
    assert rows.find_break(chain) is None
