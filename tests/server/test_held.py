"""A socket of which several have a port: who serves, who only holds it, and who lets it go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from twisted.internet.endpoints import clientFromString, connectProtocol, serverFromString
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol

from socketspeak.app.listening import closed
from socketspeak.server.held import another, keep_to_others


class Greeter(Protocol):
    """Says hello."""

    def connectionMade(self) -> None:
        cast(Any, self.transport).write(b"hello")
        cast(Any, self.transport).loseConnection()


@pytest.mark.parametrize("family", ["tcp", "unix"])
async def test_a_port_on_a_held_socket_serves_until_it_is_closed_and_the_socket_stays(
    family: str, tmp_path: Path
) -> None:
    from twisted.internet import reactor

    path = tmp_path / "s"
    where = f"unix:{path}" if family == "unix" else "tcp:0:interface=127.0.0.1"
    first: IListeningPort = await serverFromString(reactor, where).listen(Factory.forProtocol(Greeter))
    assert keep_to_others(first)
    ports = [another(first, reactor) for _ in range(2)]
    await closed(ports.pop())
    assert path.exists() is (family == "unix")
    to = f"unix:{path}" if family == "unix" else f"tcp:127.0.0.1:{cast(Any, first).getHost().port}"
    await _greeted(to, reactor)
    if family == "tcp":  # with a UNIX socket's first port its path goes
        await closed(first)
        await _greeted(to, reactor)
    else:
        await closed(first)
        assert not path.exists()
    await closed(ports.pop())


async def _greeted(to: str, reactor: Any) -> None:
    from twisted.internet.defer import Deferred

    heard: Deferred[bytes] = Deferred()

    class Caller(Protocol):
        def dataReceived(self, data: bytes) -> None:
            heard.callback(data)

    caller = await connectProtocol(clientFromString(reactor, to), Caller())
    assert await heard == b"hello"
    caller.transport.abortConnection()


async def test_who_is_busier_lets_others_go_first_and_serves_when_nobody_does() -> None:
    from twisted.internet import reactor

    where = "tcp:0:interface=127.0.0.1"
    first: Any = await serverFromString(reactor, where).listen(Factory.forProtocol(Greeter))
    assert keep_to_others(first)
    asked: list[bool] = []

    def busier() -> bool:
        asked.append(True)
        return True

    busy = another(first, reactor, busier)
    to = f"tcp:127.0.0.1:{first.getHost().port}"
    await _greeted(to, reactor)
    await _greeted(to, reactor)
    assert len(asked) == 2
    idle = another(first, reactor)
    await closed(busy)
    await _greeted(to, reactor)
    await closed(idle)
    await closed(first)


async def test_what_is_no_port_on_a_socket_cannot_be_held() -> None:
    class Strange:
        pass

    assert not keep_to_others(cast(Any, Strange()))
