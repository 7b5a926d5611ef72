"""The fetcher before strangers: servers that speak no HTTP, or without end."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from socketspeak.sources.sample import Fault, FaultKind, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.sources.rig import fetching, is_fault, the_reactor, until


class Raw(Protocol):
    """Answers any request with the same octets, as often as they are taken."""

    def dataReceived(self, data: bytes) -> None:
        self.factory.answer(self.transport)

    def connectionLost(self, reason: Any = None) -> None:
        self.factory.lost += 1


@asynccontextmanager
async def raw(answer: Callable[[Any], None]) -> AsyncIterator[tuple[SourceSpec, Any]]:
    factory: Any = Factory.forProtocol(Raw)
    factory.answer, factory.lost, factory.noisy = answer, 0, False
    port: Any = await TCP4ServerEndpoint(the_reactor(), 0, interface="127.0.0.1").listen(factory)
    try:
        yield SourceSpec("raw", "worldtimeapi", f"http://127.0.0.1:{port.getHost().port}"), factory
    finally:
        await port.stopListening()


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200_000)),
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 1_000_000,
    ],
    ids=["headers", "one header", "1xx", "chunk extension"],
)
async def test_a_flood_before_the_body_is_cut_off(flood: bytes) -> None:
    async with raw(lambda transport: transport.write(flood)) as (source, factory), fetching() as fetcher:
        outcome = await fetcher.fetch(source, "Etc/UTC")
        assert isinstance(outcome, Fault)
        assert outcome.kind in {FaultKind.SIZE, FaultKind.CONNECTION}
        await until(lambda: factory.lost == 1)


@pytest.mark.parametrize("size", [7, 26, 64, 65_536])
async def test_a_flood_of_interim_responses_writes_few_lines_into_the_log(size: int) -> None:
    said: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if "unexpected" in str(event.get("log_format")):
            said.append(str(event["log_format"]))

    flood = b"HTTP/1.1 103 Early Hints\r\nLink: </a b>\r\n\r\n" * 500

    def pour(transport: Any, at: int = 0) -> None:
        if transport.connected and at < len(flood):
            transport.setTcpNoDelay(True)  # so that each piece is read by itself
            transport.write(flood[at : at + size])
            the_reactor().callLater(0, pour, transport, at + size)

    globalLogPublisher.addObserver(observe)
    try:
        async with raw(pour) as (source, factory), fetching() as fetcher:
            is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.SIZE)
            await until(lambda: factory.lost == 1)
    finally:
        globalLogPublisher.removeObserver(observe)
    assert len(said) <= 9


@pytest.mark.parametrize("name", [b"Set-Cookie", b"Set-Cookie2", b"Date", b"Age", b"X-Cache", b"X"])
async def test_a_header_that_is_no_utf_8_harms_nothing(name: bytes) -> None:
    body = json.dumps({"utc_offset": "+00:00", "unixtime": int(time.time())}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    answer = head + name + b": \xff\xfe=\x80\r\n\r\n" + body
    async with raw(lambda transport: transport.write(answer)) as (source, _), fetching() as fetcher:
        assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)


async def test_an_interim_response_before_the_answer_is_taken() -> None:
    body = json.dumps({"utc_offset": "+00:00", "unixtime": int(time.time())}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2 + head + body
    async with raw(lambda transport: transport.write(answer)) as (source, _), fetching() as fetcher:
        for _ in range(20):  # they are counted for each request, not for the connection
            assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + b" " * 65_537,
    ],
    ids=["announced", "come"],
)
async def test_a_body_that_is_too_long_is_not_waited_for(start: bytes) -> None:
    async with raw(lambda transport: transport.write(start)) as (source, factory), fetching() as fetcher:
        asked = time.monotonic()
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.SIZE)
        await until(lambda: factory.lost == 1)
        assert time.monotonic() - asked < 1.0


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: pigeon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_fault(nonsense: bytes) -> None:
    async with raw(lambda transport: transport.write(nonsense)) as (source, factory), fetching() as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.CONNECTION)
        await until(lambda: factory.lost == 1)


async def test_a_body_without_a_length_ends_with_its_connection() -> None:
    body = json.dumps({"utc_offset": "+00:00", "unixtime": int(time.time())}).encode()

    def answer(transport: Any) -> None:
        transport.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
        transport.loseConnection()

    async with raw(answer) as (source, _), fetching() as fetcher:
        assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)


async def test_a_body_that_ends_early_is_a_fault() -> None:
    def answer(transport: Any) -> None:
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{}")
        transport.loseConnection()

    async with raw(answer) as (source, _), fetching() as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.CONNECTION)
