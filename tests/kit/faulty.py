"""A source that goes wrong: real sockets, true answers at first, and then whatever the fault does."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IListeningPort, IPushProducer
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.ssl import CertificateOptions
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from zope.interface import implementer

from tests.kit.names import LOOPBACK

END_OF_HEAD = b"\r\n\r\n"
FILLERS = 4  # more than a listener without a backlog keeps waiting


@implementer(IPushProducer)
class Call(Protocol):
    """One connection to a faulty source, as a fault sees it."""

    def __init__(self, source: FaultySource) -> None:
        self.source = source
        self.target = ""  # of the last request: its path and query
        self.requests = 0  # on this connection
        self.idle = False  # whether a whole answer was the last thing: then the asker may keep the connection
        self._heard = b""
        self._paused = False
        self._awaited: Deferred[None] | None = None
        self._life: Deferred[None] | None = None

    async def asked(self) -> None:
        """Wait for the whole of a request."""
        while END_OF_HEAD not in self._heard:
            await self._wait()
        head, _, self._heard = self._heard.partition(END_OF_HEAD)
        self.target = head.split(b" ")[1].decode()
        self.requests += 1
        self.idle = False
        self.source.targets.append(self.target)

    def say(self, *octets: bytes) -> None:
        """Send octets."""
        self.transport.write(b"".join(octets))  # type: ignore[union-attr]

    def answer(self, octets: bytes) -> None:
        """Send a whole answer."""
        self.say(octets)
        self.idle = True

    async def pour(self, pieces: Iterable[bytes]) -> None:
        """Send pieces one after another, as fast as they are taken."""
        for piece in pieces:
            while self._paused:
                await self._wait()
            self.say(piece)
            await self.pause(0)

    async def drip(self, octets: bytes, seconds: float) -> None:
        """Send octets one by one, this far apart."""
        for octet in octets:
            self.say(bytes([octet]))
            await self.pause(seconds)

    async def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        await deferLater(self.source.reactor, seconds)

    def hang_up(self) -> None:
        """Close the connection in good order."""
        self.transport.unregisterProducer()  # type: ignore[union-attr]
        self.transport.loseConnection()  # type: ignore[union-attr]

    def reset(self) -> None:
        """Break the connection off."""
        self.transport.abortConnection()  # type: ignore[union-attr]

    # -- what the transport calls

    def connectionMade(self) -> None:
        self.source.calls[self] = None
        self.source.opened += 1
        self.transport.registerProducer(self, True)  # type: ignore[union-attr]
        self._life = Deferred.fromCoroutine(self._live())
        self._life.addErrback(lambda failure: failure.trap(CancelledError) and None)

    def dataReceived(self, data: bytes) -> None:
        self.source.octets += len(data)
        self._heard += data
        self._wake()

    def pauseProducing(self) -> None:
        self._paused = True

    def resumeProducing(self) -> None:
        self._paused = False
        self._wake()

    def stopProducing(self) -> None:
        """The connection is lost, which is told otherwise as well."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        del self.source.calls[self]
        if self._life is not None:
            self._life.cancel()

    async def _live(self) -> None:
        while True:
            await self.asked()
            await self.source.behaviour(self)

    async def _wait(self) -> None:
        self._awaited = Deferred()
        await self._awaited

    def _wake(self) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            awaited.callback(None)


Behaviour = Callable[[Call], Awaitable[None]]


class FaultySource:
    """Treats each request by its `behaviour`, which can be changed at any time; so can the port itself."""

    def __init__(self, reactor: Any, dialect: str, behaviour: Behaviour) -> None:
        """`dialect` is what its true answers are written in."""
        self.reactor = reactor
        self.dialect = dialect
        self.behaviour = behaviour
        self.port = 0  # TCP, once it listens
        self.first_stamp_ns: int | None = None  # of its first true answer
        self.elsewhere = 0  # the port of a stranger to whom it may send its askers
        self.targets: list[str] = []  # what it was asked
        self.calls: dict[Call, None] = {}  # open now
        self.opened = 0  # connections since the start
        self.octets = 0  # heard, in clear
        self._listener: IListeningPort | None = None
        self._sockets: list[socket.socket] = []

    async def listen(self, certificate: CertificateOptions | None = None) -> None:
        """Listen where it did before, the first time on a free port; with a certificate, over TLS."""
        await self._stop_listening()
        factory = Factory.forProtocol(lambda: Call(self))
        factory.noisy = False
        endpoint = (
            TCP4ServerEndpoint(self.reactor, self.port, interface=LOOPBACK)
            if certificate is None
            else SSL4ServerEndpoint(self.reactor, self.port, certificate, interface=LOOPBACK)
        )
        self._listener = await endpoint.listen(factory)
        self.port = self._listener.getHost().port  # type: ignore[union-attr]

    async def refuse(self) -> None:
        """Refuse connections, and break those off that there are; the port stays taken."""
        await self._stop_listening()
        self.cut()
        self._bound()

    async def swallow(self) -> None:
        """Neither take connections nor refuse them: the queue of a listener that takes none is full."""
        await self.refuse()
        self._bound().listen(0)
        for _ in range(FILLERS):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((LOOPBACK, self.port))
            self._sockets.append(filler)

    @property
    def kept(self) -> int:
        """How many connections the askers may rightly keep open."""
        return sum(call.idle for call in self.calls)

    def cut(self) -> None:
        """Break all connections off."""
        for call in tuple(self.calls):
            call.reset()

    def hang_up(self) -> None:
        """Close all connections, as a server does with idle ones."""
        for call in tuple(self.calls):
            call.hang_up()

    async def close(self) -> None:
        """Let everything go."""
        await self._stop_listening()
        self.cut()
        for each in self._sockets:
            each.close()

    def _bound(self) -> socket.socket:
        """A socket at the port, which refuses connections as long as it does not listen."""
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, self.port))
        self._sockets.append(bound)
        return bound

    async def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.stopListening()  # type: ignore[misc]
