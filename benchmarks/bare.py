"""The yardstick: a bare LineReceiver that gives every line the same answer.

Standard input holds its greeting and, as the last line, its answer. The port that it has found is printed the
way the daemon's log has it.
"""

from __future__ import annotations

import sys
from typing import cast

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import ServerFactory
from twisted.protocols.basic import LineReceiver

BACKLOG = 1024  # Twisted's own 50 would make a thousand connections wait for a second


class Constant(LineReceiver):
    """What Twisted's documentation shows, and no more."""

    def __init__(self, greeting: bytes, answer: bytes) -> None:
        self._greeting = greeting
        self._answer = answer

    def connectionMade(self) -> None:
        cast(ITransport, self.transport).write(self._greeting)

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(self._answer)


class ConstantFactory(ServerFactory):
    """Makes receivers that all say the same."""

    noisy = False

    def __init__(self, greeting: bytes, answer: bytes) -> None:
        self._greeting = greeting
        self._answer = answer

    def buildProtocol(self, addr: object) -> Constant:
        return Constant(self._greeting, self._answer)


def main() -> None:
    """Listen on a free port of 127.0.0.1 and serve until the process is ended."""
    from twisted.internet import reactor

    *greeting, answer = sys.stdin.buffer.read().splitlines(keepends=True)
    factory = ConstantFactory(b"".join(greeting), answer.rstrip(b"\r\n"))
    port = reactor.listenTCP(0, factory, backlog=BACKLOG, interface="127.0.0.1")
    print(f"listening on 127.0.0.1:{cast(IPv4Address, port.getHost()).port}", flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
