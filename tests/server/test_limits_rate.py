"""How fast the requests of one address are answered."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.limited import LimitedServer

HERE, THERE = "192.0.2.1", "192.0.2.2"
CROWDED = "452 too many requests from your address: wait {} s"


def test_a_burst_is_answered_at_once_and_then_as_many_as_the_rate_allows() -> None:
    server = LimitedServer(rate=10.0, burst=5)
    peer = server.visitor()
    peer.send(b"PING\n" * 12)
    assert peer.codes == ["200"] * 5
    server.turn(0.35)
    assert peer.codes == ["200"] * 8
    server.turn(0.4)
    assert peer.codes == ["200"] * 12


def test_what_is_held_back_is_not_read() -> None:
    server = LimitedServer(rate=10.0, burst=1)
    peer = server.visitor()
    peer.send(b"PING\n" * 2)
    assert not peer.transport.reading
    server.turn(0.1)
    assert peer.transport.reading


def test_kept_answers_are_charged_like_others() -> None:
    server = LimitedServer(rate=1.0, burst=3)
    peer = server.visitor()
    for _ in range(5):
        peer.send(b"TIME tokyo\n")
    assert peer.codes == ["250"] * 3


def test_a_request_that_would_wait_more_than_two_seconds_is_told_so_in_its_turn() -> None:
    server = LimitedServer(rate=1.0, burst=1)
    peer = server.visitor()
    peer.send(b"PING\nTIME tokyo\nNOOP\nSTATUS\nSTATUS\n")
    server.turn(2.5)
    assert peer.codes == ["200", "250", "200", "452", "452"]
    assert peer.said[-2:] == [CROWDED.format(3)] * 2
    assert (server.counts.over_rate, server.counts.requests) == (2, 5)


def test_in_json_the_seconds_to_wait_are_a_number() -> None:
    server = LimitedServer(rate=0.1, burst=1)
    peer = server.visitor()
    peer.send(b"FORMAT JSON\n", b"PING\n")
    assert peer.said[-1] == f'{{"code":452,"message":"{CROWDED.format(10)[4:]}","seconds":10}}'


def test_the_rate_is_the_addresss_and_not_the_sessions() -> None:
    server = LimitedServer(rate=0.1, burst=2)
    first, second, other = server.visitor(HERE), server.visitor(HERE), server.visitor(THERE)
    for peer in (first, second, other):
        peer.send(b"PING\n")
    first.send(b"PING\n")
    other.send(b"PING\n")
    assert (first.codes, second.codes, other.codes) == (["200", "452"], ["200"], ["200", "200"])


def test_blank_lines_cost_nothing() -> None:
    server = LimitedServer(rate=0.1, burst=1)
    peer = server.visitor()
    peer.send(b"\r\n \t\n" * 30 + b"PING\n")
    server.turn(0.01)
    assert peer.codes == ["200"]


def test_a_session_that_is_held_back_is_not_idle() -> None:
    server = LimitedServer(rate=0.6, burst=1, idle=1.0)
    peer = server.visitor()
    peer.send(b"PING\nPING\n")
    server.turn(1.8)
    assert peer.codes == ["200", "200"]
    server.turn(2)
    assert peer.codes[-1] == "421"


def test_a_peer_that_has_closed_its_side_is_answered_all_the_same() -> None:
    server = LimitedServer(rate=10.0, burst=1)
    peer = server.visitor()
    peer.send(b"PING\n" * 5)
    peer.finish()
    server.turn(1)
    assert peer.codes == ["200"] * 5
    assert peer.closing


def test_what_is_held_back_when_the_server_stops_is_answered() -> None:
    server = LimitedServer(rate=10.0, burst=1)
    peer = server.visitor()
    peer.send(b"PING\n" * 5)
    server.limits.register.drain(10.0)
    server.turn(1)
    assert peer.codes == ["200"] * 5 + ["421"]


def test_a_session_that_goes_leaves_no_timer_behind() -> None:
    server = LimitedServer(rate=1.0, burst=1)
    peer = server.visitor()
    peer.send(b"PING\nPING\n")
    server.turn(0)
    assert len(server.clock.getDelayedCalls()) == 2
    peer.transport.lose()
    assert len(server.clock.getDelayedCalls()) == 1  # the sweeper's


def test_a_rate_that_is_set_later_holds_for_those_who_come_then() -> None:
    server = LimitedServer()
    server.limits.rates.renew(0.1, 1)
    peer = server.visitor()
    peer.send(b"PING\n", b"PING\n")
    assert peer.codes == ["200", "452"]


@settings(max_examples=40)
@given(
    st.floats(2, 50),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40), st.floats(0, 2)), min_size=1, max_size=12),
)
def test_each_request_gets_one_reply_and_never_are_more_answered_than_the_rate_allows(
    rate: float, burst: int, asked: list[tuple[int, int, float]]
) -> None:
    server = LimitedServer(rate=rate, burst=burst, idle=86_400.0)
    peers = server.visitors(3)
    requests = [0, 0, 0]
    for which, many, pause in asked:
        peers[which].send(b"PING\n" * many)
        requests[which] += many
        server.turn(pause)
        answered = sum(peer.codes.count("200") for peer in peers)
        assert answered <= burst + rate * server.clock.seconds() + 0.001
    server.turn(sum(requests) / rate + 3)
    assert [len(peer.codes) for peer in peers] == requests
    assert {code for peer in peers for code in peer.codes} <= {"200", "452"}
    assert server.counts.requests == sum(requests)
