"""What to do when the process has no file descriptor left: refuse with a line, and keep the rest at work.

Twisted 26.10 keeps one descriptor in reserve, with which it closes whoever comes, in silence and with three
log lines each. When that one cannot be had back, it spins.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.interfaces import IDelayedCall, IListeningPort, IReactorTime
from twisted.logger import Logger

from socketspeak.limits.counts import Counts

SPARES = 16  # kept for sources, names and files when connections have taken all the others
REST_SECONDS = 0.1  # between two attempts to accept where not even the spares help: no spinning
MOST_AT_ONCE = 16  # connections that are accepted before others have their turn: 4 ms
TELL_SECONDS = 60.0  # between two log lines about it

_SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Reserve:
    """Descriptors that are held as long as there are others, and given back when there are none."""

    log = Logger()

    def __init__(self, counts: Counts, clock: IReactorTime) -> None:
        self.counts = counts
        self.clock = clock
        self._spares: list[socket.socket] = []
        self._short = False
        self._told: float | None = None
        self._resting: dict[int, IDelayedCall] = {}

    def short(self) -> bool:
        """Whether descriptors are short: so nobody new can be taken in."""
        return self._short

    def start(self) -> None:
        """Take the spares."""
        self._refill()

    def stop(self) -> None:
        """Give them back, and let no port wait any more."""
        self._drop()
        self._short = False
        for call in self._resting.values():
            call.cancel()
        self._resting.clear()

    def look(self) -> None:
        """See whether there are descriptors, though nobody comes."""
        if self._short:
            self.relieved()
        else:
            try:
                socket.socket(socket.AF_UNIX).close()
            except OSError:
                self.give()

    def give(self) -> None:
        """There are no more descriptors: give the spares back, for whoever needs them."""
        self._drop()
        self._short = True
        now = self.clock.seconds()
        if self._told is None or now - self._told >= TELL_SECONDS:
            self._told = now
            self.log.warn("no file descriptor is left: new connections are refused")

    def relieved(self) -> bool:
        """Whether there are enough again; then the spares are taken back."""
        if self._short and self._refill():
            self._short = False
        return not self._short

    def rest(self, port: Any) -> None:
        """Accept nothing at a port for a while: trying again and again would only burn processor time."""
        if id(port) not in self._resting:
            port.stopReading()
            self._resting[id(port)] = self.clock.callLater(REST_SECONDS, self._go_on, port)

    def _go_on(self, port: Any) -> None:
        del self._resting[id(port)]
        if port.connected:
            port.startReading()

    def _refill(self) -> bool:
        """Take as many as SPARES; all or none."""
        try:
            while len(self._spares) < SPARES:
                self._spares.append(socket.socket(socket.AF_UNIX))
        except OSError:
            self._drop()
            return False
        return True

    def _drop(self) -> None:
        for spare in self._spares:
            spare.close()
        self._spares.clear()


class GuardedSocket(socket.socket):
    """A listening socket that takes in those for whom there are descriptors; others get a line."""

    def __init__(self, port: Any, reserve: Reserve, line: Callable[[], bytes] | None) -> None:
        """Takes the socket over from a port; `line` is what others are told, None where nothing can be."""
        listening: socket.socket = port.socket
        super().__init__(listening.family, listening.type, listening.proto, listening.detach())
        self.setblocking(False)
        self._port = port
        self._reserve = reserve
        self._line = line
        self._accepted = 0  # at once

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection; raises BlockingIOError where none can be taken before others have a turn."""
        self._accepted += 1
        if self._accepted > MOST_AT_ONCE:
            self._accepted = 0
            raise BlockingIOError(errno.EAGAIN, "the rest has to wait")
        try:
            accepted = super().accept()
        except OSError as wrong:
            if wrong.errno not in _SHORT:
                self._accepted = 0
                raise
            accepted = self._accept_with_spares()
        if not self._reserve.relieved() and self._line is not None:
            self._turn_away(accepted[0], self._line())
            raise BlockingIOError(errno.EAGAIN, "no descriptor is left")
        return accepted

    def _accept_with_spares(self) -> tuple[socket.socket, Any]:
        self._reserve.give()
        try:
            return super().accept()
        except OSError as wrong:
            if wrong.errno not in _SHORT:
                raise
            self._reserve.rest(self._port)
            raise BlockingIOError(errno.EAGAIN, "not even the spares help") from None

    def _turn_away(self, peer: socket.socket, line: bytes) -> None:
        self._reserve.counts.refused_descriptors += 1
        with peer, suppress(OSError):
            peer.setblocking(False)
            peer.send(line)


def guard(port: IListeningPort, reserve: Reserve, line: Callable[[], bytes] | None) -> None:
    """Let a port accept by way of a reserve, if it is one of Twisted's over a socket."""
    listening: Any = port
    if isinstance(getattr(listening, "socket", None), socket.socket):
        listening.socket = GuardedSocket(listening, reserve, line)
        listening.fileno = listening.socket.fileno
