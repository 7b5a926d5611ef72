"""How instants, offsets and bounds are written: RFC 3339 stamps, `-03:00`, `within=4ms`."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

NS = 1_000_000_000  # nanoseconds in a second
NS_PER_MS = 1_000_000
NS_PER_TENTH = 100_000_000

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799  # of the years 1 to 9999, since 1970

_EPOCH = datetime(1970, 1, 1)  # naive: local times are shifted by hand, offsets may have seconds


def local_time(unix_seconds: int, offset: int) -> datetime:
    """The naive local time at a Unix second, `offset` in seconds east of UTC.

    Raises OverflowError outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(seconds=unix_seconds + offset)


def is_in_years(unix_seconds: int, offset: int) -> bool:
    """Whether the local time at a Unix second is in the years 1 to 9999, which have four digits."""
    return FIRST_SECOND <= unix_seconds + offset <= LAST_SECOND


def offset_text(offset: int) -> str:
    """An offset as `-03:00`, or `-00:44:30` where it has seconds."""
    sign = "-" if offset < 0 else "+"
    minutes, seconds = divmod(abs(offset), 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def stamp_unix_ns(text: str) -> int:
    """The instant of an RFC 3339 stamp with up to six fraction digits, in nanoseconds since 1970 UTC.

    Offsets may have seconds. Raises ValueError where it is no stamp.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a stamp without an offset: {text!r}")
    elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (elapsed.days * 86400 + elapsed.seconds) * NS + elapsed.microseconds * 1000


def stamp(unix_ns: int, offset: int) -> str:
    """An instant as RFC 3339 with microseconds and offset, as JSON carries it."""
    seconds, ns = divmod(unix_ns, NS)
    return f"{local_time(seconds, offset).isoformat()}.{ns // 1000:06d}{offset_text(offset)}"


def second_stamp(unix_seconds: int, offset: int) -> str:
    """An instant as RFC 3339 in whole seconds, with its offset."""
    return f"{local_time(unix_seconds, offset).isoformat()}{offset_text(offset)}"


def utc_stamp(unix_seconds: int) -> str:
    """An instant as RFC 3339 in whole seconds of UTC: `2026-03-29T01:00:00Z`."""
    return f"{local_time(unix_seconds, 0).isoformat()}Z"


def stamp_offset(text: str) -> int:
    """The offset of an RFC 3339 stamp, in seconds east of UTC. Raises ValueError where it is no stamp."""
    offset = datetime.fromisoformat(text).utcoffset()
    if offset is None:
        raise ValueError(f"a stamp without an offset: {text!r}")
    return offset.days * 86400 + offset.seconds


def time_text(moment: time) -> str:
    """A time of day as people write it: `15:00`, or `15:00:30` where it has seconds."""
    return moment.isoformat("seconds" if moment.second else "minutes")


def amount_text(seconds: int) -> str:
    """A length of time in the symbols of the SI, the same in all languages: `1 h`, `5 h 45 min`, `28 s`."""
    minutes, rest = divmod(abs(seconds), 60)
    amounts = ((minutes // 60, "h"), (minutes % 60, "min"), (rest, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in amounts if amount) or "0 s"


def bound_text(bound_ns: int | None) -> str:
    """An error bound, rounded up: `4ms`, `1.2s`, or `?` where none can be given."""
    if bound_ns is None:
        return "?"
    ms = -(-bound_ns // NS_PER_MS)
    if ms < 1000:
        return f"{ms}ms"
    tenths = -(-bound_ns // NS_PER_TENTH)
    return f"{tenths // 10}.{tenths % 10}s"
