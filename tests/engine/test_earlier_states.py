"""Definitions and states as the first form stored them still run: nothing deployed is lost."""

from __future__ import annotations

from uuid import UUID

import orjson
import pytest

from tests.engine.builder import NOW, FakeHost
from workflow_server.engine import runtime
from workflow_server.engine.definitions import restore
from workflow_server.engine.tokens import FORMAT

#: As written by the server before activities could be repeated: format 1.
DEFINITION = (
    b'[1,"p","p",4,[["start","startEvent","",5,null,null,"none",null,null,null,true,null],'
    b'["end","endEvent","",6,null,null,"none",null,null,null,true,null],'
    b'["s","subProcess","",7,null,null,null,null,null,null,true,null],'
    b'["is","startEvent","",7,null,"s","none",null,null,null,true,null],'
    b'["ie","endEvent","",8,null,"s","none",null,null,null,true,null],'
    b'["x","userTask","do x",9,null,"s",null,null,null,null,true,null],'
    b'["y","userTask","do y",10,null,"s",null,null,null,null,true,null],'
    b'["fork","parallelGateway","",11,null,"s",null,null,null,null,true,null],'
    b'["j","parallelGateway","",12,null,"s",null,null,null,null,true,null],'
    b'["late","boundaryEvent","",19,null,null,"timer",null,["duration","P1D"],"s",false,null],'
    b'["urge","userTask","do urge",20,null,null,null,null,null,null,true,null],'
    b'["ue","endEvent","",21,null,null,"none",null,null,null,true,null],'
    b'["sv","serviceTask","",24,null,null,null,null,null,null,true,null],'
    b'["g","eventBasedGateway","",25,null,null,null,null,null,null,true,null],'
    b'["m","intermediateCatchEvent","",26,null,null,"message","M-X",null,null,true,null],'
    b'["t","intermediateCatchEvent","",27,null,null,"timer",null,["duration","P3D"],null,true,null],'
    b'["split","exclusiveGateway","",28,null,null,null,null,null,null,true,"d"],'
    b'["e2","endEvent","",29,null,null,"none",null,null,null,true,null]],[["f_in_is_fork_1","is","fork",null,13],'
    b'["f_in_fork_x_2","fork","x",null,14],'
    b'["f_in_x_j_3","x","j",null,15],'
    b'["f_in_j_ie_4","j","ie",null,16],'
    b'["f_in_fork_y_5","fork","y",null,17],'
    b'["f_in_y_j_6","y","j",null,18],'
    b'["f_p_late_urge_1","late","urge",null,22],'
    b'["f_p_urge_ue_2","urge","ue",null,23],'
    b'["f_p_start_s_3","start","s",null,30],'
    b'["f_p_s_sv_4","s","sv",null,31],'
    b'["f_p_sv_g_5","sv","g",null,32],'
    b'["f_p_g_m_6","g","m",null,33],'
    b'["f_p_m_split_7","m","split",null,34],'
    b'["f_p_g_t_8","g","t",null,35],'
    b'["f_p_t_end_9","t","end",null,36],'
    b'["f_p_split_end_10","split","end","ok",37],'
    b'["d","split","e2",null,38]]]'
)
INSIDE = (
    b'[1,[["01a200c4-6280-7003-bbc5-ad9f3a5c03b6","s",32,2],'
    b'["01a200c4-6280-7004-bbcf-8197514d4d4b","late",8,0,null,'
    b'"01a200c4-6280-7003-bbc5-ad9f3a5c03b6"],'
    b'["01a200c4-6280-7008-9dad-d18bb2b6e294","y",16,2,'
    b'"01a200c4-6280-7003-bbc5-ad9f3a5c03b6"],'
    b'["01a200c4-6280-7002-8002-4496c12cd557","j",8,0,'
    b'"01a200c4-6280-7003-bbc5-ad9f3a5c03b6",null,"f_in_x_j_3"]]]'
)
FAILED = b'[1,[["01a200c4-6280-7004-9d17-7991bb71cc53","sv",128,2]]]'
OFFERED = (
    b'[1,[["01a200c4-6280-7003-a035-98d6b92c584a","m",8,0,null,'
    b'"01a200c4-6280-7002-b761-8a7cc3f3a5d2"],'
    b'["01a200c4-6280-7004-aad8-dc783d9d6d62","t",8,0,null,'
    b'"01a200c4-6280-7002-b761-8a7cc3f3a5d2"]]]'
)
LEAVING = (
    b'[1,[["01a200c4-6280-7003-a035-98d6b92c584a","m",128,2,null,null,null,true,'
    b'["messages","M-X",0]]]]'
)


def visit(state: bytes, element: str) -> UUID:
    """Return the token at an element."""
    return next(UUID(row[0]) for row in orjson.loads(state)[1] if row[1] == element)


def test_a_branch_joins_another_that_waited_before() -> None:
    host, definition = FakeHost(), restore(DEFINITION)
    task = visit(INSIDE, "y")
    step = runtime.complete_task(definition, INSIDE, {}, task, {}, NOW, host)
    assert [wait.element_id for wait in step.waits_opened] == ["m", "t"]
    assert step.waits_closed == (visit(INSIDE, "late"),)
    assert orjson.loads(step.state)[0] == FORMAT


def test_a_timer_rings_that_was_set_before() -> None:
    host, wait = FakeHost(), visit(INSIDE, "late")
    step = runtime.fire_timer(restore(DEFINITION), INSIDE, {}, wait, NOW, host)
    assert [task.element_id for task in step.opened] == ["urge"]
    assert not step.closed


def test_what_failed_before_is_tried_again() -> None:
    host, failed = FakeHost(), visit(FAILED, "sv")
    step = runtime.retry(restore(DEFINITION), FAILED, {}, failed, NOW, host)
    assert ("perform", "sv") in host.calls
    assert step.incidents_resolved == (failed,)


@pytest.mark.parametrize(("ok", "end"), [(True, "end"), (False, "e2")])
def test_one_of_two_events_comes_that_were_offered_before(ok: bool, end: str) -> None:
    host, wait = FakeHost(), visit(OFFERED, "m")
    step = runtime.correlate(restore(DEFINITION), OFFERED, {"ok": ok}, wait, {}, NOW, host)
    assert step.ended
    assert step.end_events == (end,)
    assert set(step.waits_closed) == {wait, visit(OFFERED, "t")}


def test_what_came_before_is_shown_to_an_event_that_could_not_leave() -> None:
    seen = []
    host = FakeHost(on_leave=lambda visit, variables: seen.append(variables.get("this")))
    held, failed = {"messages": {"M-X": [{"a": 1}]}}, visit(LEAVING, "m")
    assert runtime.retry(restore(DEFINITION), LEAVING, held, failed, NOW, host).ended
    assert seen[0] == {"a": 1}
