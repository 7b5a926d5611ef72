"""When people in several places can meet, by example; test_minutes.py has every minute of the day."""

from __future__ import annotations

from datetime import date

import pytest

from socketspeak.zones.timetable import Timetable
from socketspeak.zones.values import Hours, Meeting, Place, Span
from tests.zones.installed import ENGINE
from tests.zones.standard import EPOCH, SECOND

TIMETABLE = Timetable(ENGINE)
HOUR, DAY = 3600, 86_400
OFFICE, WHOLE_DAY = Hours(9 * HOUR, 17 * HOUR), Hours(0, 0)


def meet(zones: str, day: str, hours: Hours = OFFICE) -> Meeting | None:
    places = [
        Place("", "", offset=int(zone) * HOUR) if zone[0] in "+-" else Place(zone, zone)
        for zone in zones.split()
    ]
    return TIMETABLE.meeting(places, date.fromisoformat(day), hours)


def spans(meeting: Meeting | None) -> list[str]:
    assert meeting is not None
    assert (meeting.compromise, meeting.out) == (None, ())
    return list(map(written, meeting.spans))


def written(span: Span | None) -> str:
    assert span is not None
    return " to ".join((EPOCH + at * SECOND).strftime("%m-%dT%H:%M") for at in (span.start, span.end))


@pytest.mark.parametrize(
    ("zones", "day", "hours", "expected"),
    [
        pytest.param(
            "Europe/Lisbon America/Sao_Paulo",
            "2026-11-23",
            OFFICE,
            ["11-23T12:00 to 11-23T17:00"],
            id="ordinary",
        ),
        pytest.param(
            "Pacific/Kiritimati Pacific/Honolulu",
            "2026-11-23",
            OFFICE,
            ["11-22T19:00 to 11-23T03:00"],
            id="one clock face, two dates",
        ),
        pytest.param(
            "Etc/UTC",
            "2026-11-23",
            Hours(22 * HOUR, 6 * HOUR),
            ["11-23T00:00 to 11-23T06:00", "11-23T22:00 to 11-24T00:00"],
            id="hours over midnight",
        ),
        pytest.param(
            "Etc/UTC", "2026-11-23", Hours(9 * HOUR, DAY), ["11-23T09:00 to 11-24T00:00"], id="to midnight"
        ),
        pytest.param(
            "Europe/Lisbon", "2027-03-28", WHOLE_DAY, ["03-28T00:00 to 03-28T23:00"], id="a day of 23 hours"
        ),
        pytest.param(
            "Europe/Lisbon", "2026-10-25", WHOLE_DAY, ["10-24T23:00 to 10-26T00:00"], id="a day of 25 hours"
        ),
        pytest.param(
            "Europe/Lisbon",
            "2026-10-25",
            Hours(1 * HOUR, 1 * HOUR + 1800),
            ["10-25T00:00 to 10-25T00:30", "10-25T01:00 to 10-25T01:30"],
            id="a half hour that occurs twice",
        ),
        pytest.param(
            "Europe/Lisbon",
            "2026-10-25",
            Hours(1 * HOUR, 2 * HOUR),
            ["10-25T00:00 to 10-25T02:00"],
            id="an hour that occurs twice and joins up",
        ),
        pytest.param(
            "America/St_Johns",
            "2010-11-06",
            WHOLE_DAY,
            ["11-06T02:30 to 11-07T02:30", "11-07T02:31 to 11-07T03:30"],
            id="a day with a minute of the next in it",
        ),
        pytest.param(
            "America/Vancouver",
            "2026-11-01",
            WHOLE_DAY,
            ["11-01T07:00 to 11-02T07:00"],
            id="a new abbreviation at two in the morning",
        ),
        pytest.param(
            "Pacific/Apia", "2011-12-31", OFFICE, ["12-30T19:00 to 12-31T03:00"], id="after a skipped day"
        ),
        pytest.param(
            "Pacific/Auckland Pacific/Apia",
            "2011-12-30",
            Hours(0, 12 * HOUR),
            ["12-29T11:00 to 12-29T22:00"],
            id="the other's clock will skip this day",
        ),
        pytest.param("+05 +05 +04", "2026-11-23", OFFICE, ["11-23T05:00 to 11-23T12:00"], id="mere offsets"),
    ],
)
def test_people_can_meet_while_all_are_inside_their_hours(
    zones: str, day: str, hours: Hours, expected: list[str]
) -> None:
    assert spans(meet(zones, day, hours)) == expected


@pytest.mark.parametrize(
    ("zones", "day"),
    [
        ("Pacific/Apia Etc/UTC", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Etc/UTC", "9999-12-31"),
        ("Asia/Tokyo", "0001-01-01"),
        ("Etc/UTC America/Sao_Paulo", "0001-01-01"),
        ("+00 +23", "9999-12-30"),  # where the last hour of the day would end in the year 10000
    ],
)
def test_on_a_day_that_clocks_do_not_show_nobody_meets(zones: str, day: str) -> None:
    assert meet(zones, day) is None


@pytest.mark.parametrize("day", ["0001-01-02", "9999-12-30"])
def test_within_a_day_of_the_calendars_ends_people_meet(day: str) -> None:
    assert spans(meet("Asia/Tokyo Asia/Tokyo", day))


@pytest.mark.parametrize(
    ("zones", "hours", "compromise", "out"),
    [
        pytest.param(
            "America/Sao_Paulo Asia/Tokyo",
            OFFICE,
            "11-23T09:30 to 11-23T10:30",
            (0, 1),
            id="in the middle, the earlier of two",
        ),
        pytest.param(
            "America/Sao_Paulo America/Sao_Paulo Asia/Tokyo",
            OFFICE,
            "11-23T10:15 to 11-23T11:15",
            (0, 1, 2),
            id="nearer to the many",
        ),
        pytest.param(
            "+00 +09 +03 Europe/London", OFFICE, "11-23T08:15 to 11-23T09:15", (0, 1, 3), id="some are inside"
        ),
        pytest.param(
            "+00 -05 +08 -07",
            Hours(9 * HOUR, 10 * HOUR),
            "11-23T16:00 to 11-23T17:00",  # at 10:00 the sum is the same, and all are out
            (0, 1, 2),
            id="as bad, for fewer",
        ),
        pytest.param(
            "+00 +03",
            Hours(9 * HOUR, 9 * HOUR + 1800),
            "11-23T07:15 to 11-23T08:15",
            (0, 1),
            id="short hours",
        ),
    ],
)
def test_where_nobody_can_meet_the_compromise_is_the_least_bad_hour(
    zones: str, hours: Hours, compromise: str, out: tuple[int, ...]
) -> None:
    meeting = meet(zones, "2026-11-23", hours)
    assert meeting is not None
    assert (meeting.spans, written(meeting.compromise), meeting.out) == ((), compromise, out)


def test_a_compromise_may_begin_with_a_day_that_does_not_begin_on_a_quarter_hour() -> None:
    late_riser, crowd = Place("", "", offset=2670), Place("", "", offset=2670 + 9 * HOUR)
    meeting = TIMETABLE.meeting([late_riser, *[crowd] * 100], date(2026, 11, 23), Hours(9 * HOUR, 10 * HOUR))
    midnight = (date(2026, 11, 23) - EPOCH.date()).days * DAY - 2670
    assert meeting == Meeting((), Span(midnight, midnight + HOUR), (0,))
