"""What the kernel says of the host's clocks, and what is made of a kernel that says nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any

import pytest

from socketspeak.app.hostclock import STA_UNSYNC, TIME_ERROR, HostClock, steady_ns
from socketspeak.clock.values import Host

MS = 1_000_000


def adjtimex(state: int, status: int, maxerror: int) -> Callable[[Any], int]:
    """A kernel that gives this answer; `maxerror` in microseconds."""

    def call(timex: Any) -> int:
        timex._obj.status, timex._obj.maxerror = status, maxerror
        return state

    return call


def ticking(start: int, by: int = 0) -> Callable[[], int]:
    """A clock that is so much later each time."""
    at = iter(range(start, start + 1000 * by, by)) if by else repeat(start)
    return lambda: next(at)


STILL = (ticking(5), ticking(1000), ticking(7), ticking(7))


@pytest.mark.parametrize(
    ("state", "status", "maxerror", "error_ns"),
    [
        (0, 0, 16_000, 16 * MS),
        (1, 0x2001, 0, 0),  # a leap second to come, and a kernel with nanoseconds
        (TIME_ERROR, 0, 16_000, None),
        (0, STA_UNSYNC, 16_000, None),
        (-1, 0, 0, None),  # not allowed to ask, as in some containers
    ],
)
def test_the_kernels_error_counts_where_it_calls_the_clock_synchronised(
    state: int, status: int, maxerror: int, error_ns: int | None
) -> None:
    assert HostClock(adjtimex(state, status, maxerror), STILL).error_ns() == error_ns


def test_the_real_kernel_can_be_asked_and_its_answer_is_likely() -> None:
    host = HostClock()()
    assert abs(host.wall_ns - time.time_ns()) < 1000 * MS
    assert 0 <= steady_ns() - host.steady_ns < 1000 * MS
    assert host.gap_ns < 1000 * MS
    assert host.error_ns is None or 0 <= host.error_ns <= 16_000 * MS


def test_the_real_machine_does_not_sleep_while_the_tests_run() -> None:
    clock = HostClock()
    looks = [clock.asleep_ns() for _ in range(1000)]
    assert max(looks) - min(looks) < MS // 2


def test_sleep_is_what_boot_time_is_ahead_of_monotonic_time() -> None:
    clock = HostClock(None, (ticking(5), ticking(1000), ticking(7), ticking(7 + 3600 * MS)))
    assert clock.asleep_ns() == 3600 * MS


def test_two_clocks_that_cannot_be_read_close_together_tell_nothing_new() -> None:
    monotonic: Iterator[int] = iter(chain([7, 7], range(0, 100_000 * MS, MS)))
    boottime: Iterator[int] = iter(chain([7 + MS], repeat(90_000 * MS)))
    clocks = (ticking(5), ticking(9), lambda: next(monotonic), lambda: next(boottime))
    clock = HostClock(adjtimex(0, 0, 1), clocks)
    assert [clock.asleep_ns(), clock.asleep_ns()] == [MS, MS]


def test_a_look_tells_how_long_reading_the_wall_clock_took() -> None:
    clock = HostClock(adjtimex(0, 0, 5), (ticking(100, 20), *STILL[1:]))
    assert clock() == Host(120, 1000, 5000, 0, 20)
