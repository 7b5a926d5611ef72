"""The small frozen things that the clock's room gives out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How sure the clock is, from the best to the least."""

    SYNCED = "synced"
    SINGLE = "single"
    FREE_RUNNING = "free-running"
    DISAGREE = "disagree"
    DISRUPTED = "disrupted"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the agreed clock.

    `unix_ns` is in nanoseconds since 1970 UTC; true time lies within `bound_ns` nanoseconds of it on either
    side, None where no bound can be given.
    """

    unix_ns: int
    bound_ns: int | None
    state: State
