"""TLS as Twisted has it, with less work for what comes most: one record in, one record out."""

from __future__ import annotations

from typing import Any

from OpenSSL.SSL import Error, WantReadError
from twisted.internet.protocol import connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure

from socketspeak.server.sending import Sending, socket_of

HEADER_OCTETS = 5  # of a record: its type, a version, its length (RFC 8446, section 5.1)
APPLICATION_DATA = 23
MOST_OCTETS = 2**15  # that are taken from OpenSSL at once: a record and more
MOST_SAID = 2**14  # in one record
MOST_AROUND = 64  # octets that a record has besides what is said in it, and some to spare


class RecordingTransport(Sending, TLSMemoryBIOProtocol):
    """Follows the records that come, so that OpenSSL need not be asked in vain whether there are more.

    What is said becomes a record at once: sessions join what they say in a turn themselves.
    """

    wrappedProtocol: Any

    _missing = 0  # octets of the record that has been begun
    _header = b""  # what has come of a record's header

    def makeConnection(self, transport: Any) -> None:
        self._socket = socket_of(transport)
        super().makeConnection(transport)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.send_in_turn()
        super().connectionLost(reason)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002 - Twisted's name for it
        if (
            self._is_whole(bytes)
            and self._handshakeDone
            and not (self._appSendBuffer or self._lostTLSConnection)
        ):
            self._one_record(bytes)
        else:
            self._follow(bytes)
            super().dataReceived(bytes)

    def _is_whole(self, data: bytes) -> bool:
        """Whether this is one record of application data, and nothing else."""
        return (
            not self._missing
            and not self._header
            and len(data) > HEADER_OCTETS
            and data[0] == APPLICATION_DATA
            and int.from_bytes(data[3:HEADER_OCTETS], "big") == len(data) - HEADER_OCTETS
        )

    def _one_record(self, record: bytes) -> None:
        connection = self._tlsConnection
        connection.bio_write(record)
        try:
            heard = connection.recv(len(record))
        except Error:  # a message of TLS's own, or the end: Twisted knows what to do
            self._flushReceiveBIO()
            return
        if not self._aborted:
            self.wrappedProtocol.dataReceived(heard)

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
        if (
            self._handshakeDone
            and len(bytes) <= MOST_SAID
            and not (self._appSendBuffer or self.disconnecting or self._lostTLSConnection)
        ):
            bytes = bytes[self._said(bytes) :]  # noqa: A001
            if not bytes:
                return
        super().write(bytes)

    def _said(self, data: bytes) -> int:
        """How much of it is a record now: all, unless the peer wants shorter ones, or there is trouble."""
        try:
            said: int = self._tlsConnection.send(data)
        except Error:  # and again, when Twisted tries: it knows what to do
            return 0
        self._send_records(said + MOST_AROUND)
        return said

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
