"""Bodies at the door: slow ones hold nothing, large ones are refused before they are read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Office
from workflow_server.store import db

MIB = 1024 * 1024
BEGINNING = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF'


class Body(io.BytesIO):
    """A body that counts what is read of it, and looks around meanwhile."""

    taken = 0

    def __init__(self, data: bytes, look: Callable[[], Any] = lambda: None) -> None:
        super().__init__(data)
        self.look = look
        self.seen: list[Any] = []

    def readinto(self, into: Any) -> int:
        self.seen.append(self.look())
        count = super().readinto(into)
        self.taken += count
        return count

    def read(self, size: int | None = -1) -> bytes:
        self.seen.append(self.look())
        found = super().read(size)
        self.taken += len(found)
        return found


@pytest.mark.parametrize(
    ("path", "media", "size"),
    [
        ("/attachments", "multipart/form-data; boundary=x", 100),
        ("/process-instances", "application/json", 100),
        ("/process-instances", "application/json", 100 * 1024),
    ],
)
def test_a_slow_body_holds_no_connection_to_the_database(
    app: Flask, office: Office, path: str, media: str, size: int
) -> None:
    with app.app_context():
        pool: Any = db.db.engine.pool
    body = Body(BEGINNING.ljust(size), pool.checkedout)
    office.ann.post(path, input_stream=body, content_type=media, content_length=size)
    assert body.seen
    assert set(body.seen) == {0}


@pytest.mark.parametrize(
    ("path", "media", "status"),
    [
        ("/sessions", "multipart/form-data; boundary=x", {413, 415}),
        ("/sessions", "application/json", {413}),
        ("/process-instances", "multipart/form-data; boundary=x", {413, 415}),
        ("/attachments", "application/json", {415}),
    ],
)
def test_a_large_body_of_the_wrong_kind_is_refused_unread(
    office: Office, path: str, media: str, status: set[int]
) -> None:
    size = 3 * MIB
    body = Body(b"x" * size)
    answer = office.ann.post(path, input_stream=body, content_type=media, content_length=size)
    assert answer.status_code in status, answer.text
    assert body.taken == 0


def test_a_large_file_of_a_stranger_is_refused_unread(app: Flask, office: Office) -> None:
    body = Body(b"x" * 3 * MIB)
    answer = app.test_client().post(
        "/api/attachments",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        content_length=3 * MIB,
    )
    assert answer.status_code == 401
    assert body.taken == 0
