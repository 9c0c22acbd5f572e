"""`workflow-server demo` plays the shipped scenario over HTTP and says what is missing."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf

from tests.court import write_court_content

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("workflow-server")
#: Half a minute on a quiet machine; one with much to do may take twenty times as long.
PATIENCE = 1200


def demo(out: Path, content: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    with subprocess.Popen(
        [PROGRAM, "demo", "parking", "--out", out],
        env={**os.environ, "WORKFLOW_SERVER_CONTENT_DIR": str(content)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            told, complained = process.communicate(timeout=PATIENCE)
        finally:
            # Its server goes with it, however it ended.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_shipped_case_is_played_to_its_end_over_http(tmp_path: Path) -> None:
    played = demo(tmp_path)
    assert played.returncode == 0, played.stdout + played.stderr
    folder = tmp_path / "parking"
    summary, trail = read(folder / "summary.json"), read(folder / "trail.json")
    papers = [paper for step in trail for paper in step["documents"]]
    assert (summary["result"], summary["scenario"]) == ("ok", "parking")
    assert (summary["steps"], summary["documents"]) == (len(trail), len(papers))
    assert summary["organisations"] == len({step["organisation"] for step in trail}) == 5
    assert {step["person"] for step in trail} <= set(played.stdout.split())
    for paper in papers:
        with pikepdf.open(folder / paper["file"]) as pdf:
            assert len(pdf.pages) == paper["pages"]
            assert "data.json" in pdf.attachments


def test_a_missing_paper_ends_the_demo_with_its_name(tmp_path: Path) -> None:
    content = write_court_content(tmp_path / "content")
    path = content / "bpmn" / "_shared" / "scenarios" / "parking.json"
    scenario = read(path)
    scenario["acts"] = scenario["acts"][:1]
    scenario["acts"][0]["expect"] = {"documents": ["lead_receipt"]}
    path.write_text(json.dumps(scenario))
    played = demo(tmp_path / "out", content)
    assert played.returncode != 0
    assert "missing paper: lead_receipt" in played.stderr
    assert read(tmp_path / "out" / "parking" / "summary.json")["result"] != "ok"
