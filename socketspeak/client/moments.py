"""What the answers tell of, as Python's aware datetimes and timedeltas."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from socketspeak.language.replies import Change, Clock, Difference, Entry, Slot
from socketspeak.language.stamps import NS, local_time


def datetime_of(moment: Clock | Entry | Change) -> datetime:
    """What a clock, an entry or a change shows, as an aware datetime, to the microsecond.

    A change shows its instant by the new rule. The tzinfo is the offset that holds at that very instant,
    named by the abbreviation: do no arithmetic across a change of the clocks with it, but take `zone` to
    zoneinfo for that.
    """
    match moment:
        case Clock():
            local = local_datetime(moment.unix_ns // NS, moment.offset, moment.abbreviation)
            return local.replace(microsecond=moment.unix_ns % NS // 1000)
        case Entry():
            local = local_datetime(moment.unix_ns // NS, moment.offset)
            return local.replace(microsecond=moment.unix_ns % NS // 1000)
        case Change():
            return local_datetime(moment.at, moment.after.offset, moment.after.abbreviation)


def spans_of(slot: Slot) -> tuple[tuple[datetime, datetime], ...]:
    """From when until when a slot is in each of its places, as aware datetimes, in the places' order."""
    return tuple(
        (local_datetime(slot.start, local.start_offset), local_datetime(slot.end, local.end_offset))
        for local in slot.local
    )


def timedelta_of(difference: Difference) -> timedelta:
    """How far the target's clock is ahead of the origin's; less than nothing where it is behind."""
    return timedelta(seconds=difference.seconds)


def local_datetime(unix_seconds: int, offset: int, name: str | None = None) -> datetime:
    """A Unix second as an aware datetime, `offset` in seconds east, with a name for that offset."""
    east = timedelta(seconds=offset)
    zone = timezone(east) if name is None else timezone(east, name)
    return local_time(unix_seconds, offset).replace(tzinfo=zone)
