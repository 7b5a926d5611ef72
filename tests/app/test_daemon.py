"""The daemon put together in this process: it listens, serves, and ends clean."""

from __future__ import annotations

import time
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from socketspeak.app.config import Config
from socketspeak.app.service import build
from socketspeak.app.starting import CannotStart
from tests.kit.world import the_world


class Listener(Protocol):
    """Keeps what it hears until the connection ends."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended: Deferred[bytes] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        self.heard += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended.callback(self.heard)


def a_daemon(reactor: Any, listen: str = "tcp:0:interface=127.0.0.1") -> Any:
    """A daemon on a free port of loopback, on its embedded database."""
    daemon = build(Config(listen=(listen,)), the_world(), reactor)
    daemon._stopping = lambda: None  # the signals here are the test runner's
    return daemon


async def test_a_daemon_serves_from_its_start_to_its_stop() -> None:
    from twisted.internet import reactor

    daemon = a_daemon(reactor)
    daemon.startService()
    port = daemon._ports[0].getHost().port
    peer = await connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Listener())
    peer.transport.write(b"TIME tokyo\n")
    before = time.monotonic()
    await daemon.stopService()
    said = (await peer.ended).split(b"\r\n")
    assert b" Asia/Tokyo JST " in said[-3]
    assert said[-2] == b"421 SocketSpeak is shutting down"
    assert time.monotonic() - before < 5


async def test_a_port_in_use_is_a_failure_to_start_that_names_the_endpoint() -> None:
    from twisted.internet import reactor

    first = a_daemon(reactor)
    first.startService()
    taken = f"tcp:{first._ports[0].getHost().port}:interface=127.0.0.1"
    with pytest.raises(CannotStart, match=f"--listen '{taken}' cannot be used: .*in use"):
        a_daemon(reactor, taken).startService()
    await first.stopService()
