"""Connections through a proxy: for whom it speaks, who may say so, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address as Address6

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.limits.admission import Admission
from socketspeak.limits.counts import Counts
from socketspeak.limits.proxies import Proxies, parse_proxy
from socketspeak.server.gate import Gate
from socketspeak.server.proxied import TELL_SECONDS, ProxiedFactory
from tests.kit.chopping import chopped
from tests.kit.proxying import NOBODY, first, second
from tests.kit.world import the_voices

PROXY = IPv4Address("TCP", "10.0.0.5", 50_000)
STRANGER = IPv4Address("TCP", "192.0.2.9", 50_000)
CLIENT = IPv4Address("TCP", "203.0.113.7", 40_000)


class Hearing(Protocol):
    """Remembers who it was made for and what it heard."""

    def __init__(self, who: IAddress | None) -> None:
        self.who = who
        self.heard = b""
        self.lost = False

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(b"220 hello\r\n")

    def dataReceived(self, data: bytes) -> None:
        self.heard += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost = True


class Line(StringTransportWithDisconnection):
    """A transport that tells an abort from a close."""

    aborted = False

    def abortConnection(self) -> None:
        self.aborted = True
        self.loseConnection()


class HearingFactory(Factory):
    """Makes those."""

    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> Hearing:
        return Hearing(addr)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What is logged meanwhile."""
    lines: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


class Door:
    """A port behind proxies, and somebody who comes to it."""

    def __init__(self, *trusted: str) -> None:
        self.clock, self.counts = Clock(), Counts()
        admission, voice = Admission(1, 1), the_voices()["TEXT"]
        gate = Gate(admission, self.counts, self.clock, voice, handshake_time=10.0)
        proxies = Proxies(map(parse_proxy, trusted or ("10.0.0.0/8",)))
        self.factory = ProxiedFactory(HearingFactory(), proxies, gate)

    def enter(self, address: IAddress, *pieces: bytes) -> Line:
        """Somebody connects from there and sends these."""
        transport = Line()
        transport.protocol = self.factory.buildProtocol(address)
        transport.protocol.makeConnection(transport)
        for piece in pieces:
            if transport.connected:
                transport.protocol.dataReceived(piece)
        return transport


def test_a_proxys_connection_belongs_to_the_client_that_it_names() -> None:
    door = Door()
    transport = door.enter(PROXY, first("203.0.113.7") + b"PING\n")
    session = transport.protocol
    assert isinstance(session, Hearing)
    assert (session.who, session.heard) == (CLIENT, b"PING\n")
    assert session.transport is transport
    assert transport.value() == b"220 hello\r\n"
    assert door.clock.getDelayedCalls() == []
    assert door.counts.proxy_faults == 0


def test_nothing_is_said_before_the_header_is_whole() -> None:
    transport = Door().enter(PROXY, first("203.0.113.7")[:-1])
    assert transport.value() == b""
    transport.protocol.dataReceived(b"\n")
    assert transport.value() == b"220 hello\r\n"


@given(
    st.lists(st.integers(0, 90), max_size=20),
    st.sampled_from([first("203.0.113.7"), second(Address6("::ffff:203.0.113.7"))]),
)
def test_every_split_of_the_stream_gives_the_same_session(cuts: list[int], header: bytes) -> None:
    session = Door().enter(PROXY, *chopped(header + b"TIME tokyo\nPING\n", cuts)).protocol
    assert isinstance(session, Hearing)
    assert (session.who, session.heard) == (CLIENT, b"TIME tokyo\nPING\n")


def test_a_client_with_an_ipv6_address_is_named_by_it() -> None:
    session = Door().enter(PROXY, second(Address6("2001:db8::7"))).protocol
    assert isinstance(session, Hearing)
    assert session.who == IPv6Address("TCP", "2001:db8::7", 40_000)


@pytest.mark.parametrize("header", [NOBODY, b"PROXY UNKNOWN\r\n", first("127.0.0.1"), first("::1")])
def test_a_proxy_that_speaks_for_itself_or_its_own_host_goes_by_its_own_address(header: bytes) -> None:
    session = Door().enter(PROXY, header + b"PING\n").protocol
    assert isinstance(session, Hearing)
    assert (session.who, session.heard) == (PROXY, b"PING\n")


@pytest.mark.parametrize(
    "stranger", [STRANGER, IPv6Address("TCP", "2001:db8::9", 1), UNIXAddress(None), UNIXAddress("/run/other")]
)
def test_what_anyone_else_says_of_a_client_is_not_believed(stranger: IAddress) -> None:
    session = Door().enter(stranger, first("203.0.113.7") + b"PING\n").protocol
    assert isinstance(session, Hearing)
    assert (session.who, session.heard) == (stranger, first("203.0.113.7") + b"PING\n")


def test_a_proxy_on_a_dual_stack_port_is_known_by_its_ipv4_address() -> None:
    session = Door().enter(IPv6Address("TCP", "::ffff:10.0.0.5", 1), first("203.0.113.7")).protocol
    assert isinstance(session, Hearing)
    assert session.who == CLIENT


def test_a_proxy_on_a_unix_socket_is_believed_where_that_was_said() -> None:
    session = Door("unix").enter(UNIXAddress(None), first("203.0.113.7")).protocol
    assert isinstance(session, Hearing)
    assert session.who == CLIENT


@pytest.mark.parametrize(
    "stream",
    [b"TIME tokyo\n", b"PROXY TCP4 x\r\n", b"\x16\x03\x01", b"PROXY ".ljust(200, b"x"), b"\0" * 5000],
)
def test_a_proxy_without_a_header_is_aborted_without_an_answer_and_counted(stream: bytes) -> None:
    door = Door()
    transport = door.enter(PROXY, stream, b"PING\n")
    assert transport.aborted
    assert transport.value() == b""
    assert door.counts.proxy_faults == 1
    assert door.clock.getDelayedCalls() == []


def test_a_header_that_takes_longer_than_the_handshake_time_is_aborted() -> None:
    door = Door()
    transport = door.enter(PROXY, b"PROXY TCP4")
    for _ in range(9):
        door.clock.advance(1)
        transport.protocol.dataReceived(b" ")
    assert not transport.aborted
    door.clock.advance(1)
    assert transport.aborted
    assert transport.value() == b""
    assert door.counts.proxy_faults == 1


def test_a_proxy_that_connects_and_goes_only_looks_whether_we_are_there() -> None:
    door = Door()
    door.enter(PROXY).loseConnection()
    assert door.counts.proxy_faults == 0
    assert door.clock.getDelayedCalls() == []
    door.enter(PROXY, b"PROXY").loseConnection()
    assert door.counts.proxy_faults == 1
    assert door.clock.getDelayedCalls() == []


def test_the_end_of_the_connection_is_the_clients() -> None:
    transport = Door().enter(PROXY, first("203.0.113.7"))
    session = transport.protocol
    assert isinstance(session, Hearing)
    transport.loseConnection()
    assert session.lost


def test_many_that_come_without_a_header_are_told_of_once_a_minute(told: list[str]) -> None:
    door = Door()
    for _ in range(50):
        door.enter(PROXY, b"TIME \x1b[31m\n")
    door.clock.advance(TELL_SECONDS)
    door.enter(PROXY, b"\xff")
    assert told == ["the proxy 10.0.0.5 is let go for want of a PROXY header: there is none"] * 2
    assert door.counts.proxy_faults == 51
