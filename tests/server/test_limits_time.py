"""What a session may take time for: never too early, and less than a second late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.limited import LimitedPeer, LimitedServer
from tests.kit.tls import certificates_of, encrypting, write_certificate
from tests.kit.world import the_setting

IDLE = "421 nothing was asked for 5 s"
SLOW = "421 a line has not ended within 5 s"
LATE_SECONDS = 1.0
SB, SE = b"\xff\xfa\x18", b"\xff\xf0"


def ended_after(server: LimitedServer, peer: LimitedPeer, most: float = 100.0) -> float:
    """In how many seconds the server ends a session from now on."""
    begin = server.clock.seconds()
    while not peer.closing:
        server.turn(0.05)
        assert server.clock.seconds() - begin < most, "it never ends"
    return server.clock.seconds() - begin


@settings(max_examples=25)
@given(st.floats(0, 1), st.floats(1, 40))
def test_an_idle_session_ends_in_time(shift: float, idle: float) -> None:
    server = LimitedServer(idle=idle)
    server.turn(shift)
    assert idle <= ended_after(server, server.visitor()) + 1e-6 < idle + LATE_SECONDS + 0.1


def test_it_is_told_why_and_counted() -> None:
    server = LimitedServer(idle=5.0)
    peer = server.visitor()
    server.turn(6)
    assert peer.said[-1] == IDLE
    assert server.counts.idle == 1


@pytest.mark.parametrize("request_", [b"PING\n", b"TIME tokyo\n", b"nowhere at all\n", b"STATUS\n"])
def test_a_request_is_no_idleness(request_: bytes) -> None:
    server = LimitedServer(idle=5.0)
    peer = server.visitor()
    for _ in range(5):
        server.turn(4)
        peer.send(request_)
    assert ended_after(server, peer) >= 5.0


def test_blank_lines_and_telnets_refusals_are_idleness() -> None:
    server = LimitedServer(idle=5.0)
    peer = server.visitor()
    for _ in range(12):
        server.turn(0.5)
        peer.send(b"\r\n", b"  \n", b"\xff\xfb\x01")
    assert peer.said[-1] == IDLE


def test_who_waits_for_an_answer_is_not_idle() -> None:
    server = LimitedServer(idle=1.0, source_hangs=True)
    peer = server.visitor()
    server.turn(0.9)
    peer.send(b"TIME tokyo\n")
    server.turn(0.75)
    assert peer.codes == []
    server.turn(0.5)
    assert peer.codes == ["250"]
    assert 1.0 <= ended_after(server, peer) + 0.5 < 1.0 + LATE_SECONDS


def test_when_most_places_are_taken_the_idle_make_room_after_half_a_minute() -> None:
    server = LimitedServer(idle=300.0, connections=10)
    first = server.visitor()
    server.turn(100)
    server.visitors(7)
    server.turn(50)
    assert not first.closing
    last = server.visitor()
    server.turn(1)
    assert first.said[-1] == "421 nothing was asked for 30 s"
    assert not last.closing


def test_an_idle_time_below_half_a_minute_is_not_raised_when_most_places_are_taken() -> None:
    server = LimitedServer(idle=5.0, connections=1)
    assert 5.0 <= ended_after(server, server.visitor()) < 5.0 + LATE_SECONDS


BEGINNINGS: tuple[tuple[bytes, Callable[[int], bytes]], ...] = (
    (b"T", lambda _: b""),
    (b"T", lambda _: b"I"),
    (b"T", lambda _: b"\r"),
    (b"PING\nPI", lambda _: b"N"),
    (b"x" * 1500, lambda _: b"x" * 100),
    (b"\xff", lambda _: b""),
    (SB, lambda _: b"x"),
    (SB, lambda _: b"\n"),
    (b"T" + SB, lambda turn: SE if turn == 1 else b"i"),
    (b"T", lambda _: b"\xff\xfb\x01"),
)


@pytest.mark.parametrize(("begun", "more"), BEGINNINGS)
def test_what_is_begun_must_end_in_time_and_bytes_do_not_renew_it(
    begun: bytes, more: Callable[[int], bytes]
) -> None:
    server = LimitedServer(line_time=5.0)
    server.turn(0.3)
    peer = server.visitor()
    server.turn(2)
    peer.send(begun)
    for turn in range(16):
        server.turn(0.3)
        assert not peer.closing
        peer.send(more(turn))
    assert 4.8 + ended_after(server, peer) < 5.0 + LATE_SECONDS
    assert peer.said[-1] == SLOW
    assert server.counts.slow_lines == 1


@pytest.mark.parametrize("line", [b"PING\n", b"PING\r\n", b"PING\r\0", b"x" * 1500 + b"\n", SB + SE + b"\n"])
def test_a_line_that_ends_makes_way_for_the_next_one(line: bytes) -> None:
    server = LimitedServer(line_time=5.0)
    peer = server.visitor()
    peer.send(line[:1])
    for _ in range(6):
        server.turn(4)
        peer.send(line[1:] + line[:1])
    assert not peer.closing


def test_a_line_that_is_begun_behind_a_full_turn_has_its_whole_time() -> None:
    server = LimitedServer(line_time=5.0)
    peer = server.visitor()
    peer.send(b"PING\n" * 50)
    server.turn(60)
    peer.send(b"PI")
    server.turn(4.9)
    peer.send(b"NG\n")
    assert len(peer.codes) == 51


def test_the_time_of_a_line_does_not_pass_while_the_server_does_not_read() -> None:
    server = LimitedServer(line_time=5.0, idle=300.0)
    peer = server.visitor()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 4 + b"PI")
    server.turn(20)
    assert not peer.transport.reading
    peer.transport.read_on()
    server.turn(4)
    peer.send(b"NG\n")
    assert peer.codes[-1] == "200"


def test_a_session_that_must_log_in_does_so_in_time() -> None:
    setting = the_setting(menu=2, require_login=True, mechanisms=("PLAIN",))
    server = LimitedServer(login_time=5.0, setting=setting)
    peer = server.visitor()
    for _ in range(9):
        server.turn(0.5)
        peer.send(b"PING\n")
    assert 4.5 + ended_after(server, peer) < 5.0 + LATE_SECONDS
    assert peer.said[-1] == "421 no login within 5 s"
    assert server.counts.slow_logins == 1


def test_nobody_else_must_log_in() -> None:
    server = LimitedServer(login_time=5.0, setting=the_setting(menu=2, mechanisms=("PLAIN",)))
    peer = server.visitor()
    server.turn(60)
    assert not peer.closing


def test_who_asks_for_tls_and_does_not_begin_it_is_cut_off_in_time(tmp_path: Path) -> None:
    tls = encrypting(certificates_of(write_certificate(tmp_path)))
    server = LimitedServer(handshake_time=5.0, encrypted=tls, setting=the_setting(menu=2, starttls=True))
    peer = server.visitor()
    server.turn(10)
    peer.send(b"STARTTLS\n")
    assert 5.0 <= ended_after(server, peer) < 5.0 + LATE_SECONDS
    assert peer.codes == ["222"]
    assert (server.counts.slow_handshakes, server.counts.failed_handshakes) == (1, 1)


def test_a_peer_that_has_much_to_read_and_reads_nothing_is_cut_off_after_half_a_minute() -> None:
    server = LimitedServer()
    peer = server.visitor()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 8)
    assert 30.0 <= ended_after(server, peer) < 30.0 + LATE_SECONDS
    assert peer.transport.aborted
    assert server.counts.unread == 1


@pytest.mark.parametrize(("seconds", "unread"), [(29.0, 1), (20.0, 0)])
def test_a_peer_that_the_kernel_cuts_off_first_is_counted_like_others(seconds: float, unread: int) -> None:
    server = LimitedServer()
    peer = server.visitor()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 8)
    server.turn(seconds)
    peer.transport.lose()
    assert server.counts.unread == unread


def test_a_peer_that_reads_at_last_is_not() -> None:
    server = LimitedServer()
    peer = server.visitor()
    for _ in range(3):
        peer.transport.peer_reads = False
        peer.send(b"LIST ALL\n" * 8)
        server.turn(29)
        peer.transport.read_on()
    server.turn(29)
    assert not peer.closing


def test_a_peer_that_reads_nothing_is_cut_off_where_it_is_told_that_it_was_idle() -> None:
    server = LimitedServer(idle=5.0)
    peer = server.visitor()
    peer.transport.peer_reads = False
    peer.send(b"LIST ALL\n" * 3)
    assert not peer.transport.reading
    server.turn(5 + LATE_SECONDS + 5)
    assert peer.transport.aborted
    assert server.counts.idle == 1


def test_half_closed_peers_are_idle_no_longer_than_their_answer_takes() -> None:
    server = LimitedServer(idle=1.0, source_hangs=True)
    peer = server.visitor()
    peer.send(b"TIME tokyo\nxyzzyq")
    peer.finish()
    server.turn(0.85)
    assert peer.codes == ["250", "550"]
    assert peer.transport.write_closed or peer.transport.closed


def test_a_server_of_many_looks_at_those_only_where_it_is_time_to() -> None:
    server = LimitedServer(connections_per_address=2000)
    server.visitors(1000)
    server.turn(2)
    server.limits.register.tick += 1
    assert server.limits.register.due() == []
    assert len(server.limits.register.due(everyone=True)) == 1000


def test_a_bug_in_looking_at_one_session_ends_that_one_alone(logged_failures: object) -> None:
    server = LimitedServer(idle=5.0)
    broken, peer = server.visitors(2)
    broken.protocol._since = None  # what no session has
    broken.protocol._ready = False
    server.turn(1)
    assert broken.transport.aborted
    server.turn(5)
    assert peer.said[-1] == IDLE
    logged_failures.flush(TypeError)  # type: ignore[attr-defined]
