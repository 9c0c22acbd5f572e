"""Commands for people and offices: administrators, Excel files in and out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.house.test_command_line import GOOD, Shell, shell
from tests.services.test_office_import import OFFICE, changed, excel

__all__ = ["shell"]


@pytest.fixture
def deployed(shell: Shell) -> Shell:
    done = shell.run("deploy", str(shell.folder))
    assert done.exit_code == 0, done.output
    return shell


def test_an_administrator_is_made_and_unmade(shell: Shell) -> None:
    for login in ("one", "two"):
        shell.run("user", "add", login, "某人", "--password", GOOD)
        made = shell.run("user", "administration", login, "audit")
        assert made.exit_code == 0, made.output
        assert "user password" in made.output
    assert shell.run("user", "administration", "one", "none").exit_code == 0
    last = shell.run("user", "administration", "two", "none")
    assert last.exit_code == 1
    assert "最后一名" in last.output
    assert shell.run("user", "administration", "nobody", "audit").exit_code == 1
    assert shell.run("user", "password", "two", "--password", "Other-Horse-2").exit_code == 0


def test_a_file_is_judged_taken_in_and_comes_out_again(deployed: Shell, tmp_path: Path) -> None:
    office, out = tmp_path / "office.xlsx", tmp_path / "out.xlsx"
    office.write_bytes(excel(OFFICE))
    judged = deployed.run("office", "import", str(office), "--dry-run")
    assert judged.exit_code == 0, judged.output
    assert "将会 would be: 新增 added 9, 修改 changed 1" in judged.output
    taken = deployed.run("office", "import", str(office))
    assert "已导入 taken in: 新增 added 9" in taken.output
    assert "单位!2  added  区局" in taken.output
    assert "workflow-server user password LOGIN" in taken.output
    assert "user password" not in judged.output
    assert deployed.run("office", "export", str(out)).exit_code == 0
    again = deployed.run("office", "import", str(out))
    assert "新增 added 0, 修改 changed 0" in again.output, again.output
    assert "user password" not in again.output


def test_a_password_is_read_from_a_pipe_or_asked_for_twice(shell: Shell) -> None:
    def given(text: str, *words: str) -> Result:
        command = ["user", "password", "one", *words]
        return CliRunner().invoke(shell.commands, command, input=text)

    shell.run("user", "add", "one", "某人", "--password", GOOD)
    piped = given("Other-Horse-2\r\nmore\n", "--stdin")
    assert (piped.exit_code, piped.output) == (0, "口令已设置 set: one\n")
    assert given("Other-Horse-2\n", "--stdin").exit_code == 1  # the last one is not taken again
    assert given("", "--stdin").exit_code == 1
    assert given("", "--stdin", "--password", "Other-Horse-4").exit_code == 2
    assert given("Other-Horse-3\nOther-Horse-3\n").exit_code == 0
    assert given("Other-Horse-5\nOther-Horse-6\n").exit_code == 1


def test_a_faulty_file_is_told_cell_by_cell(deployed: Shell, tmp_path: Path) -> None:
    office = tmp_path / "office.xlsx"
    office.write_bytes(excel(changed("岗位", 2, 3, "king")))
    refused = deployed.run("office", "import", str(office))
    assert refused.exit_code == 1
    assert "岗位!D2" in refused.output
    assert "Traceback" not in refused.output


def test_the_template_is_written_and_taken_in(deployed: Shell, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    assert deployed.run("office", "template", str(path)).exit_code == 0
    assert "新增 added 0" in deployed.run("office", "import", str(path)).output
