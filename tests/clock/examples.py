"""Samples and looks at the host, made by hand for the examples."""

from __future__ import annotations

from socketspeak.clock.interval import Sample
from socketspeak.clock.values import Host

S = 1_000_000_000
MS = 1_000_000
UTC = 1_795_457_045 * S  # what the sources' clocks show at the steady instant 0


def taken(sent: int, received: int, *, after: int | None = None, quantum: int = 1000, off: int = 0) -> Sample:
    """The sample of a clock that is `off` and was read `after` the sending."""
    read = (sent + received) // 2 if after is None else sent + after
    return Sample((UTC + off + read) // quantum * quantum, quantum, sent, received)


def off_by(seconds: float, at: int, *, error: int | None = None, asleep: int = 0) -> Host:
    """A look at a host whose clock is so many seconds ahead, at a steady instant."""
    return Host(at, UTC + at + round(seconds * S), error, asleep)
