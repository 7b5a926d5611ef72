"""A daemon in this process, as the app builds it, on real sockets; one who asks it; and what it all costs."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, DeferredQueue
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, eventAsText, globalLogPublisher
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.app import config
from socketspeak.app.service import build
from tests.kit.daemon import LISTENING
from tests.kit.world import the_world

NS_PER_SECOND = 1_000_000_000
LOOK_SECONDS = 0.005
STARTED_UP = re.compile("^SocketSpeak |listening on |starting on ")


class Client(LineReceiver):
    """One who asks, and waits for each reply."""

    delimiter = b"\r\n"

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._replies: DeferredQueue[list[str]] = DeferredQueue()
        self.gone: Deferred[None] = Deferred()

    async def ask(self, line: str) -> list[str]:
        """What is said to a line."""
        self.sendLine(line.encode())
        return await self._replies.get()

    async def greeted(self) -> None:
        """Wait for the greeting."""
        await self._replies.get()

    async def leave(self) -> None:
        """Go, and see the connection closed."""
        self.transport.loseConnection()  # type: ignore[union-attr]
        await self.gone

    def lineReceived(self, line: bytes) -> None:
        self._lines.append(line.decode())
        if line[3:4] == b" ":
            lines, self._lines = self._lines, []
            self._replies.put(lines)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.gone.callback(None)


@implementer(ILogObserver)
class Log:
    """What is logged, as the lines of a log file."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        self.lines.append(eventAsText(event, includeTimestamp=False, includeSystem=False))


class House:
    """A daemon in this process, what it has logged so far, and a client of it."""

    def __init__(self, reactor: Any, client: Client, log: list[str]) -> None:
        self.reactor = reactor
        self.client = client
        self.log = log

    async def ask(self, *places: str) -> list[Answer]:
        """The times in places, as the daemon tells them."""
        return [Answer.read(line) for line in await self.client.ask(f"TIME {', '.join(places)}")]

    async def status(self) -> list[str]:
        """What STATUS says."""
        return await self.client.ask("STATUS")

    async def proven(self, *names: str) -> None:
        """Wait until each of these sources has answered; the test's time limit bounds it."""
        while not await self.heard_from(*names):
            await deferLater(self.reactor, LOOK_SECONDS)

    async def heard_from(self, *names: str) -> bool:
        """Whether each of these sources has answered."""
        status = await self.status()
        wanted = [re.compile(rf"source={name} .*state=ok") for name in names]
        return all(any(map(each.search, status)) for each in wanted)


@asynccontextmanager
async def housing(*sources: str, trust: str = "embedded") -> AsyncIterator[House]:
    """A daemon with these sources, for as long as the test needs it."""
    from twisted.internet import reactor

    log = Log()
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    listen = ("tcp:0:interface=127.0.0.1",)
    daemon = build(
        config.Config(listen=listen, sources=config.sources(sources), trust=trust, grace=1.0),
        the_world(),
        reactor,
    )
    globalLogPublisher.addObserver(log)
    try:
        daemon.startService()
        port = next(int(found.group(1)) for found in map(LISTENING.search, log.lines) if found)
        where = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
        client: Any = await where.connect(_quiet(Factory.forProtocol(Client)))
        await client.greeted()
        log.lines[:] = [line for line in log.lines if not STARTED_UP.search(line)]
        try:
            yield House(reactor, client, log.lines)
        finally:
            await client.leave()
    finally:
        await daemon.stopService()
        globalLogPublisher.removeObserver(log)
        for number, handler in signals.items():
            signal.signal(number, handler)


def _quiet(factory: Factory) -> Factory:
    factory.noisy = False
    return factory


@dataclass(frozen=True)
class Answer:
    """One clock that the daemon told: its fields, and `bound_ns` None for `within=?`."""

    line: str
    told_ns: int
    offset: float
    zone: str
    abbreviation: str
    pairs: dict[str, str]
    bound_ns: int | None

    @classmethod
    def read(cls, line: str) -> Answer:
        """An answer of protocol 2.1; AssertionError where it is none."""
        assert line[:3] == "250", line
        stamp, zone, abbreviation, *rest = line[4:].partition("; ")[0].split(" ")
        pairs = dict(pair.split("=") for pair in rest)
        moment = datetime.fromisoformat(stamp)
        offset = moment.utcoffset()
        assert offset is not None
        told_ns = round(moment.timestamp() * 1000) * 1_000_000
        return cls(line, told_ns, offset.total_seconds(), zone, abbreviation, pairs, _bound(pairs["within"]))

    @property
    def via(self) -> str:
        """The source of the rule."""
        return self.pairs["via"]

    def off_ns(self, before_ns: int, after_ns: int) -> int:
        """How far it is from every instant between these two; what it tells is cut to milliseconds."""
        return max(before_ns - 1_000_000 - self.told_ns, self.told_ns - after_ns, 0)


def _bound(text: str) -> int | None:
    if text == "?":
        return None
    number, unit = re.fullmatch(r"([\d.]+)(ms|s)", text).groups()  # type: ignore[union-attr]
    return round(float(number) * (1_000_000 if unit == "ms" else NS_PER_SECOND))


def open_descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))


def resident_kib() -> int:
    """How much memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


class Meter:
    """The highest that memory stood at while it was watched."""

    def __init__(self) -> None:
        self.start_kib = self.peak_kib = resident_kib()

    def look(self) -> None:
        """Look again."""
        self.peak_kib = max(self.peak_kib, resident_kib())


def unprintable(lines: Sequence[str]) -> list[str]:
    """The lines that hold what a terminal would obey."""
    return [line for line in lines if not line.isprintable()]
