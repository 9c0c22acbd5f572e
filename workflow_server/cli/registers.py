"""`workflow-server register`: old registers that are taken over into ledgers."""

from __future__ import annotations

from pathlib import Path

import click

from workflow_server.cli.house import House
from workflow_server.services import clock, ledgers, organisations, register_import
from workflow_server.services import register_template as templates
from workflow_server.store import db


@click.group()
def register() -> None:
    """旧台账 · Old registers, taken over into ledgers."""


@register.command("template")
@click.argument("ledger")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def write_template(house: House, ledger: str, path: Path) -> None:
    """模板 · Write the empty Excel file of a ledger's register."""
    with house.create_app().app_context():
        db.migrate()
        path.write_bytes(templates.template(ledgers.get(None, ledger)))
    click.echo(f"已写出 written: {path}")


@register.command("import")
@click.argument("ledger")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="单位标识 · The key of whose register it is.")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 · Say only what it would do.")
@click.pass_obj
def import_register(
    house: House, ledger: str, path: Path, organisation: str, dry_run: bool
) -> None:
    """接管 · Take a register over from an Excel or CSV file, all of it or nothing."""
    data = path.read_bytes()
    with house.create_app().app_context():
        db.migrate()
        host = organisations.get_by_key(organisation)
        done = register_import.take_over(
            None, ledger, host.id, path.name, data, clock.now(), dry_run=dry_run
        )
    for change in done.changes:
        click.echo(f"{change.row}  {change.what}  {change.number}  {change.title}")
    head = "将会 would be" if dry_run else "已接管 taken over"
    click.echo(
        f"{head}: 新增 added {done.added}, 修改 changed {done.changed},"
        f" 不变 unchanged {done.unchanged}"
    )
