"""A peer at the other end of an in-memory transport."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IHalfCloseableDescriptor
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.language.conversation import Conversation
from socketspeak.language.questions import Setting
from socketspeak.limits.addresses import LOCAL
from socketspeak.server.desk import Desk
from socketspeak.server.encrypted import EncryptedFactory, EncryptedTransport
from socketspeak.server.login import Visitor
from socketspeak.server.register import Register
from socketspeak.server.session import Session
from tests.kit.desk import MemorySource, a_desk
from tests.kit.producing import Consumer
from tests.kit.world import the_setting, the_voices


@implementer(IHalfCloseableDescriptor)
class MemoryTransport(Consumer):
    """A transport that carries to a peer in memory, with what a TCP connection of Twisted's can do."""

    disconnecting = False
    _losing = False
    _delivering = False
    _reason: Exception | None = None  # why it is lost, once the protocol has been told what arrived

    def __init__(self) -> None:
        self.protocol: Any = None
        self._unsent = b""
        self._incoming: list[Callable[[], None]] = []
        self.peer_reads = True
        self.sent = b""
        self.reading = True
        self.finished = False
        self.write_closed = self.closed = self.aborted = False

    # -- what a protocol may call

    def write(self, data: bytes) -> None:
        assert not self.write_closed, "written after the close"
        if self.closed:
            return
        self._unsent += data
        self._flush()
        self._fills(len(self._unsent))

    def pauseProducing(self) -> None:
        self.reading = False

    def resumeProducing(self) -> None:
        assert not self.finished, "reads on after the peer's end, and would be told of it again"
        self.reading = True
        self._deliver()

    def loseWriteConnection(self) -> None:
        assert self._producer is None, "closes while it produces, which over TLS never ends"
        self.disconnecting = True
        self._flush()

    def loseConnection(self) -> None:
        if self.closed:
            return
        assert self._producer is None, "closes while it produces, which over TLS never ends"
        self.disconnecting = self._losing = True
        if not self._unsent:
            self._lost(ConnectionDone())

    def abortConnection(self) -> None:
        self.aborted = True
        self._lost(ConnectionAborted())

    def writeConnectionLost(self, reason: Failure) -> None:
        """Part of the interface; the transport itself is never told."""

    def readConnectionLost(self, reason: Failure) -> None:
        """Part of the interface; the transport itself is never told."""

    # -- what the peer does

    def connect(self, protocol: Protocol) -> None:
        """Bring a session to life on this transport."""
        self.protocol = protocol
        protocol.makeConnection(self)

    def incoming(self, event: Callable[[], None]) -> None:
        """Something arrives; it waits while the protocol does not read."""
        self._incoming.append(event)
        self._deliver()

    def read_on(self) -> None:
        """The peer reads what it has been sent, and from now on."""
        self.peer_reads = True
        self._flush()

    def lose(self) -> None:
        """The connection is reset."""
        self._lost(ConnectionDone())

    def _deliver(self) -> None:
        while self.reading and self._incoming and not self.closed and not self._delivering:
            self._delivering = True
            try:
                self._incoming.pop(0)()
            finally:
                self._delivering = False
            if self._reason is not None:
                self._lost(self._reason)

    def _flush(self) -> None:
        if not self.peer_reads:
            return
        self.sent += self._unsent
        self._unsent = b""
        self._drained()
        if self._losing:
            self._lost(ConnectionDone())
        if self.disconnecting and not self.write_closed and not self.closed:
            self.write_closed = True
            if self.protocol is not None:
                self.protocol.writeConnectionLost()

    @property
    def unsent(self) -> int:
        """Octets that the peer has not read yet."""
        return len(self._unsent)

    def _lost(self, why: Exception) -> None:
        """Tell the protocol; as with Twisted's, not while it is told of what has arrived."""
        if self._delivering:
            self._reason = self._reason or why
        elif not self.closed:
            self.closed = True
            if self.protocol is not None:
                self.protocol.connectionLost(Failure(why))


class Peer:
    """Someone who has connected, and whose clock the test turns."""

    def __init__(
        self,
        desk: Desk | None = None,
        clock: Clock | None = None,
        setting: Setting | None = None,
        register: Register | None = None,
        greeted: bool = False,
        *,
        language: str = "en",
        encrypted: Callable[[Clock], EncryptedFactory] | None = None,
        at_once: bool = False,
        visitor: Visitor | None = None,
        group: str = LOCAL,
    ) -> None:
        self.clock = clock or Clock()
        self.desk = desk or a_desk(self.clock)
        self.register = register or Register(self.desk.counts, self.clock)
        self.transport = MemoryTransport()
        conversation = Conversation(setting or the_setting(menu=2), the_voices(language)["TEXT"])
        tls = None if encrypted is None else encrypted(self.clock)
        self.session = Session(
            self.desk, conversation, self.register, encrypted=tls, visitor=visitor, group=group
        )
        self.transport.connect(EncryptedTransport(tls, self.session) if tls and at_once else self.session)
        self.greeting = self.transport.sent
        if not greeted:
            self.transport.sent = b""

    def send(self, *data: bytes) -> None:
        """Send octets, each argument in a packet of its own."""
        for piece in data:
            self.transport.incoming(lambda piece=piece: self.transport.protocol.dataReceived(piece))  # type: ignore[misc]

    def finish(self) -> None:
        """Close the sending side."""
        self.transport.incoming(self._finished)

    def _finished(self) -> None:
        self.transport.finished = True
        self.transport.protocol.readConnectionLost()

    def turn(self, seconds: float = 0.0) -> None:
        """Let time pass, in steps, so that what is due in between is done in order."""
        self.clock.pump([0.0, 0.0, seconds, 0.0, 0.0])

    def one_turn(self) -> None:
        """Let one turn of the reactor pass: what is due is done, and what that makes due is not."""
        call: Any
        for call in self.clock.getDelayedCalls():
            if call.getTime() <= self.clock.seconds():
                func, args, kw = call.func, call.args, call.kw
                call.cancel()
                func(*args, **kw)

    def settle(self) -> None:
        """Let all the turns pass that the session wants to take."""
        for _ in range(100_000):
            due = [call for call in self.clock.getDelayedCalls() if call.getTime() <= self.clock.seconds()]
            if not due:
                return
            self.clock.advance(0)
        raise AssertionError("the session never settles")

    @property
    def said(self) -> list[str]:
        """The lines that the peer has been sent since the greeting."""
        return self.transport.sent.decode().split("\r\n")[:-1]

    @property
    def codes(self) -> list[str]:
        """The codes of these lines."""
        return [line[:4] for line in self.said]


def peer_with_source(
    delay: float | None, answered: bool = True, probe: float = 0.01
) -> tuple[Peer, MemorySource]:
    """A peer of a server whose only source takes so long, after it has answered its first probe or before."""
    clock = Clock()
    source = MemorySource(clock, probe if answered else delay)
    desk = a_desk(clock, source)
    desk.almanac.start()
    if answered:
        clock.advance(probe)
        assert source.asked == ["Etc/UTC"]
    source.asked.clear()
    source.delay = delay
    return Peer(desk, clock), source
