"""The command line does what it says, and tells a user's mistake in one message."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click import Group
from click.testing import CliRunner, Result

from tests.services.drawing import files_of, line
from workflow_server import cli
from workflow_server.app import create_app, prepare
from workflow_server.cli.serving import SWEEP_SECONDS, Broom

GOOD = "Correct-Horse-1"


class Shell:
    """A terminal with settings of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: Group = cli.build(
            cli.House(
                lambda: create_app({"data_dir": folder / "data", "content_dir": str(folder)}),
                prepare,
                "",
            )
        )

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(self.commands, words)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    for path, data in files_of([line("draft")]).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return Shell(tmp_path)


def test_every_command_explains_itself(shell: Shell) -> None:
    listed = shell.run("--help")
    for name in ("serve", "work", "deploy", "check", "migrate", "audit", "user", "office", "demo"):
        assert name in listed.output
        explained = shell.run(name, "--help")
        assert explained.exit_code == 0
        assert "Usage:" in explained.output


def test_sound_content_is_told_so(shell: Shell) -> None:
    result = shell.run("check", str(shell.folder))
    assert (result.exit_code, result.output) == (0, "没有发现问题。 No faults.\n")


def test_faults_are_told_with_file_and_line_and_exit_1(shell: Shell) -> None:
    drawn = shell.folder / "bpmn" / "a.bpmn"
    drawn.write_text(drawn.read_text().replace("userTask", "scriptTask"))
    result = shell.run("check", str(shell.folder))
    assert result.exit_code == 1
    assert "bpmn/a.bpmn:2 draft: " in result.output
    assert "Traceback" not in result.output


def test_a_hostile_zip_is_refused_in_one_message(shell: Shell) -> None:
    hostile = io.BytesIO()
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr("../../etc/x.bpmn", "<x/>")
    path = shell.folder / "hostile.zip"
    path.write_bytes(hostile.getvalue())
    for command in ("check", "deploy"):
        result = shell.run(command, str(path))
        assert result.exit_code == 1
        assert "../../etc/x.bpmn" in result.output
        assert "Traceback" not in result.output


def test_content_is_deployed_once(shell: Shell) -> None:
    first = shell.run("deploy", str(shell.folder))
    again = shell.run("deploy", str(shell.folder))
    assert first.exit_code == 0, first.output
    assert first.output == again.output


def test_a_person_is_added_and_gets_a_token(shell: Shell) -> None:
    assert shell.run("migrate").exit_code == 0
    added = shell.run("user", "add", "pat", "帕特", "--password", "Correct-Horse-1")
    assert added.exit_code == 0, added.output
    twice = shell.run("user", "add", "pat", "帕特", "--password", "Correct-Horse-1")
    assert twice.exit_code == 1
    assert "登录名" in twice.output
    first = _sign_in(shell, "pat", GOOD)
    assert first.json["must"] == ["password"]
    token = shell.run("user", "token", "pat", "--days", "3").output.strip()
    client = create_app({"data_dir": shell.folder / "data"}).test_client()
    me = client.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json["name"] == "帕特"
    unknown = shell.run("user", "token", "nobody")
    assert (unknown.exit_code, unknown.output.count("\n")) == (1, 1)


OFFICE: dict[str, Any] = {
    "organisations": [
        {"key": "office", "name": "许可办公室", "code": "许", "party": "office", "phone": "1234"}
    ],
    "people": [
        {"login": "ann", "name": "安", "password": "Correct-Horse-1"},
        {"login": "bob", "name": "博"},
    ],
    "positions": [
        {"person": "ann", "organisation": "office", "role": "drafter", "title": "科员"},
        {"person": "bob", "organisation": "office", "role": "checker"},
    ],
}


def _load(shell: Shell, office: Any) -> Result:
    path = shell.folder / "our_office.json"
    path.write_text(json.dumps(office, ensure_ascii=False))
    return shell.run("office", "load", str(path))


def _sign_in(shell: Shell, login: str, password: str) -> Any:
    client = create_app({"data_dir": shell.folder / "data"}).test_client()
    return client.post("/api/sessions", json={"login": login, "password": password})


def test_an_office_moves_in_from_a_file_outside_demo_mode(shell: Shell) -> None:
    assert shell.run("deploy", str(shell.folder)).exit_code == 0
    loaded = _load(shell, OFFICE)
    assert loaded.exit_code == 0, loaded.output
    assert "1 个单位" in loaded.output
    assert "Without a password yet: bob" in loaded.output
    assert _sign_in(shell, "ann", "Correct-Horse-1").status_code == 201
    assert _sign_in(shell, "bob", "demo").status_code == 403
    assert shell.run("user", "password", "bob", "--password", "A-Long-One-2").exit_code == 0
    assert _sign_in(shell, "bob", "A-Long-One-2").status_code == 201
    again = _load(shell, OFFICE)
    assert (again.exit_code, "Without" in again.output) == (0, False)
    assert _sign_in(shell, "bob", "A-Long-One-2").status_code == 201


def test_a_new_password_ends_the_sign_ins_of_the_old_one(shell: Shell) -> None:
    shell.run("user", "add", "pat", "帕特", "--password", "Correct-Horse-1")
    token = _sign_in(shell, "pat", "Correct-Horse-1").json["token"]
    named = shell.run("user", "token", "pat").output.strip()
    assert shell.run("user", "password", "pat", "--password", "Another-One-3").exit_code == 0
    client = create_app({"data_dir": shell.folder / "data"}).test_client()
    for bearer, status in ((token, 401), (named, 200)):
        me = client.get("/api/me", headers={"Authorization": f"Bearer {bearer}"})
        assert me.status_code == status
    assert _sign_in(shell, "pat", "Correct-Horse-1").status_code == 403
    for words in (("nobody", "--password", "x"), ("pat", "--password", "")):
        refused = shell.run("user", "password", *words)
        assert refused.exit_code == 1
        assert "Traceback" not in refused.output


def test_a_weak_password_or_a_strange_login_is_refused_with_its_rule(shell: Shell) -> None:
    weak = shell.run("user", "add", "pat", "帕特", "--password", "Admin123456")
    assert (weak.exit_code, "太常见" in weak.output) == (1, True)
    strange = shell.run("user", "add", "Pаt", "帕特", "--password", "Correct-Horse-1")
    assert (strange.exit_code, "登录名由" in strange.output) == (1, True)


def test_who_is_locked_out_recovers_at_the_command_line(shell: Shell) -> None:
    shell.run("user", "add", "pat", "帕特", "--administration", "security", "--password", GOOD)
    assert shell.run("user", "password", "pat", "--password", "Another-One-3", "--final")
    for _ in range(5):
        assert _sign_in(shell, "pat", "wrong").status_code == 403
    assert _sign_in(shell, "pat", "Another-One-3").status_code == 429
    assert shell.run("user", "recover", "pat").exit_code == 0
    recovered = _sign_in(shell, "pat", "Another-One-3")
    assert (recovered.status_code, recovered.json["must"]) == (201, [])
    assert shell.run("user", "recover", "nobody").exit_code == 1


def test_a_malformed_login_of_an_office_is_refused(shell: Shell) -> None:
    shell.run("deploy", str(shell.folder))
    office = json.loads(json.dumps(OFFICE))
    office["people"].append({"login": "AN N", "name": "安"})
    refused = _load(shell, office)
    assert refused.exit_code == 1
    assert f"#/people/{len(office['people']) - 1}/login: " in refused.output


@pytest.mark.parametrize(
    ("part", "change", "pointer"),
    [
        ("organisations", {"party": "moon"}, "#/organisations/0/party"),
        ("organisations", {"key": "Not A Key"}, "#/organisations/0/key"),
        ("organisations", {"phone": 1234}, "#/organisations/0/phone"),
        ("people", {"nickname": "小安"}, "#/people/0/nickname"),
        ("people", {"login": "bob"}, "#/people/1/login"),
        ("people", {"password": ""}, "#/people/0/password"),
        ("people", {"password": "12345678"}, "#/people/0/password"),
        ("positions", {"role": "king"}, "#/positions/0/role"),
        ("positions", {"organisation": "nowhere"}, "#/positions/0/organisation"),
        ("positions", {"person": "nobody"}, "#/positions/0/person"),
        ("positions", {"salary": "1"}, "#/positions/0/salary"),
    ],
)
def test_a_wrong_office_is_refused_whole_with_file_and_pointer(
    shell: Shell, part: str, change: dict[str, Any], pointer: str
) -> None:
    shell.run("deploy", str(shell.folder))
    office = json.loads(json.dumps(OFFICE))
    office[part][0] |= change
    refused = _load(shell, office)
    assert refused.exit_code == 1
    assert f"our_office.json{pointer}: " in refused.output
    assert "Traceback" not in refused.output
    nobody = shell.run("user", "token", "ann")
    assert (nobody.exit_code, "没有登录名" in nobody.output) == (1, True)


def test_an_office_without_a_deployment_or_without_sense_is_refused(shell: Shell) -> None:
    assert "workflow-server deploy" in _load(shell, OFFICE).output
    shell.run("deploy", str(shell.folder))
    for office in ([], {"offices": []}, {"people": {}}, {"organisations": ["office"]}):
        refused = _load(shell, office)
        assert refused.exit_code == 1
        assert "our_office.json#" in refused.output
        assert "Traceback" not in refused.output
    (shell.folder / "broken.json").write_text("{")
    broken = shell.run("office", "load", str(shell.folder / "broken.json"))
    assert (broken.exit_code, "broken.json:1" in broken.output) == (1, True)


def test_work_once_prepares_the_house_and_ends(shell: Shell) -> None:
    result = shell.run("work", "--once")
    assert (result.exit_code, result.output) == (0, "")


def _abandoned(folder: Path) -> Path:
    left = folder / "data" / "blobs" / "incoming" / "left"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half a file")
    os.utime(left, (0, 0))
    return left


def test_work_sweeps_up_after_interrupted_uploads(shell: Shell) -> None:
    left = _abandoned(shell.folder)
    assert shell.run("work", "--once").exit_code == 0
    assert not left.exists()


def test_a_worker_sweeps_every_day(shell: Shell) -> None:
    broom = Broom(create_app({"data_dir": shell.folder / "data"}))
    broom.sweep(100.0)
    left = _abandoned(shell.folder)
    broom.sweep(100.0 + SWEEP_SECONDS - 1)
    assert left.exists()
    broom.sweep(100.0 + SWEEP_SECONDS)
    assert not left.exists()


def test_a_bad_setting_names_its_variable(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    monkeypatch.setenv("WORKFLOW_SERVER_POOL_SIZE", "many")
    result = shell.run("migrate")
    assert result.exit_code == 1
    assert "WORKFLOW_SERVER_POOL_SIZE" in result.output


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"database_url": "nonsense"}, "WORKFLOW_SERVER_DATABASE_URL"),
        ({"database_url": "nowhere://host/name"}, "WORKFLOW_SERVER_DATABASE_URL"),
        ({"database_url": "sqlite:////dev/null/x.db"}, "unable to open database file"),
        ({"database_url": "postgresql+psycopg://a:b@127.0.0.1:1/x"}, "onnection refused"),
        ({"data_dir": Path("/dev/null/data")}, "WORKFLOW_SERVER_DATA_DIR"),
    ],
)
def test_what_stops_the_start_is_told_in_one_line(
    tmp_path: Path, settings: dict[str, Any], says: str
) -> None:
    given = {"data_dir": tmp_path} | settings
    commands = cli.build(cli.House(lambda: create_app(given), prepare, ""))
    result = CliRunner().invoke(commands, ["migrate"])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    (told,) = (text for text in result.output.splitlines() if text.startswith("Error: "))
    assert says in told
    assert "Traceback" not in result.output


@pytest.mark.parametrize("words", [("--port", "70000"), ("--port", "-1"), ("--workers", "0")])
def test_numbers_that_cannot_be_served_on_are_refused(shell: Shell, words: tuple[str, ...]) -> None:
    refused = shell.run("serve", *words)
    assert refused.exit_code == 2
    assert f"Invalid value for '{words[0]}'" in refused.output


def test_the_history_is_audited_and_a_break_is_told_with_exit_1(shell: Shell) -> None:
    assert shell.run("deploy", str(shell.folder)).exit_code == 0
    whole = shell.run("audit")
    assert (whole.exit_code, "均完整。 All is whole." in whole.output) == (0, True)
    anchored = shell.run("audit", "anchor")
    assert anchored.exit_code == 0
    kept = anchored.output.splitlines()[-1]
    assert shell.run("audit", "verify", "--known", kept).exit_code == 0
    (database,) = shell.folder.glob("data/*.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        with pytest.raises(sqlite3.IntegrityError, match="written once"):
            connection.execute("UPDATE history SET act = 'Nothing'")
        connection.execute("DROP TRIGGER history_written_once_update")
        connection.execute("UPDATE history SET act = 'Nothing' WHERE seq = 1")
    broken = shell.run("audit")
    assert broken.exit_code == 1
    assert "deployments: 第1条 row 1: 内容被改动 was altered" in broken.output
    told = json.loads(shell.run("audit", "verify", "--json").stdout)
    places = [(each["chain"], each["seq"]) for each in told["findings"]]
    # The row no longer tells of the deployment, which stands there without an act now.
    assert places == [("deployments", 1), ("deployments", 0)]


def test_what_there_is_no_history_of_is_not_told_to_be_whole(shell: Shell) -> None:
    for words in (("--area", "inquiry"), ("--instance", "00000000-0000-7000-8000-000000000000")):
        refused = shell.run("audit", "verify", *words)
        assert refused.exit_code == 1
        assert "All is whole" not in refused.output
        assert ("inquiries" in refused.output) == (words[0] == "--area")


def test_the_trail_is_exported_with_a_manifest_that_holds_its_hashes(shell: Shell) -> None:
    shell.run("deploy", str(shell.folder))
    out = shell.folder / "trail.jsonl"
    result = shell.run("audit", "export", "--from", "2020-01-01", "--out", str(out))
    assert result.exit_code == 0, result.output
    manifest = json.loads(out.with_suffix(".manifest.json").read_text())
    lines = out.read_bytes()
    assert manifest["rows"] == len(lines.splitlines()) > 0
    for each in manifest["files"]:
        data = (shell.folder / each["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == each["sha256"]
    assert "ContentDeployed" in out.with_suffix(".csv").read_text("utf-8-sig")
