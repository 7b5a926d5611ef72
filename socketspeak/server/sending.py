"""Sending at once: what a socket takes now need not wait for the reactor's next turn."""

from __future__ import annotations

from socket import socket
from typing import Any, cast

from twisted.internet.error import ConnectionDone
from twisted.internet.tcp import Server
from twisted.python.failure import Failure

from socketspeak.server.splitting import ItemReceiver

DONE = Failure(ConnectionDone())  # one for all, as the reactor has it


def socket_of(transport: object) -> socket | None:
    """The socket of a transport that can be written past: a TCP connection, and nothing around it."""
    plain = type(transport) is Server and not cast(Any, transport).TLS
    return cast(Server, transport).getHandle() if plain else None


class Sending:
    """Writes past its transport's buffer while that is empty, over TCP in clear.

    Twisted's own write waits for the next turn of the reactor, and costs two system calls more.
    """

    transport: Any

    # As class attributes these cost an idle connection nothing.
    _socket: socket | None = None  # while there is one, nothing that was said before is unsent
    _clogged = False  # it has been set aside until the transport has sent what it was left with

    def send_at_once(self) -> None:
        """From now on, if the transport is one that can be written past."""
        self._socket = socket_of(self.transport)

    def send_in_turn(self) -> None:
        """From now on leave everything to the transport."""
        self._socket = None
        self._clogged = False

    def put(self, data: bytes) -> None:
        """Send what the socket takes, where there is one, and leave the rest to the transport, in order."""
        below = self._socket
        if below is None:
            if self._clogged:
                self._put_behind(data)
            else:
                self.transport.write(data)
            return
        try:
            sent = below.send(data)
        except OSError:  # it is full, or gone: the transport finds out which
            sent = 0
        if sent < len(data):
            self.leave(data[sent:])

    def leave(self, rest: bytes) -> None:
        """Leave what the socket has not taken to the transport, and what is said next, until that is sent."""
        self._socket = None
        self._clogged = True
        self.transport.write(rest)

    def _put_behind(self, data: bytes) -> None:
        """Put something behind what the transport was left with, if that is not sent yet."""
        transport = self.transport
        if transport.dataBuffer or transport._tempDataBuffer:
            transport.write(data)
        else:
            self._clogged = False
            self.send_at_once()
            self.put(data)


class SendingReceiver(Sending, ItemReceiver):
    """Sends at once, and lets a peer go that has all that it was sent."""

    _hearing_goodbye = False

    def goodbye_heard(self) -> None:
        """The peer has closed its sending side: it may still be reading."""

    def readConnectionLost(self) -> None:
        """What Twisted calls then; it asks nothing more of the transport in this turn."""
        self._hearing_goodbye = True
        try:
            self.goodbye_heard()
        finally:
            self._hearing_goodbye = False

    def let_go(self) -> None:
        """Close the connection of a peer that has finished, once it has all that was said.

        Where that is so already it is closed here and now, as Twisted does for who cannot half-close; its
        loseConnection would take another turn of the reactor, to send nothing.
        """
        if self._hearing_goodbye and self._socket is not None:
            self.transport.connectionLost(DONE)
        else:
            self.transport.loseConnection()
