"""UNIX sockets that somebody else holds open, as systemd does: they are served, and left as they are."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet import tcp, unix
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.endpoints import AdoptedStreamServerEndpoint
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.python.failure import Failure
from zope.interface import implementer


def leaving_as_it_is(endpoint: IStreamServerEndpoint, reactor: Any) -> IStreamServerEndpoint:
    """An endpoint that does not touch what it has inherited; any other comes back as it is."""
    if isinstance(endpoint, AdoptedStreamServerEndpoint) and endpoint.addressFamily == socket.AF_UNIX:
        return HeldEndpoint(endpoint.fileno, reactor)
    return endpoint


class HeldPort(unix.Port):
    """A port on a socket that was there before, and is there afterwards.

    Twisted 26.10 opens its path to everybody, for which a daemon often has no right, sets how many may wait
    to 50, and at the end shuts the socket down and deletes its path: whoever holds it could use it no more.
    """

    _shouldShutdown = False

    def startListening(self) -> None:
        """Accept connections."""
        port: Any = self
        port.socket, port._preexistingSocket = port._preexistingSocket, None
        port.socket.setblocking(False)
        port.fileno = port.socket.fileno
        port.factory.doStart()
        port.connected = True
        port.numberAccepts = 100  # as Twisted has it: it reckons anew after the first time
        port.startReading()

    def connectionLost(self, reason: Failure) -> None:
        tcp.Port.connectionLost(self, reason)


@implementer(IStreamServerEndpoint)
class HeldEndpoint:
    """Listens, once, on a listening UNIX socket by its descriptor."""

    def __init__(self, descriptor: int, reactor: Any) -> None:
        self._descriptor = descriptor
        self._reactor = reactor

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """The port; fails where the descriptor is none."""
        try:
            port = HeldPort._fromListeningDescriptor(self._reactor, self._descriptor, protocolFactory)
            socket.close(self._descriptor)  # the port has a duplicate
            port.startListening()
        except OSError:
            return fail()
        return succeed(port)
