"""A client and a server in memory: a connection whose octets a test carries over, in pieces of its choice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any, Protocol, TypeVar

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IHalfCloseableDescriptor,
    IHalfCloseableProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.client import Client, connect
from socketspeak.language.questions import Setting
from socketspeak.server.factory import SessionFactory
from socketspeak.server.register import Register
from tests.kit.desk import MemorySource, a_desk
from tests.kit.producing import Consumer
from tests.kit.world import the_setting, the_voices

Result = TypeVar("Result")

WHOLE = 1 << 30  # octets: all that there is
MOST_TURNS = 1_000_000


class Carried(Protocol):
    """What an end needs of its protocol."""

    def dataReceived(self, data: bytes) -> None: ...
    def connectionLost(self, reason: Failure) -> None: ...
    def makeConnection(self, transport: Any) -> None: ...


@implementer(IHalfCloseableDescriptor)
class End(Consumer):
    """One end of a connection, as Twisted's TCP has it: whatever it tells its protocol, the pump sets off."""

    disconnecting = False

    def __init__(self, reactor: Clock, protocol: Carried) -> None:
        self.reactor = reactor
        self.protocol = protocol
        self.unsent = b""
        self.reading = True
        self.lost: Exception | None = None  # how the connection ended, once it has
        self._ending: Exception | None = None
        self._finishing = self._finished = self._peer_finished = False

    # -- what a protocol may call

    def write(self, data: bytes) -> None:
        if self._finishing or self.disconnecting or self.lost:
            return
        self.unsent += data
        self._fills(len(self.unsent))

    def pauseProducing(self) -> None:
        self.reading = False

    def resumeProducing(self) -> None:
        self.reading = True

    def loseConnection(self) -> None:
        self.disconnecting = True

    def loseWriteConnection(self) -> None:
        self._finishing = True

    def abortConnection(self) -> None:
        self.disconnecting = True
        self._ending = ConnectionAborted()

    def writeConnectionLost(self, reason: Failure) -> None:
        """Part of the interface; the end itself is never told."""

    def readConnectionLost(self, reason: Failure) -> None:
        """Part of the interface; the end itself is never told."""

    # -- what the pump does

    def carry(self, other: End, octets: int) -> bool:
        """Bring what this end has sent, or what became of it, to the other; whether there was anything."""
        if self.unsent and not self.lost and (other.reading or other.lost):
            piece, self.unsent = self.unsent[:octets], self.unsent[octets:]
            if not other.lost:
                other.protocol.dataReceived(piece)
            if not self.unsent:
                self._drained()
            return True
        return self._turn(other)

    def _turn(self, other: End) -> bool:
        """Close what is to be closed."""
        if self.lost:
            return False
        if self._ending is not None:
            other.lose(ConnectionLost())
            return self.lose(self._ending)
        if self.unsent:
            return False
        if self.disconnecting:
            other.hear_the_end()
            return self.lose(ConnectionDone())
        if self._finishing and not self._finished:
            self._finished = True
            other.hear_the_end()
            if IHalfCloseableProtocol.providedBy(self.protocol):
                self.protocol.writeConnectionLost()
            return True
        return False

    def hear_the_end(self) -> None:
        """The other end sends no more."""
        if self._peer_finished or self.lost:
            return
        self._peer_finished = True
        if IHalfCloseableProtocol.providedBy(self.protocol):
            self.protocol.readConnectionLost()
        else:
            self.lose(ConnectionDone())

    def lose(self, why: Exception) -> bool:
        """The connection is gone."""
        if not self.lost:
            self.lost = why
            self.protocol.connectionLost(Failure(why))
        return True


@implementer(IStreamClientEndpoint)
class MemoryEndpoint:
    """Connects to a server factory in memory; `pump` carries what is sent."""

    def __init__(self, clock: Clock, servers: Any) -> None:
        self._clock = clock
        self._servers = servers
        self.client: End | None = None
        self.server: End | None = None

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[Any]:
        client: Any = protocolFactory.buildProtocol(None)  # type: ignore[arg-type]
        self.client = End(self._clock, client)
        self.server = End(self._clock, self._servers.buildProtocol(None))
        self.server.protocol.makeConnection(self.server)
        client.makeConnection(self.client)
        return succeed(client)

    def pump(self, sizes: Iterator[int]) -> None:
        """Carry octets, in pieces of these sizes, one from each end in turn, until nothing moves."""
        client, server = self.client, self.server
        if client is None or server is None:
            return
        for _ in range(MOST_TURNS):
            moved = client.carry(server, next(sizes))
            moved = server.carry(client, next(sizes)) or moved
            due = any(call.getTime() <= self._clock.seconds() for call in self._clock.getDelayedCalls())
            self._clock.advance(0)
            if not moved and not due:
                return
        raise AssertionError("the two ends never settle")


class Pair:
    """A client that has connected to the real server, both in memory, and the clock of both."""

    def __init__(
        self,
        source: MemorySource | None = None,
        clock: Clock | None = None,
        setting: Setting | None = None,
        sizes: Iterator[int] | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self._sizes = sizes or repeat(WHOLE)
        self.desk = a_desk(self.clock, source)
        self.register = Register(self.desk.counts, self.clock)
        servers = SessionFactory(
            self.desk, setting or the_setting(menu=4), the_voices()["TEXT"], self.register
        )
        self.endpoint = MemoryEndpoint(self.clock, servers)
        self.connecting = connect(self.endpoint)
        self.client: Client = self.result(self.connecting)

    @property
    def ends(self) -> tuple[End, End]:
        """The client's end of the connection and the server's."""
        assert self.endpoint.client is not None
        assert self.endpoint.server is not None
        return self.endpoint.client, self.endpoint.server

    def settle(self, seconds: float = 0.0) -> None:
        """Let time pass, then carry everything over."""
        self.endpoint.pump(self._sizes)
        self.clock.advance(seconds)
        self.endpoint.pump(self._sizes)

    def result(self, deferred: Deferred[Result]) -> Result:
        """What a Deferred fires with, now; what it fails with is raised."""
        self.settle()
        outcome = outcome_of(deferred)
        if isinstance(outcome, Failure):
            outcome.raiseException()
        return outcome


def slow_pair(seconds: float | None) -> Pair:
    """A pair whose server has a source that takes so long for an answer; None for one that falls silent.

    The source has answered once, for nobody waits for one that never has.
    """
    clock = Clock()
    source = MemorySource(clock, delay=0.0)
    pair = Pair(source, clock)
    pair.desk.almanac.start()
    pair.settle()
    source.delay = seconds
    return pair


def outcome_of(deferred: Deferred[Result]) -> Result | Failure:
    """The result or the failure that a Deferred has; asking takes it away."""
    outcomes: list[Any] = []
    deferred.addBoth(outcomes.append)
    assert outcomes, "it has not fired"
    outcome: Result | Failure = outcomes[0]
    return outcome


def error_of(deferred: Deferred[Any]) -> BaseException:
    """What a Deferred has failed with."""
    outcome = outcome_of(deferred)
    assert isinstance(outcome, Failure), outcome
    assert outcome.value is not None
    return outcome.value
