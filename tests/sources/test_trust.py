"""Sources over TLS: who is believed, and how a connection to somebody who will not part ends."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint
from twisted.internet.ssl import Certificate, PrivateCertificate, trustRootFromCertificates

from socketspeak.sources.sample import FaultKind, Outcome, ZoneSample
from socketspeak.sources.specification import SourceSpec
from socketspeak.sources.trust import SourcePolicy
from tests.kit.sources import Behaviour
from tests.sources.rig import fetching, is_fault, serving, the_reactor, until


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


def trusting(authority: trustme.CA) -> SourcePolicy:
    return SourcePolicy(trustRootFromCertificates([Certificate.loadPEM(authority.cert_pem.bytes())]))


async def test_a_trusted_server_is_asked_over_tls() -> None:
    authority = trustme.CA()
    async with over_tls(authority) as (_, source), fetching(trusting(authority)) as fetcher:
        assert isinstance(await fetcher.fetch(source, "Etc/UTC"), ZoneSample)


async def test_a_server_that_is_not_trusted_is_never_asked() -> None:
    async with over_tls(trustme.CA()) as (server, source), fetching(trusting(trustme.CA())) as fetcher:
        is_fault(await fetcher.fetch(source, "Etc/UTC"), FaultKind.TLS)
        assert not server.requests


def issued(
    authority: trustme.CA, names: list[str], *, by_itself: bool = False, days: tuple[int, int] = (-1, 1)
) -> PrivateCertificate:
    """A certificate for names, none or some, good from one day to another."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    building = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if by_itself else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days[0]))
        .not_valid_after(now + timedelta(days[1]))
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        building = building.add_extension(alternatives, critical=False)
    signer = load_pem_private_key(authority.private_key_pem.bytes(), None)
    signed = building.sign(key if by_itself else signer, hashes.SHA256())  # type: ignore[arg-type]
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    whole: PrivateCertificate = PrivateCertificate.loadPEM(pem + signed.public_bytes(Encoding.PEM))
    return whole


@pytest.mark.parametrize(
    ("names", "settings", "believed"),
    [
        (["localhost"], {}, True),
        (["elsewhere.example", "LOCALHOST"], {}, True),
        ([], {}, False),
        (["elsewhere"], {}, False),
        (["localhost.example"], {}, False),
        (["localhost"], {"by_itself": True}, False),
        (["localhost"], {"days": (-9, -1)}, False),
        (["localhost"], {"days": (1, 9)}, False),
    ],
)
async def test_a_certificate_must_be_good_vouched_for_and_the_hosts_own(
    names: list[str], settings: dict[str, Any], believed: bool
) -> None:
    authority = trustme.CA()
    options = issued(authority, names, **settings).options()
    endpoint = SSL4ServerEndpoint(the_reactor(), 0, options, interface="127.0.0.1")
    async with serving() as server, fetching(trusting(authority)) as fetcher:
        port: Any = await endpoint.listen(server.factory)
        source = SourceSpec("tls", "worldtimeapi", f"https://localhost:{port.getHost().port}/api")
        outcome = await fetcher.fetch(source, "Etc/UTC")
        await port.stopListening()
        assert bool(server.requests) is believed
    if believed:
        assert isinstance(outcome, ZoneSample), outcome
    else:
        is_fault(outcome, FaultKind.TLS)


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
