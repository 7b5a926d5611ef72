"""A line transport whose peer must not take too long: idle, begun lines, TLS, login, unread output.

There is no timer of its own in a session: one sweeps all of them (`sweeper.py`), and a session only notes the
number of the last sweep, a tick, when something happens.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.language.endings import Ending
from socketspeak.limits.patience import UNREAD_SECONDS, Patience
from socketspeak.server.lines import UNREAD
from socketspeak.server.register import SOON, Register
from socketspeak.server.sockets import delivered
from socketspeak.server.upgrading import UpgradingTransport

TICK_SECONDS = 0.25  # between two sweeps: a session ends up to three of them late, which is below a second
LATE_TICKS = 2  # a note can be as new as the next sweep, which itself can be almost a tick late
LOOK_TICKS = 2  # between two looks whether a peer that has much to read goes on reading
GIVEN_UP_SECONDS = UNREAD_SECONDS - 2  # TCP_USER_TIMEOUT is as long, and looks do not find all at once
NEVER = 2**62

Running = Iterator[tuple[int, float, Ending]]  # since which tick, how many seconds it may last, what it is


class TimedTransport(UpgradingTransport):
    """Ends, when it is looked at, where a time is over; never too early, and less than a second late."""

    # As class attributes these cost an idle connection nothing.
    alarm = SOON
    _begun: int | None = None  # since when a line, or a command of TELNET, is begun
    _moved = 0  # when output was last seen to move, while the peer has much to read
    _delivered: object = None  # what was seen of it then

    def __init__(self, register: Register) -> None:
        super().__init__(register.clock, register.sharing)
        self._register = register
        self._since = register.tick  # of what it is in: TLS's handshake, or the session after the greeting
        self._stirred = register.tick  # when a line was last said

    # -- what a subclass brings

    def engaged(self) -> bool:
        """Whether the peer waits for us."""
        return False

    def admitted(self) -> bool:
        """Whether the peer need not log in any more."""
        return True

    def overdue(self, why: Ending, seconds: float) -> None:
        """Something has lasted more than so many seconds: end."""
        raise NotImplementedError

    def given_up(self) -> None:
        """The kernel has lost patience with a peer that does not read, just before we would have."""

    # -- what is noted

    def _begin(self) -> None:
        self._since = self._stirred = self._register.tick
        super()._begin()

    def beginning_tls(self) -> None:
        """The handshake is the peer's next duty."""
        self._since = self._register.tick
        self._register.remind(self)

    def _listen(self, data: bytes) -> None:
        if not self._unfinished():
            self._begun = None
        super()._listen(data)
        if self._begun is None and self._unfinished():
            self._begun = self._register.tick
            self._register.remind(self)

    def _text(self, data: bytes) -> None:
        super()._text(data)
        if self.delimiter in self._buffer:
            self._begun = None  # that line has ended: what is behind it has begun now

    def _forget_begun_line(self) -> None:
        super()._forget_begun_line()
        self._begun = None

    def _unfinished(self) -> bool:
        """Whether anything has been begun: a line, the rest of an overlong one, a command of TELNET."""
        return bool(self._buffer) or self._telnet is not None or self._dropped is not None

    def pauseProducing(self) -> None:
        super().pauseProducing()
        self._moved = self._register.tick
        self._delivered = None
        self._register.remind(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if "unread" in self._holds and (self._register.tick - self._moved) * TICK_SECONDS >= GIVEN_UP_SECONDS:
            self.given_up()
        super().connectionLost(reason)

    def abort(self) -> None:
        """End at once."""
        self.transport.abortConnection()

    # -- what is looked at

    def look(self, tick: int, patience: Patience) -> None:
        """End if a time is over; else say when to look again."""
        self._register.remind(self, NEVER if self._closing else self._next_look(tick, patience))

    def _next_look(self, tick: int, patience: Patience) -> int:
        """When to look again; ends the session if a time is over."""
        alarm = tick + LOOK_TICKS if UNREAD in self._holds else NEVER
        for since, seconds, why in self._running(tick, patience):
            due = since + math.ceil(seconds / TICK_SECONDS) + LATE_TICKS
            if tick >= due:
                self._moved = tick
                self.overdue(why, seconds)
                return NEVER
            alarm = min(alarm, due)
        return alarm

    def _running(self, tick: int, patience: Patience) -> Running:
        if not self._ready:
            yield self._since, patience.handshake, Ending.SLOW_HANDSHAKE
            return
        if not self.admitted():
            yield self._since, patience.login, Ending.SLOW_LOGIN
        if UNREAD in self._holds:
            yield self._last_moved(tick), patience.unread, Ending.UNREAD
        if self._begun is not None and self._unfinished():
            if self._holds:
                self._begun = tick  # its end may lie unread in the socket, by our doing
            yield self._begun, patience.line, Ending.SLOW_LINE
        if self.engaged():
            self._stirred = tick
        yield self._stirred, patience.idle, Ending.IDLE

    def _last_moved(self, tick: int) -> int:
        """When the peer was last seen to take something of what it has to read."""
        now = delivered(self.transport)
        if now != self._delivered:
            self._delivered, self._moved = now, tick
        return self._moved
