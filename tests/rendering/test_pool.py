"""Rendering processes: limited, ended, replaced; the caller learns what and where."""

import os
import signal
import threading
import time

import pytest

from workflow_server.rendering.documents import RenderFailed, RenderTimeout
from workflow_server.rendering.fonts import FontsNotBuilt
from workflow_server.rendering.pool import RenderPool

LOOP = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
HOG = (
    "{% set n = namespace(x='a' * 90000) %}"
    "{% for a in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
)


@pytest.fixture(scope="module")
def small():
    with RenderPool(workers=1, seconds=2, memory_mb=400) as pool:
        pool.warm()
        yield pool


def child_of(pool):
    return next(child for child in pool._children if child.alive)


def test_a_looping_template_is_ended_and_its_line_named(small, template, options):
    before = child_of(small).pid
    with pytest.raises(RenderTimeout, match="2 秒") as refusal:
        small.render(template("一\n二\n" + LOOP), {}, options)
    assert refusal.value.faults[0].pointer == "documents/sample/template.html:3"
    assert small.render(template("好"), {}, options).pages == 1
    assert child_of(small).pid != before


def test_a_child_that_no_exception_stops_is_killed(small, template, options):
    small.warm()
    child = child_of(small)
    os.kill(child.pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(RenderTimeout):
        small.render(template("好"), {}, options)
    assert time.monotonic() - started < 10
    assert not child.alive
    assert small.render(template("好"), {}, options).pages == 1


def test_a_memory_hog_is_ended(small, template, options):
    with pytest.raises(RenderFailed, match="400 MB") as refusal:
        small.render(template(HOG), {}, options)
    assert "sample" in refusal.value.faults[0].pointer
    assert small.render(template("好"), {}, options).pages == 1


def test_a_crashed_child_is_replaced(small, template, options):
    small.warm()
    os.kill(child_of(small).pid, signal.SIGKILL)
    time.sleep(0.1)
    assert small.render(template("好"), {}, options).pages == 1


def test_a_child_that_dies_at_work_fails_its_document_only(small, template, options):
    small.warm()
    child = child_of(small)
    threading.Timer(0.5, os.kill, (child.pid, signal.SIGKILL)).start()
    with pytest.raises(RenderFailed, match="意外结束"):
        small.render(template(LOOP), {}, options)
    assert small.render(template("好"), {}, options).pages == 1


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:1/x.png">',
        '<link rel="stylesheet" href="../../errors.py">',
        '<link rel="stylesheet" href="base/nowhere.css">',
        '<div style="background: url(https://example.org/x.png)">x</div>',
        '<link rel="attachment" href="file:///etc/hostname">x',
        '<svg><image href="file:///etc/hostname" width="5" height="5"/></svg>',
        '<img src="data:text/html;base64,AAAA">',
    ],
)
def test_a_template_reaches_no_file_and_no_network(pool, template, options, html):
    with pytest.raises(RenderFailed) as refusal:
        pool.render(template(f"<p>正文</p>{html}"), {}, options)
    assert "sample" in refusal.value.faults[0].pointer


def test_nesting_beyond_measure_is_refused(pool, template, options):
    with pytest.raises(RenderFailed, match="嵌套过深"):
        pool.render(template("<div>" * 3000), {}, options)


def test_secrets_of_the_environment_do_not_reach_a_child(monkeypatch, template, options):
    monkeypatch.setenv("WORKFLOW_SERVER_DATABASE_URL", "postgresql://secret")
    with RenderPool() as pool:
        pool.render(template("好"), {}, options)
        with open(f"/proc/{child_of(pool).pid}/environ", "rb") as environment:
            assert b"secret" not in environment.read()


def test_many_threads_share_the_children(template, options):
    source = template("<p>{{ d.n }}</p>")
    made = {}
    with RenderPool(workers=2) as pool:

        def work(n):
            made[n] = pool.render(source, {"n": n}, options).pages

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert made == dict.fromkeys(range(8), 1)


def test_missing_fonts_are_named_with_the_command_that_makes_them(tmp_path, template, options):
    with (
        RenderPool(fonts_dir=tmp_path) as pool,
        pytest.raises(FontsNotBuilt, match=r"rendering\.fonts build"),
    ):
        pool.render(template("好"), {}, options)


def test_a_closed_pool_renders_nothing_more(template, options):
    pool = RenderPool()
    pool.close()
    with pytest.raises(RenderTimeout, match="关闭"):
        pool.render(template("好"), {}, options)


def test_a_child_starts_in_the_background_once():
    with RenderPool(workers=2) as pool:
        for _ in range(3):
            pool.warm_soon()
        until = time.monotonic() + 60
        while pool._is_warming and time.monotonic() < until:
            time.sleep(0.01)
        first = child_of(pool).pid
        pool.warm_soon()
        time.sleep(0.05)
        assert [child.pid for child in pool._children] == [first]


def test_who_comes_while_the_child_starts_waits_for_it(template, options):
    with RenderPool(workers=1) as pool:
        pool.warm_soon()
        assert pool.render(template("好"), {}, options, wait=0.01).pages == 1


def test_warming_in_vain_is_left_to_the_document_to_tell(tmp_path):
    with RenderPool(fonts_dir=tmp_path) as pool:
        pool.warm_soon()
        until = time.monotonic() + 60
        while pool._is_warming and time.monotonic() < until:
            time.sleep(0.01)
        assert not pool._children
        with pytest.raises(FontsNotBuilt):
            pool.warm()
