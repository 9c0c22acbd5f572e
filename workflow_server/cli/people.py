"""`workflow-server user` and `office`: people, their passwords and tokens, and whole offices."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from workflow_server.cli.house import House
from workflow_server.services import (
    accounts,
    administrators,
    office_export,
    office_import,
    offices,
    organisations,
    passwords,
    sign_ins,
)
from workflow_server.store import db

ADMINISTRATIONS = ["system", "security", "audit"]


@click.group()
def user() -> None:
    """人员 · People, their passwords and tokens."""


@user.command("add")
@click.argument("login")
@click.argument("name")
@click.option(
    "--administration",
    type=click.Choice(ADMINISTRATIONS),
    help="三员之一 · Which of the three administrators, if any.",
)
@click.password_option(help="口令 · Password; asked for when not given.")
@click.pass_obj
def add_user(
    house: House, login: str, name: str, administration: str | None, password: str
) -> None:
    """新增人员 · Add a person who can sign in."""
    with house.create_app().app_context():
        db.migrate()
        person = organisations.add_person(
            login, name, password=password, administration=administration
        )
        click.echo(f"已新增 added: {person.login} {person.id}")


@user.command("administration")
@click.argument("login")
@click.argument("kind", type=click.Choice([*ADMINISTRATIONS, "none"]))
@click.pass_obj
def appoint(house: House, login: str, kind: str) -> None:
    """任免三员 · Make somebody one of the three administrators, or none of them.

    Password, tokens, second factor and single sign-on of who becomes one end: give a new
    password with `user password`.
    """
    with house.create_app().app_context():
        db.migrate()
        wanted = None if kind == "none" else kind
        administrators.appoint(login, wanted, datetime.now(UTC))
    click.echo(f"已设置 set: {login} {kind}")
    if wanted is not None:
        click.echo(f"请设置新口令 now set a password: workflow-server user password {login}")


@user.command("password")
@click.argument("login")
@click.option("--password", help="口令 · Password; asked for when not given.")
@click.option("--stdin", "piped", is_flag=True, help="从标准输入读一行 · Read it as one line.")
@click.option("--final", is_flag=True, help="不必再改 · It need not be changed at the sign-in.")
@click.pass_obj
def set_password(house: House, login: str, password: str | None, piped: bool, final: bool) -> None:
    """设置口令 · Give a person a new password, to be changed; their sign-ins end."""
    if piped:
        if password is not None:
            raise click.UsageError("--password 与 --stdin 只能用一个 · Give one of the two.")
        password = sys.stdin.readline().rstrip("\r\n")
    elif password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with house.create_app().app_context():
        db.migrate()
        passwords.set_(login, password, datetime.now(UTC), must_change=not final)
    click.echo(f"口令已设置 set: {login}")


@user.command("recover")
@click.argument("login")
@click.pass_obj
def recover(house: House, login: str) -> None:
    """解除锁定并停用第二验证因素 · Unlock a person and take their second factor away."""
    with house.create_app().app_context():
        db.migrate()
        accounts.recover(login, datetime.now(UTC))
    click.echo(f"已恢复 recovered: {login}")


@user.command("token")
@click.argument("login")
@click.option("--name", default="cli", show_default=True, help="令牌名称 · What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="有效天数 · Days it is valid.")
@click.pass_obj
def make_token(house: House, login: str, name: str, days: int | None) -> None:
    """签发令牌 · Give a person a bearer token; it is shown only once."""
    with house.create_app().app_context():
        db.migrate()
        click.echo(sign_ins.issue_token(login, name, days=days, now=datetime.now(UTC)))


@click.group()
def office() -> None:
    """单位 · Organisations with their people and posts."""


@office.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 · Say only what it would do.")
@click.pass_obj
def import_office(house: House, path: Path, dry_run: bool) -> None:
    """导入 Excel · Take in an Excel file of the template's layout, all of it or nothing."""
    data = path.read_bytes()
    with house.create_app().app_context():
        db.migrate()
        done = office_import.take_in(None, path.name, data, datetime.now(UTC), dry_run=dry_run)
    for change in done.changes:
        click.echo(f"{change.sheet}!{change.row}  {change.what}  {change.name}")
    head = "将会 would be" if dry_run else "已导入 taken in"
    click.echo(
        f"{head}: 新增 added {done.added}, 修改 changed {done.changed},"
        f" 不变 unchanged {done.unchanged}"
    )
    if not dry_run and any((each.table, each.what) == ("people", "added") for each in done.changes):
        click.echo(
            "新增人员尚无口令，请逐人设置 new people have no password yet, set one for each:"
            " workflow-server user password LOGIN"
        )


@office.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_office(house: House, path: Path) -> None:
    """导出 Excel · Write what is here as an Excel file that can be taken in again."""
    with house.create_app().app_context():
        db.migrate()
        path.write_bytes(office_export.export(None, datetime.now(UTC)))
    click.echo(f"已写出 written: {path}")


@office.command("template")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def write_template(house: House, path: Path) -> None:
    """模板 · Write an empty Excel file with explanations and lists to choose from."""
    with house.create_app().app_context():
        db.migrate()
        path.write_bytes(office_export.template())
    click.echo(f"已写出 written: {path}")


@office.command("load")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def load_office(house: House, path: Path) -> None:
    """载入单位与人员 · Move in what a JSON file describes; what exists is left alone."""
    data = path.read_bytes()
    with house.create_app().app_context():
        db.migrate()
        loaded = offices.load(path.name, data, datetime.now(UTC))
    click.echo(
        f"已载入 loaded: {loaded.organisations} 个单位 organisations, "
        f"{loaded.people} 人 people, {loaded.positions} 个岗位 posts"
    )
    if loaded.without_password:
        click.echo(
            "尚无口令，请用 workflow-server user password LOGIN 设置。"
            f" Without a password yet: {', '.join(loaded.without_password)}"
        )
