"""Lanes, pools and notes that name what is not there, or that contradict the drawing."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, chain, drawn, user
from tests.hostile.corpus.references import LANES, LINE, NOTE, OTHER

BESIDES = [
    drawn(
        "a lane that holds an unknown element",
        "lane",
        "泳道",
        *LINE,
        LANES.format(f"{MARK}<b:flowNodeRef>ghost</b:flowNodeRef>"),
    ),
    drawn(
        "a lane that holds nothing by name",
        "lane",
        "泳道",
        *LINE,
        LANES.format(f"{MARK}<b:flowNodeRef/>"),
    ),
    drawn(
        "a lane that holds an element of another process",
        "lane",
        "泳道",
        *LINE,
        LANES.format(f"{MARK}<b:flowNodeRef>o</b:flowNodeRef>"),
        beside=OTHER,
    ),
    drawn(
        "a lane that holds a lane",
        "lane",
        "泳道",
        *LINE,
        LANES.format(f"{MARK}<b:flowNodeRef>lane</b:flowNodeRef>"),
    ),
    drawn(
        "an element in two lanes",
        "two",
        "泳道",
        *LINE,
        '<b:laneSet id="ls"><b:lane id="one"><b:flowNodeRef>a</b:flowNodeRef></b:lane>\n'
        f'<b:lane id="two">{MARK}<b:flowNodeRef>a</b:flowNodeRef></b:lane></b:laneSet>',
    ),
    drawn(
        "a pool of an unknown process",
        "pool",
        "参与者",
        *LINE,
        beside=f'<b:collaboration id="c">{MARK}<b:participant id="pool" processRef="ghost"/>'
        "</b:collaboration>",
    ),
    drawn(
        "two pools of one process",
        "p2",
        "参与者",
        *LINE,
        beside='<b:collaboration id="c"><b:participant id="p1" processRef="bad"/>\n'
        f'{MARK}<b:participant id="p2" processRef="bad"/></b:collaboration>',
    ),
    drawn(
        "a flow of messages from nowhere",
        "mf",
        "消息流",
        *LINE,
        beside=f'<b:collaboration id="c">{MARK}<b:messageFlow id="mf" sourceRef="ghost" '
        'targetRef="a"/></b:collaboration>',
    ),
    drawn(
        "a flow of messages to nowhere",
        "mf",
        "消息流",
        *LINE,
        beside=f'<b:collaboration id="c">{MARK}<b:messageFlow id="mf" sourceRef="a"/>'
        "</b:collaboration>",
    ),
    drawn(
        "a line of a note to nowhere",
        "as",
        "关联",
        *LINE,
        NOTE,
        f'{MARK}<b:association id="as" sourceRef="note" targetRef="ghost"/>',
    ),
    drawn(
        "a line between two elements",
        "as",
        "关联",
        *LINE,
        f'{MARK}<b:association id="as" sourceRef="begin" targetRef="a"/>',
    ),
    drawn(
        "an element that names a flow that is not there",
        "x",
        "ghost",
        user("b"),
        f'{MARK}<b:manualTask id="x"><b:incoming>ghost</b:incoming></b:manualTask>',
        chain("begin", "b", "x", "end"),
    ),
    drawn(
        "an element that names a flow of others",
        "x",
        "begin-b",
        user("b"),
        f'{MARK}<b:manualTask id="x"><b:outgoing>begin-b</b:outgoing></b:manualTask>',
        chain("begin", "b", "x", "end"),
    ),
]

CASES: list[Case] = BESIDES
