"""The host's clock as one of the voters, and what makes its word worth nothing: steps, and sleep."""

from __future__ import annotations

from socketspeak.clock.agreement import meet
from socketspeak.clock.interval import Interval, aged, drift
from socketspeak.clock.values import Host

MILLISECOND_NS = 1_000_000
LEAST_ERROR_NS = 250 * MILLISECOND_NS  # some time services tell the kernel of an error of nothing at all
STEP_NS = 500 * MILLISECOND_NS  # two bounds of the least width: less may be the clock being set right
FASTEST_SLEW = 10  # a tenth: chrony lets a clock run 8.3 % fast or slow at most, others far less
SLEEP_NS = MILLISECOND_NS  # a machine cannot fall asleep and wake in less; a look is exact to microseconds


class HostVote:
    """What the host's clock says, look by look.

    It votes where the kernel says that it is synchronised, with the error that the kernel claims. Once it
    was stepped under a clock that stands without it, or the machine has slept, its word counts for nothing
    until it meets what the sources agree on.
    """

    def __init__(self, ppm: int) -> None:
        """Have not looked; `ppm` is the drift allowance."""
        self._ppm = ppm
        self._last: Host | None = None
        self._said: Interval | None = None
        self._doubted = False
        self.slept_ns = 0  # how long the machine slept before the last look, since the one before
        self.stepped = False  # whether the clock was set between these two

    @property
    def interval(self) -> Interval | None:
        """Its vote; None where it has none."""
        return None if self._doubted else self._said

    def look(self, host: Host) -> None:
        """Take a look at the host in."""
        before, self._last = self._last, host
        self._said = _said(host, self._ppm)
        if before is None:
            return
        slept = host.asleep_ns - before.asleep_ns
        self.slept_ns = slept if slept >= SLEEP_NS else 0
        moved = (host.wall_ns - host.steady_ns) - (before.wall_ns - before.steady_ns)
        slack = (host.steady_ns - before.steady_ns) // FASTEST_SLEW + host.gap_ns + before.gap_ns
        self.stepped = abs(moved) > STEP_NS + slack

    def doubt(self) -> None:
        """Let it have no vote, until it meets what the sources agree on."""
        self._doubted = True

    def compare(self, agreed: Interval | None) -> None:
        """Give it its vote back where it meets what the sources agree on without it."""
        if self._doubted and agreed is not None and self._said is not None:
            self._doubted = not meet(self._said, agreed, self._ppm)

    def bound_ns(self, steady_ns: int, wall_ns: int) -> int | None:
        """How far the wall clock can be off that shows `wall_ns` now; None where nobody can tell.

        A clock that has been stepped since the last look is outside of what it said then.
        """
        vote = self.interval
        if vote is None:
            return None
        now = aged(vote, steady_ns, self._ppm)
        offset = wall_ns - steady_ns
        if not now.low <= offset <= now.high:
            return None
        return max(offset - now.low, now.high - offset)


def _said(host: Host, ppm: int) -> Interval | None:
    """Where a host whose clock is synchronised puts UTC minus the steady clock."""
    if host.error_ns is None:
        return None
    error = max(host.error_ns, LEAST_ERROR_NS)
    offset = host.wall_ns - host.steady_ns
    return Interval(offset - error, offset + host.gap_ns + error + drift(host.gap_ns, ppm), host.steady_ns)
