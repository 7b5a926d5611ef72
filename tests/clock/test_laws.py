"""The clock's laws, over networks with any delays, clocks that drift as allowed, and cut-off stamps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from socketspeak.clock.agreement import majority
from socketspeak.clock.interval import DRIFT_PPM, Interval, aged, drift, intersection
from tests.clock import laws
from tests.clock.rooms import Room

OURS = Room()


def test_the_majority_is_the_hull_of_the_points_that_more_than_half_hold() -> None:
    laws.the_majority_is_the_hull(OURS)


def test_the_claimed_interval_always_holds_the_true_time() -> None:
    laws.holds_the_truth(OURS)


def test_it_holds_the_true_time_with_the_host_among_the_voters_too() -> None:
    laws.holds_the_truth_with_the_host_among_the_voters(OURS)


def test_with_one_sample_the_width_is_quantum_and_round_trip_and_drift() -> None:
    laws.one_source_is_as_wide_as_it_must_be(OURS)


def test_what_is_claimed_never_gets_narrower_by_ageing() -> None:
    laws.ageing_never_narrows(OURS)


def test_what_is_claimed_never_gets_wider_by_a_sample() -> None:
    laws.a_sample_never_widens(OURS)


def test_reading_the_clock_changes_nothing() -> None:
    laws.reading_is_pure(OURS)


def test_the_time_shown_never_goes_back() -> None:
    laws.never_goes_back(OURS)


def test_three_sources_with_one_an_hour_off_are_never_led_astray() -> None:
    laws.three_with_one_an_hour_off_are_never_led_astray(OURS)


def test_what_was_known_before_a_sleep_is_not_claimed_after_it() -> None:
    laws.sleep_is_not_slept_through(OURS)


def test_setting_the_hosts_clock_changes_no_answer() -> None:
    laws.a_step_of_the_host_changes_no_answer(OURS)


intervals = st.builds(
    lambda low, width, at: Interval(low, low + width, at),
    st.integers(-(10**20), 10**20),
    st.integers(0, 10**12),
    st.integers(0, 10**15),
)
near = st.builds(lambda low, width: Interval(low, low + width, 0), st.integers(0, 20), st.integers(0, 10))


@given(intervals, st.integers(0, 10**15), st.integers(0, 1000))
def test_an_interval_never_gets_narrower_by_ageing(interval: Interval, later: int, ppm: int) -> None:
    old = aged(interval, interval.at + later, ppm)
    assert old.low <= interval.low <= interval.high <= old.high
    assert (old.high - interval.high, interval.low - old.low) == (drift(later, ppm),) * 2


@given(intervals, intervals)
def test_an_interval_never_gets_wider_by_a_sample(one: Interval, other: Interval) -> None:
    both = intersection(one, other, DRIFT_PPM)
    if both is not None:
        for alone in (aged(one, both.at, DRIFT_PPM), aged(other, both.at, DRIFT_PPM)):
            assert alone.low <= both.low <= both.high <= alone.high


@given(st.integers(0, 10**18), st.integers(0, 10**18))
def test_drift_in_parts_is_never_less_than_drift_in_one(one: int, other: int) -> None:
    whole = drift(one + other, DRIFT_PPM)
    assert whole <= drift(one, DRIFT_PPM) + drift(other, DRIFT_PPM) <= whole + 1


@given(st.lists(near, min_size=1, max_size=7), st.integers(0, 6), near)
def test_a_vote_that_gets_narrower_never_makes_the_majority_wider(
    votes: list[Interval], at: int, by: Interval
) -> None:
    at %= len(votes)
    narrower = intersection(votes[at], by, DRIFT_PPM)
    before = majority(votes, DRIFT_PPM)
    if narrower is not None and before is not None:
        after = majority([*votes[:at], narrower, *votes[at + 1 :]], DRIFT_PPM)
        assert after is None or before.low <= after.low <= after.high <= before.high
