"""How the process starts and is told to stop: the steady clock, failures in one line, signals."""

from __future__ import annotations

import signal
import sys
from types import TracebackType


class CannotStart(Exception):
    """The daemon cannot do what it was told to at its start; the message is for the operator."""


def say_start_failures_in_one_line(in_background: bool) -> None:
    """Have CannotStart end the process with one line on standard error and status 1, not with a traceback.

    In the background there is no one at standard error, and the line goes to the log. twistd cleans up after
    an exception, and not after SystemExit, but then lets it go through.
    """
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, CannotStart):
            # twistd has put its log in the place of sys.stderr by now.
            stderr = sys.stderr if in_background or sys.__stderr__ is None else sys.__stderr__
            stderr.write(f"twistd socketspeak: {error}\n")
        else:
            previous(kind, error, trace)

    sys.excepthook = hook


def default_signals() -> None:
    """The first signal to stop has come: let a second one end the process at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
