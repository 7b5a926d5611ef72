"""What the answers tell of, as aware datetimes and lengths of time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from socketspeak.client import (
    Change,
    Clock,
    Difference,
    Entry,
    LocalSpan,
    Shown,
    Slot,
    datetime_of,
    spans_of,
    timedelta_of,
)
from socketspeak.language.reading import read_object
from socketspeak.language.replies import Clocks
from socketspeak.language.stamps import stamp, stamp_unix_ns
from tests.language.replying import CLOCKS, written

MONROVIA = Clock(
    -1_000_000_000_123_456_789, "Africa/Monrovia", -2_670, "MMT", False, None, "embedded", "Monrovia"
)


def test_a_clock_is_a_datetime_with_its_offset_and_abbreviation() -> None:
    moment = datetime_of(MONROVIA)
    assert moment.isoformat() == "1938-04-24T21:28:49.876543-00:44:30"
    assert moment.tzname() == "MMT"


def test_an_entry_of_a_list_is_one_too() -> None:
    moment = datetime_of(Entry(1, "Asia/Kolkata", 19_800, 1_795_457_045_123_456_000, "Kolkata"))
    assert moment.isoformat() == "2026-11-23T23:34:05.123456+05:30"
    assert moment.utcoffset() == timedelta(hours=5.5)


@given(CLOCKS)
def test_every_clock_that_can_be_read_is_a_datetime_of_the_same_instant(clock: Clock) -> None:
    reply = read_object(written(Clocks((clock,))))
    assert isinstance(reply, Clocks)
    moment = datetime_of(reply.clocks[0])
    assert moment.isoformat(timespec="microseconds") == stamp(clock.unix_ns, clock.offset)
    assert stamp_unix_ns(moment.isoformat()) == clock.unix_ns // 1000 * 1000


LISBON = Change(1_806_195_600, Shown(0, "WET", False), Shown(3600, "WEST", True))


def test_a_change_is_its_instant_as_the_clocks_show_it_from_then_on() -> None:
    moment = datetime_of(LISBON)
    assert moment.isoformat() == "2027-03-28T02:00:00+01:00"
    assert moment.tzname() == "WEST"
    assert moment.timestamp() == LISBON.at


def test_a_slot_is_a_span_in_each_of_its_places_with_the_offset_of_either_end() -> None:
    tokyo = LocalSpan("Asia/Tokyo", "Tokyo", 32_400, 32_400, inside=False)
    lisbon = LocalSpan("Europe/Lisbon", "Lisbon", 0, 3600)
    spans = spans_of(Slot(LISBON.at - 1800, LISBON.at + 1800, (tokyo, lisbon)))
    assert [(start.isoformat(), end.isoformat()) for start, end in spans] == [
        ("2027-03-28T09:30:00+09:00", "2027-03-28T10:30:00+09:00"),
        ("2027-03-28T00:30:00+00:00", "2027-03-28T02:30:00+01:00"),
    ]
    assert {end - start for start, end in spans} == {timedelta(hours=1)}


def test_a_difference_is_a_length_of_time_that_may_be_negative() -> None:
    assert timedelta_of(Difference(-43_200, "Asia/Tokyo", "America/Sao_Paulo", "Tokyo", "São Paulo")) == (
        timedelta(hours=-12)
    )
