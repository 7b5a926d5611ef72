"""The terminal beneath a screen: what is typed there is not shown, and its signals are heard."""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from twisted.internet.interfaces import IReactorFromThreads

USUAL_SIZE = 80, 24  # of a terminal that does not know its own
ECHO_AT = 3  # the local modes among the attributes that termios gives


class Terminal:
    """Is held while there is a screen, and then as it was before."""

    def __init__(self, descriptor: int, reactor: IReactorFromThreads) -> None:
        self._descriptor = descriptor
        self._reactor = reactor
        self._before: list[Any] | None = None
        self._handlers: dict[int, Any] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Its columns and lines now."""
        try:
            width, height = os.get_terminal_size(self._descriptor)
        except OSError:
            return USUAL_SIZE
        return width or USUAL_SIZE[0], height or USUAL_SIZE[1]

    def hold(self, acts: Mapping[int, Callable[[], None]]) -> None:
        """Show nothing that is typed, and act on these signals, save those that are ignored already."""
        with suppress(termios.error):
            self._before = termios.tcgetattr(self._descriptor)
            quiet = termios.tcgetattr(self._descriptor)
            quiet[ECHO_AT] &= ~termios.ECHO
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, quiet)
        for number, act in acts.items():
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._turn_of(act))

    def release(self) -> None:
        """Put everything back. What was typed meanwhile is forgotten: nobody saw what it was."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()
        if self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, self._before)
            self._before = None

    def obey(self, number: int) -> None:
        """Let a signal do what it does to any program: stop it, or end it."""
        before = signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
        signal.signal(number, before)

    def _turn_of(self, act: Callable[[], None]) -> Callable[..., None]:
        """A handler that has the reactor act: a signal can come in the middle of a write."""
        return lambda *_: self._reactor.callFromThread(act)
