"""The client over real sockets, against the real server and against some that misbehave."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint
from twisted.internet.error import ConnectionRefusedError as Refused

from socketspeak.client import (
    CannotConnect,
    ConnectionLost,
    NoAnswerInTime,
    NoSuchPlace,
    ProtocolBroken,
    ServerClosing,
    SocketSpeakError,
    connect,
    datetime_of,
)
from socketspeak.client.protocol import REPLY_OCTETS
from tests.client.loopback import GREETING, SWITCHED, Server, scripted, the_reactor, to_port


async def test_the_time_is_the_host_s_time_there() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        (tokyo,) = await client.time("tokyo")
    assert tokyo.zone == "Asia/Tokyo"
    assert datetime_of(tokyo).utcoffset() == timedelta(hours=9)
    assert abs(datetime_of(tokyo) - datetime.now(UTC)) < timedelta(seconds=5)


async def test_every_question_is_answered_on_one_connection() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        asked: list[Deferred[Any]] = [
            client.list(),
            client.list("ALL"),
            client.find("lisbon"),
            client.status(),
            client.ping(),
        ]
        areas, zones, found, status, _ = await gatherResults(asked)
        assert server.desk.counts.connections == 1
    assert sum(area.zones for area in areas) <= len(zones)
    assert found[0].zone == "Europe/Lisbon"
    assert status.counts["sessions"] == 1


async def test_find_gives_the_places_that_match_best_first_and_twenty_at_most() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        many, one = await gatherResults([client.find("san"), client.find(" são  paulo ")])
        with pytest.raises(NoSuchPlace, match="qqqqq"):
            await client.find("qqqqq")
    assert [entry.number for entry in many] == list(range(1, len(many) + 1))
    assert 10 < len(many) <= 20
    assert (one[0].place, one[0].zone, one[0].country) == ("São Paulo", "America/Sao_Paulo", "BR")
    assert abs(datetime_of(one[0]) - datetime.now(UTC)) < timedelta(seconds=5)


async def test_a_thousand_requests_at_once_are_answered_in_order() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        zones = ["Asia/Tokyo", "Europe/Lisbon", "America/Recife", "Africa/Lagos"] * 250
        answers = await gatherResults([client.time(zone) for zone in zones])
    assert [clocks[0].zone for clocks in answers] == zones


async def test_it_speaks_over_a_unix_socket_too(tmp_path: Path) -> None:
    path = str(tmp_path / "clock")
    listening = UNIXServerEndpoint(the_reactor(), path)
    async with Server(listening), await connect(UNIXClientEndpoint(the_reactor(), path)) as client:
        assert (await client.time("UTC"))[0].offset == 0


async def test_a_failure_is_raised_where_its_request_is_awaited() -> None:
    async with Server() as server, await connect(server.endpoint) as client:
        with pytest.raises(NoSuchPlace, match="lisbom"):
            await client.time("lisbom")
        await client.ping()


async def test_a_server_that_stops_lets_the_client_know() -> None:
    async with Server() as server:
        client = await connect(server.endpoint)
        await server.register.drain(5)
        with pytest.raises(ServerClosing):
            await client.time("tokyo")
        await client.close()


# --- Where there is no server, or none that answers ---------------------------------------------------------


async def test_where_nobody_listens_there_is_no_connection_and_the_reason_is_chained() -> None:
    async with Server() as server:
        nobody = server.endpoint
    with pytest.raises(CannotConnect, match="refused") as caught:
        await connect(nobody)
    assert isinstance(caught.value.__cause__, Refused)


@pytest.mark.parametrize("with_clock", [True, False])
async def test_a_server_that_never_greets_is_given_up_in_time(with_clock: bool) -> None:
    async with scripted() as silent:
        begun = time.monotonic()
        with pytest.raises(NoAnswerInTime, match=r"0\.1 s"):
            await connect(to_port(silent.port), timeout=0.1, clock=the_reactor() if with_clock else None)
        await silent.ended
        assert 0.09 < time.monotonic() - begun < 2


async def test_a_connect_that_is_cancelled_lets_the_connection_go() -> None:
    async with scripted() as silent:
        connecting = connect(to_port(silent.port))
        the_reactor().callLater(0.05, connecting.cancel)
        with pytest.raises(CancelledError):
            await connecting
        await silent.ended


async def test_a_connect_that_is_cancelled_at_once_is_cancelled() -> None:
    async with Server() as server:
        connecting = connect(server.endpoint)
        connecting.cancel()
        with pytest.raises(CancelledError):
            await connecting


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], ProtocolBroken, "does not begin with a reply code"),
        ([b"220 mail ESMTP\r\n", b"500 what?\r\n"], ProtocolBroken, "does not speak JSON, but says 500 what"),
        ([b"421 too many connections\r\n"], ServerClosing, "421 too many connections"),
        ([None], ConnectionLost, "the connection was lost: "),
        ([b"220-half a greeting\r\n", None], ConnectionLost, "the connection was lost: "),
        ([b"220 " + b"x" * (REPLY_OCTETS + 1)], ProtocolBroken, "more than 1048576 octets"),
    ],
)
async def test_what_does_not_greet_as_a_server_does_is_no_server(
    script: list[bytes | None], kind: type[SocketSpeakError], said: str
) -> None:
    async with scripted(*script) as server:
        with pytest.raises(kind, match=said):
            await connect(to_port(server.port))
        await server.ended


# --- Where it goes wrong later ------------------------------------------------------------------------------


async def test_a_reset_fails_all_that_is_pending() -> None:
    async with scripted(GREETING + SWITCHED, b"", None) as server:
        client = await connect(to_port(server.port))
        first, second = client.time("tokyo"), client.ping()
        for pending in (first, second):
            with pytest.raises(ConnectionLost, match="with 2 requests unanswered"):
                await pending
        await client.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b'{"code":251,"areas":[]}\r\n', "251 that was not asked for"),
        (b'{"code":250,"clocks":[]}\r\n', "1 places with 0 clocks"),
        (b"250 2026-11-23T15:04:05.123-03:00\r\n", "cannot be read"),
        (b'{"code":250,"clocks":' + b"[" * REPLY_OCTETS, "more than 1048576 octets"),
    ],
)
async def test_an_answer_that_cannot_be_ends_the_connection(answer: bytes, said: str) -> None:
    async with scripted(GREETING + SWITCHED, b"", answer) as server:
        client = await connect(to_port(server.port))
        asked, behind = client.time("tokyo"), client.ping()
        for pending in (asked, behind):
            with pytest.raises(ProtocolBroken, match=said):
                await pending
        await server.ended
        await client.close()


async def test_an_answer_to_nothing_ends_the_connection() -> None:
    async with scripted(GREETING + SWITCHED + b'{"code":200,"message":"PONG"}\r\n') as server:
        client = await connect(to_port(server.port))
        await server.ended
        with pytest.raises(ProtocolBroken, match="nothing that was asked"):
            await client.ping()


async def test_a_server_that_does_not_answer_within_the_deadline_is_not_waited_for() -> None:
    async with scripted(GREETING + SWITCHED) as server:
        client = await connect(to_port(server.port))
        with pytest.raises(NoAnswerInTime):
            await client.time("tokyo", timeout=0.05)
        client.close().addErrback(lambda failure: failure.trap(CancelledError)).cancel()
        await server.ended
