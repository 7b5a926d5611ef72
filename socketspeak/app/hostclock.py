"""The host's clocks, as the kernel knows them: how far they can be off, and how long the machine slept."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from socketspeak.clock.values import Host

MICROSECOND_NS = 1000
CLOSE_NS = 100 * MICROSECOND_NS  # readings of two clocks that are this close together are as good as one
TRIES = 5
STA_UNSYNC = 0x0040  # <linux/timex.h>
TIME_ERROR = 5

# A clock in nanoseconds that no one sets; where the system has a raw one, it is not slewed either.
steady_ns: Callable[[], int] = (
    partial(time.clock_gettime_ns, time.CLOCK_MONOTONIC_RAW)
    if hasattr(time, "CLOCK_MONOTONIC_RAW")
    else time.monotonic_ns
)


class _Timex(ctypes.Structure):
    """The beginning of the kernel's `struct timex`, adjtimex(2), and more room than its rest needs."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # microseconds
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


class HostClock:
    """Looks at the host's clocks; what the system cannot tell is told as not known."""

    def __init__(
        self, adjtimex: Callable[[Any], int] | None = None, clocks: tuple[Callable[[], int], ...] = ()
    ) -> None:
        """Take the system's own `adjtimex`, and clocks (the steady, wall, monotonic and boot-time one).

        Others can be given; they read nanoseconds.
        """
        self._adjtimex = adjtimex or _system_adjtimex()
        self._steady, self._wall, self._monotonic, self._boottime = clocks or _system_clocks()
        self._asleep_ns = 0

    def __call__(self) -> Host:
        """Look at all of them. It takes a few microseconds, and needs no privilege."""
        asleep_ns = self.asleep_ns()
        error_ns = self.error_ns()
        before = self._steady()
        wall_ns = self._wall()
        after = self._steady()
        return Host(after, wall_ns, error_ns, asleep_ns, after - before)

    def error_ns(self) -> int | None:
        """How far the wall clock can be off, in nanoseconds, by the kernel's `maxerror`.

        None where the kernel does not call the clock synchronised, or does not let itself be asked.
        """
        if self._adjtimex is None:
            return None
        timex = _Timex()
        state = self._adjtimex(ctypes.byref(timex))
        if state < 0 or state == TIME_ERROR or timex.status & STA_UNSYNC:
            return None
        return int(timex.maxerror) * MICROSECOND_NS

    def asleep_ns(self) -> int:
        """How long the machine has slept since it was started, in nanoseconds; it only grows.

        Where the process is interrupted between two readings each time, what was known before is given.
        """
        for _ in range(TRIES):
            before = self._monotonic()
            boottime = self._boottime()
            gap = self._monotonic() - before
            if gap <= CLOSE_NS:
                self._asleep_ns = boottime - before - gap // 2
                break
        return self._asleep_ns


def _system_adjtimex() -> Callable[[Any], int] | None:
    try:
        found: Callable[[Any], int] = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):  # not Linux
        return None
    return found


def _system_clocks() -> tuple[Callable[[], int], ...]:
    boottime = (
        partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME)
        if hasattr(time, "CLOCK_BOOTTIME")
        else time.monotonic_ns
    )
    return steady_ns, time.time_ns, time.monotonic_ns, boottime
