"""What clocks show at a place, when that changes, what a local time means, and when people can meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice

from socketspeak.zones.conversion import DAY, in_calendar, local_seconds, local_time
from socketspeak.zones.engine import LAST_SECOND, Engine
from socketspeak.zones.meetings import HOUR, Course, Stretch, meet, spans_shown
from socketspeak.zones.values import Hours, LocalTime, Meeting, Place, Rule, Transition

_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Timetable:
    """The reckoning of local time over the zones of an engine, and over places that are a mere offset.

    Instants are Unix seconds. All methods are pure; they raise `KeyError` for a zone that the engine does not
    have, spelled as in the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rule(self, place: Place, unix_seconds: int) -> Rule:
        """The rule that a place's clocks follow at an instant."""
        return place.fixed_rule or self._engine.rule(place.zone, unix_seconds)

    def transitions(self, place: Place, start: int, count: int) -> tuple[Transition, ...]:
        """The next `count` changes of a place's rule, from the instant `start` on, it included.

        They are fewer where the database knows of no more, and none for an offset.
        """
        if place.offset is not None:
            return ()
        return tuple(islice(self._engine.transitions(place.zone, start, LAST_SECOND), count))

    def local_time(self, place: Place, when: datetime) -> LocalTime | None:
        """What a local time at a place means; `when` is naive, and a fraction of a second is dropped.

        None where the instant, or the local time past a gap, is not in the years 1 to 9999.
        """
        local = local_seconds(when)
        found = local_time(local, self._rules(place, local - DAY, local + DAY + 1))
        return found if in_calendar(found.unix_seconds, found.rule.offset) else None

    def meeting(self, places: Sequence[Place], day: date, hours: Hours) -> Meeting | None:
        """When all the places, of which there is at least one, are inside the hours on a day of the first.

        That day is the time in which the first place's clocks show that date, usually 24 hours. Where no
        second of it suits all, the compromise is the 60 minutes, beginning in it, whose distances from each
        place's hours have the least sum of squares. None where the clocks skipped that date, or where one
        would leave the years 1 to 9999.
        """
        midnight = (day.toordinal() - _EPOCH_DAY) * DAY
        around = self._course(places[0], midnight - DAY, midnight + 2 * DAY)
        of_day = spans_shown(around, midnight, midnight + DAY)
        if not of_day:
            return None
        start, end = of_day[0][0], of_day[-1][1] + HOUR
        return meet(of_day, [self._course(place, start, end) for place in places], hours)

    def _rules(self, place: Place, start: int, end: int) -> tuple[Rule, ...]:
        fixed = place.fixed_rule
        if fixed is not None:
            return (fixed,)
        return tuple(self._engine.rules(place.zone, start, end))

    def _course(self, place: Place, start: int, end: int) -> Course:
        return tuple(
            Stretch(
                start if rule.valid_from is None else max(start, rule.valid_from),
                end if rule.valid_until is None else min(end, rule.valid_until),
                rule.offset,
            )
            for rule in self._rules(place, start, end)
        )
