"""Failed logins: each one from an address makes the next guess from there slower."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

DELAYS = (2.0, 4.0, 8.0, 15.0)  # seconds: who mistypes waits a breath, who guesses has 6000 tries a day
FORGOTTEN_SECONDS = 600.0  # without a failure: who comes back after ten minutes may be somebody else
MOST_ADDRESSES = 65_536  # some twelve megabytes; who has more addresses than that is not stopped by delays
ROUNDING_SECONDS = 1e-6  # what sums of seconds are off by at most; a microsecond more is no second to wait


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stands against an address: how often it failed, when last, until when it is not heard."""

    failures: int
    last: float
    until: float


class Penalties:
    """Keeps who has failed to log in, and for how long nothing is heard from there.

    An address is what `addresses.group_of` makes of one. `now` is in seconds and never goes back.
    """

    __slots__ = ("_marks", "_most")

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        """Keep `most` addresses at most."""
        self._most = most
        self._marks: dict[str, _Mark] = {}  # in the order of their last failures, the oldest first

    def __len__(self) -> int:
        """How many addresses are kept."""
        return len(self._marks)

    def failed(self, group: str, now: float) -> float:
        """A login from there has failed: the seconds for which the answer is to be held back."""
        self._forget(now)
        before = self._marks.pop(group, None)
        failures = 0 if before is None else before.failures
        delay = DELAYS[min(failures, len(DELAYS) - 1)]
        self._marks[group] = _Mark(failures + 1, now, now + delay)
        if len(self._marks) > self._most:
            del self._marks[next(iter(self._marks))]
        return delay

    def wait(self, group: str, now: float) -> int:
        """The whole seconds for which no login from there is looked at; 0 where it is now."""
        mark = self._marks.get(group)
        return 0 if mark is None else max(0, math.ceil(mark.until - now - ROUNDING_SECONDS))

    def marked(self, group: str, now: float) -> bool:
        """Whether a failure from there is remembered."""
        self._forget(now)
        return group in self._marks

    def _forget(self, now: float) -> None:
        """Drop what is too old to count."""
        while self._marks:
            oldest = next(iter(self._marks))
            if now - self._marks[oldest].last < FORGOTTEN_SECONDS:
                return
            del self._marks[oldest]


class SharedPenalties(Penalties):
    """Those of one of several processes: what fails here is told to the others."""

    __slots__ = ("_tell",)

    def __init__(self, tell: Callable[[str], None], most: int = MOST_ADDRESSES) -> None:
        """`tell` is given the address of each failure here."""
        super().__init__(most)
        self._tell = tell

    def failed(self, group: str, now: float) -> float:
        """A login from there has failed here: the seconds for which the answer is to be held back."""
        self._tell(group)
        return super().failed(group, now)

    def failed_elsewhere(self, group: str, now: float) -> None:
        """Another process has told of a failure."""
        super().failed(group, now)
