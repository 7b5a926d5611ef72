"""How sessions end when the server does."""

from __future__ import annotations

from tests.kit.peer import Peer, peer_with_source


def test_a_server_that_stops_answers_what_was_asked_says_421_and_is_done() -> None:
    peer, _ = peer_with_source(0.5)
    idle = Peer(peer.desk, peer.clock, register=peer.register)
    peer.send(b"TIME tokyo\nPING\n")
    done = peer.register.drain(10.0)
    peer.clock.pump([0.01] * 5)
    assert idle.codes == ["421 "]
    assert peer.codes == []
    peer.clock.pump([0.1] * 5)
    assert peer.codes == ["250 ", "200 ", "421 "]
    idle.finish()
    peer.finish()
    assert done.called


def test_what_lies_in_the_socket_when_the_server_stops_is_answered() -> None:
    peer = Peer()
    peer.register.drain(10.0)
    peer.send(b"TIME tokyo\n" * 40)
    peer.clock.pump([0.01] * 10)
    assert peer.codes == ["250 "] * 40 + ["421 "]


def test_what_waits_behind_a_full_queue_when_the_server_stops_is_answered() -> None:
    peer, _ = peer_with_source(0.5)
    peer.send(b"TIME tokyo\n" + b"PING\n" * 100)
    peer.register.drain(10.0)
    peer.clock.pump([0.01] * 60)
    assert peer.codes == ["250 "] + ["200 "] * 100 + ["421 "]


def test_a_peer_that_never_stops_asking_is_told_goodbye_after_a_second() -> None:
    peer = Peer()
    peer.register.drain(10.0)
    for _ in range(150):
        peer.send(b"PING\n")
        peer.clock.advance(0.01)
    assert peer.codes == ["200 "] * 100 + ["421 "]


def test_a_peer_that_does_not_read_is_cut_off_when_the_grace_is_over() -> None:
    peer = Peer()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 16)
    done = peer.register.drain(3.0)
    peer.clock.pump([0.1] * 29)
    assert not done.called
    peer.clock.pump([0.1] * 2)
    assert done.called
    assert peer.transport.aborted
    assert peer.clock.getDelayedCalls() == []


def test_a_peer_that_comes_while_the_server_stops_is_greeted_answered_and_told_goodbye() -> None:
    peer = Peer()
    peer.register.drain(10.0)
    late = Peer(peer.desk, peer.clock, register=peer.register, greeted=True)
    late.send(b"PING\n")
    peer.clock.pump([0.01] * 5)
    assert late.codes[0] == "220-"
    assert late.codes[-2:] == ["200 ", "421 "]
