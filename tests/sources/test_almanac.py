"""The almanac, over real sockets: what clients see of sources that are well, slow, dead or wrong."""

from __future__ import annotations

import time

import pytest
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from socketspeak.clock.values import State
from tests.kit.sources import Behaviour
from tests.sources.rig import SECOND_NS, Rig, knowing, pause, serving, until


async def answered_once(rig: Rig) -> None:
    """Start, and wait until every source has answered its probe."""
    rig.almanac.start()
    await until(lambda: all(status.state == "ok" for status in rig.almanac.status()))


async def test_before_any_answer_the_host_clock_and_the_database_answer() -> None:
    async with serving() as server, knowing(server) as rig:
        reading = rig.almanac.now()
        assert (reading.state, reading.bound_ns) == (State.LOCAL, None)
        assert abs(reading.unix_ns - time.time_ns()) < SECOND_NS
        assert rig.source_of("Asia/Tokyo") == "embedded"
        assert not server.requests


async def test_the_start_asks_each_source_the_time() -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        assert dict(server.requests) == {"Etc/UTC": 1}
        assert rig.almanac.now().state is State.SINGLE


async def test_a_thousand_answers_cost_one_request_and_are_right() -> None:
    async with serving(delay=0.04, offset=3.0) as server, knowing(server) as rig:
        await answered_once(rig)
        edition = rig.almanac.edition
        assert await rig.ask("Asia/Tokyo")
        assert rig.almanac.edition > edition
        edition = rig.almanac.edition
        for _ in range(1000):
            assert not await rig.ask("Asia/Tokyo")
            reading = rig.almanac.now()
            standing = rig.almanac.standing("Asia/Tokyo", reading.unix_ns)
            assert (standing.rule.source, standing.rule.offset, standing.age) == ("lab", 32_400, None)
            assert reading.bound_ns is not None
            assert abs(reading.unix_ns - server.now_ns()) <= reading.bound_ns + 100_000
            assert reading.bound_ns < 100_000_000  # half of 80 ms, and what a busy host adds
        assert server.requests["Asia/Tokyo"] == 1
        assert rig.almanac.edition == edition
        assert abs(rig.almanac.now().unix_ns - server.now_ns()) < 20_000_000


async def test_a_source_an_hour_from_the_host_is_believed_without_a_bound() -> None:
    async with serving(offset=3600.0) as server, knowing(server) as rig:
        await answered_once(rig)
        reading = rig.almanac.now()
        assert (reading.state, reading.bound_ns) == (State.DISAGREE, None)
        assert abs(reading.unix_ns - server.now_ns()) < 50_000_000


async def test_many_who_wait_share_one_request() -> None:
    async with serving(delay=0.02) as server, knowing(server) as rig:
        await answered_once(rig)
        waits = [Deferred.fromCoroutine(rig.ask("Asia/Tokyo")) for _ in range(100)]
        await gatherResults(waits)
        assert server.requests["Asia/Tokyo"] == 1


async def test_several_zones_are_asked_side_by_side() -> None:
    async with serving(delay=0.1) as server, knowing(server) as rig:
        await answered_once(rig)
        started = time.monotonic()
        await rig.ask("Asia/Tokyo", "Europe/Lisbon", "Asia/Tokyo", "America/New_York")
        assert time.monotonic() - started < 0.6  # three times 0.2
        assert sum(server.requests.values()) == 4
        assert server.busiest == 3


async def test_no_more_than_four_requests_are_at_a_host_at_once() -> None:
    zones = ["Asia/Tokyo", "Asia/Seoul", "Asia/Dubai", "Europe/Paris", "Europe/Rome", "Europe/Oslo"]
    async with serving(delay=0.01) as server, knowing(server) as rig:
        await answered_once(rig)
        await rig.ask(*zones)
        assert server.busiest == 4
        assert all(rig.source_of(zone) == "lab" for zone in zones)


async def test_a_source_that_hangs_costs_patience_and_the_database_answers() -> None:
    async with serving() as server, knowing(server, patience=0.1) as rig:
        await answered_once(rig)
        server.behaviour = Behaviour("hang")
        started = time.monotonic()
        assert await rig.ask("Asia/Tokyo")
        assert 0.1 <= time.monotonic() - started < 1.4  # less than the deadline of the request
        assert rig.source_of("Asia/Tokyo") == "embedded"


async def test_an_answer_that_comes_after_patience_is_remembered() -> None:
    async with serving() as server, knowing(server, patience=0.02) as rig:
        await answered_once(rig)
        server.delay = 0.05
        await rig.ask("Asia/Tokyo")
        assert rig.source_of("Asia/Tokyo") == "embedded"
        await until(lambda: rig.source_of("Asia/Tokyo") == "lab")
        assert server.requests["Asia/Tokyo"] == 1


async def test_nobody_waits_for_a_source_that_has_never_answered() -> None:
    async with serving(behaviour=Behaviour("hang")) as server, knowing(server) as rig:
        rig.almanac.start()
        assert not await rig.ask("Asia/Tokyo")
        assert rig.source_of("Asia/Tokyo") == "embedded"
        await until(lambda: server.requests["Asia/Tokyo"] == 1)  # behind


async def test_the_answer_that_was_fetched_behind_is_there_for_the_next() -> None:
    async with serving() as server, knowing(server) as rig:
        assert not await rig.ask("Asia/Tokyo")
        await until(lambda: rig.source_of("Asia/Tokyo") == "lab")
        assert rig.almanac.now().state is State.SINGLE
        assert server.requests["Asia/Tokyo"] == 1


async def test_a_client_that_leaves_takes_its_request_along() -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        server.behaviour = Behaviour("hang")
        waiting = rig.almanac.ask(["Asia/Tokyo"], lambda: pytest.fail("done"))
        assert waiting is not None
        await until(lambda: server.requests["Asia/Tokyo"])
        waiting.leave()
        waiting.leave()
        left = time.monotonic()
        await until(lambda: server.unanswered)
        assert time.monotonic() - left < 0.9  # and not a second later, as where patience is spent


async def test_a_source_that_fails_five_times_rests_and_nobody_waits_for_it() -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        server.behaviour = Behaviour(status=503)
        for number in range(1, 6):
            assert await rig.ask("Asia/Tokyo")
            assert server.requests["Asia/Tokyo"] == number
        for _ in range(100):
            assert not await rig.ask("Asia/Tokyo", "Asia/Seoul")
        await pause(0.02)
        assert sum(server.requests.values()) == 6
        (status,) = rig.almanac.status()
        assert (status.state, status.failures, status.reason) == ("resting", 5, "it answers with status 503")
        assert status.rest is not None
        assert 29 < status.rest <= 30
        assert rig.source_of("Etc/UTC") == "lab"  # what is known stays known


@pytest.mark.parametrize("status", [429, 503])
async def test_a_source_that_asks_to_be_left_alone_is(status: int) -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        server.script.append(Behaviour(status=status, headers={"retry-after": "1"}))
        asked = time.monotonic()
        assert await rig.ask("Asia/Tokyo")
        assert not await rig.ask("Asia/Seoul")
        assert rig.almanac.status()[0].state == "resting"
        await until(lambda: server.requests["Etc/UTC"] == 2)  # the probe, when it may
        assert 1.0 <= time.monotonic() - asked < 5  # and not the half minute of a failure
        await until(lambda: rig.almanac.status()[0].state == "ok")
        assert await rig.ask("Asia/Seoul")
        assert rig.source_of("Asia/Seoul") == "lab"


async def test_a_zone_that_a_source_does_not_know_is_not_asked_again_and_harms_no_other() -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        server.script.append(Behaviour(status=404))
        assert await rig.ask("America/Coyhaique")
        assert not await rig.ask("America/Coyhaique")
        assert await rig.ask("Asia/Tokyo")
        assert rig.source_of("Asia/Tokyo") == "lab"
        assert server.requests["America/Coyhaique"] == 1


async def test_where_the_first_source_fails_the_next_is_asked() -> None:
    async with serving() as first, serving() as second, knowing(first, second) as rig:
        await answered_once(rig)
        first.behaviour = Behaviour("reset")
        assert await rig.ask("Asia/Tokyo")
        assert rig.source_of("Asia/Tokyo") == "second"
        for zone in ("Asia/Seoul", "Asia/Dubai", "Europe/Rome", "Europe/Oslo"):
            assert await rig.ask(zone)
        assert await rig.ask("Europe/Paris")  # by now the first rests
        assert (first.requests["Europe/Paris"], second.requests["Europe/Paris"]) == (0, 1)


async def test_a_source_that_was_down_at_the_start_is_tried_again_while_another_answers() -> None:
    down = Behaviour("reset")
    async with serving(behaviour=down) as first, serving() as second, knowing(first, second) as rig:
        rig.almanac.start()
        await until(lambda: [status.state for status in rig.almanac.status()] == ["failing", "ok"])
        first.behaviour = Behaviour()
        assert await rig.ask("Asia/Tokyo")
        assert rig.source_of("Asia/Tokyo") == "second"  # nobody waits for the first
        await until(lambda: rig.almanac.status()[0].state == "ok")
        assert await rig.ask("Asia/Seoul")
        assert rig.source_of("Asia/Seoul") == "lab"


@pytest.mark.parametrize(
    ("trust", "offset", "source"), [("embedded", 32_400, "embedded"), ("source", 0, "lab")]
)
async def test_a_source_that_contradicts_the_database_is_counted(
    trust: str, offset: int, source: str
) -> None:
    async with serving() as server, knowing(server, trust=trust) as rig:
        server.wrong_offsets["Asia/Tokyo"] = 0
        await answered_once(rig)
        assert await rig.ask("Asia/Tokyo")
        rule = rig.almanac.standing("Asia/Tokyo", rig.almanac.now().unix_ns).rule
        assert (rule.offset, rule.source) == (offset, source)
        assert rig.almanac.status()[0].disagreements == 1
        assert not await rig.ask("Asia/Tokyo")


async def test_the_database_alone_asks_nobody() -> None:
    async with knowing() as rig:
        rig.almanac.start()
        assert not await rig.ask("Asia/Tokyo")
        assert rig.almanac.status() == ()
        assert rig.almanac.now().state is State.LOCAL


async def test_stopping_lets_everybody_go_and_closes_everything() -> None:
    async with serving() as server, knowing(server) as rig:
        await answered_once(rig)
        server.behaviour = Behaviour("hang")
        waits = [Deferred.fromCoroutine(rig.ask(zone)) for zone in ("Asia/Tokyo", "Asia/Seoul")]
        await until(lambda: server.requests["Asia/Seoul"])
        await rig.almanac.stop()
        await gatherResults(waits)
        assert not await rig.ask("Asia/Dubai")
        await until(lambda: server.open == 0)


async def test_a_source_says_in_the_log_when_it_fails_and_when_it_is_back_and_no_more() -> None:
    said: list[tuple[str, str]] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if not str(event["log_namespace"]).startswith(("twisted.python.log", "log_legacy")):  # the server's
            said.append((event["log_level"].name, event["log_format"].format(**event)))

    globalLogPublisher.addObserver(observe)
    try:
        async with serving() as server, knowing(server) as rig:
            await answered_once(rig)
            server.script.extend([Behaviour(status=503, headers={"retry-after": "1"})] * 2)
            await rig.ask("Asia/Tokyo", "Asia/Seoul")
            await until(lambda: rig.almanac.status()[0].state == "ok")
            server.script.append(Behaviour(status=500))
            await rig.ask("Asia/Tokyo")
            await rig.ask("Asia/Tokyo")
    finally:
        globalLogPublisher.removeObserver(observe)
    assert said == [
        ("info", "source lab answers"),
        ("warn", "source lab fails: it answers with status 503, and asks for 1 s to be left alone"),
        ("info", "source lab answers"),
    ]
