"""A LineReceiver with good habits: fair turns, bounded output, TELNET, half-closed peers, a close that ends.

What comes in is turned into items, in order; what to do with them is the subclass's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from twisted.internet.interfaces import (
    IDelayedCall,
    IHalfCloseableDescriptor,
    IHandshakeListener,
    IReactorTime,
    ISSLTransport,
)
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.language.requests import ENDLESS_OCTETS
from socketspeak.limits.addresses import LOCAL
from socketspeak.server.encrypted import ITwoHalves
from socketspeak.server.sending import SendingReceiver
from socketspeak.server.sharing import Sharing
from socketspeak.server.sockets import tune
from socketspeak.server.splitting import Item, Odd
from socketspeak.server.telnet import MARK, Signal, TelnetFilter

if TYPE_CHECKING:
    from twisted.internet.abstract import FileDescriptor

LINES_A_TURN = 16  # then other sessions have theirs: with a budget they wait 1.5 ms and not 586
CLOSE_SECONDS = 5.0  # a peer that does not read what is left is cut off
GOODBYE_SECONDS = 1.0  # after our end is closed, a peer has this long to close its own

UNREAD = "unread"  # the reason to hold while the peer does not read what it is sent
_NEITHER: frozenset[str] = frozenset()
_QUEUE_ONLY = frozenset({"queue"})


@implementer(ITwoHalves, IHandshakeListener)
class LineTransport(SendingReceiver):
    """Lines in, bytes out, never more than a bounded amount of either."""

    # As class attributes these cost an idle connection nothing.
    _holds = _NEITHER
    _telnet: TelnetFilter | None = None
    _peer_finished = False
    _told_finished = False
    _closing = False
    _ready = False  # the peer can be spoken to: its TLS stands, if there is any
    close_seconds = CLOSE_SECONDS
    group = LOCAL  # of the peer's address
    _aside = b""  # what came when the time of a turn was spent: nobody has looked at it yet
    _insist: IDelayedCall | None = None

    def __init__(self, clock: IReactorTime, sharing: Sharing | None = None) -> None:
        """`sharing` is that of all whose time the reactor shares among them."""
        self._clock = clock
        self.sharing = sharing or Sharing(clock)

    # -- what a subclass brings

    def peerReady(self) -> None:
        """The peer can be spoken to."""
        raise NotImplementedError

    def itemsReceived(self, items: list[Item]) -> None:
        """What the peer sent, in order, never more than room() nor LINES_A_TURN at a time."""
        raise NotImplementedError

    def peerFinished(self) -> None:
        """The peer sends no more, and every item of it has been handed over."""
        raise NotImplementedError

    def interrupted(self) -> None:
        """Ctrl-C."""

    def catchUp(self, most: int) -> int:
        """Go on with at most that many requests that wait from earlier; how many were taken."""
        return 0 * most

    def at_leisure(self) -> bool:
        """Whether nothing is begun or waits, so that blank lines mean nothing."""
        return False

    def room(self) -> int:
        """How many more items can be taken."""
        return LINES_A_TURN

    def waiting(self) -> bool:
        """Whether catchUp has something to do."""
        return False

    # -- IProtocol

    def connectionMade(self) -> None:
        tune(self.transport)
        if not ISSLTransport.providedBy(self.transport):
            self._begin()

    def handshakeCompleted(self) -> None:
        """TLS stands. A producer that is registered earlier is told to pause, and then no handshake comes."""
        self._begin()

    def _begin(self) -> None:
        self._ready = True
        self.send_at_once()
        self.transport.registerProducer(self, True)
        self.peerReady()

    def dataReceived(self, data: bytes) -> None:
        if self._deaf:
            return
        if self._aside or self.sharing.spent():
            self._aside += data
            self._queue_up()
        else:
            self._listen(data)

    def _listen(self, data: bytes) -> None:
        if self._telnet is not None or MARK in data:
            self._through_telnet(data)
        else:
            self._text(data)
            self._run()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._deaf = self._closing = True
        self.send_in_turn()
        self.sharing.leave(self)
        if self._insist is not None and self._insist.active():
            self._insist.cancel()
        self._insist = None

    # -- ITwoHalves

    def goodbye_heard(self) -> None:
        self._peer_finished = True
        if self._closing:
            self.let_go()
        else:
            self._run()

    def cut_short(self) -> None:
        """Its end came without TLS's goodbye: a line that has not ended may have been longer."""
        self._forget_begun_line()
        self.readConnectionLost()

    def writeConnectionLost(self) -> None:
        """Our goodbye is on its way: what is left is to read the peer's."""
        if self._closing and not self._peer_finished:
            self._insist_after(GOODBYE_SECONDS)

    # -- IPushProducer, called by the transport: the peer does not read what it is sent

    def pauseProducing(self) -> None:
        self.hold(UNREAD)

    def resumeProducing(self) -> None:
        self.release(UNREAD)

    def stopProducing(self) -> None:
        """The connection is going: connectionLost follows."""

    # -- flow

    def hold(self, why: str) -> None:
        """Read no more, and take no more lines, until every reason to hold is released."""
        if not self._holds and not self._peer_finished:
            self.transport.pauseProducing()
        self._holds |= {why}

    def release(self, why: str) -> None:
        """Give up one reason to hold; with the last one, go on."""
        if why not in self._holds:
            return
        self._holds -= {why}
        if self._closing:
            return
        if not self._holds and not self._peer_finished:
            self.transport.resumeProducing()
        self._run()

    def undisturbed(self) -> bool:
        """Whether a line that comes now comes next: nothing holds, nothing is begun, nothing ends."""
        return not (
            self._buffer
            or self._holds
            or self._deaf
            or self._busyReceiving
            or self._telnet is not None
            or self._dropped is not None
        )

    def _queue_up(self) -> None:
        """Let the others have their turns first."""
        self.hold("turn")
        self.sharing.join(self)

    def take_turn(self) -> None:
        """Look at what was put aside, and go on."""
        aside, self._aside = self._aside, b""
        if aside and not self._deaf:
            self._listen(aside)
        self.release("turn")

    def _run(self) -> None:
        """Take one turn's worth of requests, unless something holds."""
        if self._busyReceiving or self._closing or self._stopped():
            return
        self._busyReceiving = True
        try:
            self._turn()
        finally:
            self._busyReceiving = False

    def _stopped(self) -> bool:
        """Whether something holds; a full queue stops reading, but not the work that empties it."""
        return bool(self._holds and self._holds != _QUEUE_ONLY)

    def _turn(self) -> None:
        budget = LINES_A_TURN
        if self.waiting():
            budget -= self.catchUp(budget)
        if self._buffer and budget > 0 and not self._stopped() and not self._closing:
            if self.at_leisure():
                self._skip_blank_lines()
            items = self._items(min(budget, self.room()))
            if items:
                self.itemsReceived(items)
        if self._closing:
            return
        if self.room() <= 0:
            self.hold("queue")
        elif self._holds:
            self.release("queue")
        if not self._stopped():
            self._end_of_turn()

    def _end_of_turn(self) -> None:
        unread = self.delimiter in self._buffer
        if self.waiting() or (unread and self.room() > 0):
            self._queue_up()
        elif self._peer_finished and not unread and not self._told_finished:
            self._told_finished = True
            last = self._last_line()
            if last:
                self.itemsReceived(last)
            self.peerFinished()
            if self.waiting() and not self._stopped():
                self._queue_up()

    def _through_telnet(self, data: bytes) -> None:
        telnet = self._telnet or TelnetFilter()
        found, reply = telnet.feed(data)
        self._telnet = None if telnet.idle else telnet
        if reply:
            self.put(reply)
        for part in found:
            if part is Signal.INTERRUPT:
                self._forget_begun_line()
                self.interrupted()
            else:
                self._text(part)
        self._run()
        if telnet.unfinished > ENDLESS_OCTETS:
            self._deaf = True
            self.itemsReceived([Odd.ENDLESS])

    # -- closing: flush, stop producing, read the goodbye, then insist

    def close(self) -> None:
        """Close, once: whatever the peer does, the connection is gone within `close_seconds`."""
        if self._closing:
            return
        self._closing = self._deaf = True
        self.clearLineBuffer()
        self.transport.unregisterProducer()
        self._insist_after(self.close_seconds)
        if self._peer_finished:
            self.let_go()
            return
        if self._holds:
            self.transport.resumeProducing()  # or a paused connection would not notice the peer's goodbye
        if ISSLTransport.providedBy(self.transport):
            self.transport.loseConnection()  # TLS has its own goodbye, and no halves
        elif IHalfCloseableDescriptor.providedBy(self.transport):
            cast("FileDescriptor", self.transport).loseWriteConnection()
        else:
            self.transport.loseConnection()

    def _insist_after(self, seconds: float) -> None:
        if self._insist is not None and self._insist.active():
            self._insist.cancel()
        self._insist = self._clock.callLater(seconds, self.transport.abortConnection)
