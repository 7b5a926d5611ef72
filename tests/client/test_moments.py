"""Clocks as aware datetimes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from socketspeak.client import Clock, Entry, datetime_of
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
