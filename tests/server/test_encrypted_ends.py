"""The ends of encrypted sessions in memory: the peer's, ours, and those of TLS where none is expected."""

from __future__ import annotations

import os
from pathlib import Path
from ssl import TLSVersion

import pytest

from socketspeak.limits.admission import Admission
from socketspeak.limits.patience import Patience
from socketspeak.server.sweeper import Sweeper
from tests.kit.desk import calls_left
from tests.kit.peer import Peer
from tests.server.upgraded import HELLO, VERSIONS, a_peer, after, begun, with_slow_source

MIB = 1 << 20


@pytest.fixture
def peer() -> Peer:
    """A peer, greeted in clear, of a server that offers STARTTLS."""
    return a_peer()


def resident_octets() -> int:
    """How much memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# -- the peer's end


@pytest.mark.parametrize("version", VERSIONS)
def test_a_peer_that_says_inside_tls_that_it_sends_no_more_gets_its_answers(version: TLSVersion) -> None:
    peer = with_slow_source()
    client = begun(peer, version)
    client.send(b"TIME tokyo\nTIME UTC")
    client.finish()
    assert client.heard == b""
    peer.turn(0.2)
    client.pump()
    assert [line.split()[2] for line in client.said] == ["Asia/Tokyo", "Etc/UTC"]
    assert peer.transport.closed
    assert not calls_left(peer.clock)


def test_a_peer_that_only_closes_its_half_of_tcp_gets_its_answers_but_for_a_begun_line() -> None:
    peer = with_slow_source()
    client = begun(peer)
    client.send(b"TIME tokyo\nTIME san")
    peer.finish()
    peer.turn(0.2)
    client.pump()
    assert [line.split()[2] for line in client.said] == ["Asia/Tokyo"]
    assert peer.transport.closed


def test_what_was_put_aside_when_the_peer_said_that_it_sends_no_more_is_answered(peer: Peer) -> None:
    client = begun(peer)
    peer.session._aside = b"PING\nTIME tokyo"
    peer.session._queue_up()
    peer.session.readConnectionLost()
    client.pump()
    assert [line[:4] for line in client.said] == ["200 ", "250 "]
    assert peer.session._closing


def test_what_comes_after_the_peer_said_that_it_sends_no_more_is_not_kept() -> None:
    peer = with_slow_source()
    client = begun(peer)
    client.send(b"TIME tokyo\n")
    client.finish()
    before = resident_octets()
    for _ in range(20):
        peer.send(b"x" * MIB)
    assert resident_octets() - before < 5 * MIB
    peer.turn(0.2)
    client.pump()
    assert [line[:4] for line in client.said] == ["250 "]
    assert peer.transport.closed


def test_a_peer_that_leaves_in_the_handshake_ends_the_connection(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.settle()
    peer.finish()
    assert peer.transport.closed
    assert peer.desk.counts.failed_handshakes == 1


def test_a_peer_that_sends_no_more_before_its_handshake_is_said_goodbye(peer: Peer) -> None:
    peer.transport.incoming(lambda: peer.session.dataReceived(b"STARTTLS\n"))
    peer.session.readConnectionLost()
    peer.transport.finished = True
    peer.settle()
    assert peer.transport.closed


# -- our end


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("asked", [b"", b"LIST ALL\n" * 8])
def test_however_the_session_ends_the_connection_is_gone_in_time(
    peer: Peer, asked: bytes, reads: bool
) -> None:
    client = begun(peer)
    peer.transport.peer_reads = reads
    client.send(asked)
    peer.register.drain(1.0)
    after(peer, 6)
    assert peer.transport.closed
    assert not calls_left(peer.clock)


@pytest.mark.parametrize("reads", [True, False])
def test_what_is_no_tls_ends_the_connection_in_time(peer: Peer, reads: bool) -> None:
    client = begun(peer)
    peer.transport.peer_reads = reads
    client.send(b"LIST ALL\n" * 8)
    peer.session.resumeProducing()
    peer.transport.reading = True
    peer.send(b"TIME UTC\n" * 10)
    after(peer, 6)
    assert peer.transport.closed
    assert not calls_left(peer.clock)


@pytest.mark.parametrize("said", [(), (b"no TLS\n",), (HELLO[:5],)])
def test_a_handshake_ends_in_time_though_its_peer_does_not_read(peer: Peer, said: tuple[bytes, ...]) -> None:
    sweeper = Sweeper(peer.register, Admission(10, 10), Patience(), peer.clock)
    sweeper.start()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\nSTARTTLS\n")
    peer.settle()
    peer.send(*said)
    after(peer, 9)
    assert not peer.transport.closed
    after(peer, 2)
    assert peer.transport.aborted
    sweeper.stop()
    assert not calls_left(peer.clock)


def test_a_server_that_stops_while_hands_are_shaken_ends_at_once(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.settle()
    peer.session.drain()
    assert peer.transport.aborted
    assert not calls_left(peer.clock)


def test_a_server_that_stops_before_they_are_ends_at_once_too(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.session.drain()
    after(peer, 1)
    assert peer.transport.closed
    assert not calls_left(peer.clock)


def test_a_session_that_closes_before_they_are_does_not_begin(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.session.close()
    peer.settle()
    assert peer.transport.protocol is peer.session
    after(peer, 6)
    assert peer.transport.closed


def test_a_connection_that_is_lost_before_tls_begins_leaves_nothing_behind(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.transport.lose()
    assert not calls_left(peer.clock)


# -- TLS where none is expected


@pytest.mark.parametrize("cut", [None, 1, 2, 5])
def test_a_tls_hello_in_clear_gets_one_line_and_the_end(peer: Peer, cut: int | None) -> None:
    packets = [HELLO] if cut is None else [HELLO[:cut], HELLO[cut:]]
    peer.send(*packets)
    assert peer.said == ["421 this port speaks in clear first: TLS begins with STARTTLS"]
    assert peer.transport.disconnecting
    assert peer.desk.counts.tls_in_clear == 1


def test_a_server_without_tls_says_that_it_has_none() -> None:
    peer = Peer()
    peer.send(HELLO)
    assert peer.said == ["421 this port speaks in clear, and no TLS is spoken here"]
