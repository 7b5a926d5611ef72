"""TLS records, however they come in pieces, are heard as they would be one by one."""

from __future__ import annotations

from ssl import SSLWantReadError, TLSVersion

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.peer import Peer
from tests.kit.tls import TlsClient
from tests.server.upgraded import VERSIONS, a_peer, begun, with_slow_source

PINGS = b"PING\n"


def records(client: TlsClient, *texts: bytes) -> bytes:
    """What a client sends for each of these texts, each in a record of its own."""
    for text in texts:
        client._tls.write(text)
    return client._outgoing.read()


@given(st.sampled_from(VERSIONS), st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_any_chopping_of_the_records_is_answered_alike(
    version: TLSVersion, sizes: list[int], data: st.DataObject
) -> None:
    peer = a_peer()
    client = begun(peer, version)
    stream = records(client, *(PINGS * size for size in sizes))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        if end > start:
            peer.send(stream[start:end])
    client.pump()
    assert client.said == ["200 PONG"] * sum(sizes)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_whole_record_behind_half_of_one_is_not_taken_for_it(version: TLSVersion) -> None:
    peer = a_peer()
    client = begun(peer, version)
    first, second = records(client, PINGS), records(client, PINGS * 2)
    peer.send(first[:9], first[9:] + second[:3], second[3:])
    client.pump()
    assert client.said == ["200 PONG"] * 3


@pytest.mark.parametrize("version", VERSIONS)
def test_one_record_at_a_time_asks_openssl_no_more_than_once(version: TLSVersion) -> None:
    peer = a_peer()
    client = begun(peer, version)
    transport = peer.session.transport
    asked: list[int] = []
    receive = transport._quick.receive

    def counted(octets: int) -> bytes:
        asked.append(octets)
        return receive(octets)  # type: ignore[no-any-return]

    transport._quick = transport._quick._replace(receive=counted)
    transport._tlsConnection.recv = counted
    for _ in range(5):
        client.send(PINGS)
    assert client.said == ["200 PONG"] * 5
    assert len(asked) == 5


def test_what_is_no_record_ends_the_connection_in_time() -> None:
    peer = a_peer()
    begun(peer)
    peer.send(b"\x17\x03\x03\x00\x05hello")
    peer.turn(10)
    assert peer.transport.closed


@pytest.mark.parametrize("version", VERSIONS)
def test_what_comes_behind_a_goodbye_is_not_even_kept(version: TLSVersion) -> None:
    peer = with_slow_source()
    client = begun(peer, version)
    client.send(b"TIME tokyo\n")
    client.finish()
    assert_nothing_is_kept(peer, client)


def test_nor_if_the_goodbye_came_together_with_the_end_of_the_handshake() -> None:
    peer = with_slow_source()
    peer.send(b"STARTTLS\n")
    peer.settle()
    client = TlsClient(peer, TLSVersion.TLSv1_3)
    while True:
        try:
            client._tls.do_handshake()
        except SSLWantReadError:
            client.pump()
        else:
            break
    client._tls.write(b"TIME tokyo\n")
    client.finish()
    assert_nothing_is_kept(peer, client)


def assert_nothing_is_kept(peer: Peer, client: TlsClient) -> None:
    """Of what comes now nothing is given to OpenSSL, and the answer that is due still comes."""
    transport = peer.session.transport

    def kept(octets: bytes) -> int:
        raise AssertionError(f"{len(octets)} octets more for OpenSSL to keep")

    if transport._quick is not None:
        transport._quick = transport._quick._replace(take=kept)
    transport._tlsConnection.bio_write = kept
    peer.send(b"\x17\x03\x03\x00\x05hello")
    peer.turn(0.2)
    client.pump()
    assert [line[:4] for line in client.said] == ["250 "]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_peer_that_wants_shorter_records_has_all_of_it_in_order(version: TLSVersion) -> None:
    peer = a_peer()
    client = begun(peer, version)
    transport = peer.session.transport
    say = transport._quick.say
    transport._quick = transport._quick._replace(say=lambda data: say(data[:100]))
    client.send(b"LIST Asia\nPING\n")
    assert client.said[-1] == "200 PONG"
    assert all(line.startswith("251") for line in client.said[:-1])
    assert [int(line[4:8]) for line in client.said[:-1]] == list(range(1, len(client.said)))


@pytest.mark.parametrize("kind", [b"\x15", b"\x16", b"\x17", b"\x99"])
def test_a_whole_record_that_is_no_good_ends_the_connection_in_time(kind: bytes) -> None:
    peer = a_peer()
    begun(peer)
    peer.send(kind + b"\x03\x03\x00\x05hello")
    peer.turn(10)
    assert peer.transport.closed
