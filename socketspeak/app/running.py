"""Running one coroutine on the reactor, from its start to an exit status."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from socketspeak.app.choosing import INTERRUPTED


def run(work: Callable[[Any], Coroutine[Deferred[Any], Any, int]]) -> int:
    """Run the reactor for as long as the work takes; gives the work's exit status, or INTERRUPTED by Ctrl-C.

    Raises what the work raises. SIGTERM ends the process as it does any program.
    """
    from twisted.internet import reactor

    loop = cast(Any, reactor)
    loop.seconds = time.monotonic  # deadlines do not follow the wall clock
    ended: list[int | Failure] = []

    def end(result: int | Failure) -> None:
        if ended:
            return  # what comes after an interrupt is of no interest
        ended.append(result)
        working.cancel()
        if isinstance(result, int) and loop.getThreadPool().working:
            _leave(result)
        loop.stop()

    def begin() -> None:
        signal.signal(signal.SIGINT, lambda *_: loop.callFromThread(end, INTERRUPTED))
        working.addBoth(end)

    working = Deferred.fromCoroutine(work(loop))
    loop.callWhenRunning(begin)
    loop.run(installSignalHandlers=False)
    result = ended[0]
    if isinstance(result, Failure):
        result.raiseException()
    return result


def _leave(status: int) -> None:
    """End the process without its threads: one may look up a name for half a minute before it gives up."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(status)
