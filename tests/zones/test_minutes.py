"""Meetings against every minute of the day, by the wall clocks of the standard library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from socketspeak.zones.meetings import Course, Stretch, meet
from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import Hours, Meeting, Place, Span
from tests.zones import standard
from tests.zones.installed import DATABASE, ENGINE
from tests.zones.standard import EPOCH

TIMETABLE = Timetable(ENGINE)
DAYS = settings(max_examples=50)  # each of them is thousands of minutes in several zones
HOUR, DAY = 3600, 86_400
CHANGES = [
    (change.before.zone, EPOCH.date() + timedelta(seconds=change.at))
    for zone in DATABASE.names
    for change in ENGINE.transitions(zone, -2_208_988_800, 4_102_444_800)  # 1900 to 2100
]
ZONES = st.sampled_from(DATABASE.names)
MINUTES = st.integers(0, 1439).map(lambda minute: minute * 60)
HOURS = st.builds(Hours, MINUTES, MINUTES)
Offsets = Callable[[int], int]  # from an instant to the offset in force, both in seconds
DATES = st.dates(date(1900, 1, 3), date(2099, 12, 28))


@st.composite
def occasions(draw: st.DrawFn, first: int = 1900) -> tuple[list[str], date]:
    """Some zones and a day, often one on which a zone's clocks are changed, or the day before or after."""
    zones = draw(st.lists(ZONES, min_size=1, max_size=4))
    if draw(st.booleans()):
        zone, day = draw(st.sampled_from([change for change in CHANGES if change[1].year >= first]))
        zones.insert(draw(st.integers(0, len(zones))), zone)
        return zones, day + timedelta(days=draw(st.integers(-1, 1)))
    return zones, draw(DATES.filter(lambda day: day.year >= first))


def wall(zone: str, instant: int) -> datetime:
    return standard.shown(zone, instant)[2]


def inside(second: int, hours: Hours) -> bool:
    if hours.start < hours.end:
        return hours.start <= second < hours.end
    return second >= hours.start or second < hours.end


def second_of_day(when: datetime) -> int:
    return when.hour * HOUR + when.minute * 60 + when.second


def can_meet(zones: Sequence[str], day: date, hours: Hours, instant: int) -> bool:
    return wall(zones[0], instant).date() == day and all(
        inside(second_of_day(wall(zone, instant)), hours) for zone in zones
    )


@DAYS
@given(occasions(), HOURS)
def test_at_every_minute_and_edge_people_meet_if_and_only_if_all_are_inside_their_hours(
    occasion: tuple[list[str], date], hours: Hours
) -> None:
    zones, day = occasion
    midnight = (day - EPOCH.date()).days * DAY
    minutes = range(midnight - 16 * HOUR, midnight + 40 * HOUR, 60)
    meeting = TIMETABLE.meeting([Place(zone, zone) for zone in zones], day, hours)
    if meeting is None:
        assert day not in {wall(zones[0], minute).date() for minute in minutes}
        return
    edges = [at + step for span in meeting.spans for at in (span.start, span.end) for step in (-1, 0)]
    for instant in (*minutes, *edges):
        met = any(span.start <= instant < span.end for span in meeting.spans)
        assert met is can_meet(zones, day, hours, instant), (instant, meeting)
    assert all(span.start < span.end for span in meeting.spans)
    assert all(a.end < b.start for a, b in zip(meeting.spans, meeting.spans[1:], strict=False))
    assert (meeting.compromise is None) is bool(meeting.spans)


# --- The least bad hour -------------------------------------------------------------------------------------


@cache
def starts_inside(hours: Hours, minutes: int) -> list[int]:
    """The minutes of the day from which that many are inside the hours."""
    held = [inside(minute * 60, hours) for minute in range(1440)]
    return [at for at in range(1440) if all(held[(at + more) % 1440] for more in range(minutes))]


@cache
def minutes_off(hours: Hours, minute: int, minutes: int) -> int:
    """How far a time of so many minutes must be moved to be inside the hours.

    If it is longer than they are: how far it reaches out of the nearest hours.
    """
    ahead = [(minute - start) % 1440 for start in starts_inside(hours, minutes)]
    if ahead:
        return min(min(steps, 1440 - steps) for steps in ahead)
    opens, size = hours.start // 60, (hours.end - hours.start) // 60 % 1440
    return min(max(at - minute, minute + minutes - at - size) for at in (opens - 1440, opens, opens + 1440))


def hour_off(offsets: Offsets, start: int, hours: Hours) -> int:
    """How far off the farthest of the parts of an hour is between which clocks are changed, in minutes."""
    parts = [(offset, len(list(part))) for offset, part in groupby(range(start, start + HOUR, 60), offsets)]
    farthest, at = 0, start
    for offset, minutes in parts:
        farthest = max(farthest, minutes_off(hours, (at + offset) // 60 % 1440, minutes))
        at += minutes * 60
    return farthest


def least_bad(places: Sequence[Offsets], starts: Iterable[int], hours: Hours) -> Meeting:
    """The compromise that begins at one of these instants."""
    cost = {start: [hour_off(offsets, start, hours) for offsets in places] for start in starts}
    best = min(cost, key=lambda at: (sum(off * off for off in cost[at]), sum(map(bool, cost[at])), at))
    return Meeting((), Span(best, best + HOUR), tuple(i for i, off in enumerate(cost[best]) if off))


def quarters(zone: str, day: date) -> Iterator[int]:
    """The quarter hours and the first minutes of a day, which may be in two parts."""
    midnight = (day - EPOCH.date()).days * DAY
    for minute in range(midnight - 16 * HOUR, midnight + 40 * HOUR, 60):
        begins = wall(zone, minute - 60).date() != day
        if (begins or minute % 900 == 0) and wall(zone, minute).date() == day:
            yield minute


@DAYS
@given(occasions(first=1973), MINUTES, st.integers(1, 300) | st.integers(1, 1439))
def test_no_quarter_hour_of_the_day_is_a_better_compromise(
    occasion: tuple[list[str], date], opens: int, minutes: int
) -> None:
    zones, day = occasion
    hours = Hours(opens, (opens + minutes * 60) % DAY)
    meeting = TIMETABLE.meeting([Place(zone, zone) for zone in zones], day, hours)
    if meeting is not None and not meeting.spans:
        places = [lambda at, zone=zone: standard.shown(zone, at)[0] for zone in zones]
        assert meeting == least_bad(places, quarters(zones[0], day), hours)


COURSES = st.builds(
    lambda ends, offsets: tuple(
        Stretch(start, end, offset)
        for (start, end), offset in zip(pairwise([0, *sorted(ends), DAY + HOUR]), offsets, strict=False)
    ),
    st.sets(st.integers(1, 1499).map(lambda minute: minute * 60), max_size=3),
    st.lists(st.integers(-26, 26).map(lambda half: half * 1800), min_size=4, max_size=4),
)


@given(st.lists(COURSES, min_size=1, max_size=3), MINUTES, st.integers(1, 200))
def test_a_compromise_may_lie_on_any_changes_of_the_clocks(
    courses: list[Course], opens: int, minutes: int
) -> None:
    hours = Hours(opens, (opens + minutes * 60) % DAY)
    meeting = meet([(0, DAY)], courses, hours)
    if meeting is not None and not meeting.spans:
        places = [
            lambda at, course=course: next(part.offset for part in course if at < part.end)
            for course in courses
        ]
        assert meeting == least_bad(places, range(0, DAY, 900), hours)
