"""Sessions inside TLS, from the start or from STARTTLS on; a peer may close its half and still read."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IOpenSSLServerConnectionCreator,
    IProtocolFactory,
    IReactorTime,
)
from twisted.internet.protocol import Factory, connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from zope.interface import Attribute, implementer

from socketspeak.server.recording import RecordingTransport
from socketspeak.server.sharing import Sharing


class ITwoHalves(IHalfCloseableProtocol):
    """A protocol whose peer may send no more and still read, that knows a cut, and that takes turns."""

    group = Attribute("That of the peer's address.")
    sharing = Attribute("Who has its turn.")

    def cut_short() -> None:
        """The peer sends no more, and did not say so: somebody else may have cut off the end."""

    def close() -> None:
        """Close, and be gone in time whatever the peer does."""


@implementer(IHalfCloseableProtocol)
class EncryptedTransport(RecordingTransport):
    """TLS as Twisted has it, but that a peer's end is not ours.

    A peer that says that it sends no more (close_notify) may still read (RFC 8446, section 6.1; with TLS 1.2
    it is socat's way all the same). So may one that only closes its half of TCP, as ncat does; but then
    somebody else may have cut its words short, and what has not ended with a line's end does not count.
    """

    wrappedProtocol: Any
    transport: Any

    _aside = b""  # of a handshake, until its turn comes: each costs a signature
    _goodbye = False  # nothing more is to be heard
    _tcp_ended = False

    def goodbye_received(self) -> bool:
        """Tell the session that its peer sends no more; False where this ends the connection at once."""
        if self.disconnecting or not ITwoHalves.providedBy(self.wrappedProtocol):
            return False
        if not self._goodbye:
            self._hear_no_more()
            self.wrappedProtocol.readConnectionLost()
        return True

    def broken(self) -> None:
        """What came is no TLS. Twisted's own close would wait for a session that is told to pause."""
        if not self._goodbye and ITwoHalves.providedBy(self.wrappedProtocol):
            self._hear_no_more()
            self.wrappedProtocol.close()

    def anything_received(self, data: bytes) -> None:
        if self._goodbye:
            return  # nothing counts any more, and OpenSSL would keep it all
        if self._aside or (not self._handshakeDone and self._sharing.spent()):
            self._aside += data
            self.transport.pauseProducing()
            self._sharing.join(self)
        else:
            self._receive(data)

    @property
    def group(self) -> str:
        """That of the peer's address."""
        found: str = self.wrappedProtocol.group
        return found

    @property
    def _sharing(self) -> Sharing:
        found: Sharing = self.wrappedProtocol.sharing
        return found

    def take_turn(self) -> None:
        """Go on with the handshake."""
        aside, self._aside = self._aside, b""
        self.transport.resumeProducing()
        self._receive(aside)

    def _receive(self, data: bytes) -> None:
        super().anything_received(data)
        if self._goodbye:
            self._quick = None

    def _hear_no_more(self) -> None:
        self._goodbye = True
        self._quick = None

    def readConnectionLost(self) -> None:
        """The peer has closed its half of TCP: not even a goodbye can come."""
        self._tcp_ended = True
        if self._goodbye and not self.disconnecting:
            return
        whole = self._handshakeDone and not self.disconnecting
        if whole and ITwoHalves.providedBy(self.wrappedProtocol):
            self._hear_no_more()
            self.wrappedProtocol.cut_short()
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Part of the interface; TLS never closes its own half of TCP alone."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._hear_no_more()
        self._sharing.leave(self)
        super().connectionLost(reason)

    def loseConnection(self) -> None:
        super().loseConnection()
        if self._tcp_ended:
            self.transport.loseConnection()  # the goodbye that TLS waits for cannot come


class EncryptedFactory(TLSMemoryBIOFactory):
    """Puts the connections of another factory into TLS at once, or one that lives already."""

    protocol = EncryptedTransport

    def __init__(
        self,
        creator: IOpenSSLServerConnectionCreator,
        clock: IReactorTime,
        inner: IProtocolFactory | None = None,
    ) -> None:
        """Without a factory inside it serves STARTTLS alone."""
        super().__init__(creator, False, inner or Factory(), clock)

    def begin(self, protocol: Any) -> None:
        """Put the connection of a protocol into TLS: from now on it hears and says nothing in clear.

        Twisted's own `startTLS` does the same with a transport of its own choice.
        """
        clear = protocol.transport
        encrypted = EncryptedTransport(self, protocol, _connectWrapped=False)
        protocol.transport = encrypted
        if isinstance(clear, ProtocolWrapper):
            clear.wrappedProtocol = encrypted
        else:
            clear.protocol = encrypted
        encrypted.makeConnection(clear)
