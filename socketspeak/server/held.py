"""Sockets that somebody else holds open, as systemd and a first process do: served, and left as they are."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, cast

from twisted.internet import tcp, unix
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.endpoints import AdoptedStreamServerEndpoint
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.python.failure import Failure
from zope.interface import implementer

HEAD_START_SECONDS = 0.005  # for other processes to take a connection; they are awake already


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
        _listen(self)

    def connectionLost(self, reason: Failure) -> None:
        tcp.Port.connectionLost(self, reason)

    def _logConnectionLostMsg(self) -> None:
        pass  # it is the daemon that tells of its ports


class HeldInternetPort(tcp.Port):
    """The same for TCP, without a line in the log."""

    _shouldShutdown = False

    def startListening(self) -> None:
        """Accept connections."""
        port: Any = self
        port._realPortNumber = port._preexistingSocket.getsockname()[1]
        _listen(self)

    def _logConnectionLostMsg(self) -> None:
        pass


def _listen(port: Any) -> None:
    port.socket, port._preexistingSocket = port._preexistingSocket, None
    port.socket.setblocking(False)
    port.fileno = port.socket.fileno
    port.factory.doStart()
    port.connected = True
    port.numberAccepts = 100  # as Twisted has it: it reckons anew after the first time
    port.startReading()


def keep_to_others(port: IListeningPort) -> bool:
    """Let a port stay open that accepts nobody, for others to do so; False where it is no port on a socket.

    Closing it does not shut the socket down, which would be its end in all processes.
    """
    if not isinstance(port, tcp.Port):
        return False
    port.stopReading()
    listening: Any = port
    listening._shouldShutdown = False
    return True


def another(port: IListeningPort, reactor: Any, busier: Callable[[], bool] = lambda: False) -> IListeningPort:
    """A port on the same socket, for another process; closing it leaves the socket as it is.

    Where this process is `busier` than others, they have a head start at each connection: the kernel wakes
    all that wait, and else the one that is the quickest gets everybody who comes alone.
    """
    held: Any = port
    descriptor, family = held.fileno(), held.addressFamily
    made: Any
    if family == socket.AF_UNIX:
        made = HeldPort._fromListeningDescriptor(reactor, descriptor, held.factory)
    else:
        made = HeldInternetPort._fromListeningDescriptor(reactor, descriptor, family, held.factory)
    turns = _Turns(made, reactor, busier)
    made.doRead = turns.take
    made.startListening()
    return cast(IListeningPort, made)


class _Turns:
    """When a port accepts connections: at once, or after others have had the opportunity."""

    def __init__(self, port: Any, reactor: Any, busier: Callable[[], bool]) -> None:
        self._port = port
        self._accept = port.doRead
        self._reactor = reactor
        self._busier = busier
        self._waited = False

    def take(self) -> None:
        """Somebody waits."""
        if self._waited or not self._busier():
            self._waited = False
            self._accept()
        else:
            self._port.stopReading()
            self._reactor.callLater(HEAD_START_SECONDS, self._go_on)

    def _go_on(self) -> None:
        if self._port.connected:
            self._waited = True  # and nobody else has come
            self._port.startReading()


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
