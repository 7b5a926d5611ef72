"""Reading dates, times of day and hours as people type them.

Each function tells three things apart: what was meant, a Mistake where it has the right form but no calendar
or clock has it, and None where it has not that form at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from socketspeak.language import messages as m
from socketspeak.language.catalog import message
from socketspeak.language.printable import shown
from socketspeak.language.requests import Mistake
from socketspeak.zones.values import Hours

DAY_SECONDS = 86_400
YEARS = range(1, 10_000)

# A year of more than four digits is still seen to be a date, and is told what years there are.
_DATE = re.compile(r"([0-9]{4,9})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_WALL_TIME = re.compile(rf"(?:(?P<date>{_DATE.pattern})[Tt ])?(?P<time>{_TIME.pattern})(?: (?P<rest>.+))?")
_HOURS = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?[-\u2013] ?([0-9]{1,2})(?::([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class WallTime:
    """What clocks on walls show: a time of day, and the date, or None for today's."""

    day: date | None
    time: time

    def on(self, today: date) -> datetime:
        """The local time, naive, where today is that date."""
        return datetime.combine(self.day or today, self.time)


def read_date(text: str) -> date | Mistake | None:
    """A date, YYYY-MM-DD."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if year not in YEARS:
        return Mistake(553, message(m.NO_SUCH_YEAR, date=shown(text)))
    try:
        return date(year, month, day)
    except ValueError:
        return Mistake(553, message(m.NO_SUCH_DATE, date=shown(text)))


def read_time(text: str) -> time | Mistake | None:
    """A time of day, HH:MM or HH:MM:SS; the first of the digits may be left out where it is a nought."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour < 24 and minute < 60 and second < 60:
        return time(hour, minute, second)
    is_leap_second = hour < 24 and minute < 60 and second == 60
    return Mistake(553, message(m.NO_LEAP_SECONDS if is_leap_second else m.NO_SUCH_TIME, time=text))


def read_wall_time(text: str) -> tuple[WallTime | Mistake | None, str]:
    """The time at the beginning of a text, HH:MM[:SS] or YYYY-MM-DD HH:MM[:SS], and what is behind it.

    Between date and time there is a space or a `T`.
    """
    found = _WALL_TIME.fullmatch(text)
    if found is None:
        return None, text
    day = None if found["date"] is None else read_date(found["date"])
    moment = read_time(found["time"])
    rest = found["rest"] or ""
    if isinstance(day, Mistake):
        return day, rest
    return (WallTime(day, moment) if isinstance(moment, time) else moment), rest


def read_hours(text: str) -> Hours | Mistake | None:
    """Hours of a day, 09:00-17:00 or 9-17; the end may be 24:00, which is midnight."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    hour, minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
    start, end = hour * 3600 + minute * 60, end_hour * 3600 + end_minute * 60
    if start >= DAY_SECONDS or minute >= 60:
        return Mistake(553, message(m.NO_SUCH_TIME, time=f"{hour:02d}:{minute:02d}"))
    if end > DAY_SECONDS or end_minute >= 60:
        return Mistake(553, message(m.NO_SUCH_TIME, time=f"{end_hour:02d}:{end_minute:02d}"))
    return Hours(start, end)
