"""An act is offered while its event waits, and done once with the answers of its form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.services.conftest import House
from tests.services.drawing import chain, line, node, process, user
from workflow_server.errors import NotFound
from workflow_server.services import case_acts, repairs
from workflow_server.services import process_instances as instances
from workflow_server.services.access import NotYours, Segregated
from workflow_server.services.advance import receive
from workflow_server.services.answers import AnswersRefused
from workflow_server.services.case_acts import ActNotOffered, Deed, Done, Offer
from workflow_server.services.jobs import OnHold
from workflow_server.services.repairs import Repair
from workflow_server.store.access import Recusal
from workflow_server.store.db import session, transaction
from workflow_server.store.types import new_id

MESSAGE = '<b:messageEventDefinition id="md" messageRef="m_tell"/>'
ACT = '<wf:act role="checker" label="登记投诉" form="a/note"/>'
SAID = '<wf:output name="said" value="=this.title"/><wf:output name="by" value="=actor.name"/>'
LETTER = '<wf:message type="M-TELL" conversation="=&quot;函1&quot;"/>'


def catch(ours: str = ACT + SAID) -> str:
    """Draw a catch event that a person makes happen."""
    return node("intermediateCatchEvent", "told", ours, MESSAGE)


def beside(ours: str = ACT + SAID, interrupting: str = "false") -> str:
    """Draw an event subprocess that a person begins."""
    start = node("startEvent", "told", ours, MESSAGE, isInterrupting=interrupting)
    inner = start + user("answer") + '<b:endEvent id="over"/>' + chain("told", "answer", "over")
    return node("subProcess", "urged", "", inner, triggeredByEvent="true")


def beside_waiting(**more: str) -> str:
    """Draw a task "wait" with that event subprocess beside it."""
    return process(user("wait"), beside(**more), chain("begin", "wait", "end"))


def boundary(ours: str = ACT + SAID) -> str:
    """Draw an act on the border of the task "wait"."""
    told = node("boundaryEvent", "told", ours, MESSAGE, attachedToRef="wait", cancelActivity="true")
    return process(
        user("wait"),
        told,
        user("after"),
        chain("begin", "wait", "end"),
        chain("told", "after", "end"),
    )


def offered(house: House, case: UUID, person: Any) -> list[Offer]:
    return case_acts.list_(person, case, house.now)


def do(house: House, case: UUID, person: Any, key: str | None = None, **answers: Any) -> Done:
    return case_acts.do(person, Deed(case, "told"), answers, house.now, key)


def begun(house: House, drawn: str) -> UUID:
    house.deploy(drawn)
    return house.start(house.ann).instance.id


def test_a_catch_event_goes_on_with_the_answers(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    (offer,) = offered(house, case, house.bob)
    assert (offer.element_id, offer.label, offer.role) == ("told", "登记投诉", "checker")
    done = do(house, case, house.bob, title="太慢")
    assert [each.element_id for each in done.next_tasks] == ["after"]
    held = instances.get_variables(house.bob, case)
    assert (held["said"], held["by"]) == ("太慢", "博")
    assert held["answers"]["told"] == [{"title": "太慢"}]
    assert "M-TELL" not in held.get("messages", {})
    assert offered(house, case, house.bob) == []
    with pytest.raises(ActNotOffered):
        do(house, case, house.bob, title="再来")


def test_the_history_says_who_did_it_and_what_they_answered(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    do(house, case, house.bob, title="太慢")
    rows, _ = instances.list_history(house.ann, case)
    (act,) = [each for each in rows if each.act == "ActDone"]
    assert (act.person_id, act.element_id) == (house.bob.person_id, "told")
    assert act.data is not None
    assert act.data["answers"] == {"title": "太慢"}


def test_a_non_interrupting_subprocess_is_begun_again_and_again(house: House) -> None:
    case = begun(house, beside_waiting())
    for title in ("一", "二"):
        do(house, case, house.bob, title=title)
    assert len(offered(house, case, house.bob)) == 1
    held = instances.get_variables(house.ann, case)
    assert held["answers"]["told"] == [{"title": "一"}, {"title": "二"}]
    assert set(house.open_tasks(house.ann)) == {"wait", "answer"}


def test_a_boundary_event_takes_its_task_away(house: House) -> None:
    case = begun(house, boundary())
    do(house, case, house.bob, title="算了")
    assert set(house.open_tasks(house.ann)) == {"after"}


def test_behind_an_event_gateway_the_act_closes_the_others(house: House) -> None:
    letter = node("intermediateCatchEvent", "letter", LETTER, MESSAGE.replace("md", "ml"))
    gate = node("eventBasedGateway", "gate")
    case = begun(
        house,
        process(
            gate,
            letter,
            catch(),
            user("after"),
            chain("begin", "gate", "letter", "end"),
            chain("gate", "told", "after", "end"),
        ),
    )
    do(house, case, house.bob, title="口头答复")
    assert instances.get_diagram(house.ann, case).current == ["after"]
    received = receive("M-TELL", "函1", house.organisation("office"), {}, new_id(), house.now)
    assert received.outcome == "waiting"


@pytest.mark.parametrize("by_letter", [True, False])
def test_with_a_letter_and_an_act_whichever_comes_first_counts(
    house: House, by_letter: bool
) -> None:
    case = begun(house, line(catch(ACT + LETTER + SAID), "after"))
    assert len(offered(house, case, house.bob)) == 1
    come = {
        True: lambda: receive(
            "M-TELL", "函1", house.organisation("office"), {"title": "信"}, new_id(), house.now
        ),
        False: lambda: do(house, case, house.bob, title="人"),
    }
    come[by_letter]()
    assert instances.get_variables(house.ann, case)["said"] == {True: "信", False: "人"}[by_letter]
    assert offered(house, case, house.bob) == []


def test_no_letter_can_be_an_act(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    received = receive("M-TELL", "", house.organisation("office"), {}, new_id(), house.now)
    assert received.outcome == "waiting"
    assert len(offered(house, case, house.bob)) == 1


def test_who_has_no_such_role_is_offered_nothing_and_refused(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    assert offered(house, case, house.eve) == []
    with pytest.raises(NotYours, match="登记投诉"):
        do(house, case, house.eve, title="我来")


def test_who_does_not_see_the_case_learns_nothing_of_it(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    with pytest.raises(NotFound):
        offered(house, case, house.tom)
    with pytest.raises(NotFound):
        do(house, case, house.tom, title="我来")


def test_who_is_recused_is_refused(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    with transaction():
        session().add(
            Recusal(
                id=new_id(),
                instance_id=case,
                person_id=house.bob.person_id,
                reason="亲属",
                ordered_by=house.ann.person_id,
                ordered_at=house.now,
            )
        )
    with pytest.raises(NotFound):
        do(house, case, house.bob, title="我来")


def test_where_somebody_is_of_the_team_in_the_role_only_they_may(house: House) -> None:
    drawn = line(user("draft", '<wf:output name="by_id" value="=this.handler"/>'), catch(), "after")
    team = '<wf:team role="checker" value="=by_id"/></b:extensionElements>'
    case = begun(house, drawn.replace("</b:extensionElements>", team, 1))
    house.complete(house.ann, "draft", title="一", handler=str(house.bob.person_id))
    assert offered(house, case, house.ann) == []
    assert len(offered(house, case, house.bob)) == 1


def test_duties_are_kept_apart_both_ways(house: House) -> None:
    rule = '<wf:separate tasks="draft told" label="登记与拟稿分离"/>'
    rule += '<wf:separate tasks="told after" label="登记与办理分离"/></b:extensionElements>'
    drawn = line(user("draft"), catch(), "after")
    case = begun(house, drawn.replace("</b:extensionElements>", rule, 1))
    house.complete(house.ann, "draft", title="一")
    assert offered(house, case, house.ann) == []
    with pytest.raises(Segregated, match="登记与拟稿分离"):
        do(house, case, house.ann, title="我来")
    do(house, case, house.bob, title="好")
    assert "after" not in house.open_tasks(house.bob)
    assert "after" in house.open_tasks(house.ann)


def test_it_is_offered_only_while_its_condition_is_true(house: House) -> None:
    act = ACT.replace("/>", ' condition="=answers.told = null"/>')
    case = begun(house, beside_waiting(ours=act + SAID))
    do(house, case, house.bob, title="只一次")
    assert offered(house, case, house.bob) == []
    with pytest.raises(ActNotOffered):
        do(house, case, house.bob, title="再来")


def test_answers_are_checked_as_a_tasks_are(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    with pytest.raises(AnswersRefused) as refused:
        do(house, case, house.bob, remark="没有题目")
    assert [each.pointer for each in refused.value.faults] == ["#/answers/title"]
    assert len(offered(house, case, house.bob)) == 1


def test_without_a_form_there_is_nothing_to_answer(house: House) -> None:
    bare = '<wf:act role="checker" label="催一下"/>'
    case = begun(house, line(catch(bare), "after"))
    with pytest.raises(AnswersRefused):
        do(house, case, house.bob, title="多写")
    assert do(house, case, house.bob).instance_status == "running"


def test_asked_twice_under_one_key_it_is_done_once(house: House) -> None:
    case = begun(house, beside_waiting())
    first = do(house, case, house.bob, "k1", title="一")
    assert do(house, case, house.bob, "k1", title="一") == first
    assert len(instances.get_variables(house.ann, case)["answers"]["told"]) == 1


def test_while_a_case_is_held_nothing_is_offered(house: House) -> None:
    case = begun(house, line(catch(), "after"))
    repairs.suspend(Repair(house.eve, case, "等一等", house.now))
    assert offered(house, case, house.bob) == []
    with pytest.raises(OnHold):
        do(house, case, house.bob, title="现在")


def test_an_interrupting_subprocess_ends_what_waits(house: House) -> None:
    case = begun(house, beside_waiting(interrupting="true"))
    done = do(house, case, house.bob, title="停")
    assert [each.element_id for each in done.next_tasks] == ["answer"]
    assert set(house.open_tasks(house.ann)) == {"answer"}
    assert house.run_jobs(timedelta(hours=1)) == 0
