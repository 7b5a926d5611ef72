"""The small frozen things that the clock's room takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOST = "embedded"  # the name under which the host's clock votes: it belongs to the source of that name


class State(StrEnum):
    """How sure the clock is, from the best to the least."""

    SYNCED = "synced"  # two or more voters, and a majority of them agrees
    SINGLE = "single"  # one source alone has said what the time is
    FREE_RUNNING = "free-running"  # those who agreed have not been heard for an hour; the bound grows
    DISAGREE = "disagree"  # no majority: trust decides, and no bound is given
    DISRUPTED = "disrupted"  # the machine slept, and no source has answered since: the host's clock
    LOCAL = "local"  # no source has answered yet: the host's clock


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the agreed clock.

    `unix_ns` is in nanoseconds since 1970 UTC; true time lies within `bound_ns` nanoseconds of it on either
    side, None where no bound can be given.
    """

    unix_ns: int
    bound_ns: int | None
    state: State


@dataclass(frozen=True, slots=True)
class Host:
    """One look at the clocks of the host, all in nanoseconds.

    The wall clock showed `wall_ns` since 1970 UTC at an instant of the steady clock within `gap_ns` before
    `steady_ns`, which is now. `error_ns` is how far it can be off by what the kernel says, None where the
    kernel does not call it synchronised. `asleep_ns` is how long the machine has slept since some instant
    that stays the same; the steady clock stands still meanwhile.
    """

    steady_ns: int
    wall_ns: int
    error_ns: int | None = None
    asleep_ns: int = 0
    gap_ns: int = 0


@dataclass(frozen=True, slots=True)
class Voter:
    """What one clock says beside the agreed one.

    `offset_ns` is how far the middle of its interval is ahead of the time that is shown, `bound_ns` the half
    of the interval's width, None where it has none. `agrees` is None where it has no vote.
    """

    name: str
    offset_ns: int
    bound_ns: int | None
    agrees: bool | None
