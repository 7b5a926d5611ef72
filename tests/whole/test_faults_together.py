"""Faults of several sources at once, and of what lies beneath them: the wire and the resolver."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from twisted.internet.task import deferLater

from tests.kit.bodies import BODIES, later
from tests.kit.daemon import Daemon
from tests.kit.faults import FAULTS
from tests.kit.faulty import Behaviour, FaultySource
from tests.kit.house import LOOK_SECONDS, Answer, House, housing
from tests.kit.replying import honest, telling
from tests.kit.worldtime import SECOND_NS, ZONES, described

HOUR_NS = 3600 * SECOND_NS
ROUNDS = 10
MENU = ("Asia/Tokyo", "Europe/Dublin", "America/St_Johns", "Asia/Kolkata", "Pacific/Chatham")
THREE = ("one", "two", "three")
LIARS = {
    "an hour off in time": telling(lambda asked: later(asked, HOUR_NS)),
    "an hour off in offset": telling(BODIES["an hour off in offset"]),
}
RESOLVER_THAT_HANGS = "import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(3600)\n"
LOOKS = 100  # for what has been sent over loopback to be heard
EXIT_SECONDS = 12.0  # promise 4: the grace of ten, and two


@asynccontextmanager
async def sourced(
    *behaviours: Behaviour, off: bool = False
) -> AsyncIterator[tuple[House, Sequence[FaultySource]]]:
    """A daemon with sources that behave so, in order of preference; `off` ones refuse from the start."""
    from twisted.internet import reactor

    async with AsyncExitStack() as stack:
        sources = [FaultySource(reactor, "worldtimeapi", behaviour) for behaviour in behaviours]
        for source in sources:
            stack.push_async_callback(source.close)
            await source.listen()
            if off:
                await source.refuse()
        specs = [
            f"{name}=worldtimeapi:http://127.0.0.1:{source.port}/api"
            for name, source in zip(THREE, sources, strict=False)
        ]
        yield await stack.enter_async_context(housing(*specs)), sources


async def told(house: House, zone: str) -> tuple[Answer, int, float]:
    """What is told of a zone, how many nanoseconds that is off, and how many seconds it took."""
    before, started = time.time_ns(), time.monotonic()
    (answer,) = await house.ask(zone)
    return answer, answer.off_ns(before, time.time_ns()), time.monotonic() - started


def follows_the_database(answer: Answer, zone: str) -> bool:
    """Whether offset and abbreviation are what the package has for that instant."""
    truth = described(zone, answer.told_ns)
    offset = int(str(truth["raw_offset"])) + int(str(truth["dst_offset"]))
    return (answer.offset, answer.abbreviation) == (offset, truth["abbreviation"])


@pytest.mark.limit(30)
@pytest.mark.parametrize("off", [True, False], ids=["never answered", "answered until now"])
async def test_with_all_sources_off_every_zone_is_answered_by_the_database(off: bool) -> None:
    async with sourced(honest, honest, honest, off=off) as (house, sources):
        if not off:
            await house.proven(*THREE)
        for source in sources:
            await source.refuse()
        wrong = []
        for zone in ZONES:
            answer, off_ns, seconds = await told(house, zone)
            allowed = 20_000_000 if answer.bound_ns is None else answer.bound_ns
            probed = not off and answer.zone == "Etc/UTC"
            fine = follows_the_database(answer, zone) and off_ns <= allowed and seconds <= 2.0
            if not fine or (answer.via != "embedded" and not probed):
                wrong.append((zone, answer.line, off_ns, seconds))
    assert len(ZONES) == 598
    assert wrong == []


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("lie", LIARS)
async def test_of_three_sources_one_that_is_an_hour_off_leads_nobody_astray(place: int, lie: str) -> None:
    behaviours: list[Behaviour] = [honest, honest, honest]
    behaviours[place] = LIARS[lie]
    async with sourced(*behaviours) as (house, _):
        await house.proven(*THREE)
        wrong = []
        for zone in MENU * ROUNDS:
            answer, off_ns, _ = await told(house, zone)
            claim_ns = 20_000_000 if answer.bound_ns is None else answer.bound_ns
            if off_ns > claim_ns or not follows_the_database(answer, zone):
                wrong.append((answer.line, off_ns))
    assert wrong == []


@pytest.mark.parametrize("place", range(3))
async def test_no_bound_is_false_while_three_sources_one_an_hour_off_come_in(place: int) -> None:
    behaviours: list[Behaviour] = [honest, honest, honest]
    behaviours[place] = LIARS["an hour off in time"]
    async with sourced(*behaviours) as (house, _):
        wrong = []
        while not await house.heard_from(*THREE):
            answer, off_ns, _ = await told(house, "Asia/Tokyo")
            if answer.bound_ns is not None and off_ns > answer.bound_ns:
                wrong.append((answer.line, off_ns))
    assert wrong == []


async def at_rest(house: House, source: FaultySource) -> None:
    """Until the source has said all that it says, and whoever it said that to has closed the connection.

    Where the machine was busy, all of it may have come at once: then the connection rightly stays.
    """
    while source.kept < len(source.calls):
        await deferLater(house.reactor, LOOK_SECONDS)
    for _ in range(LOOKS):
        if source.calls:
            await deferLater(house.reactor, LOOK_SECONDS)


@pytest.mark.parametrize(
    ("fault", "closes"),
    [
        ("another answer after the answer", False),
        ("noise after the answer", False),
        ("another answer long after the answer", True),
    ],
)
async def test_what_follows_an_answer_is_never_taken_for_the_next(fault: str, closes: bool) -> None:
    async with sourced(FAULTS[fault]) as (house, (source,)):
        await house.proven("one")
        wrong = []
        for zone in MENU:
            # What comes when the next question is under way cannot be told from its answer.
            if closes:
                await at_rest(house, source)
            answer, off_ns, _ = await told(house, zone)
            if off_ns > (answer.bound_ns or 0) or not follows_the_database(answer, zone):
                wrong.append((answer.line, off_ns))
    assert wrong == []


def test_a_resolver_that_hangs_holds_up_neither_answers_nor_the_exit(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "sitecustomize.py").write_text(RESOLVER_THAT_HANGS)
    monkeypatch.setenv("PYTHONPATH", str(here), prepend=":")
    specs = [f"s{number}=worldtimeapi:http://name{number}.invalid/api" for number in range(12)]
    options = [word for spec in specs for word in ("--source", spec)]
    with Daemon(here, *options, "--grace", "1") as daemon:
        assert daemon.port
        for _ in range(3):
            started = time.monotonic()
            (line,) = daemon.ask("TIME tokyo")
            assert time.monotonic() - started < 2.0
            assert " via=embedded; " in line
        started = time.monotonic()
        assert daemon.stop() == -signal.SIGTERM
        assert time.monotonic() - started < EXIT_SECONDS
