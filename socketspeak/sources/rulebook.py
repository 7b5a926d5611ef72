"""The rule book: the rules of zones as sources gave them, and where they contradict the tz database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from socketspeak.sources.sample import ZoneSample
from socketspeak.zones.values import Rule

SECOND_NS = 1_000_000_000
FRESH_NS = 3600 * SECOND_NS  # one question an hour and zone: rules change a few times a year
SPREAD = 0.05  # of that, by which a refresh comes later, so that zones fetched together part ways
STALE_NS = 24 * FRESH_NS  # a rule is announced months ahead, mostly; a day bounds the worst
UNFIT_REST_NS = (
    10 * SECOND_NS
)  # a rule that does not hold now, though just fetched, is not fetched at each answer

_ABBREVIATION = re.compile(r"[A-Za-z0-9+-]{2,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standing:
    """A zone's rule as it stands; `age` is the seconds since it was fetched where it is no longer fresh."""

    rule: Rule
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A zone whose offset, in seconds east of UTC, is another by a source than by the tz database at hand."""

    zone: str
    source: str
    offset: int
    embedded_offset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of a zone: the rule that a source gave, and since when on the steady clock.

    `due_ns` is when it is fetched anew, if somebody asks then.
    """

    rule: Rule
    fetched_ns: int
    due_ns: int
    disagreement: Disagreement | None


class RuleBook:
    """Remembers at most one rule a zone; the zones are the database's, so that it cannot grow without end.

    `trust` is `embedded` or `source`: whose offset is answered where the two differ. Instants are Unix
    seconds, or nanoseconds of the steady clock where their name says so.
    """

    def __init__(self, trust: str = "embedded") -> None:
        """Start empty; raises ValueError where `trust` is neither `embedded` nor `source`."""
        self._entries: dict[str, Entry] = {}
        self._trust_source = False
        self.trust(trust)

    def trust(self, trust: str) -> None:
        """Say from now on whose offset is answered, as at the start; raises ValueError."""
        if trust not in {"embedded", "source"}:
            raise ValueError(f"trust {trust!r}; allowed are embedded, source")
        self._trust_source = trust == "source"

    def forget(self, differs: Callable[[str], bool]) -> None:
        """Forget the zones of which the database says something else than before."""
        self._entries = {zone: entry for zone, entry in self._entries.items() if not differs(zone)}

    def remember(self, sample: ZoneSample, embedded: Rule, jitter: float = 0.0) -> Disagreement | None:
        """Keep a sample's rule; `embedded` is the database's at the sample's instant.

        With a `jitter` from 0 to 1 it is fetched anew up to three minutes later than in an hour. Returns the
        disagreement between the two where there is one and it is news.
        """
        before = self._entries.get(sample.asked)
        disagreement = None
        if sample.offset != embedded.offset:
            disagreement = Disagreement(sample.asked, sample.source, sample.offset, embedded.offset)
        rule = _merged(sample, embedded)
        due_ns = sample.received_ns + round(FRESH_NS * (1 + SPREAD * jitter))
        self._entries[sample.asked] = Entry(rule, sample.received_ns, due_ns, disagreement)
        return None if before is not None and before.disagreement == disagreement else disagreement

    def entries(self) -> tuple[Entry, ...]:
        """All that is remembered, by name."""
        return tuple(entry for _, entry in sorted(self._entries.items()))

    def grow_older(self, by_ns: int, until_ns: int) -> None:
        """Make older what was fetched up to `until_ns`: so much time has passed that the steady clock missed.

        Where `by_ns` is negative it gets younger, but not younger than from `until_ns`.
        """
        for zone, entry in self._entries.items():
            if entry.fetched_ns <= until_ns:
                fetched_ns = min(entry.fetched_ns - by_ns, until_ns)
                due_ns = entry.due_ns + fetched_ns - entry.fetched_ns
                self._entries[zone] = replace(entry, fetched_ns=fetched_ns, due_ns=due_ns)

    def look(self, zone: str, low: int, high: int, steady_ns: int) -> Standing | None:
        """The rule of a zone, for an instant that lies between `low` and `high`.

        None where none is remembered, it is older than a day, it is not known to hold at both ends, or the
        database is trusted more: then the database's rule is the answer.
        """
        entry = self._entries.get(zone)
        if entry is None or (entry.disagreement is not None and not self._trust_source):
            return None
        age_ns = steady_ns - entry.fetched_ns
        if age_ns >= STALE_NS or not (entry.rule.covers(low) and entry.rule.covers(high)):
            return None
        return Standing(entry.rule, None if age_ns < FRESH_NS else age_ns // SECOND_NS)

    def holds(self, zone: str, now: int, steady_ns: int) -> bool:
        """Whether what is remembered settles the answer now, be it that the database is trusted more."""
        entry = self._entries.get(zone)
        return entry is not None and steady_ns - entry.fetched_ns < STALE_NS and entry.rule.covers(now)

    def due(self, zone: str, now: int, steady_ns: int) -> bool:
        """Whether to ask for the zone: nothing is remembered, or what is is an hour old, or does not hold."""
        entry = self._entries.get(zone)
        if entry is None:
            return True
        return steady_ns >= (entry.due_ns if entry.rule.covers(now) else entry.fetched_ns + UNFIT_REST_NS)

    def disagreements(self, steady_ns: int) -> tuple[Disagreement, ...]:
        """The zones in which a source contradicts the database, by name, as far as it did so within a day."""
        entries = (
            entry for _, entry in sorted(self._entries.items()) if steady_ns - entry.fetched_ns < STALE_NS
        )
        return tuple(entry.disagreement for entry in entries if entry.disagreement is not None)


def _merged(sample: ZoneSample, embedded: Rule) -> Rule:
    """The source's rule, completed from the database's, and ending where the first of them does."""
    abbreviation = sample.abbreviation
    if abbreviation is None or not _ABBREVIATION.fullmatch(abbreviation):
        abbreviation = embedded.abbreviation
    starts = [at for at in (sample.valid_from, embedded.valid_from) if at is not None]
    ends = [at for at in (sample.valid_until, embedded.valid_until) if at is not None]
    return Rule(
        zone=sample.asked,
        offset=sample.offset,
        abbreviation=abbreviation,
        dst=embedded.dst if sample.dst is None else sample.dst,
        valid_from=max(starts, default=None),
        valid_until=min(ends, default=None),
        source=sample.source,
    )
