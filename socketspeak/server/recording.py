"""TLS as Twisted has it, with less work for what comes most: one record in, one record out."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, NamedTuple

from OpenSSL.SSL import Connection, Error, WantReadError
from twisted.internet.protocol import connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure

from socketspeak.server.sending import Sending, socket_of

HEADER_OCTETS = 5  # of a record: its type, a version, its length (RFC 8446, section 5.1)
MOST_OCTETS = 2**15  # that are taken from OpenSSL at once: a record and more
MOST_SAID = 2**14  # in one record
MOST_AROUND = 64  # octets that a record has besides what is said in it, and some to spare


class Quick(NamedTuple):
    """What is done for each record. To look it up each time would take longer than to do it."""

    take: Callable[[bytes], int]  # give OpenSSL what has come
    receive: Callable[[int], bytes]  # have it decrypted, at most so many octets; a goodbye is an Error
    hear: Callable[[bytes], None]  # whoever it is for
    say: Callable[[bytes], int]  # have OpenSSL encrypt something; how much of it


class RecordingTransport(Sending, TLSMemoryBIOProtocol):
    """Follows the records that come, so that OpenSSL need not be asked in vain whether there are more.

    What is said becomes a record at once: sessions join what they say in a turn themselves.
    """

    wrappedProtocol: Any

    _missing = 0  # octets of the record that has been begun
    _header = b""  # what has come of a record's header
    _quick: Quick | None = None  # once the handshake is done, and until goodbye is heard

    def makeConnection(self, transport: Any) -> None:
        self._socket = socket_of(transport)
        super().makeConnection(transport)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._quick = None
        self.send_in_turn()
        super().connectionLost(reason)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002 - Twisted's name for it
        """Most of what comes is one whole record, in which somebody asks something."""
        octets, quick = len(bytes), self._quick
        if (
            quick is None
            or octets <= HEADER_OCTETS
            or (bytes[3] << 8 | bytes[4]) != octets - HEADER_OCTETS
            or self._missing
            or self._header
            or self._appSendBuffer
            or self._lostTLSConnection
        ):
            self.anything_received(bytes)
            return
        take, receive, hear, _ = quick
        take(bytes)
        try:
            heard = receive(octets)
        except Error:  # a message of TLS's own, or the end: Twisted knows what to do
            self._flushReceiveBIO()
            return
        hear(heard)

    def abortConnection(self) -> None:
        self._quick = None
        super().abortConnection()

    def anything_received(self, data: bytes) -> None:
        """Take whatever has come as Twisted does."""
        self._follow(data)
        shaking_hands = not self._handshakeDone
        super().dataReceived(data)
        if shaking_hands and self._handshakeDone:
            tls = self._tlsConnection
            self._quick = Quick(
                tls.bio_write,
                MethodType(Connection.recv, tls),
                self.wrappedProtocol.dataReceived,
                tls.send,
            )

    def _follow(self, data: bytes) -> None:
        """Note where the record ends that has been begun."""
        at, end = 0, len(data)
        while at < end:
            if self._missing:
                step = min(self._missing, end - at)
                self._missing -= step
                at += step
                continue
            header = self._header + data[at : at + HEADER_OCTETS - len(self._header)]
            at += len(header) - len(self._header)
            self._header = header
            if len(header) == HEADER_OCTETS:
                self._header, self._missing = b"", int.from_bytes(header[3:], "big")

    def write(self, bytes: bytes) -> None:  # noqa: A002 - Twisted's name for it
        """Say something: in one record, with nothing asked twice, where nothing stands in its way."""
        quick = self._quick
        if (
            quick is None
            or len(bytes) > MOST_SAID
            or self._appSendBuffer
            or self.disconnecting
            or self._lostTLSConnection
        ):
            super().write(bytes)
            return
        try:
            said = quick.say(bytes)
        except Error:  # and again, when Twisted tries: it knows what to do
            said = 0
        else:
            self._send_records(said + MOST_AROUND)
        if said < len(bytes):  # the peer wants shorter records
            super().write(bytes[said:])

    def _flushSendBIO(self) -> None:
        self._send_records(MOST_OCTETS)

    def _send_records(self, most: int) -> None:
        """Send what OpenSSL has made of what was said, at once if the socket takes it."""
        try:
            records = self._tlsConnection.bio_read(most)
        except WantReadError:
            return
        self.put(records)
        if len(records) == most:  # a message of TLS's own came before
            self._send_records(MOST_OCTETS)
