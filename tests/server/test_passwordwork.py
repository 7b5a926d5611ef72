"""Work on passwords: beside the reactor, two at once, twenty waiting, and nothing holds the end."""

from __future__ import annotations

import threading

import pytest
from twisted.internet.defer import CancelledError, Deferred, gatherResults

from socketspeak.server.passwordwork import AT_ONCE, MOST_WAITING, Full, PasswordWork


class Slow:
    """Work that goes on until it is let go, and knows how much of it there was at once."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.begun: list[str] = []
        self.daemons = True

    def __call__(self) -> str:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.begun.append(threading.current_thread().name)
            self.daemons &= threading.current_thread().daemon
        self._gate.wait(5)
        with self._lock:
            self._now -= 1
        return "done"

    def let_go(self) -> None:
        self._gate.set()


@pytest.fixture
def work() -> PasswordWork:
    """Threads whose results come back through the reactor."""
    from twisted.internet import reactor

    return PasswordWork(reactor)  # type: ignore[arg-type]


async def test_two_are_done_at_once_and_twenty_wait_and_the_next_is_refused(work: PasswordWork) -> None:
    slow = Slow()
    asked = [work.do(slow) for _ in range(AT_ONCE + MOST_WAITING)]
    refused = work.do(slow)
    with pytest.raises(Full):
        await refused
    slow.let_go()
    assert await gatherResults(asked) == ["done"] * 22
    assert slow.most == 2
    assert (AT_ONCE, MOST_WAITING) == (2, 20)


async def test_the_threads_are_its_own_and_do_not_hold_the_end_of_the_process(work: PasswordWork) -> None:
    from twisted.internet import reactor

    slow = Slow()
    slow.let_go()
    await work.do(slow)
    assert slow.begun == ["password"]
    assert slow.daemons
    assert reactor.getThreadPool().working == []  # type: ignore[attr-defined]


async def test_what_is_cancelled_while_it_waits_is_never_begun(work: PasswordWork) -> None:
    slow = Slow()
    asked = [work.do(slow) for _ in range(4)]
    asked[2].cancel()
    with pytest.raises(CancelledError):
        await asked[2]
    slow.let_go()
    await gatherResults([asked[0], asked[1], asked[3]])
    assert len(slow.begun) == 3


async def test_what_is_cancelled_while_it_is_done_makes_room_when_it_is_over(work: PasswordWork) -> None:
    slow = Slow()
    asked = [work.do(slow) for _ in range(3)]
    asked[0].cancel()
    with pytest.raises(CancelledError):
        await asked[0]
    slow.let_go()
    assert await gatherResults(asked[1:]) == ["done"] * 2
    assert slow.most == 2


async def test_what_fails_fails_and_the_next_is_done(work: PasswordWork) -> None:
    def wrong() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await work.do(wrong)
    assert await work.do(lambda: 7) == 7


async def test_where_the_system_has_no_thread_left_it_is_too_much(
    work: PasswordWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", none_left)
        refused: Deferred[int] = work.do(lambda: 7)
        with pytest.raises(Full):
            await refused
    assert await work.do(lambda: 7) == 7
