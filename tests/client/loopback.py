"""Servers on loopback: the real one, and some that misbehave."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IAddress, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from socketspeak.clock.discipline import Discipline
from socketspeak.server.desk import About, Desk
from socketspeak.server.factory import SessionFactory
from socketspeak.server.register import Register
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.rulebook import RuleBook
from tests.kit.desk import NoSource
from tests.kit.world import the_setting, the_voices, the_world


def the_reactor() -> Any:
    """The reactor that runs the tests."""
    from twisted.internet import reactor

    return reactor


class Server:
    """The real server's sessions, over the embedded database and the host's clock."""

    def __init__(self, endpoint: IStreamServerEndpoint | None = None) -> None:
        reactor = the_reactor()
        self._endpoint = endpoint or TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        almanac = Almanac(
            sources=(),
            embedded=the_world().engine.rule,
            fetcher=NoSource(reactor, None),
            discipline=Discipline([]),
            rulebook=RuleBook(),
            reactor=reactor,
            steady_ns=time.monotonic_ns,
            wall_ns=time.time_ns,
            patience=0.8,
        )
        self.desk = Desk(almanac, About("1.0.0", "2026f"), reactor)
        self.register = Register(self.desk.counts, reactor)
        self._factory = SessionFactory(self.desk, the_setting(), the_voices()["TEXT"], self.register)
        self.port: Any = None

    async def __aenter__(self) -> Server:
        self.port = await self._endpoint.listen(self._factory)
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        await maybeDeferred(self.port.stopListening)
        await self.register.drain(5)

    @property
    def endpoint(self) -> TCP4ClientEndpoint:
        """Where a client connects to."""
        return to_port(self.port.getHost().port)

    @property
    def address(self) -> str:
        """The same, as people write it."""
        return f"127.0.0.1:{self.port.getHost().port}"


def to_port(port: int) -> TCP4ClientEndpoint:
    """A client's endpoint for a port on loopback."""
    return TCP4ClientEndpoint(the_reactor(), "127.0.0.1", port)


class Scripted(Protocol):
    """A server that says the next piece of its script at the start and whenever it hears something."""

    def __init__(self, script: Sequence[bytes | None], ended: Deferred[None]) -> None:
        self._script = list(script)
        self._ended = ended

    def connectionMade(self) -> None:
        self._next()

    def dataReceived(self, data: bytes) -> None:
        self._next()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._ended.callback(None)

    def _next(self) -> None:
        if not self._script:
            return
        piece = self._script.pop(0)
        if piece is None:
            self.transport.abortConnection()  # type: ignore[union-attr]
        else:
            self.transport.write(piece)  # type: ignore[union-attr]


class ScriptedServer(Factory):
    """Listens for one connection; `ended` fires when that is gone."""

    noisy = False

    def __init__(self, script: Sequence[bytes | None]) -> None:
        self._script = script
        self.ended: Deferred[None] = Deferred()
        self.port = 0

    def buildProtocol(self, addr: IAddress | None) -> Scripted:
        return Scripted(self._script, self.ended)


@asynccontextmanager
async def scripted(*script: bytes | None) -> AsyncIterator[ScriptedServer]:
    """A server that says these pieces, one each time it hears something; at None it resets the connection."""
    factory = ScriptedServer(script)
    port = await TCP4ServerEndpoint(the_reactor(), 0, interface="127.0.0.1").listen(factory)
    factory.port = port.getHost().port
    try:
        yield factory
    finally:
        await maybeDeferred(port.stopListening)


GREETING = b"220 hello\r\n"
SWITCHED = b'{"code":200,"message":"the format is JSON","format":"JSON"}\r\n'
