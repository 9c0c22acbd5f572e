"""Content is deployed whole or not at all, and once."""

from __future__ import annotations

import json

import pytest

from tests.services.conftest import House
from tests.services.drawing import NOTE, bundle_of, chain, files_of, line, node, process, user
from workflow_server.content import bundle as bundles
from workflow_server.errors import NotFound
from workflow_server.services import deployments, process_definitions
from workflow_server.services import process_instances as instances
from workflow_server.services.deployments import BundleRefused
from workflow_server.services.process_instances import StartRefused
from workflow_server.store.types import new_id


def test_the_same_bytes_are_deployed_once(house: House) -> None:
    first = house.deploy(line("draft"))
    assert house.deploy(line("draft")).id == first.id
    assert deployments.list_()[1] == 1
    assert [row.key for row in deployments.list_definitions(first.id)] == ["p"]


def test_a_version_counts_what_changed_for_the_process(house: House) -> None:
    house.deploy(line("draft"))
    house.deploy(line("draft"), line("other", key="q"))
    assert _versions() == {"p": 1, "q": 1}
    house.deploy(line("draft", "check"), line("other", key="q"))
    assert _versions() == {"p": 2, "q": 1}
    files = files_of([line("draft", "check"), line("other", key="q")])
    form = {**NOTE, "id": "Form_changed"}
    files["forms/a/note.json"] = json.dumps(form, ensure_ascii=False).encode()
    deployments.deploy(None, bundles.from_files(files), house.now, "api")
    assert _versions() == {"p": 3, "q": 2}
    assert [row.version for row in process_definitions.list_versions("p")] == [3, 2, 1, 1]


def test_a_process_left_out_may_still_be_started_and_one_without_a_start_may_not(
    house: House,
) -> None:
    house.deploy(line("draft"))
    house.deploy(line("other", key="q"))
    assert "p" in {row.key for row in process_definitions.list_()}
    assert house.start(house.ann).instance.id
    house.deploy(line("draft", start=""), line("other", key="q"))
    with pytest.raises(StartRefused):
        house.start(house.ann)


def test_faults_of_content_engine_and_templates_are_told_at_once_and_leave_nothing(
    house: House,
) -> None:
    unknown_form = node(
        "userTask", "draft", '<wf:form key="a/none"/><wf:assign strategy="role" role="drafter"/>'
    )
    files = files_of(
        [
            process(unknown_form, chain("begin", "draft", "end")),
            process(node("scriptTask", "run"), chain("begin", "run", "end"), key="q"),
        ]
    )
    files["documents/letter/document.json"] = json.dumps(
        {"title": "函", "layout": "letter", "data": {}}
    ).encode()
    files["documents/letter/template.html"] = b"{{ d.__class__ }} {% include '/etc/passwd' %}"
    with pytest.raises(BundleRefused) as refused:
        deployments.deploy(None, bundles.from_files(files), house.now, "api")
    pointers = " ".join(fault.pointer for fault in refused.value.faults)
    assert "bpmn/a.bpmn:" in pointers
    assert "bpmn/b.bpmn:" in pointers
    assert "documents/letter/" in pointers
    assert deployments.list_() == ([], 0)
    assert not process_definitions.list_()


def test_an_unknown_operation_is_refused_at_deployment(house: House) -> None:
    work = node("serviceTask", "work", '<wf:operation name="launch"/>')
    with pytest.raises(BundleRefused) as refused:
        house.deploy(line(work))
    assert refused.value.faults[0].pointer.endswith(" work")


def test_a_folder_is_deployed_unless_it_ever_was(house: House) -> None:
    old, new = bundle_of(line("draft")), bundle_of(line("draft", "check"))
    first = deployments.deploy_folder(old, house.now)
    deployments.deploy(None, new, house.now, "api")
    assert deployments.deploy_folder(old, house.now).id == first.id
    assert deployments.content_of_newest().bundle.checksum == new.checksum


def test_what_was_never_deployed_is_not_found(house: House) -> None:
    for look in (
        lambda: deployments.get(new_id()),
        lambda: deployments.content_of(new_id()),
        lambda: process_definitions.get(new_id()),
        lambda: process_definitions.get_newest("none"),
        lambda: process_definitions.list_versions("none"),
        lambda: instances.start(house.ann, "none", {}, None, house.now),
        deployments.content_of_newest,
    ):
        with pytest.raises(NotFound):
            look()


def test_a_start_is_offered_to_its_role(house: House) -> None:
    house.deploy(line("draft", start='<wf:start role="drafter" label="新建" form="a/note"/>'))
    definition = process_definitions.get_newest("p")
    offers = process_definitions.list_starts(house.ann, definition)
    assert [(offer.label, offer.organisation_name) for offer in offers] == [("新建", "许可办公室")]
    assert process_definitions.list_starts(house.eve, definition) == []
    assert process_definitions.get_start_form(house.ann, definition, None).key == "a/note"
    with pytest.raises(NotFound):
        process_definitions.get_start_form(house.eve, definition, None)
    assert b"isExecutable" in process_definitions.get_diagram(definition)


def test_who_may_not_start_a_process_is_refused_and_nothing_is_left(house: House) -> None:
    house.deploy(line("draft", start='<wf:start role="drafter" label="新建" form="a/note"/>'))
    with pytest.raises(instances.StartRefused):
        house.start(house.eve, title="一")
    with pytest.raises(instances.WrongParty):
        house.start(house.tom, title="一")
    assert instances.list_(house.eve) == ([], 0)


def test_the_answers_of_a_start_are_kept_and_a_repeated_start_starts_once(house: House) -> None:
    house.deploy(
        process(
            user("draft"),
            chain("begin", "draft", "end"),
            start='<wf:start role="drafter" label="新建" form="a/note"/>',
        )
    )
    given = {"title": "一"}
    first = instances.start(house.ann, "p", given, None, house.now, "s-1")
    again = instances.start(house.ann, "p", given, None, house.now, "s-1")
    assert again == first
    assert instances.list_(house.ann)[1] == 1
    variables = instances.get_variables(house.ann, first.instance.id)
    assert variables["answers"]["begin"] == [given]


def _versions() -> dict[str, int]:
    return {row.key: row.version for row in process_definitions.list_()}
