"""Failed logins by address: each makes the next guess slower, and time forgives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from socketspeak.limits.penalties import DELAYS, FORGOTTEN_SECONDS, MOST_ADDRESSES, Penalties

GROUPS = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::/64", "local"])
STEPS = st.lists(st.tuples(GROUPS, st.floats(0, 700)), max_size=60)


def test_failures_are_answered_after_2_4_8_15_and_15_seconds() -> None:
    penalties = Penalties()
    now, delays = 0.0, []
    for _ in range(6):
        delays.append(penalties.failed("192.0.2.1", now))
        now += delays[-1]
    assert delays == [2, 4, 8, 15, 15, 15]


def test_while_an_answer_is_held_back_nothing_is_heard_from_there_and_elsewhere_it_is() -> None:
    penalties = Penalties()
    penalties.failed("192.0.2.1", 100.0)
    assert [penalties.wait("192.0.2.1", now) for now in (100.0, 100.9, 101.0, 101.99, 102.0)] == [
        2,
        2,
        1,
        1,
        0,
    ]
    assert penalties.wait("192.0.2.2", 100.0) == 0
    penalties.failed("192.0.2.3", 2.4)  # 2.4 + 2 - 2.4 is more than 2, by a rounding
    assert penalties.wait("192.0.2.3", 2.4) == 2


def test_ten_minutes_without_a_failure_are_forgotten_and_not_a_moment_less() -> None:
    penalties = Penalties()
    penalties.failed("192.0.2.1", 0.0)
    assert penalties.marked("192.0.2.1", FORGOTTEN_SECONDS - 0.001)
    assert penalties.failed("192.0.2.1", FORGOTTEN_SECONDS - 0.001) == DELAYS[1]
    assert not penalties.marked("192.0.2.1", 2 * FORGOTTEN_SECONDS)
    assert len(penalties) == 0
    assert penalties.failed("192.0.2.1", 2 * FORGOTTEN_SECONDS) == DELAYS[0]


def test_failures_at_the_same_time_count_each() -> None:
    penalties = Penalties()
    assert [penalties.failed("192.0.2.1", 0.0) for _ in range(5)] == [2, 4, 8, 15, 15]
    assert penalties.wait("192.0.2.1", 0.0) == 15


def test_of_too_many_addresses_the_one_that_failed_longest_ago_is_forgotten() -> None:
    penalties = Penalties(most=3)
    for group in ("a", "b", "c", "a", "d"):
        penalties.failed(group, 1.0)
    assert [penalties.marked(group, 1.0) for group in "abcd"] == [True, False, True, True]


def test_65536_addresses_are_kept() -> None:
    penalties = Penalties()
    for number in range(MOST_ADDRESSES + 10):
        penalties.failed(f"2001:db8:0:{number:x}::/64", 1.0)
    assert len(penalties) == MOST_ADDRESSES == 65_536
    assert penalties.marked("2001:db8:0:a::/64", 1.0)
    assert not penalties.marked("2001:db8:0:9::/64", 1.0)


@given(STEPS)
def test_whatever_happens_the_delay_is_by_the_failures_of_the_last_while(
    steps: list[tuple[str, float]],
) -> None:
    penalties = Penalties()
    now = 0.0
    model: dict[str, list[float]] = {}
    for group, pause in steps:
        now += pause
        past = model.setdefault(group, [])
        if past and now - past[-1] >= FORGOTTEN_SECONDS:
            past.clear()
        assert penalties.failed(group, now) == DELAYS[min(len(past), 3)]
        past.append(now)
        assert penalties.marked(group, now)
        assert penalties.wait(group, now) >= DELAYS[min(len(past), 4) - 1]


@given(STEPS, st.integers(1, 3))
def test_whatever_happens_no_wait_is_longer_than_15_seconds_and_no_more_is_kept_than_may_be(
    steps: list[tuple[str, float]], most: int
) -> None:
    penalties = Penalties(most)
    now = 0.0
    for group, pause in steps:
        now += pause
        penalties.failed(group, now)
        assert 0 < penalties.wait(group, now) <= 15
        assert penalties.wait(group, now + 15) == 0
        assert len(penalties) <= most
