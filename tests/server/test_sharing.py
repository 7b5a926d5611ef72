"""The reactor's time is shared: who asks what costs much waits, and not the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.kit.chopping import chopped
from tests.kit.desk import calls_left
from tests.kit.peer import Peer, peer_with_source
from tests.kit.slow import DearDesk, SlowServer
from tests.kit.tls import client_hello
from tests.server.test_lines import PIECES
from tests.server.upgraded import encrypted

SERVER_HELLO = b"\x16\x03\x03"  # a record of TLS 1.2 with a handshake's message

DEAR = b"DIFF lisbon TO tokyo\n"  # never in memory


def turns(*peers: Peer) -> list[list[int]]:
    """How many replies each has, now and after each turn of the reactor until nothing happens any more."""
    found = [[len(peer.said) for peer in peers]]
    while len(found) < 3 or found[-1] != found[-2]:
        peers[0].one_turn()
        found.append([len(peer.said) for peer in peers])
    return found[:-1]


def test_a_request_that_costs_more_than_a_turn_has_is_the_last_of_it() -> None:
    peer = SlowServer().peer()
    peer.send(DEAR * 3)
    assert turns(peer) == [[1], [2], [3]]


def test_what_is_in_memory_is_answered_at_once_though_no_time_is_left() -> None:
    server = SlowServer()
    dear, other = server.peer(), server.peer()
    other.send(b"TIME tokyo\n")
    other.one_turn()
    dear.send(DEAR * 2)
    other.send(b"TIME tokyo\n")
    assert (len(dear.said), len(other.said)) == (1, 2)


def test_addresses_have_their_turns_one_after_another_however_many_connections_one_has() -> None:
    server = SlowServer()
    alone = server.peer("192.0.2.2")
    crowd = [server.peer("192.0.2.1") for _ in range(10)]
    for peer in (*crowd, alone):
        peer.send(DEAR * 3)
    assert [replies[0] for replies in turns(alone, *crowd)[:7]] == [0, 0, 1, 1, 2, 2, 3]


def test_connections_of_one_address_have_their_turns_one_after_another() -> None:
    server = SlowServer()
    peers = [server.peer() for _ in range(3)]
    for peer in peers:
        peer.send(DEAR * 2)
    assert turns(*peers) == [[1, 0, 0], [2, 0, 0], [2, 1, 0], [2, 1, 1], [2, 2, 1], [2, 2, 2]]


def test_who_leaves_before_its_turn_has_none_and_leaves_nothing_behind() -> None:
    server = SlowServer()
    first, second, third = (server.peer() for _ in range(3))
    for peer in (first, second, third):
        peer.send(DEAR * 2)
    second.transport.lose()
    assert turns(first, second, third)[-1] == [2, 0, 2]
    first.transport.lose()
    third.transport.lose()
    assert calls_left(server.clock) == []


def test_the_last_line_of_a_peer_that_closes_is_answered_when_its_turn_comes() -> None:
    server = SlowServer()
    peers = [server.peer() for _ in range(5)]
    for peer in peers:
        peer.send(DEAR + DEAR.rstrip())
        peer.finish()
    peers[0].settle()
    assert [peer.codes for peer in peers] == [["252 ", "252 "]] * 5
    assert all(peer.transport.closed for peer in peers)


def test_sessions_that_wait_for_the_same_source_are_told_turn_by_turn() -> None:
    waiting, source = peer_with_source(0.08)
    server = SlowServer(DearDesk(waiting.desk, waiting.clock), waiting.clock)
    peers = [server.peer() for _ in range(3)]
    for peer in peers:
        peer.send(b"TIME Asia/Tokyo\n")
    peers[0].settle()
    assert (turns(*peers)[-1], source.asked) == ([0, 0, 0], ["Asia/Tokyo"])
    server.clock.rightNow += 0.08
    assert turns(*peers) == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_commands_of_telnet_wait_for_their_turn_and_keep_their_order() -> None:
    server = SlowServer()
    dear, other = server.peer(), server.peer()
    dear.send(DEAR * 2)
    for piece in (b"PING\n\xff", b"\xfd\x06PI", b"NG\n"):
        other.session.dataReceived(piece)
    assert other.transport.sent == b""
    other.settle()
    assert other.transport.sent == b"\xff\xfc\x06200 PONG\r\n200 PONG\r\n"


def test_a_handshake_waits_for_its_turn_however_its_octets_come() -> None:
    server = SlowServer()
    dear = server.peer()
    other = Peer(server.desk, server.clock, register=server.register, encrypted=encrypted(), at_once=True)
    hello = client_hello(0x0303, [0xC02B, 0xC02F])
    dear.send(DEAR * 2)
    for piece in (hello[:20], hello[20:]):
        other.transport.protocol.dataReceived(piece)
    assert (other.transport.sent, other.transport.reading) == (b"", False)
    other.settle()
    assert other.transport.sent.startswith(SERVER_HELLO)
    assert other.transport.reading


def test_what_was_put_aside_has_been_asked_when_the_server_stops() -> None:
    server = SlowServer()
    crowd = [server.peer() for _ in range(40)]
    other = server.peer()
    for peer in crowd:
        peer.send(DEAR * 2)
    other.send(b"PING\n")
    other.session.drain()
    for _ in range(40):
        other.turn(0.01)
    assert other.codes == ["200 ", "421 "]


@given(st.lists(PIECES, max_size=14).map(b"".join), st.lists(st.integers(0, 9000), max_size=30))
def test_what_is_said_does_not_depend_on_how_much_time_there_is(stream: bytes, cuts: list[int]) -> None:
    quick, slow = Peer(), SlowServer().peer()
    said = []
    for peer in (quick, slow):
        peer.send(DEAR, *chopped(stream, cuts))
        peer.finish()
        peer.settle()
        lines = peer.transport.sent.replace(b"\xff\xfc\x06", b"").split(b"\r\n")
        said.append(([line[:4] for line in lines], peer.transport.disconnecting))
    assert said[0] == said[1]
