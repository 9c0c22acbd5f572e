"""The time limit of an expression is its own: busy threads beside it use none of it up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from workflow_server import feel


@contextmanager
def busy_threads(count: int) -> Iterator[None]:
    stop = threading.Event()

    def work() -> None:
        hasher = PasswordHasher()  # gives up the interpreter's lock while it computes
        while not stop.is_set():
            hasher.hash("x")

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_sound_expression_is_not_refused_because_others_compute() -> None:
    expression = "sum(for i in 1..2500 return i*2)"
    feel.evaluate(expression, {})
    with busy_threads(6):
        for _ in range(15):
            assert feel.evaluate(expression, {}) == 6_252_500


def test_a_runaway_is_stopped_all_the_same() -> None:
    with busy_threads(2), pytest.raises(feel.FeelError):
        feel.evaluate("sum(for i in 1..100000, j in 1..100000 return i*j)", {})
