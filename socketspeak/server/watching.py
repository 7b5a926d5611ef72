"""A transport whose peer watches clocks: what the ticker wants to know of it, and how its watch ends."""

from __future__ import annotations

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.language.acts import StartWatch, StopWatch
from socketspeak.server.audience import Send
from socketspeak.server.lines import UNREAD
from socketspeak.server.remembering import RememberingTransport


class WatchingTransport(RememberingTransport):
    """Takes ticks between its replies, as long as its peer reads them."""

    _watches = False  # as a class attribute it costs who does not watch nothing

    def straight(self) -> Send | None:
        """What sends a tick at once, as long as nothing is unsent; None where something is."""
        return None if self._socket is None else self._socket.send

    def leave(self, rest: bytes) -> None:
        if self._watches:
            self._desk.ticker.detour(self)
        super().leave(rest)

    def ticked(self, data: bytes) -> bool:
        """Take a tick; False where the peer has not read what it was sent before."""
        if self._socket is None and UNREAD in self._holds:
            return False
        self.put(data)
        return True

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self._watch_no_more()

    def close(self) -> None:
        """Close, once: ticks are part of no goodbye."""
        self._watch_no_more()
        super().close()

    def _watch(self, act: StartWatch) -> None:
        if not self._closing:
            self._watches = True
            self._desk.ticker.watch(self, act)

    def _unwatch(self, _act: StopWatch) -> None:
        self._watch_no_more()

    def _watch_no_more(self) -> None:
        if self._watches:
            self._watches = False
            self._desk.ticker.unwatch(self)
