"""Clocks as Python's aware datetimes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from socketspeak.language.replies import Clock, Entry
from socketspeak.language.stamps import NS, local_time


def datetime_of(clock: Clock | Entry) -> datetime:
    """What a clock shows, as an aware datetime, to the microsecond.

    Its tzinfo is the offset that holds at that very instant, named by the clock's abbreviation: do no
    arithmetic across a change of the clocks with it, but take `zone` to zoneinfo for that.
    """
    local = local_time(clock.unix_ns // NS, clock.offset).replace(microsecond=clock.unix_ns % NS // 1000)
    offset = timedelta(seconds=clock.offset)
    if isinstance(clock, Clock):
        return local.replace(tzinfo=timezone(offset, clock.abbreviation))
    return local.replace(tzinfo=timezone(offset))
