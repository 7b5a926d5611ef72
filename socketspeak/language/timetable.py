"""What a conversation needs to reckon with local times: the shape of the timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from socketspeak.zones.values import Hours, LocalTime, Meeting, Place, Rule, Transition


class Timetable(Protocol):
    """Reckons with the local times of places. All methods are pure, and quick enough for the reactor."""

    def rule(self, place: Place, unix_seconds: int) -> Rule:
        """The rule of the place's clocks at an instant."""

    def local_time(self, place: Place, when: datetime) -> LocalTime | None:
        """What a naive local time means there; None outside of the years 1 to 9999."""

    def transitions(self, place: Place, start: int, count: int) -> tuple[Transition, ...]:
        """The next `count` transitions from the instant `start` on, in Unix seconds; fewer if there are."""

    def meeting(self, places: Sequence[Place], day: date, hours: Hours) -> Meeting | None:
        """When all are inside the hours on the first place's day; None where it has no such day."""
