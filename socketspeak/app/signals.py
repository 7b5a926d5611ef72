"""What the process does when it is signalled: it ends in time, reads its files anew, or rotates its log."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from twisted.logger import Logger

from socketspeak.app.starting import default_signals

# After the grace. What is left by then is not worth waiting for; the promise is two seconds, end and all.
HARD_SECONDS = 1.8
LINE_SECONDS = 0.1  # for the last line: a log that hangs does not hold the end either

ENDINGS = (signal.SIGTERM, signal.SIGINT)

Usual = Callable[[int, FrameType | None], Any]


def hold_signals() -> None:
    """While the daemon starts, let HUP and USR1 do nothing, and Ctrl-C end it without a traceback."""
    for number in (signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _unhold_interrupt() -> None:
    """Give Python's handler back, which the reactor looks for before it puts its own in its place."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Signals:
    """Hears the signals of one process. A handler only says in the reactor's turn what has come."""

    _log = Logger()

    def __init__(self, reactor: Any) -> None:
        """Hear nothing yet. `reactor` is told from handlers."""
        self._reactor = reactor
        self._grace: Callable[[], float] = lambda: 0.0
        self._ending: threading.Timer | None = None

    def install(
        self, reload: Callable[[], None], rotate: Callable[[], None], grace: Callable[[], float]
    ) -> None:
        """Hear them from now on: HUP to reload and USR1 to rotate, and TERM and INT when the reactor does.

        `grace` tells how long sessions may take to finish at the end, in seconds.
        """
        self._grace = grace
        signal.signal(signal.SIGHUP, lambda *_: self._reactor.callFromThread(reload))
        signal.signal(signal.SIGUSR1, lambda *_: self._reactor.callFromThread(rotate))
        self._reactor.addSystemEventTrigger("before", "startup", _unhold_interrupt)
        self._reactor.callWhenRunning(self._install_endings)

    def stopped(self) -> bool:
        """Whether the process has been told to stop."""
        return self._ending is not None

    def stopping(self) -> None:
        """The daemon stops: from now on a signal ends the process at once, and so does the hard end."""
        default_signals()
        self._begin_hard_end(signal.SIGTERM)

    def _install_endings(self) -> None:
        for number in ENDINGS:
            usual = signal.getsignal(number)
            if callable(usual):  # else a shell wants it ignored
                signal.signal(number, self._first(usual))

    def _first(self, usual: Usual) -> Usual:
        def first(number: int, frame: FrameType | None) -> None:
            # Here and not in the reactor's turn, which may never come.
            default_signals()
            self._begin_hard_end(number)
            usual(number, frame)

        return first

    def _begin_hard_end(self, number: int) -> None:
        if self._ending is None:
            seconds = self._grace() + HARD_SECONDS
            # A thread, since a reactor that hangs has no timers; nobody waits for it.
            self._ending = threading.Timer(seconds, self._end, (number, seconds))
            self._ending.daemon = True
            self._ending.start()

    def _end(self, number: int, seconds: float) -> None:
        def say() -> None:
            self._log.error("not all has ended within {seconds:g} s: ending at once", seconds=seconds)

        line = threading.Thread(target=say, daemon=True)
        line.start()
        line.join(LINE_SECONDS)
        os.kill(os.getpid(), number)
