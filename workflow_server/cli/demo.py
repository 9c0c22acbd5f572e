"""`workflow-server demo`: start a server of its own, play scenarios, keep their papers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import requests
from rich.console import Console
from rich.table import Table

from workflow_server import config
from workflow_server.cli.demands import ScenarioFailed
from workflow_server.cli.player import Player
from workflow_server.cli.steps import Step
from workflow_server.content import bundle, shared
from workflow_server.errors import NotFound

#: How long the server may take to make its database and answer.
START_SECONDS = 180
#: Instead of names: every scenario there is.
ALL = "all"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--out", default="out/demo", show_default=True, type=click.Path(path_type=Path))
@click.option("--log", is_flag=True, help="显示服务器日志 · Show the server's log.")
def demo(names: tuple[str, ...], out: Path, log: bool) -> None:
    """演示 · Play demo scenarios (all, if none is named) over HTTP; papers and trail to --out."""
    told = shared.read(bundle.read_folder(config.load(os.environ).content_root))
    wanted = sorted(told.scenarios) if not names or names == (ALL,) else names
    unknown = set(wanted) - set(told.scenarios)
    if unknown:
        known = ", ".join(sorted(told.scenarios))
        raise NotFound(f"Expected a scenario of {known}, but there is no {', '.join(unknown)}")
    played = [
        _play(name, told.scenarios[name], told.office or {}, out / name, log) for name in wanted
    ]
    if len(played) > 1:
        _sum_up(Console(width=None if sys.stdout.isatty() else 140), played)
    failed = [each for each in played if each["result"] != "ok"]
    if failed:
        raise click.ClickException("\n".join(f"{it['scenario']}: {it['result']}" for it in failed))


def _play(
    name: str, scenario: Mapping[str, Any], office: Mapping[str, Any], folder: Path, log: bool
) -> dict[str, Any]:
    """Play one on a server of its own; return its summary, with what went wrong as its result."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(f"[bold]{scenario['title']}[/bold]\n{scenario.get('description', '')}\n")
    began = time.monotonic()
    total = len(scenario["acts"])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pdf"):
        old.unlink()

    def tell(step: Step) -> None:
        papers = "、".join(d["title"] for d in step.documents)
        console.print(
            f"[dim]{step.number:>3}/{total}[/dim] {step.time[:16].replace('T', ' ')}  "
            f"{step.person} {step.task}"
            + (f"  [yellow]⊘ {step.refused}[/yellow]" if step.refused else "")
            + (f"  [cyan]→ {papers}[/cyan]" if papers else "")
        )

    result, trail, checks = "ok", [], 0
    try:
        with _server(scenario["acts"][0]["at"], log) as url:
            root = config.load(os.environ).content_root
            player = Player(url, office, scenario, folder, tell, root)
            try:
                trail = player.play()
            except ScenarioFailed as failure:
                result, trail = str(failure), [_as_json(step) for step in player.steps]
            checks = player.checks
    finally:
        summary = {
            "scenario": name,
            "title": scenario["title"],
            "shows": scenario.get("shows", ""),
            "steps": len(trail),
            "checks": checks,
            "documents": sum(len(step["documents"]) for step in trail),
            "organisations": len({step["organisation"] for step in trail} - {""}),
            "seconds": round(time.monotonic() - began, 1),
            "result": result,
        }
        _write(folder / "trail.json", trail)
        _write(folder / "summary.json", summary)
    _show(console, trail)
    sign = "[bold green]✓[/bold green]" if result == "ok" else "[bold red]✗[/bold red]"
    console.print(
        f"\n{sign} {summary['steps']} 步 steps, "
        f"{summary['documents']} 份文书 papers, {summary['organisations']} 个单位 organisations, "
        f"{summary['checks']} 项核对 checks, "
        f"{summary['seconds']} s → {folder}/"
    )
    return summary


def _sum_up(console: Console, played: list[dict[str, Any]]) -> None:
    table = Table(title="全部演示 · All scenarios", title_justify="left", show_lines=False)
    for column in ("场景", "步骤", "文书", "核对", "秒", "所证", "结果"):
        table.add_column(column, overflow="fold")
    for each in played:
        counted = (str(each[key]) for key in ("steps", "documents", "checks", "seconds"))
        table.add_row(each["title"], *counted, each["shows"], each["result"])
    console.print()
    console.print(table)


def _as_json(step: Step) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(step)


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _show(console: Console, trail: list[dict[str, Any]]) -> None:
    table = Table(title="办理轨迹 · Trail", title_justify="left", show_lines=False)
    for column in ("时间", "单位", "人员", "任务", "文书", "往来函件"):
        table.add_column(column, overflow="fold")
    for step in trail:
        table.add_row(
            step["time"][:16].replace("T", " "),
            step["organisation"],
            step["person"],
            step["task"] + (f"（⊘ {step['refused']}）" if step["refused"] else ""),
            "\n".join(_paper(document) for document in step["documents"]),
            "\n".join(letter["label"] or letter["type"] for letter in step["deliveries"]),
        )
    console.print()
    console.print(table)


def _paper(document: Mapping[str, Any]) -> str:
    number = f" {document['number']}" if document["number"] else ""
    return f"{document['title']}{number}（{document['pages']}页）"


@contextmanager
def _server(begins: str, log: bool) -> Iterator[str]:
    """A server with its worker, on a free port and an empty SQLite database."""
    with tempfile.TemporaryDirectory(prefix="workflow-server-demo-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "WORKFLOW_SERVER_DEMO": "1",
            "WORKFLOW_SERVER_DEMO_START": begins,
            "WORKFLOW_SERVER_DATA_DIR": folder,
            "WORKFLOW_SERVER_DATABASE_URL": "",
        }
        out = None if log else subprocess.DEVNULL
        program = Path(sys.executable).with_name("workflow-server")
        server = subprocess.Popen(  # noqa: S603 (our own program)
            [program, "serve", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise click.ClickException("the server did not start; try again with --log")
        try:
            if requests.get(f"{url}/api/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise click.ClickException(f"the server did not answer within {START_SECONDS} s")
