"""Reading dates, times of day and hours."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.language.dates import WallTime, read_date, read_hours, read_time, read_wall_time
from socketspeak.language.requests import Mistake
from socketspeak.zones.values import Hours


@given(st.datetimes())
def test_every_local_time_of_the_calendar_is_read_in_each_of_its_forms(moment: datetime) -> None:
    day, clock = moment.date(), moment.time().replace(microsecond=0)
    for written in (f"{day} {clock}", f"{day}T{clock}", f"{day}t{clock}"):
        assert read_wall_time(written) == (WallTime(day, clock), "")
        assert read_wall_time(f"{written} São Paulo TO x") == (WallTime(day, clock), "São Paulo TO x")
    assert read_wall_time(f"{day} {clock:%H:%M} x") == (WallTime(day, clock.replace(second=0)), "x")
    assert read_wall_time(f"{clock}") == (WallTime(None, clock), "")


def test_a_time_without_a_date_is_today_s_and_one_with_a_date_is_that_date_s() -> None:
    today = date(2026, 11, 23)
    assert WallTime(None, time(9)).on(today) == datetime(2026, 11, 23, 9)
    assert WallTime(date(1999, 1, 2), time(9)).on(today) == datetime(1999, 1, 2, 9)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "0000-01-01",
        "10000-01-01",
    ],
)
def test_a_date_that_no_calendar_has_is_a_mistake_that_names_it(text: str) -> None:
    wrong = read_date(text)
    assert isinstance(wrong, Mistake)
    assert (wrong.code, wrong.why.values["date"]) == (553, text)
    assert read_wall_time(f"{text} 10:00 x")[0] == wrong


@pytest.mark.parametrize("text", ["24:00", "25:00", "12:60", "12:00:60", "23:59:60", "99:99", "10:00:61"])
def test_a_time_of_day_that_no_clock_has_is_a_mistake_that_names_it(text: str) -> None:
    wrong = read_time(text)
    assert isinstance(wrong, Mistake)
    assert (wrong.code, wrong.why.values["time"]) == (553, text)
    assert ("leap" in wrong.why.text) == (text in {"12:00:60", "23:59:60"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "1500",
        "15:0",
        "15",
        "15:00:0",
        "15:00Z",
        "15:00+01:00",
        "15:00.5",
        "١٥:٠٠",
        "-1:00",
        "2026-11-23",
    ],
)
def test_what_has_not_the_form_of_a_time_is_none(text: str) -> None:
    assert read_time(text) is None
    assert read_wall_time(text) == (None, text)


@pytest.mark.parametrize(
    "text", ["", "2026", "26-11-23", "2026-1-2", "2026/11/23", "2026-11-23T", "-2026-11-23"]
)
def test_what_has_not_the_form_of_a_date_is_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-17:00", 9, 17),
        ("9-17", 9, 17),
        ("9:30-17", 9.5, 17),
        ("9 - 17:15", 9, 17.25),
        ("9\u201317", 9, 17),
        ("22:00-06:00", 22, 6),
        ("00:00-24:00", 0, 24),
        ("0-0", 0, 0),
    ],
)
def test_hours_are_read_to_the_minute_and_may_end_at_midnight(text: str, start: float, end: float) -> None:
    assert read_hours(text) == Hours(int(start * 3600), int(end * 3600))


@pytest.mark.parametrize(
    ("text", "which"),
    [("24-6", "24:00"), ("9:60-17", "09:60"), ("9-25", "25:00"), ("9-24:01", "24:01"), ("9-17:60", "17:60")],
)
def test_hours_that_no_day_has_are_a_mistake_that_names_them(text: str, which: str) -> None:
    wrong = read_hours(text)
    assert isinstance(wrong, Mistake)
    assert (wrong.code, wrong.why.values["time"]) == (553, which)


@pytest.mark.parametrize("text", ["", "9", "9-", "-17", "nine-five", "9--17", "9-17-18", "9:0-17:0", "9,17"])
def test_what_has_not_the_form_of_hours_is_none(text: str) -> None:
    assert read_hours(text) is None
