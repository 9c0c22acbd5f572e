"""Whatever is sent to whatever route, no answer is a 5xx, and answers keep to their description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.api.conftest import Caller, Office
from tests.api.proposing import Desk
from tests.services.drawing import line

#: So many requests for each operation and way of making them up.
EXAMPLES = 5
#: What only designers and those who approve come to.
DESIGNERS = ("/api/drafts", "/api/proposals", "/api/deployments", "/api/process-definitions")
#: What ends a draft or a proposal comes when the rest was tried with it.
ENDS = ("/closure", "/withdrawal", "/proposal")
CHECKS = [not_a_server_error, response_schema_conformance]
FUZZED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def each_mode(name: str) -> Any:
    """Try a test in each way of making requests up; workers may share these: they take long."""
    return pytest.mark.parametrize(
        "mode",
        [
            pytest.param(mode, marks=pytest.mark.xdist_group(f"fuzzing-{name}-{mode.value}"))
            for mode in GenerationMode
        ],
    )


def _operations(caller: Caller) -> Iterator[Any]:
    document = caller.get("/openapi.json").json
    schema = schemathesis.openapi.from_dict(document)
    schema.app = caller.client.application
    for result in schema.get_all_operations():
        operation = result.ok()
        # It would end the session that the others need.
        if (operation.method, operation.path) != ("delete", "/api/sessions"):
            yield operation


def _real_ids(office: Office, started: dict[str, Any]) -> dict[str, str]:
    (definition,) = office.ann.get("/process-definitions").json["items"]
    return {
        "task_id": started["next_tasks"][0]["id"],
        "instance_id": started["id"],
        "definition_id": definition["id"],
        "deployment_id": definition["deployment_id"],
        "organisation_id": office.organisation("office"),
    }


def _fuzz(
    operation: Any, callers: Sequence[Caller], ids: dict[str, str], mode: GenerationMode
) -> None:
    """Send what is made up as each of the callers: to make it up costs more than to send it."""
    named = {each.name: ids[each.name] for each in operation.path_parameters if each.name in ids}
    made_up = operation.as_strategy(generation_mode=mode)
    cases = made_up | operation.as_strategy(generation_mode=mode, path_parameters=named)

    @FUZZED
    @given(case=cases if named else made_up)
    def send(case: Any) -> None:
        for caller in callers:
            headers = {"Authorization": f"Bearer {caller.token}"}
            case.validate_response(case.call(headers=headers), checks=CHECKS)

    send()


# One database is enough: it is the door that is tried here, not the store.
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@each_mode("everybody")
def test_nothing_that_is_sent_makes_the_server_fail(
    permits: Office, started: dict[str, Any], mode: GenerationMode
) -> None:
    ids = _real_ids(permits, started)
    operations = list(_operations(permits.max))
    assert len(operations) >= 60
    for operation in operations:
        # Where nothing can be said, nothing wrong can be said either.
        with suppress(Unsatisfiable):
            _fuzz(operation, (permits.max, permits.root), ids, mode)


def _drawn(desk: Desk) -> dict[str, str]:
    """Return the ids of a draft and a proposal of dan's, with a paper to be looked at."""
    draft = desk.dan.post("/drafts", json={"name": "改"}).json["id"]
    paper = {"kind": "document", "key": "letter", "title": "函"}
    assert desk.dan.post(f"/drafts/{draft}/files", json=paper).status_code == 201
    deployment = desk.newest()["id"]
    (definition,) = desk.dan.get("/process-definitions").json["items"]
    proposal = desk.propose(line("draft", "sign"))
    return {
        "draft_id": draft,
        "proposal_id": proposal,
        "deployment_id": deployment,
        "definition_id": definition["id"],
    }


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@each_mode("designers")
def test_nothing_that_a_designer_sends_makes_the_server_fail(
    office: Office, mode: GenerationMode
) -> None:
    desk = Desk(office)
    ids = _drawn(desk)
    operations = [each for each in _operations(desk.dan) if each.path.startswith(DESIGNERS)]
    operations.sort(key=lambda each: each.path.endswith(ENDS))
    assert len(operations) >= 30
    for operation in operations:
        with suppress(Unsatisfiable):
            _fuzz(operation, (desk.dan,), ids, mode)
