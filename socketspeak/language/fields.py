"""The values within a reply in JSON, each of the kind that is promised, or a TypeError or a ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socketspeak.language.printable import shown
from socketspeak.language.replies import Clock
from socketspeak.language.stamps import NS, local_time, stamp_unix_ns

Row = Mapping[str, Any]

NAME_CHARACTERS = 200  # no zone, place or source has a longer name
DAY_SECONDS = 86_400  # an offset is less
MOST = Decimal(10**15)  # seconds, requests, …: what is more is no honest number, and may never end to convert


def as_text(value: object, most: int = NAME_CHARACTERS) -> str:
    """A text, shorn of what a terminal would obey, and cut."""
    if not isinstance(value, str):
        raise TypeError
    return shown(value, most)


def as_maybe_text(value: object) -> str | None:
    """A text or nothing."""
    return None if value is None else as_text(value)


def as_number(value: object) -> Decimal:
    """A number that is not absurd."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    if not -MOST < value < MOST:
        raise ValueError
    return Decimal(value)


def as_whole(value: object) -> int:
    """A number without a point."""
    if not isinstance(value, int):
        raise TypeError
    return int(as_number(value))


def as_yes(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def as_rows(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise TypeError
    return value


def as_texts(value: object) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(map(as_text, as_rows(value)))


def as_seconds(value: object) -> float | None:
    """A number of seconds or nothing."""
    return None if value is None else float(as_number(value))


def as_bound_ns(value: object) -> int | None:
    """A bound in seconds, or nothing, as nanoseconds."""
    if value is None:
        return None
    if (bound := as_number(value)) < 0:
        raise ValueError
    return int(bound * NS)


def as_offset(value: object) -> int:
    """An offset in seconds east of UTC."""
    offset = as_whole(value)
    if not abs(offset) < DAY_SECONDS:
        raise ValueError
    return offset


def as_instant(row: Row) -> tuple[int, int]:
    """The instant in Unix nanoseconds and the offset in seconds east, such that the local time exists."""
    unix_ns, offset = stamp_unix_ns(row["datetime"]), as_offset(row["offset_seconds"])
    local_time(unix_ns // NS, offset)
    return unix_ns, offset


def as_clock(row: Row) -> Clock:
    """A clock."""
    unix_ns, offset = as_instant(row)
    return Clock(
        unix_ns=unix_ns,
        zone=as_text(row["zone"]),
        offset=offset,
        abbreviation=as_text(row["abbreviation"]),
        dst=as_yes(row["dst"]),
        bound_ns=as_bound_ns(row["error_bound"]),
        source=as_text(row["source"]),
        place=as_text(row["place"]),
        country=as_maybe_text(row["country"]),
        age=None if row["age"] is None else as_whole(row["age"]),
        asked=as_maybe_text(row["asked"]),
    )
