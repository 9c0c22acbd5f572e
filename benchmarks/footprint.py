"""What a completion asks of the database, and what a finished instance leaves in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import ten_tasks
from benchmarks.report import report
from workflow_server.app import create_app, prepare

#: Instances counted for rows and bytes; pages are 4 KiB, so one alone says little.
INSTANCES = 200


class Counter:
    """Counts the statements and commits of an engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self.statements: list[str] = []
        self.commits = 0
        sa.event.listen(engine, "before_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._committed)

    def _executed(self, _c: Any, _u: Any, statement: str, *_more: Any) -> None:
        self.statements.append(statement)

    def _committed(self, _connection: Any) -> None:
        self.commits += 1

    def clear(self) -> None:
        self.statements.clear()
        self.commits = 0


def measure(folder: Path) -> None:
    from workflow_server.store import db

    content = ten_tasks.write(folder / "content")
    app = create_app({"data_dir": folder / "data", "content_dir": str(content), "demo": True})
    prepare(app)
    client = app.test_client()
    session = client.post(
        "/api/sessions", json={"login": "worker", "password": ten_tasks.PASSWORD}
    ).get_json()
    headers = {"Authorization": f"Bearer {session['token']}"}
    with app.app_context():
        engine = db.db.engine
    counter = Counter(engine)

    def run() -> None:
        answer = client.post(
            "/api/process-instances", json={"process_key": "ten_tasks"}, headers=headers
        ).get_json()
        while answer["next_tasks"]:
            counter.clear()
            answer = client.post(
                f"/api/tasks/{answer['next_tasks'][0]['id']}/completion",
                json={"answers": ten_tasks.ANSWERS},
                headers=headers,
            ).get_json()
            seen.append((len(counter.statements), counter.commits))

    seen: list[tuple[int, int]] = []
    run()
    report("complete_task.statements", max(s for s, _ in seen), "statements", "<= 8")
    report("complete_task.commits", max(c for _, c in seen), "commits", "<= 1")
    rows, size = _rows(engine), _size(engine)
    for _ in range(INSTANCES):
        run()
    report("instance.rows", (_rows(engine) - rows) / INSTANCES, "rows", "<= 25")
    report("instance.bytes", (_size(engine) - size) / INSTANCES, "bytes", "<= 8192")


def _rows(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return sum(
            connection.scalar(sa.text(f'select count(*) from "{name}"')) or 0 for name in names
        )


def _size(engine: sa.Engine) -> int:
    """Bytes of the SQLite pages in use, indexes included."""
    with engine.connect() as connection:
        pages, free, page = (
            connection.execute(sa.text(f"pragma {name}")).scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * page
