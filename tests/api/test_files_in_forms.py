"""Files as answers: of the kinds that their field takes, and in the case once it has begun."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import NOW, Caller, Office
from tests.services.drawing import files_of, line, user
from workflow_server.content import bundle as bundles
from workflow_server.services import deployments

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def form_with(accept: str) -> bytes:
    picker = {"type": "filepicker", "id": "p", "key": "files", "label": "附件", "multiple": True}
    described = {
        "type": "default",
        "id": "Form_files",
        "schemaVersion": 18,
        "components": [{**picker, "accept": accept}],
    }
    return json.dumps(described, ensure_ascii=False).encode()


def deploy(office: Office, app: Flask, accept: str = ".pdf") -> None:
    drawn = line(
        user("draft", form="a/files"),
        start='<wf:start role="drafter" label="新建" form="a/files"/>',
    )
    files = files_of([drawn]) | {"forms/a/files.json": form_with(accept)}
    with app.app_context():
        deployments.deploy(None, bundles.from_files(files), NOW, "api")


def bring(caller: Caller, data: bytes, name: str, **more: Any) -> str:
    added = caller.post("/attachments", data={"file": (io.BytesIO(data), name), **more})
    assert added.status_code == 201, added.text
    return str(added.json["id"])


def begin(office: Office, *ids: str) -> Any:
    body = {"process_key": "p", "answers": {"files": list(ids)}}
    return office.ann.post("/process-instances", json=body)


def of_case(office: Office, instance_id: str) -> list[str]:
    found = office.ann.get("/attachments", query_string={"instance_id": instance_id}).json
    return [file["id"] for file in found["items"]]


def test_a_file_for_a_start_form_belongs_to_the_case_that_starts(
    app: Flask, office: Office
) -> None:
    deploy(office, app)
    one, unused = bring(office.ann, PDF, "一.pdf"), bring(office.ann, PDF, "二.pdf")
    begun = begin(office, one).json
    assert of_case(office, begun["id"]) == [one]
    assert office.ann.get(f"/attachments/{unused}").json["instance_id"] is None
    # What belongs to one case stays there, whoever mentions it in another.
    other = begin(office, one).json
    assert (of_case(office, begun["id"]), of_case(office, other["id"])) == ([one], [])


def test_a_file_that_was_brought_for_no_task_belongs_to_the_case_that_takes_it(
    app: Flask, office: Office
) -> None:
    deploy(office, app)
    begun = begin(office).json
    file = bring(office.ann, PDF, "一.pdf")
    task = begun["next_tasks"][0]["id"]
    done = office.ann.post(f"/tasks/{task}/completion", json={"answers": {"files": [file]}})
    assert done.status_code == 200, done.text
    assert of_case(office, begun["id"]) == [file]


def test_a_refused_start_takes_no_file(app: Flask, office: Office) -> None:
    deploy(office, app)
    one, wrong = bring(office.ann, PDF, "一.pdf"), bring(office.ann, PNG, "二.png")
    assert begin(office, one, wrong).status_code == 422
    assert office.ann.get(f"/attachments/{one}").json["instance_id"] is None


@pytest.mark.parametrize(
    ("accept", "fits"),
    [
        (".pdf", False),
        (".pdf, .PNG", True),
        ("image/*", True),
        ("image/png", True),
        ("image/jpeg,application/*", False),
        ("*/*", True),
        ("", True),
    ],
)
def test_a_field_takes_files_of_its_kinds_only(
    app: Flask, office: Office, accept: str, fits: bool
) -> None:
    deploy(office, app, accept)
    response = begin(office, bring(office.ann, PNG, "照片.png"))
    assert response.status_code == (201 if fits else 422), response.text
    if not fits:
        assert response.json["errors"][0]["pointer"] == "#/answers/files"
