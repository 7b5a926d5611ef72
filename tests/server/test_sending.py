"""What is sent at once and what is left to the transport arrive in order, each octet once."""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.threads import deferToThread

from socketspeak.server.sending import SendingReceiver, socket_of
from socketspeak.server.sockets import (
    KEEPALIVE_IDLE_SECONDS,
    SEND_BUFFER_OCTETS,
    UNACKNOWLEDGED_MS,
    prepare,
    tune,
)
from tests.kit.peer import MemoryTransport

MUCH = 1_000_000  # octets: more than the kernel takes for a peer that does not read
LITTLE = 8192  # octets that the peer's kernel holds


class Talker(SendingReceiver):
    """Somebody who only sends."""

    def __init__(self, made: Deferred[Talker]) -> None:
        self._made = made

    def connectionMade(self) -> None:
        tune(self.transport)
        self.send_at_once()
        self._made.callback(self)

    def dataReceived(self, data: bytes) -> None:
        """What comes is of no interest."""


@asynccontextmanager
async def a_talk() -> AsyncIterator[tuple[Talker, socket.socket]]:
    """A talker over TCP, and the socket of its peer."""
    from twisted.internet import reactor

    made: Deferred[Talker] = Deferred()
    factory: Any = Factory()
    factory.buildProtocol = lambda _: Talker(made)
    factory.noisy = False
    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
        peer.connect(("127.0.0.1", port.getHost().port))
        talker = await made
        try:
            yield talker, peer
        finally:
            talker.transport.abortConnection()
            await port.stopListening()


def read(peer: socket.socket, octets: int) -> bytes:
    """Exactly so many octets."""
    said = b""
    while len(said) < octets:
        said += peer.recv(1 << 16)
    return said


async def test_what_the_socket_takes_is_there_before_the_reactor_turns() -> None:
    async with a_talk() as (talker, peer):
        talker.put(b"at once")
        peer.setblocking(False)
        assert peer.recv(100) == b"at once"


async def test_a_peer_that_reads_late_gets_everything_in_order() -> None:
    chance = random.Random(5)
    async with a_talk() as (talker, peer):
        pieces: list[bytes] = []
        while sum(map(len, pieces)) < MUCH:
            pieces.append(chance.randbytes(chance.choice([1, 100, 5000, 100_000])))
            talker.put(pieces[-1])
        assert talker.transport.dataBuffer or talker.transport._tempDataBuffer, "all of it fitted: no test"
        whole = b"".join(pieces)
        assert await deferToThread(read, peer, len(whole)) == whole
        talker.put(b"and at once again")
        assert await deferToThread(read, peer, 17) == b"and at once again"


async def test_to_send_to_a_peer_that_is_gone_raises_nothing() -> None:
    async with a_talk() as (talker, peer):
        peer.close()
        for _ in range(3):
            talker.put(b"hello?")


def test_other_transports_are_left_to_themselves() -> None:
    assert socket_of(MemoryTransport()) is None
    assert socket_of(None) is None


async def test_a_peer_that_has_finished_and_has_everything_is_let_go_at_once() -> None:
    async with a_talk() as (talker, peer):
        lost: list[object] = []
        talker.connectionLost = lost.append  # type: ignore[method-assign, assignment]
        talker.goodbye_heard = talker.let_go  # type: ignore[method-assign]
        talker.put(b"all of it")
        talker.readConnectionLost()
        assert len(lost) == 1
        assert read(peer, 9) == b"all of it"
        assert peer.recv(1) == b""


async def test_who_has_not_got_everything_yet_gets_it_first() -> None:
    async with a_talk() as (talker, peer):
        talker.goodbye_heard = talker.let_go  # type: ignore[method-assign]
        talker.put(b"x" * MUCH)
        talker.readConnectionLost()
        assert talker.transport.connected
        assert await deferToThread(read, peer, MUCH) == b"x" * MUCH
        assert await deferToThread(peer.recv, 1) == b""


async def test_what_a_listening_socket_is_told_holds_for_its_connections() -> None:
    from twisted.internet import reactor

    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(Factory())
    prepare(port)
    with socket.create_connection(("127.0.0.1", port.getHost().port)), port.socket.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNACKNOWLEDGED_MS
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == KEEPALIVE_IDLE_SECONDS
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER_OCTETS
    await port.stopListening()
