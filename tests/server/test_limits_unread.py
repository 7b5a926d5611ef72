"""Who reads slowly is kept, and who does not read at all is cut off: over TCP, TLS and UNIX sockets."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import deferLater

from socketspeak.app.config import Config
from socketspeak.app.limiting import Limits
from socketspeak.limits.counts import Counts
from socketspeak.limits.patience import Patience
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.factory import SessionFactory
from tests.kit.desk import a_desk
from tests.kit.tls import certificates_of, client_context, write_certificate
from tests.kit.world import the_setting, the_voices

UNREAD_SECONDS = 1.5  # in the place of half a minute
LATE_SECONDS = 1.3
BUFFER_OCTETS = 32_768
PIECE_OCTETS, PIECES, PIECE_SECONDS = 8192, 10, 0.25  # what waits in the server takes longer than may be
WAYS = ("tcp", "tls", "unix")


@dataclass
class Running:
    """A server in this process, and what it counts."""

    reactor: Any
    counts: Counts
    connect: Callable[[], socket.socket]

    async def pause(self, seconds: float) -> None:
        """Let the server go on for so long."""
        await deferLater(self.reactor, seconds)


@asynccontextmanager
async def running(way: str, folder: Path) -> AsyncIterator[Running]:
    """A server with little patience for those who do not read."""
    from twisted.internet import reactor

    clock: Any = reactor
    desk = a_desk(clock)
    limits = Limits(Config(), desk.counts, the_voices()["TEXT"], clock)
    limits.sweeper.patience = Patience(unread=UNREAD_SECONDS)
    limits.sweeper.start()
    factory: Any = SessionFactory(desk, the_setting(), the_voices()["TEXT"], limits.register)
    path = f"{folder}/socket"
    if way == "tls":
        factory = EncryptedFactory(certificates_of(write_certificate(folder)).creator, clock, factory)
    listen = f"unix:{path}" if way == "unix" else "tcp:0:interface=127.0.0.1"
    port: Any = await serverFromString(clock, listen).listen(factory)

    def connect() -> socket.socket:
        peer = socket.socket(socket.AF_UNIX if way == "unix" else socket.AF_INET)
        # Else the kernel takes more and more, though nobody reads it.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        peer.connect(path if way == "unix" else ("127.0.0.1", port.getHost().port))
        return peer

    try:
        yield Running(clock, desk.counts, connect)
    finally:
        await maybeDeferred(port.stopListening)
        await limits.register.drain(0)
        limits.stop()


async def asking(server: Running, way: str) -> socket.socket:
    """A peer that has asked for much more than it can be sent at once; it does not wait for anything."""
    peer = server.connect()
    peer.setblocking(False)
    if way == "tls":
        peer = client_context().wrap_socket(peer, server_hostname="localhost", do_handshake_on_connect=False)
        while True:
            try:
                peer.do_handshake()
                break
            except ssl.SSLWantReadError:
                await server.pause(0.01)
    peer.send(b"LIST ALL\n" * 100)
    return peer


async def test_who_reads_slowly_is_kept_and_who_reads_nothing_is_cut_off(tmp_path: Path) -> None:
    await gatherResults([Deferred.fromCoroutine(slow_and_then_deaf(way, tmp_path)) for way in WAYS])


async def slow_and_then_deaf(way: str, folder: Path) -> None:
    """Read slowly for longer than one may read nothing; then read nothing."""
    async with running(way, folder) as server:
        with await asking(server, way) as peer:
            for _ in range(PIECES):
                await server.pause(PIECE_SECONDS)
                with suppress(ssl.SSLWantReadError, BlockingIOError):
                    assert peer.recv(PIECE_OCTETS)
            assert (way, server.counts.unread, server.counts.sessions) == (way, 0, 1)
            left = UNREAD_SECONDS + LATE_SECONDS
            while server.counts.sessions and left > 0:
                await server.pause(PIECE_SECONDS)
                left -= PIECE_SECONDS
            assert (way, server.counts.unread, server.counts.sessions) == (way, 1, 0)
