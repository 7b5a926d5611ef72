"""A world-time server: true answers over real sockets, from a clock that can be off, and misbehaviour.

Run by itself it prints its port and serves until it is stopped: `python -m tests.kit.sources --delay 0.04`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.protocols.policies import WrappingFactory
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from tests.kit.worldtime import SECOND_NS, described

DRIBBLE_SECONDS = 0.05


@dataclass(frozen=True)
class Behaviour:
    """How one request is treated: `mode` is a word of MODES, the rest is what an answer is made of."""

    mode: str = "answer"
    status: int = 200
    body: bytes | None = None  # None: the truth, by the server's clock
    headers: Mapping[str, str] | None = None


class WorldTimeServer:
    """Speaks the worldtimeapi dialect at `base_url`.

    `offset` is how many seconds its clock is ahead, `delay` how many seconds each way of the network takes.
    Requests are treated as `script` says, one entry each, and by `behaviour` once it is empty.
    """

    def __init__(
        self, reactor: Any, *, offset: float = 0.0, delay: float = 0.0, behaviour: Behaviour = Behaviour()
    ) -> None:
        self.reactor = reactor
        self.offset = offset
        self.delay = delay
        self.behaviour = behaviour
        self.script: deque[Behaviour] = deque()
        self.wrong_offsets: dict[str, int] = {}  # zone -> seconds east that it claims
        self.requests: Counter[str] = Counter()  # by zone
        self.seen: list[dict[bytes, list[bytes]]] = []  # the headers of each request
        self.opened = 0  # connections since the start
        self.busiest = 0  # requests at the same time
        self.unanswered = 0  # requests whose connection was lost before they were answered
        self._busy = 0
        self.factory = _Counting(Site(_Everything(self), reactor=reactor), self)
        self.port = 0  # TCP, once it listens
        self._port: IListeningPort | None = None

    async def listen(self, endpoint: IStreamServerEndpoint | None = None) -> WorldTimeServer:
        """Listen, on a free port of loopback if nothing else is given."""
        endpoint = endpoint or TCP4ServerEndpoint(self.reactor, 0, interface="127.0.0.1")
        self._port = await endpoint.listen(self.factory)
        self.port = self._port.getHost().port  # type: ignore[union-attr]
        return self

    async def close(self) -> None:
        """Stop listening, and cut all connections."""
        port, self._port = self._port, None
        if port is not None:
            await port.stopListening()  # type: ignore[misc]
        self.cut()

    def cut(self) -> None:
        """Close all open connections, as a server does with idle ones."""
        for connection in tuple(self.factory.protocols):
            connection.transport.abortConnection()

    @property
    def base_url(self) -> str:
        """What a source specification needs."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def open(self) -> int:
        """Connections open now."""
        return len(self.factory.protocols)

    def now_ns(self) -> int:
        """The time by the server's clock, in nanoseconds since 1970 UTC."""
        return time.time_ns() + round(self.offset * SECOND_NS)

    def take(self, request: Request, zone: str) -> None:
        """Treat one request as the script says."""
        self.requests[zone] += 1
        self.seen.append({name: list(values) for name, values in request.requestHeaders.getAllRawHeaders()})
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        request.notifyFinish().addBoth(self._finished)
        behaviour = self.script.popleft() if self.script else self.behaviour
        MODES[behaviour.mode](self, request, zone, behaviour)

    def _finished(self, result: object) -> None:
        self._busy -= 1
        self.unanswered += result is not None

    def _later(self, seconds: float, request: Request, act: Callable[[], object]) -> None:
        """Act after a while, if the peer is still there."""
        call = self.reactor.callLater(seconds, act)
        request.notifyFinish().addErrback(lambda _: call.active() and call.cancel())

    def answer(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Answer truly, after the network's delay both ways."""

        def stamp() -> None:
            status, body = self.truth(zone)
            if behaviour.status != 200 or behaviour.body is not None:
                status, body = behaviour.status, body if behaviour.body is None else behaviour.body
            self._later(self.delay, request, lambda: send(request, status, body, behaviour.headers))

        self._later(self.delay, request, stamp)

    def hang(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Never answer."""

    def reset(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Break the connection off."""
        request.channel.transport.abortConnection()  # type: ignore[union-attr]

    def dribble(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Send the headers, and then an octet now and then, without end."""
        request.setHeader("content-type", "application/json")

        def drop() -> None:
            request.write(b" ")
            self._later(DRIBBLE_SECONDS, request, drop)

        drop()

    def huge(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Send a body of unknown length, as fast as it is taken, without end."""
        request.setHeader("content-type", "application/json")

        def pour() -> None:
            request.write(b" " * 16_384)
            self._later(0.001, request, pour)

        pour()

    def encoded(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Answer truly, in an encoding that nobody asked for."""
        headers = {"content-encoding": "gzip"}
        send(request, 200, gzip.compress(self.truth(zone)[1]), headers)

    def redirect(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Send the client to the same place again."""
        send(request, 302, b"{}", {"location": f"{self.base_url}/timezone/{zone}"})

    def close_after(self, request: Request, zone: str, behaviour: Behaviour) -> None:
        """Answer truly, and close the connection behind it without saying so."""
        send(request, *self.truth(zone), None)
        self.reactor.callLater(0, self.cut)

    def truth(self, zone: str) -> tuple[int, bytes]:
        """The status and body that the server's clock and the tzdata package give for a zone."""
        try:
            fields = described(zone, self.now_ns(), self.wrong_offsets.get(zone))
        except (OSError, ValueError):
            return 404, b'{"error":"unknown location"}'
        return 200, json.dumps(fields).encode()


MODES: Mapping[str, Callable[[WorldTimeServer, Request, str, Behaviour], None]] = {
    "answer": WorldTimeServer.answer,
    "hang": WorldTimeServer.hang,
    "reset": WorldTimeServer.reset,
    "dribble": WorldTimeServer.dribble,
    "huge": WorldTimeServer.huge,
    "gzip": WorldTimeServer.encoded,
    "redirect": WorldTimeServer.redirect,
    "close": WorldTimeServer.close_after,
}


class _Everything(Resource):
    """Whatever the path, the server decides."""

    isLeaf = True

    def __init__(self, server: WorldTimeServer) -> None:
        super().__init__()
        self._server = server

    def render_GET(self, request: Request) -> int:
        _, _, *zone = [segment.decode() for segment in request.postpath or []]
        self._server.take(request, "/".join(zone))
        return NOT_DONE_YET


class _Counting(WrappingFactory[Any]):
    """Keeps the connections, and counts them."""

    noisy = False

    def __init__(self, site: Site, server: WorldTimeServer) -> None:
        site.noisy = False
        super().__init__(site)
        self._server = server

    def registerProtocol(self, p: Any) -> None:
        self._server.opened += 1
        super().registerProtocol(p)


def send(request: Request, status: int, body: bytes, headers: Mapping[str, str] | None) -> None:
    """Send a whole answer; `headers` replace what would be there."""
    request.setResponseCode(status)
    for name, value in {"content-type": "application/json", **(headers or {})}.items():
        request.setHeader(name.encode(), value.encode())
    request.setHeader(b"content-length", str(len(body)).encode())
    request.write(body)
    request.finish()


def main(arguments: list[str]) -> None:
    """Serve until stopped."""
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    parser = argparse.ArgumentParser(prog="python -m tests.kit.sources", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one, which is printed")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds each way")
    parser.add_argument("--offset", type=float, default=0.0, help="seconds that the clock is ahead")
    parser.add_argument("--mode", choices=sorted(MODES), default="answer")
    parser.add_argument("--answers", type=int, default=0, help="answered truly before the mode begins")
    options = parser.parse_args(arguments)
    endpoint = TCP4ServerEndpoint(reactor, options.port, interface="127.0.0.1")
    server = WorldTimeServer(
        reactor, offset=options.offset, delay=options.delay, behaviour=Behaviour(options.mode)
    )
    server.script.extend([Behaviour()] * options.answers)
    listening = Deferred.fromCoroutine(server.listen(endpoint))
    listening.addCallback(lambda _: print(server.port, flush=True))
    reactor.run()


if __name__ == "__main__":
    main(sys.argv[1:])
