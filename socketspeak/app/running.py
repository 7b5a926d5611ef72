"""Running one coroutine on the reactor, from its start to an exit status."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from socketspeak.app.choosing import INTERRUPTED

GOODBYE_SECONDS = 0.5  # all has been shown, or is not wanted: nobody waits for a goodbye any longer


def run(work: Callable[[Any], Coroutine[Deferred[Any], Any, int]]) -> int:
    """Run the reactor for as long as the work takes; gives the work's exit status.

    Ctrl-C cancels the work, and is INTERRUPTED, unless the work has a status for it. Raises what the work
    raises. SIGTERM ends the process as it does any program, and so does a second Ctrl-C.
    """
    from twisted.internet import reactor

    loop = cast(Any, reactor)
    loop.seconds = time.monotonic  # deadlines do not follow the wall clock
    ended: list[int | Failure] = []

    def end(result: int | Failure) -> None:
        if isinstance(result, Failure) and result.check(CancelledError):
            result = INTERRUPTED
        ended.append(result)
        if isinstance(result, int) and loop.getThreadPool().working:
            _leave(result)
        loop.stop()

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        loop.callFromThread(working.cancel)

    def begin() -> None:
        signal.signal(signal.SIGINT, interrupted)
        working.addBoth(end)

    working = Deferred.fromCoroutine(work(loop))
    loop.callWhenRunning(begin)
    loop.run(installSignalHandlers=False)
    result = ended[0]
    if isinstance(result, Failure):
        result.raiseException()
    return result


def soon(closing: Deferred[None], clock: IReactorTime) -> Deferred[None]:
    """Let a connection close, but not for long; it never fails."""

    def enough(_result: object, _seconds: float) -> None:
        """The server does not say goodbye."""

    return closing.addTimeout(GOODBYE_SECONDS, clock, onTimeoutCancel=enough)


def _leave(status: int) -> None:
    """End the process without its threads: one may look up a name for half a minute before it gives up."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(status)
