"""The habits of the line: splits, turns, bounds, half-closed peers, a close that ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.chopping import chopped
from tests.kit.desk import calls_left
from tests.kit.peer import Peer

PIECES = st.sampled_from(
    [
        b"PING\r\n",
        b"PING\n",
        b"PING\r\0",
        b"NOOP\r",
        b"\n",
        b"\r\n",
        b"TIME tokyo\n",
        b"TIME tok",
        b"yo",
        b"\0",
        b"\r",
        b"x" * 999,
        b"y" * 1000,
        b"z" * 1001,
        b"w" * 3000,
        b"\xff\xf4",
        b"\xff\xfd\x06",
        b"\xff\xff",
        b"\xfe",
        b"FORMAT JSON\n",
        b"LIST\n",
        b"1\n",
        b"QUIT\n",
    ]
)


def session_of(*packets: bytes, finish: bool = True) -> tuple[bytes, bool]:
    """What a peer is told that sends these packets and closes, TELNET aside, and whether it ended."""
    peer = Peer()
    peer.send(*packets)
    if finish:
        peer.finish()
    peer.settle()
    return peer.transport.sent.replace(b"\xff\xfc\x06", b""), peer.transport.disconnecting


@given(st.lists(PIECES, max_size=14).map(b"".join), st.lists(st.integers(0, 9000), max_size=30))
def test_every_split_of_the_stream_gives_the_same_session(stream: bytes, cuts: list[int]) -> None:
    assert session_of(*chopped(stream, cuts)) == session_of(stream)


@given(st.lists(PIECES, max_size=5).map(b"".join))
def test_one_octet_at_a_time_gives_the_same_session(stream: bytes) -> None:
    assert session_of(*(stream[at : at + 1] for at in range(len(stream)))) == session_of(stream)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\0"])
def test_lf_crlf_and_cr_nul_end_a_line(end: bytes) -> None:
    peer = Peer()
    peer.send(b"PING" + end + b"PING" + end)
    assert peer.said == ["200 PONG"] * 2


def test_a_cr_alone_is_a_control_character() -> None:
    peer = Peer()
    peer.send(b"PI\rNG\n")
    assert peer.codes == ["501 "]


def test_a_line_of_one_thousand_octets_is_read_and_one_more_gets_552_once() -> None:
    peer = Peer()
    peer.send(b"TIME " + b"x" * 995 + b"\r\n")
    assert peer.codes == ["550 "]
    peer.send(b"TIME " + b"x" * 996 + b"\r\nPING\n")
    assert peer.codes == ["550 ", "552 ", "200 "]


def test_a_line_of_one_thousand_octets_is_waited_for_until_it_ends() -> None:
    peer = Peer()
    peer.send(b"x" * 1000, b"\r")
    assert peer.said == []
    peer.send(b"\n")
    assert peer.codes == ["500 "]


def test_an_overlong_line_is_told_before_it_ends_and_dropped_up_to_its_end() -> None:
    peer = Peer()
    peer.send(b"x" * 1002)
    assert peer.codes == ["552 "]
    peer.send(*[b"y" * 1000] * 30, b"TIME tokyo\nPING\n")
    assert peer.codes == ["552 ", "200 "]


@pytest.mark.parametrize("size", [1 << 12, 1 << 20])
def test_a_line_without_end_is_told_421_and_the_connection_closes(size: int) -> None:
    peer = Peer()
    stream = b"x" * 65_537
    peer.send(*(stream[at : at + size] for at in range(0, len(stream), size)))
    assert peer.codes == ["552 ", "421 "]
    assert peer.transport.disconnecting


def test_an_endless_line_is_one_however_late_its_end_comes() -> None:
    peer = Peer()
    peer.send(b"x" * 65_000, b"y" * 1000 + b"\nPING\n")
    assert peer.codes == ["552 ", "421 "]


def test_an_overlong_line_may_end_with_cr_nul_in_two_packets() -> None:
    peer = Peer()
    peer.send(b"x" * 1002 + b"\r", b"\0PING\n")
    assert peer.codes == ["552 ", "200 "]


def test_an_overlong_line_is_told_of_though_an_interrupt_ends_it_before_its_turn() -> None:
    peer = Peer()
    peer.send(b"PING\n" * 20 + b"x" * 2000 + b"\xff\xf4PING\n")
    peer.settle()
    assert peer.codes == ["200 "] * 20 + ["552 ", "200 "]


def test_a_line_of_exactly_the_limit_does_not_end_the_session() -> None:
    peer = Peer()
    peer.send(b"x" * 65_536, b"\r", b"\nPING\n")
    assert peer.codes == ["552 ", "200 "]


def test_an_unfinished_telnet_command_without_end_is_told_421() -> None:
    peer = Peer()
    peer.send(b"\xff\xfa" + b"x" * 65_537)
    assert peer.codes == ["421 "]
    assert peer.transport.disconnecting


def test_ctrl_c_is_answered_with_the_timing_mark_at_once_and_forgets_the_begun_line() -> None:
    peer = Peer()
    peer.send(b"TIME tok\xff\xf4\xff\xfd\x06")
    assert peer.transport.sent == b"\xff\xfc\x06"
    peer.transport.sent = b""
    peer.send(b"PING\r\n")
    assert peer.said == ["200 PONG"]


def test_the_timing_mark_comes_before_the_answers_to_what_was_sent_with_it() -> None:
    peer = Peer()
    peer.send(b"PING\n\xff\xfd\x06PING\n")
    assert peer.transport.sent == b"\xff\xfc\x06200 PONG\r\n200 PONG\r\n"


def test_sixteen_requests_are_taken_in_a_turn_and_then_others_have_theirs() -> None:
    peer = Peer()
    peer.send(b"PING\n" * 40)
    assert len(peer.said) == 16
    assert not peer.transport.reading
    peer.one_turn()
    assert len(peer.said) == 32
    peer.one_turn()
    assert len(peer.said) == 40
    assert peer.transport.reading


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \t\n", b"\n \r\n", b" " * 1000 + b"\r\n"])
def test_any_number_of_blank_lines_is_passed_over_in_one_turn(blank: bytes) -> None:
    peer = Peer()
    peer.send(blank * 1000 + b"PING\n")
    assert peer.said == ["200 PONG"]


def test_a_blank_line_that_is_too_long_is_none() -> None:
    peer = Peer()
    peer.send(b"\n\n" + b" " * 1001 + b"\n\n", b"x" * 1002, b"\n\nPING\n")
    assert peer.codes == ["552 ", "552 ", "200 "]


def test_requests_in_memory_count_for_a_turn_like_others() -> None:
    peer = Peer()
    peer.send(b"TIME Asia/Tokyo\n")
    peer.send(b"TIME Asia/Tokyo\n" * 40)
    assert len(peer.said) == 17


def test_a_peer_that_does_not_read_is_not_read_and_costs_a_bounded_amount() -> None:
    peer = Peer()
    peer.transport.peer_reads = False
    peer.send(*[b"LIST ALL\n" * 10] * 10)
    peer.settle()
    assert not peer.transport.reading
    assert peer.transport.unsent < 65_536 + 48 * 1024
    peer.transport.read_on()
    peer.settle()
    assert peer.transport.sent.count(b"\r\n251  451 Pacific/Wallis ") == 100
    assert peer.transport.reading


def test_a_peer_that_closes_its_sending_side_gets_every_answer_first() -> None:
    peer = Peer()
    peer.send(b"TIME tokyo\n" * 40 + b"PING")
    peer.finish()
    peer.settle()
    assert peer.codes == ["250 "] * 40 + ["200 "]
    assert peer.transport.closed
    assert not peer.transport.aborted


def test_quit_closes_our_side_and_waits_a_second_for_the_peers() -> None:
    peer = Peer()
    peer.send(b"QUIT\nPING\n")
    assert peer.codes == ["221 "]
    assert peer.transport.write_closed
    peer.turn(0.9)
    assert not peer.transport.closed
    peer.turn(0.2)
    assert peer.transport.aborted


def test_quit_ends_at_once_where_the_peer_closes_too() -> None:
    peer = Peer()
    peer.send(b"QUIT\n")
    peer.finish()
    assert peer.transport.closed
    assert not peer.transport.aborted
    assert calls_left(peer.clock) == []


def test_a_close_ends_within_five_seconds_where_the_peer_does_not_read() -> None:
    peer = Peer()
    peer.transport.peer_reads = False
    peer.send(b"PING\nQUIT\n")
    peer.turn(4.9)
    assert not peer.transport.closed
    peer.turn(0.2)
    assert peer.transport.aborted
    assert calls_left(peer.clock) == []


def test_what_is_sent_after_the_goodbye_is_dropped() -> None:
    peer = Peer()
    peer.send(b"QUIT\n", b"PING\n" * 1000)
    assert peer.codes == ["221 "]


def test_a_lost_connection_leaves_no_timer() -> None:
    for stream in (b"", b"PING\n" * 40, b"TIME tok", b"QUIT\n"):
        peer = Peer()
        peer.send(stream)
        peer.transport.lose()
        assert calls_left(peer.clock) == []
        assert peer.desk.counts.sessions == 0
