"""Whoever waits for the server gets it in the order in which they came."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from mockserver.annotations import job_annotations
from mockserver.core.turns import Turns
from mockserver.mock import Mock
from mockserver.protocol.http import Request
from mockserver.state.context import Context
from mockserver.state.tables import Record

PATIENCE = 5


def queued(lock: Turns, action: Callable[[], object]) -> threading.Thread:
    """A thread that does something, which waits for the lock."""
    before = lock.waiting
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while lock.waiting == before:
        assert time.monotonic() < end, "it does not wait"
        time.sleep(0.001)
    return thread


def test_the_first_to_come_is_the_first_to_go() -> None:
    lock, order = Turns(), list[int]()

    def enter(number: int) -> None:
        with lock:
            order.append(number)

    with lock:
        threads = [queued(lock, partial(enter, number)) for number in range(20)]
        assert not order
    with lock:  # who has just had it comes after all who waited
        assert order == list(range(20))
    for thread in threads:
        thread.join(PATIENCE)


def test_one_is_in_at_a_time_however_often() -> None:
    lock, inside, worst = Turns(), list[int](), list[int]()

    def often() -> None:
        for turn in range(200):
            with lock, lock:
                inside.append(turn)
                time.sleep(0)
                worst.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert worst == [1] * 1600


def test_who_lets_go_waits_for_the_next_turn() -> None:
    lock, order = Turns(), list[str]()

    def other() -> None:
        with lock:
            order.append("other")

    with lock, lock:
        thread = queued(lock, other)
        with lock.let_go():
            thread.join(PATIENCE)
            order.append("without")
        order.append("with")
        queued(lock, other)
        order.append("still with")
    assert order[:4] == ["other", "without", "with", "still with"]
    with lock.let_go():  # nothing to let go of
        pass


class Interrupt(BaseException):
    """What a signal raises in the main thread."""


@pytest.fixture
def main_thread() -> Iterator[int]:
    """The main thread, in which a signal raises Interrupt."""

    def interrupt(*_: object) -> None:
        raise Interrupt

    old = signal.signal(signal.SIGUSR1, interrupt)
    yield threading.main_thread().ident or 0
    signal.signal(signal.SIGUSR1, old)


def test_an_interrupted_wait_holds_nobody_up(main_thread: int) -> None:
    lock, is_held = Turns(), threading.Event()

    def hold() -> None:
        with lock:
            is_held.set()
            while not lock.waiting:
                time.sleep(0.001)
            signal.pthread_kill(main_thread, signal.SIGUSR1)
            while lock.waiting:
                time.sleep(0.001)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert is_held.wait(PATIENCE)
    with pytest.raises(Interrupt), lock:
        pytest.fail("it was never free")
    thread.join(PATIENCE)
    with lock:
        assert not lock.waiting


def test_a_client_does_not_overtake_those_who_wait() -> None:
    mock = Mock()

    def ask(path: str) -> None:
        mock.app.handle(Request("GET", path, [], {"authorization": f"Token {mock.token}"}))

    with mock.app.lock:
        threads = [queued(mock.app.lock, partial(ask, f"/api/jobs/{job}")) for job in range(1, 6)]
    ask("/api/users/self")
    for thread in threads:
        thread.join(PATIENCE)
    assert [entry.request.path for entry in mock.journal.entries] == [
        *(f"/api/jobs/{job}" for job in range(1, 6)), "/api/users/self",
    ]  # fmt: skip


def test_others_have_their_turn_while_a_long_answer_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    mock, alive = Mock(), list[bool]()
    head, usual = {"authorization": f"Token {mock.token}"}, job_annotations.answer

    def with_another_request(ctx: Context, job: Record) -> Callable[[], bytes]:
        make = usual(ctx, job)

        def made() -> bytes:
            other = threading.Thread(target=mock.app.handle, args=(Request("GET", "/api/jobs/2", [], head),))
            other.start()
            other.join(PATIENCE)
            alive.append(other.is_alive())
            return make()

        return made

    monkeypatch.setattr(job_annotations, "answer", with_another_request)
    assert mock.app.handle(Request("GET", "/api/jobs/1/annotations", [], head)).status == 200
    assert alive == [False]
