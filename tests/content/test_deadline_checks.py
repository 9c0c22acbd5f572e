"""What a wf:deadline lacks, has too much of, or names wrongly, by its operation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.content.content_building import faults, node, sealed
from workflow_server.content import shared
from workflow_server.content.alerts import Receiver

D = '<wf:deadline name="reply" operation='
SOUND = [
    'wf:deadline name="a" rule="=[title]" start="=today" amount="=3" copyTo="=title"',
    f'{D[1:]}"stop" as="cancelled"',
    f'{D[1:]}"extend" until="=today" reason="甲"',
    f'{D[1:]}"extend" by="R-1" reason="甲"',
    f'{D[1:]}"pause" reason="甲"',
    f'{D[1:]}"resume"',
    f'{D[1:]}"exclude" days="=3"',
    f'{D[1:]}"exclude" from="=today" to="=today"',
    f'{D[1:]}"restart" start="=today" amount="=3"',
    f'{D[1:]}"revise" start="=today" reason="甲"',
    f'{D[1:]}"add" rule="R-1"',
    f'{D[1:]}"add" rule="R-1@50"',
]


@pytest.mark.parametrize("word", SOUND)
def test_what_an_operation_needs_is_enough(word: str) -> None:
    assert faults(node("task", f"<{word}/>")) == []


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ('"extend" reason="甲"', "until 和 by"),
        ('"extend" until="=today" by="R-1" reason="甲"', "until 和 by"),
        ('"extend" until="=today"', "缺少 reason"),
        ('"extend" by="R-GHOST" reason="甲"', "没有规则“R-GHOST”"),
        ('"pause"', "缺少 reason"),
        ('"exclude"', "请写明 days"),
        ('"exclude" from="=today"', "请写明 days"),
        ('"restart"', "缺少 start"),
        ('"revise" start="=today"', "缺少 reason"),
        ('"add"', "缺少 rule"),
        ('"add" rule="R-GHOST"', "没有规则“R-GHOST”"),
        ('"add" rule="R-GHOST@50"', "没有规则“R-GHOST”"),
        ('"add" rule="R-1@重庆"', "须是行政区划代码"),
        ('"stop" until="=today"', "不能写属性 until"),
        ('"pause" reason="甲" start="=today"', "不能写属性 start"),
        ('"resume" as="cancelled"', "不能写属性 as"),
        ('"extend" until="=(" reason="甲"', "FEEL 语法错误"),
    ],
)
def test_what_an_operation_cannot_do_with_is_told(attributes: str, says: str) -> None:
    assert says in "".join(faults(node("task", f"{D}{attributes}/>")))


@pytest.mark.parametrize("operation", ["extend", "pause", "resume", "restart", "revise", "add"])
def test_a_clock_that_nothing_starts_is_told(operation: str) -> None:
    body = node("task", f'<wf:deadline name="ghost" operation="{operation}"/>')
    assert "没有起算过期限“ghost”" in "".join(faults(body))


def test_a_service_task_may_change_a_clock_and_do_nothing_else() -> None:
    assert faults(node("serviceTask", f"<{SOUND[2]}/>")) == []
    assert "缺少 wf:operation" in "".join(faults(node("serviceTask", f"<{SOUND[1]}/>")))


def ladder(**more: Any) -> tuple[Any, list[str]]:
    given = {"start": True, "receivers": [{"who": "handler"}], **more}
    found, wrong = shared.read_with_faults(sealed({"bpmn/_shared/alerts.json": json.dumps(given)}))
    return found.alerts, [f"{each.pointer} {each.detail}" for each in wrong]


def test_a_ladder_is_read() -> None:
    role = {"who": "role", "role": "clerk", "from": -3}
    found, wrong = ladder(before=[3, 15], overdue={"workdays": 2}, receivers=[role])
    assert wrong == []
    assert (found.at_start, found.before, found.overdue_workdays) == (True, (15, 3), 2)
    assert found.receivers == (Receiver("role", -3, "clerk"),)
    assert [found.receivers[0].hears(days) for days in (None, 0, -2, -3, -9)] == [
        *(False, False, False),
        *(True, True),
    ]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"before": [0]}, "1 至 400"),
        ({"before": ["x"]}, "1 至 400"),
        ({"short": {"days": -1}}, "0 至 400"),
        ({"short": {"shares": [100]}}, "1 至 99"),
        ({"overdue": {"often": 1}}, "没有这一项"),
        ({"receivers": [{"who": "everybody"}]}, "只能是"),
        ({"receivers": [{"who": "role"}]}, "须填写文字"),
        ({"receivers": [{"who": "handler", "from": "soon"}]}, "须是 start"),
        ({"surprise": 1}, "没有这一项"),
    ],
)
def test_a_faulty_ladder_is_refused(more: dict[str, Any], says: str) -> None:
    assert says in "".join(ladder(**more)[1])


def test_a_ladder_names_roles_that_there_are() -> None:
    given = {"receivers": [{"who": "role", "role": "ghost"}]}
    found = faults(files={"bpmn/_shared/alerts.json": json.dumps(given)})
    assert any("没有角色“ghost”" in each for each in found)
