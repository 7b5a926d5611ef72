"""How fast requests may come from one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.limits.rates import MOST_WAIT_SECONDS, Rates

HERE, THERE = "192.0.2.1", "2001:db8::/64"
A_LITTLE = 1e-6  # of a request, by which floats may be wrong

RATES = st.floats(0.01, 1000)
BURSTS = st.integers(1, 50)
PAUSES = st.lists(st.floats(0, 3) | st.just(0.0), min_size=1, max_size=80)


@given(RATES, BURSTS, PAUSES)
def test_in_any_span_no_more_are_answered_than_the_burst_and_what_the_rate_gives(
    rate: float, burst: int, pauses: list[float]
) -> None:
    rates, now, answered = Rates(rate, burst), 0.0, []
    for pause in pauses:
        now += pause
        wait = rates.charge(HERE, now)
        if wait <= MOST_WAIT_SECONDS:
            answered.append(now + wait)
    assert answered == sorted(answered)
    for first, begin in enumerate(answered):
        for last, end in enumerate(answered[first:], first):
            assert last - first + 1 <= burst + rate * (end - begin) + A_LITTLE * (1 + rate)


@given(RATES, BURSTS, PAUSES)
def test_nobody_waits_longer_than_must_be(rate: float, burst: int, pauses: list[float]) -> None:
    rates, now, level, filled = Rates(rate, burst), 0.0, float(burst), 0.0
    for pause in pauses:
        now += pause
        level, filled = min(burst, level + (now - filled) * rate), now  # the bucket, as it is drawn in books
        wait = rates.charge(HERE, now)
        assert wait == pytest.approx(max(0.0, (1 - level) / rate), abs=A_LITTLE * (1 + 1 / rate))
        if wait <= MOST_WAIT_SECONDS:
            level -= 1


def test_what_would_wait_more_than_two_seconds_costs_nothing() -> None:
    rates = Rates(rate=2.0, burst=1)
    assert [rates.charge(HERE, 0.0) for _ in range(5)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert [rates.charge(HERE, 0.0) for _ in range(100)] == [2.5] * 100
    assert rates.charge(HERE, 0.5) == 2.0


def test_each_address_has_a_bucket_of_its_own() -> None:
    rates = Rates(rate=1.0, burst=1)
    assert rates.charge(HERE, 0.0) == 0.0
    assert rates.charge(THERE, 0.0) == 0.0
    assert rates.charge(HERE, 0.0) == 1.0


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 2)), max_size=100))
def test_full_buckets_are_forgotten(comers: list[tuple[str, float]]) -> None:
    rates, now, last = Rates(rate=2.0, burst=4), 0.0, {}
    for group, pause in comers:
        now += pause
        if rates.charge(group, now) <= MOST_WAIT_SECONDS:
            last[group] = now
        of_late = [at for at in last.values() if now - at < 4 / 2.0 + MOST_WAIT_SECONDS + A_LITTLE]
        assert len(rates) <= len(of_late)
    rates.charge("z", now + 100)
    assert len(rates) == 1


def test_of_too_many_buckets_the_one_that_was_asked_for_longest_ago_is_forgotten() -> None:
    rates = Rates(rate=0.001, burst=2, most=1000)
    for number in range(5000):
        rates.charge(f"{number}", 0.0)
        assert len(rates) <= 1000
    assert rates.charge("4999", 0.0) == 0.0
    assert rates.charge("4999", 0.0) > MOST_WAIT_SECONDS
    assert rates.charge("0", 0.0) == 0.0


def test_a_rate_of_none_holds_nobody_back() -> None:
    rates = Rates(rate=0.0, burst=1)
    assert rates.off
    assert [rates.charge(HERE, 0.0) for _ in range(10)] == [0.0] * 10
    assert len(rates) <= 1


def test_another_rate_holds_from_then_on() -> None:
    rates = Rates(rate=0.0, burst=1)
    rates.charge(HERE, 0.0)
    rates.renew(rate=1.0, burst=1)
    assert not rates.off
    assert [rates.charge(HERE, 0.0) for _ in range(2)] == [0.0, 1.0]
