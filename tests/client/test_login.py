"""Logging in: the password stays here, the server proves itself, and nobody else can read any of it."""

from __future__ import annotations

import time
from base64 import b64encode
from itertools import pairwise

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import wrapClientTLS
from twisted.internet.interfaces import IAddress
from twisted.internet.ssl import CertificateOptions
from twisted.internet.task import LoopingCall, deferLater

from socketspeak.client import (
    Disabled,
    EncryptFirst,
    Encryption,
    EncryptionFailed,
    Failed,
    Login,
    LoginFailed,
    LoginRequired,
    NotKnown,
    NotNow,
    ServerClosing,
    TooManyLogins,
    TooManyRequests,
    connect,
)
from socketspeak.client.login import log_in
from tests.client.doorman import NAME, PASSWORD, doorway, offering, opened, plain, to
from tests.client.loopback import the_reactor
from tests.kit.certificates import authority, issued
from tests.pair.pump import error_of

ALICE = Login(NAME, PASSWORD)


def secure(midway: bool = False) -> Encryption:
    """TLS with who has a certificate of the tests' authority."""
    return Encryption("localhost", authority().cert_pem.bytes(), midway)


# --- SCRAM --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("midway", [False, True])
async def test_a_login_proves_the_password_and_does_not_tell_it(midway: bool) -> None:
    async with doorway(issued("localhost"), tls=not midway) as server:
        async with await connect(server.endpoint, encryption=secure(midway), login=ALICE) as client:
            assert client.user == "Alice"
            await client.ping()
        await server.ended
    verbs = [line.partition(b" ")[0] for line in server.heard]
    assert verbs[midway:3] == [b"FORMAT", b"CAPABILITIES", b"AUTH"][: 3 - midway]
    assert server.heard[midway + 2].startswith(b"AUTH SCRAM-SHA-256 ")
    assert server.heard[-3:] == [b"", b"PING", b"QUIT"]
    assert not any(PASSWORD.encode() in line for line in [*server.heard, *map(opened, server.heard)])


async def test_on_this_machine_a_login_may_go_in_clear() -> None:
    async with doorway() as server, await connect(server.endpoint, login=ALICE) as client:
        assert client.user == "Alice"


async def test_the_language_is_chosen_before_so_that_a_refusal_is_in_it() -> None:
    async with doorway() as server, await connect(server.endpoint, language="pt-BR", login=ALICE):
        assert server.heard[1] == b"LANG pt-BR"
        assert server.heard[3].startswith(b"AUTH ")


@pytest.mark.parametrize("who", [Login(NAME, "battery staple"), Login(NAME, PASSWORD + " ")])
async def test_a_wrong_password_is_a_failed_login_and_ends_the_connection(who: Login) -> None:
    async with doorway() as server:
        with pytest.raises(LoginFailed, match="535 login failed"):
            await connect(server.endpoint, login=who)
        await server.ended


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (421, ServerClosing),
        (431, TooManyLogins),
        (452, TooManyRequests),
        (502, Disabled),
        (503, NotNow),
        (504, NotKnown),
        (530, LoginRequired),
        (535, LoginFailed),
        (538, EncryptFirst),
    ],
)
async def test_each_refusal_is_an_exception_of_its_own(code: int, kind: type[Failed]) -> None:
    async with doorway(AUTH=plain(code, "no, for a reason")) as server:
        with pytest.raises(kind, match=f"{code} no, for a reason"):
            await connect(server.endpoint, login=ALICE)
        await server.ended


# --- In clear -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "peer",
    [
        IPv4Address("TCP", "192.0.2.1", 8082),
        IPv6Address("TCP", "2001:db8::1", 8082),
        IPv6Address("TCP", "fe80::1%eth0", 8082),
        IPv6Address("TCP", "::ffff:192.0.2.1", 8082),
    ],
)
async def test_nothing_of_a_login_goes_over_a_network_in_clear(peer: IAddress) -> None:
    connection = to(peer)
    with pytest.raises(EncryptFirst, match="538 a login goes over TLS only, or to this very machine"):
        await log_in(connection, ALICE)
    assert connection.transport.value() == b""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "peer",
    [
        IPv4Address("TCP", "127.0.0.9", 8082),
        IPv6Address("TCP", "::1", 8082),
        IPv6Address("TCP", "::ffff:127.0.0.1", 8082),
        UNIXAddress("/run/clock"),
    ],
)
def test_this_machine_is_no_network(peer: IAddress) -> None:
    connection = to(peer)
    logging_in = Deferred.fromCoroutine(log_in(connection, ALICE))
    assert connection.transport.value() == b"CAPABILITIES\r\n"  # type: ignore[attr-defined]
    connection.abort()
    error_of(logging_in)


async def test_a_password_goes_only_where_nothing_better_is_offered_and_only_over_tls() -> None:
    yes, good = plain(235, "hello", user=NAME), issued("localhost")
    async with doorway(good, tls=True, CAPABILITIES=offering("PLAIN"), AUTH=yes) as server:
        client = await connect(server.endpoint, encryption=secure(), login=ALICE)
        assert client.user == NAME
        assert server.heard[2] == b"AUTH PLAIN " + b64encode(b"\0alice\0correct horse")
        await client.close()


async def test_a_password_is_never_sent_in_clear_not_even_on_this_machine() -> None:
    async with doorway(CAPABILITIES=offering("PLAIN")) as server:
        with pytest.raises(EncryptFirst, match="538 this server takes passwords only as they are: encrypt"):
            await connect(server.endpoint, login=ALICE)
        await server.ended
    assert server.heard == [b"FORMAT JSON", b"CAPABILITIES"]


async def test_tls_that_we_have_not_verified_is_no_place_for_a_password() -> None:
    async with doorway(issued("localhost"), tls=True, CAPABILITIES=offering("PLAIN")) as server:
        theirs = wrapClientTLS(CertificateOptions(), server.endpoint)  # which verifies nothing
        with pytest.raises(EncryptFirst, match="538 this server takes passwords only as they are"):
            await connect(theirs, login=ALICE)
        await server.ended
    assert server.heard == [b"FORMAT JSON", b"CAPABILITIES"]


async def test_tls_within_tls_is_not_begun() -> None:
    async with doorway(issued("localhost"), tls=True, STARTTLS=b"222 begin") as server:
        theirs = wrapClientTLS(CertificateOptions(), server.endpoint)
        with pytest.raises(EncryptionFailed, match="cannot begin TLS midway"):
            await connect(theirs, encryption=secure(midway=True))


@pytest.mark.parametrize(
    ("offered", "kind", "why"),
    [
        ([], Disabled, "502 this server takes no logins"),
        (["GSSAPI", "X\x1b"], NotKnown, "504 .* not known here: GSSAPI, X$"),
    ],
)
async def test_where_no_login_is_possible_none_is_tried(
    offered: list[str], kind: type[Failed], why: str
) -> None:
    async with doorway(CAPABILITIES=offering(*offered)) as server:
        with pytest.raises(kind, match=why):
            await connect(server.endpoint, login=ALICE)
    assert server.heard == [b"FORMAT JSON", b"CAPABILITIES"]


# --- A name and a password ----------------------------------------------------------------------------------


def test_a_password_is_never_shown() -> None:
    assert repr(ALICE) == "Login(name='alice')"


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("", "secret!", "the name is empty"),
        ("\xad", "secret!", "the name is empty"),
        (NAME, "", "the password is empty"),
        ("al\nice", "secret!", "the name is not allowed: control characters forbidden"),
        (NAME, "secret!\x00", "the password is not allowed: control characters forbidden"),
        (NAME, "secret!\ud800", "the password is not allowed: surrogate codes forbidden"),
        ("x" * 256, "secret!", "the name is longer than 255 octets"),
        (NAME, "ç" * 128, "the password is longer than 255 octets"),
    ],
)
def test_what_no_server_can_know_is_no_login(name: str, password: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        Login(name, password)
    assert "secret!" not in str(caught.value)
    assert caught.value.__cause__ is None


# --- Time ---------------------------------------------------------------------------------------------------


async def test_the_reactor_goes_on_while_the_password_is_hashed() -> None:
    seen: list[float] = []
    ticking = LoopingCall(lambda: seen.append(time.monotonic()))
    async with doorway(iterations=600_000) as server:
        ticking.start(0.005)
        client = await connect(server.endpoint, login=ALICE)
        ticking.stop()
        await client.close()
    longest = max(later - sooner for sooner, later in pairwise(seen))
    assert longest < (seen[-1] - seen[0]) / 2


async def test_a_connect_that_is_cancelled_while_the_password_is_hashed_lets_go() -> None:
    reactor = the_reactor()
    async with doorway(iterations=600_000) as server:
        connecting = connect(server.endpoint, login=ALICE)
        while not any(line.startswith(b"AUTH") for line in server.heard):
            await deferLater(reactor, 0.002)
        await deferLater(reactor, 0.02)
        connecting.cancel()
        with pytest.raises(CancelledError):
            await connecting
        await server.ended
    assert len(server.heard) == 3
