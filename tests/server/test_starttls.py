"""STARTTLS in memory, with real TLS: nothing is taken along from before."""

from __future__ import annotations

from ssl import TLSVersion

import pytest

from tests.kit.peer import Peer
from tests.kit.tls import TlsClient
from tests.server.upgraded import HELLO, VERSIONS, a_peer, begun, with_slow_source


@pytest.fixture
def peer() -> Peer:
    """A peer, greeted in clear, of a server that offers STARTTLS."""
    return a_peer()


@pytest.mark.parametrize("version", VERSIONS)
def test_after_starttls_the_session_goes_on_encrypted_without_a_second_greeting(
    peer: Peer, version: TLSVersion
) -> None:
    client = begun(peer, version)
    assert client.heard == b""
    client.send(b"PING\nTIME tokyo\nQUIT\n")
    assert [line[:4] for line in client.said] == ["200 ", "250 ", "221 "]
    assert client.ended


def test_a_second_starttls_gets_503(peer: Peer) -> None:
    assert begun(peer).send(b"STARTTLS\nPING\n").said[0].startswith("503 ")
    assert not peer.transport.aborted


def test_language_format_and_list_of_before_are_forgotten(peer: Peer) -> None:
    peer.send(b"LIST BR\nLANG pt-BR\nFORMAT JSON\n")
    assert len(peer.said) > 16
    client = begun(peer)
    client.send(b"16\nXYZZY\n")
    assert client.said[0] == "550 no entry 16 in the list, it has 2"
    assert client.said[1].startswith("550 no such place: XYZZY")


def test_a_line_that_was_begun_before_is_no_part_of_the_first_one_after(peer: Peer) -> None:
    client = begun(peer)
    client.send(b"P").send(b"ING\n")
    assert client.said == ["200 PONG"]


def test_what_was_asked_before_is_answered_in_clear_and_before() -> None:
    peer = with_slow_source()
    peer.send(b"TIME tokyo\nSTARTTLS\n")
    assert peer.codes == []
    peer.turn(0.1)
    assert peer.codes == ["250 ", "222 "]
    assert TlsClient(peer).shake_hands().send(b"PING\n").said == ["200 PONG"]


@pytest.mark.parametrize("before", [b"PING\n" * 40, b"TIME tokyo\n" * 15, b"\xff\xf1", b"\n\n"])
def test_starttls_comes_in_its_turn_whatever_is_before_it(peer: Peer, before: bytes) -> None:
    peer.send(before + b"STARTTLS\r\n")
    peer.settle()
    assert peer.codes.count("222 ") == 1
    assert TlsClient(peer).shake_hands().send(b"PING\n").said == ["200 PONG"]


@pytest.mark.parametrize(
    "behind",
    [b"PING\n", b"\n", b"QUIT", b" ", b"x" * 2000, b"y" * 70_000, b"\xff\xfa\x18", b"\xff", b"STARTTLS\n"],
)
def test_anything_in_clear_behind_the_line_aborts_the_connection(peer: Peer, behind: bytes) -> None:
    peer.send(b"STARTTLS\n" + behind)
    peer.settle()
    assert peer.transport.aborted
    assert peer.codes == ["222 "]
    assert peer.desk.counts.injections == 1
    assert peer.desk.counts.failed_handshakes == 0


@pytest.mark.parametrize("behind", [b"PING\n", b"P", b"\xff\xf1", b"\xff\xfd\x06", HELLO])
def test_so_does_what_comes_in_another_packet_before_the_222_is_sent(peer: Peer, behind: bytes) -> None:
    peer.transport.incoming(lambda: peer.session.dataReceived(b"STARTTLS\n"))
    peer.session.dataReceived(behind)
    peer.settle()
    assert peer.transport.aborted
    assert peer.codes == ["222 "]


def test_so_does_what_was_put_aside_for_a_later_turn(peer: Peer) -> None:
    peer.send(b"STARTTLS\n")
    peer.session._aside = b"PING\n"
    peer.settle()
    assert peer.transport.aborted


def test_lines_that_lie_unread_meanwhile_are_no_tls_and_end_the_connection(peer: Peer) -> None:
    peer.send(b"STARTTLS\n", b"FORMAT JSON\nPING\n")
    peer.settle()
    assert peer.transport.closed
    assert b"PONG" not in peer.transport.sent
    assert peer.desk.counts.failed_handshakes == 1


def test_lines_behind_a_starttls_that_waits_in_the_queue_abort_the_connection() -> None:
    peer = with_slow_source()
    peer.send(b"TIME tokyo\nSTARTTLS\n", b"FORMAT JSON\n")
    peer.turn(0.1)
    assert peer.codes == ["250 ", "222 "]
    assert peer.transport.aborted


def test_so_do_lines_behind_one_that_waits_for_its_peer_to_read(peer: Peer) -> None:
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 8)
    peer.settle()
    assert "unread" in peer.session._holds
    peer.session.dataReceived(b"STARTTLS\nPING\n")
    peer.transport.read_on()
    peer.settle()
    assert peer.codes[-1] == "222 "
    assert peer.transport.aborted


def test_a_peer_that_did_not_read_can_begin_tls_when_it_does(peer: Peer) -> None:
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 8 + b"STARTTLS\n")
    peer.settle()
    assert "unread" in peer.session._holds
    peer.transport.read_on()
    peer.settle()
    assert TlsClient(peer).shake_hands().send(b"PING\n").said == ["200 PONG"]
