"""A server with limits, in memory, and those who come to it from wherever they like."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock

from socketspeak.app.config import Config
from socketspeak.app.limiting import Limits
from socketspeak.language.questions import Setting
from socketspeak.limits.counts import Counts
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.factory import SessionFactory
from socketspeak.server.timed import TICK_SECONDS
from tests.kit.desk import MemorySource, a_desk
from tests.kit.peer import MemoryTransport
from tests.kit.world import the_setting, the_voices

LOOPBACK = "127.0.0.1"
PROBE_SECONDS = 0.01
REFUSED_OPTION = re.compile(rb"\xff[\xfc\xfe].", re.DOTALL)


class LimitedServer:
    """The sessions of a daemon with these settings, without a daemon; the test turns the clock."""

    def __init__(
        self,
        *,
        source_hangs: bool = False,
        setting: Setting | None = None,
        language: str = "en",
        encrypted: Callable[[Clock], EncryptedFactory] | None = None,
        **settings: Any,
    ) -> None:
        """The settings are those of a Config; a source that hangs has answered once, and never again."""
        self.clock = Clock()
        source = MemorySource(self.clock, PROBE_SECONDS) if source_hangs else None
        self.desk = a_desk(self.clock, source)
        if source is not None:
            self.desk.almanac.start()
            self.clock.advance(PROBE_SECONDS)
            source.delay = None
        voice = the_voices(language)["TEXT"]
        self.limits = Limits(Config(**settings), self.desk.counts, voice, self.clock)
        self.limits.sweeper.start()
        self.factory = SessionFactory(
            self.desk,
            setting or the_setting(menu=2),
            voice,
            self.limits.register,
            encrypted=None if encrypted is None else encrypted(self.clock),
            gate=self.limits.gate,
            rates=self.limits.rates,
        )

    @property
    def counts(self) -> Counts:
        """What the server has counted."""
        return self.desk.counts

    def visitor(self, host: str = LOOPBACK) -> LimitedPeer:
        """Somebody connects from an address; "" is a UNIX socket."""
        return LimitedPeer(self, _address(host))

    def visitors(self, number: int, host: str = LOOPBACK) -> list[LimitedPeer]:
        """So many connect from an address."""
        return [self.visitor(host) for _ in range(number)]

    def turn(self, seconds: float) -> None:
        """Let time pass, as it does on a reactor: in steps no longer than a tick."""
        end = self.clock.seconds() + seconds
        self.clock.pump([0.0, 0.0])
        while (left := end - self.clock.seconds()) > 0:
            due = [call.getTime() - self.clock.seconds() for call in self.clock.getDelayedCalls()]
            self.clock.advance(max(0.0, min([left, TICK_SECONDS, *due])))
        self.clock.pump([0.0, 0.0])


class LimitedPeer:
    """One who has connected to a LimitedServer."""

    def __init__(self, server: LimitedServer, address: IAddress) -> None:
        self._server = server
        self.transport = MemoryTransport()
        self.protocol: Any = server.factory.buildProtocol(address)
        self.transport.connect(self.protocol)

    def send(self, *pieces: bytes) -> None:
        """Send octets, each argument in a packet of its own."""
        for piece in pieces:
            self.transport.incoming(lambda piece=piece: self.protocol.dataReceived(piece))  # type: ignore[misc]

    def finish(self) -> None:
        """Close the sending side."""

        def finished() -> None:
            self.transport.finished = True
            self.protocol.readConnectionLost()

        self.transport.incoming(finished)

    @property
    def said(self) -> Sequence[str]:
        """The lines that it has been sent, the greeting among them; TELNET's refusals are none."""
        return REFUSED_OPTION.sub(b"", self.transport.sent).decode().split("\r\n")[:-1]

    @property
    def codes(self) -> list[str]:
        """The codes of what it has been sent since the greeting."""
        return [line[:3] for line in self.said if not line.startswith("220")]

    @property
    def closing(self) -> bool:
        """Whether the server has closed its side, or all of it."""
        return self.transport.write_closed or self.transport.closed


def _address(host: str) -> IAddress:
    if not host:
        return UNIXAddress(None)
    return (IPv6Address if ":" in host else IPv4Address)("TCP", host, 50_000)
