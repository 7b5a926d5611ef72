"""PROXY headers of versions 1 and 2: what is read, what is refused, and that nothing is guessed."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.limits.proxyheader import (
    LOCAL,
    PROXY,
    SIGNATURE,
    Client,
    Malformed,
    ProxyHeader,
    plain,
    read_header,
)
from tests.kit.chopping import chopped
from tests.kit.proxying import NOBODY, first, headed, second

PORTS = st.integers(0, 65_535)
ADDRESSES = st.ip_addresses()
V4 = bytes((203, 0, 113, 7, 198, 51, 100, 1)) + (40_000).to_bytes(2, "big") + (8082).to_bytes(2, "big")

# Headers, some of them broken: with an octet changed, cut short, or with something behind.
HEADERS = st.one_of(
    st.builds(lambda address, port: first(str(address), port), ADDRESSES, PORTS),
    st.builds(second, ADDRESSES, PORTS, st.binary(max_size=40)),
    st.builds(headed, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=260)),
    st.sampled_from(
        [b"PROXY UNKNOWN\r\n", NOBODY, b"PROXY TCP4 ", b"PROXY", b"TIME tokyo\n", b"\x16\x03\x01"]
    ),
)
STREAMS = st.builds(
    lambda header, at, octet, rest: header[: at % (len(header) + 1)] + octet + header[at:] + rest,
    HEADERS,
    st.integers(0, 300),
    st.sampled_from([b"", b"", b"", b" ", b"\0", b"\r", b"\n", b"%", b"\xff"]),
    st.binary(max_size=120),
)


def fed(*pieces: bytes) -> ProxyHeader | Malformed | None:
    """The first answer to a stream that comes in pieces."""
    begun = b""
    for piece in pieces:
        begun += piece
        if (header := read_header(begun)) is not None:
            return header
    return None


@given(STREAMS, st.lists(st.integers(0, 400), max_size=30))
def test_however_a_stream_is_cut_the_answer_is_the_same(stream: bytes, cuts: list[int]) -> None:
    assert fed(*chopped(stream, cuts)) == read_header(stream)


@given(STREAMS)
def test_one_octet_at_a_time_gives_the_same_answer(stream: bytes) -> None:
    assert fed(*(stream[at : at + 1] for at in range(len(stream)))) == read_header(stream)


@given(st.one_of(STREAMS, st.binary(max_size=300), st.binary(max_size=300).map(SIGNATURE.__add__)))
def test_nothing_that_comes_raises_and_no_header_is_longer_than_what_came(stream: bytes) -> None:
    header = read_header(stream)
    if isinstance(header, ProxyHeader):
        assert header.octets <= min(len(stream), 4096)


@given(ADDRESSES, PORTS, st.binary(max_size=50))
def test_what_a_proxy_writes_is_read_back(address: IPv4Address | IPv6Address, port: int, rest: bytes) -> None:
    told = plain(address)
    client = None if told.is_loopback else Client(str(told), port)
    for header in (first(str(address), port), second(address, port), second(address, port, b"\4\0\2ab")):
        assert read_header(header + rest) == ProxyHeader(client, len(header))
        assert read_header(header[:-1]) is None


@pytest.mark.parametrize(
    "line",
    [
        b"TCP4 203.0.113.7 198.51.100.1 40000",
        b"TCP4 203.0.113.7 198.51.100.1 40000 8082 more",
        b"TCP4 203.0.113.7  198.51.100.1 40000 8082",
        b"TCP4 203.0.113.7 198.51.100.1 40000 8082 ",
        b"TCP4 203.0.113.7\n198.51.100.1 40000 8082",
        b"TCP4 203.0.113.07 198.51.100.1 40000 8082",
        b"TCP4 203.0.113.256 198.51.100.1 40000 8082",
        b"TCP4 203.0.113.7 198.51.100.1 040 8082",
        b"TCP4 203.0.113.7 198.51.100.1 65536 8082",
        b"TCP4 203.0.113.7 198.51.100.1 40000 99999",
        b"TCP4 203.0.113.7 198.51.100.1 -1 8082",
        b"TCP4 localhost 198.51.100.1 40000 8082",
        b"TCP4 2001:db8::7 198.51.100.1 40000 8082",
        b"TCP4 203.0.113.7 ::1 40000 8082",
        b"TCP6 203.0.113.7 2001:db8::1 40000 8082",
        b"TCP6 fe80::7%eth0 2001:db8::1 40000 8082",
        b"TCP6 1::2::3 2001:db8::1 40000 8082",
        b"TCP6 2001:db8:::7 2001:db8::1 40000 8082",
        b"UDP4 203.0.113.7 198.51.100.1 40000 8082",
        b"tcp4 203.0.113.7 198.51.100.1 40000 8082",
        b"TCP4",
        b"UNKNOWNS",
        b"",
    ],
)
def test_a_line_that_is_not_exactly_of_its_form_is_refused(line: bytes) -> None:
    assert isinstance(read_header(b"PROXY " + line + b"\r\n"), Malformed)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\0", b"\r\r"])
def test_only_cr_lf_ends_a_line(end: bytes) -> None:
    assert read_header(b"PROXY TCP4 203.0.113.7 198.51.100.1 1 2" + end + b"PING") is None
    assert isinstance(read_header(b"PROXY TCP4 203.0.113.7 198.51.100.1 1 2" + end + b"PING\r\n"), Malformed)


def test_a_line_is_refused_when_107_octets_bring_no_end() -> None:
    line = b"PROXY UNKNOWN ".ljust(105, b"f")
    assert read_header(line + b"\r\n") == ProxyHeader(None, 107)
    assert read_header(line + b"f") is None
    assert isinstance(read_header(line + b"f\r"), Malformed)
    assert isinstance(read_header(line + b"f\r\n"), Malformed)


@pytest.mark.parametrize("line", [b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN whatever \xff\0 there is\r\n"])
def test_unknown_stands_for_the_proxy_itself(line: bytes) -> None:
    assert read_header(line + b"PING\n") == ProxyHeader(None, len(line))


def test_local_stands_for_the_proxy_itself_whatever_comes_with_it() -> None:
    assert read_header(NOBODY) == ProxyHeader(None, 16)
    assert read_header(headed(LOCAL, 0xFF, b"x" * 99)) == ProxyHeader(None, 115)


@pytest.mark.parametrize("family", [0x00, 0x01, 0x10, 0x12, 0x20, 0x22, 0x30, 0x32, 0x02])
def test_what_is_no_stream_of_ip_stands_for_the_proxy_itself(family: int) -> None:
    assert read_header(headed(PROXY, family, V4)) == ProxyHeader(None, 28)


def test_a_client_on_the_proxys_own_host_stands_for_the_proxy_itself() -> None:
    path = b"/run/client".ljust(108, b"\0")
    assert read_header(headed(PROXY, 0x31, path * 2)) == ProxyHeader(None, 232)
    assert read_header(first("127.0.0.1")) == ProxyHeader(None, len(first("127.0.0.1")))
    for host in ("::1", "::ffff:127.9.9.9"):
        assert read_header(second(IPv6Address(host))) == ProxyHeader(None, 52)


def test_an_ipv4_address_in_the_clothes_of_ipv6_is_undressed() -> None:
    told = read_header(second(IPv6Address("::ffff:203.0.113.7"), 9))
    assert told == ProxyHeader(Client("203.0.113.7", 9), 52)


@pytest.mark.parametrize(
    ("command", "family", "block"),
    [
        (0x11, 0x11, V4),  # another version
        (0x31, 0x11, V4),
        (0x22, 0x11, V4),  # another command
        (PROXY, 0x41, V4),  # another family
        (PROXY, 0x13, V4),  # another transport
        (PROXY, 0x11, V4[:-1]),  # too short for what it says to hold
        (PROXY, 0x21, V4),
        (PROXY, 0x31, b"x" * 215),
        (PROXY, 0x11, V4.ljust(4081, b"\0")),
        (LOCAL, 0x00, b"x" * 0xFFFF),
    ],
)
def test_a_block_that_cannot_be_is_refused_before_all_of_it_has_come(
    command: int, family: int, block: bytes
) -> None:
    assert isinstance(read_header(headed(command, family, block)[:16]), Malformed)


def test_what_else_a_proxy_tells_is_skipped_up_to_four_kibibytes() -> None:
    header = headed(PROXY, 0x11, V4.ljust(4080, b"\0"))
    assert read_header(header) == ProxyHeader(Client("203.0.113.7", 40_000), 4096)


@pytest.mark.parametrize(
    "stream", [b"T", b"PROXZ", b"PROXY\t", b"\r\n\r\nP", b"\n", b"\x16\x03\x01", b"GET / "]
)
def test_what_begins_otherwise_is_refused_at_its_first_wrong_octet(stream: bytes) -> None:
    assert isinstance(read_header(stream), Malformed)
    assert read_header(b"") is None


@given(STREAMS)
def test_a_reason_holds_nothing_that_came(stream: bytes) -> None:
    header = read_header(stream)
    if isinstance(header, Malformed):
        assert header.why in {
            "there is none",
            "its line does not end",
            "its line is not of the form that it must have",
            "an address in it is none",
            "a port in it is none",
            "its version or command is not known",
            "its family or transport is not known",
            "its length is out of range",
        }
