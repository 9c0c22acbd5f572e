"""An answer of one's own opens nothing else, and what is made of closed values stays closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.api import tips as drawing
from tests.api.conftest import Caller
from tests.api.tips import INFORMANT, PHONE, Tips, occurs
from workflow_server.store import db

AGE = 67432


def with_fields(form: bytes, *components: dict[str, Any]) -> bytes:
    """Return a form with more fields."""
    made = json.loads(form)
    made["components"] += [
        {"id": f"X_{each['key']}", "label": each["key"], **each} for each in components
    ]
    return json.dumps(made, ensure_ascii=False).encode()


def classed(type_: str, key: str, class_: str = "informant", **more: Any) -> dict[str, Any]:
    return {"type": type_, "key": key, "properties": {"class": class_}, **more}


def outputs(**values: str) -> str:
    return "".join(f'<wf:output name="{name}" value="{text}"/>' for name, text in values.items())


@pytest.fixture
def aged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Tips:
    """Tips whose informants say how old they are and whether they give their name."""
    asked = (classed("number", "age"), classed("checkbox", "real"))
    monkeypatch.setattr(drawing, "TIP", with_fields(drawing.TIP, *asked))
    made = outputs(age="=this.age", real="=this.real", double="=this.age * 2")
    monkeypatch.setattr(drawing, "COPIED", drawing.COPIED + made)
    values = (
        "=age",
        "=real",
        "=double",
        "=[age + 1]",
        "=&quot;满&quot; + string(age) + &quot;岁&quot;",
    )
    reads = "".join(
        f'<wf:reads label="{index}" value="{each}"/>' for index, each in enumerate(values)
    )
    monkeypatch.setattr(drawing, "READS", reads)
    limited = {"type": "number", "key": "n", "validate": {"max": "=age"}}
    plain = {"type": "number", "key": "m", "validate": {"max": "=1 + 2"}}
    monkeypatch.setattr(drawing, "WEIGH", with_fields(drawing.WEIGH, limited, plain))
    noted = (
        '<wf:field name="note" value="=&quot;来源：&quot; + informant + phone"/>'
        '<wf:field name="age" value="=age + 1"/><wf:field name="phone"'
    )
    monkeypatch.setattr(drawing, "RECORD", drawing.RECORD.replace('<wf:field name="phone"', noted))
    fields = [*drawing.KIND["fields"], {"key": "age", "label": "年龄", "type": "number"}]
    monkeypatch.setitem(drawing.KIND, "fields", fields)
    return Tips(app)


def begin(tips: Tips, age: int = AGE) -> str:
    told = {"title": "线索", "informant": INFORMANT, "phone": PHONE, "age": age, "real": True}
    started = tips.han.post("/process-instances", json={"process_key": "p", "answers": told})
    assert started.status_code == 201, started.text
    return str(started.json["id"])


def held(caller: Caller, case: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/process-instances/{case}/variables").json["variables"]
    return found


@pytest.mark.parametrize("first", ["agree", "against"])
def test_ones_own_vote_does_not_open_an_equal_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    ballot = {"key": "vote", "label": "表决", "readers": ["town_clerk"], "confined": True}
    monkeypatch.setattr(drawing, "CLASSES", [*drawing.CLASSES, ballot])
    values = [{"value": each, "label": each} for each in ("agree", "against")]
    vote = classed("select", "vote", "vote", values=values)
    monkeypatch.setattr(drawing, "WEIGH", with_fields(drawing.WEIGH, vote))
    tips = Tips(app)
    case = tips.begin()
    tips.complete(tips.han, "weigh", opinion="好", vote=first)
    tips.complete(tips.will, "answer", opinion="好", vote="agree")
    answers = held(tips.will, case)["answers"]
    assert answers["weigh"][0]["vote"] == "***"
    assert answers["answer"][0]["vote"] == "agree"
    told = tips.will.get(f"/process-instances/{case}/history").json["items"]
    votes = [each["data"]["answers"].get("vote") for each in told if "answers" in each["data"]]
    assert votes == [None, "***", "agree"]
    votes = [row.get("vote") for row in held(tips.han, case)["answers"]["answer"]]
    assert votes == ["***"]


def test_a_guess_confirms_nothing(app: Flask) -> None:
    tips = Tips(app)
    case = tips.begin()
    tips.complete(tips.han, "weigh", opinion="好")
    tips.complete(tips.will, "answer", opinion=PHONE, witness=PHONE)
    found = held(tips.will, case)
    assert found["phone"] == "*******5678"
    assert found["answers"]["begin"][0]["phone"] == "*******5678"
    assert found["records"]["tip"]["phone"] == "*******5678"
    # What they typed is as they typed it, whether or not it is what others typed.
    assert found["answers"]["answer"][0]["witness"] == PHONE
    assert found["opinion"] == PHONE


def test_true_is_not_one(aged: Tips) -> None:
    case = begin(aged, age=1)
    aged.complete(aged.han, "weigh", opinion="好")
    aged.complete(aged.will, "answer", opinion="好")
    found = held(aged.will, case)
    assert (found["age"], found["real"]) == ("***", "***")


def test_a_fact_is_its_givers_until_somebody_else_writes_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = outputs(seen="=this.witness")
    monkeypatch.setattr(drawing, "WEIGHED", told + drawing.WEIGHED)
    classes = [{**each, "readers": ["head"]} for each in drawing.CLASSES]
    monkeypatch.setattr(drawing, "CLASSES", classes)
    tips = Tips(app)
    case = tips.begin()
    tips.complete(tips.han, "weigh", opinion="好", witness="13900001111")
    assert held(tips.han, case)["seen"] == "13900001111"
    tips.complete(tips.will, "answer", opinion="好", witness="13900001111")
    assert held(tips.han, case)["seen"] == "*******1111"
    assert held(tips.will, case)["seen"] == "13900001111"


def test_after_a_failure_nobody_knows_whose_a_fact_is(app: Flask) -> None:
    tips = Tips(app)
    case = tips.begin()
    tips.flag(case, "hide_proposer")
    assert held(tips.han, case)["proposer"] == drawing.PROPOSER
    with app.app_context(), db.transaction():
        db.session().execute(
            sa.text(
                "INSERT INTO incidents (id, instance_id, element_id, message, raised_at)"
                " SELECT id, id, 'weigh', '', started_at FROM process_instances"
            )
        )
    found = held(tips.han, case)
    assert found["proposer"] == "欧××"
    assert found["answers"]["begin"][0]["proposer"] == drawing.PROPOSER


def test_what_records_make_of_closed_values_is_closed(aged: Tips) -> None:
    case = begin(aged)
    record = aged.carl.get("/records").json["items"][0]["id"]
    for path in ("/records", f"/records/{record}", f"/process-instances/{case}/records"):
        for secret in (INFORMANT, PHONE, str(AGE + 1)):
            assert not occurs(secret, aged.carl.get(path)), (path, secret)
            assert occurs(secret, aged.hilda.get(path))
    assert aged.carl.get(f"/records/{record}").json["fields"]["note"] == "来源：**********5678"
    for text in (INFORMANT, PHONE, "来源"):
        assert aged.carl.get("/records", query_string={"text": text}).json["total"] == 0


def test_facts_made_of_closed_numbers_are_closed(aged: Tips) -> None:
    found = held(aged.carl, begin(aged))
    assert [found[name] for name in ("age", "real", "double")] == ["***"] * 3
    assert found["records"]["tip"]["age"] == "***"


def test_numbers_beside_a_form_are_masked(aged: Tips) -> None:
    begin(aged)
    path = f"/tasks/{aged.task(aged.carl, 'weigh')}"
    shown = [each["value"] for each in aged.carl.get(path).json["reads"]]
    assert shown == ["***", "***", "***", ["***"], "满***岁"]
    shown = [each["value"] for each in aged.hilda.get(path).json["reads"]]
    assert shown == [AGE, True, 2 * AGE, [AGE + 1], f"满{AGE}岁"]


def test_a_limit_that_is_closed_is_not_told(aged: Tips) -> None:
    begin(aged)
    told = {"opinion": "好", "n": AGE + 1, "m": 4}
    weigh = aged.task(aged.han, "weigh")
    refused = aged.han.post(f"/tasks/{weigh}/completion", json={"answers": told})
    assert f"n不能大于{AGE}" in refused.text
    aged.complete(aged.han, "weigh", opinion="好", n=1)
    answer = aged.task(aged.will, "answer")
    refused = aged.will.post(f"/tasks/{answer}/completion", json={"answers": told})
    assert refused.status_code == 422
    assert str(AGE) not in refused.text
    assert "n不在允许的范围内" in refused.text
    assert "m不能大于3" in refused.text


def classes_traced(tips: Tips) -> list[list[str]]:
    with tips.app.app_context():
        found = db.session().execute(sa.text("SELECT data FROM history WHERE act = 'CaseViewed'"))
        rows = [json.loads(data) if isinstance(data, str) else data for (data,) in found]
    return [each["classes"] for each in rows if "classes" in each]


def test_a_desk_that_shows_nothing_sensitive_leaves_no_trace(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "READS", "")
    tips = Tips(app)
    tips.begin()
    tips.hilda.get(f"/tasks/{tips.task(tips.hilda, 'weigh')}")
    assert classes_traced(tips) == []


def test_a_desk_that_shows_what_is_made_of_it_leaves_one(app: Flask) -> None:
    tips = Tips(app)
    tips.begin()
    tips.hilda.get(f"/tasks/{tips.task(tips.hilda, 'weigh')}")
    assert classes_traced(tips) == [["informant"]]


@pytest.fixture
def commits(app: Flask) -> Iterator[list[int]]:
    seen: list[int] = []
    with app.app_context():
        engine = db.db.engine

    def note(_connection: object) -> None:
        seen.append(1)

    sa.event.listen(engine, "commit", note)
    yield seen
    sa.event.remove(engine, "commit", note)


def test_a_page_of_records_leaves_its_traces_in_one_commit(aged: Tips, commits: list[int]) -> None:
    for _ in range(3):
        begin(aged)
    aged.hilda.get("/me")
    commits.clear()
    assert aged.hilda.get("/records").json["total"] == 3
    assert len(commits) == 1
    assert len(classes_traced(aged)) == 3
