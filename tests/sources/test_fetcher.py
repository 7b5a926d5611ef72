"""The fetcher, over real sockets: what it sends, what it believes, and how it lets go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from socketspeak.sources.sample import FaultKind, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.kit.sources import Behaviour
from tests.sources.rig import fetching, is_fault, pause, serving, spec, the_reactor, until

# --- What it sends ---


async def test_a_good_answer_becomes_a_sample() -> None:
    async with serving() as server, fetching() as fetcher:
        before = time.time_ns(), time.monotonic_ns()
        sample = await fetcher.fetch(spec(server), "America/Sao_Paulo")
        after = time.time_ns(), time.monotonic_ns()
    assert isinstance(sample, ZoneSample)
    assert (sample.source, sample.zone, sample.offset) == ("lab", "America/Sao_Paulo", -10_800)
    assert before[0] - 1000 <= sample.stamp_ns <= after[0]
    assert sample.quantum_ns == 1000
    assert before[1] < sample.sent_ns < sample.received_ns < after[1]
    assert not sample.cacheable


async def test_it_says_who_asks_and_takes_nothing_but_plain_json() -> None:
    async with serving() as server, fetching() as fetcher:
        await fetcher.fetch(spec(server), "Etc/UTC")
    sent = {name.lower(): values for name, values in server.seen[0].items()}
    assert sent == {
        b"user-agent": [b"SocketSpeak/1.2.3"],
        b"accept": [b"application/json"],
        b"accept-encoding": [b"identity"],
        b"host": [server.base_url.split("/")[2].encode()],
    }


async def test_a_plus_in_a_zone_is_a_plus_at_the_other_end() -> None:
    async with serving() as server, fetching() as fetcher:
        sample = await fetcher.fetch(spec(server), "Etc/GMT+5")
    assert isinstance(sample, ZoneSample)
    assert list(server.requests) == ["Etc/GMT+5"]


async def test_no_cookie_is_kept() -> None:
    async with serving() as server, fetching() as fetcher:
        server.script.append(Behaviour(headers={"set-cookie": "a=b; Path=/"}))
        await fetcher.fetch(spec(server), "Etc/UTC")
        await fetcher.fetch(spec(server), "Etc/UTC")
    assert not any(name.lower() == b"cookie" for name in server.seen[1])


async def test_the_moment_of_sending_is_after_the_connection_was_made() -> None:
    async with serving() as server, fetching() as fetcher:
        asked = time.monotonic_ns()
        first = await fetcher.fetch(spec(server), "Etc/UTC")
    assert isinstance(first, ZoneSample)
    assert first.sent_ns - asked > 100_000  # a connection, a coroutine and treq lie between


# --- Connections ---


async def test_a_connection_is_kept_for_the_next_question() -> None:
    async with serving() as server, fetching() as fetcher:
        for _ in range(5):
            await fetcher.fetch(spec(server), "Etc/UTC")
        assert (server.opened, server.open) == (1, 1)


async def test_a_kept_connection_that_the_server_closed_is_renewed() -> None:
    async with serving() as server, fetching() as fetcher:
        await fetcher.fetch(spec(server), "Etc/UTC")
        server.cut()
        await until(lambda: server.open == 0)
        assert isinstance(await fetcher.fetch(spec(server), "Etc/UTC"), ZoneSample)
        assert server.opened == 2


async def test_a_kept_connection_that_closes_as_it_is_used_is_renewed() -> None:
    async with serving() as server, fetching() as fetcher:
        await fetcher.fetch(spec(server), "Etc/UTC")
        server.script.append(Behaviour("reset"))
        assert isinstance(await fetcher.fetch(spec(server), "Etc/UTC"), ZoneSample)
        assert server.opened == 2


async def test_closing_leaves_no_connection() -> None:
    async with serving() as server:
        async with fetching() as fetcher:
            await fetcher.fetch(spec(server), "Etc/UTC")
            assert server.open == 1
        await until(lambda: server.open == 0)


# --- What it refuses ---


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (Behaviour("redirect"), FaultKind.REDIRECT),
        (Behaviour("gzip"), FaultKind.ENCODING),
        (Behaviour("huge"), FaultKind.SIZE),
        (Behaviour(body=b" " * 65_537), FaultKind.SIZE),
        (Behaviour("reset"), FaultKind.CONNECTION),
        (Behaviour(status=404), FaultKind.UNKNOWN_ZONE),
        (Behaviour(status=400), FaultKind.UNKNOWN_ZONE),
        (Behaviour(status=429), FaultKind.STATUS),
        (Behaviour(status=500), FaultKind.STATUS),
        (Behaviour(status=204, body=b""), FaultKind.STATUS),
        (Behaviour(body=b"{}"), FaultKind.ANSWER),
        (Behaviour(body=b"<html>"), FaultKind.ANSWER),
        (Behaviour(headers={"content-type": "text/html"}), FaultKind.ANSWER),
        (Behaviour(body=b" " * 65_536), FaultKind.ANSWER),
    ],
    ids=lambda value: str(value) if isinstance(value, FaultKind) else value.mode,
)
async def test_a_bad_answer_is_a_fault(behaviour: Behaviour, kind: FaultKind) -> None:
    async with serving(behaviour=behaviour) as server, fetching() as fetcher:
        is_fault(await fetcher.fetch(spec(server), "Etc/UTC"), kind)
        assert server.requests["Etc/UTC"] == 1


@pytest.mark.parametrize(("mode", "opened"), [("redirect", 1), ("gzip", 1), ("huge", 2)])
async def test_a_bad_answer_closes_its_connection_where_it_has_no_end(mode: str, opened: int) -> None:
    async with serving(behaviour=Behaviour(mode)) as server, fetching() as fetcher:
        await fetcher.fetch(spec(server), "Etc/UTC")
        server.behaviour = Behaviour()
        assert isinstance(await fetcher.fetch(spec(server), "Etc/UTC"), ZoneSample)
        await until(lambda: server.open == 1)
        assert server.opened == opened


@pytest.mark.parametrize(
    ("headers", "cacheable"),
    [
        ({"age": "0"}, False),
        ({"age": "3"}, True),
        ({"age": "soon"}, True),
        ({"x-cache": "MISS from edge"}, False),
        ({"x-cache": "Hit from cloudfront"}, True),
        ({"cf-cache-status": "DYNAMIC"}, False),
        ({"cache-status": "Nginx; hit"}, True),
    ],
)
async def test_an_answer_out_of_a_cache_is_marked(headers: dict[str, str], cacheable: bool) -> None:
    async with serving(behaviour=Behaviour(headers=headers)) as server, fetching() as fetcher:
        sample = await fetcher.fetch(spec(server), "Etc/UTC")
    assert isinstance(sample, ZoneSample)
    assert sample.cacheable is cacheable


async def test_nobody_at_home_is_a_fault() -> None:
    async with serving() as server:
        nobody = spec(server)
    async with fetching() as fetcher:
        is_fault(await fetcher.fetch(nobody, "Etc/UTC"), FaultKind.CONNECTION)


NOWHERE = SourceSpec("lab", "worldtimeapi", "http://time.invalid")


@implementer(IHostnameResolver)
class Resolver:
    """A resolver that finds nothing, and says so as it is told."""

    def __init__(self, answer: Callable[[Any], None]) -> None:
        self._answer = answer

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        resolutionReceiver.resolutionBegan(None)
        self._answer(resolutionReceiver)


@contextmanager
def resolving(answer: Callable[[Any], None]) -> Iterator[None]:
    usual = the_reactor().installNameResolver(Resolver(answer))
    try:
        yield
    finally:
        the_reactor().installNameResolver(usual)


async def test_a_name_that_does_not_resolve_is_a_fault() -> None:
    with resolving(lambda receiver: receiver.resolutionComplete()):
        async with fetching() as fetcher:
            is_fault(await fetcher.fetch(NOWHERE, "Etc/UTC"), FaultKind.NAME)


async def test_a_name_whose_look_up_hangs_ends_with_the_deadline() -> None:
    with resolving(lambda receiver: None):
        async with fetching(deadline=0.05) as fetcher:
            is_fault(await fetcher.fetch(NOWHERE, "Etc/UTC"), FaultKind.DEADLINE)


# --- How it lets go ---


@pytest.mark.parametrize("mode", ["hang", "dribble"])
async def test_the_deadline_covers_headers_and_body_and_closes_the_connection(mode: str) -> None:
    async with serving(behaviour=Behaviour(mode)) as server, fetching(deadline=0.2) as fetcher:
        started = time.monotonic()
        is_fault(await fetcher.fetch(spec(server), "Etc/UTC"), FaultKind.DEADLINE)
        assert 0.2 <= time.monotonic() - started < 1.4  # less than without a deadline of its own
        await until(lambda: server.open == 0)


@pytest.mark.parametrize("mode", ["hang", "dribble", "huge"])
async def test_cancelling_closes_the_connection_at_once(mode: str) -> None:
    async with serving(behaviour=Behaviour(mode)) as server, fetching() as fetcher:
        asking = fetcher.fetch(spec(server), "Etc/UTC")
        await until(lambda: server.requests["Etc/UTC"])
        await pause(0.02 if mode == "dribble" else 0)
        asking.cancel()
        left = time.monotonic()
        await until(lambda: server.open == 0)
        assert time.monotonic() - left < 1.0  # less than is left of its deadline
        assert server.unanswered == 1


async def test_cancelling_before_there_is_a_connection_makes_none() -> None:
    async with serving() as server, fetching() as fetcher:
        asking = fetcher.fetch(spec(server), "Etc/UTC")
        asking.cancel()
        is_fault(await asking, FaultKind.ABANDONED)
        await pause(0.05)
        assert not server.requests
