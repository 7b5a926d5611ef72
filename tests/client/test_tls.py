"""The client over TLS, from the start and midway: with whom it speaks, and with whom it never does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from OpenSSL import SSL
from twisted.internet.defer import CancelledError
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint
from twisted.internet.ssl import CertificateOptions

from socketspeak.client import (
    CannotConnect,
    CertificateRefused,
    ConnectionLost,
    Encryption,
    EncryptionFailed,
    NoAnswerInTime,
    ProtocolBroken,
    ServerClosing,
    connect,
)
from socketspeak.client.encrypting import Guard
from tests.client.doorman import doorway, plain
from tests.client.loopback import GREETING, SWITCHED, scripted, the_reactor, to_port
from tests.kit import certificates
from tests.kit.certificates import authority, issued

MIDWAY = pytest.mark.parametrize("midway", [False, True], ids=["from the start", "midway"])


def encryption(midway: bool = False, host: str = "localhost") -> Encryption:
    """TLS with who has a certificate of the tests' authority."""
    return Encryption(host, authority().cert_pem.bytes(), midway)


# --- With whom it speaks ------------------------------------------------------------------------------------


@MIDWAY
async def test_a_server_with_a_good_certificate_is_asked_over_tls(midway: bool) -> None:
    async with doorway(issued("localhost"), tls=not midway) as server:
        async with await connect(server.endpoint, encryption=encryption(midway)) as client:
            await client.ping()
        await server.ended
    assert server.heard == [*[b"STARTTLS"] * midway, b"FORMAT JSON", b"PING", b"QUIT"]


async def test_an_address_is_verified_as_a_name_is() -> None:
    async with doorway(issued("127.0.0.1"), tls=True) as server:
        client = await connect(server.endpoint, encryption=encryption(host="127.0.0.1"))
        await client.close()


@pytest.mark.parametrize("host", ["LOCALHOST", "localhost."])
async def test_a_name_is_the_same_in_any_case_and_with_a_last_dot(host: str) -> None:
    async with doorway(issued("localhost"), tls=True) as server:
        await (await connect(server.endpoint, encryption=encryption(host=host))).close()


async def test_it_speaks_tls_over_a_unix_socket_too(tmp_path: Path) -> None:
    path = str(tmp_path / "clock")
    listening = UNIXServerEndpoint(the_reactor(), path)
    async with doorway(issued("clock.example"), tls=True, listening=listening):
        where = UNIXClientEndpoint(the_reactor(), path)
        async with await connect(where, encryption=encryption(host="clock.example")) as client:
            await client.ping()


# --- With whom it does not ----------------------------------------------------------------------------------


@MIDWAY
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (certificates.expired, "it expired on 20"),
        (certificates.by_a_stranger, "trustme v.*, who vouches for it, is not trusted"),
        (certificates.self_signed, "nobody vouches for it but itself"),
        (certificates.nameless, "it names no host"),
        (lambda _: issued("clock.example"), "it is for clock.example, and not for localhost"),
        (lambda _: issued("127.0.0.1"), "it is for 127.0.0.1, and not for localhost"),
    ],
)
async def test_a_server_with_a_bad_certificate_is_told_nothing(
    make: Callable[[str], CertificateOptions], why: str, midway: bool
) -> None:
    async with doorway(make("localhost"), tls=not midway) as server:
        with pytest.raises(CertificateRefused, match=f"^the server's certificate is refused: .*({why})"):
            await connect(server.endpoint, encryption=encryption(midway), language="es")
        await server.ended
    assert server.heard == [b"STARTTLS"] * midway


@pytest.mark.parametrize("by_itself", [True, False])
async def test_a_certificate_that_is_named_itself_is_believed_but_not_under_another_name(
    by_itself: bool,
) -> None:
    pem = certificates.self_signed_pem("localhost") if by_itself else certificates.issued_pem("localhost")
    async with doorway(certificates.options_of(pem), tls=True) as server:
        await (await connect(server.endpoint, encryption=Encryption("localhost", pem))).close()
    for host in ("127.0.0.1", "clock.example"):
        async with doorway(certificates.options_of(pem), tls=True) as server:
            with pytest.raises(CertificateRefused, match="it is for localhost, and not"):
                await connect(server.endpoint, encryption=Encryption(host, pem))


async def test_without_authorities_of_its_own_it_is_the_system_s_that_count_and_only_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "system.pem").write_bytes(authority().cert_pem.bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    async with doorway(issued("localhost"), tls=True) as server:
        await (await connect(server.endpoint, encryption=Encryption("localhost"))).close()
    another = Encryption("localhost", certificates.self_signed_pem("localhost"))
    async with doorway(issued("localhost"), tls=True) as server:
        with pytest.raises(CertificateRefused, match="is not trusted"):
            await connect(server.endpoint, encryption=another)


@MIDWAY
async def test_a_certificate_that_nobody_has_looked_at_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, midway: bool
) -> None:
    monkeypatch.setattr(Guard, "_verify", lambda *_: True)
    async with doorway(issued("localhost"), tls=not midway) as server:
        with pytest.raises(EncryptionFailed, match="nobody has looked at the server's certificate"):
            await connect(server.endpoint, encryption=encryption(midway))
        await server.ended


async def test_a_cipher_that_does_not_authenticate_what_it_hides_is_not_spoken() -> None:
    weak = issued("localhost")
    weak.getContext().set_cipher_list(b"ECDHE-ECDSA-AES128-SHA256")
    weak.getContext().set_max_proto_version(SSL.TLS1_2_VERSION)
    async with doorway(weak, tls=True) as server:
        with pytest.raises(EncryptionFailed, match="handshake failure"):
            await connect(server.endpoint, encryption=encryption())
    assert server.heard == []


@pytest.mark.parametrize(
    ("host", "authorities", "why"),
    [
        ("", None, "'' is neither a host's name nor an IP address"),
        ("two words", None, "'two words' is neither"),
        ("12345", None, "'12345' is neither"),
        ("localhost", b"", "there is no certificate in PEM"),
        ("localhost", b"certificate", "there is no certificate in PEM"),
        (
            "localhost",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "a certificate among the authorities is broken",
        ),
    ],
)
def test_what_can_verify_nothing_is_no_encryption(host: str, authorities: bytes | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Encryption(host, authorities)


# --- Where there is no TLS ----------------------------------------------------------------------------------


async def test_a_server_in_clear_is_recognised_and_told_nothing() -> None:
    async with doorway() as server:
        with pytest.raises(EncryptionFailed, match="the server speaks in clear; perhaps it offers STARTTLS"):
            await connect(server.endpoint, encryption=encryption())
        await server.ended
    assert b"FORMAT JSON" not in server.heard


async def test_a_server_that_leaves_without_a_greeting_may_speak_tls() -> None:
    async with doorway(issued("localhost"), tls=True) as server:
        with pytest.raises(ConnectionLost, match="closed it without a word, and may speak TLS only"):
            await connect(server.endpoint)


async def test_a_server_that_says_in_tls_that_it_has_not_understood_is_recognised() -> None:
    alert = b"\x15\x03\x01\x00\x02\x02\x46"
    async with doorway(greeting=b"", FORMAT=lambda doorman, _: doorman.leave_with(alert)) as server:
        with pytest.raises(ConnectionLost, match="the server speaks TLS, and nothing in clear"):
            await connect(server.endpoint)


async def test_a_server_that_ends_the_handshake_has_not_been_connected_to() -> None:
    async with scripted(b"", None) as server:
        with pytest.raises(CannotConnect, match="the server has closed the connection instead"):
            await connect(to_port(server.port), encryption=encryption())


@pytest.mark.parametrize("code", [454, 500, 502, 503])
async def test_a_server_that_does_not_begin_tls_is_asked_nothing_in_clear(code: int) -> None:
    async with doorway(STARTTLS=f"{code} STARTTLS is not available".encode()) as server:
        with pytest.raises(EncryptionFailed, match=f"does not begin TLS: {code} STARTTLS is not") as caught:
            await connect(server.endpoint, encryption=encryption(midway=True), language="es")
        await server.ended
    assert caught.value.code == code
    assert server.heard == [b"STARTTLS"]


async def test_a_server_may_close_instead_of_beginning_tls() -> None:
    async with doorway(STARTTLS=b"421 too many connections") as server:
        with pytest.raises(ServerClosing, match="421 too many connections"):
            await connect(server.endpoint, encryption=encryption(midway=True))


# --- Midway: what was in clear counts for nothing -----------------------------------------------------------


@pytest.mark.parametrize(
    "behind", [SWITCHED, SWITCHED[:-2], b"2", b"\r\n", b"220 hello\r\n" + SWITCHED + plain(200) + b"\r\n"]
)
async def test_clear_octets_behind_the_222_are_an_attack(behind: bytes) -> None:
    async with scripted(GREETING, b"222 begin\r\n" + behind) as server:
        with pytest.raises(ProtocolBroken, match="in clear where TLS was agreed on"):
            await connect(to_port(server.port), encryption=encryption(midway=True))
        await server.ended


async def test_clear_octets_that_come_later_are_no_handshake() -> None:
    async with scripted(GREETING, b"222 begin\r\n", SWITCHED) as server:
        with pytest.raises(EncryptionFailed, match="the server speaks in clear"):
            await connect(to_port(server.port), encryption=encryption(midway=True))
        await server.ended


async def test_nothing_that_was_heard_in_clear_is_kept() -> None:
    async with doorway(issued("localhost")) as server:
        async with await connect(
            server.endpoint, encryption=encryption(midway=True), language="es"
        ) as client:
            assert client.greeting == ()
        await server.ended
    assert server.heard == [b"STARTTLS", b"FORMAT JSON", b"LANG es", b"QUIT"]


# --- How it ends --------------------------------------------------------------------------------------------


@MIDWAY
async def test_an_end_beneath_tls_is_a_loss_of_all_that_is_pending(midway: bool) -> None:
    async with doorway(
        issued("localhost"), tls=not midway, TIME=lambda doorman, _: doorman.cut_off()
    ) as server:
        client = await connect(server.endpoint, encryption=encryption(midway))
        asked, behind = client.time("tokyo"), client.ping()
        for pending in (asked, behind):
            with pytest.raises(ConnectionLost, match=r"with 2 requests unanswered: .*non-clean"):
                await pending
        await client.close()


@MIDWAY
async def test_a_server_that_does_not_say_goodbye_is_left(midway: bool) -> None:
    async with doorway(issued("localhost"), tls=not midway, QUIT=plain(221)) as server:
        client = await connect(server.endpoint, encryption=encryption(midway))
        begun = time.monotonic()
        await client.close()
        await server.ended
        assert time.monotonic() - begun < 2


@MIDWAY
@pytest.mark.parametrize("with_clock", [False, True])
async def test_a_handshake_that_never_comes_is_given_up_in_time(midway: bool, with_clock: bool) -> None:
    said = (GREETING, b"222 begin\r\n") if midway else (b"",)
    async with scripted(*said) as silent:
        clock = the_reactor() if with_clock else None
        with pytest.raises(NoAnswerInTime, match=r"0\.1 s"):
            await connect(to_port(silent.port), timeout=0.1, clock=clock, encryption=encryption(midway))
        await silent.ended


@MIDWAY
async def test_a_connect_that_is_cancelled_in_the_handshake_lets_go(midway: bool) -> None:
    said = (GREETING, b"222 begin\r\n") if midway else (b"",)
    async with scripted(*said) as silent:
        connecting = connect(to_port(silent.port), encryption=encryption(midway))
        the_reactor().callLater(0.05, connecting.cancel)
        with pytest.raises(CancelledError):
            await connecting
        await silent.ended
