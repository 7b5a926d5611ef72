"""TLS records, however they come in pieces, are heard as they would be one by one."""

from __future__ import annotations

from ssl import TLSVersion

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.tls import TlsClient
from tests.server.upgraded import VERSIONS, a_peer, begun

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
    tls = peer.session.transport._tlsConnection
    asked: list[int] = []
    receive = tls.recv

    def counted(octets: int) -> bytes:
        asked.append(octets)
        return receive(octets)  # type: ignore[no-any-return]

    tls.recv = counted
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
