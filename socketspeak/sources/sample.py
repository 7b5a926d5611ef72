"""What a source's answer becomes: a sample of its clock and rule, or a fault, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from socketspeak.clock.interval import Sample

SameZone = Callable[[str, str], bool]  # whether two names, in any case, are one zone (links resolved)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question put to a source, and how its answer came.

    `sent_ns` and `received_ns` are instants of the steady clock, in nanoseconds: just before the request was
    written, and when the whole body was there. `cacheable` is set where the answer came out of a cache.
    """

    source: str
    asked: str
    sent_ns: int
    received_ns: int
    cacheable: bool = False
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneSample:
    """One reading of a source's clock, and of its rule for a zone.

    The source's clock showed [`stamp_ns`, `stamp_ns` + `quantum_ns`), in nanoseconds since 1970 UTC; where
    `cacheable` is set the stamp is only a lower bound. Offsets are seconds east of UTC. `valid_from` and
    `valid_until` are Unix seconds; None means not known, never "for ever".
    """

    source: str
    asked: str
    zone: str
    stamp_ns: int
    quantum_ns: int
    sent_ns: int
    received_ns: int
    cacheable: bool
    offset: int
    abbreviation: str | None = None
    dst: bool | None = None
    raw_offset: int | None = None
    dst_offset: int | None = None
    valid_from: int | None = None
    valid_until: int | None = None

    def reading(self) -> Sample:
        """What the sample says about the time, for the clock's room."""
        return Sample(self.stamp_ns, self.quantum_ns, self.sent_ns, self.received_ns, self.cacheable)


class FaultKind(StrEnum):
    """What went wrong with a source, in the order in which it can."""

    RESTING = "resting"  # it failed lately, and was not asked
    NAME = "name"  # its host's name does not resolve
    CONNECTION = "connection"  # refused, lost, or not HTTP
    TLS = "tls"
    DEADLINE = "deadline"
    ABANDONED = "abandoned"  # nobody waited for it any more
    STATUS = "status"
    UNKNOWN_ZONE = "unknown-zone"  # 404: alive, but it does not know the place
    REDIRECT = "redirect"
    ENCODING = "encoding"
    SIZE = "size"
    ANSWER = "answer"  # it came, and cannot be believed
    INTERNAL = "internal"  # our own bug, in the log


@dataclass(frozen=True, slots=True)
class Fault:
    """A question that brought no sample, and why: the reason is one line, safe to show.

    `retry_after` is for how many seconds the source wants to be left alone, where it says so.
    """

    kind: FaultKind
    reason: str
    retry_after: float | None = None


Outcome = ZoneSample | Fault
