"""The small frozen things that the zones' room gives out: rules, places and what a look-up found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EMBEDDED = "embedded"  # the source of every rule that comes from the tz database at hand


@dataclass(frozen=True, slots=True)
class Rule:
    """What the clocks of a zone show between two instants.

    `offset` is in seconds east of UTC. `valid_from` and `valid_until` are Unix seconds, the first that the
    rule covers and the first that it does not; None means that no such end is known.
    """

    zone: str
    offset: int
    abbreviation: str
    dst: bool
    valid_from: int | None = None
    valid_until: int | None = None
    source: str = EMBEDDED

    def covers(self, unix_seconds: int) -> bool:
        """Whether the rule is known to hold at that instant."""
        return (self.valid_from is None or self.valid_from <= unix_seconds) and (
            self.valid_until is None or unix_seconds < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that has a clock.

    `zone` is the IANA name that is shown (or, for a bare offset, `UTC+05:30`), `name` what people call the
    place, `country` its ISO 3166 code, `asked` the link that was named where it is shown under another name.
    A place that is an offset and no zone has its `offset`, in seconds east of UTC, and the `abbreviation`
    that was typed for it, if it was one.
    """

    zone: str
    name: str
    country: str | None = None
    asked: str | None = None
    offset: int | None = None
    abbreviation: str | None = None

    @property
    def fixed_rule(self) -> Rule | None:
        """The rule of a place that is a mere offset, which holds for ever; None for a place with a zone."""
        if self.offset is None:
            return None
        return Rule(self.zone, self.offset, self.abbreviation or _figures(self.offset), dst=False)


def _figures(offset: int) -> str:
    """The abbreviation of an offset, in seconds east of UTC, as the database writes it: `-03`, `+0530`."""
    sign, minutes = "-" if offset < 0 else "+", abs(offset) // 60
    return f"{sign}{minutes // 60:02d}" + (f"{minutes % 60:02d}" if minutes % 60 else "")


Kind = Literal["gap", "fold", "rule"]


def kind_of_change(before: int, after: int) -> Kind:
    """`gap` where clocks go forward, `fold` where they go back, `rule` where the offset stays."""
    if before == after:
        return "rule"
    return "gap" if before < after else "fold"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of a zone's rule. `at` is in Unix seconds, the first second of the rule `after`."""

    at: int
    before: Rule
    after: Rule

    @property
    def kind(self) -> Kind:
        """What happens to the clocks."""
        return kind_of_change(self.before.offset, self.after.offset)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What a local time means: the instant, in Unix seconds, and the rule in force at it.

    With `gap` the local time does not exist, and the instant is the one that RFC 5545 takes for it: moved
    forward by the gap's length. A local time that occurs twice is its first occurrence, and `second` is the
    rule of the other, which is `rule.offset - second.offset` seconds later.
    """

    unix_seconds: int
    rule: Rule
    gap: bool = False
    second: Rule | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day, from the `start` to before the `end`, in seconds since midnight by the wall clock.

    Where the end is not after the start, the hours go on after midnight.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """The time from the instant `start` to before the instant `end`, in Unix seconds."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """When all of several places are inside their hours on a day: `spans`, in order.

    Where there is none, `compromise` is the hour that is least bad, and `out` the places, by their index,
    that are not inside their hours all through it.
    """

    spans: tuple[Span, ...]
    compromise: Span | None = None
    out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """The first part of zone names (`Africa`), with the number of zones that it holds."""

    name: str
    zones: int


@dataclass(frozen=True, slots=True)
class Found:
    """One clear reading of what was typed."""

    place: Place


@dataclass(frozen=True, slots=True)
class Several:
    """What was typed names several places whose clocks differ, best first."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What was typed names nothing; `near` holds up to five spellings that do."""

    text: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """What was typed could be understood if the optional `extra` of the package were installed."""

    text: str
    extra: str
