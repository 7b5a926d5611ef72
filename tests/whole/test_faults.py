"""Whatever a source does, everyone is answered in time, rightly and truthfully, and nothing of it stays."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import LoopingCall, deferLater

from tests.kit.certificates import authority
from tests.kit.faulty import FaultySource
from tests.kit.house import STARTED_UP, Answer, House, Meter, housing, open_descriptors, unprintable
from tests.kit.names import LOOPBACK, Names, resolving
from tests.kit.replying import honest
from tests.kit.rows import EMBEDDED, ROWS, Row
from tests.kit.worldtime import described

ANSWER_SECONDS = 2.0
LET_GO_SECONDS = 5.0
MEMORY_KIB = 8192
LOG_LINES = 4  # that the source answers, that it fails, that it rests, and why
HONEST_TOLERANCE_NS = 20_000_000  # of a time without a claim: the host's own, which the test goes by
REQUESTS = 2  # for one question: it, and once more where a kept connection was closed meanwhile
AT_ONCE_SECONDS = 0.5  # of a source that has never answered nothing is expected
PROBED_SECONDS = 1.6  # within which every probe has ended, and the answers too that come at all
LOOK_SECONDS = 0.01
ZONE = "Asia/Tokyo"


@dataclass
class Finding:
    """What came of one question while the source was bad."""

    row: Row
    answer: Answer
    seconds: float
    off_ns: int
    status: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    requests: int = 0
    octets: int = 0
    strangers: int = 0
    growth_kib: int = 0
    left_open: int = 0

    def broken(self) -> Iterator[str]:
        """The promises that were not kept."""
        yield from self._late()
        yield from self._wrong()
        yield from self._untrue()
        yield from self._held_on()
        yield from self._indiscreet()

    def _late(self) -> Iterator[str]:
        if self.seconds > ANSWER_SECONDS:
            yield f"the answer took {self.seconds:.2f} s"

    def _wrong(self) -> Iterator[str]:
        truth = described(ZONE, self.answer.told_ns)
        if self.answer.offset != int(str(truth["raw_offset"])) + int(str(truth["dst_offset"])):
            yield f"wrong offset: {self.answer.line}"
        if (self.answer.zone, self.answer.abbreviation) != (ZONE, truth["abbreviation"]):
            yield f"wrong zone or abbreviation: {self.answer.line}"
        claim_ns = HONEST_TOLERANCE_NS if self.answer.bound_ns is None else self.answer.bound_ns
        admitted = self.row.believed and self.answer.bound_ns is None and self._says("clock=disagree ")
        if self.off_ns > claim_ns and not admitted:
            yield f"{self.off_ns / 1e6:.1f} ms off: {self.answer.line}"

    def _untrue(self) -> Iterator[str]:
        if self.answer.via not in self.row.via:
            yield f"the rule is not from {' or '.join(sorted(self.row.via))}: {self.answer.line}"
        if "age" in self.answer.pairs:
            yield f"nothing here is old: {self.answer.line}"

    def _held_on(self) -> Iterator[str]:
        if self.growth_kib > MEMORY_KIB:
            yield f"memory grew by {self.growth_kib} KiB"
        if self.left_open > 0:
            yield f"{self.left_open} descriptors more than before"

    def _indiscreet(self) -> Iterator[str]:
        yield from (f"not printable: {line!r}" for line in unprintable([*self.status, *self.log]))
        if len(self.log) > LOG_LINES:
            yield f"{len(self.log)} lines in the log: {self.log}"
        if self.requests > REQUESTS:
            yield f"{self.requests} requests for one question"
        if self.strangers:
            yield "a stranger was called"
        if self.octets and not self.row.heard:
            yield f"{self.octets} octets were sent in spite of its certificate"

    def _says(self, words: str) -> bool:
        return any(words in f"{line} " for line in self.status)


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """A resolver of our own, and a store of trusted certificates with one in it."""
    authority().cert_pem.write_to_path(f"{tmp_path}/trusted.pem")
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/trusted.pem")
    with resolving() as known:
        yield known


@asynccontextmanager
async def good(row: Row, names: Names) -> AsyncIterator[tuple[FaultySource, FaultySource]]:
    """A source that is still good, and a stranger whom nobody has a reason to call."""
    from twisted.internet import reactor

    names.known[row.host] = LOOPBACK
    source = await row.open(reactor)
    stranger = FaultySource(reactor, row.dialect, honest)
    await stranger.listen()
    source.elsewhere = stranger.port
    try:
        yield source, stranger
    finally:
        await source.close()
        await stranger.close()


@pytest.mark.limit(20)
@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_a_source_that_turns_bad_harms_nobody(row: Row, names: Names) -> None:
    async with good(row, names) as (source, stranger), housing(row.spec(source)) as house:
        await house.proven("lab")
        await row.turn(source, names)
        finding = await found(row, house, source)
        finding.strangers = stranger.opened
    assert list(finding.broken()) == []


@pytest.mark.limit(60)
async def test_sources_that_are_bad_from_the_start_make_nobody_wait(names: Names) -> None:
    async with AsyncExitStack() as stack:
        houses: list[tuple[Row, House]] = []
        broken: list[str] = []
        for row in ROWS:
            source, _ = await stack.enter_async_context(good(row, names))
            await row.turn(source, names)
            house = await stack.enter_async_context(housing(row.spec(source)))
            houses.append((row, house))
            broken.extend(await broken_at_once(row, house))
        await deferLater(house.reactor, PROBED_SECONDS)
        for row, house in houses:
            broken.extend(await broken_at_once(row, house))
        assert unprintable(houses[0][1].log) == []
        lines = [line for line in houses[0][1].log if not STARTED_UP.search(line)]
        assert len(lines) <= LOG_LINES * len(ROWS)
    assert broken == []


async def broken_at_once(row: Row, house: House) -> list[str]:
    """The promises that an answer breaks for which there was nothing to wait."""
    finding = await answered(replace(row, via=row.via | EMBEDDED), house)
    late = [f"not at once, but in {finding.seconds:.2f} s"] if finding.seconds > AT_ONCE_SECONDS else []
    return [f"{row}: {promise}" for promise in (*late, *finding.broken())]


async def answered(row: Row, house: House) -> Finding:
    """Ask once, and look at the answer alone."""
    before, started = time.time_ns(), time.monotonic()
    (answer,) = await house.ask(ZONE)
    after, seconds = time.time_ns(), time.monotonic() - started
    return Finding(row, answer, seconds, answer.off_ns(before, after), await house.status())


async def found(row: Row, house: House, source: FaultySource) -> Finding:
    """Ask once, and see what comes of it."""
    await deferLater(house.reactor, 0)
    descriptors, requests, octets, lines = (
        held(source),
        len(source.targets),
        source.octets,
        len(house.log),
    )
    meter = Meter()
    watching = LoopingCall(meter.look)
    watching.start(LOOK_SECONDS)
    finding = await answered(row, house)
    await let_go(house.reactor, source, descriptors)
    watching.stop()
    meter.look()
    finding.log = house.log[lines:]
    finding.requests = len(source.targets) - requests
    finding.octets = source.octets - octets
    finding.growth_kib = meter.peak_kib - meter.start_kib
    finding.left_open = held(source) - descriptors
    return finding


def held(source: FaultySource) -> int:
    """The descriptors that are open, but for both ends of the connections that may be kept."""
    return open_descriptors() - 2 * source.kept


async def let_go(reactor: Any, source: FaultySource, descriptors: int) -> None:
    """Wait until no more descriptors are held than there were, for as long as that may take."""
    deadline = time.monotonic() + LET_GO_SECONDS
    while held(source) > descriptors and time.monotonic() < deadline:
        await deferLater(reactor, LOOK_SECONDS)
