"""When all of several places are inside their hours: arithmetic on stretches of constant offset."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from socketspeak.zones.conversion import DAY, in_calendar
from socketspeak.zones.values import Hours, Meeting, Span

HOUR = 3600
QUARTER = 900  # meetings begin on quarter hours; all offsets that are in force are multiples of them

# Each from an instant to before another, in Unix seconds; in order, and none touches another
Spans = list[tuple[int, int]]


class Stretch(NamedTuple):
    """The time from the instant `start` to before `end`, in Unix seconds, in which an offset is in force."""

    start: int
    end: int
    offset: int


Course = tuple[Stretch, ...]  # one place's stretches, in order, without a break between them


def spans_shown(course: Course, start: int, end: int) -> Spans:
    """When clocks show from `start` to before `end`, both in seconds since 1970 by the wall clock.

    Where clocks go back that may be twice, and where they go forward it may be never.
    """
    return _merged(_shown(course, start, end))


def meet(of_day: Spans, courses: Sequence[Course], hours: Hours) -> Meeting | None:
    """The meeting, within the spans of a day, of places that follow those courses.

    The day has at least one; each course reaches from its beginning to an hour after its end. None where a
    clock would leave the years 1 to 9999.
    """
    if not _is_in_calendar(courses, of_day[0][0], of_day[-1][1] + HOUR):
        return None
    common = of_day
    for course in dict.fromkeys(courses):
        common = _intersection(common, _open(course, hours))
    if common:
        return Meeting(tuple(Span(start, end) for start, end in common))
    return _compromise(of_day, courses, hours)


def _is_in_calendar(courses: Iterable[Course], start: int, end: int) -> bool:
    offsets = {stretch.offset for course in courses for stretch in course}
    return all(in_calendar(instant, offset) for instant in (start, end) for offset in offsets)


def _shown(course: Course, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stretch in course:
        begin = max(stretch.start, start - stretch.offset)
        until = min(stretch.end, end - stretch.offset)
        if begin < until:
            yield begin, until


def _open(course: Course, hours: Hours) -> Spans:
    size = _size(hours)
    first = min(stretch.start + stretch.offset for stretch in course) // DAY - 1
    last = max(stretch.end + stretch.offset for stretch in course) // DAY
    starts = [day * DAY + hours.start for day in range(first, last + 1)]
    return _merged(span for start in starts for span in _shown(course, start, start + size))


def _size(hours: Hours) -> int:
    return (hours.end - hours.start) % DAY or DAY


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The same spans, which do not overlap, in order, and those that touch as one."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _intersection(ours: Spans, theirs: Spans) -> Spans:
    return [
        (max(start, begin), min(end, until))
        for start, end in ours
        for begin, until in theirs
        if begin < end and start < until
    ]


def _compromise(of_day: Spans, courses: Sequence[Course], hours: Hours) -> Meeting:
    """The hour of the day that is least far from the places' hours: by the sum of the squares, so that no
    place pays for all; then with the fewest places outside; then the first."""
    starts = [start for span in of_day for start in _starts(*span)]
    squares, outside = [0] * len(starts), [0] * len(starts)
    for course, places in Counter(courses).items():
        distances = _distances(course, starts, hours)
        squares = [total + places * far * far for total, far in zip(squares, distances, strict=True)]
        outside = [total + places * (far > 0) for total, far in zip(outside, distances, strict=True)]
    *_, best = min(zip(squares, outside, starts, strict=True))
    out = (place for place, course in enumerate(courses) if _distances(course, [best], hours) != [0])
    return Meeting((), Span(best, best + HOUR), tuple(out))


def _starts(start: int, end: int) -> Iterator[int]:
    yield start  # a day may begin between two quarters, and not last to the next
    yield from range(start - start % QUARTER + QUARTER, end, QUARTER)


def _distances(course: Course, starts: list[int], hours: Hours) -> list[int]:
    """How far the hours that begin at each of `starts`, in order, are from a place's hours, in seconds.

    The distance of an hour in which a stretch ends is that of its farther part.
    """
    distances = []
    for number, (start, end, offset) in enumerate(course):
        since_opening = offset - hours.start
        first, changed, last = (bisect_left(starts, at) for at in (start, end - HOUR + 1, end))
        room = _size(hours) - HOUR
        distances += [_distance(at + since_opening, room) for at in starts[first:changed]]
        distances += [_farther(course[number:], at, hours) for at in starts[max(first, changed) : last]]
    return distances


def _farther(course: Course, start: int, hours: Hours) -> int:
    return max(
        _distance(begin + offset - hours.start, _size(hours) - (until - begin))
        for since, end, offset in course
        if (begin := max(start, since)) < (until := min(start + HOUR, end))
    )


def _distance(since_opening: int, room: int) -> int:
    """By how many seconds a time is later or earlier than the nearest hours; 0 where it is inside them.

    It may begin at most `room` seconds after they do, and that is negative where they are shorter than it.
    """
    late = since_opening % DAY - room
    if late <= 0:
        return 0
    early = max(DAY - late - room, late - DAY)
    return min(early, late)
