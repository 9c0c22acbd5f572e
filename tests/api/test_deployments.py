"""Deployments over HTTP: checked, deployed once, taken out again; hostile zips are refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.api.conftest import Caller, Office
from tests.services.drawing import bundle_of, line
from workflow_server.content import bundle as bundles

BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""


def _send(caller: Caller, data: bytes, path: str = "/deployments") -> Any:
    return caller.post(path, data={"file": (io.BytesIO(data), "bundle.zip")})


def _zip(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_a_bundle_is_deployed_once_and_comes_out_as_it_went_in(office: Office) -> None:
    sealed = bundles.write_zip(bundle_of(line("draft")))
    first = _send(office.root, sealed)
    assert first.status_code == 201, first.text
    assert [each["key"] for each in first.json["process_definitions"]] == ["p"]
    assert _send(office.root, sealed).json["id"] == first.json["id"]
    assert office.ann.get("/deployments").json["total"] == 1
    whole = office.root.get(f"/deployments/{first.json['id']}/bundle")
    assert whole.mimetype == "application/zip"
    assert bundles.read_zip(whole.data).checksum == first.json["checksum"]


def test_only_administrators_deploy(office: Office) -> None:
    sealed = bundles.write_zip(bundle_of(line("draft")))
    assert _send(office.ann, sealed).status_code == 403
    assert _send(office.ann, sealed, "/deployments/check").status_code == 403
    assert office.ann.get("/deployments").json["total"] == 0


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"PK\x03\x04 not a zip",
        _zip(**{"bpmn/a.bpmn": BOMB}),
        _zip(**{"../../bpmn/a.bpmn": b"<x/>"}),
        _zip(**{"/etc/passwd": b"x"}),
        _zip(**{"bpmn/a.py": b"import os"}),
        _zip(**{"bpmn/a.bpmn": b"<not-bpmn/>"}),
        _zip(**{"bpmn/a.bpmn": line("draft").replace("userTask", "scriptTask").encode()}),
    ],
)
def test_a_hostile_bundle_is_refused_and_leaves_nothing(office: Office, hostile: bytes) -> None:
    refused = _send(office.root, hostile)
    assert refused.status_code == 422, refused.text
    assert refused.json["errors"][0]["detail"]
    assert office.ann.get("/deployments").json["total"] == 0
    assert office.ann.get("/process-definitions").json["total"] == 0
    checked = _send(office.root, hostile, "/deployments/check")
    assert checked.status_code == 200
    assert checked.json["faults"]


def test_a_sound_bundle_has_no_faults(office: Office) -> None:
    sealed = bundles.write_zip(bundle_of(line("draft")))
    assert _send(office.root, sealed, "/deployments/check").json == {"faults": []}


def test_a_request_without_a_file_is_refused(office: Office) -> None:
    response = office.root.post("/deployments", data={})
    assert response.status_code in (415, 422)
    more = {"file": (io.BytesIO(b"x"), "b.zip"), "source": "x"}
    assert office.root.post("/deployments", data=more).status_code == 422
