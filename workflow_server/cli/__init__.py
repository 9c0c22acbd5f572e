"""The command line: serve, work, deploy, check, migrate, audit, people and offices, the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workflow_server.cli import serving
from workflow_server.cli.audit import audit
from workflow_server.cli.house import House
from workflow_server.cli.people import office, user
from workflow_server.cli.registers import register
from workflow_server.config import SettingRefused
from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.errors import WorkflowServerError
from workflow_server.services import clock, deployments
from workflow_server.store import db

__all__ = ["House", "build"]


class Commands(click.Group):
    """Commands that tell a refusal in one message, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "demo"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "demo":
            # Imported when asked for: serving needs none of what plays scenarios.
            from workflow_server.cli.demo import demo

            return demo
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except db.DatabaseAway as error:
            cause = getattr(error.__cause__, "orig", error.__cause__)
            reason = " ".join(str(cause or "").split())
            raise click.ClickException(
                f"数据库没有应答，请检查 WORKFLOW_SERVER_DATABASE_URL。 {error.message}. {reason}"
            ) from error
        except WorkflowServerError as error:
            for fault in error.faults:
                click.echo(f"{fault.pointer}: {fault.detail}", err=True)
            raise click.ClickException(error.message) from error
        except SettingRefused as error:
            raise click.ClickException(str(error)) from error


def build(house: House) -> click.Group:
    """Make the commands around the application's factory."""

    @click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="workflow-server")
    @click.pass_context
    def commands(context: click.Context) -> None:
        """工作流服务器 · A workflow and BPM server (settings: docs/settings.md)."""
        context.obj = house

    for command in (
        serving.serve,
        serving.work,
        deploy,
        check,
        migrate,
        audit,
        user,
        office,
        register,
    ):
        commands.add_command(command)
    return commands


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def deploy(house: House, path: Path) -> None:
    """部署 · Deploy a folder or a zip of content."""
    app = house.create_app()
    bundle = _read(path)
    with app.app_context():
        db.migrate()
        deployed = deployments.deploy(None, bundle, clock.now(), "cli")
        click.echo(f"已部署 deployed: {deployed.id} ({deployed.checksum[:12]})")


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def check(path: Path) -> None:
    """检查内容 · Check a folder or a zip of content; exit 1 when it has faults."""
    faults = deployments.check(_read(path))
    for fault in faults:
        click.echo(f"{fault.pointer}: {fault.detail}")
    if faults:
        click.echo(f"{len(faults)} 处问题 faults", err=True)
        raise SystemExit(1)
    click.echo("没有发现问题。 No faults.")


@click.command()
@click.pass_obj
def migrate(house: House) -> None:
    """升级数据库 · Bring the database to this version's tables."""
    with house.create_app().app_context():
        db.migrate()
    click.echo("数据库已是最新。 The database is up to date.")


def _read(path: Path) -> Bundle:
    return bundles.read_folder(path) if path.is_dir() else bundles.read_zip(path.read_bytes())
