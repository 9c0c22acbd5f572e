"""Settings, read once from the environment (WORKFLOW_SERVER_…); a bad one fails at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PREFIX = "WORKFLOW_SERVER_"
#: The zone in which days are counted.
CHINA = ZoneInfo("Asia/Shanghai")
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off", ""}


class SettingRefused(ValueError):
    """A setting cannot be meant; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting there is; the environment variable is the upper-case name with the prefix."""

    #: Where the data lives when `database_url` is not set: the SQLite file, papers, attachments.
    data_dir: Path = Path("var")
    #: SQLAlchemy URL; empty means a SQLite file in `data_dir`.
    database_url: str = ""
    #: Folder that holds bpmn/, forms/ and documents/; empty means the shipped ones.
    content_dir: str = ""
    #: Folder of the fonts built by `python -m workflow_server.rendering.fonts build`.
    fonts_dir: Path = Path(".cache/fonts")
    #: Demo mode: a demo office with known passwords, and a business clock that can be moved.
    demo: bool = False
    #: Business time at which a new demo database begins; empty means now.
    demo_start: datetime | None = None
    #: Connections a process keeps open to the database.
    pool_size: int = 5
    #: Processes that run jobs beside `serve`; 0 leaves them to `workflow-server work`.
    job_workers: int = 1
    #: Processes that render documents, for each process that runs jobs.
    render_workers: int = 1
    #: How long a document may take to render.
    render_seconds: int = 20
    #: How much memory the rendering of a document may take.
    render_memory_mb: int = 700
    #: How many hours a sign-in lasts.
    sign_in_hours: int = 12
    #: The largest attachment taken, in MiB.
    attachment_mb: int = 50

    @property
    def url(self) -> str:
        """The SQLAlchemy URL in force."""
        if self.database_url:
            return _with_driver(self.database_url)
        return f"sqlite:///{(self.data_dir / 'workflow-server.db').resolve()}"

    @property
    def content_root(self) -> Path:
        """The folder that holds bpmn/, forms/ and documents/."""
        if self.content_dir:
            return Path(self.content_dir)
        package = Path(__file__).parent
        shipped = package / "_bundle"
        return shipped if shipped.is_dir() else package.parent

    @property
    def blobs_dir(self) -> Path:
        """Where attachments and documents are kept, by the checksum of their bytes."""
        return self.data_dir / "blobs"


def load(environ: Mapping[str, str]) -> Config:
    """Read the settings; refuse one that cannot be meant, naming the variable."""
    values: dict[str, object] = {}
    for setting in fields(Config):
        variable = PREFIX + setting.name.upper()
        if variable in environ:
            values[setting.name] = _read(variable, environ[variable].strip(), str(setting.type))
    return Config(**values)  # type: ignore[arg-type]


def _read(variable: str, text: str, kind: str) -> object:
    if kind == "Path":
        return Path(text)
    if kind == "int":
        if not text.isdecimal():
            raise SettingRefused(f"Expected {variable} to be a whole number, but it is '{text}'")
        return int(text)
    if kind == "datetime | None":
        return _moment(variable, text) if text else None
    if kind == "bool":
        if text.lower() not in _YES | _NO:
            raise SettingRefused(f"Expected {variable} to be 1 or 0, but it is '{text}'")
        return text.lower() in _YES
    return text


def _moment(variable: str, text: str) -> datetime:
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingRefused(
            f"Expected {variable} to be a time with offset (2026-04-07T09:00:00+08:00), "
            f"but it is '{text}'"
        )
    return moment


def _with_driver(url: str) -> str:
    # The usual spellings of a PostgreSQL address mean psycopg 3 here.
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    return url
