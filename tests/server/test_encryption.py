"""TLS at once in memory: which versions and ciphers it takes, which certificate it shows, and to whom."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from socketspeak.app.certificates import Certificates
from tests.kit.certificates import authority
from tests.kit.peer import Peer
from tests.kit.tls import (
    TlsClient,
    certificates_of,
    client_hello,
    encrypting,
    write_certificate,
)

TLS_1_0, TLS_1_1, TLS_1_2 = 0x0301, 0x0302, 0x0303
ECDSA_GCM, ECDSA_CHACHA = 0xC02B, 0xCCA9
SERVER_HELLO = b"\x16\x03\x03"
PROTOCOL_VERSION, HANDSHAKE_FAILURE = b"\x02\x46", b"\x02\x28"  # fatal alerts (RFC 8446, section 6)
ECDSA_CBC, RSA_GCM = 0xC009, 0xC02F
WEAK = {
    "AES-CBC": ECDSA_CBC,
    "AES-CBC with SHA-256": 0xC023,
    "AES-CCM with a short tag": 0xC0AE,
    "no encryption": 0xC006,
    "nobody's key": 0xC018,
}
WEAK_FOR_RSA = {"RSA key exchange": 0x009C, "DHE": 0x009E, "AES-CBC": 0xC013, "RSA and AES-CBC": 0x002F}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What the server shows."""
    return certificates_of(write_certificate(tmp_path_factory.mktemp("certificate")))


@pytest.fixture(scope="module")
def of_rsa(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """The same with an RSA key, which has ciphers of its own."""
    return certificates_of(write_certificate(tmp_path_factory.mktemp("certificate"), rsa=True))


def connected(certificates: Certificates) -> Peer:
    """Somebody who has connected to a port with TLS at once."""
    return Peer(encrypted=encrypting(certificates), at_once=True)


def answer_to(certificates: Certificates, hello: bytes) -> bytes:
    """What such a port says to a ClientHello."""
    peer = connected(certificates)
    peer.send(hello)
    peer.settle()
    return peer.transport.sent


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_in_tls_is_greeted_once_it_stands(
    certificates: Certificates, version: ssl.TLSVersion
) -> None:
    peer = connected(certificates)
    assert peer.greeting == b""
    client = TlsClient(peer, version).shake_hands()
    client.pump()
    assert client.said[0].startswith("220-SocketSpeak ")
    assert client.send(b"STARTTLS\n").said[-1].startswith("503 ")
    assert client.send(b"CAPABILITIES\n").said.count("212-STARTTLS") == 0


@pytest.mark.parametrize("cipher", [ECDSA_GCM, ECDSA_CHACHA])
def test_tls_1_2_with_a_good_cipher_is_taken(certificates: Certificates, cipher: int) -> None:
    assert answer_to(certificates, client_hello(TLS_1_2, [cipher])).startswith(SERVER_HELLO)


@pytest.mark.parametrize("cipher", WEAK.values(), ids=WEAK)
def test_no_cipher_is_taken_that_is_not_forward_secret_and_authenticated(
    certificates: Certificates, cipher: int
) -> None:
    assert answer_to(certificates, client_hello(TLS_1_2, [cipher]))[-2:] == HANDSHAKE_FAILURE


@pytest.mark.parametrize("cipher", WEAK_FOR_RSA.values(), ids=WEAK_FOR_RSA)
def test_nor_with_an_rsa_key(of_rsa: Certificates, cipher: int) -> None:
    assert answer_to(of_rsa, client_hello(TLS_1_2, [cipher]))[-2:] == HANDSHAKE_FAILURE
    assert answer_to(of_rsa, client_hello(TLS_1_2, [cipher, RSA_GCM])).startswith(SERVER_HELLO)


@pytest.mark.parametrize("version", [TLS_1_0, TLS_1_1])
def test_older_versions_are_refused(certificates: Certificates, version: int) -> None:
    hello = client_hello(version, [ECDSA_GCM, ECDSA_CBC])
    assert answer_to(certificates, hello)[-2:] == PROTOCOL_VERSION


def test_the_client_has_the_choice_of_the_cipher(certificates: Certificates) -> None:
    for first, second in ((ECDSA_GCM, ECDSA_CHACHA), (ECDSA_CHACHA, ECDSA_GCM)):
        said = answer_to(certificates, client_hello(TLS_1_2, [first, second]))
        session = said[43]  # the length of the session's name, behind record, handshake, version and random
        assert int.from_bytes(said[44 + session : 46 + session], "big") == first


def test_no_ticket_is_given_by_which_a_session_could_be_resumed(certificates: Certificates) -> None:
    client = TlsClient(connected(certificates), ssl.TLSVersion.TLSv1_2).shake_hands()
    session = client.session
    assert session is not None
    assert not session.has_ticket
    again = TlsClient(connected(certificates), ssl.TLSVersion.TLSv1_2, session).shake_hands()
    assert not again.resumed


def test_the_whole_chain_is_sent(tmp_path: Path) -> None:
    """The client knows the root alone, and the certificate was issued by one that the root vouches for."""
    certificates = certificates_of(write_certificate(tmp_path))
    leaf = TlsClient(connected(certificates)).shake_hands().certificate
    assert leaf.issuer != x509.load_pem_x509_certificate(authority().cert_pem.bytes()).subject


def test_a_new_certificate_is_shown_to_new_connections_and_those_in_being_keep_theirs(tmp_path: Path) -> None:
    certificates = certificates_of(write_certificate(tmp_path))
    begun = connected(certificates)
    before = TlsClient(connected(certificates)).shake_hands()
    old = before.certificate.serial_number
    write_certificate(tmp_path)
    assert certificates.reload() is None
    after = TlsClient(connected(certificates)).shake_hands()
    assert after.certificate.serial_number != old
    assert TlsClient(begun).shake_hands().certificate.serial_number == old
    assert before.send(b"PING\n").said[-1] == "200 PONG"


def test_what_is_no_tls_ends_at_once_and_is_counted(certificates: Certificates) -> None:
    peer = connected(certificates)
    peer.send(b"TIME tokyo\n")
    peer.settle()
    assert peer.transport.closed
    assert peer.desk.counts.failed_handshakes == 1
    assert peer.desk.counts.sessions == 0
