"""Files that are no harmless BPMN are refused; what is only there to be read is tolerated."""

import pytest

from tests.engine.builder import Player, Process, line
from tests.engine.refusing import at, between, refused
from workflow_server.engine import reading, sources
from workflow_server.engine.definitions import DefinitionRefused, parse

ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</bpmn:definitions>"""


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (ENTITIES, "DOCTYPE"),
        (b"<!doctype html><html/>", "DOCTYPE"),
        (line("a").xml().decode().encode("utf-16"), "UTF-8"),
        (b"", "语法"),
        (b"<bpmn", "语法"),
        (b"PK\x03\x04\x00", "语法"),
        (b"<html/>", "definitions"),
        (b"<definitions/>", "definitions"),
        (line("a").xml().replace(b"</bpmn:process>", b""), "语法"),
    ],
)
def test_files_that_are_no_harmless_bpmn_are_refused(data: bytes, word: str) -> None:
    (fault,) = refused(data)
    assert word in fault.detail


def test_a_file_on_disk_is_never_read() -> None:
    data = line("a").xml().replace(b"<bpmn:process", b'<!ENTITY x SYSTEM "file:///etc/passwd">', 1)
    assert "DOCTYPE" in refused(data)[0].detail


def test_big_deep_and_long_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<bpmn:a>" * 100 + "</bpmn:a>" * 100
    assert (
        "嵌套"
        in refused(line("a"), f"<bpmn:extensionElements>{deep}</bpmn:extensionElements>")[0].detail
    )
    abyss = "<bpmn:a>" * 2000 + "</bpmn:a>" * 2000
    assert "语法" in refused(line("a"), abyss)[0].detail
    monkeypatch.setattr(reading, "MAXIMUM_NODES", 5)
    assert "超过 5 个" in at(refused(line("a", "b", "c", "d")), "p")
    monkeypatch.setattr(sources, "MAXIMUM_BYTES", 100)
    assert "MB" in refused(line("a"))[0].detail


def test_long_ids_are_refused() -> None:
    assert "标识" in at(refused(line("a" * 200)), "a" * 200)


def test_all_faults_of_all_files_are_told_at_once_with_their_lines() -> None:
    first = between("scriptTask").element("task", "y").xml()
    second = between("callActivity").xml().replace(b'id="p"', b'id="q"')
    with pytest.raises(DefinitionRefused) as error:
        parse({"bpmn/a.bpmn": first, "bpmn/b.bpmn": second})
    pointers = [fault.pointer for fault in error.value.faults]
    assert "bpmn/a.bpmn:6 x" in pointers
    assert "bpmn/a.bpmn:9 y" in pointers
    assert "bpmn/b.bpmn:6 x" in pointers
    assert error.value.code == "definition-refused"


def test_what_is_only_there_to_be_read_is_tolerated() -> None:
    process = (
        line("a")
        .raw("<bpmn:documentation>&lt;b&gt;why&lt;/b&gt;</bpmn:documentation>")
        .raw(
            '<bpmn:extensionElements><camunda:properties><camunda:property name="x"/>'
            "</camunda:properties></bpmn:extensionElements>"
        )
        .raw('<bpmn:textAnnotation id="note"><bpmn:text>see</bpmn:text></bpmn:textAnnotation>')
        .raw('<bpmn:association id="as" sourceRef="a" targetRef="note"/>')
        .raw('<bpmn:group id="grp"/>')
        .raw(
            '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="Office">'
            '<bpmn:childLaneSet id="cls"><bpmn:lane id="inner" name="Desk">'
            "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet>"
            "</bpmn:lane></bpmn:laneSet>"
        )
        .raw("<!-- a comment -->")
    )
    beside = (
        '<bpmn:process id="other" isExecutable="false"><bpmn:scriptTask id="o"/></bpmn:process>'
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" processRef="other"/><bpmn:participant id="p3"/>'
        '<bpmn:messageFlow id="mf" sourceRef="a" targetRef="p3"/></bpmn:collaboration>'
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d"/>'
        '<bpmn:signal id="unused" name="s"/>'
    )
    (definition,) = parse({"bpmn/x.bpmn": process.xml(beside)})
    assert definition.elements["a"].lane == "Desk"
    assert Player(definition).start().complete("a").step.ended


def test_several_pools_of_one_file_are_definitions_of_their_own() -> None:
    other = Process("q").start("qs").end("qe").user("qa").chain("qs", "qa", "qe").process_xml()
    first, second = parse({"bpmn/x.bpmn": line("a").xml(other)})
    assert (first.key, second.key) == ("p", "q")
    assert second.elements["qa"].process == "q"
