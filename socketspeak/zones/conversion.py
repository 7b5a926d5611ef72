"""From local times to instants, over gaps and folds, in whole seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from socketspeak.zones.values import LocalTime, Rule

DAY = 86_400
FIRST_INSTANT, LAST_INSTANT = -62_135_596_800, 253_402_300_799  # of the years 1 to 9999, in Unix seconds

_EPOCH = datetime(1970, 1, 1)


def in_calendar(unix_seconds: int, offset: int = 0) -> bool:
    """Whether an instant is in the years 1 to 9999, both in UTC and at an offset (seconds east of UTC)."""
    return all(FIRST_INSTANT <= seconds <= LAST_INSTANT for seconds in (unix_seconds, unix_seconds + offset))


def local_seconds(when: datetime) -> int:
    """The seconds from 1970-01-01T00:00:00 to a naive local time; a fraction of a second is dropped."""
    return (when - _EPOCH) // timedelta(seconds=1)


def local_time(local: int, rules: Sequence[Rule]) -> LocalTime:
    """What a local time means, as seconds since 1970 by the wall clock.

    `rules` are those that its place follows, in order, through the day before and the day after: all offsets
    are less than a day. In a gap the offset before it counts, as RFC 5545 (3.3.5) says: that moves the time
    forward by the gap's length.
    """
    # A rule that shows the local time shows it once; the rules are in order, so are its occurrences
    showing = [rule for rule in rules if rule.covers(local - rule.offset)]
    if showing:
        first = showing[0]
        return LocalTime(local - first.offset, first, second=showing[1] if len(showing) > 1 else None)
    instant = next(local - before.offset for before, after in pairwise(rules) if _skips(before, after, local))
    return LocalTime(instant, next(rule for rule in rules if rule.covers(instant)), gap=True)


def _skips(before: Rule, after: Rule, local: int) -> bool:
    at = before.valid_until
    return at is not None and at + before.offset <= local < at + after.offset
