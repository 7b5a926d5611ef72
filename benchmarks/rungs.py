"""The ladder of layers: servers that each do a little more of what the daemon does to answer a line.

`python -m benchmarks.rungs NAME`. Standard input holds the greeting and, as the last line, the answer; the
port is printed the way the daemon's log has it. The first rung of all is floor.c, the last the daemon itself.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, ServerFactory

BACKLOG = 1024
MOST_OCTETS = 65_536  # of a read, as Twisted has it
MS_NS, SECOND_NS = 1_000_000, 1_000_000_000

Serve = Callable[[bytes, bytes], None]


def interpreter(greeting: bytes, answer: bytes) -> None:
    """The calls of the kernel made from Python, with nothing around them."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    _say_port(listener.getsockname()[1])
    with selectors.EpollSelector() as polled:
        polled.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in polled.select():
                peer = cast(socket.socket, key.fileobj)
                if peer is listener:
                    accepted, _ = listener.accept()
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    accepted.send(greeting)
                    polled.register(accepted, selectors.EVENT_READ)
                    continue
                data = _received(peer)
                if data:
                    peer.send(answer * data.count(b"\n"))
                else:
                    polled.unregister(peer)
                    peer.close()


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(MOST_OCTETS)
    except OSError:
        return b""


class Turned(Protocol):
    """The reactor's turn and the transport's reading; what is sent goes straight to the socket."""

    def __init__(self, greeting: bytes, answer: bytes) -> None:
        self._greeting = greeting
        self._answer = answer

    def connectionMade(self) -> None:
        transport = cast(Any, self.transport)
        transport.setTcpNoDelay(True)
        transport.write(self._greeting)
        self._send = transport.getHandle().send

    def dataReceived(self, data: bytes) -> None:
        self._send(self._answer * data.count(b"\n"))


class Written(Turned):
    """The same, with the transport's write in the place of the socket's send."""

    def dataReceived(self, data: bytes) -> None:
        cast(ITransport, self.transport).write(self._answer * data.count(b"\n"))


class Split(Turned):
    """The stream cut into lines, however it comes in pieces."""

    _begun = b""

    def dataReceived(self, data: bytes) -> None:
        self._send(self._answer * len(self._lines(data)))

    def _lines(self, data: bytes) -> list[bytes]:
        if self._begun:
            data = self._begun + data
        lines = data.split(b"\n")
        self._begun = lines.pop()
        return lines


class Found(Split):
    """Each line looked up among the answers that are kept for this second, in one table for all."""

    kept: ClassVar[dict[bytes, tuple[bytes, bytes]]] = {}
    second = 0

    def __init__(self, greeting: bytes, answer: bytes) -> None:
        super().__init__(greeting, answer)
        at = answer.index(b".") + 1  # of the milliseconds: three figures, and then the rest
        self._pieces = (answer[:at], answer[at + 3 :])

    def dataReceived(self, data: bytes) -> None:
        found = self._found(data, time.time_ns())
        self._send(self._answer * len(found))

    def _found(self, data: bytes, now_ns: int) -> list[tuple[bytes, bytes]]:
        if now_ns // SECOND_NS != Found.second:
            Found.second = now_ns // SECOND_NS
            self.kept.clear()
        kept = self.kept
        found = []
        for line in self._lines(data):
            pieces = kept.get(line)
            if pieces is None:
                pieces = kept[line] = self._pieces
            found.append(pieces)
        return found


class Joined(Found):
    """The milliseconds put into each answer, and all answers joined to one."""

    def dataReceived(self, data: bytes) -> None:
        now_ns = time.time_ns()
        fraction = b"%03d" % (now_ns // MS_NS % 1000)
        self._send(b"".join([fraction.join(pieces) for pieces in self._found(data, now_ns)]))


class TurnedFactory(ServerFactory):
    """Makes protocols that all say the same."""

    noisy = False

    def __init__(self, kind: type[Turned], greeting: bytes, answer: bytes) -> None:
        self._kind = kind
        self._greeting = greeting
        self._answer = answer

    def buildProtocol(self, addr: object) -> Turned:
        return self._kind(self._greeting, self._answer)


def of_twisted(kind: type[Turned]) -> Serve:
    """A server of one of the protocols above."""

    def serve(greeting: bytes, answer: bytes) -> None:
        from twisted.internet import reactor

        factory = TurnedFactory(kind, greeting, answer)
        port = reactor.listenTCP(0, factory, backlog=BACKLOG, interface="127.0.0.1")
        _say_port(cast(IPv4Address, port.getHost()).port)
        reactor.run()

    return serve


RUNGS: Mapping[str, Serve] = {
    "interpreter": interpreter,
    "turned": of_twisted(Turned),
    "written": of_twisted(Written),
    "split": of_twisted(Split),
    "found": of_twisted(Found),
    "joined": of_twisted(Joined),
}


def _say_port(port: int) -> None:
    print(f"listening on 127.0.0.1:{port}", flush=True)


def main() -> None:
    """Serve as one rung of the ladder until the process is ended."""
    *greeting, answer = sys.stdin.buffer.read().splitlines(keepends=True)
    RUNGS[sys.argv[1]](b"".join(greeting), answer)


if __name__ == "__main__":
    main()
