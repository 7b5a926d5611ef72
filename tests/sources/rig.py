"""What the tests of this room are set up with: a server on loopback, and an almanac that asks it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.web.iweb import IPolicyForHTTPS

from socketspeak.clock.discipline import Discipline
from socketspeak.sources.agent import SourceAgent
from socketspeak.sources.almanac import Almanac
from socketspeak.sources.fetcher import Fetcher
from socketspeak.sources.rulebook import RuleBook
from socketspeak.sources.sample import Fault, FaultKind, Outcome
from socketspeak.sources.specification import SourceSpec
from socketspeak.sources.trust import SourcePolicy
from socketspeak.zones.values import Rule
from tests.kit.sources import WorldTimeServer
from tests.kit.worldtime import described

SECOND_NS = 1_000_000_000


def the_reactor() -> Any:
    """The reactor that runs the tests."""
    from twisted.internet import reactor

    return reactor


def same_zone(one: str, other: str) -> bool:
    """Names alike but for their case; links are the database's business."""
    return one.lower() == other.lower()


def by_the_package(zone: str, unix_seconds: int) -> Rule:
    """The rule of the tzdata package, its ends not known."""
    fields: dict[str, Any] = described(zone, unix_seconds * SECOND_NS)
    return Rule(zone, fields["raw_offset"] + fields["dst_offset"], fields["abbreviation"], fields["dst"])


def spec(server: WorldTimeServer, name: str = "lab") -> SourceSpec:
    """The source that a server is."""
    return SourceSpec(name, "worldtimeapi", server.base_url)


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[WorldTimeServer]:
    """A world-time server, for as long as the test needs it."""
    server = WorldTimeServer(the_reactor(), **settings)
    await server.listen()
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def fetching(tls: IPolicyForHTTPS | None = None, deadline: float = 1.5) -> AsyncIterator[Fetcher]:
    """A fetcher with real connections."""
    agent = SourceAgent(the_reactor(), tls or SourcePolicy())
    fetcher = Fetcher(
        agent,
        steady_ns=time.monotonic_ns,
        wall_ns=time.time_ns,
        same_zone=same_zone,
        version="1.2.3",
        deadline=deadline,
    )
    try:
        yield fetcher
    finally:
        await fetcher.close()


@dataclass
class Rig:
    """An almanac, and how to ask it."""

    almanac: Almanac

    async def ask(self, *zones: str) -> bool:
        """Wait for zones; whether there was anything to wait for."""
        answered: Deferred[None] = Deferred()
        if self.almanac.ask(zones, lambda: answered.callback(None)) is None:
            return False
        await answered
        return True

    def source_of(self, zone: str) -> str:
        """The source of a zone's rule now."""
        return self.almanac.standing(zone, self.almanac.now().unix_ns).rule.source


@asynccontextmanager
async def knowing(
    *servers: WorldTimeServer, patience: float = 0.8, trust: str = "embedded", deadline: float = 1.5
) -> AsyncIterator[Rig]:
    """An almanac with real connections, that has not started."""
    names = ("lab", "second", "third")
    async with fetching(deadline=deadline) as fetcher:
        almanac = Almanac(
            sources=[spec(server, name) for server, name in zip(servers, names, strict=False)],
            embedded=by_the_package,
            fetcher=fetcher,
            discipline=Discipline(names),
            rulebook=RuleBook(trust),
            reactor=the_reactor(),
            steady_ns=time.monotonic_ns,
            wall_ns=time.time_ns,
            patience=patience,
        )
        try:
            yield Rig(almanac)
        finally:
            await almanac.stop()


def is_fault(outcome: Outcome, kind: FaultKind) -> None:
    """Assert that something went wrong, and what."""
    assert isinstance(outcome, Fault), outcome
    assert outcome.kind is kind, outcome


async def pause(seconds: float) -> None:
    """Let the reactor turn for a while."""
    await deferLater(the_reactor(), seconds)


async def until(true: Callable[[], object]) -> None:
    """Wait for something to become true; the test's time limit bounds it."""
    while not true():
        await pause(0.005)
