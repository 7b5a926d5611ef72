"""The small frozen things that the zones' room gives out: rules, places and what a look-up found."""

from __future__ import annotations

from dataclasses import dataclass

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
    A place that is an offset and no zone has its `offset`, in seconds east of UTC.
    """

    zone: str
    name: str
    country: str | None = None
    asked: str | None = None
    offset: int | None = None


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
