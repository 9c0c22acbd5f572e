"""Areas outside any instance take acts that come at once, each in its turn."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from tests.services.conftest import NOW, House
from tests.services.drawing import line
from tests.services.tampering import attacker
from workflow_server.events import Event
from workflow_server.services import history, verifications
from workflow_server.store import chains
from workflow_server.store import history as rows
from workflow_server.store.db import db, migrate, migrating, transaction
from workflow_server.store.history import Act

SOURCE = Path(history.__file__).parents[1]


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


def test_an_act_whose_transaction_fails_leaves_neither_row_nor_end(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            history.append_to_area("errands", Act(at=NOW, act=Event.NOTHING_CHANGED))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction():
        history.append_to_area("errands", Act(at=NOW, act=Event.NOTHING_CHANGED))
    assert rows.list_(rows.area("errands"), 10, 0)[1] == 1
    assert verifications.verify().findings == []


def test_who_is_killed_while_writing_and_anchoring_leaves_whole_chains(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    writer = tmp_path / "writer.py"
    writer.write_text(WRITER)
    arguments = [sys.executable, str(writer), database_url, str(tmp_path / "data")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"busy\n"
        time.sleep(0.3)
        process.kill()
    report = verifications.verify()
    assert report.findings == []
    assert report.rows > 0


WRITER = """
import sys
from pathlib import Path
from workflow_server.app import create_app
from workflow_server.services import anchors, clock, history
from workflow_server.store.db import transaction
from workflow_server.store.history import Act

with create_app({"database_url": sys.argv[1], "data_dir": Path(sys.argv[2])}).app_context():
    for number in range(100_000):
        with transaction():
            history.append_to_area("errands", Act(at=clock.now(), act="Written"))
        if number == 5:
            print("busy", flush=True)
        if number % 5 == 0:
            anchors.make(clock.now())
"""


def test_areas_that_were_there_before_ends_were_kept_get_theirs(app: Flask) -> None:
    for _ in range(3):
        with transaction():
            history.append_to_area("deployments", Act(at=NOW, act=Event.NOTHING_CHANGED))
    chain = rows.area("deployments")
    before = chains.find_end(chain)
    db.session.remove()
    with migrating() as script:
        command.downgrade(script, "0002")
    migrate()
    assert chains.find_end(chain) == before == (3, before[1] if before else b"")
    assert verifications.verify().findings == []


def test_every_area_that_is_written_to_is_known_by_name_and_no_other() -> None:
    written = {name for path in SOURCE.rglob("*.py") for name in areas_in(path)}
    assert written == set(rows.AREAS)


def areas_in(path: Path) -> Iterator[str]:
    """Yield the areas that a module appends to, by a text or by a constant of the list."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("append_to_area"):
            continue
        named = node.args[0]
        if isinstance(named, ast.Name):
            named = constants.get(named.id, named)
        if isinstance(named, ast.Constant):
            yield str(named.value)
        elif isinstance(named, ast.Name | ast.Attribute):
            name = named.id if isinstance(named, ast.Name) else named.attr
            # A constant of another module stands for one of the list, or for what it is handed.
            yield from _named(name)


def _named(name: str) -> Iterator[str]:
    if name == "AREA":
        yield rows.INQUIRIES
    elif name.isupper():
        yield getattr(rows, name)
