"""A line transport that ends when its server does: not before what was asked is heard."""

from __future__ import annotations

from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.server.timed import TimedTransport

SETTLE_SECONDS = 0.01  # between two looks whether a peer has asked more while the server stops
QUIET_LOOKS = 2  # the first look may come before the sockets have been polled, the second cannot
MOST_LOOKS = 100  # a peer that never stops asking is told goodbye all the same


class DrainingTransport(TimedTransport):
    """Waits, when the server stops, until its peer has nothing more to ask."""

    # As class attributes these cost an idle connection nothing.
    _settling: IDelayedCall | None = None
    _quiet_looks = 0  # since a request came

    def shuttingDown(self) -> None:
        """The server stops, and all that was asked by now has been heard."""
        raise NotImplementedError

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        if self._settling is not None and self._settling.active():
            self._settling.cancel()

    def drain(self) -> None:
        """Answer what was asked, say 421, close. What lies unread in the socket has been asked, too."""
        if not self._ready:
            self.abort()  # its TLS does not stand: nothing was asked, and nothing can be said
        elif not self._closing and self._settling is None:
            self._settle(MOST_LOOKS)

    def _settle(self, looks: int) -> None:
        if not self._ready:
            self.abort()  # it has begun TLS meanwhile
            return
        if self._aside or self.delimiter in self._buffer:
            self._quiet_looks = 0
        if self._quiet_looks >= QUIET_LOOKS or not looks:
            self.shuttingDown()
            return
        self._quiet_looks += 1
        self._settling = self._clock.callLater(SETTLE_SECONDS, self._settle, looks - 1)
