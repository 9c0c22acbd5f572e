"""`workflow-server serve` and `work`: web processes, and the crew that runs jobs beside them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

import click
import structlog
from flask import Flask

from workflow_server.cli.house import House
from workflow_server.services import anchors, attachments, clock, deployments, jobs, organisations
from workflow_server.services.sites import Site
from workflow_server.store import db

log = structlog.get_logger(__name__)

#: How long an idle worker waits before it looks for due jobs again, in seconds.
IDLE_SECONDS = 0.2
#: How long a worker waits when the database or a job's ground is away.
TROUBLE_SECONDS = 2.0
#: How many jobs a worker takes at a time.
BATCH = 20
#: How often what interrupted uploads left behind is swept up, in seconds.
SWEEP_SECONDS = 24 * 3600
#: How often a worker looks whether the history is to be anchored, in seconds.
ANCHOR_LOOK_SECONDS = 60
#: Threads of a web process for each connection of its pool: half of the requests may use one
#: (the pool lends up to twice its size), the others wait for slow bodies or for the processor.
THREADS_PER_CONNECTION = 4
#: How long a job in hand may take to finish when the server stops.
STOP_SECONDS = 30
_PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · Address.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="端口 · Port.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="网页进程数 · Web processes.",
)
@click.option("--no-worker", is_flag=True, help="不启动任务进程 · Start no job worker.")
@click.pass_obj
def serve(house: House, host: str, port: int, workers: int, no_worker: bool) -> None:
    """启动服务 · Serve the API, with job workers beside it."""
    from granian.constants import Interfaces
    from granian.server import Server

    _check_free(host, port)
    app = house.create_app()
    house.prepare(app)
    settings = app.config["WORKFLOW_SERVER"]
    crew = Crew(house, 0 if no_worker else settings.job_workers)
    server = Server(
        house.target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_PER_CONNECTION * settings.pool_size,
        factory=True,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    crew.start()
    server.on_startup(lambda: _announce(app, f"http://{host}:{port}", workers, crew.size))
    try:
        server.serve()
    finally:
        crew.stop()


@click.command()
@click.option("--once", is_flag=True, help="做完到期的任务就退出 · Stop when nothing is due.")
@click.pass_obj
def work(house: House, once: bool) -> None:
    """执行任务 · Run due jobs: timers, documents, deliveries."""
    app = house.create_app()
    house.prepare(app)
    if once:
        Broom(app).sweep(time.monotonic())
        Anchorer(app).anchor(time.monotonic())
        while _run_due(app):
            pass
        return
    click.echo("任务进程已启动。 Running due jobs; Ctrl-C stops.")
    run_jobs(app)


class Crew:
    """The processes beside the web that run jobs; one that falls is started anew."""

    def __init__(self, house: House, size: int) -> None:
        self.size = size
        self._house = house
        self._stopping = threading.Event()
        self._processes: list[Any] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the processes; call before the server makes threads."""
        self._processes = [self._spawn() for _ in range(self.size)]
        for index in range(self.size):
            thread = threading.Thread(target=self._keep, args=(index,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let each finish the job in hand, then end it."""
        self._stopping.set()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()

    def _spawn(self) -> Any:
        process = multiprocessing.Process(target=_work_beside, args=(self._house, os.getpid()))
        process.start()
        return process

    def _keep(self, index: int) -> None:
        while not self._stopping.is_set():
            self._processes[index].join()
            if not self._stopping.wait(1):
                log.warning("job_worker_fell", exit_code=self._processes[index].exitcode)
                self._processes[index] = self._spawn()


class Broom:
    """Sweeps up what interrupted uploads left behind: at once, and then every day."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._due: float | None = None

    def sweep(self, moment: float) -> None:
        """Sweep if it is time; `moment` is of a clock that only goes ahead."""
        if self._due is None or moment >= self._due:
            self._due = moment + SWEEP_SECONDS
            with self._app.app_context():
                attachments.sweep()


class Anchorer:
    """Binds the chains of the history together when it is time, and looks every minute."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._due = 0.0

    def anchor(self, moment: float) -> None:
        """Anchor if it is time; `moment` is of a clock that only goes ahead."""
        if moment >= self._due and self._app.config["WORKFLOW_SERVER"].anchor_minutes:
            self._due = moment + ANCHOR_LOOK_SECONDS
            with self._app.app_context():
                anchors.make_if_due(clock.now())


def run_jobs(app: Flask, parent: int | None = None) -> None:
    """Run due jobs until told to stop, or until the parent process is gone."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    broom, anchorer = Broom(app), Anchorer(app)
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        try:
            broom.sweep(time.monotonic())
            anchorer.anchor(time.monotonic())
            done = _run_due(app)
        except Exception:
            log.exception("jobs_could_not_run")
            stop.wait(TROUBLE_SECONDS)
        else:
            if not done:
                stop.wait(IDLE_SECONDS)


def _work_beside(house: House, parent: int) -> None:
    # Ctrl-C reaches all of us; the parent stops, and it is the one that ends the rest.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    run_jobs(house.create_app(), parent)


def _run_due(app: Flask) -> int:
    with app.app_context():
        return jobs.run_due(clock.now, BATCH)


def _check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be had, before anything is started."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"地址 {host}:{port} 不可用，可用 --port 换一个端口。"
            f" Expected to serve on {host}:{port}, but: {reason}."
        ) from error


def _announce(app: Flask, address: str, workers: int, job_workers: int) -> None:
    settings = app.config["WORKFLOW_SERVER"]
    store = "PostgreSQL" if settings.url.startswith("postgresql") else "SQLite"
    click.echo(f"工作流服务器已启动 · Serving on {address}")
    click.echo(f"  接口说明 API            {address}/api/docs")
    click.echo(f"  网页进程 web processes  {workers}，任务进程 job workers {job_workers}，{store}")
    if settings.demo:
        with app.app_context():
            shared = deployments.content_of_newest().shared
            db.db.engine.dispose()
        _show_accounts(shared.office or {}, shared.site)
    click.echo(f"  在浏览器中打开 Open {address} in a browser；Ctrl-C 停止 stops.")


def _show_accounts(office: Mapping[str, Any], site: Site | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:  # a log file has no width of its own
        console = Console(width=120)
    for each in site.newcomer if site is not None else ():
        console.print(f"\n{each.zh}\n{each.en}", markup=False, highlight=False)
    told = {each.login: each.words for each in site.accounts} if site is not None else {}
    posts = _posts(office)
    table = Table(title="演示账号 · Demo accounts (never for real cases)", title_justify="left")
    for column in ("登录名 login", "口令 password", "姓名 name", "做什么 does what"):
        table.add_column(column, overflow="fold")
    for person in sorted(office.get("people", ()), key=lambda each: each["login"] not in told):
        login, words = person["login"], told.get(person["login"])
        does = f"{words.zh}\n{words.en}" if words else "；".join(posts.get(login, ()))
        password = person.get("password", organisations.DEMO_PASSWORD)
        table.add_row(login, password, person["name"], does)
    console.print(table)


def _posts(office: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what everybody of an office is, in words, by login."""
    names = {
        given["key"]: given.get("short_name", given["name"])
        for given in office.get("organisations", ())
    }
    posts: dict[str, list[str]] = {}
    for given in office.get("positions", ()):
        post = f"{names[given['organisation']]} {given.get('title') or given['role']}"
        posts.setdefault(given["person"], []).append(post)
    return posts
