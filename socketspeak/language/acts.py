"""What a conversation wants done: the values that cross the border to the transport, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from socketspeak.clock.values import Reading
from socketspeak.language.replies import Reply
from socketspeak.language.voice import Voice
from socketspeak.zones.values import Rule


@dataclass(frozen=True, slots=True)
class Say:
    """Say this reply in this voice."""

    reply: Reply
    voice: Voice


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask what the clocks of these zones show.

    `wait`: sources may be waited for; else what is in memory is enough. `keep`: the reply to this very line
    may be given to it again, from memory, within the same second.
    """

    ticket: int
    zones: tuple[str, ...]
    wait: bool
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Ask how the server is."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Part:
    """Close, after what was said has been sent."""

    why: str


Act = Say | Ask | Report | Part


@dataclass(frozen=True, slots=True)
class Told:
    """A zone's rule as it stands, and the seconds since a stale one was fetched."""

    rule: Rule
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an Ask brought: one reading of the clock, and the rule of each zone at that instant."""

    reading: Reading
    told: Mapping[str, Told]
