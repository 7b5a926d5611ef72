"""A line transport that goes over to TLS, and takes nothing along from before (RFC 3207, section 4.2)."""

from __future__ import annotations

from twisted.internet.interfaces import IDelayedCall, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.lines import LineTransport

CLEAR = "clear"  # the reason to hold while the last words in clear are said
HELLO = b"\x16\x03"  # how a client begins that speaks TLS (RFC 8446, section 5.1)


class UpgradingTransport(LineTransport):
    """Begins TLS in the midst of a connection, or aborts it where somebody has spoken out of turn."""

    # As class attributes these cost an idle connection nothing.
    upgraded = False
    _fresh = True  # too little has come to tell whether it is TLS; afterwards it cannot be
    _going_over: IDelayedCall | None = None
    _spoken_out_of_turn = False

    def injected(self) -> None:
        """Something came in clear behind the request to encrypt: the connection is aborted."""

    def greeted_by_tls(self) -> None:
        """The peer speaks TLS where it has to speak in clear first."""

    def upgrade(self, encrypted: EncryptedFactory) -> None:
        """Begin TLS in the next turn of the reactor: what has come by then, came before the peer was told."""
        self.upgraded = True
        self.hold(CLEAR)
        self._going_over = self._clock.callLater(0, self._go_over, encrypted)

    def dataReceived(self, data: bytes) -> None:
        if self._going_over is not None:
            self._spoken_out_of_turn = True
        else:
            super().dataReceived(data)

    def _listen(self, data: bytes) -> None:
        if self._fresh:
            begun = self._buffer + data[: len(HELLO)]
            self._fresh = len(begun) < len(HELLO)
            if begun.startswith(HELLO) and not ISSLTransport.providedBy(self.transport):
                self.greeted_by_tls()
                return
        super()._listen(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        if self._going_over is not None:
            self._going_over.cancel()
            self._going_over = None

    def _go_over(self, encrypted: EncryptedFactory) -> None:
        self._going_over = None
        if self._closing:
            return
        left = self._buffer or self._aside or self._telnet is not None or self.waiting()
        if left or self._spoken_out_of_turn:
            self.injected()
            self.transport.abortConnection()
        elif self._peer_finished:
            self.close()  # nobody is there to shake hands with
        else:
            # A producer is told to pause, and a connection that does not read gets no handshake.
            clear = self.transport
            clear.unregisterProducer()
            self._holds = frozenset()
            self._ready = False
            self.send_in_turn()  # whatever is said now is said in TLS
            encrypted.begin(self)
            clear.resumeProducing()
