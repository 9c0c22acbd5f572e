"""What is classed or hidden stands in no byte of any answer for who may not read it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.conftest import Caller
from tests.api.tips import INFORMANT, NOTE, NUMBER, PHONE, PROPOSER, Tips, occurs

SECRETS = (INFORMANT, PHONE, NUMBER)


@pytest.fixture
def tips(app: Flask) -> Tips:
    return Tips(app)


@pytest.fixture
def case(tips: Tips) -> str:
    """A tip that is registered and waits to be weighed."""
    return tips.begin()


def seen(caller: Caller, *paths: str) -> set[str]:
    """Return which secrets occur anywhere in the answers to these requests."""
    return {secret for path in paths for secret in SECRETS if occurs(secret, caller.get(path))}


def test_variables_are_masked_for_who_does_not_read_their_class(tips: Tips, case: str) -> None:
    path = f"/process-instances/{case}/variables"
    assert seen(tips.carl, path) == set()
    assert seen(tips.hilda, path) == set(SECRETS)
    masked = tips.carl.get(path).json["variables"]
    assert masked["phone"] == "*******5678"
    assert masked["informant"] == "***"
    assert masked["people"] == [{"who": "甲", "number": "**************1234"}]
    assert masked["title"] == "排污线索"


def test_history_is_masked(tips: Tips, case: str) -> None:
    path = f"/process-instances/{case}/history"
    assert seen(tips.carl, path) == set()
    assert seen(tips.hilda, path) == set(SECRETS)


def test_records_are_masked_and_not_found_by_what_is_masked(tips: Tips, case: str) -> None:
    record = tips.carl.get("/records").json["items"][0]["id"]
    paths = ("/records", f"/records/{record}", f"/process-instances/{case}/records")
    assert seen(tips.carl, *paths) == set()
    for path in paths:
        assert seen(tips.hilda, path) == {INFORMANT, PHONE}
    assert tips.carl.get("/records", query_string={"text": PHONE}).json["total"] == 0


def test_the_desk_masks_what_stands_beside_the_form(tips: Tips, case: str) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note=NOTE)
    answer = tips.task(tips.will, "answer")
    assert seen(tips.will, f"/tasks/{answer}") == set()
    assert seen(tips.hilda, f"/tasks/{answer}") == {INFORMANT, PHONE}


def test_a_draft_of_somebody_else_is_shown_without_what_is_classed(tips: Tips) -> None:
    tips.begin()
    weigh = tips.task(tips.han, "weigh")
    draft = {"opinion": f"{PHONE} 已核", "witness": "13900001111"}
    saved = tips.han.put(f"/tasks/{weigh}/draft", json={"answers": draft})
    assert saved.status_code == 200
    assert tips.han.get(f"/tasks/{weigh}").json["draft"] == draft
    assert tips.carl.get(f"/tasks/{weigh}").json["draft"] == {"opinion": "*******5678 已核"}


def test_papers_are_for_readers_of_all_their_classes(tips: Tips, case: str) -> None:
    listed = tips.hilda.get("/documents").json
    assert listed["total"] == 1
    paper = listed["items"][0]["id"]
    assert tips.carl.get("/documents").json["total"] == 0
    assert tips.carl.get(f"/process-instances/{case}/documents").json["total"] == 0
    assert tips.carl.get(f"/documents/{paper}").status_code == 404
    assert tips.carl.get(f"/documents/{paper}/file").status_code == 404
    assert tips.hilda.get(f"/documents/{paper}").status_code == 200


def test_files_in_classed_fields_are_not_there(tips: Tips, case: str) -> None:
    listed = {"query_string": {"instance_id": case}}
    assert tips.carl.get("/attachments", **listed).json["items"] == []
    assert tips.carl.get(f"/attachments/{tips.proof}").status_code == 404
    assert tips.carl.get(f"/attachments/{tips.proof}/file").status_code == 404
    assert len(tips.hilda.get("/attachments", **listed).json["items"]) == 1
    assert tips.hilda.get(f"/attachments/{tips.proof}/file").status_code == 200


def test_a_letter_takes_only_what_is_disclosed_out_of_the_house(tips: Tips, case: str) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note=NOTE)
    tips.complete(tips.will, "answer", opinion="照办")
    tips.run_jobs()
    for caller in (tips.hilda, tips.tom):
        letter = caller.get("/deliveries")
        assert letter.json["total"] == 1
        assert not occurs(INFORMANT, letter)
        assert not occurs(NUMBER, letter)
        assert not occurs(tips.proof, letter)
    assert occurs(PHONE, tips.hilda.get("/deliveries"))
    # Disclosed to the town, but its clerk is no reader of the class.
    assert not occurs(PHONE, tips.tom.get("/deliveries"))
    payload = tips.tom.get("/deliveries").json["items"][0]["payload"]
    assert payload["words"] == "***"
    assert payload["informant"] == "***"
    assert payload["title"] == "排污线索"
    assert payload["proposer"] == PROPOSER


def test_a_flag_masks_from_the_moment_it_is_set(tips: Tips, case: str) -> None:
    path = f"/process-instances/{case}/variables"
    assert occurs(PROPOSER, tips.carl.get(path))
    tips.flag(case, "hide_proposer")
    assert not occurs(PROPOSER, tips.carl.get(path))
    assert occurs(PROPOSER, tips.hilda.get(path))
    # Who gave the answer still reads it, reader of the class or not.
    assert occurs(PROPOSER, tips.han.get(path))
    tips.complete(tips.han, "weigh", opinion="属实", note=NOTE)
    tips.complete(tips.will, "answer", opinion="照办")
    tips.run_jobs()
    assert not occurs(PROPOSER, tips.tom.get("/deliveries"))


def test_a_hidden_field_is_neither_shown_nor_taken(tips: Tips, case: str) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note=NOTE, grade="inner")
    answer = tips.task(tips.will, "answer")
    desk = tips.will.get(f"/tasks/{answer}")
    for hidden in (NOTE, "内部等级甲", "缺省批注"):
        assert not occurs(hidden, desk)
    for path in ("variables", "history", "records"):
        assert not occurs(NOTE, tips.will.get(f"/process-instances/{case}/{path}"))
        assert occurs(NOTE, tips.hilda.get(f"/process-instances/{case}/{path}"))
        assert occurs(NOTE, tips.han.get(f"/process-instances/{case}/{path}"))


def test_what_a_task_may_not_write_stays_as_it_was(tips: Tips, case: str) -> None:
    tips.complete(tips.han, "weigh", opinion="属实", note=NOTE)
    answer = tips.task(tips.will, "answer")
    smuggled = {"opinion": "照办", "note": "改掉", "grade": "inner"}
    tips.will.put(f"/tasks/{answer}/draft", json={"answers": smuggled})
    assert tips.will.get(f"/tasks/{answer}").json["draft"] == {"opinion": "照办"}
    tips.complete(tips.will, "answer", **smuggled)
    held = tips.hilda.get(f"/process-instances/{case}/variables").json["variables"]
    assert held["note"] == NOTE
    assert held["opinion"] == "照办"
    assert held["records"]["tip"]["note"] == NOTE
    assert held["answers"]["answer"] == [{"opinion": "照办"}]


def test_incidents_are_masked(tips: Tips, case: str) -> None:
    tips.raise_incident(case, f"不能写入 {PHONE}")
    assert not occurs(PHONE, tips.carl.get("/incidents"))
    assert occurs(PHONE, tips.hilda.get("/incidents"))
