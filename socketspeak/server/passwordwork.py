"""Work on passwords, which is slow on purpose: beside the reactor, a little at a time, never without end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.python.failure import Failure

T = TypeVar("T")

AT_ONCE = 2  # threads: the reactor's own goes on, and a small machine has no more cores anyway
MOST_WAITING = 20  # at 25 ms each the last one waits a quarter of a second


class Full(Exception):
    """As much waits as may."""


class _Job:
    """Something to be worked out, and who wants to know."""

    def __init__(self, work: Callable[[], Any], cancel: Callable[[_Job], None]) -> None:
        self.work = work
        self.done: Deferred[Any] = Deferred(lambda _: cancel(self))


class PasswordWork:
    """Threads of its own: looking up names does not wait for them, nor does the end of the process."""

    def __init__(
        self, reactor: IReactorFromThreads, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING
    ) -> None:
        """Results come back through `reactor`."""
        self._reactor = reactor
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._running = 0
        self._waiting: deque[_Job] = deque()

    def do(self, work: Callable[[], T]) -> Deferred[T]:
        """Call something in a thread, for its result or its failure; fails with Full.

        Cancelled, it is not called any more, or nobody hears what came of it.
        """
        job = _Job(work, self._cancel)
        if self._running < self._at_once:
            self._start(job)
        elif len(self._waiting) < self._most_waiting:
            self._waiting.append(job)
        else:
            job.done.errback(Full())
        return job.done

    def _cancel(self, job: _Job) -> None:
        if job in self._waiting:
            self._waiting.remove(job)

    def _start(self, job: _Job) -> None:
        # A thread for each: to make one takes a hundred microseconds, and there is none to stop in the end.
        thread = threading.Thread(target=self._work, args=(job,), name="password", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            job.done.errback(Full())
        else:
            self._running += 1

    def _work(self, job: _Job) -> None:
        try:
            result = job.work()
        except BaseException:
            result = Failure()
        self._reactor.callFromThread(self._worked, job, result)

    def _worked(self, job: _Job, result: object) -> None:
        self._running -= 1
        while self._waiting and self._running < self._at_once:
            self._start(self._waiting.popleft())
        if not job.done.called:
            job.done.callback(result)
