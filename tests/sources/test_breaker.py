"""The breaker: when it opens, for how long, and what closes it again."""

from __future__ import annotations

import pytest

from socketspeak.sources.breaker import FIRST_REST_NS, LONGEST_REST_NS, Breaker

S = 1_000_000_000
HOUR = 3600 * S


def opened(at_ns: int = 0) -> Breaker:
    """A breaker that five failures have opened."""
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(at_ns)
    assert not breaker.closed
    return breaker


def test_five_failures_in_a_row_open_it_and_four_do_not() -> None:
    breaker = Breaker()
    assert [breaker.failed(0) for _ in range(4)] == [False] * 4
    assert breaker.closed
    assert breaker.failed(0)
    assert (breaker.closed, breaker.rest_ns(0)) == (False, 30 * S)


def test_an_answer_among_the_failures_begins_the_row_anew() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(0)
    breaker.succeeded(0)
    for _ in range(4):
        breaker.failed(0)
    assert breaker.closed


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [  # a an answer, f a failure; never five failures in a row
        ("aaaaffffaf", True),
        ("aaaaffffa", False),
        ("aaaaaffffaf", False),
        ("aaaaaffffaff", True),
        ("ffffaaaa", False),
        ("ffafffaff", False),
        ("ffafffafff", True),
    ],
)
def test_half_of_ten_or_more_failures_open_it(outcomes: str, opens: bool) -> None:
    breaker = Breaker()
    for number, outcome in enumerate(outcomes, 1):
        if outcome == "a":
            breaker.succeeded(0)
        else:
            assert breaker.failed(0) == (opens and number == len(outcomes))
    assert breaker.closed is not opens


def test_what_failed_half_a_minute_ago_does_not_count() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(0)
    for _ in range(5):
        breaker.succeeded(0)
    breaker.failed(30 * S)
    assert breaker.closed
    earlier = Breaker()
    for _ in range(4):
        earlier.failed(0)
    for _ in range(5):
        earlier.succeeded(0)
    earlier.failed(29 * S)
    assert not earlier.closed


def test_when_the_rest_is_over_one_question_may_be_asked() -> None:
    breaker = opened()
    assert not breaker.admits_a_trial(30 * S - 1)
    assert breaker.admits_a_trial(30 * S)
    breaker.sent(30 * S)
    assert not breaker.admits_a_trial(31 * S)


def test_a_trial_that_was_cancelled_makes_room_for_another() -> None:
    breaker = opened()
    breaker.sent(30 * S)
    breaker.let_go()
    assert breaker.admits_a_trial(31 * S)


def test_each_trial_that_fails_doubles_the_rest_up_to_five_minutes() -> None:
    breaker, now, rests = opened(), 0, []
    for _ in range(7):
        rests.append(breaker.rest_ns(now) // S)
        now += breaker.rest_ns(now)
        breaker.sent(now)
        assert not breaker.failed(now)  # it was open already
    assert rests == [30, 60, 120, 240, 300, 300, 300]
    assert (FIRST_REST_NS, LONGEST_REST_NS) == (30 * S, 300 * S)


def test_a_trial_that_is_answered_closes_it_and_the_next_rest_is_short_again() -> None:
    breaker = opened()
    for _ in range(3):
        now = 1000 * S
        breaker.sent(now)
        breaker.failed(now)
    breaker.sent(2000 * S)
    breaker.succeeded(2000 * S)
    assert breaker.closed
    assert [breaker.failed(2000 * S) for _ in range(5)] == [False] * 4 + [True]
    assert breaker.rest_ns(2000 * S) == 30 * S


def test_failures_of_requests_that_were_under_way_do_not_lengthen_the_rest() -> None:
    breaker = opened()
    for _ in range(3):
        assert not breaker.failed(1 * S)
    assert breaker.rest_ns(1 * S) == 29 * S


def test_an_answer_that_was_under_way_closes_it() -> None:
    breaker = opened()
    breaker.succeeded(1 * S)
    assert breaker.closed


def test_a_source_that_asks_to_be_left_alone_is() -> None:
    breaker = Breaker()
    assert breaker.failed(0, wait_ns=120 * S)
    assert breaker.rest_ns(0) == 120 * S
    breaker.succeeded(1 * S)  # of a request that was under way
    assert not breaker.closed
    assert not breaker.admits_a_trial(120 * S - 1)
    breaker.sent(120 * S)
    breaker.succeeded(120 * S)
    assert breaker.closed


@pytest.mark.parametrize(("wait", "obeyed"), [(HOUR, HOUR), (HOUR + 1, HOUR), (10**30, HOUR), (1, S)])
def test_it_is_left_alone_for_an_hour_at_most_and_a_second_at_least(wait: int, obeyed: int) -> None:
    breaker = Breaker()
    breaker.failed(0, wait_ns=wait)
    assert breaker.rest_ns(0) == obeyed


def test_the_longer_of_two_wishes_is_obeyed() -> None:
    breaker = Breaker()
    breaker.failed(0, wait_ns=60 * S)
    breaker.failed(1 * S, wait_ns=10 * S)
    assert breaker.rest_ns(1 * S) == 59 * S
    breaker.failed(1 * S, wait_ns=100 * S)
    assert breaker.rest_ns(1 * S) == 100 * S


def test_a_source_that_asks_for_a_second_again_and_again_is_left_alone_for_longer() -> None:
    breaker, now, rests = Breaker(), 0, []
    for _ in range(4):
        breaker.failed(now, wait_ns=S)
        rests.append(breaker.rest_ns(now) // S)
        now += breaker.rest_ns(now)
        breaker.sent(now)
    assert rests == [1, 30, 60, 120]


def test_a_rest_goes_on_after_a_restart() -> None:
    breaker = Breaker()
    breaker.resume(100 * S, doublings=2)
    assert breaker.rest_ns(0) == 100 * S
    breaker.sent(100 * S)
    breaker.failed(100 * S)
    assert breaker.rest_ns(100 * S) == 120 * S
