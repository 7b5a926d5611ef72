"""The fetcher before strangers: servers that speak no HTTP, or without end, and TLS."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import Certificate, PrivateCertificate, trustRootFromCertificates
from twisted.web.client import BrowserLikePolicyForHTTPS

from socketspeak.sources.sample import Fault, FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from tests.kit.sources import Behaviour
from tests.sources.rig import fetching, is_fault, serving, the_reactor, until


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


# --- TLS ---


@asynccontextmanager
async def over_tls(authority: trustme.CA, **settings: Any) -> AsyncIterator[tuple[Any, SourceSpec]]:
    certificate = authority.issue_cert("127.0.0.1")
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    options = PrivateCertificate.loadPEM(certificate.private_key_pem.bytes() + chain).options()
    endpoint = SSL4ServerEndpoint(the_reactor(), 0, options, interface="127.0.0.1")
    async with serving(**settings) as server:
        port: Any = await endpoint.listen(server.factory)
        try:
            yield server, SourceSpec("tls", "worldtimeapi", f"https://127.0.0.1:{port.getHost().port}/api")
        finally:
            await port.stopListening()


def trusting(authority: trustme.CA) -> BrowserLikePolicyForHTTPS:
    return BrowserLikePolicyForHTTPS(
        trustRootFromCertificates([Certificate.loadPEM(authority.cert_pem.bytes())])
    )


async def test_a_trusted_server_is_asked_over_tls() -> None:
    authority = trustme.CA()
    async with over_tls(authority) as (_, source), fetching(trusting(authority)) as fetcher:
        assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)


async def test_a_server_that_is_not_trusted_is_never_asked() -> None:
    async with over_tls(trustme.CA()) as (server, source), fetching(trusting(trustme.CA())) as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.TLS)
        assert not server.requests


async def test_a_body_without_end_over_tls_is_cut_off() -> None:
    authority = trustme.CA()
    settings = {"behaviour": Behaviour("huge")}
    async with over_tls(authority, **settings) as (server, source), fetching(trusting(authority)) as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.SIZE)
        await until(lambda: server.open == 0)


async def test_a_peer_that_never_says_goodbye_over_tls_is_cut_off() -> None:
    """It takes the request and the end of TLS, and reads neither: half a second later the socket is gone."""
    authority = trustme.CA()
    async with over_tls(authority, behaviour=Behaviour("dribble")) as (server, source):
        async with fetching(trusting(authority)) as fetcher:
            asking: Deferred[Outcome] = fetcher.fetch(source, "Etc/UTC")
            await until(lambda: server.requests["Etc/UTC"])
            for connection in server.factory.protocols:
                connection.transport.pauseProducing()
            asking.cancel()
            left = time.monotonic()
            await until(lambda: not fetcher._agent._open)
            assert time.monotonic() - left < 1.2
        server.cut()
        await until(lambda: server.open == 0)
