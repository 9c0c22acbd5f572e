"""Attachments over HTTP: streamed in, refused when they are not what they seem, streamed out."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.conftest import Caller, Office

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def _send(caller: Caller, data: bytes, name: str, **more: Any) -> Any:
    return caller.post("/attachments", data={"file": (io.BytesIO(data), name), **more})


def test_a_file_comes_out_as_it_went_in_under_its_chinese_name(office: Office) -> None:
    added = _send(office.ann, PNG, "现场照片 1.png")
    assert added.status_code == 201, added.text
    assert (added.json["name"], added.json["media_type"]) == ("现场照片 1.png", "image/png")
    path = f"/attachments/{added.json['id']}/file"
    # Of no case yet, it is for who brought it alone.
    assert office.bob.get(path).status_code == 404
    out = office.ann.get(path)
    assert out.data == PNG
    assert f"filename*=UTF-8''{quote('现场照片 1.png')}" in out.headers["Content-Disposition"]
    assert out.headers["Content-Disposition"].startswith("attachment;")
    assert int(out.headers["Content-Length"]) == len(PNG)


def test_others_do_not_see_it(office: Office) -> None:
    path = f"/attachments/{_send(office.ann, PNG, 'a.png').json['id']}"
    assert office.tom.get(path).status_code == 404
    assert office.tom.get(f"{path}/file").status_code == 404


def test_a_file_belongs_to_a_task_of_ones_own(permits: Office, started: dict[str, Any]) -> None:
    task = started["next_tasks"][0]["id"]
    added = _send(permits.ann, PDF, "函.pdf", task_id=task)
    assert added.json["instance_id"] == started["id"]
    assert _send(permits.tom, PDF, "函.pdf", task_id=task).status_code == 404
    listed = permits.ann.get("/attachments", query_string={"instance_id": started["id"]}).json
    assert [file["id"] for file in listed["items"]] == [added.json["id"]]


@pytest.mark.parametrize("name", ["../../x.png", "..\\..\\x.png", "/etc/x.png", "C:\\x.png"])
def test_a_path_in_a_name_reaches_nothing(office: Office, name: str) -> None:
    answer = _send(office.ann, PNG, name)
    if answer.status_code == 201:
        assert answer.json["name"] == "x.png"
    else:
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.png"),
        (b"MZ\x90\x00 program", "a.png"),
        (b"<script>alert(1)</script>", "a.html"),
        (PNG, "a.exe"),
        (PNG, "." * 300 + "png"),
    ],
)
def test_what_is_not_a_file_of_an_office_is_refused(office: Office, data: bytes, name: str) -> None:
    response = _send(office.ann, data, name)
    assert response.status_code == 422, response.text


def test_fields_beside_the_file_are_checked(office: Office) -> None:
    assert _send(office.ann, PNG, "a.png", task_id="x").status_code == 422
    assert _send(office.ann, PNG, "a.png", colour="red").status_code == 422
    assert office.ann.post("/attachments", json={}).status_code in (415, 422)
    foreign = office.organisation("town")
    assert _send(office.ann, PNG, "a.png", organisation_id=foreign).status_code == 422
