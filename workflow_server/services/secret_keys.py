"""The key of this server: encrypts what the database and browsers keep for it, never shown."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from workflow_server.config import PREFIX
from workflow_server.errors import Unavailable
from workflow_server.store.db import settings

#: The key file in the data folder, when no key is set.
KEY_FILE = "secret.key"


class KeyAway(Unavailable):
    """密钥不可用"""


def encrypt(text: str, now: datetime) -> str:
    """Return a text that only this server can read; it says when it was written."""
    return _cipher().encrypt_at_time(text.encode(), int(now.timestamp())).decode()


def decrypt(secret: str) -> str:
    """Return what was encrypted; KeyAway when another key was in force then."""
    try:
        return _cipher().decrypt(secret.encode()).decode()
    except InvalidToken as error:
        raise KeyAway(
            "服务器密钥与加密时不同，请联系管理员。"
            f" Expected the {PREFIX}SECRET_KEY that it was encrypted with."
        ) from error


def decrypt_fresh(secret: str, seconds: int, now: datetime) -> str | None:
    """Return what was encrypted in the last seconds; None if it is older or not ours."""
    with suppress(InvalidToken, ValueError):
        return _cipher().decrypt_at_time(secret.encode(), seconds, int(now.timestamp())).decode()
    return None


def digest(data: bytes) -> str:
    """Return a digest that only this server can make: nobody else can try out what it is of."""
    key = _key_of(settings().secret_key, settings().data_dir)
    return hmac.new(hashlib.sha256(b"digest\n" + key).digest(), data, hashlib.sha256).hexdigest()


def _cipher() -> Fernet:
    return _cipher_of(settings().secret_key, settings().data_dir)


@lru_cache(maxsize=8)
def _key_of(given: str, data_dir: Path) -> bytes:
    return given.encode() if given else _key_in(data_dir / KEY_FILE)


@lru_cache(maxsize=8)
def _cipher_of(given: str, data_dir: Path) -> Fernet:
    key = _key_of(given, data_dir)
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"workflow-server\n" + key).digest()))


def _key_in(path: Path) -> bytes:
    """Read the key file, or make it; of processes that do so at once, one makes it."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise KeyAway(
            f"密钥文件无法读写。 Expected the key file {path.name}, but {error}"
        ) from error
    if not key:
        raise KeyAway(f"密钥文件是空的。 Expected a key in {path.name}, but it is empty")
    return key


def _make(path: Path) -> None:
    # Linked when it is whole: nobody ever reads half a key, and the first one stays.
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
