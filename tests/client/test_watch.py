"""Watching over real sockets, against the real server and against some that misbehave."""

from __future__ import annotations

import time
from contextlib import aclosing

import pytest
from twisted.internet.defer import CancelledError

from socketspeak.client import ConnectionLost, Lost, ProtocolBroken, Tick, Watching, connect
from tests.client.loopback import GREETING, SWITCHED, Server, scripted, the_reactor, to_port

NS = 1_000_000_000
TOKYO = (
    b'{"datetime":"2026-11-24T03:04:06.000000+09:00","zone":"Asia/Tokyo","abbreviation":"JST",'
    b'"utc_offset":"+09:00","offset_seconds":32400,"dst":false,"unixtime":1795457046.0,"error_bound":null,'
    b'"source":"embedded","age":null,"asked":null,"place":"Tokyo","country":"JP"}'
)
WATCHED = b'{"code":255,"watching":["Asia/Tokyo"],"every":1}\r\n'
TICK = b'{"code":150,"clocks":[%b]}\r\n' % TOKYO


async def test_ticks_come_on_the_second_and_answers_in_between() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        ticks: list[Tick] = []
        late: list[float] = []
        async with aclosing(client.watch("tokyo", "lisbon")) as watch:
            async for tick in watch:
                ticks.append(tick)
                late.append(time.time() % 1)
                assert (await client.time("paris"))[0].zone == "Europe/Paris"
                if len(ticks) == 2:
                    break
        await client.ping()
    first, second = (tick.clocks[0].unix_ns for tick in ticks)
    assert (first % NS, second - first) == (0, NS)
    assert min(late) < 0.5
    assert [clock.place for clock in ticks[0].clocks] == ["Tokyo", "Lisbon"]


async def test_a_connection_that_is_reset_is_raised_by_the_iteration() -> None:
    async with scripted(GREETING + SWITCHED, b"", WATCHED + TICK, None) as server:
        client = await connect(to_port(server.port))
        watch = client.watch("tokyo")
        assert (await anext(watch)).clocks[0].place == "Tokyo"
        client.ping().addErrback(lambda failure: failure.trap(ConnectionLost))
        with pytest.raises(ConnectionLost):
            await anext(watch)
        await client.close()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (b'{"code":255,"watching":[],"every":null}\r\n', "it watches 0 places of 1"),
        (WATCHED + b'{"code":150,"clocks":[]}\r\n', "it ticks 1 places with 0 clocks"),
        (WATCHED + b'{"code":150,"clocks":[%b,%b]}\r\n' % (TOKYO, TOKYO), "it ticks 1 places with 2 clocks"),
        (WATCHED + b'{"code":150}\r\n', "cannot be read"),
        (b'{"code":200,"message":"PONG"}\r\n', "it answers with a 200 that was not asked for"),
    ],
)
async def test_a_server_that_does_not_watch_what_was_asked_is_none(said: bytes, wrong: str) -> None:
    async with scripted(GREETING + SWITCHED, b"", said) as server:
        client = await connect(to_port(server.port))
        with pytest.raises(ProtocolBroken, match=wrong):
            await anext(client.watch("tokyo"))
        await server.ended
        await client.close()


async def test_ticks_that_come_after_it_was_left_are_dropped() -> None:
    unwatched = b'{"code":255,"watching":[],"every":null}\r\n'
    pong = b'{"code":200,"message":"PONG"}\r\n'
    behind = TICK + unwatched + TICK + pong
    async with scripted(GREETING + SWITCHED, b"", WATCHED + TICK, behind) as server:
        client = await connect(to_port(server.port))
        async with client.watch("tokyo") as watch:
            assert (await anext(watch)).skipped == 0
        await client.ping()
        with pytest.raises(StopAsyncIteration):
            await anext(watch)
        client.close().addErrback(lambda failure: failure.trap(CancelledError)).cancel()


async def test_it_comes_back_over_a_new_connection() -> None:
    seen: list[Tick | Lost] = []
    async with Server() as server:
        watching = Watching(
            lambda: connect(server.endpoint), "tokyo", clock=the_reactor(), jitter=lambda: -0.4
        )
        async with watching as events:
            async for event in events:
                seen.append(event)
                if len(seen) == 3:
                    break
                if len(seen) == 1:
                    for session in server.register.due(everyone=True):
                        session.abort()
    assert [type(event) for event in seen] == [Tick, Lost, Tick]
