"""What a proposal says of people in a changed drawing."""

from __future__ import annotations

from dataclasses import replace

from workflow_server.content.elements import (
    Assign,
    ElementExtensions,
    Flag,
    ProcessExtensions,
    Separation,
    Start,
    Team,
)
from workflow_server.content.grammar import STRATEGIES
from workflow_server.content.shared import DataClass, Role
from workflow_server.services import process_changes

ROLES = {"clerk": Role("clerk", "书记员", "office")}
DRAFT = ElementExtensions("draft", "userTask", "拟稿", 1, lane_role="clerk")
SIGN = ElementExtensions(
    "sign", "userTask", "签发", 2, lane_role="clerk", field_access={"reason": "read"}
)
DRAWN = ProcessExtensions(
    process_id="p",
    name="p",
    path="bpmn/p.bpmn",
    line=1,
    title="流程",
    party="office",
    elements={"draft": DRAFT, "sign": SIGN},
    separations=(Separation(("draft", "sign"), "拟稿与签发分离"),),
    team=(Team("clerk", "=a"),),
    flags=(Flag("minor", "=b"),),
    starts=(Start("clerk", "开始", None, "begin"),),
)


def _told(after: ProcessExtensions) -> list[tuple[str, str, str | None, str | None]]:
    details = process_changes.details_of(DRAWN, after, ROLES, ROLES)
    return [(each["what"], each["label"], each["before"], each["after"]) for each in details]


def test_the_same_drawing_elsewhere_in_its_file_changes_nothing() -> None:
    assert (
        _told(replace(DRAWN, line=9, elements={"draft": replace(DRAFT, line=7), "sign": SIGN}))
        == []
    )


def test_a_separation_that_is_gone_is_told() -> None:
    told = _told(replace(DRAWN, separations=()))
    assert told == [("separation", "拟稿与签发分离", "拟稿、签发", None)]


def test_another_strategy_is_told_in_words_with_its_parameters() -> None:
    other = replace(SIGN, assign=Assign("head_above", of="starter", level=2, self_rule="exclude"))
    told = _told(replace(DRAWN, elements={"draft": DRAFT, "sign": other}))
    after = "连续多级部门主管（role=书记员，of=starter，level=2，self_rule=exclude）"
    assert told == [("assign", "签发", "角色（role=书记员）", after)]


def test_field_rights_and_separations_of_one_task_are_told() -> None:
    other = replace(SIGN, field_access={"a": "write", "reason": "hidden"}, separate_from=("draft",))
    told = _told(replace(DRAWN, elements={"draft": DRAFT, "sign": other}))
    assert sorted(told) == [
        ("field_access", "签发", "1项：reason=read", "2项：a=write、reason=hidden"),
        ("separate_from", "签发", None, "拟稿"),
    ]


def test_flags_team_and_starts_that_go_are_told() -> None:
    told = _told(replace(DRAWN, flags=(), team=(), starts=()))
    assert sorted(told) == [
        ("flag", "minor", "=b", None),
        ("start", "begin", "书记员", None),
        ("team", "书记员", "=a", None),
    ]


def test_a_new_process_tells_everything_and_a_task_that_goes_its_assign() -> None:
    new = process_changes.details_of(None, DRAWN, {}, ROLES)
    assert {each["what"] for each in new} >= {"separation", "assign", "team", "flag", "start"}
    assert all(each["before"] is None for each in new)
    gone = _told(replace(DRAWN, elements={"draft": DRAFT}, separations=DRAWN.separations))
    assert ("assign", "签发", "角色（role=书记员）", None) in gone


def test_a_class_of_data_tells_readers_and_whether_it_is_confined() -> None:
    was = DataClass("id", "证件号", ("clerk",), confined=True)
    will = replace(was, readers=("clerk", "*"), handlers=frozenset({"clerk"}), confined=False)
    (told,) = process_changes.classes_of({"id": was}, {"id": will})
    assert (told["readers_before"], told["readers"]) == (["clerk"], ["clerk:team", "*"])
    assert (told["confined_before"], told["confined"], told["change"]) == (True, False, "changed")
    (gone,) = process_changes.classes_of({"id": was}, {})
    assert (gone["change"], gone["readers"], gone["confined"]) == ("removed", None, None)
    assert list(process_changes.classes_of({"id": was}, {"id": was})) == []


def test_every_strategy_of_the_grammar_has_its_words() -> None:
    assert set(process_changes.STRATEGIES) == set(STRATEGIES)
