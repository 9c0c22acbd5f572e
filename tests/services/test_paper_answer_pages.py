"""Answers on paper over the API and on the letter's page."""

from __future__ import annotations

from flask import Flask

from tests.services.conftest import House
from tests.services.test_paper_answers import scan, sent
from tests.web.conftest import Browser
from workflow_server.services import process_instances as instances


def test_the_letter_leads_to_the_form_and_the_answer_to_the_case(app: Flask, house: House) -> None:
    letter = sent(house)
    file = scan(house)
    bob = Browser(app)
    assert bob.sign_in("bob").status == 200
    address = f"/letters/{letter.delivery.id}"
    page = bob.get(bob.get(address).link("登记书面答复"))
    assert "复函" in page.text
    assert page.all('[data-island="form"]')
    given = {"paper_received_on": "2026-06-30", "paper_files": [file], "opinion": "同意"}
    api = f"/api/deliveries/{letter.delivery.id}/paper-answers"
    listed = bob.client.get(api).json["items"]
    assert [(each["type"], each["label"]) for each in listed] == [("M-TELL", "复函")]
    entered = bob.client.post(api, json={"type": "M-TELL", "answers": given})
    assert entered.status_code == 201, entered.json
    assert entered.json["status"] == "entered"
    shown = bob.get(f"/letters/{entered.json['id']}")
    assert "收到的函件" in shown.text
    assert "收到纸质答复2026-06-30" in shown.text
    assert "同意" in shown.text
    again = bob.client.post(api, json={"type": "M-TELL", "answers": given})
    assert (again.status_code, again.json["type"].rpartition("/")[2]) == (409, "answer-not-awaited")
    assert "没有办理中的案件等待" in bob.get(f"{address}/answer").text
    case = letter.delivery.instance_id
    assert instances.get_diagram(house.ann, case).current == ["after"]
