"""Content over HTTP: checked, taken out as it was sealed; hostile zips are refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.api.conftest import Caller, Office
from tests.api.proposing import Desk, content
from tests.services.drawing import line
from workflow_server.content import bundle as bundles

BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def _check(caller: Caller, data: bytes) -> Any:
    return caller.post("/deployments/check", data={"file": (io.BytesIO(data), "bundle.zip")})


def _zip(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_what_is_deployed_comes_out_as_it_went_in(desk: Desk) -> None:
    newest = desk.newest()
    whole = desk.office.ann.get(f"/deployments/{newest['id']}").json
    assert [each["key"] for each in whole["process_definitions"]] == ["p"]
    assert (whole["source"], whole["proposal_id"]) == ("cli", None)
    for caller in (desk.dan, desk.reg):
        sealed = caller.get(f"/deployments/{newest['id']}/bundle")
        assert sealed.mimetype == "application/zip"
        assert bundles.read_zip(sealed.data).checksum == newest["checksum"]


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
def test_a_hostile_bundle_is_refused_and_leaves_nothing(desk: Desk, hostile: bytes) -> None:
    refused = desk.send(desk.dan, hostile)
    assert refused.status_code == 422, refused.text
    assert refused.json["errors"][0]["detail"]
    assert desk.dan.get("/proposals").json["total"] == 0
    checked = _check(desk.dan, hostile)
    assert checked.status_code == 200
    assert checked.json["faults"]


def test_a_sound_bundle_has_no_faults(desk: Desk) -> None:
    sealed = bundles.write_zip(content(line("draft", "check")))
    for caller in (desk.dan, desk.reg):
        assert _check(caller, sealed).json == {"faults": []}


def test_a_request_without_a_file_is_refused(desk: Desk) -> None:
    for path in ("/proposals", "/deployments/check"):
        assert desk.dan.post(path, data={}).status_code in (415, 422)
        more = {"file": (io.BytesIO(b"x"), "b.zip"), "note": "x", "source": "x"}
        assert desk.dan.post(path, data=more).status_code == 422
