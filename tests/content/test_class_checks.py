"""Classes of data in content: what is unknown, undeclared or let out is a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.tips import CLASSES, PAYLOAD, files
from workflow_server.content import bundle, checks, content, lineage

TOWN = "018f0000-0000-7000-8000-000000000000"


def faults(payload: str = PAYLOAD, **changed: Any) -> list[str]:
    made = files(TOWN, payload)
    for path, (old, new) in changed.items():
        full = next(each for each in made if path in each.replace("/", "_"))
        text = made[full].decode()
        assert old in text, (full, old)
        made[full] = text.replace(old, new).encode()
    sealed = bundle.from_files(made)
    return [f"{fault.pointer} {fault.detail}" for fault in checks.check(sealed)]


def only(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]


def test_sound_classes_have_no_faults() -> None:
    assert faults() == []


def test_a_class_that_nobody_has_declared_is_a_fault_wherever_it_is_named() -> None:
    told = only(faults(forms_a_weigh=('"class": "phone"', '"class": "fone"')))
    assert told == "forms/a/weigh.json witness data_classes.json 里没有信息类别“fone”"
    told = only(faults(records=('"class": "phone"', '"class": "fone"')))
    assert "records.json#/kinds/0/fields/phone" in told


def test_a_reader_is_a_role() -> None:
    told = only(faults(data_classes=('["head"]', '["nobody"]')))
    assert "roles.json 里没有角色“nobody”" in told


def test_a_mask_is_one_of_a_few() -> None:
    told = faults(data_classes=('"mask": "initial"', '"mask": "smudge"'))
    assert any("只能是 all、keep_last_4、initial、district、year" in each for each in told)


def test_a_paper_declares_the_classes_of_what_stands_in_it() -> None:
    told = only(faults(slip_document=('"classes": ["informant"], ', "")))
    assert told.startswith("documents/slip/document.json#/data/informant")
    assert '请在 classes 里写明 "informant"' in told


def test_a_paper_declares_the_classes_of_what_its_data_are_made_of() -> None:
    made = ('"=informant"', '"=\\"来源：\\" + informant + phone"')
    told = only(faults(slip_document=made))
    assert '请在 classes 里写明 "phone"' in told


def test_under_a_flag_a_paper_may_make_something_of_a_value_but_not_copy_it() -> None:
    assert faults(slip_document=('"=informant"', '"=if phone = null then proposer else 1"')) != []
    assert (
        faults(slip_document=('"=informant"', '"=if title = null then null else proposer"')) == []
    )
    told = only(faults(slip_document=('"=informant"', '"=proposer"')))
    assert '请在 classes 里写明 "proposer"' in told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title="=title"', 'title="=word"'),
        ('conversation="=case.id"', 'conversation="=again"'),
        ('kind="slip" moment="draft"', 'kind="slip" moment="draft" name="=again"'),
        ('<wf:output name="title"', '<wf:output name="business_key" value="=again"/>'
         '<wf:output name="title"'),
        ('title="=title"', 'title="=get value(get value(answers, title)[-1], title)"'),
    ],
)  # fmt: skip
def test_what_was_made_of_a_classed_value_stays_so_over_several_steps(old: str, new: str) -> None:
    steps = (
        '<wf:output name="word" value="=&quot;来源：&quot; + this.informant"/>'
        '<wf:output name="again" value="=substring(word, 1)"/>'
    )
    made = files(TOWN)
    diagram = made["bpmn/a.bpmn"].decode()
    assert old in diagram
    copied = '<wf:output name="title"'
    made["bpmn/a.bpmn"] = diagram.replace(old, new).replace(copied, steps + copied, 1).encode()
    told = [fault.detail for fault in checks.check(bundle.from_files(made))]
    assert any("标题、案号和往来标识人人可见" in each for each in told)


def test_a_title_names_nothing_that_is_classed() -> None:
    told = only(faults(bpmn_a=('title="=title"', 'title="=title + informant"')))
    assert "wf:record title" in told
    assert "标题、案号和往来标识人人可见" in told


def test_a_conversation_names_nothing_that_is_classed() -> None:
    told = only(faults(bpmn_a=('conversation="=case.id"', 'conversation="=case.id + phone"')))
    assert "wf:message conversation" in told


def test_what_is_confined_is_never_disclosed() -> None:
    told = only(
        faults(PAYLOAD.replace('value="=informant"/>', 'value="=informant" disclose="informant"/>'))
    )
    assert "不得离开本单位" in told


def test_an_enclosed_paper_needs_its_classes_disclosed() -> None:
    told = only(faults(PAYLOAD + '<wf:enclose document="slip"/>'))
    assert 'disclose="informant"' in told


def test_a_row_that_loses_a_field_is_a_fault() -> None:
    told = faults(
        bpmn_a=(
            'key="a/weigh"/><wf:assign strategy="role" role="handler"/>',
            'key="a/tip"/><wf:assign strategy="role" role="handler"/>'
            '<wf:fieldAccess field="people.number" access="hidden"/>'
            '<wf:output name="people" value="=this.people"/>',
        )
    )
    assert any("缺少它的“people”覆盖原值" in each for each in told)


def test_marks_follow_what_is_handed_on_unchanged() -> None:
    held = content.load(bundle.from_files(files(TOWN))).lineages["p"]
    assert held.facts["informant"] == {"": frozenset({"informant"})}
    assert held.facts["people"] == {"number": frozenset({"number"})}
    assert held.records["tip"]["informant"] == frozenset({"informant"})
    assert held.of("=get value(names, informant)") == held.facts["informant"]
    assert held.of("=people[1].number") == {"": frozenset({"number"})}
    assert held.of("=answers.begin[-1].phone") == {"": frozenset({"phone"})}
    assert held.of('="x" + phone') == {}
    assert held.named_in('="informant" + phone') == frozenset({"phone"})
    assert held.sent == {"M-TIP": {"phone": frozenset({"phone"})}}
    assert lineage.below({"a.b": frozenset({"x"})}, "a") == {"b": frozenset({"x"})}


def test_what_was_disclosed_keeps_its_class_at_the_recipient() -> None:
    made = files(TOWN)
    diagram = made["bpmn/a.bpmn"].decode()
    caught = (
        '<b:process id="q" isExecutable="true"><b:extensionElements>'
        '<wf:process title="收件" party="town"/></b:extensionElements>'
        '<b:startEvent id="got"><b:extensionElements><wf:output name="tel" value="=this.phone"/>'
        '</b:extensionElements><b:messageEventDefinition messageRef="m_tip"/></b:startEvent>'
        '<b:endEvent id="done"/><b:sequenceFlow id="s" sourceRef="got" targetRef="done"/>'
        "</b:process></b:definitions>"
    )
    made["bpmn/a.bpmn"] = diagram.replace("</b:definitions>", caught).encode()
    loaded = content.load(bundle.from_files(made))
    assert loaded.lineages["q"].facts == {"tel": {"": frozenset({"phone"})}}


def test_classes_are_read_by_key() -> None:
    shared = content.load(bundle.from_files(files(TOWN))).shared
    assert list(shared.classes) == [each["key"] for each in CLASSES]
    assert shared.classes["proposer"].flag == "hide_proposer"
    assert json.dumps(shared.classes["informant"].readers) == '["handler", "head"]'


def test_a_reader_may_have_to_handle_the_case() -> None:
    team = '[{"role": "head", "relation": "team"}]'
    assert faults(data_classes=('["head"]', team)) == []
    told = only(faults(data_classes=('["head"]', team.replace("head", "nobody"))))
    assert "roles.json 里没有角色“nobody”" in told
    told = faults(data_classes=('["head"]', team.replace("team", "town")))
    assert any("只能是 team" in each for each in told)
    made = files(TOWN)
    name = "bpmn/_shared/data_classes.json"
    made[name] = made[name].replace(b'["head"]', team.encode())
    declared = content.load(bundle.from_files(made)).shared.classes["proposer"]
    assert (declared.readers, declared.handlers) == (("head",), frozenset({"head"}))
