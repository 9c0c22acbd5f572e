"""`workflow-server audit`: prove the history, anchor it, hand it out."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import click
import orjson

from workflow_server.cli.house import House
from workflow_server.config import CHINA
from workflow_server.services import anchors, audits, clock, verifications
from workflow_server.store import db


class Kept(click.ParamType[tuple[int, str]]):
    """An anchor as it was kept elsewhere: its number and its hash."""

    name = "NUMBER:HASH"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        """Read "12:ab…"."""
        if not re.fullmatch(r"\d+:[0-9a-fA-F]{64}", value):
            self.fail("应为“编号:64位十六进制” Expected NUMBER:HASH", param, ctx)
        number, digest = value.split(":")
        return int(number), digest


@click.group(invoke_without_command=True)
@click.pass_context
def audit(context: click.Context) -> None:
    """审计留痕 · Prove, anchor and export the history; without a word: verify."""
    if context.invoked_subcommand is None:
        context.invoke(verify)


@audit.command()
@click.option("--instance", type=click.UUID, help="只核验一个流程实例 · Only this instance.")
@click.option("--area", help="只核验一个管理区域 · Only this administrative area.")
@click.option("--since", type=int, help="只核验该次锚定之后 · Only what came after this anchor.")
@click.option("--known", type=Kept(), help="另行保存的锚定 · An anchor that was kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · Print JSON.")
@click.pass_obj
def verify(
    house: House,
    instance: UUID | None = None,
    area: str | None = None,
    since: int | None = None,
    known: tuple[int, str] | None = None,
    as_json: bool = False,
) -> None:
    """核验历史 · Prove chains and anchors; exit 1 when a row is not what was written."""
    if sum(each is not None for each in (instance, area, since)) > 1:
        raise click.UsageError("只能选一个范围。 Choose one of --instance, --area, --since.")
    with house.create_app().app_context():
        db.migrate()
        report = verifications.verify(
            instance_id=instance, area=area, since=since, known=known, progress=_progress()
        )
    if as_json:
        click.echo(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(report)
    if report.findings:
        raise SystemExit(1)


@audit.command()
@click.pass_obj
def anchor(house: House) -> None:
    """锚定 · Bind all chains that went on, and print the hash to be kept elsewhere."""
    with house.create_app().app_context():
        db.migrate()
        made = anchors.make(clock.now())
        if made is not None:
            click.echo(f"锚定{made.seq}：{made.heads} 条链 chains")
            click.echo(f"{made.seq}:{made.hash.hex()}")
            return
        last = anchors.find_last()
    if last is None:
        click.echo("没有可锚定的内容。 Nothing to anchor.")
        return
    click.echo("没有新内容，仍为上次锚定。 Nothing new; the last anchor stands.")
    click.echo(f"{last.seq}:{last.hash.hex()}")


@audit.command()
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="起始日 · First day.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="截止日 · Last day.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="JSON Lines 文件；旁边另有 CSV 和清单 · The file; a CSV and a manifest come beside it.",
)
@click.pass_obj
def export(house: House, first: datetime | None, last: datetime | None, out: Path) -> None:
    """导出 · Write the acts of some days out, without the content of cases."""
    with house.create_app().app_context():
        db.migrate()
        since = _midnight(first.date()) if first is not None else None
        until = _midnight(last.date() + timedelta(days=1)) if last is not None else None
        manifest = audits.export_to(out, since, until, clock.now())
    click.echo(f"已导出 {manifest['rows']} 条 rows: {out}")
    for each in manifest["files"]:
        click.echo(f"  {each['sha256']}  {each['name']}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def _tell(report: verifications.Report) -> None:
    for found in report.findings:
        where = found.chain if found.instance_id is None else f"{found.chain} {found.instance_id}"
        click.echo(f"{where}: 第{found.seq}条 row {found.seq}: {found.detail}")
    if report.last_anchor is not None:
        click.echo(f"最后锚定 last anchor {report.last_anchor[0]}:{report.last_anchor[1]}")
    counted = f"{report.chains} 条链 chains, {report.rows} 行 rows, {report.anchors} 次锚定 anchors"
    if report.findings:
        click.echo(f"{counted}：{len(report.findings)} 处有误 findings", err=True)
    else:
        click.echo(f"{counted}：均完整。 All is whole.")


def _progress() -> verifications.Progress | None:
    if not sys.stderr.isatty():
        return None

    def show(chains: int, rows: int) -> None:
        click.echo(f"\r{chains} 条链 chains, {rows} 行 rows …", err=True, nl=False)

    return show
