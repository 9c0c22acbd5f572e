"""Settings, read once from the environment (WORKFLOW_SERVER_…); a bad one fails at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PREFIX = "WORKFLOW_SERVER_"
#: The zone in which days are counted.
CHINA = ZoneInfo("Asia/Shanghai")
#: The fewest characters of a secret key that was not made by this server.
SECRET_KEY_LENGTH = 32
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
    #: After how many minutes without a request a sign-in is over; 0 means never.
    idle_minutes: int = 60
    #: How long a password must be, and of how many of the four kinds of characters…
    password_length: int = 10
    password_kinds: int = 3
    #: …unless it is as long as this.
    password_long: int = 16
    #: How many of the newest passwords may not come back.
    password_history: int = 5
    #: After how many days a password must be changed; 0 means never.
    password_days: int = 0
    #: Who must sign in with a second factor: "none", "administrators" or "all".
    second_factor_for: str = "none"
    #: What secrets in the database are encrypted with; empty means a key file in `data_dir`.
    secret_key: str = ""
    #: How many proxies stand in front and tell the address of who asks.
    trusted_proxies: int = 0
    #: The OpenID provider for single sign-on; empty means there is none.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_scopes: str = "openid profile"
    #: Which claim of the provider is the login here.
    oidc_login_claim: str = "preferred_username"
    #: Whether somebody whom only the provider knows gets an account, without any post.
    oidc_add_people: bool = False
    #: Where the provider sends people back to; empty means the address that they came to.
    oidc_redirect_url: str = ""
    #: The largest attachment taken, in MiB.
    attachment_mb: int = 50
    #: How often the chains of the history are bound together, in minutes; 0 means never.
    anchor_minutes: int = 60
    #: How many others must approve proposed content before it is deployed.
    deployment_approvals: int = 2

    def __post_init__(self) -> None:
        self._check_approvals()
        self._check_sign_in()

    def _check_approvals(self) -> None:
        least = 1 if self.demo else 2
        if self.deployment_approvals < least:
            raise SettingRefused(
                f"Expected {PREFIX}DEPLOYMENT_APPROVALS to be at least {least}"
                f" (1 only in demo mode), but it is {self.deployment_approvals}"
            )

    def _check_sign_in(self) -> None:
        if self.second_factor_for not in ("none", "administrators", "all"):
            raise SettingRefused(
                f"Expected {PREFIX}SECOND_FACTOR_FOR to be none, administrators or all,"
                f" but it is '{self.second_factor_for}'"
            )
        if self.secret_key and len(self.secret_key) < SECRET_KEY_LENGTH:
            raise SettingRefused(
                f"Expected {PREFIX}SECRET_KEY to have at least {SECRET_KEY_LENGTH} characters,"
                f" but it has {len(self.secret_key)}"
            )
        if self.oidc_issuer and not is_safe_address(self.oidc_issuer):
            raise SettingRefused(
                f"Expected {PREFIX}OIDC_ISSUER to begin with https://, but it is"
                f" '{self.oidc_issuer}'"
            )
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingRefused(
                f"Expected {PREFIX}OIDC_CLIENT_ID beside {PREFIX}OIDC_ISSUER, but it is empty"
            )

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


def is_safe_address(url: str) -> bool:
    """Tell whether what is sent to an address is encrypted, or never leaves this machine."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" and bool(parts.hostname)


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
